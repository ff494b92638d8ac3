import { useState } from "preact/hooks";
import { type ApiError, ask } from "../api/client";
import type { FailedMessage } from "../api/types";
import { useLoaded } from "../api/use";
import { Dialog } from "../ui/dialog";
import { ago, count, counted } from "../ui/format";
import { ErrorNote, Skeleton } from "../ui/parts";

const SHOWN = 20;

/** The oldest failed messages: what each holds, what is wrong with it, and dropping it or sending it again. */
export function FailedMessages({ count: failed, onChanged }: { count: number; onChanged: () => void }) {
  const list = useLoaded((signal) => ask<{ messages: FailedMessage[] }>(`messages?count=${SHOWN}`, { signal }), 0, [failed]);
  const [dropping, setDropping] = useState<FailedMessage>();
  const [error, setError] = useState<ApiError>();

  async function change(path: string, method: "DELETE" | "POST") {
    setError(undefined);
    try {
      await ask(path, { method });
    } catch (problem) {
      setError(problem as ApiError);
    }

    setDropping(undefined);
    list.reload();
    onChanged();
  }

  const drop = ({ messageId }: FailedMessage) => change(`messages/${encodeURIComponent(messageId)}`, "DELETE");
  const sendAgain = ({ messageId }: FailedMessage) => change(`messages/${encodeURIComponent(messageId)}/replay`, "POST");

  return (
    <div class="stack-s">
      <h3>{failed > SHOWN ? `The oldest ${SHOWN} of ${count(failed)} that failed` : "What failed"}</h3>
      {list.error && <ErrorNote error={list.error} retry={list.reload} />}
      {!list.data && list.loading && <Skeleton lines={2} />}
      <ul class="fold" aria-label="Failed messages, oldest first">
        {list.data?.messages.map((message) => (
          <li key={message.messageId}>
            <details>
              <summary>
                <span>
                  {message.problem ?? "It could be taken in now: send it again."}
                  <span class="tiny soft">
                    {" "}
                    {message.queue}
                    {message.events !== null && `, ${counted(message.events, "event")}`}
                    {message.failedAt && `, ${ago(message.failedAt)}`}
                  </span>
                </span>
              </summary>
              <div class="stack-s">
                <pre class="text mono" tabIndex={0} aria-label="What the message holds">
                  {message.text}
                </pre>
                <div class="row between">
                  <span class="mono soft">{message.messageId}</span>
                  <span class="row">
                    <button type="button" class="button" onClick={() => void sendAgain(message)}>
                      Send again
                    </button>
                    <button type="button" class="button" onClick={() => setDropping(message)}>
                      Drop
                    </button>
                  </span>
                </div>
              </div>
            </details>
          </li>
        ))}
      </ul>
      {error && <ErrorNote error={error} />}
      {dropping && (
        <Dialog title="Drop this message?" onClose={() => setDropping(undefined)}>
          <p>{dropping.events === null ? "What it holds is lost for good once it is dropped." : `It holds ${counted(dropping.events, "event")}, lost for good once it is dropped.`}</p>
          <form method="dialog" class="row">
            <button class="button primary" onClick={() => void drop(dropping)}>
              Drop
            </button>
            <button class="button">Keep</button>
          </form>
        </Dialog>
      )}
    </div>
  );
}
