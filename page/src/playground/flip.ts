import { useLayoutEffect, useRef } from "preact/hooks";
import type { RefObject } from "preact";

const still = window.matchMedia("(prefers-reduced-motion: reduce)");

/** Lets the children of a list glide from where they stood to where they stand, and newcomers fade in. */
export function useFlip(list: RefObject<HTMLElement | null>, order: string): void {
  const tops = useRef(new Map<string, number>());
  useLayoutEffect(() => {
    const before = tops.current;
    const after = new Map<string, number>();
    const origin = list.current?.getBoundingClientRect().top ?? 0;
    for (const child of Array.from(list.current?.children ?? []) as HTMLElement[]) {
      const key = child.dataset.key!;
      const top = child.getBoundingClientRect().top - origin;
      after.set(key, top);
      const from = before.get(key);
      if (still.matches || before.size === 0 || from === top) {
        continue;
      }

      const start = from === undefined ? { opacity: 0, transform: "translateY(0.75rem)" } : { transform: `translateY(${from - top}px)` };
      child.animate([start, { opacity: 1, transform: "none" }], { duration: 420, easing: "cubic-bezier(0.2, 0.7, 0.2, 1)" });
    }

    tops.current = after;
  }, [order]);
}
