import { useRef } from "preact/hooks";
import type { Recommendation, RecommendedItem } from "../api/types";
import { percent } from "../ui/format";
import { Empty, Skeleton } from "../ui/parts";
import { Picture, Title } from "../ui/title";
import { useFlip } from "./flip";
import { useSightings } from "./sightings";
import type { Movement } from "./changes";
import type { Session } from "./session";
import "./slate.css";

/** The list that is shown, with the reasons and the odds of everything in it. */
export function SlateCard({ session, onPick }: { session: Session; onPick: (itemId: string) => void }) {
  const { slate, movements, clicked, said } = session;
  return (
    <section class="card stack" aria-labelledby="slate-title" aria-busy={session.asking}>
      <div class="row between">
        <h2 id="slate-title">
          What <bdi>{session.userId}</bdi> would be shown
        </h2>
        {slate && <State session={session} />}
      </div>
      {said && <p class="said small">{said}</p>}
      {!slate && session.asking && <Skeleton lines={10} height="3.25rem" />}
      {slate?.items.length === 0 && (
        <Empty title="Nothing is left to show.">
          The filters allow no item that has not been seen. Remove a filter, or start without a history.
        </Empty>
      )}
      {slate && slate.items.length > 0 && <Slate slate={slate} userId={session.userId} movements={movements} clicked={clicked} onPick={onPick} />}
      {slate && slate.items.length > 0 && (
        <p class="tiny soft">
          <b>This place</b>: the probability with which the item took its place, given the places above; it is logged and makes the list learnable.{" "}
          <b>In lists</b>: in how many of all lists that could have been drawn the item stands. <b>×</b>: how many times likelier that item of the
          history makes this one. <b>Explored</b>: stands higher than the scores alone would put it.
        </p>
      )}
    </section>
  );
}

function State({ session: { slate } }: { session: Session }) {
  const { recommendationId, logged, degraded, source } = slate!;
  const by = source === "popularity" ? "by popularity" : "by the model";
  return (
    <span class="row tags">
      {degraded && <span class="tag warn">the log does not answer</span>}
      {recommendationId === undefined ? (
        <span class="tag">{by}, a preview, not logged</span>
      ) : logged ? (
        <span class="tag">{by}, logged with its odds</span>
      ) : (
        <span class="tag warn">{by}, could not be logged</span>
      )}
    </span>
  );
}

interface SlateProps {
  slate: Recommendation;
  userId: string;
  movements: Map<string, Movement>;
  clicked?: string;
  onPick: (itemId: string) => void;
}

function Slate({ slate, userId, movements, clicked, onPick }: SlateProps) {
  const { items } = slate;
  const list = useRef<HTMLOListElement>(null);
  useFlip(list, items.map((item) => item.itemId).join("\n"));
  useSightings(list, slate, userId);
  return (
    <ol class="slate" ref={list}>
      {items.map((item) => (
        <li key={item.itemId} data-key={item.itemId}>
          <button type="button" class="slot" onClick={() => onPick(item.itemId)}>
            <span class="slot-rank number">{item.rank}</span>
            <span class="slot-what">
              <Picture id={item.itemId} />
              <span class="slot-title">
                <span class="hidden">View </span>
                <Title id={item.itemId} />
                <Moved movement={movements.get(item.itemId)} />
                {item.forced && <span class="tag warn">pinned</span>}
                {item.explored && <span class="tag accent">explored</span>}
                {item.isNew && <span class="tag">new item</span>}
              </span>
              <Because item={item} source={slate.source} clicked={clicked} />
            </span>
            <span class="slot-odds">
              <Odds name="This place" share={item.propensity} />
              {item.probability !== undefined && <Odds name="Acted on" share={item.probability} />}
              {item.chance !== undefined && <Odds name="In lists" share={item.chance} />}
            </span>
          </button>
        </li>
      ))}
    </ol>
  );
}

function Odds({ name, share }: { name: string; share: number }) {
  return (
    <span class="odds">
      <span class="odds-name">{name}</span>
      <span class="number">{percent(share)}</span>
      <span class="odds-bar" aria-hidden="true">
        <span style={{ width: `${Math.max(1, share * 100)}%` }} />
      </span>
    </span>
  );
}

function Because({ item, source, clicked }: { item: RecommendedItem; source: string; clicked?: string }) {
  if (!item.because || item.because.length === 0) {
    return <span class="because">{[whyWithout(item, source), ...(item.categories ?? [])].filter(Boolean).join(" · ")}</span>;
  }

  return (
    <span class="because">
      because of{" "}
      {item.because.map((reason, i) => (
        <span key={reason.itemId}>
          {i > 0 && ", "}
          <span class={reason.itemId === clicked ? "fresh" : undefined}>
            <Title id={reason.itemId} /> <b>{times(reason.weight)}</b>
          </span>
        </span>
      ))}
    </span>
  );
}

/** Why an item stands there for which no item of a history speaks. */
function whyWithout(item: RecommendedItem, source: string): string {
  return item.forced
    ? "a rule put it there"
    : item.isNew
      ? item.score === null
        ? "new, drawn by chance"
        : "new, by what the catalogue says of it"
      : item.explored
        ? "drawn by chance"
        : source === "popularity"
          ? "popular"
          : "";
}

function times(weight: number): string {
  const factor = Math.exp(weight);
  return factor >= 100 ? "×100+" : `×${factor.toFixed(factor < 10 ? 1 : 0)}`;
}

function Moved({ movement }: { movement: Movement }) {
  if (movement === undefined || movement === 0) {
    return null;
  }

  if (movement === "new") {
    return <span class="moved up">new</span>;
  }

  return movement > 0 ? (
    <span class="moved up">
      <span aria-hidden="true">▲</span>
      <span class="hidden">up </span>
      {movement}
    </span>
  ) : (
    <span class="moved">
      <span aria-hidden="true">▼</span>
      <span class="hidden">down </span>
      {-movement}
    </span>
  );
}
