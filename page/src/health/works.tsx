import type { HealthReport } from "../api/types";

type State = "works" | "limited" | "stands still" | "unknown";

interface Ability {
  name: string;
  state: State;
  means: string;
}

/** What clients and operators can count on now, from which parts answer. */
function abilities({ storage, model }: HealthReport): Ability[] {
  const bare = model.serving === null;
  return [
    {
      name: "Recommendations for a user",
      state: !storage.tables || bare ? "limited" : "works",
      means: !storage.tables
        ? "Answered from what each instance saw of the user last, else with what is popular."
        : bare
          ? "Answered with what is popular, as far as there are events."
          : "From the user's newest history.",
    },
    {
      name: "Recommendations for a history",
      state: bare ? "limited" : "works",
      means: bare ? "Answered with what is popular, as far as there are events." : "Needs the model in memory and nothing else.",
    },
    {
      name: "Events",
      state: !storage.queues ? "stands still" : storage.tables ? "works" : "limited",
      means: !storage.queues
        ? "Refused with 503; clients send them again."
        : storage.tables
          ? "Accepted, and in the log within moments."
          : "Accepted; they wait until the log can be written.",
    },
    {
      name: "Logging of lists",
      state: storage.queues ? "works" : "stands still",
      means: storage.queues ? "Every list is logged with its odds." : "Lists are shown and say that they are not logged: nothing is learnt from them.",
    },
    {
      name: "Training and new models",
      state: storage.blobs && storage.tables ? "works" : "stands still",
      means: storage.blobs && storage.tables ? "A timer starts it when enough is new." : "The model in memory goes on serving.",
    },
  ];
}

/** What still works; nothing is known while the application does not answer. */
export function WhatWorks({ report }: { report?: HealthReport }) {
  return (
    <section class="card stack" aria-labelledby="works-title">
      <h2 id="works-title">What works now</h2>
      {report ? (
        <ul class="services">
          {abilities(report).map(({ name, state, means }) => (
            <li key={name}>
              <span class="row between">
                <b>{name}</b>
                <span class={`tag ${state === "works" ? "" : state === "limited" ? "warn" : "bad"}`}>{state}</span>
              </span>
              <span class="tiny soft">{means}</span>
            </li>
          ))}
        </ul>
      ) : (
        <p class="soft">Unknown: the application does not answer.</p>
      )}
    </section>
  );
}
