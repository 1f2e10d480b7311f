// Makes elements. What people wrote always becomes text nodes, never markup.

import { exact, timeInWords } from "../../../../shared/web/assets/times.js";

/**
 * Makes an element. A function among the attributes listens to the event of that name; `true` makes an attribute
 * without a value, and `false`, null and undefined make none. Children that are false or null are left out.
 */
export function element(tag, attributes, ...children) {
  const it = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (typeof value === "function") it.addEventListener(name, value);
    else if (value === true) it.setAttribute(name, "");
    else if (value !== false && value != null) it.setAttribute(name, value);
  }
  it.append(...children.flat().filter((child) => child != null && child !== false));
  return it;
}

/** Makes a button that calls `click`. */
export const button = (words, click, attributes) =>
  element("button", { class: "button", type: "button", click, ...attributes }, words);

export function icon(path) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const line = document.createElementNS(svg.namespaceURI, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

const withoutEnd = (address) => address.replace(/[.,:;!?]+$/, "");
const count = (text, mark) => text.split(mark).length;

/** Turns the web addresses in a text into links. */
export function linked(text) {
  const found = [];
  let last = 0;
  for (const match of text.matchAll(/https?:\/\/[^\s<>"'\x60]+/g)) {
    let href = withoutEnd(match[0]);
    // A closing bracket without an opening one in the address belongs to the text around it.
    while (href.endsWith(")") && count(href, "(") < count(href, ")")) href = withoutEnd(href.slice(0, -1));
    if (!URL.canParse(href)) continue;
    const link = element("a", { href, target: "_blank", rel: "noopener noreferrer nofollow ugc" }, href);
    found.push(text.slice(last, match.index), link);
    last = match.index + href.length;
  }
  return [...found, text.slice(last)];
}

export function time(text) {
  const at = new Date(text);
  return element("time", { datetime: text, title: exact.format(at) }, timeInWords(at));
}

export const state = ({ category, label }) =>
  element("span", { class: `state ${category}` }, element("bdi", null, label));

/** Makes the place for the text of a refusal, hidden while there is none. */
export function refusal() {
  const place = element("p", { class: "wrong", role: "alert", hidden: true });
  place.say = (words) => {
    place.textContent = words;
    place.hidden = !words;
  };
  return place;
}

/** Makes `items` the children of `parent`. Those already in place are not moved, so focus and selection stay. */
export function arrange(parent, items) {
  items.forEach((item, at) => {
    if (parent.children[at] !== item) parent.insertBefore(item, parent.children[at] ?? null);
  });
  while (parent.children.length > items.length) parent.lastElementChild.remove();
}
