// The thread of an open page: what is new appears at its foot, and nothing moves under its reader.

const rows = (thread) => [...thread.querySelector("ol").children];
// The line before what is new says nothing of where an entry belongs: it moves on.
const isKnown = (all, it) => !it.matches(".news") && all.some((other) => other.dataset.key === it.dataset.key);
const isSame = (one, other) => one.dataset.key === other.dataset.key && said(one) === said(other);

/** The text of an element, with times as in the source, so that it does not depend on the reader's time zone. */
export function said(it) {
  const copy = it?.cloneNode(true);
  for (const time of copy?.querySelectorAll("time") ?? []) time.replaceWith(time.dateTime);
  return copy?.textContent;
}

/** Whether the reader has the end of the thread before them. */
export function isAtFoot(thread) {
  const last = rows(thread).at(-1);
  return !last || last.getBoundingClientRect().bottom < innerHeight + 24;
}

/**
 * Brings what is new in another copy of the thread into it; what the other no longer has, because it begins later, stays.
 * Returns what has changed, newest last.
 */
export function grow(thread, other) {
  const old = rows(thread);
  const fresh = rows(other);
  const from = fresh.findIndex((it) => isKnown(old, it));
  const changed = fresh.slice(Math.max(from, 0)).filter((it) => !old.some((mine) => isSame(mine, it)));
  // More than a page is new: the thread begins anew.
  if (from < 0 && old.length > 0) thread.replaceWith(other);
  else merge(thread.querySelector("ol"), old, fresh.slice(Math.max(from, 0)));
  thread.querySelector(".nothing")?.remove();
  return changed;
}

/** From the first entry of `fresh` on, makes the list the same; what has not changed stays the element that it is. */
function merge(list, old, fresh) {
  document.getElementById("newest")?.removeAttribute("id");
  const start = old.findIndex((mine) => mine.dataset.key === fresh[0]?.dataset.key);
  const tail = start < 0 ? [] : old.slice(start);
  const kept = fresh.map((it) => {
    const mine = tail.find((other) => other.dataset.key === it.dataset.key);
    if (mine && isSame(mine, it)) return mine;
    if (mine?.querySelector("details")?.open) it.querySelector("details")?.setAttribute("open", "");
    return it;
  });
  for (const it of tail) if (!kept.includes(it)) it.remove();
  // Elements that are in their place are not moved, because that would take the focus from them.
  let next = start > 0 ? old[start - 1].nextElementSibling : list.firstElementChild;
  for (const it of kept) {
    if (it === next) next = it.nextElementSibling;
    else list.insertBefore(it, next);
  }
  if (list.lastElementChild) list.lastElementChild.id = "newest";
}

/** Does something to the page, and keeps what the reader has before them where it is. */
export function still(change) {
  const anchor = [...document.querySelectorAll(".thread li")].find((it) => it.getBoundingClientRect().top >= 0);
  const before = anchor?.getBoundingClientRect().top;
  change();
  if (anchor?.isConnected) scrollBy(0, anchor.getBoundingClientRect().top - before);
}
