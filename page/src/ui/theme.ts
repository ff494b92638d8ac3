import { createStore } from "../api/store";

const KEY = "sasrec.theme";
type Theme = "light" | "dark";

const system = window.matchMedia("(prefers-color-scheme: dark)");

const chosen = () => localStorage.getItem(KEY) as Theme | null;

/** What is seen: the reader's choice, or what the system prefers. */
export const theme = createStore<Theme>(chosen() ?? (system.matches ? "dark" : "light"));

system.addEventListener("change", () => chosen() ?? theme.set(system.matches ? "dark" : "light"));

export function applyTheme(): void {
  const stored = chosen();
  if (stored) {
    document.documentElement.dataset.theme = stored;
  }
}

export function toggleTheme(): void {
  const next: Theme = theme.get() === "dark" ? "light" : "dark";
  localStorage.setItem(KEY, next);
  applyTheme();
  theme.set(next);
}
