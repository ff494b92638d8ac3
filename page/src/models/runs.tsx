import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, ask } from "../api/client";
import type { RetrainOutlook, Run } from "../api/types";
import { useLoaded } from "../api/use";
import { ago, count, decimal, duration } from "../ui/format";
import { Empty, ErrorNote, Skeleton } from "../ui/parts";
import { RunCurve } from "./curve";
import { MAIN, nameOf } from "./metrics";
import { causeOf, outcomes } from "./outcomes";
import { Outlook } from "./outlook";

const STILL_ALIVE = 60_000;

interface Decision {
  started: boolean;
  newEvents: number;
  minimumNewEvents: number;
}

/** A run that has written nothing for a minute was killed. */
const alive = (run: Run) => run.outcome === "Running" && Date.now() - new Date(run.progress?.at ?? run.startedAt).getTime() < STILL_ALIVE;

/** The retrain at work, the ones before, and the way to start one. */
export function Runs({ onPublished }: { onPublished: () => void }) {
  const runs = useLoaded((signal) => ask<{ runs: Run[] }>("runs?count=8", { signal }), 2000);
  const outlook = useLoaded((signal) => ask<RetrainOutlook>("retrain", { signal }), 15_000);
  const [said, setSaid] = useState("");
  const [error, setError] = useState<ApiError>();
  const running = runs.data?.runs.find(alive);

  const wasRunning = useRef<string>(undefined);
  useEffect(() => {
    if (wasRunning.current && !running) {
      onPublished();
      setSaid("");
    }

    wasRunning.current = running?.runId;
  }, [running?.runId]);

  async function start(force: boolean) {
    setError(undefined);
    try {
      const decision = await ask<Decision>(`retrain?force=${force}`, { method: "POST" });
      setSaid(
        decision.started
          ? "Started. The first figures come in a few seconds."
          : `Not started: ${count(decision.newEvents)} events are new, ${count(decision.minimumNewEvents)} are wanted.`,
      );
      runs.reload();
    } catch (problem) {
      setError(problem as ApiError);
    }
  }

  return (
    <section class="card stack" aria-labelledby="runs-title">
      <div class="row between">
        <h2 id="runs-title">Training</h2>
        <div class="row">
          <button type="button" class="button" disabled={running !== undefined} onClick={() => void start(true)}>
            Train now
          </button>
        </div>
      </div>
      {error && <ErrorNote error={error} />}
      {runs.error && !runs.data && <ErrorNote error={runs.error} retry={runs.reload} />}
      {said && (
        <p class="small" role="status">
          {said}
        </p>
      )}
      {!runs.data && runs.loading && <Skeleton lines={4} />}
      {running ? <RunCurve run={running} /> : outlook.data && !outlook.error && <Outlook outlook={outlook.data} />}
      {runs.data?.runs.length === 0 && <Empty title="No run yet.">A timer starts one when enough is new; the button starts one now.</Empty>}
      {runs.data && runs.data.runs.length > 0 && (
        <ol class="fold" aria-label="Runs, newest first">
          {runs.data.runs.map((run) => (
            <li key={run.runId}>
              <RunLine run={run} />
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

function RunLine({ run }: { run: Run }) {
  const seconds = run.finishedAt ? (new Date(run.finishedAt).getTime() - new Date(run.startedAt).getTime()) / 1000 : undefined;
  const killed = run.outcome === "Died" || (run.outcome === "Running" && !alive(run));
  const metric = run.metrics[MAIN];
  return (
    <details>
      <summary>
        <span>
          <span class={`tag ${run.outcome === "Failed" || killed ? "bad" : run.outcome === "Published" ? "accent" : ""}`}>
            {killed ? "killed" : outcomes[run.outcome]}
          </span>{" "}
          <span class="small">{ago(run.startedAt)}</span>
        </span>
        <span class="small soft number">
          {[metric !== undefined && `${nameOf(MAIN)} ${decimal(metric, 4)}`, seconds !== undefined && duration(seconds)].filter(Boolean).join(" · ")}
        </span>
      </summary>
      <div class="stack-s small">
        {run.error &&
          (run.outcome === "Published" || run.outcome === "NothingNew" ? <p class="note log">{run.error}</p> : <Failure error={run.error} />)}
        {run.outcome !== "Running" && run.curve && run.curve.length > 1 && <RunCurve run={run} />}
        <dl class="pairs">
          <div>
            <dt>started by</dt>
            <dd>
              {run.trigger}
              {run.refresh && ", a refresh without training"}
            </dd>
          </div>
          {run.data && (
            <div>
              <dt>events</dt>
              <dd class="number">{count(run.data.events)}</dd>
            </div>
          )}
          {Object.entries(run.phaseSeconds).map(([phase, took]) => (
            <div key={phase}>
              <dt>{phase}</dt>
              <dd class="number">{duration(took)}</dd>
            </div>
          ))}
        </dl>
        <p class="mono soft">{run.runId}</p>
      </div>
    </details>
  );
}

/** Why a run failed: the cause in words where its exit code tells it, and what it said last. */
function Failure({ error }: { error: string }) {
  const cause = causeOf(error);
  return (
    <div class="note bad">
      {cause && <strong>{cause}</strong>}
      <p class="log">{error}</p>
      <p>Nothing was moved: what served before goes on serving.</p>
    </div>
  );
}
