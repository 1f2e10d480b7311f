// The loop in which both portal and Messenger ask whether something has changed.

/**
 * The outcome of a request. One that `failed` is repeated later, no sooner than `after` seconds if the portal said so
 * (`Retry-After`). Once it is `over`, nothing is asked any more until the reader comes back to the page.
 * @typedef {{ failed?: boolean, after?: number, over?: boolean }} Outcome
 */

/**
 * Asks often while the reader is active, less often while they are not, and less and less often while requests fail.
 * @param {() => Promise<Outcome>} ask
 * @param {() => boolean} isWanted Whether to ask again after a pause.
 * @param {EventTarget[]} places Where to listen for activity.
 */
export function live(ask, isWanted, places = [window]) {
  let timer, again, isOver;
  /** Stands for the request that is under way. */
  let asking = null;
  let seenAlive = Date.now();
  let failures = 0;
  /** The shortest pause that the portal has asked for, in milliseconds. */
  let rest = 0;

  const pause = () => {
    const quiet = Date.now() - seenAlive;
    const usual = document.hidden ? 60_000 : quiet < 30_000 ? 4_500 : quiet < 300_000 ? 6_000 : 20_000;
    return Math.max(Math.min(usual * 2 ** failures, 120_000), rest);
  };

  /** Asks after a pause that begins now. */
  const soon = () => {
    clearTimeout(timer);
    if (isWanted() && !isOver) timer = setTimeout(now, pause());
  };

  const now = async () => {
    clearTimeout(timer);
    // The request under way may have been sent before the change, so another one follows.
    if (asking) return void (again = true);
    const mine = (asking = {});
    again = false;
    try {
      const { failed, after, over } = await ask();
      // `begin` has started another request in the meantime.
      if (mine !== asking) return;
      failures = failed ? Math.min(failures + 1, 5) : 0;
      // An hour at most: a timer of several weeks overflows and fires at once.
      rest = Math.min(after || 0, 3600) * 1000;
      isOver = over;
    } finally {
      if (mine === asking) asking = null;
    }
    if (again && !isOver) now();
    else soon();
  };

  /** Asks at once about something else than before: the request under way no longer counts. */
  const begin = () => {
    asking = null;
    failures = rest = 0;
    seenAlive = Date.now();
    now();
  };

  const alive = () => {
    const wasQuiet = Date.now() - seenAlive > 30_000;
    seenAlive = Date.now();
    if (wasQuiet) soon();
  };
  for (const sign of ["pointerdown", "pointermove", "keydown", "scroll", "focus"]) {
    for (const place of places) place.addEventListener(sign, alive, { passive: true, capture: true });
  }
  document.addEventListener("visibilitychange", () => (document.hidden ? soon() : now()));
  addEventListener("online", now);

  return { now, soon, begin };
}
