import { useEffect, useId, useState } from "preact/hooks";
import { ask, isAbort } from "../api/client";
import { decimal, percent } from "../ui/format";
import { POSITIONS, type Policy, positionOf, temperatureAt } from "./policy";
import { OWN, type Session } from "./session";
import "./policycard.css";

interface Props {
  session: Session;
  /** Called with moving while a slider moves, and without when it is let go. */
  onChange: (next: Partial<Pick<Session, "policy" | "placement">>, moving?: boolean) => void;
  onDraw: () => void;
}

/** Where the list stands, and the two sliders that decide how far it may stray from the scores: at first they say what the placement does. */
export function PolicyCard({ session: { policy: own, placement, slate }, onChange, onDraw }: Props) {
  const known: Policy | undefined = own ?? slate?.policy;
  const policy = known ?? { temperature: 0, epsilon: 0 };
  const move = ({ temperature, epsilon }: Policy, moving: boolean) => onChange({ policy: { temperature, epsilon } }, moving);
  return (
    <section class="card stack" aria-labelledby="how-title">
      <div class="row between">
        <h2 id="how-title">How it is drawn</h2>
        {own && (
          <button type="button" class="button quiet" onClick={() => onChange({ policy: undefined })}>
            Reset
          </button>
        )}
      </div>
      <PlacementField placement={placement} onChange={(chosen) => onChange({ placement: chosen, policy: undefined })} />
      <p class="small soft">
        {own
          ? "What the sliders say, in place of the placement's own policy."
          : slate && slate.policy.greedyShare > 0
            ? `The placement's own policy: ${percent(slate.policy.greedyShare)} of lists follow the scores alone, the others are drawn as below.`
            : "The placement's own policy."}
      </p>
      <Slider
        name="Temperature"
        value={!known ? "unknown" : policy.temperature === 0 ? "0, no chance at all" : decimal(policy.temperature, 2)}
        means="0 takes the highest scores in order. The higher, the less the scores decide."
        position={positionOf(policy.temperature)}
        most={POSITIONS}
        onMove={(position, moving) => move({ ...policy, temperature: temperatureAt(position) }, moving)}
      />
      <Slider
        name="Random share"
        value={known ? percent(policy.epsilon) : "unknown"}
        means="This part of every place is drawn blindly from everything that may be shown, so that every item has a chance."
        position={Math.round(policy.epsilon * 100)}
        most={50}
        onMove={(position, moving) => move({ ...policy, epsilon: position / 100 }, moving)}
      />
      <button type="button" class="button" onClick={onDraw}>
        Draw again
      </button>
    </section>
  );
}

/** Which placement's rules and policy hold. Any name is one; those with rules are offered. */
function PlacementField({ placement, onChange }: { placement: string; onChange: (placement: string) => void }) {
  const [named, setNamed] = useState<string[]>([]);
  useEffect(() => {
    const abort = new AbortController();
    ask<{ placements: { placement: string }[] }>("rules", { signal: abort.signal })
      .then(({ placements }) => setNamed(placements.map((change) => change.placement)))
      .catch((error: unknown) => !isAbort(error) && console.info("No placements are suggested:", error));
    return () => abort.abort();
  }, []);
  const names = [...new Set([OWN, "default", ...named])];
  return (
    <label class="field">
      <span>Placement</span>
      <input
        class="input"
        name="placement"
        list="placements"
        autocomplete="off"
        value={placement}
        onChange={(e) => onChange(e.currentTarget.value.trim() || OWN)}
      />
      <datalist id="placements">
        {names.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <small class="tiny soft">{placement === OWN ? "This page's own." : "Its rules and its policy hold; the list is a preview."}</small>
    </label>
  );
}

interface SliderProps {
  name: string;
  value: string;
  means: string;
  position: number;
  most: number;
  onMove: (position: number, preview: boolean) => void;
}

function Slider({ name, value, means, position, most, onMove }: SliderProps) {
  const id = useId();
  return (
    <div class="slider">
      <span class="row between">
        <label class="slider-name" for={id}>
          {name}
        </label>
        <output class="number" for={id}>
          {value}
        </output>
      </span>
      <input
        id={id}
        type="range"
        min={0}
        max={most}
        step={1}
        value={position}
        aria-valuetext={value}
        aria-describedby={`${id}-means`}
        style={{ "--filled": `${(position / most) * 100}%` }}
        onInput={(e) => onMove(e.currentTarget.valueAsNumber, true)}
        onChange={(e) => onMove(e.currentTarget.valueAsNumber, false)}
      />
      <span class="tiny soft" id={`${id}-means`}>
        {means}
      </span>
    </div>
  );
}
