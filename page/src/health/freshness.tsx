import { useState } from "preact/hooks";
import { type ApiError, ask } from "../api/client";
import { count } from "../ui/format";
import { ErrorNote, Figure } from "../ui/parts";

const PATIENCE = 15_000;

/** Sends an event of a user made for this, waits until the log has it, and forgets the user. */
export function Freshness() {
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
      while (!found && performance.now() - started < PATIENCE) {
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
        <button type="button" class="button" disabled={busy} onClick={() => void measure()}>
          {busy ? "Measuring…" : "Measure now"}
        </button>
        <span class="tiny soft">
          Sends one event of a user made for it, and forgets the user again. No training learns of it, and the next one goes on from the weights that serve.
        </span>
      </div>
      {error && <ErrorNote error={error} />}
    </section>
  );
}
