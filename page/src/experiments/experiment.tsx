import { ask } from "../api/client";
import { useLoaded } from "../api/use";
import { count, decimal, duration, percent, time } from "../ui/format";
import { ErrorNote, Skeleton } from "../ui/parts";
import type { Move } from "./move";
import type { Arm, ArmReport, Report, Stored } from "./types";

const tones = { Draft: "", Running: "accent", Stopped: "warn", Shipped: "accent" };

/** One experiment: the verdict first, then what it rests on. */
export function ExperimentCard({ stored, onMove }: { stored: Stored; onMove: (move: Move) => void }) {
  const { experiment, state } = stored;
  const title = `experiment-${experiment.id}`;
  const act = (what: Move["what"], label: string) => (
    <button type="button" class="button" onClick={() => onMove({ what, experiment })}>
      {label}
    </button>
  );
  return (
    <section class="card stack" aria-labelledby={title}>
      <div class="row between">
        <h2 id={title} class="experiment-name">
          {experiment.id}
        </h2>
        <span class={`tag ${tones[state]}`}>{state === "Shipped" ? `${stored.shippedArm} was shipped` : state.toLowerCase()}</span>
      </div>
      <p class="soft small">
        {experiment.placement ? `At ${experiment.placement}. ` : "At every placement. "}A user counts {duration(experiment.windowSeconds)} after the first list.
        {stored.startedAt && ` Since ${time(stored.startedAt)}`}
        {stored.stoppedAt && ` until ${time(stored.stoppedAt)}`}
        {stored.startedAt && "."}
      </p>
      {state === "Draft" ? <Plan arms={experiment.arms} /> : <Findings id={experiment.id} version={stored.version} arms={experiment.arms} />}
      <div class="row">
        {state === "Draft" && act("start", "Start")}
        {state === "Running" && act("stop", "Stop")}
        {(state === "Running" || state === "Stopped") && act("ship", "Ship an arm")}
        {state !== "Running" && act("delete", "Delete")}
      </div>
    </section>
  );
}

/** What an arm changes, in words. */
export function changesOf(arm: Arm): string {
  const changes = [
    arm.modelVersion && `model ${arm.modelVersion}`,
    arm.recommender,
    arm.exploration !== undefined && `exploration ${arm.exploration}`,
    arm.temperature !== undefined && `temperature ${arm.temperature}`,
    arm.epsilon !== undefined && `epsilon ${arm.epsilon}`,
    arm.rules && "rules of its own",
  ].filter(Boolean);
  return changes.length > 0 ? changes.join(", ") : "as it is";
}

function Plan({ arms }: { arms: Arm[] }) {
  return (
    <dl class="arms">
      {arms.map((arm) => (
        <div key={arm.name}>
          <dt>
            {arm.name} · {percent(arm.share)}
          </dt>
          <dd class="soft">{changesOf(arm)}</dd>
        </div>
      ))}
    </dl>
  );
}

function Findings({ id, version, arms }: { id: string; version: number; arms: Arm[] }) {
  const report = useLoaded((signal) => ask<Report>(`experiments/${encodeURIComponent(id)}/report`, { signal }), 30_000, [id, version]);
  if (!report.data) {
    return report.error ? <ErrorNote error={report.error} retry={report.reload} /> : <Skeleton lines={3} />;
  }

  const { data } = report;
  const reach = Math.max(...data.arms.map((arm) => (arm.difference ? Math.max(Math.abs(arm.difference.low), Math.abs(arm.difference.high)) : 0)));
  return (
    <>
      <p class="experiment-verdict">{data.verdict}</p>
      {data.warnings.map((warning) => (
        <p key={warning} class="note warn">
          {warning}
        </p>
      ))}
      {!data.complete && <p class="note">The ledger was too long to read in time: this is what was known at {time(data.asOf)}.</p>}
      <div class="scroll" tabIndex={0} role="group" aria-label={`Arms of ${id}`}>
        <table>
          <thead>
            <tr>
              <th scope="col">Arm</th>
              <th scope="col" class="number">
                Users
              </th>
              <th scope="col" class="number">
                Actions a user
              </th>
              <th scope="col">Against the control</th>
              <th scope="col" class="number">
                Empty lists
              </th>
              <th scope="col" class="number">
                Items shown
              </th>
              <th scope="col" class="number">
                Time, median and 95%
              </th>
            </tr>
          </thead>
          <tbody>
            {data.arms.map((arm, i) => (
              <Row key={arm.name} arm={arm} plan={arms[i]} reach={reach} />
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Row({ arm, plan, reach }: { arm: ArmReport; plan?: Arm; reach: number }) {
  const { difference, guards } = arm;
  return (
    <tr>
      <th scope="row">
        {arm.name}
        {plan && changesOf(plan) !== arm.name && <div class="arm-changes">{changesOf(plan)}</div>}
      </th>
      <td class="number">
        {count(arm.users)}
        {arm.openUsers > 0 && <div class="soft small">and {count(arm.openUsers)} open</div>}
      </td>
      <td class="number">{arm.mean === null ? "–" : decimal(arm.mean, 3)}</td>
      <td>
        {difference ? (
          <>
            <Interval low={difference.low / reach} high={difference.high / reach} value={difference.value / reach} />
            <span class="small">
              {signed(difference.value)} [{signed(difference.low)}, {signed(difference.high)}]
            </span>
          </>
        ) : (
          <span class="soft">–</span>
        )}
      </td>
      <td class="number">{guards.emptyShare === null ? "–" : percent(guards.emptyShare)}</td>
      <td class="number">{count(guards.items)}</td>
      <td class="number">{guards.medianMilliseconds === null ? "–" : `${decimal(guards.medianMilliseconds, 1)}, ${decimal(guards.p95Milliseconds!, 1)} ms`}</td>
    </tr>
  );
}

const signed = (value: number) => `${value > 0 ? "+" : ""}${decimal(value, 3)}`;

/** An interval about 0, of which -1 and 1 are the ends of the scale. The numbers stand beside it. */
function Interval({ low, high, value }: { low: number; high: number; value: number }) {
  const at = (x: number) => 50 + 48 * x;
  return (
    <svg class={`interval ${low > 0 ? "better" : high < 0 ? "worse" : ""}`} viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
      <line class="zero" x1="50" x2="50" y1="0" y2="10" />
      <line class="reach" x1={at(low)} x2={at(high)} y1="5" y2="5" />
      <line class="mean" x1={at(value)} x2={at(value)} y1="1" y2="9" />
    </svg>
  );
}
