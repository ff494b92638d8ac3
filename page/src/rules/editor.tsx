import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { ApiError } from "../api/client";
import { ErrorNote } from "../ui/parts";
import { WhoWhyFields } from "../ui/whowhyfields";
import { Conditions } from "./conditions";
import { ItemField } from "./itemfield";
import { type Boost, type Cap, isEmpty, type Pin, type RuleChange, type SlateRules } from "./model";
import { putRules } from "./whowhy";

interface Props {
  change: RuleChange;
  onClose: () => void;
  onSaved: () => void;
}

/** Edits the rules of one placement; what somebody else changed meanwhile is not overwritten. */
export function Editor({ change, onClose, onSaved }: Props) {
  const [rules, setRules] = useState<SlateRules>(change.rules ?? {});
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError>();
  const set = (next: Partial<SlateRules>) => setRules({ ...rules, ...next });
  const { where = [], boosts = [], pins = [], caps = [] } = rules;

  async function submit(event: SubmitEvent) {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    setBusy(true);
    setError(undefined);
    try {
      await putRules(change.placement, stated(rules), String(form.get("by")), String(form.get("reason")), change.version);
      onSaved();
    } catch (problem) {
      setError(problem as ApiError);
      setBusy(false);
    }
  }

  return (
    <form class="card stack editor" onSubmit={submit} aria-labelledby="editor-title">
      <div class="row between">
        <h2 id="editor-title">
          Rules of <bdi>{change.placement}</bdi>
        </h2>
        <span class="tag">{change.version > 0 ? `replaces version ${change.version}` : "new"}</span>
      </div>
      <Part title="Filters" means="Every item of a list satisfies all of these, pinned ones too.">
        <Conditions conditions={where} name="filter" onChange={(next) => set({ where: next })} />
      </Part>
      <Part title="Boost and bury" means="Adds to the scores, in standard deviations of them: 1 is much, below 0 buries. What satisfies all conditions of a row gets it.">
        <Rows
          rows={boosts}
          add="Add a boost"
          fresh={(): Boost => ({ where: [{ category: "" }], amount: 1 })}
          onChange={(next) => set({ boosts: next })}
          row={(boost, put, i) => (
            <div class="stack-s boost">
              <NumberField name={`Amount of boost ${i + 1}`} label="Amount" value={boost.amount} min={-10} max={10} step={0.1} onChange={(amount) => put({ ...boost, amount: amount ?? 0 })} />
              <Conditions conditions={boost.where} name={`boost ${i + 1}`} least={1} onChange={(next) => put({ ...boost, where: next })} />
            </div>
          )}
        />
      </Part>
      <Part title="Pins" means="An item stands at a place of its own, whatever its score is. It is marked as forced, and no estimate takes it for a draw.">
        <Rows
          rows={pins}
          add="Pin an item"
          fresh={(): Pin => ({ itemId: "", rank: Math.max(0, ...pins.map((pin) => pin.rank)) + 1 })}
          onChange={(next) => set({ pins: next })}
          row={(pin, put, i) => (
            <div class="row-fields">
              <ItemField name={`Item of pin ${i + 1}`} value={pin.itemId} onChange={(itemId) => put({ ...pin, itemId })} />
              <NumberField name={`Place of pin ${i + 1}`} label="Place" value={pin.rank} min={1} max={1000} step={1} onChange={(rank) => put({ ...pin, rank: rank ?? 1 })} />
            </div>
          )}
        />
      </Part>
      <Part title="Caps and diversity" means="At most so many items of a category; and what items lose for being like one above them: 0.5 is a little, 2 is much.">
        <div class="row-fields">
          <NumberField label="At most of any category" name="At most of any category" value={rules.maxPerCategory ?? undefined} min={1} max={1000} step={1} onChange={(most) => set({ maxPerCategory: most })} />
          <NumberField label="Diversity" name="Diversity" value={rules.diversity ?? undefined} min={0} max={10} step={0.1} onChange={(diversity) => set({ diversity })} />
        </div>
        <Rows
          rows={caps}
          add="Cap one category"
          fresh={(): Cap => ({ category: "", most: 1 })}
          onChange={(next) => set({ caps: next })}
          row={(cap, put, i) => (
            <div class="row-fields">
              <label class="field">
                <span>Category</span>
                <input class="input" required maxLength={64} aria-label={`Category of cap ${i + 1}`} value={cap.category} onInput={(e) => put({ ...cap, category: e.currentTarget.value })} />
              </label>
              <NumberField name={`At most of cap ${i + 1}`} label="At most" value={cap.most} min={0} max={1000} step={1} onChange={(most) => put({ ...cap, most: most ?? 0 })} />
            </div>
          )}
        />
      </Part>
      <WhoWhyFields />
      {error && <ErrorNote error={error} />}
      <div class="row">
        <button type="submit" class="button primary" disabled={busy || isEmpty(rules)}>
          {busy ? "Saving…" : "Save"}
        </button>
        <button type="button" class="button" onClick={onClose}>
          Leave as it is
        </button>
      </div>
    </form>
  );
}

/** The rules without what is left out. */
const stated = ({ maxPerCategory, diversity, ...lists }: SlateRules): SlateRules => ({
  ...lists,
  ...(maxPerCategory ? { maxPerCategory } : {}),
  ...(diversity ? { diversity } : {}),
});

function Part({ title, means, children }: { title: string; means: string; children: ComponentChildren }) {
  return (
    <fieldset class="part">
      <legend>
        <h3>{title}</h3>
      </legend>
      <p class="tiny soft">{means}</p>
      {children}
    </fieldset>
  );
}

interface RowsProps<T> {
  rows: T[];
  add: string;
  fresh: () => T;
  onChange: (rows: T[]) => void;
  row: (row: T, put: (row: T) => void, index: number) => ComponentChildren;
}

function Rows<T>({ rows, add, fresh, onChange, row }: RowsProps<T>) {
  return (
    <div class="stack-s">
      {rows.map((one, i) => (
        <div key={i} class="rule-row">
          {row(one, (next) => onChange(rows.with(i, next)), i)}
          <button type="button" class="button quiet" onClick={() => onChange(rows.toSpliced(i, 1))}>
            Remove
          </button>
        </div>
      ))}
      <button type="button" class="button add" onClick={() => onChange([...rows, fresh()])}>
        {add}
      </button>
    </div>
  );
}

interface NumberProps {
  label: string;
  name: string;
  value: number | undefined;
  min: number;
  max: number;
  step: number;
  onChange: (value: number | undefined) => void;
}

function NumberField({ label, name, value, min, max, step, onChange }: NumberProps) {
  return (
    <label class="field narrow">
      <span>{label}</span>
      <input
        class="input"
        type="number"
        aria-label={name}
        min={min}
        max={max}
        step={step}
        value={value ?? ""}
        onInput={(e) => onChange(Number.isNaN(e.currentTarget.valueAsNumber) ? undefined : e.currentTarget.valueAsNumber)}
      />
    </label>
  );
}
