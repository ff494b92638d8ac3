import type { ComponentChildren } from "preact";
import { type ApiError, lock } from "../api/client";

/** A number with its unit and one line that says what it means. */
export function Figure(props: { name: string; value: string; unit?: string; means: string; children?: ComponentChildren }) {
  return (
    <div class="figure">
      <dt>{props.name}</dt>
      <dd class="value">
        {props.value}
        {props.unit && <small>{props.unit}</small>}
      </dd>
      {props.children}
      <dd class="means">{props.means}</dd>
    </div>
  );
}

/** What to show while there is nothing yet. */
export function Skeleton({ lines = 3, height = "1.25rem" }: { lines?: number; height?: string }) {
  return (
    <div class="stack-s" role="status" aria-label="Loading">
      {Array.from({ length: lines }, (_, i) => (
        <div key={i} class="skeleton" style={{ height, width: `${100 - ((i * 17) % 40)}%` }} />
      ))}
    </div>
  );
}

/** What went wrong, and the way to try again. */
export function ErrorNote({ error, retry }: { error: ApiError; retry?: () => void }) {
  return (
    <div class="note bad" role="alert">
      <div>
        <strong>{error.message}</strong> {error.detail}
      </div>
      {error.status === 403 ? (
        <button type="button" class="button" onClick={lock}>
          Take another key
        </button>
      ) : (
        retry && (
          <button type="button" class="button" onClick={retry}>
            Try again
          </button>
        )
      )}
    </div>
  );
}

export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="note">
      <strong>{title}</strong>
      {children}
    </div>
  );
}

export function SectionHead({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <header>
      <h1>{title}</h1>
      <p class="lead">{children}</p>
    </header>
  );
}
