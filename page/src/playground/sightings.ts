import { useEffect } from "preact/hooks";
import type { RefObject } from "preact";
import { ask } from "../api/client";
import type { Recommendation } from "../api/types";

const HALF = 0.5;
const LOOKED_AT_AFTER = 1000;

/** Says of each item of a logged list, once, that it came before somebody's eyes: at least half of it on screen for a second. */
export function useSightings(list: RefObject<HTMLElement | null>, slate: Recommendation, userId: string): void {
  const { recommendationId } = slate;
  useEffect(() => {
    if (recommendationId === undefined || list.current === null) {
      return;
    }

    const [visible, told] = [new Set<string>(), new Set<string>()];
    let timer: number | undefined;
    const tell = () => {
      const seen = [...visible].filter((itemId) => !told.has(itemId));
      seen.forEach((itemId) => told.add(itemId));
      if (seen.length > 0 && !document.hidden) {
        // The same sighting sent twice is one. Nobody waits for it, and a lost one is only evidence less.
        const events = slate.items
          .filter((item) => seen.includes(item.itemId))
          .map(({ itemId, rank }) => ({ eventId: `seen ${recommendationId} ${rank}`, userId, itemId, type: "impression-seen", recommendationId }));
        ask("events", { method: "POST", body: { events } }).catch(() => seen.forEach((itemId) => told.delete(itemId)));
      }
    };
    const observer = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          const itemId = (target as HTMLElement).dataset.key!;
          isIntersecting ? visible.add(itemId) : visible.delete(itemId);
        }

        clearTimeout(timer);
        timer = setTimeout(tell, LOOKED_AT_AFTER);
      },
      { threshold: HALF },
    );
    for (const child of Array.from(list.current.children)) {
      observer.observe(child);
    }

    return () => {
      clearTimeout(timer);
      observer.disconnect();
    };
  }, [recommendationId]);
}
