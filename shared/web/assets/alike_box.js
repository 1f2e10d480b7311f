// The box with what is like a new ticket, on both sides.

/** Makes an element with these properties and contents. */
export function element(name, properties, ...contents) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...contents);
  return made;
}

/** Asks for what is alike at an address, for `askWhatIsAlike`. */
export const alikeAt = (path) => async (query, signal) => {
  const answer = await fetch(`${path}?${query}`, { signal });
  return answer.ok ? answer.json() : null;
};

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
