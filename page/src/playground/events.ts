import { ask } from "../api/client";
import type { UserHistory } from "../api/types";
import type { Act } from "./session";

const HISTORY = 50;
const LOGGED_WITHIN = 10_000;

/** What the log knows of somebody. */
export const readUser = (userId: string, count = HISTORY): Promise<UserHistory> =>
  ask<UserHistory>(`users/-?id=${encodeURIComponent(userId)}&count=${count}`);

/** Sends what a visitor did. */
export function send(act: Act, userId: string, source: "recommendation" | "search", recommendationId?: string): Promise<unknown> {
  const { eventId, itemId, timestamp } = act;
  const event = { eventId, userId, itemId, timestamp, source, ...(source === "recommendation" && recommendationId ? { recommendationId } : {}) };
  return ask("events", { method: "POST", body: { events: [event] } });
}

/** Milliseconds until the log had the event; undefined if it did not come in time. */
export async function findInLog(userId: string, eventId: string, started: number): Promise<number | undefined> {
  for (let wait = 40; performance.now() - started < LOGGED_WITHIN; wait = Math.min(wait * 1.5, 1000)) {
    const history = await readUser(userId, 5);
    if (history.interactions.some((act) => act.eventId === eventId)) {
      return performance.now() - started;
    }

    await new Promise((done) => setTimeout(done, wait));
  }

  return undefined;
}
