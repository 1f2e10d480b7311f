"use strict";
(() => {
  // Times in the reader's zone: short in lists, with the hour elsewhere, exact in the tooltip.
  const now = new Date();
  const sameDay = (a, b) => a.toDateString() === b.toDateString();
  const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });
  const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
  const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
  const date = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric" });
  const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
  for (const time of document.querySelectorAll("time[datetime]")) {
    const at = new Date(time.dateTime);
    if (isNaN(at)) continue;
    const yesterday = new Date(now);
    yesterday.setDate(now.getDate() - 1);
    time.title = exact.format(at);
    time.textContent = sameDay(at, now) ? `Today, ${clock.format(at)}`
      : sameDay(at, yesterday) ? `Yesterday, ${clock.format(at)}`
      : !time.closest("table") ? moment.format(at)
      : at.getFullYear() === now.getFullYear() ? day.format(at) : date.format(at);
  }

  // Menus close as people expect them to.
  const menus = [...document.querySelectorAll("details.menu")];
  document.addEventListener("click", (event) => {
    for (const menu of menus) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    const open = event.key === "Escape" && menus.find((menu) => menu.open);
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
})();
