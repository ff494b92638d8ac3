import { ask } from "../api/client";
import type { HealthReport, RetrainOutlook } from "../api/types";
import { useLoaded } from "../api/use";
import { Outlook } from "../models/outlook";
import { causeOf } from "../models/outcomes";
import { ago, duration, time } from "../ui/format";
import { ErrorNote, Figure, SectionHead, Skeleton } from "../ui/parts";
import { Freshness } from "./freshness";
import { Queues } from "./queues";
import { WhatWorks } from "./works";
import "./health.css";

const verdicts = {
  healthy: "Everything works.",
  degraded: "It works, but something needs attention.",
  unhealthy: "Not everything works.",
};

/** Whether it is well, what works all the same, and what to do where it is not. */
export function Health() {
  const health = useLoaded((signal) => ask<HealthReport>("status", { signal, answers: [503] }), 3000);
  const { data, error } = health;
  return (
    <>
      <SectionHead title={data?.space ? `Health of ${data.space}` : "Health"}>Whether it works now, what waits, and what failed. Looked at again every three seconds.</SectionHead>
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
              {error ? "What follows was seen" : "Seen"} {time(data.checkedAt)}
            </p>
          </section>
          <div class="grid-2">
            <WhatWorks report={error ? undefined : data} />
            <Queues report={data} onChanged={health.reload} />
            <Storage report={data} />
            <ModelHealth report={data} />
            <Freshness />
            <Retrain report={data} />
          </div>
        </>
      )}
    </>
  );
}

function Storage({ report: { storage } }: { report: HealthReport }) {
  const services = [
    { name: "Tables", works: storage.tables, means: "What users did, and what they were shown." },
    { name: "Queues", works: storage.queues, means: "Events and lists on their way to the tables." },
    { name: "Blobs", works: storage.blobs, means: "Models, rules and the record of trainings." },
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

function ModelHealth({ report: { model, storage } }: { report: HealthReport }) {
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
          <Figure
            name="Follows the pointer"
            value={!storage.blobs ? "unknown" : model.serving === model.wanted ? "yes" : "no"}
            means={storage.blobs ? "Whether this instance serves the version that should serve." : "The pointer says which version should serve. It cannot be read now."}
          />
        </dl>
      ) : (
        <p>
          {storage.blobs ? "None. What is popular is recommended until a model serves." : "None, and which one should serve cannot be read now."}
        </p>
      )}
      {model.response && <p class="soft small">{model.response}</p>}
      {model.failure && <p class="note bad">{model.failure}</p>}
      <p class="mono soft">{model.serving}</p>
    </section>
  );
}

function Retrain({ report: { lastRetrain: run, storage } }: { report: HealthReport }) {
  const outlook = useLoaded((signal) => ask<RetrainOutlook>("retrain", { signal }), 15_000);
  const cause = run?.error ? causeOf(run.error) : undefined;
  return (
    <section class="card stack" aria-labelledby="retrain-title">
      <h2 id="retrain-title">Training</h2>
      {run ? (
        <>
          <dl class="figures">
            <Figure
              name="The last one"
              value={run.outcome === "NothingNew" ? "nothing new" : run.outcome.toLowerCase()}
              means={`Started by ${run.trigger}, ${ago(run.startedAt)}.`}
            />
            {run.finishedAt && (
              <Figure
                name="Took"
                value={duration((Date.parse(run.finishedAt) - Date.parse(run.startedAt)) / 1000)}
                means={run.outcome === "Published" ? "From start until its model could serve." : "From start to end; the model before goes on serving."}
              />
            )}
          </dl>
          {cause && <p class="note bad">{cause}</p>}
          {run.error && !cause && <p class="note bad log">{run.error}</p>}
        </>
      ) : (
        <p class="soft">{storage.blobs ? "None is on record." : "The record of trainings cannot be read now."}</p>
      )}
      {outlook.data && !outlook.error && <Outlook outlook={outlook.data} />}
      <p class="small">
        <a href="#models">All runs, and the training at work</a>
      </p>
    </section>
  );
}
