import { useEffect, useState } from "preact/hooks";
import { ask } from "../api/client";
import { useStore } from "../api/store";
import { isolatedTitleOf, learnTitles, titleOf, titlesLearnt } from "../api/titles";
import type { Item } from "../api/types";
import { useLoaded } from "../api/use";
import { ago, time } from "../ui/format";
import { Empty, ErrorNote, SectionHead, Skeleton } from "../ui/parts";
import { Editor } from "./editor";
import { History } from "./history";
import { linesOf, type RuleChange } from "./model";
import { NewPlacement } from "./newplacement";
import { WhoWhy } from "./whowhy";
import "./rules.css";

/** What an operator adds to what the model finds: placement by placement, with who changed it and when. */
export function Rules() {
  const rules = useLoaded((signal) => ask<{ placements: RuleChange[] }>("rules", { signal }), 10_000);
  const [editing, setEditing] = useState<RuleChange>();
  const [ending, setEnding] = useState<RuleChange>();
  const placements = rules.data?.placements ?? [];
  useTitlesOf(placements);

  async function end({ placement }: RuleChange, by: string, reason: string) {
    await ask(`rules/${encodeURIComponent(placement)}?${new URLSearchParams({ by, reason })}`, { method: "DELETE" });
    rules.reload();
  }

  return (
    <>
      <SectionHead title="Rules">
        What you add to what the model finds: filters, boosts, pins, caps and diversity, placement by placement. Lists follow within seconds, the odds
        that are logged stay exact, and what was pinned is marked.
      </SectionHead>
      {rules.error && <ErrorNote error={rules.error} retry={rules.reload} />}
      {!rules.data && rules.loading && <Skeleton lines={4} height="2rem" />}
      {editing ? (
        <Editor
          key={`${editing.placement} ${editing.version}`}
          change={editing}
          onClose={() => setEditing(undefined)}
          onSaved={() => {
            setEditing(undefined);
            rules.reload();
          }}
        />
      ) : (
        rules.data && (
          <>
            <NewPlacement onNew={(placement) => setEditing(placements.find((change) => change.placement === placement) ?? blank(placement))} />
            {placements.length === 0 && (
              <Empty title="No placement has rules.">Name one above, such as home or cart: the name that its requests give as placement.</Empty>
            )}
            <div class="grid-2">
              {placements.map((change) => (
                <PlacementCard key={change.placement} change={change} onEdit={() => setEditing(change)} onEnd={() => setEnding(change)} onRestored={rules.reload} />
              ))}
            </div>
          </>
        )
      )}
      {ending && (
        <WhoWhy
          title={`End the rules of ${ending.placement}?`}
          action="End them"
          onSure={(by, reason) => end(ending, by, reason)}
          onClose={() => setEnding(undefined)}
        >
          <p>Its lists follow the model alone within seconds. The rules stay in the history, from which they can be put back.</p>
        </WhoWhy>
      )}
    </>
  );
}

/** Learns what the items are called that rules name. */
function useTitlesOf(changes: RuleChange[]) {
  useStore(titlesLearnt);
  const named = changes.flatMap(({ rules }) => [
    ...(rules?.pins ?? []).map((pin) => pin.itemId),
    ...[...(rules?.where ?? []), ...(rules?.boosts ?? []).flatMap((boost) => boost.where)].flatMap(({ itemId }) => (itemId ? [itemId] : [])),
  ]);
  const unknown = [...new Set(named)].filter((id) => titleOf(id) === id).join("\n");
  useEffect(() => {
    for (const id of unknown.split("\n").filter(Boolean)) {
      ask<Item>(`items/-?id=${encodeURIComponent(id)}`)
        .then(learnTitles)
        .catch((error: unknown) => console.info(`The catalogue does not know ${id}:`, error));
    }
  }, [unknown]);
}

/** A placement without rules: version 0 is what a first change replaces. */
const blank = (placement: string): RuleChange => ({ version: 0, placement, rules: {}, by: "", reason: "", at: "" });

interface CardProps {
  change: RuleChange;
  onEdit: () => void;
  onEnd: () => void;
  onRestored: () => void;
}

function PlacementCard({ change, onEdit, onEnd, onRestored }: CardProps) {
  const lines = linesOf(change.rules ?? {}, isolatedTitleOf);
  const title = `rules-${change.placement}`;
  return (
    <section class="card stack" aria-labelledby={title}>
      <div class="row between">
        <h2 id={title}>
          <bdi>{change.placement}</bdi>
        </h2>
        <span class="tag">version {change.version}</span>
      </div>
      {lines.length === 0 ? (
        <p class="soft">The rules say nothing.</p>
      ) : (
        <ul class="rule-lines">
          {lines.map((line, i) => (
            <li key={i}>{line}</li>
          ))}
        </ul>
      )}
      <p class="small soft">
        By <bdi>{change.by}</bdi>, <span title={time(change.at)}>{ago(change.at)}</span>: <bdi>{change.reason}</bdi>
      </p>
      <div class="row">
        <button type="button" class="button" onClick={onEdit}>
          Edit<span class="hidden"> the rules of {change.placement}</span>
        </button>
        <a class="button" href={`#playground/${encodeURIComponent(change.placement)}`}>
          Try
        </a>
        <button type="button" class="button quiet" onClick={onEnd}>
          End
        </button>
      </div>
      <History placement={change.placement} version={change.version} onRestored={onRestored} />
    </section>
  );
}
