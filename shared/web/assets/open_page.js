// While a page is open it asks whether something has changed, by requesting its own address with the tag of what it
// shows.

import { live } from "./live.js";
import { openMenu } from "./menus.js";
import { tellTimes } from "./time_tags.js";

/** Keeps the page up to date. `status` is the element that tells the reader about it. */
export function keepCurrent(status) {
  let tag = status.dataset.tag;
  let isDrawerOpen = false;

  const ask = async () => {
    const request = { headers: { "if-none-match": tag }, cache: "no-store", redirect: "manual" };
    const answer = await fetch(location.pathname + location.search, request).catch(() => null);
    const html = answer?.status === 200 ? await answer.text().catch(() => null) : "";
    if (!answer || html === null || answer.status === 429 || answer.status >= 500) {
      return { failed: true, after: Number(answer?.headers.get("retry-after")) };
    }
    if (answer.status !== 200 && answer.status !== 304) {
      leave();
      return { over: true };
    }
    tag = answer.headers.get("etag") ?? tag;
    if (html) learn(new DOMParser().parseFromString(html, "text/html"));
    return {};
  };
  // While the drawer is open the Messenger asks instead, and reports changes in an event.
  const loop = live(ask, () => !isDrawerOpen);

  // The reader is signed out or may no longer see the page: reloads it, unless that would lose a draft.
  const leave = () => {
    if (!draft()) return location.reload();
    tell("You are signed out, or this page is no longer available to you. Copy what you wrote, then reload.");
  };
  /** Says something, with somebody's or something's name at its end. */
  const tell = (words, name = "") => {
    const said = document.createElement("span");
    const isolated = document.createElement("bdi");
    isolated.textContent = name;
    said.append(words, isolated);
    status.replaceChildren(...(words ? [said] : []));
    return said;
  };
  const draft = () => [...document.querySelectorAll("textarea")].some((it) => it.value.trim() !== "");

  const parts = (within) => [...within.querySelectorAll("[data-part]")];
  const isBeingWritten = (part) =>
    part.contains(document.activeElement?.closest("textarea")) || (part.querySelector("textarea") && draft());
  const show = (next) => {
    for (const fresh of parts(next)) {
      const old = parts(document).find((it) => it.dataset.part === fresh.dataset.part);
      if (!old || isBeingWritten(old)) continue;
      const reachable = (within) => [...within.querySelectorAll("a, button, summary")];
      const focused = reachable(old).indexOf(document.activeElement);
      tellTimes(fresh);
      old.replaceWith(fresh);
      if (focused < 0) continue;
      (reachable(fresh)[focused] ?? document.getElementById("main")).focus({ preventScroll: true });
    }
  };
  // Waits while a menu is open or text is selected, so that nothing moves under the reader.
  const showSoon = (next, ...words) => {
    if (openMenu() || !getSelection().isCollapsed) return setTimeout(showSoon, 1000, next, ...words);
    show(next);
    const said = tell(...words);
    setTimeout(() => said.remove(), 10_000);
  };

  // The text of an element, with times as in the source, so that it does not depend on the reader's time zone.
  const said = (it) => {
    const copy = it?.cloneNode(true);
    for (const time of copy?.querySelectorAll("time") ?? []) time.replaceWith(time.dateTime);
    return copy?.textContent;
  };
  const newest = (within) => within.querySelector(".thread li:last-child");
  const state = (within) => within.querySelector(".ticket .state")?.textContent;
  const words = (next) => {
    const last = newest(next);
    if (next.querySelector(".thread")) {
      const isNews = last && !last.classList.contains("you") && said(last) !== said(newest(document));
      return isNews ? ["New message from ", last.querySelector("bdi").textContent] : [""];
    }
    return state(next) === state(document) ? ["This ticket was updated."] : ["This ticket is now: ", state(next)];
  };
  const rows = (within) => [...within.querySelectorAll(".list tbody tr")].map(said);
  const learn = (next) => {
    if (parts(next).map(said).join() === parts(document).map(said).join()) return;
    const [before, after] = [rows(document), rows(next)];
    const updates = after.filter((it) => !before.includes(it)).length;
    const isList = document.querySelector('[data-part="list"]');
    if (!isList) return showSoon(next, ...words(next));
    if (updates === 0 && after.length === before.length) return showSoon(next, "");
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = `${updates || 1} ${updates > 1 ? "updates" : "update"}: show`;
    button.addEventListener("click", () => {
      show(next);
      tell("");
      document.getElementById("main").focus();
    });
    status.replaceChildren(button);
  };

  // The Messenger has changed something that this page may show.
  document.addEventListener("tickets-portal:changed", loop.now);
  for (const what of ["show", "hide"]) {
    document.addEventListener(`tickets-portal:${what}`, () => {
      isDrawerOpen = what === "show";
      if (isDrawerOpen) loop.soon();
      else loop.now();
    });
  }
  loop.soon();
}
