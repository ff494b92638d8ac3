import { ask } from "../api/client";
import type { Deletion, DeletionPart } from "../api/types";
import { useLoaded } from "../api/use";
import { count, date, time } from "../ui/format";
import { ErrorNote, Skeleton } from "../ui/parts";
import "./deletion.css";

const parts: [keyof Pick<Deletion, "history" | "impressions" | "messages" | "snapshot" | "backups">, string, string][] = [
  ["history", "History", "deleted"],
  ["impressions", "Name on lists", "being taken off"],
  ["messages", "On its way", "dropped once it has arrived"],
  ["snapshot", "Training data", "left out at the next training"],
  ["backups", "Replaced copies", "gone some time after that"],
];

/** How far the deletion of a user has come. */
export function DeletionCard({ userId, deletionId }: { userId: string; deletionId: string }) {
  const deletion = useLoaded((signal) => ask<Deletion>(`deletions/${encodeURIComponent(deletionId)}`, { signal }), 5000);
  const { data } = deletion;
  return (
    <section class="card stack" aria-labelledby="deletion-title">
      <div class="row between">
        <h2 id="deletion-title">
          Forgetting <bdi class="who">{userId}</bdi>
        </h2>
        {data && <span class={`tag ${data.state === "complete" ? "accent" : ""}`}>{data.state}</span>}
      </div>
      {deletion.error && <ErrorNote error={deletion.error} retry={deletion.reload} />}
      {!data && deletion.loading && <Skeleton lines={3} />}
      {data && (
        <dl class="deletion">
          {parts.map(([name, title, pending]) => (
            <div key={name}>
              <dt>{title}</dt>
              <dd>{stateOf(data[name], pending)}</dd>
            </div>
          ))}
        </dl>
      )}
      {data?.modelsTrainedBefore && data.modelsTrainedBefore.length > 0 && (
        <p class="tiny soft">{count(data.modelsTrainedBefore.length)} models were trained on data with this user.</p>
      )}
      <p class="mono soft">{deletionId}</p>
    </section>
  );
}

function stateOf(part: DeletionPart, pending: string): string {
  if (part.doneAt) {
    return `done ${time(part.doneAt)}${part.removed > 0 ? `, ${count(part.removed)} ${part.removed === 1 ? "row" : "rows"}` : ""}`;
  }

  return part.dueAt ? `gone by ${date(part.dueAt)}` : pending;
}
