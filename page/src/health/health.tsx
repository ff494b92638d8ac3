import { useState } from "preact/hooks";
import { access, type ApiError, ask } from "../api/client";
import { useStore } from "../api/store";
import type { HealthReport } from "../api/types";
import { useLoaded } from "../api/use";
import { ago, count, duration, time } from "../ui/format";
import { ErrorNote, Figure, SectionHead, Skeleton } from "../ui/parts";
import "./health.css";

const verdicts = {
  healthy: "Everything works.",
  degraded: "It works, but something needs attention.",
  unhealthy: "It does not work.",
};

/** Whether it is well, and what to do where it is not. Needs no key. */
export function Health() {
  const health = useLoaded((signal) => ask<HealthReport>("status", { signal, answers: [503] }), 3000);
  const { data, error } = health;
  return (
    <>
      <SectionHead title="Health">Whether it works now, what waits, and what failed. Looked at again every three seconds.</SectionHead>
      {error && <ErrorNote error={error} retry={health.reload} />}
      {!data && !error && <Skeleton lines={6} height="2rem" />}
      {data && (
        <>
          <section class={`card overall ${error ? "unhealthy" : data.status}`} aria-labelledby="overall-title">
            <div role="status">
              <h2 id="overall-title">{error ? "The application does not answer." : verdicts[data.status]}</h2>
            </div>
            {!error && data.problems.length > 0 && (
              <ul class="problems">
                {data.problems.map((problem) => (
                  <li key={problem}>{problem}</li>
                ))}
              </ul>
            )}
            <p class="tiny soft">
              {error ? "Last seen" : "Seen"} {time(data.checkedAt)}
            </p>
          </section>
          <div class="grid-2">
            <Storage report={data} />
            <Queues report={data} onReplayed={health.reload} />
            <Freshness />
            <ModelHealth report={data} />
            <Retrain report={data} />
          </div>
        </>
      )}
    </>
  );
}

function Storage({ report: { storage } }: { report: HealthReport }) {
  const services = [
    { name: "Tables", works: storage.tables, means: "Histories are read from here. Without them only a request that brings its history is answered." },
    { name: "Queues", works: storage.queues, means: "Events and impressions are accepted into here. Without them events are refused, and no one is told that they were taken." },
    { name: "Blobs", works: storage.blobs, means: "Models come from here. Without them the model in memory goes on serving." },
  ];
  return (
    <section class="card stack" aria-labelledby="storage-title">
      <h2 id="storage-title">Storage</h2>
      <ul class="services">
        {services.map(({ name, works, means }) => (
          <li key={name}>
            <span class="row between">
              <b>{name}</b>
              <span class={`tag ${works ? "" : "bad"}`}>{works ? "answers" : "out of reach"}</span>
            </span>
            <span class="tiny soft">{means}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Queues({ report: { queues }, onReplayed }: { report: HealthReport; onReplayed: () => void }) {
  const state = useStore(access);
  const [said, setSaid] = useState("");
  const [error, setError] = useState<ApiError>();
  const [busy, setBusy] = useState(false);
  const failed = Object.values(queues).reduce((sum, queue) => sum + (queue?.poison ?? 0), 0);

  async function replay() {
    setBusy(true);
    setError(undefined);
    try {
      const sent = await ask<{ interactions: number; impressions: number }>("messages/replay", { method: "POST" });
      setSaid(`${count(sent.interactions + sent.impressions)} messages were sent again. Those that still fail come back here.`);
      onReplayed();
    } catch (problem) {
      setError(problem as ApiError);
    }

    setBusy(false);
  }

  return (
    <section class="card stack" aria-labelledby="queues-title">
      <h2 id="queues-title">Messages</h2>
      <dl class="figures">
        {Object.entries(queues).map(([name, queue]) => (
          <Figure
            key={name}
            name={`${name[0]!.toUpperCase()}${name.slice(1)} waiting`}
            value={queue ? count(queue.waiting) : "unknown"}
            unit={queue ? "messages" : undefined}
            means={name === "interactions" ? "Accepted events on their way to the log. A number that grows means that appending fails or is slow." : "Lists that were shown, on their way to the log."}
          />
        ))}
        <Figure name="Failed" value={count(failed)} unit="messages" means="Failed five times and were kept aside. None is lost; mend the cause, then send them again." />
      </dl>
      {failed > 0 && (
        <div class="row">
          <button type="button" class="button primary" disabled={busy || state !== "open"} onClick={() => void replay()}>
            Send them again
          </button>
          {state !== "open" && <span class="small soft">needs the function key: open another section first</span>}
        </div>
      )}
      {said && (
        <p class="small" role="status">
          {said}
        </p>
      )}
      {error && <ErrorNote error={error} />}
    </section>
  );
}

const PROBE_PATIENCE = 15_000;

/** Sends an event of a user made for this, waits until the log has it, and forgets the user. */
function Freshness() {
  const state = useStore(access);
  const [took, setTook] = useState<number>();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError>();

  async function measure() {
    const eventId = crypto.randomUUID();
    const user = `users/probe-${eventId}`;
    setBusy(true);
    setError(undefined);
    try {
      const started = performance.now();
      await ask("events", { method: "POST", body: { events: [{ eventId, userId: `probe-${eventId}`, itemId: "probe" }] } });
      let found = false;
      while (!found && performance.now() - started < PROBE_PATIENCE) {
        const history = await ask<{ interactions: unknown[] }>(user);
        found = history.interactions.length > 0;
      }

      setTook(found ? performance.now() - started : Infinity);
      await ask(user, { method: "DELETE" });
    } catch (problem) {
      setError(problem as ApiError);
    }

    setBusy(false);
  }

  return (
    <section class="card stack" aria-labelledby="freshness-title">
      <h2 id="freshness-title">Freshness</h2>
      <dl class="figures" aria-live="polite">
        <Figure
          name="Event to history"
          value={took === undefined ? "not measured" : took === Infinity ? "over 15" : count(took < 1000 ? took : took / 1000)}
          unit={took === undefined ? undefined : took < 1000 ? "ms" : "s"}
          means="From sending an event until the next list can reflect it, as seen from here."
        />
      </dl>
      <div class="row">
        <button type="button" class="button" disabled={busy || state !== "open"} onClick={() => void measure()}>
          {busy ? "Measuring…" : "Measure now"}
        </button>
        <span class="tiny soft">{state === "open" ? "Sends one event of a user made for it, and forgets the user again." : "needs the function key: open another section first"}</span>
      </div>
      {error && <ErrorNote error={error} />}
    </section>
  );
}

function ModelHealth({ report: { model } }: { report: HealthReport }) {
  return (
    <section class="card stack" aria-labelledby="model-title">
      <h2 id="model-title">Model in memory</h2>
      {model.serving ? (
        <dl class="figures">
          <Figure
            name="Age"
            value={model.ageSeconds === null ? "unknown" : duration(model.ageSeconds)}
            means="Since it was made. Old is no fault by itself: it reads new events at once, and learns from them at the next training."
          />
          <Figure name="Follows the pointer" value={model.serving === model.wanted ? "yes" : "no"} means="Whether this instance serves the version that should serve." />
        </dl>
      ) : (
        <p>No model is in memory: recommendations answer 503.</p>
      )}
      {model.response && <p class="soft">{model.response}</p>}
      {model.failure && <p class="note bad">{model.failure}</p>}
      <p class="mono soft">{model.serving}</p>
    </section>
  );
}

function Retrain({ report: { lastRetrain: run } }: { report: HealthReport }) {
  return (
    <section class="card stack" aria-labelledby="retrain-title">
      <h2 id="retrain-title">Last training</h2>
      {run ? (
        <>
          <dl class="figures">
            <Figure name="Outcome" value={run.outcome === "NothingNew" ? "nothing new" : run.outcome.toLowerCase()} means={`Started by ${run.trigger}, ${ago(run.startedAt)}.`} />
            {run.finishedAt && (
              <Figure name="Took" value={duration((Date.parse(run.finishedAt) - Date.parse(run.startedAt)) / 1000)} means="From start to the moved pointer." />
            )}
          </dl>
          {run.error && <p class="note bad">{run.error}</p>}
          <p class="small">
            <a href="#models">All runs, and the training at work</a>
          </p>
        </>
      ) : (
        <p class="soft">None is on record.</p>
      )}
    </section>
  );
}
