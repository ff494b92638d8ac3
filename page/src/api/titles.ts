import { createStore } from "./store";

const titles = new Map<string, string>();

/** Counts what has been learnt, so that who shows titles shows the newest. */
export const titlesLearnt = createStore(0);

/** Takes the titles of every item anywhere in an answer. */
export function learnTitles(answer: unknown): void {
  const before = titles.size;
  visit(answer);
  if (titles.size > before) {
    titlesLearnt.set(titles.size);
  }
}

/** The title of an item, or its id where the catalogue has none. */
export const titleOf = (id: string): string => titles.get(id) ?? id;

/** Takes titles that stand beside an answer, by id. */
export function learnNamed(named: Record<string, string>): void {
  learnTitles(Object.entries(named).map(([id, title]) => ({ id, title })));
}

function visit(value: unknown): void {
  if (Array.isArray(value)) {
    value.forEach(visit);
  } else if (value !== null && typeof value === "object") {
    const { id, itemId, title } = value as { id?: unknown; itemId?: unknown; title?: unknown };
    const of = itemId ?? id;
    if (typeof of === "string" && typeof title === "string" && title.length > 0) {
      titles.set(of, title);
    }

    Object.values(value).forEach(visit);
  }
}
