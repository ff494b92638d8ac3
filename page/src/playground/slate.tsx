import { useRef } from "preact/hooks";
import type { Recommendation, RecommendedItem } from "../api/types";
import { percent } from "../ui/format";
import { Empty, Skeleton } from "../ui/parts";
import { useFlip } from "./flip";
import { useSightings } from "./sightings";
import type { Movement, Session } from "./session";
import { titleOf } from "../api/titles";

/** The list that is shown, with the reasons and the odds of everything in it. */
export function SlateCard({ session, onPick }: { session: Session; onPick: (itemId: string) => void }) {
  const { slate, movements, clicked, said } = session;
  return (
    <section class="card stack" aria-labelledby="slate-title" aria-busy={session.asking}>
      <div class="row between">
        <h2 id="slate-title">What they would be shown</h2>
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
  if (slate!.recommendationId === undefined) {
    return <span class="tag">preview, not logged</span>;
  }

  return <span class="tag">{slate!.source === "popularity" ? "by popularity: nothing is known yet" : "by the model, logged with its odds"}</span>;
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
              <span class="slot-title">
                <span class="hidden">View </span>
                {titleOf(item.itemId)} <Moved movement={movements.get(item.itemId)} />
                {item.explored && <span class="tag accent">explored</span>}
                {item.isNew && <span class="tag">new item</span>}
              </span>
              <Because item={item} clicked={clicked} />
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

function Because({ item, clicked }: { item: RecommendedItem; clicked?: string }) {
  if (!item.because || item.because.length === 0) {
    return <span class="because">{item.explored ? "no single item of the history makes it likelier" : item.categories?.join(" · ")}</span>;
  }

  return (
    <span class="because">
      because of{" "}
      {item.because.map((reason, i) => (
        <span key={reason.itemId}>
          {i > 0 && ", "}
          <span class={reason.itemId === clicked ? "fresh" : undefined}>
            {titleOf(reason.itemId)} <b>{times(reason.weight)}</b>
          </span>
        </span>
      ))}
    </span>
  );
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
