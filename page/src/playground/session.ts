import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { ApiError, ask, isAbort } from "../api/client";
import type { Recommendation, UserHistory } from "../api/types";
import { learnNamed, learnTitles, titleOf } from "../api/titles";
import { defaults, newSeed, type Policy } from "./policy";

const SLOTS = 10;
const HISTORY = 50;
const LOGGED_WITHIN = 10_000;

/** Something the user did, as the page knows it. */
export interface Act {
  eventId: string;
  itemId: string;
  timestamp: string;
  /** "log": read from it. "sent": accepted by the API. "stored": found in the log afterwards. */
  state: "log" | "sending" | "sent" | "stored" | "failed";
  /** Milliseconds from the click until the log had it. */
  storedAfter?: number;
}

/** How an item came to where it stands. */
export type Movement = number | "new" | undefined;

export interface Session {
  userId: string;
  acts: Act[];
  policy: Policy;
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
}

const newVisitor = () => `visitor-${crypto.randomUUID().slice(0, 8)}`;

/** Somebody who uses the recommender: what they did, what they are shown, and how it is drawn. */
export function useSession() {
  const [session, setSession] = useState<Session>(() => ({
    userId: newVisitor(),
    acts: [],
    policy: defaults,
    categories: [],
    movements: new Map(),
    said: "",
    asking: true,
  }));
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
    async (preview: boolean, clicked?: string) => {
      request.current?.abort();
      const mine = (request.current = new AbortController());
      const { userId, acts, policy, categories, slate: before } = now.current;
      // What goes wrong from here on stays on the page, be it the list or an event that is sent beside it.
      change({ asking: true, error: undefined });
      try {
        const slate = await ask<Recommendation>("recommendations", {
          method: "POST",
          signal: mine.signal,
          body: {
            userId,
            history: acts.filter((act) => act.state !== "failed").map((act) => act.itemId).reverse(),
            k: SLOTS,
            ...policy,
            // A list whose seed the client chose is no evidence; a preview draws as the list that was shown.
            ...(preview ? { seed: seed.current } : {}),
            explain: true,
            preview,
            placement: "playground",
            ...(categories.length > 0 ? { allowCategories: categories } : {}),
          },
        });
        learnTitles(slate);
        seed.current = slate.policy.seed;
        const movements = clicked ? compare(before, slate) : new Map<string, Movement>();
        change({ slate, movements, clicked, asking: false, said: clicked ? tell(clicked, movements, slate) : now.current.said });
      } catch (error) {
        if (!isAbort(error)) {
          change({ asking: false, error: error as ApiError });
        }
      }
    },
    [change],
  );

  const choose = useCallback(
    async (userId: string) => {
      request.current?.abort();
      change({ userId, acts: [], slate: undefined, movements: new Map(), clicked: undefined, said: "", asking: true, error: undefined });
      try {
        const history = await ask<UserHistory>(`users/${encodeURIComponent(userId)}?count=${HISTORY}`);
        learnNamed(history.titles);
        change({ acts: history.interactions.map((act) => ({ ...act, state: "log" })) });
        await askList(false);
      } catch (error) {
        change({ asking: false, error: error as ApiError });
      }
    },
    [askList, change],
  );

  const begin = useCallback(() => {
    change({ userId: newVisitor(), acts: [], slate: undefined, movements: new Map(), clicked: undefined, said: "" });
    void askList(false);
  }, [askList, change]);

  const forget = useCallback(async () => {
    try {
      await ask(`users/-?id=${encodeURIComponent(now.current.userId)}`, { method: "DELETE" });
      begin();
    } catch (error) {
      change({ error: error as ApiError });
    }
  }, [begin, change]);

  /** A click: an event through the API, and the list that follows from it at once. */
  const click = useCallback(
    async (itemId: string, from: "recommendation" | "search") => {
      const { userId, acts, slate } = now.current;
      const act: Act = { eventId: crypto.randomUUID(), itemId, timestamp: new Date().toISOString(), state: "sending" };
      change({ acts: [act, ...acts] });
      const mark = (next: Partial<Act>) =>
        change({ acts: now.current.acts.map((other) => (other.eventId === act.eventId ? { ...other, ...next } : other)) });
      const list = askList(false, itemId);
      const started = performance.now();
      try {
        await ask("events", {
          method: "POST",
          body: {
            events: [
              {
                eventId: act.eventId,
                userId,
                itemId,
                timestamp: act.timestamp,
                source: from,
                ...(from === "recommendation" && slate?.recommendationId ? { recommendationId: slate.recommendationId } : {}),
              },
            ],
          },
        });
        mark({ state: "sent" });
        const storedAfter = await findInLog(userId, act.eventId, started);
        if (storedAfter !== undefined) {
          mark({ state: "stored", storedAfter });
        }
      } catch (error) {
        mark({ state: "failed" });
        change({ error: error as ApiError });
      }

      await list;
    },
    [askList, change],
  );

  /** Looks at another policy without showing it to anybody, or shows it. */
  const setPolicy = useCallback(
    (policy: Policy, preview: boolean) => {
      change({ policy });
      void askList(preview);
    },
    [askList, change],
  );

  const setCategories = useCallback(
    (categories: string[]) => {
      change({ categories });
      void askList(false);
    },
    [askList, change],
  );

  const drawAgain = useCallback(() => {
    void askList(false);
  }, [askList]);

  useEffect(() => {
    void askList(false);
    return () => request.current?.abort();
  }, [askList]);

  return { session, choose, begin, forget, click, setPolicy, setCategories, drawAgain, retry: () => void askList(false) };
}

/** Milliseconds until the log had the event; undefined if it did not come in time. */
async function findInLog(userId: string, eventId: string, started: number): Promise<number | undefined> {
  for (let wait = 40; performance.now() - started < LOGGED_WITHIN; wait = Math.min(wait * 1.5, 1000)) {
    const history = await ask<UserHistory>(`users/${encodeURIComponent(userId)}?count=5`);
    if (history.interactions.some((act) => act.eventId === eventId)) {
      return performance.now() - started;
    }

    await new Promise((done) => setTimeout(done, wait));
  }

  return undefined;
}

function compare(before: Recommendation | undefined, after: Recommendation): Map<string, Movement> {
  const ranks = new Map(before?.items.map((item) => [item.itemId, item.rank]));
  return new Map(
    after.items.map((item) => {
      const rank = ranks.get(item.itemId);
      return [item.itemId, rank === undefined ? "new" : rank - item.rank];
    }),
  );
}

function tell(clicked: string, movements: Map<string, Movement>, slate: Recommendation): string {
  const fresh = [...movements.values()].filter((m) => m === "new").length;
  const risen = [...movements.values()].filter((m) => typeof m === "number" && m > 0).length;
  const because = slate.items.filter((item) => item.because?.[0]?.itemId === clicked).length;
  return `After ${titleOf(clicked)}: ${fresh} new in the list, ${risen} moved up; ${because} of ${slate.items.length} are there mostly because of it.`;
}
