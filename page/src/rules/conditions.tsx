import { ItemField } from "./itemfield";
import { type Condition, readScalar, type Scalar, writeScalar } from "./model";

type Subject = "category" | "itemId" | "attribute";
type Test = "is" | "range" | "exists";

const subjects: Record<Subject, string> = { category: "Category", itemId: "Item", attribute: "Attribute" };
const tests: Record<Test, string> = { is: "is one of", range: "is between", exists: "is there" };

interface Props {
  conditions: Condition[];
  /** What the conditions are of, for those who listen. */
  name: string;
  /** How many must stay. */
  least?: number;
  onChange: (conditions: Condition[]) => void;
}

/** Conditions on items, all of which must hold. */
export function Conditions({ conditions, name, least = 0, onChange }: Props) {
  return (
    <div class="stack-s">
      {conditions.map((condition, i) => (
        <div key={i} class="rule-row">
          <ConditionFields condition={condition} name={`condition ${i + 1} of ${name}`} onChange={(next) => onChange(conditions.with(i, next))} />
          {conditions.length > least && (
            <button type="button" class="button quiet" onClick={() => onChange(conditions.toSpliced(i, 1))}>
              Remove
            </button>
          )}
        </div>
      ))}
      <button type="button" class="button add" onClick={() => onChange([...conditions, { category: "" }])}>
        Add a condition
      </button>
    </div>
  );
}

const subjectOf = ({ category, itemId }: Condition): Subject => (category !== undefined ? "category" : itemId !== undefined ? "itemId" : "attribute");

const testOf = ({ exists, min, max }: Condition): Test => (exists !== undefined ? "exists" : min !== undefined || max !== undefined ? "range" : "is");

function ConditionFields({ condition, name, onChange }: { condition: Condition; name: string; onChange: (condition: Condition) => void }) {
  const subject = subjectOf(condition);
  const not = condition.not ? { not: true } : {};
  return (
    <div class="row-fields">
      <label class="field narrow">
        <span>Of the</span>
        <select
          class="input"
          aria-label={`Subject of ${name}`}
          value={subject}
          onChange={(e) => {
            const chosen = e.currentTarget.value as Subject;
            onChange(chosen === "attribute" ? { attribute: "", oneOf: [], ...not } : { [chosen]: "", ...not });
          }}
        >
          {Object.entries(subjects).map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      </label>
      {subject === "itemId" ? (
        <ItemField name={`Item of ${name}`} value={condition.itemId!} onChange={(itemId) => onChange({ itemId, ...not })} />
      ) : (
        <label class="field">
          <span>Name</span>
          <input
            class="input"
            required
            maxLength={64}
            autocomplete="off"
            aria-label={`Name of ${name}`}
            value={condition[subject]}
            onInput={(e) => onChange({ ...condition, [subject]: e.currentTarget.value })}
          />
        </label>
      )}
      {subject === "attribute" && <TestFields condition={condition} name={name} onChange={onChange} />}
      <label class="check">
        <input type="checkbox" checked={condition.not ?? false} onChange={(e) => onChange({ ...condition, not: e.currentTarget.checked })} />
        must not
      </label>
    </div>
  );
}

function TestFields({ condition, name, onChange }: { condition: Condition; name: string; onChange: (condition: Condition) => void }) {
  const test = testOf(condition);
  const { attribute } = condition;
  const not = condition.not ? { not: true } : {};
  const bound = (side: "min" | "max", text: string) => {
    const { [side]: _, ...rest } = condition;
    onChange(text === "" ? rest : { ...rest, [side]: Number(text) });
  };
  return (
    <>
      <label class="field narrow">
        <span>Test</span>
        <select
          class="input"
          aria-label={`Test of ${name}`}
          value={test}
          onChange={(e) => {
            const chosen = e.currentTarget.value as Test;
            onChange({ attribute, ...not, ...(chosen === "is" ? { oneOf: [] } : chosen === "range" ? { min: 0 } : { exists: true }) });
          }}
        >
          {Object.entries(tests).map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      </label>
      {test === "is" && (
        <label class="field">
          <span>Values, separated by commas</span>
          <input
            class="input"
            required
            aria-label={`Values of ${name}`}
            defaultValue={valuesOf(condition).map(writeScalar).join(", ")}
            onInput={(e) => onChange({ attribute, ...not, oneOf: splitScalars(e.currentTarget.value) })}
          />
        </label>
      )}
      {test === "range" && (
        <>
          <label class="field narrow">
            <span>From</span>
            <input class="input" type="number" step="any" aria-label={`From, of ${name}`} value={condition.min ?? ""} onInput={(e) => bound("min", e.currentTarget.value)} />
          </label>
          <label class="field narrow">
            <span>To</span>
            <input class="input" type="number" step="any" aria-label={`To, of ${name}`} value={condition.max ?? ""} onInput={(e) => bound("max", e.currentTarget.value)} />
          </label>
        </>
      )}
    </>
  );
}

const valuesOf = ({ oneOf, equals }: Condition): Scalar[] => oneOf ?? (equals === undefined ? [] : [equals]);

/** Commas divide values, unless they stand in quotes. */
const splitScalars = (text: string): Scalar[] => (text.match(/"[^"]*"|[^,]+/g) ?? []).filter((part) => part.trim() !== "").map(readScalar);
