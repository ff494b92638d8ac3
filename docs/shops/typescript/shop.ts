// A shop in the browser: it recommends, tells what was seen and bought, and the next list follows.
import type { components } from "./api.js"; // npx openapi-typescript API/openapi.json -o api.d.ts

type Slate = components["schemas"]["Recommendation"];
type Similar = components["schemas"]["SimilarItems"];
type Shown = { itemId: string; title?: string };

declare const shop: { api: string; recommendKey: string };
declare const sasrec: {
  user: string;
  seen(recommendationId: string, itemIds: string[]): void;
  clicked(recommendationId: string, itemId: string, type: string): void;
  flush(): Promise<boolean>;
};

// The log has an event a moment after it was taken; until then the page knows better what not to show.
const done: string[] = [];

const at = (id: string) => document.getElementById(id)!;
const say = (text: string) => (document.querySelector("[role=status]")!.textContent = text);

// The key goes into the address: a header would cost a request before the request.
async function ask<T>(path: string, query: [string, string][]): Promise<T> {
  const answer = await fetch(`${shop.api}/${path}?${new URLSearchParams([...query, ["code", shop.recommendKey]])}`);
  if (!answer.ok) throw new Error(((await answer.json()) as components["schemas"]["Problem"]).title);
  return (await answer.json()) as T;
}

function button(text: string, act: () => Promise<void>): HTMLButtonElement {
  const element = document.createElement("button");
  element.textContent = text;
  element.onclick = () => act().catch((e: Error) => say(e.message));
  return element;
}

// Shows a slate, and says that it was seen.
function show(list: HTMLElement, slate: { recommendationId?: string; items: Shown[] }): void {
  const slateId = slate.recommendationId!;
  list.replaceChildren(...slate.items.map(item => {
    const row = document.createElement("li");
    row.dataset.item = item.itemId;
    const title = document.createElement("bdi");
    title.textContent = item.title ?? item.itemId;
    row.append(title, " ",
      button("Buy", () => act(slateId, item, "purchase")),
      button("No, thanks", () => act(slateId, item, "dislike")),
      button("More like this", () => similarTo(item)));
    return row;
  }));
  sasrec.seen(slateId, slate.items.map(item => item.itemId));
}

async function act(slateId: string, item: Shown, type: string): Promise<void> {
  sasrec.clicked(slateId, item.itemId, type);
  done.push(item.itemId);
  await sasrec.flush();
  say(`${item.title ?? item.itemId}: ${type}`);
  await forYou();
}

async function forYou(): Promise<void> {
  const excluded = done.map((item): [string, string] => ["exclude", item]);
  show(at("for-you"), await ask<Slate>("recommendations/-", [["id", sasrec.user], ["k", "5"], ["placement", "shop"], ...excluded]));
}

async function similarTo(item: Shown): Promise<void> {
  at("similar-title").textContent = `Like ${item.title ?? item.itemId}`;
  show(at("similar"), await ask<Similar>("items/-/similar", [["id", item.itemId], ["userId", sasrec.user], ["k", "3"], ["placement", "shop-similar"]]));
}

forYou().catch((e: Error) => say(e.message));
