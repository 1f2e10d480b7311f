// While a page is open it asks whether something has changed, by requesting its own address with the tag of what it
// shows.

import { sendInPlace } from "./composer.js";
import { live } from "./live.js";
import { openMenu } from "./menus.js";
import { grow, isAtFoot, said, still } from "./thread.js";
import { tellTimes } from "./time_tags.js";

/** Keeps the page up to date. `status` is the element that tells the reader about it. */
export function keepCurrent(status) {
  let tag = status.dataset.tag;
  /** How many messages have been sent from the page. */
  let sent = 0;
  /** Messages that have arrived below what the reader sees. */
  let below = 0;

  const ask = async () => {
    // What was looked for stays as it was found.
    if (new URLSearchParams(location.search).has("q")) return {};
    const before = sent;
    const request = { headers: { "if-none-match": tag }, cache: "no-store", redirect: "manual" };
    const answer = await fetch(location.pathname + location.search, request).catch(() => null);
    const html = answer?.status === 200 ? await answer.text().catch(() => null) : "";
    // The answer may be from before a message that the page shows by now.
    if (sent > before) return {};
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
  const loop = live(ask, () => true);

  // The reader is signed out or may no longer see the page: reloads it, unless that would take a draft from under them.
  const leave = () => {
    if (!draft()) return location.reload();
    tell("You are signed out, or this page is no longer available to you. What you wrote is kept: reload the page.");
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
  const part = (name, within = document) => parts(within).find((it) => it.dataset.part === name);
  const isBeingWritten = (it) =>
    it.contains(document.activeElement?.closest("textarea")) || (it.querySelector("textarea") && draft());
  /** What the page shows of a part; of the way to write, which one it is. */
  const shown = (it) => it?.dataset.way ?? said(it);
  const replace = (old, fresh) => {
    const reachable = (within) => [...within.querySelectorAll("a, button, summary")];
    const focused = reachable(old).indexOf(document.activeElement);
    const isUnfolded = old.querySelector("details")?.open;
    if (isUnfolded) fresh.querySelector("details")?.setAttribute("open", "");
    old.replaceWith(fresh);
    if (focused < 0) return;
    (reachable(fresh)[focused] ?? document.getElementById("main")).focus({ preventScroll: true });
  };
  /** Brings the page up to date; returns what has changed, of a thread its entries. */
  const show = (next) => {
    const changed = [];
    still(() => {
      for (const fresh of parts(next)) {
        const old = part(fresh.dataset.part);
        if (!old || shown(old) === shown(fresh)) continue;
        tellTimes(fresh);
        if (old.matches(".thread")) changed.push(...grow(old, fresh));
        else if (!isBeingWritten(old)) {
          replace(old, fresh);
          changed.push(fresh);
        }
      }
    });
    return changed;
  };
  /** Waits while a menu is open or text is selected, so that nothing moves under the reader. */
  const whenQuiet = (act) => {
    if (openMenu() || !getSelection().isCollapsed) setTimeout(whenQuiet, 1000, act);
    else act();
  };
  const tellForAWhile = (...words) => {
    const said = tell(...words);
    setTimeout(() => said.remove(), 10_000);
  };

  /** Notes that the reader has seen what came while the page was open; not while they look at another. */
  let isUnread = false;
  const read = () => {
    if (!isUnread || below > 0 || document.hidden || !location.pathname.startsWith("/tickets/")) return;
    isUnread = false;
    fetch(`/api${location.pathname}/read`, { method: "PUT" }).catch(() => (isUnread = true));
  };
  document.addEventListener("visibilitychange", read);

  const toFoot = () => {
    below = 0;
    document.getElementById("newest")?.scrollIntoView({ block: "nearest" });
  };
  const state = (within) => within.querySelector(".ticket .state")?.textContent;
  const learnOfTicket = (next) => {
    const [before, after, wasAtFoot] = [state(document), state(next), isAtFoot(part("thread"))];
    const changed = show(next);
    const news = changed.filter((it) => it.matches(".message:not(.you)"));
    if (wasAtFoot && news.length > 0) toFoot();
    else below += news.length;
    isUnread ||= changed.length > 0;
    read();
    if (news.length > 0 && !wasAtFoot) {
      const link = document.createElement("a");
      link.href = "#newest";
      link.textContent = below === 1 ? "1 new message" : `${below} new messages`;
      link.addEventListener("click", () => {
        below = 0;
        status.replaceChildren();
        read();
      });
      status.replaceChildren(link);
    } else if (news.length > 0) tellForAWhile("New message from ", news.at(-1).querySelector("bdi").textContent);
    else if (before !== after) tellForAWhile("This ticket is now: ", after);
    else if (below === 0 && changed.length > 0) tellForAWhile("This ticket was updated.");
  };
  addEventListener("scroll", () => {
    if (below === 0 || !isAtFoot(part("thread"))) return;
    below = 0;
    status.replaceChildren();
    read();
  }, { passive: true });

  const rows = (within) => [...within.querySelectorAll(".list tbody tr")].map(said);
  const ids = (within) => [...within.querySelectorAll(".list tbody tr")].map((it) => it.dataset.id);
  const learn = (next) => {
    document.title = next.title;
    if (parts(next).map(shown).join() === parts(document).map(shown).join()) return;
    const [before, after] = [rows(document), rows(next)];
    const updates = after.filter((it) => !before.includes(it)).length;
    if (part("thread")) return whenQuiet(() => learnOfTicket(next));
    if (updates === 0 && after.length === before.length) return whenQuiet(() => show(next));
    const button = document.createElement("button");
    button.type = "button";
    // What came in counts for more than what changed.
    const come = status.dataset.news ? ids(next).filter((id) => !ids(document).includes(id)).length : 0;
    button.textContent = come ? `${come} ${status.dataset.news}: show` : `${updates || 1} ${updates > 1 ? "updates" : "update"}: show`;
    button.addEventListener("click", () => {
      show(next);
      tell("");
      document.getElementById("main").focus();
    });
    status.replaceChildren(button);
  };

  sendInPlace((next, newTag) => {
    tag = newTag ?? tag;
    sent += 1;
    const id = next.querySelector(".say [name=client_id]")?.value;
    const [old, fresh] = [part("write"), part("write", next)];
    show(next);
    // The first message has opened or joined the conversation: from now on the form is another one.
    if (fresh && shown(old) !== shown(fresh)) old.replaceWith(fresh);
    else if (id) old.querySelector("[name=client_id]").value = id;
    document.querySelector(".say textarea")?.focus({ preventScroll: true });
    toFoot();
    tellForAWhile("Your message was sent.");
    loop.now();
  });
  loop.soon();
}
