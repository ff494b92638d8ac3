import { useEffect, useId, useState } from "preact/hooks";
import { ask, isAbort } from "../api/client";
import { learnTitles, titleOf } from "../api/titles";
import type { Item } from "../api/types";

const OFFERED = 8;
const AFTER = 150;

/** An item by its id, found by words of its title. */
export function ItemField({ name, value, onChange }: { name: string; value: string; onChange: (itemId: string) => void }) {
  const [offered, setOffered] = useState<Item[]>([]);
  const list = useId();
  useEffect(() => {
    if (!value.trim()) {
      return;
    }

    const abort = new AbortController();
    const timer = setTimeout(() => {
      ask<{ items: Item[] }>(`items?${new URLSearchParams({ count: String(OFFERED), search: value.trim() })}`, { signal: abort.signal })
        .then(({ items }) => {
          learnTitles(items);
          setOffered(items);
        })
        .catch((error: unknown) => !isAbort(error) && console.info("No items are offered:", error));
    }, AFTER);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [value]);
  const title = titleOf(value);
  return (
    <label class="field">
      <span>Item</span>
      <input class="input" required maxLength={256} autocomplete="off" aria-label={name} list={list} placeholder="words of a title, or an id" value={value} onInput={(e) => onChange(e.currentTarget.value)} />
      <datalist id={list}>
        {offered.map((item) => (
          <option key={item.id} value={item.id}>
            {titleOf(item.id)}
          </option>
        ))}
      </datalist>
      {title !== value && (
        <small class="tiny soft">
          <bdi>{title}</bdi>
        </small>
      )}
    </label>
  );
}
