import { learnPicture } from "./pictures";
import { access } from "./client";
import { createStore } from "./store";

const titles = new Map<string, string>();
const READABLE = /[^\s\p{C}\p{M}\u115F\u1160\u3164\uFFA0\u2800]/u;

/** Counts what has been learnt, so that who shows titles shows the newest. */
export const titlesLearnt = createStore(0);

// Another key may open another space, whose items have the same ids.
access.subscribe(() => access.get() === "open" || titles.clear());

/** Takes the titles and pictures of every item anywhere in an answer. */
export function learnTitles(answer: unknown): void {
  const before = titles.size;
  visit(answer);
  if (titles.size > before) {
    titlesLearnt.set(titles.size);
  }
}

/** The title of an item, or its id where the catalogue has none that can be read. */
export const titleOf = (id: string): string => titles.get(id) ?? id;

const MOST_IN_A_SENTENCE = 80;

/** The same for a sentence: at most a line of it, and a title from right to left, or one with marks of direction, turns nothing around it. */
export function isolatedTitleOf(id: string): string {
  const letters = [...titleOf(id)];
  return `\u2068${letters.length > MOST_IN_A_SENTENCE ? `${letters.slice(0, MOST_IN_A_SENTENCE).join("")}…` : letters.join("")}\u2069`;
}

/** Takes titles that stand beside an answer, by id. */
export function learnNamed(named: Record<string, string>): void {
  learnTitles(Object.entries(named).map(([id, title]) => ({ id, title })));
}

function visit(value: unknown): void {
  if (Array.isArray(value)) {
    value.forEach(visit);
  } else if (value !== null && typeof value === "object") {
    const { id, itemId, title, imageUrl } = value as { id?: unknown; itemId?: unknown; title?: unknown; imageUrl?: unknown };
    const of = itemId ?? id;
    if (typeof of === "string" && typeof title === "string" && READABLE.test(title)) {
      titles.set(of, title);
    }

    if (typeof of === "string" && typeof imageUrl === "string") {
      learnPicture(of, imageUrl);
    }

    Object.values(value).forEach(visit);
  }
}
