import { useEffect } from "preact/hooks";
import { type ApiError, ask } from "../api/client";
import type { HealthReport } from "../api/types";
import { ErrorNote } from "../ui/parts";

const LOOK_EVERY = 3000;

const Links = () => (
  <p class="row">
    <a href="#health">Health</a>
    <a href="#models">Train now</a>
  </p>
);

/** Why there is no list. Where a model is missing, where to look and how to get one. */
export function NoList({ error, retry }: { error: ApiError; retry: () => void }) {
  if (error.status !== 503) {
    return <ErrorNote error={error} retry={retry} />;
  }

  return (
    <div class="note warn" role="alert">
      <div>
        <strong>{error.message}</strong> {error.detail}
      </div>
      <p>This page asks again every few seconds.</p>
      <Links />
    </div>
  );
}

/** Says that the list is what is popular, until a model serves. */
export function PopularOnly({ onModel }: { onModel: () => void }) {
  useEffect(() => {
    const timer = setInterval(() => {
      ask<HealthReport>("status", { answers: [503] })
        .then((report) => report.model.serving && onModel())
        .catch((error: unknown) => console.info("Health does not answer:", error));
    }, LOOK_EVERY);
    return () => clearInterval(timer);
  }, [onModel]);
  return (
    <div class="note" role="status">
      <div>
        <strong>No model serves yet.</strong> The list is what is popular, for everybody alike. It changes by itself as soon as a model serves.
      </div>
      <Links />
    </div>
  );
}
