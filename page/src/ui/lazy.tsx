import type { FunctionComponent } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ApiError } from "../api/client";
import { ErrorNote, Skeleton } from "./parts";

/** A section whose code is loaded when it is first looked at. */
export function lazy(load: () => Promise<FunctionComponent>): FunctionComponent {
  let loaded: FunctionComponent | undefined;
  return function Lazy() {
    const [Section, setSection] = useState(() => loaded);
    const [failed, setFailed] = useState(false);
    const [turn, setTurn] = useState(0);
    useEffect(() => {
      let here = true;
      load().then(
        (found) => {
          loaded = found;
          here && setSection(() => found);
        },
        () => here && setFailed(true),
      );
      return () => {
        here = false;
      };
    }, [turn]);
    if (Section) {
      return <Section />;
    }

    return failed ? (
      <ErrorNote
        error={new ApiError(0, "This section could not be loaded.", "The application may be starting, or this machine is offline.")}
        retry={() => {
          setFailed(false);
          setTurn(turn + 1);
        }}
      />
    ) : (
      <Skeleton lines={6} height="2rem" />
    );
  };
}
