import { type Calibration, whyNot } from "../api/insights";
import { count, decimal, percent } from "../ui/format";
import { Empty } from "../ui/parts";

const SIDE = 240;

/** Whether the model's probabilities mean what they say. */
export function Reliability({ calibrations }: { calibrations: Calibration[] }) {
  return (
    <section class="card stack" aria-labelledby="reliability-title">
      <div>
        <h2 id="reliability-title">Reliability</h2>
        <p class="soft small">
          Scores turned into probabilities on older lists, held against what happened on newer ones. On the line they mean what they say.
        </p>
      </div>
      {calibrations.length === 0 && <Empty title="Not enough support." />}
      {calibrations.map((calibration) => (
        <div key={calibration.source} class="stack-s">
          <h3>{calibration.source}</h3>
          {calibration.enough && calibration.bins.length > 0 ? (
            <Diagram calibration={calibration} />
          ) : (
            <Empty title="Not enough support.">{whyNot(calibration.reason)}</Empty>
          )}
        </div>
      ))}
    </section>
  );
}

function Diagram({ calibration: { bins, expectedError, brier, baseBrier, testedOn } }: { calibration: Calibration }) {
  const most = Math.max(...bins.flatMap((bin) => [bin.predicted, bin.high]), 0.01);
  const to = (share: number) => (share / most) * SIDE;
  return (
    <div class="reliability">
      <svg viewBox={`-34 -8 ${SIDE + 46} ${SIDE + 34}`} role="img" aria-label={`Predicted beside observed in ${bins.length} groups; the mean difference is ${percent(expectedError ?? 0)}.`}>
        <path class="plot-frame" d={`M0 0V${SIDE}H${SIDE}`} />
        <path class="plot-ideal" d={`M0 ${SIDE}L${SIDE} 0`} />
        {bins.map((bin, i) => (
          <g key={i} transform={`translate(${to(bin.predicted)} 0)`}>
            <path class="plot-interval" d={`M0 ${SIDE - to(bin.low)}V${SIDE - to(bin.high)}`} />
            <circle class="plot-dot" cy={SIDE - to(bin.observed)} r="4" />
          </g>
        ))}
        <g class="plot-text">
          <text x="0" y={SIDE + 16}>
            0
          </text>
          <text x={SIDE} y={SIDE + 16} text-anchor="end">
            {percent(most)} predicted
          </text>
          <text x="-6" y="4" text-anchor="end">
            {percent(most)}
          </text>
          <text x="6" y="4">
            observed
          </text>
        </g>
      </svg>
      <dl class="stack">
        <div class="figure">
          <dt>Mean difference</dt>
          <dd class="value">{expectedError === null ? "–" : percent(expectedError)}</dd>
          <dd class="means">Between predicted and observed, over {count(testedOn)} places.</dd>
        </div>
        {brier !== null && baseBrier !== null && (
          <div class="figure">
            <dt>Brier score</dt>
            <dd class="value">{decimal(brier, 4)}</dd>
            <dd class="means">
              {brier < baseBrier ? "Below" : "Not below"} {decimal(baseBrier, 4)}, what the mean rate alone would get; lower is better.
            </dd>
          </div>
        )}
      </dl>
    </div>
  );
}
