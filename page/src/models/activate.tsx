import { useState } from "preact/hooks";
import { type ApiError, ask } from "../api/client";
import type { Model } from "../api/types";
import { decimal } from "../ui/format";
import { Dialog } from "../ui/dialog";
import { ErrorNote } from "../ui/parts";
import { WhoWhyFields } from "../ui/whowhyfields";
import { MAIN, nameOf, shortOf } from "./metrics";

interface Props {
  model: Model;
  serving?: Model;
  onClose: () => void;
  onDone: () => void;
}

/** Asks why, and moves the pointer. */
export function ActivateDialog({ model, serving, onClose, onDone }: Props) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError>();
  const back = serving !== undefined && model.createdAt < serving.createdAt;
  const refused = model.verdict !== null && !model.verdict.passed;

  async function submit(event: SubmitEvent) {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    setBusy(true);
    try {
      await ask(`models/${encodeURIComponent(model.version)}/activate`, {
        method: "POST",
        body: { reason: form.get("reason"), by: form.get("by"), ...(refused ? { override: true } : {}) },
      });
      onDone();
    } catch (problem) {
      setError(problem as ApiError);
      setBusy(false);
    }
  }

  return (
    <Dialog title={back ? "Roll back?" : "Let this version serve?"} onClose={onClose}>
      <p>
        <b>{shortOf(model.version)}</b>
        {model.metrics[MAIN] !== undefined && ` (${nameOf(MAIN)} ${decimal(model.metrics[MAIN]!, 4)})`} takes the place of{" "}
        <b>{serving ? shortOf(serving.version) : "nothing"}</b>
        {serving?.metrics[MAIN] !== undefined && ` (${decimal(serving!.metrics[MAIN]!, 4)})`}. Every instance follows within seconds; it can be undone the same way.
      </p>
      {refused && (
        <p class="note warn">
          <strong>The gate refused this version.</strong> {model.verdict!.reasons[0]} If it serves all the same, your name stands in its verdict.
        </p>
      )}
      <form class="stack" onSubmit={submit}>
        <WhoWhyFields hint={back ? "what is wrong with the newer one" : undefined} />
        {error && <ErrorNote error={error} />}
        <div class="row">
          <button type="submit" class="button primary" disabled={busy}>
            {back ? "Roll back" : refused ? "Let it serve all the same" : "Let it serve"}
          </button>
          <button type="button" class="button" onClick={onClose}>
            Leave as it is
          </button>
        </div>
      </form>
    </Dialog>
  );
}
