import type { RetrainOutlook } from "../api/types";
import { count, duration, time } from "../ui/format";

/** When the next training is due, and what it lacks. */
export function Outlook({ outlook: { nextAt, newEvents, minimumNewEvents, deletionDue, wouldStart, wouldRefresh } }: { outlook: RetrainOutlook }) {
  const inSeconds = nextAt ? (Date.parse(nextAt) - Date.now()) / 1000 : 0;
  const share = minimumNewEvents > 0 ? Math.min(1, newEvents / minimumNewEvents) : 1;
  return (
    <div class="stack-s small">
      <p>
        <b>Next:</b>{" "}
        {nextAt ? (
          <>
            the timer asks at {time(nextAt)}
            {inSeconds > 0 && `, in ${duration(inSeconds)}`}.
          </>
        ) : (
          "when the timer asks; its schedule cannot be told here."
        )}{" "}
        {deletionDue
          ? "It starts a training, because a deletion waits for one."
          : wouldStart
            ? `${count(newEvents)} events are new: enough.`
            : `${count(newEvents)} of the ${count(minimumNewEvents)} new events that a training takes are there; ${count(minimumNewEvents - newEvents)} are missing.`}{" "}
        {wouldRefresh && "It refreshes the model that serves, without training."}
      </p>
      <progress class="progress" max={1} value={share} aria-label="New events of those that a training takes" />
    </div>
  );
}
