import { type ServedRate, whyNot } from "../api/insights";
import { count, percent } from "../ui/format";

/** A line for each group: the rate as a dot in its interval, and the weighed rate as a ring. */
export function RateRows({ rates, name }: { rates: ServedRate[]; name: (key: string) => string }) {
  const ends = rates.flatMap((rate) => [rate.plainHigh, rate.enough ? rate.high : null]).filter((end) => end !== null);
  const most = Math.max(...ends, 0.01);
  const at = (share: number) => `${Math.min(100, (share / most) * 100)}%`;
  return (
    <div class="scroll" tabIndex={0} role="group" aria-label="Rates">
      <table class="rates">
        <thead>
          <tr>
            <th scope="col">
              <span class="hidden">Group</span>
            </th>
            <th scope="col" class="rates-plot">
              0 to {percent(most)}
            </th>
            <th scope="col" class="number">
              As shown
            </th>
            <th scope="col" class="number">
              Shown alike
            </th>
            <th scope="col" class="number">
              Places
            </th>
          </tr>
        </thead>
        <tbody>
          {rates.map((rate) => (
            <tr key={rate.key} class={rate.plainEnough ? undefined : "unsure"}>
              <th scope="row">{name(rate.key)}</th>
              <td class="rates-plot">
                <span class="interval" aria-hidden="true">
                  {rate.plainLow !== null && rate.plainHigh !== null && (
                    <span class="interval-line" style={{ left: at(rate.plainLow), width: at(rate.plainHigh - rate.plainLow) }} />
                  )}
                  {rate.enough && rate.weighted !== null && <span class="interval-ring" style={{ left: at(rate.weighted) }} />}
                  {rate.plain !== null && <span class="interval-dot" style={{ left: at(rate.plain) }} />}
                </span>
              </td>
              <td class="number">
                {rate.plain === null ? "–" : percent(rate.plain)}
                {rate.plainLow !== null && rate.plainHigh !== null && (
                  <div class="tiny soft">
                    {percent(rate.plainLow)} to {percent(rate.plainHigh)}
                  </div>
                )}
              </td>
              <td class="number">
                {rate.enough && rate.weighted !== null ? (
                  <>
                    {percent(rate.weighted)}
                    <div class="tiny soft">
                      {percent(rate.low ?? 0)} to {percent(rate.high ?? 1)}
                    </div>
                  </>
                ) : (
                  <span class="soft tiny" title={whyNot(rate.reason)}>
                    not enough support
                  </span>
                )}
              </td>
              <td class="number">{count(rate.served)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
