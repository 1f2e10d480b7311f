// The drawer and the stack of views in it.

import { live } from "../../../../shared/web/assets/live.js";
import { button, element, icon } from "./elements.js";
import { NAME, isWide, origin, tell } from "./page.js";
import { GONE, Refusal, ask } from "./session.js";

/**
 * What the drawer shows. The view on top requests its address again and again, with the tag of what it shows.
 * @typedef {object} View
 * @property {string} title
 * @property {string} path Address of what it shows, at the portal.
 * @property {HTMLElement} element
 * @property {HTMLElement} [scroll] The element that scrolls, whose position is kept while other views are on top.
 * @property {string} [page] Path of its page at the portal, to which signing in leads back.
 * @property {(anew?: boolean) => View} again Makes the same view from scratch; `anew` for whoever reads it next.
 * @property {string} [reader] The contact to whom it was shown, if the portal has told.
 * @property {() => string} [unsent] What its reader has typed and not sent.
 * @property {(json: object) => void} learn Takes over the portal's answer.
 * @property {() => Promise<unknown>} [before] Has to be done before each request.
 * @property {() => void} [shown] Called when its element is shown after loading.
 * @property {(error: Refusal) => boolean} [instead] Shows something in place of an error, or returns false.
 */

let host, dialog, heading, back, notice, stage, announcer, opener, loop;
/** Stands in place of the views while nobody is signed in. */
let door = null;
/** The stack of views. The last one is shown. */
export let views = [];

export const isOpen = () => Boolean(dialog?.open);
export const top = () => views.at(-1);
/** The element of the Messenger that has the focus. */
export const focused = () => host.shadowRoot.activeElement;

function build() {
  heading = element("h2", { tabindex: -1, id: "heading", dir: "auto" });
  back = button(icon("M15 5l-7 7 7 7"), goBack, { class: "icon back", "aria-label": "Back", hidden: true });
  const close = button(icon("M6 6l12 12M18 6L6 18"), hide, { class: "icon", "aria-label": "Close" });
  notice = element("p", { class: "notice", role: "status" });
  announcer = element("p", { class: "unseen", role: "log", "aria-label": "News" });
  stage = element("div", { class: "stage" });
  const head = element("div", { class: "head" }, back, element("div", null, heading), close);
  dialog = element("dialog", { "aria-labelledby": "heading" }, head, notice, stage, announcer);
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    hide();
  });
  dialog.addEventListener("keydown", (event) => {
    // The page may have keyboard shortcuts, which must not react to what is typed here.
    event.stopPropagation();
    if (event.key === "Escape" && !event.isComposing) {
      event.preventDefault();
      hide();
    }
  });
  isWide.addEventListener("change", () => {
    if (!isOpen()) return;
    const before = focused();
    dialog.close();
    unfold();
    before?.focus();
  });
  addEventListener("popstate", () => !isMarked() && hide());
  // Scroll events in the drawer do not reach the window, so the loop listens for activity in both.
  loop = live(look, isOpen, [window, dialog]);
  host = document.createElement(NAME);
  host.shadowRoot.append(dialog);
}

/** Marks the entry of the browser's history at which the drawer is in place of the page. */
const MARK = "tickets-portal";
const isMarked = () => Boolean(history.state?.[MARK]);

/** Shows the drawer beside the page if there is room, else in place of it: then going back in the browser closes it. */
function unfold() {
  if (isWide.matches) return dialog.show();
  if (!isMarked()) history.pushState({ ...history.state, [MARK]: true }, "");
  dialog.showModal();
}

function open() {
  if (!host) build();
  if (!host.isConnected) document.body.append(host);
  if (dialog.open) return;
  opener = document.activeElement;
  unfold();
  tell("show");
}

export function hide() {
  if (!isOpen()) return;
  keepPlace();
  dialog.close();
  if (isMarked()) history.back();
  loop.soon();
  // The page may have replaced the element in the meantime.
  const target = opener?.isConnected ? opener : opener?.id && document.getElementById(opener.id);
  if (target && target !== document.body) target.focus();
  opener = null;
  tell("hide");
}

/** Opens the drawer with these views, the last on top. */
export function present(...next) {
  keepPlace();
  open();
  views = next;
  arrive();
}

/** Puts a view on top of the stack. */
export const push = (view) => present(...views, view);
/** Replaces the view on top with others. */
export const replaceTop = (...next) => present(...views.slice(0, -1), ...next);
export const goBack = () => replaceTop();

/** Removes everything that the reader was shown. */
export function empty() {
  hide();
  views = [];
  if (!host) return;
  stage.replaceChildren();
  for (const it of [heading, notice, announcer]) it.textContent = "";
  door = null;
  host.remove();
}

/** Shows an element: that of a view, or one in its place until the view has loaded. */
export const show = (it) => stage.replaceChildren(it);
/** Shows a notice that disappears with the next successful answer. */
export const warn = (words) => (notice.textContent = words);
/** Tells screen readers what has happened. */
export const announce = (...what) => announcer.replaceChildren(...what);
/** Asks at once whether what is shown has changed. */
export const lookNow = () => loop.now();

function keepPlace() {
  const view = top();
  if (view?.scroll?.isConnected) view.place = view.scroll.scrollTop;
}

function arrive() {
  const view = top();
  warn("");
  announce();
  back.hidden = views.length < 2;
  heading.textContent = view.title;
  show(view.loaded ? view.element : element("div", { class: "alone soft", role: "status" }, "Loading…"));
  if (view.loaded && view.scroll) view.scroll.scrollTop = view.place ?? 0;
  heading.focus();
  loop.begin();
}

function fail(view, error) {
  if (error.status === 401) return signedOut(view, error);
  view.loaded = false;
  const way = button("Try again", () => replaceTop(view.again()));
  show(element("div", { class: "alone" }, element("p", { role: "alert" }, error.words), way));
}

/**
 * Takes away what the reader was shown, in all views, and leaves what they have typed. The loop goes on asking, so that the
 * view comes back when somebody is signed in again.
 */
function signedOut(view, error) {
  if (door?.isConnected && !view.loaded) return;
  const text = view.unsent?.();
  const kept = text && [
    element("label", { for: "unsent" }, "What you wrote has not been sent. It is kept here for you:"),
    element("textarea", { id: "unsent", rows: 6, readonly: true, dir: "auto" }, text),
  ];
  const signIn = element("a", { class: "button main", href: origin + (view.page ?? "/tickets") }, "Sign in");
  door = element("div", { class: "alone" }, element("p", { role: "alert" }, error.words), signIn, kept);
  views = views.map((it) => it.again(true));
  heading.textContent = top().title;
  announce();
  show(door);
}

/** Requests what the view on top shows. If the view is already doing so, waits for that. */
async function look() {
  if (!isOpen()) return { over: true };
  const view = top();
  return (view.question ??= lookAt(view).finally(() => (view.question = null)));
}

/** @param {View} view */
async function lookAt(view) {
  try {
    await view.before?.();
    const { json, tag } = await ask("GET", view.path, null, view.tag);
    view.tag = tag ?? view.tag;
    // Another reader gets nothing that was made for the one before.
    if (view.reader && json && json.reader !== view.reader) {
      present(...views.map((it) => it.again(true)));
      return {};
    }
    const isNews = json && view.loaded;
    if (json) view.learn(json);
    view.loaded = true;
    if (view === top()) {
      warn("");
      heading.textContent = view.title;
      if (!view.element.isConnected) {
        show(view.element);
        view.shown?.();
      }
    }
    if (isNews) tell("changed");
    return {};
  } catch (error) {
    if (error === GONE) return { over: true };
    if (!(error instanceof Refusal)) throw error;
    if (view === top()) {
      if (error.passes && view.loaded) warn(error.words);
      else if (!view.instead?.(error)) fail(view, error);
    }
    return { failed: true, after: error.after, over: !error.passes && error.status !== 401 };
  }
}

/** Runs the action of a button, unless it is still running. Passes the text of a refusal to `say`. */
export async function once(button, say, action) {
  if (button.getAttribute("aria-disabled") === "true") return;
  button.setAttribute("aria-disabled", "true");
  say("");
  try {
    await action();
  } catch (error) {
    if (error === GONE) return;
    if (!(error instanceof Refusal)) throw error;
    say(error.words);
  } finally {
    button.removeAttribute("aria-disabled");
  }
}
