// Asking for what is like a text while it is written: for the forms for a new ticket, and the Messenger.

/** Milliseconds between two questions, at least, and after a key. */
const PACE = 1000, TYPING = 400;
/** Characters with which is asked, at most and at least. */
const LONGEST_TEXT = 300, SHORTEST_TEXT = 3;

/**
 * Asks once typing has paused, not more often than once a second, and not while nothing has changed. `wanted` says what to
 * ask with: `text`, and more if there is more. `find` asks, and `show` gets the answer.
 */
export function askWhatIsAlike(find, wanted, show) {
  let asked = "", soon, last = 0, asking;
  const query = () => {
    const { text, ...more } = wanted();
    const begin = text.trim().slice(0, LONGEST_TEXT);
    return begin.length < SHORTEST_TEXT ? "" : String(new URLSearchParams({ text: begin, ...more }));
  };
  const ask = async () => {
    const now = query();
    if (now === asked) return;
    [asked, last] = [now, Date.now()];
    asking?.abort();
    if (!now) return show({ tickets: [] });
    asking = new AbortController();
    const { signal } = asking;
    const found = await find(now, signal).catch(() => null);
    if (found && !signal.aborted) show(found);
  };
  return {
    soon() {
      clearTimeout(soon);
      if (query() !== asked) soon = setTimeout(ask, Math.max(TYPING, last + PACE - Date.now()));
    },
    stop: () => clearTimeout(soon),
    /** Of what is on the page nothing was asked yet. */
    forget: () => (asked = ""),
  };
}
