"use strict";
(() => {
  // Times in the reader's zone: short in lists, with the hour elsewhere, exact in the tooltip.
  const sameDay = (a, b) => a.toDateString() === b.toDateString();
  const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });
  const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
  const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
  const date = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric" });
  const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
  const tellTimes = (within) => {
    const now = new Date();
    const yesterday = new Date(now);
    yesterday.setDate(now.getDate() - 1);
    for (const time of within.querySelectorAll("time[datetime]")) {
      const at = new Date(time.dateTime);
      if (isNaN(at)) continue;
      time.title = exact.format(at);
      time.textContent = sameDay(at, now) ? `Today, ${clock.format(at)}`
        : sameDay(at, yesterday) ? `Yesterday, ${clock.format(at)}`
        : !time.closest("table") ? moment.format(at)
        : at.getFullYear() === now.getFullYear() ? day.format(at) : date.format(at);
    }
  };
  tellTimes(document);

  // Menus close as people expect them to.
  const openMenu = () => document.querySelector("details.menu[open]");
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    const open = event.key === "Escape" && openMenu();
    if (open) {
      open.open = false;
      open.querySelector("summary").focus();
    }
  });

  // Back to the list as it was filtered.
  const back = document.querySelector("a.back");
  if (back && document.referrer.startsWith(`${location.origin}/tickets?`)) back.href = document.referrer;

  const signOut = document.getElementById("sign-out");
  if (signOut) {
    signOut.hidden = false;
    signOut.addEventListener("click", async () => {
      const answer = await fetch("/api/session", { method: "DELETE" }).catch(() => null);
      if (answer && answer.ok) location.assign("/tickets");
    });
  }

  // Conversations open in the Messenger, which is loaded for the first of them; without it, as a page.
  let messenger;
  let drawer = false;
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-ticket]");
    if (!button || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    const { ticket, conversation } = button.dataset;
    try {
      await (messenger ??= import("/embed/messenger.js").then(() => window.TicketsPortal("boot")));
    } catch {
      return button.form ? button.form.submit() : location.assign(button.href);
    }
    if (conversation) window.TicketsPortal("showConversation", conversation, ticket);
    else window.TicketsPortal("startConversation", ticket);
  });

  // While the page is open it asks whether something has changed: for its own address, with the tag of what it shows.
  const status = document.querySelector("[data-tag]");
  if (status) {
    let tag = status.dataset.tag;
    let seenAlive = Date.now();
    let failures = 0;
    let timer;
    let asking = false;
    let again = false;

    const pause = () => {
      const quiet = Date.now() - seenAlive;
      const usual = document.hidden ? 60_000 : quiet < 30_000 ? 4_500 : quiet < 300_000 ? 6_000 : 20_000;
      return Math.min(usual * 2 ** failures, 120_000);
    };
    const wait = () => {
      clearTimeout(timer);
      // The Messenger asks in its stead, and tells.
      if (!drawer) timer = setTimeout(ask, pause());
    };
    const ask = async () => {
      // What is on its way may be from before.
      if (asking) return void (again = true);
      asking = true;
      const request = { headers: { "if-none-match": tag }, cache: "no-store", redirect: "manual" };
      const answer = await fetch(location.pathname + location.search, request).catch(() => null);
      const html = answer && answer.status === 200 ? await answer.text().catch(() => null) : "";
      asking = false;
      if (!answer || html === null || answer.status === 429 || answer.status >= 500) failures = Math.min(failures + 1, 5);
      else if (answer.status === 200 || answer.status === 304) {
        failures = 0;
        tag = answer.headers.get("etag") ?? tag;
        if (html) learn(new DOMParser().parseFromString(html, "text/html"));
      } else return leave();
      if (!again) return wait();
      again = false;
      ask();
    };
    // Signed out, or no longer allowed to see it: what is shown goes, unless somebody has been writing.
    const leave = () => {
      if (!draft()) return location.reload();
      tell("You are signed out, or this page is no longer available to you. Copy what you wrote, then reload.");
    };
    const tell = (words) => {
      const said = document.createElement("span");
      said.textContent = words;
      status.replaceChildren(...(words ? [said] : []));
      return said;
    };
    const draft = () => [...document.querySelectorAll("textarea")].some((it) => it.value.trim() !== "");

    const parts = (within) => [...within.querySelectorAll("[data-part]")];
    const show = (next) => {
      for (const fresh of parts(next)) {
        const old = parts(document).find((it) => it.dataset.part === fresh.dataset.part);
        if (!old || old.contains(document.activeElement?.closest("textarea")) || (old.querySelector("textarea") && draft())) continue;
        const reachable = (within) => [...within.querySelectorAll("a, button, summary")];
        const focused = reachable(old).indexOf(document.activeElement);
        tellTimes(fresh);
        old.replaceWith(fresh);
        if (focused >= 0) (reachable(fresh)[focused] ?? document.getElementById("main")).focus({ preventScroll: true });
      }
    };
    // Nothing moves under somebody who is choosing or selecting.
    const showSoon = (next, words) => {
      if (openMenu() || !getSelection().isCollapsed) return setTimeout(showSoon, 1000, next, words);
      show(next);
      const said = tell(words);
      setTimeout(() => said.remove(), 10_000);
    };

    // What an element says, whatever zone its times are told in.
    const said = (it) => {
      const copy = it?.cloneNode(true);
      for (const time of copy?.querySelectorAll("time") ?? []) time.replaceWith(time.dateTime);
      return copy?.textContent;
    };
    const newest = (within) => within.querySelector(".thread li:last-child");
    const state = (within) => within.querySelector(".ticket .state")?.textContent;
    const words = (next) => {
      const last = newest(next);
      if (next.querySelector(".thread")) return last && !last.classList.contains("you") && said(last) !== said(newest(document)) ? `New message from ${last.querySelector("bdi").textContent}` : "";
      return state(next) === state(document) ? "This ticket was updated." : `This ticket is now: ${state(next)}`;
    };
    const rows = (within) => [...within.querySelectorAll(".list tbody tr")].map(said);
    const learn = (next) => {
      if (parts(next).map(said).join() === parts(document).map(said).join()) return;
      const [before, after] = [rows(document), rows(next)];
      const updates = after.filter((it) => !before.includes(it)).length;
      const isList = document.querySelector('[data-part="list"]');
      if (!isList) return showSoon(next, words(next));
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

    for (const sign of ["pointerdown", "pointermove", "keydown", "scroll", "focus"]) {
      addEventListener(sign, () => {
        const wasQuiet = Date.now() - seenAlive > 30_000;
        seenAlive = Date.now();
        if (wasQuiet) wait();
      }, { passive: true, capture: true });
    }
    document.addEventListener("visibilitychange", () => (document.hidden ? wait() : ask()));
    // The Messenger has changed something that the page may show.
    document.addEventListener("tickets-portal:changed", ask);
    for (const what of ["show", "hide"]) {
      document.addEventListener(`tickets-portal:${what}`, () => {
        drawer = what === "show";
        if (drawer) wait();
        else ask();
      });
    }
    wait();
  }
})();
