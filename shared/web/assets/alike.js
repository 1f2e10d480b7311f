// What is like a text, while it is written, for the form for a new ticket on both sides.

/** Milliseconds between two questions, at least, and after a key. */
const PACE = 1000, TYPING = 400;
/** Characters with which is asked, at most and at least. */
const LONGEST_TEXT = 300, SHORTEST_TEXT = 3;

/** Makes an element with these properties and contents. */
export function element(name, properties, ...contents) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...contents);
  return made;
}

/**
 * Asks once typing has paused, not more often than once a second, and not while nothing has changed. `wanted` says what to
 * ask with: `text`, and more if there is more. `show` gets the answer.
 */
export function askWhatIsAlike(path, wanted, show) {
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
    const answer = await fetch(`${path}?${now}`, { signal }).catch(() => null);
    const found = answer?.ok ? await answer.json().catch(() => null) : null;
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

/** Shows tickets in the box, each with the line that matches. `more` makes what else there is to each. */
export function showAlike({ tickets }, more) {
  const box = document.getElementById("alike");
  box.hidden = tickets.length === 0;
  document.getElementById("alike-head").textContent = "Is it one of these?";
  box.querySelector("ul").replaceChildren(...tickets.map((ticket) => {
    const { url, title, number, state, internal_label, company, match } = ticket;
    const line = (match?.snippet ?? []).map((piece) => (piece.hit ? element("mark", {}, piece.text) : piece.text));
    const inTitle = !match || ["title", "number", "name"].includes(match.in);
    const { about = [], acts = [] } = more(ticket, company);
    return element("li", {},
      element("a", { href: url, dir: "auto" }, ...(inTitle && line.length > 0 ? line : [title])), " ",
      element("span", { className: `state ${state.category}`, dir: "auto" }, internal_label ?? state.label),
      element("p", { className: "sub" }, `#${number}`, ...about, ...(inTitle ? [] : [" · ", element("bdi", {}, ...line)])),
      ...acts);
  }));
  const many = tickets.length === 1 ? "1 ticket looks alike" : `${tickets.length} tickets look alike`;
  document.getElementById("alike-count").textContent = tickets.length === 0 ? "" : many;
}
