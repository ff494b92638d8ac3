import { useEffect, useState } from "preact/hooks";
import { ask } from "../api/client";
import { ago } from "../ui/format";
import { Dialog } from "../ui/dialog";
import type { Act, Session } from "./session";
import { titleOf } from "../api/titles";

const SHOWN = 6;

/** A few users to take, asked for once the list is there, which is what the page is for. */
function useSuggestions(ready: boolean): string[] {
  const [users, setUsers] = useState<string[]>([]);
  useEffect(() => {
    if (!ready || users.length > 0) {
      return;
    }

    const abort = new AbortController();
    ask<{ users: string[] }>("users?count=12", { signal: abort.signal })
      .then((found) => setUsers(found.users))
      .catch((error) => console.info("No users are suggested:", error));
    return () => abort.abort();
  }, [ready]);
  return users;
}

interface Props {
  session: Session;
  onChoose: (userId: string) => void;
  onBegin: () => void;
  onForget: () => void;
}

/** Who it is, and what they did. */
export function History({ session, onChoose, onBegin, onForget }: Props) {
  const users = useSuggestions(session.slate !== undefined);
  const [asked, setAsked] = useState("");
  const [forgetting, setForgetting] = useState(false);
  const { userId, acts } = session;

  function submit(event: Event) {
    event.preventDefault();
    if (asked.trim()) {
      onChoose(asked.trim());
    }
  }

  return (
    <section class="card stack" aria-labelledby="who-title">
      <h2 id="who-title">Who</h2>
      <form class="who-form" onSubmit={submit}>
        <label class="field">
          <span>User</span>
          <input
            class="input"
            list="users"
            name="user"
            value={asked}
            placeholder={users[0] ?? "a user's id"}
            autocomplete="off"
            onInput={(e) => setAsked(e.currentTarget.value)}
          />
        </label>
        <datalist id="users">
          {users.map((user) => (
            <option key={user} value={user} />
          ))}
        </datalist>
        <button type="submit" class="button">
          Take
        </button>
      </form>
      <div class="row">
        <button type="button" class="button" onClick={onBegin}>
          Start without a history
        </button>
        {users.slice(0, 2).map((user) => (
          <button key={user} type="button" class="chip" aria-pressed={user === userId} onClick={() => onChoose(user)}>
            {user}
          </button>
        ))}
      </div>
      <div class="stack-s">
        <h3 class="row between">
          <span>
            What <span class="who">{userId}</span> did
          </span>
        </h3>
        {acts.length === 0 ? (
          <p class="small soft">Nothing yet. Click something in the list, or search the catalogue.</p>
        ) : (
          <ol class="acts" aria-label="History, newest first">
            {acts.slice(0, SHOWN).map((act) => (
              <li key={act.eventId}>
                <span>{titleOf(act.itemId)}</span>
                <ActState act={act} />
              </li>
            ))}
          </ol>
        )}
        {acts.length > SHOWN && <p class="tiny soft">and {acts.length - SHOWN} before; the model reads the newest 50.</p>}
        {acts.length > 0 && (
          <button type="button" class="button quiet forget" onClick={() => setForgetting(true)}>
            Forget this user
          </button>
        )}
      </div>
      {forgetting && (
        <Dialog title={`Forget ${userId}?`} onClose={() => setForgetting(false)}>
          <p>The history is deleted, the name is taken off every impression, and the next training leaves the user out. This cannot be undone.</p>
          <form method="dialog" class="row">
            <button class="button primary" onClick={onForget}>
              Forget
            </button>
            <button class="button">Keep</button>
          </form>
        </Dialog>
      )}
    </section>
  );
}

function ActState({ act }: { act: Act }) {
  switch (act.state) {
    case "sending":
      return <span class="act-state">sending</span>;
    case "sent":
      return <span class="act-state">accepted</span>;
    case "stored":
      return (
        <span class="act-state stored" title="From the click until the log had the event">
          in the log after {Math.round(act.storedAfter!)} ms
        </span>
      );
    case "failed":
      return <span class="act-state failed">not sent</span>;
    case "log":
      return <span class="act-state">{ago(act.timestamp)}</span>;
  }
}
