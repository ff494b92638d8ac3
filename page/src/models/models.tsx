import { useState } from "preact/hooks";
import { ask } from "../api/client";
import type { Model, ModelList } from "../api/types";
import { useLoaded } from "../api/use";
import { ago, bytes, count, date, decimal, time } from "../ui/format";
import { Empty, ErrorNote, Figure, SectionHead, Skeleton } from "../ui/parts";
import { ActivateDialog } from "./activate";
import { compared, MAIN, meaning, nameOf, shortOf } from "./metrics";
import { Runs } from "./runs";
import { VerdictTag, VerdictDetails } from "./verdict";
import "./models.css";

/** What was trained, how good it is, what serves, and the way back. */
export function Models() {
  const models = useLoaded((signal) => ask<ModelList>("models?count=20", { signal }), 5000);
  const [chosen, setChosen] = useState<Model>();
  const serving = models.data?.models.find((model) => model.version === models.data!.current);
  return (
    <>
      <SectionHead title="Models">
        What was trained, whether it was good enough to serve, and the way back. A version never changes; what serves is one pointer, and moving it takes
        seconds and drops no request.
      </SectionHead>
      {models.error && <ErrorNote error={models.error} retry={models.reload} />}
      {!models.data && models.loading && <Skeleton lines={6} height="2rem" />}
      {models.data?.models.length === 0 && (
        <Empty title="No model yet.">Send events, then start a retrain below. Until then, what is popular is recommended.</Empty>
      )}
      <div class="grid-2">
        {serving && <Serving model={serving} />}
        <Runs onPublished={models.reload} />
      </div>
      {models.data && models.data.models.length > 0 && (
        <section class="card stack" aria-labelledby="versions-title">
          <div>
            <h2 id="versions-title">Versions</h2>
            <p class="soft small">Newest first. {meaning[MAIN]}</p>
          </div>
          <div class="scroll" tabIndex={0} role="group" aria-label="Versions">
            <table class="versions">
              <thead>
                <tr>
                  <th scope="col">Version</th>
                  <th scope="col">Trained on</th>
                  <th scope="col" class="number">
                    {nameOf(MAIN)}
                  </th>
                  <th scope="col">Gate</th>
                  <th scope="col" class="number">
                    Size
                  </th>
                  <th scope="col">
                    <span class="hidden">Action</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {models.data.models.map((model) => (
                  <Version key={model.version} model={model} current={model.version === models.data!.current} onActivate={() => setChosen(model)} />
                ))}
              </tbody>
            </table>
          </div>
        </section>
      )}
      {models.data && models.data.history.length > 0 && (
        <section class="card stack" aria-labelledby="moves-title">
          <h2 id="moves-title">What served when</h2>
          <ol class="moves">
            {models.data.history.slice(0, 8).map((move) => (
              <li key={move.at}>
                <span class="soft small">{time(move.at)}</span>
                <span>
                  <b>{shortOf(move.version)}</b> by {move.by}
                  <span class="soft"> · {move.reason}</span>
                </span>
              </li>
            ))}
          </ol>
        </section>
      )}
      {chosen && (
        <ActivateDialog
          model={chosen}
          serving={serving}
          onClose={() => setChosen(undefined)}
          onDone={() => {
            setChosen(undefined);
            models.reload();
          }}
        />
      )}
    </>
  );
}

function Serving({ model }: { model: Model }) {
  const bars = compared(model);
  const most = Math.max(...bars.map((bar) => bar.value), 0);
  const { from, to, events, users, items } = model.data;
  return (
    <section class="card stack" aria-labelledby="serving-title">
      <div class="row between">
        <h2 id="serving-title">Serving now</h2>
        <VerdictTag verdict={model.verdict} />
      </div>
      <dl class="figures">
        {Object.entries(meaning)
          .filter(([name]) => model.metrics[name] !== undefined)
          .slice(0, 2)
          .map(([name, means]) => (
            <Figure key={name} name={nameOf(name)} value={decimal(model.metrics[name]!, 4)} means={means} />
          ))}
        <Figure name="Age" value={ago(model.createdAt).replace(" ago", "")} means="Since it was published. What happened since is read from the history all the same." />
      </dl>
      {bars.length > 1 && (
        <div class="stack-s">
          <h3>Against the baselines, {nameOf(MAIN)}</h3>
          <dl class="compared">
            {bars.map((bar) => (
              <div key={bar.name} class={bar.own ? "own" : undefined}>
                <dt>{bar.name}</dt>
                <dd class="compared-bar" aria-hidden="true">
                  <span style={{ width: `${most > 0 ? (bar.value / most) * 100 : 0}%` }} />
                </dd>
                <dd class="number">{decimal(bar.value, 4)}</dd>
              </div>
            ))}
          </dl>
        </div>
      )}
      <p class="small soft">
        Trained on {count(events)} events of {count(users)} users with {count(items)} items
        {from && to && (
          <>
            , {date(from)} to {date(to)}
          </>
        )}
        ; {bytes(model.bytes)}. Measured by {model.protocol.replace(/\.$/, "")}. <span class="mono">{model.version}</span>
      </p>
      <VerdictDetails verdict={model.verdict} />
    </section>
  );
}

function Version({ model, current, onActivate }: { model: Model; current: boolean; onActivate: () => void }) {
  const own = model.metrics[MAIN];
  const best = compared(model).find((bar) => !bar.own);
  return (
    <tr>
      <td>
        <b class="mono">{shortOf(model.version)}</b> {current && <span class="tag accent">serving</span>}
        <div class="tiny soft">{ago(model.createdAt)}</div>
      </td>
      <td>
        {count(model.data.events)} events
        <div class="tiny soft">
          {model.data.from && model.data.to ? `${date(model.data.from)} to ${date(model.data.to)}` : "no dates"} · {count(model.data.items)} items
        </div>
      </td>
      <td class="number">
        {own === undefined ? "–" : decimal(own, 4)}
        {best && own !== undefined && (
          <div class="tiny soft">
            {best.value > 0 ? `×${(own / best.value).toFixed(1)} of ${best.name}` : best.name}
          </div>
        )}
      </td>
      <td>
        <VerdictTag verdict={model.verdict} />
        {model.verdict?.overriddenBy && <div class="tiny soft">let through by {model.verdict.overriddenBy}</div>}
        <VerdictDetails verdict={model.verdict} />
      </td>
      <td class="number">{bytes(model.bytes)}</td>
      <td class="number">
        {!current && (
          <button type="button" class="button" onClick={onActivate}>
            Let it serve<span class="hidden">: {shortOf(model.version)}</span>
          </button>
        )}
      </td>
    </tr>
  );
}
