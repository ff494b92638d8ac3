import { useState } from "preact/hooks";
import type { Candidate, Recommendation } from "../api/types";
import { count, percent } from "../ui/format";
import { Skeleton } from "../ui/parts";
import { Title } from "../ui/title";
import "./chances.css";

/** Each candidate's chance to be shown, by the rank that the scores alone would give it. */
export function ChanceChart({ slate }: { slate?: Recommendation }) {
  const [pointed, setPointed] = useState<number>();
  const candidates = slate?.candidates ?? [];
  const slots = slate?.items.length ?? 0;
  const shown = new Set(slate?.items.map((item) => item.itemId));
  const inside = sum(candidates.slice(0, slots));
  const rest = Math.max(0, slots - sum(candidates));
  const at = pointed === undefined ? undefined : candidates[pointed];
  return (
    <section class="card stack" aria-labelledby="chances-title">
      <div>
        <h2 id="chances-title">Chance to be shown</h2>
        {candidates.length > 0 && <p class="soft small">The {candidates.length} best by score, best first. Filled: in this list.</p>}
      </div>
      {!slate && <Skeleton lines={1} height="9rem" />}
      {slate && candidates.length === 0 && (
        <p class="small">
          {slate.eligible === 0
            ? "Nothing may be shown."
            : `None of the ${count(slate.eligible)} items that may be shown has a score: they are new, and each is as likely as the others.`}
        </p>
      )}
      {slate && candidates.length > 0 && (
        <>
          <div
            class="bars"
            role="img"
            aria-label={`Bars: the best item by score is shown in ${percent(candidates[0]!.chance)} of lists, number ${candidates.length} in ${percent(candidates.at(-1)!.chance)}.`}
            onPointerLeave={() => setPointed(undefined)}
          >
            {candidates.map((candidate, i) => (
              <span
                key={i}
                class={`bar${shown.has(candidate.itemId) ? " in" : ""}${i === slots - 1 ? " edge" : ""}`}
                onPointerEnter={() => setPointed(i)}
              >
                <span style={{ height: `${Math.max(candidate.chance * 100, 0.8)}%` }} />
              </span>
            ))}
          </div>
          <div class="bars-axis tiny soft" aria-hidden="true">
            <span>1</span>
            <span>rank by score</span>
            <span>{candidates.length}</span>
          </div>
          <p class="small pointed">
            {at ? (
              <>
                <b><Title id={at.itemId} /></b> {percent(at.chance)} ± {percent(2 * at.chanceError)}
              </>
            ) : (
              <span class="soft">The line is where the list would end if the scores alone decided.</span>
            )}
          </p>
          <dl class="splits">
            <Split name={`top ${slots} by score`} places={inside} of={slots} />
            {candidates.length > slots && <Split name={`the next ${candidates.length - slots}`} places={Math.max(0, slots - inside - rest)} of={slots} />}
            {slate.eligible > candidates.length && <Split name={`the other ${count(slate.eligible - candidates.length)}`} places={rest} of={slots} />}
          </dl>
          <p class="tiny soft">Of {slots} places, how many go to each group on average.</p>
          <details class="small">
            <summary>As a table</summary>
            <Table candidates={candidates} />
          </details>
        </>
      )}
    </section>
  );
}

const sum = (candidates: Candidate[]) => candidates.reduce((total, candidate) => total + candidate.chance, 0);

function Split({ name, places, of }: { name: string; places: number; of: number }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd class="number">{places.toFixed(1)}</dd>
      <dd class="split-bar" aria-hidden="true">
        <span style={{ width: `${of > 0 ? (places / of) * 100 : 0}%` }} />
      </dd>
    </div>
  );
}

function Table({ candidates }: { candidates: Candidate[] }) {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Item</th>
          <th scope="col" class="number">
            Score
          </th>
          <th scope="col" class="number">
            Chance
          </th>
        </tr>
      </thead>
      <tbody>
        {candidates.map((candidate) => (
          <tr key={candidate.itemId}>
            <td>
              <Title id={candidate.itemId} />
            </td>
            <td class="number">{candidate.score.toFixed(2)}</td>
            <td class="number">{percent(candidate.chance)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
