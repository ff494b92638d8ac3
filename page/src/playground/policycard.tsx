import { useId } from "preact/hooks";
import { decimal, percent } from "../ui/format";
import { defaults, POSITIONS, type Policy, positionOf, temperatureAt } from "./policy";

interface Props {
  policy: Policy;
  /** Called with preview while a slider moves, and without when it is let go. */
  onChange: (policy: Policy, preview: boolean) => void;
  onDraw: () => void;
}

/** The two sliders that decide how far the list may stray from the scores. */
export function PolicyCard({ policy, onChange, onDraw }: Props) {
  const changed = policy.temperature !== defaults.temperature || policy.epsilon !== defaults.epsilon;
  return (
    <section class="card stack" aria-labelledby="how-title">
      <div class="row between">
        <h2 id="how-title">How it is drawn</h2>
        {changed && (
          <button type="button" class="button quiet" onClick={() => onChange(defaults, false)}>
            Reset
          </button>
        )}
      </div>
      <Slider
        name="Temperature"
        value={policy.temperature === 0 ? "0, no chance at all" : decimal(policy.temperature, 2)}
        means="0 takes the highest scores in order. The higher, the less the scores decide."
        position={positionOf(policy.temperature)}
        most={POSITIONS}
        onMove={(position, preview) => onChange({ ...policy, temperature: temperatureAt(position) }, preview)}
      />
      <Slider
        name="Random share"
        value={percent(policy.epsilon)}
        means="This part of every place is drawn blindly from everything that may be shown, so that every item has a chance."
        position={Math.round(policy.epsilon * 100)}
        most={50}
        onMove={(position, preview) => onChange({ ...policy, epsilon: position / 100 }, preview)}
      />
      <button type="button" class="button" onClick={onDraw}>
        Draw again
      </button>
    </section>
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
