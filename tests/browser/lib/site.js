// One portal and one browser for the whole run, and what every test does with them.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";
import { openPortal } from "./portal.js";

const portal = await openPortal();
export const { origin, extremes } = portal;

if (!(await (await fetch(`${origin}/sign-in`)).text()).includes("Samira Osei")) {
  await portal.stop();
  throw new Error(`The portal at ${origin} has no demo data.`);
}

export const launch = (...more) => chromium.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  headless: true,
  args: [...more, "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const browser = await launch();

/** Ends what this run started. */
export async function close() {
  await browser.close();
  await portal.stop();
}

export const WIDE = { width: 1280, height: 900 };
export const PHONE = { width: 390, height: 844 };
export const SMALL_PHONE = { width: 320, height: 640 };
/** A4, without the margins of a browser. */
export const PAPER = { width: 718, height: 1046 };

/** What a page logs when the network, or the portal, did not answer it as it should. */
export const FAILED = /Failed to load resource/;

export const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/**
 * Opens a browser window of its own, as `who` where given, and closes it after `use(page)`. Fails when the page logged
 * an error, broke its security policy, asked for anything but documents and what `mayAsk` lets it ask, or opened a dialog.
 * What is like `excused` does not count, whenever it comes: the console has a way of its own out of the browser.
 */
export async function inBrowser({ who, axe = false, mayAsk = () => false, excused, ...options }, use) {
  const context = await browser.newContext({
    baseURL: origin, viewport: WIDE, locale: "en-GB", timezoneId: "UTC", reducedMotion: "reduce", colorScheme: "light", ...options,
  });
  try {
    context.setDefaultTimeout(10_000);
    if (axe) await context.addInitScript(AXE);
    if (who) await context.addCookies(await cookiesOf(who));
    const page = await context.newPage();
    const seen = watch(page, options.baseURL ?? origin, mayAsk);
    const result = await use(page, seen);
    assert.deepEqual(seen.wrong.filter((it) => !excused?.test(it)), [], "what the page did wrong");
    return result;
  } finally {
    // The browser has been seen never to answer this. A window that stays open harms no other test.
    await Promise.race([context.close(), new Promise((resolve) => setTimeout(resolve, 10_000).unref())]);
  }
}

/** Notes what a page asks for and what goes wrong in it. */
function watch(page, origin, mayAsk) {
  const seen = { requests: [], wrong: [] };
  page.on("request", (request) => {
    if (request.url().startsWith("data:")) return;
    seen.requests.push(`${request.method()} ${request.url().replace(origin, "")}`);
    const isOurs = request.url().startsWith(`${origin}/`);
    // An open page asks for itself, to learn whether it has changed. What is written on it is sent from it, and answered with it.
    const isOfPage = request.resourceType() === "fetch" && request.url().split("#")[0] === page.url().split("#")[0];
    const isQuestion = isOfPage && (request.headers()["if-none-match"] || request.redirectedFrom());
    const isReading = request.method() === "PUT" && /\/api\/tickets\/[\w-]+\/read$/.test(request.url());
    // Results while somebody types, in the place of those that the page has.
    const isOfList = request.resourceType() === "fetch" && new URL(request.url()).pathname === new URL(page.url()).pathname;
    const isSearch = isOfList && /\/(tickets|helpdesk\/search)$/.test(new URL(request.url()).pathname);
    const isFinding = /\/api\/helpdesk\/(contacts\/find|tickets\/similar)\?/.test(request.url());
    const isMessage = request.method() === "POST" && /\/tickets\/[\w-]+\/conversation\/messages$/.test(request.url());
    if (!isOurs || !(request.resourceType() === "document" || isQuestion || isReading || isSearch || isFinding || isMessage || mayAsk(request))) seen.wrong.push(`asked for ${request.url()}`);
  });
  page.on("console", (message) => {
    // Violations of the policy arrive here too. That the page's own status is an error, the browser reports by itself.
    const isOwnStatus = message.location().url === page.url() && message.text().startsWith("Failed to load resource");
    if (["error", "warning"].includes(message.type()) && !isOwnStatus) seen.wrong.push(`logged ${message.text()}`);
  });
  page.on("pageerror", (error) => seen.wrong.push(`threw ${error}`));
  page.on("dialog", (dialog) => {
    seen.wrong.push(`opened a dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  return seen;
}

const HOST = `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>Quayhaven Freight Cloud</title>
<style>:root{color-scheme:light dark}body{margin:0;font:16px/1.5 system-ui,sans-serif}main{padding:2rem}</style>
<main><h1>Shipments</h1><p>A page of the vendor’s own, with the Messenger.</p><button id="open">Your conversation</button></main>
<script type="module" src="/embed/messenger.js"></script>
<script type="module">
TicketsPortal("boot");
document.getElementById("open").onclick = () => {
  const [conversation, ticket] = location.hash.slice(1).split(",");
  if (conversation) TicketsPortal("showConversation", conversation, ticket);
  else TicketsPortal("startConversation", ticket);
};
</script></html>`;

/** Opens a page of the vendor's own. Its button opens a conversation in the Messenger, or that of a ticket, which may be new. */
export async function host(page, conversation, ticket) {
  await page.route("**/host", (route) => route.fulfill({ contentType: "text/html", body: HOST }));
  await page.goto("about:blank");
  await page.goto(`/host#${conversation ?? ""},${ticket ?? ""}`);
  await page.waitForFunction(() => typeof TicketsPortal === "function" && document.getElementById("open").onclick);
}

/** `mayAsk` of a page on which somebody may open the Messenger: it is then loaded, and calls the customers' API. */
export function messenger() {
  let isOpen = false;
  return (request) => {
    const { pathname } = new URL(request.url());
    const isScript = pathname === "/embed/messenger.js";
    isOpen ||= isScript;
    return isScript || (isOpen && request.resourceType() === "fetch" && /^\/api\/(tickets|tickets-space|conversations|report)\b/.test(pathname));
  };
}

const AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/**
 * What axe finds wrong on the page, a line each, leaving out what `except` selects. The context must have been opened
 * with `axe: true`.
 */
export async function violations(page, except = []) {
  const { violations, passes } = await page.evaluate(
    ([values, exclude]) => axe.run({ exclude }, { runOnly: { type: "tag", values }, resultTypes: ["violations"] }),
    [AXE_TAGS, except],
  );
  assert.ok(passes.length > 10, "axe checked the page");
  return violations.flatMap((it) => it.nodes.map((node) => `${it.id}: ${node.target.join(" ")}: ${node.failureSummary}`));
}

const jars = new Map();

/** The cookies of somebody's session, for a browser. Tests share it: whoever signs out begins one with `signIn`. */
export async function cookiesOf(who) {
  if (!jars.has(who)) jars.set(who, signIn(who));
  return jars.get(who);
}

export async function signIn(who) {
  const answer = await fetch(`${origin}/sign-in?${new URLSearchParams({ contact: who })}`, { redirect: "manual" });
  assert.equal(answer.status, 303, `${who} can sign in`);
  return answer.headers.getSetCookie().map((cookie) => {
    const [pair] = cookie.split(";");
    const at = pair.indexOf("=");
    return { name: pair.slice(0, at), value: pair.slice(at + 1), url: origin, httpOnly: true };
  });
}

/** What the API tells `who`. */
export async function api(who, path) {
  const cookie = (await cookiesOf(who)).map(({ name, value }) => `${name}=${value}`).join("; ");
  const answer = await fetch(`${origin}${path}`, { headers: { cookie } });
  assert.equal(answer.status, 200, `${path} as ${who}`);
  return answer.json();
}

/** Sends something to the API as `who`. */
export async function post(who, path, body) {
  const cookie = (await cookiesOf(who)).map(({ name, value }) => `${name}=${value}`).join("; ");
  const headers = { cookie, origin, "content-type": "application/json" };
  const answer = await fetch(`${origin}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  assert.ok(answer.ok, `${path} as ${who}: ${answer.status}`);
  return answer.json();
}

/** Every ticket in somebody's list. */
export async function ticketsOf(who) {
  const tickets = [];
  for (let cursor = ""; cursor !== null; ) {
    const page = await api(who, `/api/tickets?limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
    tickets.push(...page.tickets);
    cursor = page.next_cursor;
  }
  return tickets;
}

/** The item of `list` for which `number` is highest. */
export function most(list, number) {
  assert.ok(list.length > 0, "there is something to choose from");
  return list.reduce((best, it) => (number(it) > number(best) ? it : best));
}
