import type { Insights } from "../api/insights";
import { count, decimal, percent } from "../ui/format";
import { Figure } from "../ui/parts";

/** How much to explore: what each setting costs now, and what it buys. */
export function AdviceCard({ advice }: { advice: Insights["advice"] }) {
  const believed = advice.settings.filter((setting) => setting.enough);
  return (
    <section class="card stack" aria-labelledby="advice-title">
      <div>
        <h2 id="advice-title">How much to explore</h2>
        <p class="soft small">Worked out from {count(advice.slates)} logged lists: what each setting would cost now, and what it would teach.</p>
      </div>
      {advice.recommended ? (
        <dl class="figures">
          <Figure name="Temperature" value={decimal(advice.recommended.temperature, 2)} means="Of the draw; 0 follows the scores alone." />
          <Figure name="Random share" value={percent(advice.recommended.epsilon)} means="Of each place, drawn from everything." />
        </dl>
      ) : (
        <p class="tag">no advice yet</p>
      )}
      <p class="small">{advice.reason}</p>
      {believed.length > 0 && (
        <details class="small">
          <summary>
            {believed.length} of {advice.settings.length} settings have enough support
          </summary>
          <div class="scroll" tabIndex={0} role="group" aria-label="Settings">
            <table>
              <thead>
                <tr>
                  <th scope="col" class="number">
                    Temperature
                  </th>
                  <th scope="col" class="number">
                    Random
                  </th>
                  <th scope="col" class="number">
                    Actions a list
                  </th>
                  <th scope="col" class="number">
                    Change
                  </th>
                  <th scope="col" class="number">
                    Worth of 1,000 lists
                  </th>
                </tr>
              </thead>
              <tbody>
                {believed.map((setting) => (
                  <tr key={`${setting.temperature} ${setting.epsilon}`}>
                    <td class="number">{decimal(setting.temperature, 2)}</td>
                    <td class="number">{percent(setting.epsilon)}</td>
                    <td class="number">{setting.reward === null ? "–" : decimal(setting.reward, 3)}</td>
                    <td class="number">
                      {setting.change === null ? "–" : signed(setting.change)}
                      {setting.changeLow !== null && setting.changeHigh !== null && (
                        <div class="tiny soft">
                          {signed(setting.changeLow)} to {signed(setting.changeHigh)}
                        </div>
                      )}
                    </td>
                    <td class="number">{count(setting.nextEffectiveSlates)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          <p class="tiny soft">
            Change: against what was served, in actions a list; a cost is negative. Worth: how many of the next 1,000 lists an evaluation of a different
            model could use.
          </p>
        </details>
      )}
    </section>
  );
}

const signed = (value: number) => `${value > 0 ? "+" : ""}${decimal(value, 3)}`;
