import { useState } from "preact/hooks";
import { ask } from "../api/client";
import { isolatedTitleOf } from "../api/titles";
import { useLoaded } from "../api/use";
import { time } from "../ui/format";
import { ErrorNote, Skeleton } from "../ui/parts";
import { linesOf, type RuleChange } from "./model";
import { putRules, WhoWhy } from "./whowhy";

/** The changes of a placement, newest first, and the way back to any of them. */
export function History({ placement, version, onRestored }: { placement: string; version: number; onRestored: () => void }) {
  const [open, setOpen] = useState(false);
  return (
    <details class="small" onToggle={(e) => setOpen(e.currentTarget.open)}>
      <summary>Earlier versions</summary>
      {open && <Changes placement={placement} version={version} onRestored={onRestored} />}
    </details>
  );
}

function Changes({ placement, version, onRestored }: { placement: string; version: number; onRestored: () => void }) {
  const path = `rules/${encodeURIComponent(placement)}`;
  const history = useLoaded((signal) => ask<{ changes: RuleChange[] }>(path, { signal }), 0, [version]);
  const [chosen, setChosen] = useState<RuleChange>();

  return (
    <div class="stack-s">
      {history.error && <ErrorNote error={history.error} retry={history.reload} />}
      {!history.data && history.loading && <Skeleton lines={2} />}
      <ol class="changes" aria-label={`Versions of ${placement}, newest first`}>
        {history.data?.changes.map((change) => (
          <li key={change.version}>
            <div class="row between">
              <b>Version {change.version}</b>
              <span class="soft">{time(change.at)}</span>
            </div>
            <p class="soft">
              By <bdi>{change.by}</bdi>: <bdi>{change.reason}</bdi>
            </p>
            {change.rules ? (
              <ul class="rule-lines">
                {linesOf(change.rules, isolatedTitleOf).map((line, i) => (
                  <li key={i}>{line}</li>
                ))}
              </ul>
            ) : (
              <p>No rules.</p>
            )}
            {change.version !== version && change.rules && (
              <button type="button" class="button" onClick={() => setChosen(change)}>
                Put back<span class="hidden"> version {change.version}</span>
              </button>
            )}
          </li>
        ))}
      </ol>
      {chosen && (
        <WhoWhy
          title={`Back to version ${chosen.version}?`}
          action="Put it back"
          reason={`back to version ${chosen.version}`}
          onSure={(by, reason) => putRules(placement, chosen.rules, by, reason, version).then(onRestored)}
          onClose={() => setChosen(undefined)}
        >
          <p>
            The rules of <bdi>{placement}</bdi> become those of version {chosen.version}, as a new version. Lists follow within seconds.
          </p>
        </WhoWhy>
      )}
    </div>
  );
}
