import { useEffect, useState } from "preact/hooks";
import { ApiError, ask, isAbort } from "../api/client";
import { learnTitles } from "../api/titles";
import type { Item } from "../api/types";
import { Title } from "../ui/title";
import type { Session } from "./session";
import "./catalogue.css";

const FOUND = 8;
const PAGE = 1000;

// The filters can wait for the list, which is what the page is for.
const AFTER = 400;
const MOST_CATEGORIES = 10;

interface Props {
  session: Session;
  onPick: (itemId: string) => void;
  onCategories: (categories: string[]) => void;
}

/** Everything there is: found by title, and narrowed down to categories. Without a catalogue, items are known by their ids. */
export function Catalogue({ session, onPick, onCategories }: Props) {
  const [text, setText] = useState("");
  const [found, setFound] = useState<Item[]>();
  const [categories, setCategories] = useState<string[]>([]);
  const [missing, setMissing] = useState(false);
  const chosen = session.categories;

  useEffect(() => {
    const abort = new AbortController();
    const timer = setTimeout(() => {
      search("", PAGE, abort.signal)
        .then((items) => {
          setCategories(mostFrequent(items.flatMap((item) => item.categories ?? [])));
          setMissing(items.length === 0);
        })
        .catch((error: unknown) => !isAbort(error) && setMissing(true));
    }, AFTER);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, []);

  useEffect(() => {
    if (!text.trim() || missing) {
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
  }, [text, missing]);

  const toggle = (category: string) =>
    onCategories(chosen.includes(category) ? chosen.filter((other) => other !== category) : [...chosen, category]);

  function submit(event: Event) {
    event.preventDefault();
    const id = missing ? text.trim() : found?.[0]?.id;
    if (id) {
      onPick(id);
      setText("");
    }
  }

  return (
    <section class="card stack" aria-labelledby="catalogue-title">
      <h2 id="catalogue-title">{missing ? "Items" : "Catalogue"}</h2>
      <form class={missing ? "who-form" : undefined} onSubmit={submit}>
        <label class="field">
          <span>Search</span>
          <input
            class="input"
            type="search"
            name="search"
            list={missing ? "known-items" : undefined}
            placeholder={missing ? "an item's id" : "words of a title"}
            autocomplete="off"
            value={text}
            onInput={(e) => setText(e.currentTarget.value)}
          />
        </label>
        {missing && (
          <button type="submit" class="button">
            View
          </button>
        )}
      </form>
      {missing && (
        <>
          <datalist id="known-items">
            {known(session).map((id) => (
              <option key={id} value={id} />
            ))}
          </datalist>
          <p class="tiny soft">There is no catalogue, so items go by their ids.</p>
        </>
      )}
      {found && (
        <ul class="found" aria-label="Found items">
          {found.map((item) => (
            <li key={item.id}>
              <button type="button" onClick={() => onPick(item.id)}>
                <span class="hidden">View </span>
                <Title id={item.id} />
                <span class="tiny soft">{item.categories?.join(" · ")}</span>
              </button>
            </li>
          ))}
          {found.length === 0 && <li class="small soft">Nothing has all of these words in its title or id.</li>}
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

/** The ids that the page has met. */
const known = ({ slate, known: { history } }: Session): string[] => [
  ...new Set([...history, ...(slate?.items ?? []).map((item) => item.itemId), ...(slate?.candidates ?? []).map((item) => item.itemId)]),
];

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
