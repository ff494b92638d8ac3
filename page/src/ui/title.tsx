import { useState } from "preact/hooks";
import { pictureHosts, pictureOf } from "../api/pictures";
import { useStore } from "../api/store";
import { titleOf } from "../api/titles";

/** What an item is called, kept apart from the text around it; all of it where it is pointed at. */
export function Title({ id }: { id: string }) {
  const text = titleOf(id);
  return (
    <bdi class="title" title={text.length > 60 ? text : undefined}>
      {text}
    </bdi>
  );
}

/** An item's picture, where there is one and an operator allows its host. */
export function Picture({ id }: { id: string }) {
  useStore(pictureHosts);
  const [failed, setFailed] = useState<string>();
  const address = pictureOf(id);
  return address === undefined || address === failed ? null : (
    <img class="picture" src={address} alt="" width={44} height={44} loading="lazy" decoding="async" onError={() => setFailed(address)} />
  );
}
