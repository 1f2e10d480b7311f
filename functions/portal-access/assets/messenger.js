// The Messenger of Tickets Portal: window.TicketsPortal(method, ...). How to use it is in docs/messenger.md.

const NAME = "tickets-portal-messenger";
const origin = new URL(import.meta.url).origin;

const STYLE = `
:host{all:initial;color-scheme:light dark;--bg:#f6f7f9;--card:#fff;--ink:#1b1f27;--soft:#566070;--line:#e2e6ec;--edge:#868f9d;--hover:#eef1f6;--link:#2746b8;--mine:#e3ebff;
--submitted-bg:#e9edf3;--submitted:#3d4859;--in_progress-bg:#e3edff;--in_progress:#1b4a9c;--waiting_on_customer-bg:#ffedcc;--waiting_on_customer:#7a4300;--resolved-bg:#ddf3e4;--resolved:#186130;
--accent:var(--tickets-portal-accent,var(--brand,#3b5bdb));font-size:16px}
@media (prefers-color-scheme:dark){:host{--bg:#101318;--card:#181c23;--ink:#e9ebef;--soft:#a0a9b8;--line:#2a303a;--edge:#6e7888;--hover:#242a34;--link:#a5b8ff;--mine:#22305a;
--submitted-bg:#29303b;--submitted:#cbd2dd;--in_progress-bg:#182b4d;--in_progress:#b1ccff;--waiting_on_customer-bg:#40300f;--waiting_on_customer:#ffd596;--resolved-bg:#143420;--resolved:#a0e2b6}}
*,::before,::after{box-sizing:border-box}
[hidden]{display:none!important}
dialog{position:fixed;inset:.75rem;inset-inline-start:auto;z-index:2147483000;width:26.5rem;max-width:none;height:auto;max-height:none;margin:0;padding:0;border:1px solid var(--line);border-top:3px solid var(--accent);border-radius:16px;overflow:hidden;background:var(--bg);color:var(--ink);font:1rem/1.5 var(--tickets-portal-font,system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",Ubuntu,sans-serif);box-shadow:0 24px 64px #0f172a40,0 2px 8px #0f172a1f}
dialog[open]{display:flex;flex-direction:column}
dialog::backdrop{background:none}
@media (max-width:44rem){dialog{inset:0;width:100%;height:100%;border:0;border-top:3px solid var(--accent);border-radius:0}}
@media (prefers-reduced-motion:no-preference){dialog[open]{animation:in .2s cubic-bezier(.2,.8,.2,1)}@keyframes in{from{opacity:0;translate:0 .75rem}}button,a{transition:background .12s}}
:focus-visible{outline:2px solid var(--link);outline-offset:2px;border-radius:6px}
h2:focus,.scroll:focus:not(:focus-visible){outline:0}
.head{display:flex;align-items:center;gap:.25rem;padding:.6rem .6rem .6rem 1.1rem;background:var(--card);border-bottom:1px solid var(--line);min-height:3.75rem}
.head:has(.back:not([hidden])){padding-inline-start:.6rem}
.head div{flex:1;min-width:0}
h2{margin:0;font-size:1.05rem;line-height:1.35;font-weight:650;letter-spacing:-.01em;overflow-wrap:anywhere;display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:2;overflow:hidden}
.icon{flex:none;display:grid;place-items:center;width:2.5rem;height:2.5rem;padding:0;border:0;border-radius:10px;background:none;color:var(--soft);cursor:pointer}
.icon:hover{background:var(--hover);color:var(--ink)}
.icon svg{width:1.2rem;height:1.2rem;fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}
.back:dir(rtl) svg{scale:-1 1}
.notice{margin:0;padding:.5rem 1.1rem;background:var(--waiting_on_customer-bg);color:var(--waiting_on_customer);font-size:.88rem}
.notice:empty{display:none}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.stage{flex:1;min-height:0;display:flex;flex-direction:column}
.view{flex:1;min-height:0;display:flex;flex-direction:column;position:relative}
.scroll{flex:1;min-height:0;overflow:auto;overscroll-behavior:contain;padding:1rem;overflow-anchor:none;outline-offset:-3px}
ol,ul{list-style:none;margin:0;padding:0}
p{margin:0}
bdi,.by,.text,.title,dd{overflow-wrap:anywhere}
.soft{color:var(--soft)}
.button{display:inline-block;max-width:100%;padding:.5rem 1rem;border:1px solid var(--line);border-radius:10px;background:var(--card);color:var(--ink);font:inherit;font-size:.94rem;font-weight:600;text-align:center;text-decoration:none;cursor:pointer}
.button:hover{background:var(--hover)}
.button.main{background:var(--ink);border-color:var(--ink);color:var(--card)}
.button.main:hover,.new:hover{background:var(--ink);opacity:.88}
.button[aria-disabled=true]{opacity:.6;cursor:default}
.wide{display:block;width:100%}
a{color:var(--link);text-underline-offset:.18em}
.state{display:inline-flex;align-items:center;gap:.4rem;padding:.1rem .6rem;border-radius:99px;font-size:.8rem;font-weight:600;overflow-wrap:anywhere}
.state::before{content:"";flex:none;width:.42rem;height:.42rem;border-radius:50%;background:currentColor}
.submitted{background:var(--submitted-bg);color:var(--submitted)}.in_progress{background:var(--in_progress-bg);color:var(--in_progress)}.waiting_on_customer{background:var(--waiting_on_customer-bg);color:var(--waiting_on_customer)}.resolved{background:var(--resolved-bg);color:var(--resolved)}
.over{display:flex;flex-wrap:wrap;align-items:center;gap:.3rem .6rem;font-size:.85rem;color:var(--soft)}
.banner{display:flex;align-items:center;justify-content:space-between;gap:1rem;margin-bottom:1rem;padding:.85rem 1.1rem;border-radius:14px;background:var(--mine);color:inherit;text-decoration:none;font-weight:600}
.banner small{display:block;font-size:.85rem;font-weight:400}
.banner:hover{text-decoration:underline}
.banner:dir(rtl) .arrow{scale:-1 1}
.rows li{margin-bottom:.6rem}
.row{display:block;width:100%;padding:.85rem 1.1rem;border:1px solid var(--line);border-radius:14px;background:var(--card);color:inherit;font:inherit;text-align:start;cursor:pointer}
.row:hover{background:var(--hover)}
.row time{margin-inline-start:auto}
.row .title{display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:2;overflow:hidden;margin:.3rem 0;font-weight:600;font-size:.97rem;line-height:1.4}
.more{text-align:center;margin:1rem 0 0}
.card{padding:1.25rem;border:1px solid var(--line);border-radius:14px;background:var(--card)}
h3{margin:.6rem 0 0;font-size:1.15rem;line-height:1.35;font-weight:650;letter-spacing:-.01em;overflow-wrap:anywhere}
.text{white-space:pre-wrap}
.card .text{margin-top:.75rem;display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:8;overflow:hidden}
dl{display:grid;grid-template-columns:auto minmax(0,1fr);gap:.35rem 1rem;margin:1.1rem 0 0;padding-top:1rem;border-top:1px solid var(--line);font-size:.92rem}
dt{color:var(--soft)}dd{margin:0;font-weight:550}
.card .button,.card+p{margin-top:1.1rem}
.card+p{text-align:center;font-size:.94rem}
.about{display:flex;flex-wrap:wrap;gap:.4rem .75rem;align-items:center;padding:.55rem 1.1rem;background:var(--card);border-bottom:1px solid var(--line);font-size:.88rem}
.about button{padding:0;border:0;background:none;font:inherit;color:var(--link);text-decoration:underline;text-underline-offset:.18em;cursor:pointer;min-height:1.5rem}
.thread{display:flex;flex-direction:column;gap:.75rem}
.thread li{max-width:88%;align-self:flex-start;padding:.65rem .95rem;border:1px solid var(--line);border-radius:16px;border-start-start-radius:4px;background:var(--card)}
.thread .teammate{border-inline-start:3px solid var(--accent);border-end-start-radius:4px}
.thread .you{align-self:flex-end;border-color:transparent;border-start-start-radius:16px;border-start-end-radius:4px;background:var(--mine)}
.by{font-size:.84rem;color:var(--soft)}.by bdi{font-weight:650;color:var(--ink)}
.thread .you .by{color:var(--ink)}
.pending{opacity:.75}.pending.failed{opacity:1;border-color:var(--waiting_on_customer)!important}
.pending .button{margin-top:.5rem;padding:.25rem .75rem;font-size:.88rem}
.new{position:absolute;inset-inline:0;bottom:.75rem;margin:auto;width:fit-content;border-radius:99px;background:var(--ink);color:var(--card);box-shadow:0 4px 16px #0004}
.fresh{position:relative}
.foot{padding:.75rem 1rem 1rem;background:var(--card);border-top:1px solid var(--line)}
.foot label{display:block;margin-bottom:.3rem;font-size:.88rem;font-weight:600}
textarea{display:block;width:100%;min-height:4rem;max-height:30vh;field-sizing:content;padding:.6rem .85rem;border:1px solid var(--edge);border-radius:12px;background:var(--card);color:inherit;font:inherit;resize:none}
.send{display:flex;align-items:center;justify-content:space-between;gap:.75rem;margin-top:.6rem;font-size:.82rem;color:var(--soft)}
.send .button{margin-inline-start:auto}
.wrong{margin-bottom:.5rem;color:var(--waiting_on_customer);background:var(--waiting_on_customer-bg);border-radius:10px;padding:.5rem .8rem;font-size:.9rem}
.foot p+.button{margin-top:.75rem}
.foot p{font-size:.92rem}
.alone{margin:auto;padding:2rem 1.5rem;text-align:center;max-width:22rem}
.alone .button{margin-top:1rem}
@media (forced-colors:active){.state,.row,.thread li{border:1px solid}}
@media print{:host{display:none}}
`;

// ---- Elements. What people wrote becomes text nodes, never markup. ----

function element(tag, attributes, ...children) {
  const it = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (typeof value === "function") it.addEventListener(name, value);
    else if (value === true) it.setAttribute(name, "");
    else if (value !== false && value != null) it.setAttribute(name, value);
  }
  it.append(...children.flat().filter((child) => child != null && child !== false));
  return it;
}

function icon(path) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const line = document.createElementNS(svg.namespaceURI, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

/** Web addresses become links, all else stays words. */
function linked(text) {
  const found = [];
  let last = 0;
  for (const match of text.matchAll(/https?:\/\/[^\s<>"'`]+/g)) {
    let address = match[0].replace(/[.,:;!?]+$/, "");
    // A bracket that was opened before the address is closed after it.
    while (address.endsWith(")") && address.split("(").length < address.split(")").length) address = address.slice(0, -1).replace(/[.,:;!?]+$/, "");
    if (!URL.canParse(address)) continue;
    found.push(text.slice(last, match.index), element("a", { href: address, target: "_blank", rel: "noopener noreferrer nofollow ugc" }, address));
    last = match.index + address.length;
  }
  return [...found, text.slice(last)];
}

const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

function time(text) {
  const at = new Date(text);
  const [today, yesterday] = [new Date(), new Date()];
  yesterday.setDate(today.getDate() - 1);
  const is = (day) => at.toDateString() === day.toDateString();
  const words = is(today) ? `Today, ${clock.format(at)}` : is(yesterday) ? `Yesterday, ${clock.format(at)}` : moment.format(at);
  return element("time", { datetime: text, title: exact.format(at) }, words);
}

const state = ({ category, label }) => element("span", { class: `state ${category}` }, element("bdi", null, label));

/** Makes `items` the children of `parent`, and moves none that is in its place: focus and selection stay. */
function arrange(parent, items) {
  items.forEach((item, at) => parent.children[at] === item || parent.insertBefore(item, parent.children[at] ?? null));
  while (parent.children.length > items.length) parent.lastElementChild.remove();
}

const isWide = matchMedia("(min-width: 44.01rem)");
const complain = (words) => console.error(`TicketsPortal: ${words}`);
const tell = (what) => document.dispatchEvent(new CustomEvent(`tickets-portal:${what}`));

// ---- The portal's API. ----

/** An answer to somebody who has left. */
const GONE = Symbol("gone");
/** How often the one who is shown has changed. */
let reader = 0;
/** Resolves when the reader is signed in; null before boot and after shutdown. */
let session = null;
/** Sessions begin and end one after the other. */
let turn = Promise.resolve();
/** The session could not be ended yet. */
let owed = false;

class Refusal extends Error {
  constructor(status, problem, after) {
    super(problem?.detail ?? "");
    Object.assign(this, { status, after });
  }
  /** It may well work later. */
  get passes() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
  get words() {
    if (this.status === 0) return navigator.onLine ? "The support portal cannot be reached." : "You are offline.";
    if (this.status === 401) return "You are not signed in, or your session has ended. Sign in again.";
    if (this.status === 404) return "This is not there, or you may no longer see it.";
    if (this.passes) return this.after > 1 ? `The support portal is busy. Try again in ${this.after} seconds.` : "The support portal is busy. Try again.";
    return this.message || "This did not work.";
  }
}

async function send(method, path, body, tag) {
  const headers = { ...(body && { "content-type": "application/json" }), ...(tag && { "if-none-match": tag }) };
  let answer, json;
  try {
    // The copy to compare with is ours, so that an unchanged thing costs no body.
    answer = await fetch(origin + path, {
      method, headers, body: body && JSON.stringify(body), mode: "cors", credentials: "include", cache: "no-store", signal: AbortSignal.timeout(20_000),
    });
    const isBare = answer.status === 204 || answer.status === 304;
    // An error that is no JSON is one of something in between.
    json = isBare ? null : await answer.json().catch((error) => answer.ok && Promise.reject(error));
  } catch {
    throw new Refusal(0);
  }
  if (!answer.ok && answer.status !== 304) throw new Refusal(answer.status, json, Number(answer.headers.get("retry-after")));
  return { json, tag: answer.headers.get("etag") };
}

/** Asks as the reader of now; the answer is for nobody else. */
async function ask(method, path, body, tag) {
  const who = reader;
  try {
    await session;
    if (who !== reader) throw GONE;
    const answer = await send(method, path, body, tag);
    if (who !== reader) throw GONE;
    return answer;
  } catch (error) {
    throw who === reader ? error : GONE;
  }
}

const endSession = () => send("DELETE", "/api/session").then(() => (owed = false), (error) => {
  owed = true;
  throw error;
});

// ---- The drawer. ----

let host, dialog, heading, back, notice, stage, announcer, opener;
let views = [];
let timer;
let failures = 0;
/** For how long the portal asked to be left alone, in milliseconds. */
let rest = 0;
let seenAlive = 0;
const drafts = new Map();
const isOpen = () => Boolean(dialog?.open);
const top = () => views.at(-1);

function build() {
  heading = element("h2", { tabindex: -1, id: "heading", dir: "auto" });
  back = element("button", { class: "icon back", type: "button", "aria-label": "Back", hidden: true, click: goBack }, icon("M15 5l-7 7 7 7"));
  const close = element("button", { class: "icon", type: "button", "aria-label": "Close", click: hide }, icon("M6 6l12 12M18 6L6 18"));
  notice = element("p", { class: "notice", role: "status" });
  announcer = element("p", { class: "unseen", role: "log", "aria-label": "News" });
  stage = element("div", { class: "stage" });
  dialog = element("dialog", { "aria-labelledby": "heading" }, element("div", { class: "head" }, back, element("div", null, heading), close), notice, stage, announcer);
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    hide();
  });
  dialog.addEventListener("keydown", (event) => {
    // Pages have keys of their own; what is typed here is not for them.
    event.stopPropagation();
    if (event.key === "Escape" && !event.isComposing) {
      event.preventDefault();
      hide();
    }
  });
  for (const sign of ["pointerdown", "pointermove", "keydown", "scroll", "focus"]) {
    for (const where of [dialog, window]) where.addEventListener(sign, alive, { passive: true, capture: true });
  }
  document.addEventListener("visibilitychange", () => (document.hidden ? schedule() : poll()));
  addEventListener("online", poll);
  isWide.addEventListener("change", () => {
    if (!isOpen()) return;
    const focused = host.shadowRoot.activeElement;
    dialog.close();
    unfold();
    focused?.focus();
  });
  host = document.createElement(NAME);
  host.shadowRoot.append(dialog);
}

/** Beside the page where there is room, else in place of it. */
const unfold = () => (isWide.matches ? dialog.show() : dialog.showModal());

function open() {
  if (!host) build();
  if (!host.isConnected) document.body.append(host);
  if (dialog.open) return;
  opener = document.activeElement;
  seenAlive = Date.now();
  unfold();
  tell("show");
}

function hide() {
  if (!isOpen()) return;
  clearTimeout(timer);
  keepPlace();
  dialog.close();
  // The page may have been drawn anew meanwhile.
  const target = opener?.isConnected ? opener : opener?.id && document.getElementById(opener.id);
  if (target && target !== document.body) target.focus();
  opener = null;
  tell("hide");
}

/** Shows these views, the last on top. */
function present(...next) {
  keepPlace();
  open();
  views = next;
  arrive();
}

const push = (view) => present(...views, view);
const goBack = () => present(...views.slice(0, -1));

function keepPlace() {
  const view = top();
  if (view?.scroll?.isConnected) view.place = view.scroll.scrollTop;
}

function arrive() {
  const view = top();
  failures = rest = 0;
  notice.textContent = announcer.textContent = "";
  back.hidden = views.length < 2;
  entitle();
  stage.replaceChildren(view.loaded ? view.element : waiting());
  if (view.loaded && view.scroll) view.scroll.scrollTop = view.place ?? 0;
  heading.focus();
  poll();
}

function entitle() {
  heading.textContent = top().title;
}

const waiting = () => element("div", { class: "alone soft", role: "status" }, "Loading…");

function fail(view, error) {
  const again = () => {
    views = [...views.slice(0, -1), view.again()];
    arrive();
  };
  const way = error.status === 401
    ? element("a", { class: "button main", href: `${origin}/tickets` }, "Sign in")
    : element("button", { class: "button", type: "button", click: again }, "Try again");
  view.loaded = false;
  stage.replaceChildren(element("div", { class: "alone" }, element("p", { role: "alert" }, error.words), way));
}

// ---- Live: the top view asks for its own address, with the tag of what it shows. ----

function pause() {
  const quiet = Date.now() - seenAlive;
  const usual = document.hidden ? 60_000 : quiet < 30_000 ? 4_500 : quiet < 300_000 ? 6_000 : 20_000;
  return Math.max(Math.min(usual * 2 ** failures, 120_000), rest);
}

function schedule() {
  clearTimeout(timer);
  if (isOpen() && top() && !top().over) timer = setTimeout(poll, pause());
}

function alive() {
  const wasQuiet = Date.now() - seenAlive > 30_000;
  seenAlive = Date.now();
  if (wasQuiet) schedule();
}

async function poll() {
  clearTimeout(timer);
  const view = top();
  if (!isOpen() || !view || view.over || view.asking) return;
  view.asking = true;
  try {
    await view.before?.();
    const { json, tag } = await ask("GET", view.path, null, view.tag);
    view.tag = tag ?? view.tag;
    const isNews = json && view.loaded;
    if (json) view.learn(json);
    view.loaded = true;
    if (view === top()) {
      failures = rest = 0;
      notice.textContent = "";
      entitle();
      if (!view.element.isConnected) {
        stage.replaceChildren(view.element);
        view.shown?.();
      }
    }
    if (isNews) tell("changed");
  } catch (error) {
    if (error === GONE) return;
    if (!(error instanceof Refusal)) throw error;
    view.over = !error.passes;
    if (view === top()) {
      failures = Math.min(failures + 1, 5);
      rest = 1000 * (error.after || 0);
      if (error.passes && view.loaded) notice.textContent = error.words;
      else if (!view.instead?.(error)) fail(view, error);
    }
  } finally {
    view.asking = false;
  }
  if (view === top()) schedule();
}

/** Runs what a button does, once at a time; the words of a refusal go to `say`. */
async function once(button, say, action) {
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

const sayAbove = (words) => (notice.textContent = words);

// ---- The tickets space. ----

function spaceView() {
  const rows = new Map();
  let tickets = [];
  let cursor = null;
  const banner = element("a", { class: "banner", hidden: true },
    element("span", null, "All your company’s tickets", element("small", null, "Open the tickets portal")), element("span", { class: "arrow", "aria-hidden": "true" }, "→"));
  const list = element("ul", { class: "rows", role: "list" });
  const empty = element("p", { class: "alone soft", hidden: true }, "No tickets yet. Those that you create or join are listed here.");
  const older = element("button", { class: "button", type: "button", click: () => once(older, sayAbove, async () => {
    const { json } = await ask("GET", `/api/tickets-space?${new URLSearchParams({ cursor })}`);
    const first = tickets.length;
    tickets = [...tickets, ...json.tickets.filter((it) => !tickets.some((other) => other.id === it.id))];
    cursor = json.next_cursor;
    show();
    if (older.hidden) list.children[first]?.firstChild.focus();
  }) }, "Older tickets");
  const scroll = element("div", { class: "scroll" }, banner, list, empty, element("p", { class: "more" }, older));

  const show = () => {
    arrange(list, tickets.map(rowOf));
    empty.hidden = tickets.length > 0;
    older.hidden = !cursor;
  };
  const rowOf = (ticket) => {
    const said = JSON.stringify(ticket);
    const row = rows.get(ticket.id) ?? element("li", null, element("button", { class: "row", type: "button" }));
    if (row.said !== said) {
      const { role, number, created_by, updated_at } = ticket;
      row.said = said;
      row.firstChild.onclick = () => push(ticketView(ticket.id, ticket));
      row.firstChild.replaceChildren(
        element("span", { class: "over" }, state(ticket.state), element("span", null, `#${number}`)),
        element("span", { class: "title", dir: "auto" }, ticket.title),
        element("span", { class: "over" }, role === "creator" ? "Created by you" : element("span", null, "You joined", created_by.name && !created_by.you ? [" · by ", element("bdi", null, created_by.name)] : null), time(updated_at)),
      );
      rows.set(ticket.id, row);
    }
    return row;
  };
  return {
    title: "Your tickets",
    path: "/api/tickets-space",
    element: element("div", { class: "view" }, scroll),
    scroll,
    again: spaceView,
    learn({ tickets: first, portal, next_cursor }) {
      banner.hidden = portal.access !== "granted";
      if (!banner.hidden) banner.href = portal.url;
      // The first page is told anew; what was loaded after it stays, unless it has moved up or gone.
      const isBelow = ({ id, updated_at }, last) => updated_at < last.updated_at || (updated_at === last.updated_at && id < last.id);
      const below = next_cursor ? tickets.filter((it) => isBelow(it, first.at(-1))) : [];
      if (below.length === 0) cursor = next_cursor;
      tickets = [...first, ...below];
      show();
    },
  };
}

// ---- A ticket. ----

function ticketView(id, row) {
  const act = element("button", { class: "button main wide", type: "button", click: () => push(conversation ? conversationView(conversation.id, id) : openingView(id)) });
  const card = element("article", { class: "card" });
  const more = element("p", null, element("a", { href: `${origin}/tickets/${id}` }, "All details and history"));
  const scroll = element("div", { class: "scroll" }, card, more);
  let conversation = null;
  const show = (ticket) => {
    const fact = (name, value) => value && [element("dt", null, name), element("dd", null, value)];
    const person = ticket.created_by.you ? "You" : ticket.created_by.name && element("bdi", null, ticket.created_by.name);
    arrange(card, [
      element("p", { class: "over" }, state(ticket.state), element("span", null, `#${ticket.number}`)),
      element("h3", { dir: "auto" }, ticket.title),
      ...(ticket.description ? [element("div", { class: "text", dir: "auto" }, linked(ticket.description))] : []),
      element("dl", null, fact("Type", ticket.type.name), fact("Company", ticket.company && element("bdi", null, ticket.company.name)), fact("Created by", person), fact("Created", time(ticket.created_at)), fact("Updated", time(ticket.updated_at))),
    ]);
    card.append(act);
  };
  return {
    title: row ? `Ticket #${row.number}` : "Ticket",
    path: `/api/tickets/${id}`,
    element: element("div", { class: "view" }, scroll),
    scroll,
    again: () => ticketView(id, row),
    learn(ticket) {
      conversation = ticket.conversation;
      this.title = `Ticket #${ticket.number}`;
      act.textContent = !conversation ? "Send us a message" : conversation.participating ? "Continue the conversation" : "View the conversation";
      show(ticket);
    },
    // Who may not enter the portal still has the tickets of their own space, and the conversations about them.
    instead(error) {
      if (error.status !== 403 || !row) return false;
      act.textContent = row.role === "participant" ? "Continue the conversation" : "Send us a message";
      more.hidden = true;
      show(row);
      stage.replaceChildren(this.element);
      return (this.loaded = true);
    },
  };
}

/** Until the conversation of a ticket is there: the one it has, or a new one. */
function openingView(ticket) {
  return {
    title: "Conversation",
    again: () => openingView(ticket),
    async before() {
      const { json } = await ask("POST", `/api/tickets/${ticket}/conversation`);
      tell("changed");
      if (top() === this) present(...views.slice(0, -1), conversationView(json.id, ticket));
      throw GONE;
    },
  };
}

// ---- A conversation. ----

function conversationView(id, ticket) {
  const path = `/api/conversations/${id}${ticket ? `?${new URLSearchParams({ ticket })}` : ""}`;
  const items = new Map();
  /** Messages on their way: each keeps its id, so that sending it again changes nothing twice. */
  let outbox = [];
  let parts = [];
  let cursor = null;
  let participating = null;
  let unread = 0;

  const about = element("div", { class: "about", hidden: true });
  const earlier = element("button", { class: "button", type: "button", click: () => once(earlier, sayAbove, async () => {
    const { json } = await ask("GET", `/api/conversations/${id}?${new URLSearchParams({ cursor })}`);
    const bottom = scroll.scrollHeight - scroll.scrollTop;
    parts = [...json.parts, ...parts];
    cursor = json.next_cursor;
    show();
    scroll.scrollTop = scroll.scrollHeight - bottom;
    announcer.textContent = `${json.parts.length} earlier messages`;
    if (earlier.hidden) scroll.focus({ preventScroll: true });
  }) }, "Earlier messages");
  const list = element("ol", { class: "thread", role: "list" });
  const nothing = element("p", { class: "alone soft", hidden: true }, "Nothing has been written yet.");
  const scroll = element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Messages", scroll: () => isAtEnd() && read() },
    element("p", { class: "more", hidden: true }, earlier), nothing, list);
  const news = element("button", { class: "button new", type: "button", hidden: true, click: () => {
    toEnd();
    read();
    scroll.focus({ preventScroll: true });
  } });
  const foot = element("div", { class: "foot", hidden: true });

  const isAtEnd = () => scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 48;
  const toEnd = () => (scroll.scrollTop = scroll.scrollHeight);
  const read = () => {
    unread = 0;
    news.hidden = true;
  };
  const show = () => {
    arrange(list, [...parts.map(itemOf), ...outbox.map((it) => it.item)]);
    earlier.hidden = earlier.parentNode.hidden = !cursor;
    nothing.hidden = list.children.length > 0;
  };
  const itemOf = (part) => {
    if (!items.has(part.id)) {
      const { name, kind, you } = part.author;
      items.set(part.id, element("li", { class: `${kind} ${you ? "you" : ""}` },
        element("p", { class: "by" }, element("bdi", null, you ? "You" : name), kind === "teammate" && " Support", " · ", time(part.at)),
        element("div", { class: "text", dir: "auto" }, linked(part.body))));
    }
    return items.get(part.id);
  };

  const learn = (json) => {
    const isFirst = participating === null;
    const wasAtEnd = isFirst || isAtEnd();
    const known = new Set(parts.map((it) => it.id));
    // Who was away for longer than a page begins anew.
    const isGap = json.next_cursor && !json.parts.some((it) => known.has(it.id));
    const first = json.parts[0];
    const before = isGap || !first ? [] : parts.slice(0, Math.max(0, parts.findIndex((it) => it.id === first.id)));
    if (before.length === 0) cursor = json.next_cursor;
    parts = [...before, ...json.parts];
    const others = isFirst ? [] : json.parts.filter((it) => !known.has(it.id) && !it.author.you);
    show();
    if (wasAtEnd) toEnd();
    else if (others.length > 0) {
      unread += others.length;
      news.textContent = unread === 1 ? "1 new message" : `${unread} new messages`;
      news.hidden = false;
    }
    if (others.length > 0) announcer.replaceChildren(...others.map((it) => element("span", null, `New message from ${it.author.name}: ${it.body.slice(0, 300)} `)));
    view.title = json.title;
    about.hidden = !json.ticket;
    if (json.ticket) {
      const { id, number } = json.ticket;
      about.replaceChildren(state(json.ticket.state), element("button", { type: "button", click: () => (views.at(-2)?.path === `/api/tickets/${id}` ? goBack() : push(ticketView(id, json.ticket))) }, `Ticket #${number}`));
    }
    if (participating !== json.participating) {
      participating = json.participating;
      foot.replaceChildren(...(participating ? [composer()] : offer()));
      foot.hidden = false;
      if (wasAtEnd) toEnd();
    }
  };

  const offer = () => {
    const wrong = element("p", { class: "wrong", role: "alert", hidden: true });
    const button = element("button", { class: "button main wide", type: "button", click: () => once(button, into(wrong), async () => {
      await ask("POST", `/api/conversations/${id}/join`);
      participating = true;
      foot.replaceChildren(composer());
      foot.querySelector("textarea").focus();
      announcer.textContent = "You joined the conversation.";
      tell("changed");
      poll();
    }) }, "Join conversation");
    return [wrong, element("p", { class: "soft" }, "Join this conversation to write in it and to find it among your tickets."), button];
  };

  const composer = () => {
    const wrong = element("p", { class: "wrong", role: "alert", hidden: true });
    const box = element("textarea", { id: "box", rows: 2, maxlength: 20_000, dir: "auto", enterkeyhint: isWide.matches ? "send" : "enter", input: () => drafts.set(id, box.value), keydown: (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || !isWide.matches) return;
      event.preventDefault();
      submit();
    } });
    box.value = drafts.get(id) ?? "";
    const submit = () => {
      const body = box.value;
      if (!body.trim()) return box.focus();
      box.value = "";
      drafts.delete(id);
      into(wrong)("");
      const message = { body, client_id: crypto.randomUUID(), item: element("li", { class: "you pending" }) };
      message.refused = (error) => {
        box.value = [body, box.value].filter(Boolean).join("\n\n");
        drafts.set(id, box.value);
        into(wrong)(error.words);
      };
      outbox.push(message);
      deliver(message);
      show();
      toEnd();
      box.focus();
    };
    return element("form", { submit: (event) => {
      event.preventDefault();
      submit();
    } }, wrong, element("label", { for: "box" }, "Your message"), box, element("div", { class: "send" }, isWide.matches && element("span", null, "Enter sends, Shift + Enter begins a line"), element("button", { class: "button main" }, "Send")));
  };

  /** Sends a message; one that is on its way is waited for. */
  const deliver = (message) => (message.way ??= carry(message).finally(() => (message.way = null)));
  const carry = async (message) => {
    const { body, client_id, item } = message;
    const tellHow = (words, ...more) => item.replaceChildren(element("p", { class: "by" }, element("bdi", null, "You"), ` · ${words}`), element("div", { class: "text", dir: "auto" }, body), ...more);
    item.classList.remove("failed");
    tellHow("Sending…");
    try {
      const { json: part } = await ask("POST", `/api/conversations/${id}/messages`, { body, client_id });
      outbox = outbox.filter((it) => it !== message);
      if (!parts.some((it) => it.id === part.id)) parts.push(part);
      if (item.contains(host.shadowRoot.activeElement)) scroll.focus({ preventScroll: true });
      show();
      tell("changed");
      announcer.textContent = "Your message was sent.";
    } catch (error) {
      if (error === GONE) return;
      if (!(error instanceof Refusal)) throw error;
      if (error.passes) {
        item.classList.add("failed");
        tellHow("Not sent", element("p", { role: "alert" }, error.words), element("button", { class: "button", type: "button", click: () => deliver(message).then(() => top() === view && poll()) }, "Try again"));
        if (isAtEnd()) toEnd();
      } else {
        outbox = outbox.filter((it) => it !== message);
        show();
        message.refused(error);
        // Whoever takes no longer part is offered to join.
        view.tag = null;
      }
    }
  };
  const into = (place) => (words) => {
    place.textContent = words;
    place.hidden = !words;
  };

  const view = {
    title: "Conversation",
    path,
    element: element("div", { class: "view" }, about, scroll, element("div", { class: "fresh" }, news), foot),
    scroll,
    again: () => conversationView(id, ticket),
    // What could not be sent goes first, so that nothing is shown twice.
    before: () => Promise.all(outbox.map(deliver)),
    learn,
    shown: toEnd,
  };
  return view;
}

// ---- window.TicketsPortal ----

/** Nothing of whoever was shown stays. */
function forget() {
  reader += 1;
  hide();
  views = [];
  drafts.clear();
  session = null;
  if (!host) return;
  stage.replaceChildren();
  for (const it of [heading, notice, announcer]) it.textContent = "";
  host.remove();
}

function idOf(value, what) {
  const id = String(value ?? "");
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(id)) throw new Error(`${what} takes an id, not ${JSON.stringify(value)}`);
  return id;
}

function booted() {
  if (!session) throw new Error('call TicketsPortal("boot") first');
}

const METHODS = {
  boot(settings = {}) {
    forget();
    if (settings === null || typeof settings !== "object") throw new Error("boot takes an object");
    const unknown = Object.keys(settings).filter((name) => name !== "identity_token");
    if (unknown.length > 0) throw new Error(`boot knows no setting ${unknown.join(", ")}`);
    const hasToken = "identity_token" in settings;
    const { identity_token } = settings;
    if (hasToken && (typeof identity_token !== "string" || !identity_token)) throw new Error("identity_token must be the token that your backend signed; leave it out to use the session that there is");
    // Whoever was signed in before is not whom a token that was refused is for.
    session = turn = turn.then(async () => {
      if (owed) await endSession();
      if (hasToken) await send("POST", "/api/session", { identity_token });
    });
    turn = session.catch(() => {});
    session.then(() => tell("changed"), (error) => complain(`boot: ${error.words ?? error}`));
  },
  shutdown() {
    forget();
    turn = turn.then(endSession).catch((error) => complain(`shutdown: ${error.words} The session will be ended by the next boot.`)).then(() => tell("changed"));
  },
  show() {
    booted();
    if (isOpen()) return;
    if (views.length > 0) present(...views);
    else METHODS.showSpace("tickets");
  },
  hide,
  showSpace(space) {
    booted();
    if (space !== "tickets") throw new Error(`there is no space ${JSON.stringify(space)}, only "tickets"`);
    present(spaceView());
  },
  showTicket(ticket) {
    booted();
    present(spaceView(), ticketView(idOf(ticket, "showTicket")));
  },
  showConversation(conversation, ticket) {
    booted();
    present(spaceView(), conversationView(idOf(conversation, "showConversation"), ticket == null ? null : idOf(ticket, "showConversation")));
  },
  startConversation(ticket) {
    booted();
    present(spaceView(), openingView(idOf(ticket, "startConversation")));
  },
  onShow: (callback) => listen("show", callback),
  onHide: (callback) => listen("hide", callback),
};

function listen(what, callback) {
  if (typeof callback !== "function") throw new Error(`${what === "show" ? "onShow" : "onHide"} takes a function`);
  document.addEventListener(`tickets-portal:${what}`, () => callback());
}

function TicketsPortal(method, ...values) {
  try {
    if (!Object.hasOwn(METHODS, method)) throw new Error(`there is no method ${JSON.stringify(method)}; there are ${Object.keys(METHODS).join(", ")}`);
    METHODS[method](...values);
  } catch (error) {
    complain(error.message);
  }
}

// Loaded again, it leaves the one that works alone.
if (!customElements.get(NAME)) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  customElements.define(NAME, class extends HTMLElement {
    constructor() {
      super();
      this.attachShadow({ mode: "open" }).adoptedStyleSheets = [sheet];
    }
  });
  const before = window.TicketsPortal?.q ?? [];
  window.TicketsPortal = TicketsPortal;
  for (const call of before) TicketsPortal(...call);
}
