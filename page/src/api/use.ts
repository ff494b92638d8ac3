import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { type ApiError, isAbort } from "./client";

export interface Loaded<T> {
  /** The newest answer; it stays while a later request fails. */
  data?: T;
  error?: ApiError;
  loading: boolean;
  /** When the newest answer came. */
  at?: number;
  reload(): void;
}

/** Asks once and then again after every interval, while the page is in sight. */
export function useLoaded<T>(load: (signal: AbortSignal) => Promise<T>, every = 0, depends: unknown[] = []): Loaded<T> {
  const [state, setState] = useState<Omit<Loaded<T>, "reload">>({ loading: true });
  const [turn, setTurn] = useState(0);
  const latest = useRef(load);
  latest.current = load;

  useEffect(() => {
    const abort = new AbortController();
    let timer = 0;
    const run = async () => {
      try {
        const data = await latest.current(abort.signal);
        setState({ data, loading: false, at: Date.now() });
      } catch (error) {
        if (!isAbort(error) && !abort.signal.aborted) {
          setState((before) => ({ ...before, error: error as ApiError, loading: false }));
        }
      }

      if (every > 0 && !abort.signal.aborted) {
        timer = window.setTimeout(tick, every);
      }
    };
    const tick = () => (document.hidden ? (timer = window.setTimeout(tick, every)) : void run());
    void run();
    return () => {
      abort.abort();
      window.clearTimeout(timer);
    };
  }, [turn, every, ...depends]);

  return { ...state, reload: useCallback(() => setTurn((n) => n + 1), []) };
}
