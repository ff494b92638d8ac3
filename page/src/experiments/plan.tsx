import { useState } from "preact/hooks";
import { type ApiError, ask } from "../api/client";
import type { ModelList } from "../api/types";
import { useLoaded } from "../api/use";
import { Dialog } from "../ui/dialog";
import { ErrorNote } from "../ui/parts";
import type { Arm } from "./types";

/** Plans an experiment of two arms. */
export function PlanDialog({ onClose, onDone }: { onClose: () => void; onDone: () => void }) {
  const models = useLoaded((signal) => ask<ModelList>("models?count=20", { signal }));
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError>();

  async function submit(event: SubmitEvent) {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const text = (name: string) => String(form.get(name) ?? "").trim();
    const number = (name: string) => (text(name) === "" ? undefined : Number(text(name)));
    const arm: Arm = { name: text("name"), share: Number(text("share")) / 100 };
    const changes = {
      modelVersion: text("modelVersion") || undefined,
      recommender: text("recommender") || undefined,
      exploration: number("exploration"),
      temperature: number("temperature"),
    };
    setBusy(true);
    try {
      await ask(`experiments/${encodeURIComponent(text("id"))}`, {
        method: "PUT",
        body: {
          placement: text("placement") || undefined,
          windowSeconds: Math.round(Number(text("hours")) * 3600),
          arms: [
            { name: text("control"), share: arm.share },
            { ...arm, ...changes },
          ],
          by: text("by"),
          reason: text("reason"),
        },
      });
      onDone();
    } catch (problem) {
      setError(problem as ApiError);
      setBusy(false);
    }
  }

  return (
    <Dialog title="New experiment" onClose={onClose}>
      <p class="soft small">Two arms of the same size; the first stays as it is. More arms, and rules in an arm: PUT /api/experiments.</p>
      <form class="stack" onSubmit={submit}>
        <Field name="id" label="Name" required maxLength={64} />
        <Field name="placement" label="Placement, empty for all" maxLength={64} />
        <div class="two">
          <Field name="share" label="Users in each arm, %" type="number" min="0.1" max="50" step="0.1" value="50" required />
          <Field name="hours" label="Hours that count" type="number" min="0.01" max="2160" step="any" value="24" required />
          <Field name="control" label="Control is called" value="as it is" required maxLength={64} />
          <Field name="name" label="The other arm is called" required maxLength={64} />
          <label class="field">
            <span>Its model</span>
            <select class="input" name="modelVersion">
              <option value="">the one that serves</option>
              {models.data?.models.map((model) => <option key={model.version}>{model.version}</option>)}
            </select>
          </label>
          <label class="field">
            <span>Its recommender</span>
            <select class="input" name="recommender">
              <option value="">the placement's</option>
              <option>sasrec</option>
              <option>similar</option>
              <option>popularity</option>
            </select>
          </label>
          <Field name="exploration" label="Its exploration, 0 to 1" type="number" min="0" max="1" step="any" />
          <Field name="temperature" label="Or its temperature" type="number" min="0" step="any" />
          <Field name="by" label="Your name" required maxLength={64} autocomplete="username" />
          <Field name="reason" label="Why" required maxLength={256} />
        </div>
        {error && <ErrorNote error={error} />}
        <div class="row">
          <button type="submit" class="button primary" disabled={busy}>
            Plan it
          </button>
          <button type="button" class="button" onClick={onClose}>
            Cancel
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function Field({ label, ...input }: { label: string; name: string } & preact.InputHTMLAttributes) {
  return (
    <label class="field">
      <span>{label}</span>
      <input class="input" {...input} />
    </label>
  );
}
