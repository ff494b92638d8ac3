import { useState } from "preact/hooks";
import { ask } from "../api/client";
import { useLoaded } from "../api/use";
import { Empty, ErrorNote, SectionHead, Skeleton } from "../ui/parts";
import { ExperimentCard } from "./experiment";
import { MoveDialog, type Move } from "./move";
import { PlanDialog } from "./plan";
import type { ExperimentList } from "./types";
import "./experiments.css";

/** What is compared on live traffic, what is known so far, and the way to everybody. */
export function Experiments() {
  const list = useLoaded((signal) => ask<ExperimentList>("experiments", { signal }), 10_000);
  const [move, setMove] = useState<Move>();
  const [planning, setPlanning] = useState(false);
  const done = () => {
    setMove(undefined);
    setPlanning(false);
    list.reload();
  };
  return (
    <>
      <SectionHead title="Experiments">
        Users are assigned to arms by chance and keep their arm, so what differs afterwards is the arms' doing. Look as often as you like: the intervals hold
        at all times.
      </SectionHead>
      <div>
        <button type="button" class="button primary" onClick={() => setPlanning(true)}>
          New experiment
        </button>
      </div>
      {list.error && <ErrorNote error={list.error} retry={list.reload} />}
      {!list.data && list.loading && <Skeleton lines={4} height="2rem" />}
      {list.data?.models.map(
        (model) =>
          model.failure && (
            <p key={model.version} class="note warn">
              <strong>Model {model.version} is not in memory.</strong> {model.failure}
            </p>
          ),
      )}
      {list.data?.experiments.length === 0 && (
        <Empty title="No experiment yet.">Plan one: two models, two policies, or the same twice to see that nothing is found where nothing is.</Empty>
      )}
      {list.data?.experiments.map((stored) => (
        <ExperimentCard key={stored.experiment.id} stored={stored} onMove={setMove} />
      ))}
      {move && <MoveDialog move={move} onClose={() => setMove(undefined)} onDone={done} />}
      {planning && <PlanDialog onClose={() => setPlanning(false)} onDone={done} />}
    </>
  );
}
