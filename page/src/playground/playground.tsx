import { useStore } from "../api/store";
import { ErrorNote, SectionHead } from "../ui/parts";
import { Catalogue } from "./catalogue";
import { ChanceChart } from "./chances";
import { History } from "./history";
import { PolicyCard } from "./policycard";
import { SlateCard } from "./slate";
import { useSession } from "./session";
import { titlesLearnt } from "../api/titles";
import "./playground.css";

/** Click things and watch the list follow, with the reasons and the odds. */
export function Playground() {
  useStore(titlesLearnt);
  const { session, choose, begin, forget, click, setPolicy, setCategories, drawAgain, retry } = useSession();
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
      {session.error && <ErrorNote error={session.error} retry={retry} />}
      <div class="play">
        <div class="play-who stack">
          <History session={session} onChoose={choose} onBegin={begin} onForget={forget} />
          <Catalogue onPick={(itemId) => void click(itemId, "search")} chosen={session.categories} onCategories={setCategories} />
        </div>
        <div class="play-list">
          <SlateCard session={session} onPick={(itemId) => void click(itemId, "recommendation")} />
        </div>
        <div class="play-how stack">
          <PolicyCard policy={session.policy} onChange={setPolicy} onDraw={drawAgain} />
          <ChanceChart slate={session.slate} />
        </div>
      </div>
      <p class="hidden" role="status">
        {session.said}
      </p>
    </>
  );
}
