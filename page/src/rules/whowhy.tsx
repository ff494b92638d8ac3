import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { type ApiError, ask } from "../api/client";
import { Dialog } from "../ui/dialog";
import { ErrorNote } from "../ui/parts";
import { WhoWhyFields } from "../ui/whowhyfields";

interface Props {
  title: string;
  /** What the button says that does it. */
  action: string;
  reason?: string;
  children: ComponentChildren;
  /** Does it; what it throws is shown. */
  onSure: (by: string, reason: string) => Promise<unknown>;
  onClose: () => void;
}

/** Asks who does something, and why, before it is done. */
export function WhoWhy({ title, action, reason, children, onSure, onClose }: Props) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError>();

  async function submit(event: SubmitEvent) {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    setBusy(true);
    try {
      await onSure(String(form.get("by")), String(form.get("reason")));
      onClose();
    } catch (problem) {
      setError(problem as ApiError);
      setBusy(false);
    }
  }

  return (
    <Dialog title={title} onClose={onClose}>
      {children}
      <form class="stack" onSubmit={submit}>
        <WhoWhyFields reason={reason} />
        {error && <ErrorNote error={error} />}
        <div class="row">
          <button type="submit" class="button primary" disabled={busy}>
            {action}
          </button>
          <button type="button" class="button" onClick={onClose}>
            Leave as it is
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** Changes the rules of a placement; the version that is replaced keeps somebody else's change from being lost. */
export const putRules = (placement: string, rules: unknown, by: string, reason: string, replaces: number): Promise<unknown> =>
  ask(`rules/${encodeURIComponent(placement)}`, { method: "PUT", body: { rules, by, reason, replaces } });
