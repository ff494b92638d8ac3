import { isolatedTitleOf } from "../api/titles";
import type { Recommendation } from "../api/types";

/** How an item came to where it stands. */
export type Movement = number | "new" | undefined;

/** By item: places up (positive) or down; "new" if it was not there. */
export function compare(before: Recommendation | undefined, after: Recommendation): Map<string, Movement> {
  const ranks = new Map(before?.items.map((item) => [item.itemId, item.rank]));
  return new Map(
    after.items.map((item) => {
      const rank = ranks.get(item.itemId);
      return [item.itemId, rank === undefined ? "new" : rank - item.rank];
    }),
  );
}

/** What a click did, in a sentence. */
export function tell(clicked: string, movements: Map<string, Movement>, before: Recommendation | undefined, slate: Recommendation): string {
  const fresh = [...movements.values()].filter((m) => m === "new").length;
  const risen = [...movements.values()].filter((m) => typeof m === "number" && m > 0).length;
  const changed = `After ${isolatedTitleOf(clicked)}: ${fresh} new in the list, ${risen} moved up`;
  if (before?.items.find((item) => item.itemId === clicked)?.isNew) {
    return `${changed}. It is a new item: the model learns what goes with it at the next training.`;
  }

  const because = slate.items.filter((item) => item.because?.[0]?.itemId === clicked).length;
  return `${changed}; ${because} of ${slate.items.length} are there mostly because of it.`;
}
