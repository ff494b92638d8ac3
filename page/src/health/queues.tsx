import { useState } from "preact/hooks";
import { type ApiError, ask } from "../api/client";
import type { HealthReport } from "../api/types";
import { count, counted } from "../ui/format";
import { ErrorNote, Figure } from "../ui/parts";
import { FailedMessages } from "./messages";

const means: Record<string, string> = {
  interactions: "Accepted events on their way to the log. A number that grows means that appending fails or is slow.",
  impressions: "Lists that were shown, on their way to the log.",
};

/** What waits, and what failed: to be looked at, sent again or dropped. */
export function Queues({ report: { queues }, onChanged }: { report: HealthReport; onChanged: () => void }) {
  const [said, setSaid] = useState("");
  const [error, setError] = useState<ApiError>();
  const [busy, setBusy] = useState(false);
  const all = Object.values(queues);
  const failed = all.every((queue) => queue !== null) ? all.reduce((sum, queue) => sum + queue!.poison, 0) : undefined;

  async function replay() {
    setBusy(true);
    setError(undefined);
    try {
      const sent = await ask<{ interactions: number; impressions: number }>("messages/replay", { method: "POST" });
      setSaid(`Sent again: ${counted(sent.interactions + sent.impressions, "message")}. What still fails is back here within a minute.`);
      onChanged();
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
            means={means[name] ?? ""}
          />
        ))}
        <Figure
          name="Failed"
          value={failed === undefined ? "unknown" : count(failed)}
          unit={failed === undefined ? undefined : "messages"}
          means={failed === undefined ? "The queues cannot be read now." : "Failed five times and were kept aside. None is lost; mend the cause, then send them again."}
        />
      </dl>
      {failed !== undefined && failed > 0 && (
        <>
          <div class="row">
            <button type="button" class="button primary" disabled={busy} onClick={() => void replay()}>
              Send all again
            </button>
          </div>
          <FailedMessages count={failed} onChanged={onChanged} />
        </>
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
