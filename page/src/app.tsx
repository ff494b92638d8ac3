import { useEffect, useRef, useState } from "preact/hooks";
import { access, ask, lock } from "./api/client";
import { useStore } from "./api/store";
import type { HealthReport } from "./api/types";
import { useLoaded } from "./api/use";
import { KeyGate } from "./keygate";
import { Playground } from "./playground/playground";
import { lazy } from "./ui/lazy";
import { Skeleton } from "./ui/parts";
import { Key, Logo, Moon, Sun } from "./ui/icons";
import { theme, toggleTheme } from "./ui/theme";

const sections = [
  { id: "playground", title: "Playground", Section: Playground },
  { id: "models", title: "Models", Section: lazy(() => import("./models/models").then((section) => section.Models)) },
  { id: "rules", title: "Rules", Section: lazy(() => import("./rules/rules").then((section) => section.Rules)) },
  { id: "experiments", title: "Experiments", Section: lazy(() => import("./experiments/experiments").then((section) => section.Experiments)) },
  { id: "insights", title: "Insights", Section: lazy(() => import("./insights/insights").then((section) => section.Insights)) },
  { id: "health", title: "Health", Section: lazy(() => import("./health/health").then((section) => section.Health)) },
];

const sectionOf = (hash: string) => sections.find((section) => hash.slice(1).split("/")[0] === section.id) ?? sections[0]!;

export function App() {
  const [hash, setHash] = useState(() => location.hash);
  const shown = sectionOf(hash);
  const state = useStore(access);
  const main = useRef<HTMLElement>(null);

  useEffect(() => {
    const follow = () => {
      setHash(location.hash);
      window.scrollTo(0, 0);
      main.current?.focus({ preventScroll: true });
    };
    window.addEventListener("hashchange", follow);
    return () => window.removeEventListener("hashchange", follow);
  }, []);

  useEffect(() => {
    document.title = `${shown.title} · SasRec`;
  }, [shown]);

  return (
    <div class="shell">
      <a class="skip" href="#content" onClick={(e) => (e.preventDefault(), main.current?.focus())}>
        Skip to the content
      </a>
      <Header shown={shown.id} locked={state !== "open"} />
      <main id="content" class="page" ref={main} tabIndex={-1}>
        {state === "open" ? (
          <shown.Section key={hash} />
        ) : state === "unknown" ? (
          <Skeleton lines={6} height="2rem" />
        ) : (
          <KeyGate wrong={state === "wrong"} />
        )}
      </main>
      <footer class="foot">
        Every item that is shown carries the probability with which it was shown.{" "}
        <a href={new URL("../openapi.json", document.baseURI).href}>The API behind this page</a>
      </footer>
    </div>
  );
}

/** The space that the key opens; nothing for the default one. */
function SpaceName() {
  const { data } = useLoaded((signal) => ask<HealthReport>("status", { signal, answers: [503] }));
  return data?.space ? (
    <span class="tag accent" title="The space of your key">
      {data.space}
    </span>
  ) : null;
}

function Header({ shown, locked }: { shown: string; locked: boolean }) {
  const dark = useStore(theme) === "dark";
  return (
    <header class="top">
      <div class="top-in">
        <a class="brand" href="#playground">
          <Logo />
          SasRec
        </a>
        {!locked && <SpaceName />}
        <nav class="nav" aria-label="Sections">
          {sections.map(({ id, title }) => (
            <a key={id} href={`#${id}`} aria-current={id === shown ? "page" : undefined}>
              {title}
            </a>
          ))}
        </nav>
        <div class="tools">
          <button type="button" class="icon-button" title="Light or dark" aria-label={dark ? "Use light colours" : "Use dark colours"} onClick={toggleTheme}>
            {dark ? <Sun /> : <Moon />}
          </button>
          {!locked && (
            <button type="button" class="icon-button" title="Forget the function key" aria-label="Forget the function key" onClick={lock}>
              <Key />
            </button>
          )}
        </div>
      </div>
    </header>
  );
}
