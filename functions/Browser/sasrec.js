// Sends what a shopper does to POST /events. What is not confirmed stays in the browser's storage and is sent again, under the same id.
//
//   <script src="https://API/api/v1/sasrec.js" data-key="A KEY OF THE SCOPE ingest" data-user="ann"></script>
//   sasrec.seen(recommendationId, itemIds); sasrec.clicked(recommendationId, itemId); sasrec.send({ itemId, type: "purchase", value: 9.5 });
(() => {
  const { src, dataset } = document.currentScript;
  const address = `${src.replace(/sasrec\.js.*$/, "events")}?code=${encodeURIComponent(dataset.key)}`;
  const queueName = "sasrec.queue", userName = "sasrec.user";
  const mostOfRequest = 100, mostBytes = 60000, mostWaiting = 1000, gatherMs = 500, longestDelayMs = 60000;
  let timer, sending, delayMs = 1000, memory = {};

  // A browser that stores nothing has what the page has in memory.
  const load = name => { try { return localStorage.getItem(name) ?? memory[name] ?? null; } catch { return memory[name] ?? null; } };
  const store = (name, text) => { memory[name] = text; try { localStorage.setItem(name, text); delete memory[name]; } catch { /* in memory */ } };
  const waiting = () => JSON.parse(load(queueName) ?? "[]");
  const keep = events => store(queueName, JSON.stringify(events));
  const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, "0")).join("");
  const user = dataset.user ?? load(userName) ?? newId();
  if (!dataset.user) store(userName, user);

  function refuse(events, reason) {
    console.error("sasrec: events were refused", reason, events);
    dispatchEvent(new CustomEvent("sasrec:refused", { detail: { events, reason } }));
  }

  function send(event) {
    const events = [...waiting(), { eventId: newId(), userId: user, timestamp: new Date().toISOString(), ...event }];
    if (events.length > mostWaiting) refuse(events.splice(0, events.length - mostWaiting), `More than ${mostWaiting} events wait.`);
    keep(events);
    timer ??= setTimeout(flush, gatherMs);
  }

  // Text needs no preflight request, and the key is in the address because a beacon has no headers.
  const body = events => JSON.stringify({ events });

  // Browsers let no more than 64 KB outlive a page.
  function batchOf(events) {
    let batch = events.slice(0, mostOfRequest);
    while (batch.length > 1 && new Blob([body(batch)]).size > mostBytes) batch = batch.slice(0, batch.length / 2);
    return batch;
  }

  async function sendOnce() {
    const batch = batchOf(waiting());
    if (batch.length === 0) return true;
    const answer = await fetch(address, { method: "POST", body: body(batch), keepalive: true }).catch(() => null);
    if (answer === null || answer.status >= 500 || answer.status === 429 || answer.status === 408) return false;
    let done = batch;
    if (!answer.ok) {
      const problem = await answer.json().catch(() => ({}));
      if (answer.status !== 400) { refuse(batch, problem); return false; }
      const named = (problem.errors ?? []).map(error => /^events\[(\d+)\]\.?(\w*)/.exec(error.field)).filter(Boolean);
      const late = named.filter(([, , field]) => field === "timestamp").map(([, place]) => batch[place]);
      const wrong = named.filter(([, , field]) => field !== "timestamp").map(([, place]) => batch[place]);
      done = named.length > 0 ? wrong : batch;
      if (done.length > 0) refuse(done, problem);

      // A clock that is wrong is no reason to lose an event: the server takes its own.
      const ids = new Set(late.map(event => event.eventId));
      keep(waiting().map(event => ids.has(event.eventId) ? { ...event, timestamp: undefined } : event));
    }
    const ids = new Set(done.map(event => event.eventId));
    keep(waiting().filter(event => !ids.has(event.eventId)));
    return waiting().length === 0 || sendOnce();
  }

  // Sends what waits; true when nothing is left.
  function flush() {
    clearTimeout(timer);
    timer = undefined;
    sending ??= sendOnce().then(sent => {
      sending = undefined;
      delayMs = sent ? 1000 : Math.min(2 * delayMs, longestDelayMs);
      if (!sent) timer ??= setTimeout(flush, delayMs);
      return sent;
    });
    return sending;
  }

  // A beacon outlives the page. Nobody tells whether it arrived, so the next page sends the same events again: they count once.
  addEventListener("visibilitychange", () => {
    const events = batchOf(waiting());
    if (document.visibilityState === "hidden" && events.length > 0) navigator.sendBeacon(address, body(events));
  });

  window.sasrec = {
    user,
    send,
    flush,
    seen: (recommendationId, itemIds) => itemIds.forEach(itemId => send({ itemId, recommendationId, type: "impression-seen", source: "recommendation" })),
    clicked: (recommendationId, itemId, type = "click") => send({ itemId, recommendationId, type, source: "recommendation" }),
  };
  flush();
})();
