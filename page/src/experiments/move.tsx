import { useState } from "preact/hooks";
import { type ApiError, ask } from "../api/client";
import { Dialog } from "../ui/dialog";
import { ErrorNote } from "../ui/parts";
import { WhoWhyFields } from "../ui/whowhyfields";
import { changesOf } from "./experiment";
import type { Plan } from "./types";

export interface Move {
  what: "start" | "stop" | "ship" | "delete";
  experiment: Plan;
}

const words = {
  start: { title: "Start it?", button: "Start", means: "From now on users are assigned to its arms. Once it has started, its arms stay as they are." },
  stop: { title: "Stop it?", button: "Stop", means: "Everybody is served as before. It cannot be started again." },
  ship: {
    title: "Ship an arm?",
    button: "Ship",
    means: "Everybody gets what the arm had: its model serves, its rules become those of the placement, its policy and its recommender become the defaults.",
  },
  delete: { title: "Delete it?", button: "Delete", means: "What it shipped as a policy or a recommender ends with it. Models and rules stay." },
};

/** Asks why, and does it. */
export function MoveDialog({ move, onClose, onDone }: { move: Move; onClose: () => void; onDone: () => void }) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError>();
  const { what, experiment } = move;
  const { title, button, means } = words[what];
  const path = `experiments/${encodeURIComponent(experiment.id)}`;
  const refused = what === "ship" && error?.status === 409;

  async function submit(event: SubmitEvent) {
    event.preventDefault();
    const form = Object.fromEntries(new FormData(event.currentTarget as HTMLFormElement));
    setBusy(true);
    try {
      await (what === "delete"
        ? ask(path, { method: "DELETE" })
        : ask(`${path}/${what}`, { method: "POST", body: { ...form, ...("override" in form ? { override: true } : {}) } }));
      onDone();
    } catch (problem) {
      setError(problem as ApiError);
      setBusy(false);
    }
  }

  return (
    <Dialog title={title} onClose={onClose}>
      <p>
        <b>{experiment.id}</b>. {means}
      </p>
      <form class="stack" onSubmit={submit}>
        {what === "ship" && (
          <label class="field">
            <span>Arm</span>
            <select class="input" name="arm">
              {experiment.arms.map((arm) => (
                <option key={arm.name} value={arm.name}>
                  {arm.name}: {changesOf(arm)}
                </option>
              ))}
            </select>
          </label>
        )}
        {what !== "delete" && <WhoWhyFields />}
        {refused && (
          <label class="row">
            <input type="checkbox" name="override" />
            <span>Also against the gate; it is recorded</span>
          </label>
        )}
        {error && <ErrorNote error={error} />}
        <div class="row">
          <button type="submit" class="button primary" disabled={busy}>
            {button}
          </button>
          <button type="button" class="button" onClick={onClose}>
            Leave as it is
          </button>
        </div>
      </form>
    </Dialog>
  );
}
