import { useEffect, useState } from "preact/hooks";
import { ApiError, ask, isAbort } from "../api/client";
import type { Item } from "../api/types";
import { learnTitles } from "../api/titles";

const FOUND = 8;
const PAGE = 1000;

// The filters can wait for the list, which is what the page is for.
const AFTER = 400;
const MOST_CATEGORIES = 10;

interface Props {
  onPick: (itemId: string) => void;
  chosen: string[];
  onCategories: (categories: string[]) => void;
}

/** Everything there is: found by title, and narrowed down to categories. */
export function Catalogue({ onPick, chosen, onCategories }: Props) {
  const [text, setText] = useState("");
  const [found, setFound] = useState<Item[]>();
  const [categories, setCategories] = useState<string[]>([]);
  const [missing, setMissing] = useState(false);

  useEffect(() => {
    const abort = new AbortController();
    const timer = setTimeout(() => {
      search("", PAGE, abort.signal)
        .then((items) => {
          setCategories(mostFrequent(items.flatMap((item) => item.categories ?? [])));
          setMissing(items.length === 0);
        })
        .catch((error) => !isAbort(error) && setMissing(true));
    }, AFTER);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, []);

  useEffect(() => {
    if (!text.trim()) {
      setFound(undefined);
      return;
    }

    const abort = new AbortController();
    const timer = setTimeout(() => {
      search(text.trim(), FOUND, abort.signal)
        .then(setFound)
        .catch((error: unknown) => error instanceof ApiError && setFound([]));
    }, 120);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [text]);

  if (missing) {
    return null;
  }

  const toggle = (category: string) =>
    onCategories(chosen.includes(category) ? chosen.filter((other) => other !== category) : [...chosen, category]);

  return (
    <section class="card stack" aria-labelledby="catalogue-title">
      <h2 id="catalogue-title">Catalogue</h2>
      <label class="field">
        <span>Search</span>
        <input class="input" type="search" name="search" placeholder="a title" value={text} onInput={(e) => setText(e.currentTarget.value)} />
      </label>
      {found && (
        <ul class="found" aria-label="Found items">
          {found.map((item) => (
            <li key={item.id}>
              <button type="button" onClick={() => onPick(item.id)}>
                <span class="hidden">View </span>
                {item.title || item.id}
                <span class="tiny soft">{item.categories?.join(" · ")}</span>
              </button>
            </li>
          ))}
          {found.length === 0 && <li class="small soft">Nothing has that in its title.</li>}
        </ul>
      )}
      {categories.length > 0 && (
        <fieldset class="filters">
          <legend>Show only</legend>
          {categories.map((category) => (
            <button key={category} type="button" class="chip" aria-pressed={chosen.includes(category)} onClick={() => toggle(category)}>
              {category}
            </button>
          ))}
        </fieldset>
      )}
    </section>
  );
}

async function search(text: string, count: number, signal: AbortSignal): Promise<Item[]> {
  const query = new URLSearchParams({ count: String(count), ...(text ? { search: text } : {}) });
  const { items } = await ask<{ items: Item[] }>(`items?${query}`, { signal });
  learnTitles(items);
  return items;
}

function mostFrequent(names: string[]): string[] {
  const counts = new Map<string, number>();
  names.forEach((name) => counts.set(name, (counts.get(name) ?? 0) + 1));
  return [...counts.keys()].sort((a, b) => counts.get(b)! - counts.get(a)! || a.localeCompare(b)).slice(0, MOST_CATEGORIES);
}
