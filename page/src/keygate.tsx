import { useEffect, useRef, useState } from "preact/hooks";
import { unlock } from "./api/client";

/** Asks for the function key, once for a browser tab. */
export function KeyGate({ wrong }: { wrong: boolean }) {
  const [busy, setBusy] = useState(false);
  const [refusals, setRefusals] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.select(), [refusals]);

  async function submit(event: Event) {
    event.preventDefault();
    setBusy(true);
    await unlock(input.current!.value.trim());
    setBusy(false);
    setRefusals((n) => n + 1);
  }

  return (
    <form class="card gate stack" onSubmit={submit}>
      <div>
        <h1>Function key</h1>
        <p class="lead">
          This page asks the recommender's own API, which wants a key. On a developer's machine <span class="mono">./run</span> prints it; in
          Azure it stands under the function app's keys.
        </p>
      </div>
      <label class="field">
        <span>Key</span>
        <input
          ref={input}
          class="input"
          type="password"
          name="key"
          autocomplete="off"
          required
          autofocus
          aria-invalid={wrong}
          aria-describedby={wrong ? "key-wrong" : undefined}
        />
      </label>
      {wrong && (
        <p id="key-wrong" class="note bad" role="alert">
          That key was not accepted. Look for a space at its ends, or take another.
        </p>
      )}
      <div class="row between">
        <span class="tiny soft">Kept in this tab until it is closed, and sent to this address only.</span>
        <button type="submit" class="button primary" disabled={busy}>
          {busy ? "Trying…" : "Open"}
        </button>
      </div>
    </form>
  );
}
