import type { Verdict } from "../api/types";
import { decimal, time } from "../ui/format";

/** Whether the gate let a model through. */
export function VerdictTag({ verdict }: { verdict: Verdict | null }) {
  if (!verdict) {
    return <span class="tag">not judged</span>;
  }

  return verdict.passed ? (
    <span class="tag accent">passed the gate</span>
  ) : (
    <span class={`tag ${verdict.overriddenBy ? "warn" : "bad"}`}>{verdict.overriddenBy ? "refused, overridden" : "refused"}</span>
  );
}

/** Why, with the figures behind it. */
export function VerdictDetails({ verdict }: { verdict: Verdict | null }) {
  if (!verdict) {
    return null;
  }

  const { reasons, figures, override } = verdict;
  return (
    <details class="small">
      <summary>Why</summary>
      <div class="stack-s verdict">
        <ul>
          {reasons.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
        {override && (
          <p>
            {override.by} let it serve against this verdict on {time(override.at)}: {override.reason}
          </p>
        )}
        <dl class="pairs">
          {Object.entries(figures).map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd class="number">{Number.isInteger(value) ? value : decimal(value, 4)}</dd>
            </div>
          ))}
        </dl>
      </div>
    </details>
  );
}
