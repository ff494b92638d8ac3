import { useState } from "preact/hooks";

/** Asks which placement is to have rules. */
export function NewPlacement({ onNew }: { onNew: (placement: string) => void }) {
  const [name, setName] = useState("");

  function submit(event: Event) {
    event.preventDefault();
    if (name.trim()) {
      onNew(name.trim());
    }
  }

  return (
    <form class="new-placement" onSubmit={submit}>
      <label class="field">
        <span>Placement</span>
        <input class="input" name="placement" maxLength={64} autocomplete="off" placeholder="home" value={name} onInput={(e) => setName(e.currentTarget.value)} />
      </label>
      <button type="submit" class="button primary" disabled={!name.trim()}>
        Write rules
      </button>
    </form>
  );
}
