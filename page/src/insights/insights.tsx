import { useState } from "preact/hooks";
import { ask } from "../api/client";
import { type Insights as Report, whyNot } from "../api/insights";
import { useLoaded } from "../api/use";
import { count, date, decimal, duration, percent } from "../ui/format";
import { Empty, ErrorNote, Figure, SectionHead, Skeleton } from "../ui/parts";
import { AdviceCard } from "./advice";
import { OverTime } from "./overtime";
import { RateRows } from "./rates";
import { Reliability } from "./reliability";
import "./insights.css";

const windows = [
  { name: "7 days", days: 7 },
  { name: "28 days", days: 28 },
  { name: "90 days", days: 90 },
];

/** What being shown leads to, how sure that is, and how much to explore. */
export function Insights() {
  const [days, setDays] = useState(28);
  const [placement, setPlacement] = useState("");
  const report = useLoaded(
    (signal) => {
      const from = new Date(Date.now() - days * 86_400_000).toISOString();
      const query = new URLSearchParams({ from, ...(placement ? { placement } : {}) });
      return ask<Report>(`insights?${query}`, { signal });
    },
    0,
    [days, placement],
  );
  const { data } = report;
  return (
    <>
      <SectionHead title="Insights">
        What being shown leads to, how sure that is, and how much to explore. Every list was logged with its odds, so the rates can also be told as if
        everything had been shown alike.
      </SectionHead>
      <div class="row" role="group" aria-label="Window">
        {windows.map((window) => (
          <button key={window.days} type="button" class="chip" aria-pressed={window.days === days} onClick={() => setDays(window.days)}>
            {window.name}
          </button>
        ))}
        <Placements report={data} chosen={placement} onChoose={setPlacement} />
        <button type="button" class="button quiet" onClick={report.reload}>
          Look again
        </button>
      </div>
      {report.error && <ErrorNote error={report.error} retry={report.reload} />}
      {!data && report.loading && <Skeleton lines={8} height="2rem" />}
      {data && (data.slates.counted === 0 ? <NothingYet report={data} /> : <Body report={data} />)}
    </>
  );
}

function Placements({ report, chosen, onChoose }: { report?: Report; chosen: string; onChoose: (placement: string) => void }) {
  const names = new Set([...(chosen ? [chosen] : []), ...(report?.placements.map((rate) => rate.key) ?? [])]);
  if (names.size < 2 && !chosen) {
    return null;
  }

  return (
    <label class="row small">
      Placement
      <select class="input select" value={chosen} onChange={(e) => onChoose(e.currentTarget.value)}>
        <option value="">all</option>
        {[...names].map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
    </label>
  );
}

function NothingYet({ report: { slates } }: { report: Report }) {
  return (
    <Empty title="Nothing to tell yet.">
      <p>
        {slates.immature > 0
          ? `${count(slates.immature)} lists were shown, none longer ago than ${duration(slates.maturitySeconds)}: users have hardly had time to act.`
          : "No list was shown in this window. Show some in the playground, or widen the window."}
      </p>
    </Empty>
  );
}

function Body({ report }: { report: Report }) {
  const { slates, total, spread } = report;
  return (
    <>
      <section class="card stack" aria-labelledby="total-title">
        <div>
          <h2 id="total-title">In short</h2>
          <p class="soft small">
            {date(report.from)} to {date(report.to)}: {count(slates.counted)} lists count
            {slates.immature > 0 && `; ${count(slates.immature)} are too young to`}
            {!slates.complete && `; only the newest ${count(slates.looked)} were read`}. Intervals hold the true value in{" "}
            {percent(report.support.confidence)} of cases.
          </p>
        </div>
        <dl class="figures">
          <Figure
            name="Acted on when shown"
            value={total.plain === null ? "–" : percent(total.plain)}
            unit={total.plainLow === null || total.plainHigh === null ? undefined : `${percent(total.plainLow)} to ${percent(total.plainHigh)}`}
            means={`${count(total.interacted)} of ${count(total.served)} places led to an action.`}
          />
          <Figure
            name="If all were shown alike"
            value={total.enough && total.weighted !== null ? percent(total.weighted) : "not enough"}
            unit={total.enough && total.low !== null && total.high !== null ? `${percent(total.low)} to ${percent(total.high)}` : undefined}
            means={total.enough ? "The same, weighed by the odds: what an item would get that nobody picked." : whyNot(total.reason)}
          />
          <Figure
            name="Coverage"
            value={spread.coverage === null ? "–" : percent(spread.coverage)}
            means={`${count(spread.served)} of ${count(spread.catalogue)} items were shown to somebody.`}
          />
          <Figure name="Gini" value={spread.gini === null ? "–" : decimal(spread.gini, 2)} means="How unevenly: 0 if all items were shown alike, 1 if one took everything." />
          <Figure
            name="Discoverable"
            value={spread.discoverable === null ? "–" : percent(spread.discoverable)}
            means={`Of the catalogue, expected to be shown at least once in ${count(spread.discoverySlates)} lists.`}
          />
        </dl>
      </section>
      <div class="grid-2">
        <section class="card stack" aria-labelledby="ranks-title">
          <div>
            <h2 id="ranks-title">By rank</h2>
            <p class="soft small">How often a place was acted on, first place first.</p>
          </div>
          <RateRows rates={report.ranks} name={(key) => `Place ${key}`} />
        </section>
        <section class="card stack" aria-labelledby="groups-title">
          <h2 id="groups-title">By placement, source and user</h2>
          <Group title="Placement: where it was shown" rates={report.placements} />
          <Group title="Source: what chose it" rates={report.sources} />
          <Group title="User: how much was known of them" rates={report.segments} />
        </section>
        <Reliability calibrations={report.calibrations} />
        <AdviceCard advice={report.advice} />
      </div>
      <OverTime report={report} />
    </>
  );
}

function Group({ title, rates }: { title: string; rates: Report["placements"] }) {
  return rates.length === 0 ? null : (
    <div class="stack-s">
      <h3>{title}</h3>
      <RateRows rates={rates} name={(key) => key} />
    </div>
  );
}
