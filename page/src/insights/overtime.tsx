import { useMemo } from "preact/hooks";
import type { Insights } from "../api/insights";
import { count, percent } from "../ui/format";
import { Empty } from "../ui/parts";
import { LineChart } from "../ui/linechart";
import { shortOf } from "../models/metrics";

const seconds = (text: string) => Date.parse(text) / 1000;

/** How it went day by day, and how each training changed what is shown. */
export function OverTime({ report }: { report: Insights }) {
  const { days, activity, runs, models } = report;
  const rate = useMemo(() => ({ x: days.map((day) => seconds(day.day)), values: days.map((day) => day.rate) }), [days]);
  return (
    <div class="grid-2">
      <section class="card stack" aria-labelledby="days-title">
        <div>
          <h2 id="days-title">Acted on, day by day</h2>
          <p class="soft small">Of the places shown on a day, the share that led to an action, with its interval.</p>
        </div>
        {days.length > 1 ? (
          <LineChart
            label={`The share of places acted on, over ${days.length} days.`}
            x={rate.x}
            time
            lines={[{ name: "Acted on", values: rate.values, band: [days.map((day) => day.low), days.map((day) => day.high)] }]}
            format={percent}
            from={0}
          />
        ) : (
          <Empty title="One day so far.">A line needs two.</Empty>
        )}
      </section>
      <section class="card stack" aria-labelledby="share-title">
        <div>
          <h2 id="share-title">Through lists, or without</h2>
          <p class="soft small">
            Of everything users did, the share that came through a list; the rest they found themselves.
            {activity && ` Of ${activity.basis}: ${count(activity.users)}.`}
          </p>
        </div>
        {activity && activity.days.length > 1 ? (
          <LineChart
            label={`The share of actions that came through lists, over ${activity.days.length} days.`}
            x={activity.days.map((day) => seconds(day.day))}
            time
            lines={[{ name: "Through lists", values: activity.days.map((day) => day.servedShare) }]}
            format={percent}
            from={0}
          />
        ) : (
          <Empty title="One day so far.">A line needs two.</Empty>
        )}
      </section>
      <section class="card stack" aria-labelledby="spread-title">
        <div>
          <h2 id="spread-title">Spread, training by training</h2>
          <p class="soft small">
            Whether what is shown widens or narrows as the model learns from it. A coverage that falls while the Gini rises is a model that hears its own echo.
          </p>
        </div>
        {runs.length > 1 ? (
          <LineChart
            label={`Coverage, discoverable share and Gini at ${runs.length} trainings.`}
            x={runs.map((run) => seconds(run.at))}
            time
            lines={[
              { name: "Coverage", values: runs.map((run) => run.coverage) },
              { name: "Discoverable", values: runs.map((run) => run.discoverable), dashed: true },
              { name: "Gini × 100%", values: runs.map((run) => run.gini), tone: 2 },
            ]}
            format={percent}
            from={0}
          />
        ) : (
          <Empty title="Fewer than two trainings have reported.">Each training adds a point.</Empty>
        )}
      </section>
      <section class="card stack" aria-labelledby="drift-title">
        <div>
          <h2 id="drift-title">Model by model</h2>
          <p class="soft small">Shift: how much of what a model shows its predecessor did not, from 0 to 100%.</p>
        </div>
        {models.length === 0 ? (
          <Empty title="No model has shown anything yet." />
        ) : (
          <div class="scroll" tabIndex={0} role="group" aria-label="Models">
            <table>
              <thead>
                <tr>
                  <th scope="col">Model</th>
                  <th scope="col" class="number">
                    Lists
                  </th>
                  <th scope="col" class="number">
                    Acted on
                  </th>
                  <th scope="col" class="number">
                    Coverage
                  </th>
                  <th scope="col" class="number">
                    Shift
                  </th>
                </tr>
              </thead>
              <tbody>
                {models.map((model) => (
                  <tr key={model.version}>
                    <td>{shortOf(model.version)}</td>
                    <td class="number">{count(model.slates)}</td>
                    <td class="number">{model.rate.plain === null ? "–" : percent(model.rate.plain)}</td>
                    <td class="number">{model.coverage === null ? "–" : percent(model.coverage)}</td>
                    <td class="number">{model.shift === null ? "–" : percent(model.shift)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </section>
    </div>
  );
}
