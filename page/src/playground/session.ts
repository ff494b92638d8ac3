import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { ApiError, ask, isAbort } from "../api/client";
import { learnNamed, learnTitles } from "../api/titles";
import type { Recommendation, UserHistory } from "../api/types";
import { type Movement, compare, tell } from "./changes";
import { findInLog, readUser, send } from "./events";
import { newSeed, type Policy } from "./policy";

const SLOTS = 10;
const TRIED_USERS = 4;
const AGAIN_AFTER = 3000;

/** The placement of the page itself: only what is shown there is logged. */
export const OWN = "playground";

/** Something the user did, as the page knows it. */
export interface Act {
  eventId: string;
  itemId: string;
  timestamp: string;
  /** "log": read from it. "tried": only on this page. "sent": accepted by the API. "stored": found in the log afterwards. */
  state: "log" | "tried" | "sending" | "sent" | "stored" | "failed";
  /** What was done, where it is known. */
  type?: string;
  /** Whether it turned the item down. */
  dislike?: boolean;
  /** Milliseconds from the click until the log had it. */
  storedAfter?: number;
}

export interface Session {
  userId: string;
  /** Somebody of the log, for whom things are tried out; or a visitor of this page, whose clicks are events. */
  visitor: boolean;
  placement: string;
  acts: Act[];
  /** What the log says was acted on, oldest first, and what was turned down. */
  known: { history: string[]; dislikes: string[] };
  /** What the sliders say; undefined for the placement's own. */
  policy?: Policy;
  categories: string[];
  slate?: Recommendation;
  /** By item, against the list before the last click: places up (positive) or down; "new" if it was not there. */
  movements: Map<string, Movement>;
  /** The item that was clicked last; reasons that name it are marked. */
  clicked?: string;
  /** What the last click did, for those who listen. */
  said: string;
  asking: boolean;
  error?: ApiError;
  /** The deletion that was asked for last. */
  deletion?: { userId: string; deletionId: string };
}

const newVisitor = () => `visitor-${crypto.randomUUID().slice(0, 8)}`;

const nobody = { acts: [], known: { history: [], dislikes: [] }, slate: undefined, movements: new Map<string, Movement>(), clicked: undefined, said: "" };

/** Somebody who is recommended to: what they did, what they are shown, and how it is drawn. */
export function useSession(placement: string) {
  const [session, setSession] = useState<Session>(() => ({ ...nobody, userId: newVisitor(), visitor: true, placement, categories: [], asking: true }));
  const now = useRef(session);
  now.current = session;
  const seed = useRef(newSeed());
  const request = useRef<AbortController>(undefined);

  const change = useCallback((next: Partial<Session>) => {
    now.current = { ...now.current, ...next };
    setSession(now.current);
  }, []);

  /** Asks for the list that follows from what the page knows now. */
  const askList = useCallback(
    async (moving: boolean, clicked?: string) => {
      request.current?.abort();
      const mine = (request.current = new AbortController());
      const { userId, visitor, placement, acts, known, policy, categories, slate: before } = now.current;
      // What goes wrong from here on stays on the page, be it the list or an event that is sent beside it.
      change({ asking: true, error: undefined });
      try {
        const fresh = acts.filter((act) => act.state !== "log" && act.state !== "failed").map((act) => act.itemId).reverse();
        const slate = await ask<Recommendation>("recommendations", {
          method: "POST",
          signal: mine.signal,
          body: {
            userId,
            history: [...known.history, ...fresh],
            dislikes: known.dislikes.filter((itemId) => !fresh.includes(itemId)),
            k: SLOTS,
            ...policy,
            // A list whose seed the client chose is no evidence; a preview draws as the list that was shown.
            ...(moving ? { seed: seed.current } : {}),
            explain: true,
            // Nobody of the log is shown this list, and no other placement either.
            preview: moving || !visitor || placement !== OWN,
            placement,
            ...(categories.length > 0 ? { allowCategories: categories } : {}),
          },
        });
        learnTitles(slate);
        seed.current = slate.policy.seed;
        const movements = clicked ? compare(before, slate) : new Map<string, Movement>();
        change({ slate, movements, clicked, asking: false, said: clicked ? tell(clicked, movements, before, slate) : now.current.said });
      } catch (error) {
        if (!isAbort(error)) {
          change({ asking: false, error: error as ApiError });
        }
      }
    },
    [change],
  );

  /** Takes somebody of the log. */
  const choose = useCallback(
    async (userId: string) => {
      request.current?.abort();
      change({ ...nobody, userId, visitor: false, asking: true, error: undefined });
      try {
        const user = await readUser(userId);
        learnNamed(user.titles);
        change({ ...historyOf(user) });
        await askList(false);
      } catch (error) {
        change({ asking: false, error: error as ApiError });
      }
    },
    [askList, change],
  );

  const begin = useCallback(() => {
    change({ ...nobody, userId: newVisitor(), visitor: true, placement: OWN });
    void askList(false);
  }, [askList, change]);

  /** Opens on somebody who has done something, where there is anybody. */
  const open = useCallback(async () => {
    try {
      const { users } = await ask<{ users: string[] }>(`users?count=${TRIED_USERS}`);
      for (const userId of users) {
        const user = await readUser(userId);
        if (user.history.length > 0) {
          learnNamed(user.titles);
          change({ ...nobody, userId, visitor: false, ...historyOf(user) });
          break;
        }
      }
    } catch (error) {
      // The list says what is wrong, if anything is; without users there is a visitor.
      console.info("Nobody of the log is shown:", error);
    }

    await askList(false);
  }, [askList, change]);

  const forget = useCallback(async () => {
    const { userId } = now.current;
    try {
      const { deletionId } = await ask<{ deletionId: string }>(`users/-?id=${encodeURIComponent(userId)}`, { method: "DELETE" });
      change({ deletion: { userId, deletionId } });
      begin();
    } catch (error) {
      change({ error: error as ApiError });
    }
  }, [begin, change]);

  /** A click: an event of a visitor through the API, or something that is tried for somebody of the log; and the list that follows at once. */
  const click = useCallback(
    async (itemId: string, from: "recommendation" | "search") => {
      const { userId, visitor, acts, slate } = now.current;
      const act: Act = { eventId: crypto.randomUUID(), itemId, timestamp: new Date().toISOString(), state: visitor ? "sending" : "tried" };
      change({ acts: [act, ...acts] });
      const list = askList(false, itemId);
      if (visitor) {
        const mark = (next: Partial<Act>) =>
          change({ acts: now.current.acts.map((other) => (other.eventId === act.eventId ? { ...other, ...next } : other)) });
        const started = performance.now();
        try {
          await send(act, userId, from, slate?.recommendationId);
          mark({ state: "sent" });
          const storedAfter = await findInLog(userId, act.eventId, started);
          if (storedAfter !== undefined) {
            mark({ state: "stored", storedAfter });
          }
        } catch (error) {
          if (now.current.acts.every((other) => other.state !== "sent" || other.eventId !== act.eventId)) {
            mark({ state: "failed" });
          }

          change({ error: error as ApiError });
        }
      }

      await list;
    },
    [askList, change],
  );

  const set = useCallback(
    (next: Partial<Pick<Session, "policy" | "categories" | "placement">>, moving = false) => {
      change(next);
      void askList(moving);
    },
    [askList, change],
  );

  useEffect(() => {
    void open();
    return () => request.current?.abort();
  }, [open]);

  // What passes by itself is waited for: an application that starts, a model that comes.
  const waits = session.slate === undefined && session.error?.passing === true;
  useEffect(() => {
    if (waits) {
      const timer = setTimeout(() => void open(), AGAIN_AFTER);
      return () => clearTimeout(timer);
    }
  }, [waits, session.error, open]);

  const retry = useCallback(() => void askList(false), [askList]);
  return { session, choose, begin, forget, click, set, retry };
}

const historyOf = (user: UserHistory): Pick<Session, "acts" | "known"> => ({
  known: { history: user.history, dislikes: user.dislikes },
  acts: user.interactions.map((act) => ({ ...act, state: "log", dislike: user.dislikes.includes(act.itemId) })),
});
