import { useStore } from "../api/store";
import { titlesLearnt } from "../api/titles";
import { ErrorNote, SectionHead } from "../ui/parts";
import { Catalogue } from "./catalogue";
import { ChanceChart } from "./chances";
import { DeletionCard } from "./deletion";
import { History } from "./history";
import { NoList, PopularOnly } from "./nomodel";
import { PolicyCard } from "./policycard";
import { OWN, useSession } from "./session";
import { SlateCard } from "./slate";
import "./playground.css";

/** The placement that the address names: #playground/home. */
const placementOfAddress = () => decodeURIComponent(location.hash.split("/")[1] ?? "") || OWN;

/** Click things and watch the list follow, with the reasons and the odds. */
export function Playground() {
  useStore(titlesLearnt);
  const { session, choose, begin, forget, click, set, retry } = useSession(placementOfAddress());
  const { slate, error } = session;
  return (
    <>
      <SectionHead title="Playground">Click things and watch the list follow.</SectionHead>
      <ol class="steps">
        <li>
          <b>It reads</b> what somebody did, in order. What came last weighs most.
        </li>
        <li>
          <b>It scores</b> every item of the catalogue for what they could want next.
        </li>
        <li>
          <b>It draws</b> the list from the scores, mostly the best, with a known chance for the others, so that it can learn what it would not have
          guessed.
        </li>
      </ol>
      {error && (slate ? <ErrorNote error={error} retry={retry} /> : <NoList error={error} retry={retry} />)}
      {slate?.modelVersion === "popularity" && <PopularOnly onModel={retry} />}
      <div class="play">
        <div class="play-list">
          <SlateCard session={session} onPick={(itemId) => void click(itemId, "recommendation")} />
        </div>
        <div class="play-who stack">
          <History session={session} onChoose={choose} onBegin={begin} onForget={forget} />
          {session.deletion && <DeletionCard key={session.deletion.deletionId} {...session.deletion} />}
          <Catalogue session={session} onPick={(itemId) => void click(itemId, "search")} onCategories={(categories) => set({ categories })} />
        </div>
        <div class="play-how stack">
          <PolicyCard session={session} onChange={set} onDraw={retry} />
          <ChanceChart slate={slate} />
        </div>
      </div>
      <p class="hidden" role="status">
        {session.said}
      </p>
    </>
  );
}
