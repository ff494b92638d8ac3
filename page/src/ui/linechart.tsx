import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { useStore } from "../api/store";
import { theme } from "./theme";
import "./linechart.css";

export interface Line {
  name: string;
  values: (number | null)[];
  /** Lower and upper ends of an interval round the line. */
  band?: [low: (number | null)[], high: (number | null)[]];
  dashed?: boolean;
  /** 0 for the accent, 1 for ink, 2 for soft ink. */
  tone?: 0 | 1 | 2;
  /** Draws on an axis of its own, on the right. */
  right?: boolean;
}

interface Props {
  /** What it shows, in a sentence, for those who do not see it. */
  label: string;
  x: number[];
  lines: Line[];
  /** Whether x is seconds since 1970. */
  time?: boolean;
  xName?: string;
  format: (value: number) => string;
  formatRight?: (value: number) => string;
  height?: number;
  from?: number;
}

const DAY = 86_400;
const dayOf = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
const hourOf = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "UTC" });

const tones = ["--accent", "--ink", "--ink-soft"] as const;

/** Lines over time or epochs, with the values under the pointer in a legend. */
export function LineChart(props: Props) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const colours = useStore(theme);
  const shape = props.lines.map((line) => `${line.name}${line.band ? "~" : ""}`).join("|");

  useEffect(() => {
    // The element outlives the reference to it: what is observed may still be told of while the section is taken down.
    const element = box.current!;
    const created = new uPlot(options(props, element), data(props), element);
    plot.current = created;
    const observer = new ResizeObserver(() => created.setSize({ width: element.clientWidth, height: props.height ?? 220 }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      created.destroy();
    };
  }, [shape, colours]);

  useEffect(() => plot.current?.setData(data(props)), [props.x, props.lines]);

  return <div class="line-chart" ref={box} role="img" aria-label={props.label} />;
}

function data({ x, lines }: Props): uPlot.AlignedData {
  return [x, ...lines.flatMap((line) => (line.band ? [line.values, ...line.band] : [line.values]))] as uPlot.AlignedData;
}

function options(props: Props, box: HTMLElement): uPlot.Options {
  const style = getComputedStyle(box);
  const colour = (name: string) => resolved(box, style.getPropertyValue(name));
  const font = `12px ${style.fontFamily}`;
  const axis = { stroke: colour("--ink-soft"), font, grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false } };
  const at = (_: uPlot, x: number | null) =>
    x === null ? "" : props.time ? `${dayOf.format(x * 1000)}, ${hourOf.format(x * 1000)}` : `${x}`;
  const series: uPlot.Series[] = [{ label: props.xName ?? "Time, UTC", value: at }];
  const bands: uPlot.Band[] = [];
  for (const line of props.lines) {
    const stroke = colour(tones[line.tone ?? 0]);
    const format = line.right ? (props.formatRight ?? props.format) : props.format;
    const scale = line.right ? "right" : "y";
    const value = (_: uPlot, found: number | null) => (found === null ? "" : format(found));
    series.push({ label: line.name, stroke, scale, width: 2, value, spanGaps: true, ...(line.dashed ? { dash: [5, 5] } : {}), points: { show: props.x.length < 2 } });
    if (line.band) {
      const at = series.length;
      series.push({ label: `${line.name}, from`, scale, value, width: 0, points: { show: false } });
      series.push({ label: "to", scale, value, width: 0, points: { show: false } });
      bands.push({ series: [at + 1, at], fill: withAlpha(stroke, 0.14) });
    }
  }

  return {
    width: box.clientWidth,
    height: props.height ?? 220,
    series,
    bands,
    cursor: { y: false, points: { size: 7 } },
    scales: {
      x: { time: props.time ?? false },
      y: { range: (_, low, high) => [props.from ?? low, high === low ? low + 1 : high * 1.05] },
      ...(props.lines.some((line) => line.right) ? { right: { range: (_: uPlot, low: number, high: number) => [Math.min(low, 0), high * 1.05] as [number, number] } } : {}),
    },
    axes: [
      { ...axis, grid: { show: false }, values: props.time ? times : wholes },
      { ...axis, size: 56, values: (_: uPlot, values: number[]) => values.map(props.format) },
      ...(props.lines.some((line) => line.right)
        ? [{ ...axis, scale: "right", side: 1, size: 56, grid: { show: false }, values: (_: uPlot, values: number[]) => values.map(props.formatRight ?? props.format) }]
        : []),
    ],
    legend: { live: true, markers: { width: 2 } },
  };
}

const wholes = (_: uPlot, values: number[]) => values.map((value) => (Number.isInteger(value) ? `${value}` : ""));

/** Days, or hours of a day where the marks are closer than a day; UTC, as the API has it. */
const times = (_: uPlot, values: number[], __: number, ___: number, apart: number) =>
  values.map((value) => (apart >= DAY ? dayOf : hourOf).format(value * 1000));

/** A colour as a canvas takes it: light-dark() already decided. */
function resolved(box: HTMLElement, value: string): string {
  const probe = document.createElement("i");
  probe.style.color = value;
  box.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

const withAlpha = (rgb: string, alpha: number): string => rgb.replace("rgb(", "rgba(").replace(")", `, ${alpha})`);
