import { useEffect, useState } from "preact/hooks";
import { ask } from "../api/client";
import { Dialog } from "../ui/dialog";
import { ago, count } from "../ui/format";
import { Title } from "../ui/title";
import type { Act, Session } from "./session";
import "./history.css";

const SHOWN = 6;
const OFFERED = 2;

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
  const { userId, visitor, acts } = session;

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
        {users
          .filter((user) => user !== userId)
          .slice(0, OFFERED)
          .map((user) => (
            <button key={user} type="button" class="chip" onClick={() => onChoose(user)}>
              {user}
            </button>
          ))}
        <button type="button" class="chip" onClick={onBegin}>
          Start without a history
        </button>
      </div>
      <div class="stack-s">
        <h3>
          What <bdi class="who">{userId}</bdi> did
        </h3>
        <p class="tiny soft">
          {visitor
            ? "A visitor of this page: clicks are events, and lists are logged."
            : "Somebody of the log: clicks are only tried out here. Nothing is sent, and nobody is shown this list."}
        </p>
        {acts.length === 0 ? (
          <p class="small soft">Nothing yet. Click something in the list, or search the catalogue.</p>
        ) : (
          <ol class="acts" aria-label="History, newest first">
            {acts.slice(0, SHOWN).map((act) => (
              <li key={act.eventId}>
                <Title id={act.itemId} />
                <ActState act={act} />
              </li>
            ))}
          </ol>
        )}
        {acts.length > SHOWN && <p class="tiny soft">and {count(acts.length - SHOWN)} before; the model reads the newest 50.</p>}
        {acts.some((act) => act.state !== "tried") && (
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
    case "tried":
      return <span class="act-state">tried here</span>;
    case "stored":
      return (
        <span class="act-state stored" title="From the click until the log had the event">
          in the log after {count(act.storedAfter!)} ms
        </span>
      );
    case "failed":
      return <span class="act-state failed">not sent</span>;
    case "log":
      return (
        <span class="act-state">
          {act.dislike && "turned down, "}
          {ago(act.timestamp)}
        </span>
      );
  }
}
