import type { CurvePoint, Run } from "../api/types";
import { count, decimal, duration } from "../ui/format";
import { Figure } from "../ui/parts";
import { LineChart } from "../ui/linechart";

/** Loss and validation by epoch, while a run is at work and afterwards. */
export function RunCurve({ run }: { run: Run }) {
  const training = run.progress?.training;
  const curve = longest(run.curve ?? []);
  return (
    <div class="stack">
      {run.outcome === "Running" && (
        <div class="stack-s">
          <div class="row between small">
            <span>
              <b>{run.progress?.phase ?? "starting"}</b>
              {training && ` · epoch ${training.epoch} of at most ${training.epochs}`}
            </span>
            {training && <span class="number">{duration(training.secondsLeft)} left at most</span>}
          </div>
          <progress
            class="progress"
            aria-label="Epochs trained"
            max={1}
            {...(training ? { value: (training.epoch - 1 + training.epochFraction) / training.epochs } : {})}
          />
        </div>
      )}
      {training && (
        <dl class="figures">
          <Figure name="Loss" value={decimal(training.loss, 4)} means="Mean of this epoch: 0.69 is guessing, lower is better." />
          {training.bestMetric !== null && (
            <Figure name="Best NDCG@10" value={decimal(training.bestMetric, 4)} means={`On held-out actions, at epoch ${training.bestEpoch}.`} />
          )}
          <Figure name="Speed" value={count(training.positionsPerSecond / 1000)} unit="k positions/s" means="Actions learnt from in a second." />
        </dl>
      )}
      {curve.length > 1 && (
        <LineChart
          label={`Loss by epoch, from ${decimal(curve[0]!.loss, 3)} to ${decimal(curve.at(-1)!.loss, 3)}, and NDCG@10 on held-out actions.`}
          x={curve.map((point) => point.epoch)}
          xName="Epoch"
          lines={[
            { name: "Loss", values: curve.map((point) => point.loss), tone: 2 },
            { name: "NDCG@10, held out", values: curve.map((point) => point.metric), right: true },
          ]}
          format={(value) => decimal(value, 2)}
          formatRight={(value) => decimal(value, 3)}
          height={190}
        />
      )}
    </div>
  );
}

/** A run trains more than once; the phase that chose the epochs tells most. */
function longest(curve: CurvePoint[]): CurvePoint[] {
  const phases = Map.groupBy(curve, (point) => point.phase);
  const validated = [...phases.values()].find((points) => points.some((point) => point.metric !== null));
  return validated ?? [...phases.values()][0] ?? [];
}
