// Results while somebody types. Without script the form does the same.

import { tellTimes } from "./time_tags.js";

const sought = document.querySelector("[data-part=list]") && document.querySelector("form.search");
const soughtIn = sought?.elements.q;
/** Beginnings of words are found from three letters on, in scripts with spaces. */
const isTooShort = (text) => text.length > 0 && text.length < 3 && /^[\0-\u024f]*$/.test(text);
const found = document.createElement("p");
found.className = "unseen";
found.setAttribute("aria-live", "polite");
let soonLooking, looking;

const look = async () => {
  looking?.abort();
  looking = new AbortController();
  const query = new URLSearchParams([...new FormData(sought)].filter(([, value]) => value.trim() !== ""));
  const address = query.size > 0 ? `${sought.getAttribute("action")}?${query}` : sought.getAttribute("action");
  const request = { signal: looking.signal, cache: "no-store", redirect: "manual" };
  const answer = await fetch(address, request).catch(() => null);
  const html = answer?.ok ? await answer.text().catch(() => null) : null;
  const page = html && new DOMParser().parseFromString(html, "text/html");
  if (!page?.querySelector("[data-part=list]") || looking.signal.aborted) return;
  for (const fresh of page.querySelectorAll("[data-part]")) {
    tellTimes(fresh);
    document.querySelector(`[data-part="${fresh.dataset.part}"]`)?.replaceWith(fresh);
  }
  document.title = page.title;
  history.replaceState(null, "", address);
  const rows = document.querySelectorAll("[data-part=list] tbody tr").length;
  found.textContent = rows === 0 ? "No results" : rows === 1 ? "1 result" : `${rows} results`;
};

if (sought) {
  sought.append(found);
  soughtIn.addEventListener("input", (event) => {
    clearTimeout(soonLooking);
    if (event.isComposing || isTooShort(soughtIn.value.trim())) return;
    soonLooking = setTimeout(look, 250);
  });
  soughtIn.addEventListener("compositionend", () => (soonLooking = setTimeout(look, 250)));
  sought.addEventListener("submit", () => clearTimeout(soonLooking));
  // The Help Desk has keys of its own, of which this is one.
  if (!document.querySelector(".desk")) {
    document.addEventListener("keydown", (event) => {
      const isWriting = event.target.matches("textarea,select,input,[contenteditable]");
      if (event.key !== "/" || isWriting || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      soughtIn.focus();
      soughtIn.select();
    });
  }
}
