const locale = "en-GB";
const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
const when = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
const day = new Intl.DateTimeFormat(locale, { dateStyle: "medium" });

export const count = (value: number): string => whole.format(value);

/** A number with its noun: "1 event", "1,200 events". */
export const counted = (value: number, noun: string): string => `${count(value)} ${noun}${value === 1 ? "" : "s"}`;

export const decimal = (value: number, digits: number): string =>
  value.toLocaleString(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** A share of 1 as a percentage, with as many digits as it needs to differ from 0 and from 100. */
export function percent(share: number): string {
  const value = share * 100;
  if (value === 0 || value === 100) {
    return `${value}%`;
  }

  if (value < 0.1) {
    return "<0.1%";
  }

  if (value > 99.9) {
    return ">99.9%";
  }

  return `${value.toFixed(value < 10 || value > 99 ? 1 : 0)}%`;
}

export function bytes(value: number): string {
  const units = ["B", "KB", "MB", "GB"];
  const unit = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(value, 1)) / 3));
  return `${decimal(value / 1000 ** unit, unit === 0 ? 0 : 1)} ${units[unit]}`;
}

/** A length of time in its two largest units. */
export function duration(seconds: number): string {
  const steps: [number, string][] = [
    [86400, "d"],
    [3600, "h"],
    [60, "min"],
    [1, "s"],
  ];
  if (seconds < 10) {
    return `${decimal(seconds, 1)} s`;
  }

  const first = steps.findIndex(([size]) => seconds >= size);
  const [size, unit] = steps[first]!;
  const next = steps[first + 1];
  const rest = next ? Math.floor((seconds % size) / next[0]) : 0;
  return `${Math.floor(seconds / size)} ${unit}${next && rest > 0 ? ` ${rest} ${next[1]}` : ""}`;
}

export const time = (text: string): string => when.format(new Date(text));

export const date = (text: string): string => day.format(new Date(text));

export function ago(text: string): string {
  const seconds = (Date.now() - new Date(text).getTime()) / 1000;
  return seconds < 5 ? "just now" : `${duration(seconds).split(" ").slice(0, 2).join(" ")} ago`;
}
