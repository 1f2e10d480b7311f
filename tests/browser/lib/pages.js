// Every kind of page there is. Which ticket shows something is looked up: the demo's numbers are nobody's business here.

import assert from "node:assert/strict";
import { EXTREME, LABELS } from "./extremes.js";
import { api, extremes, inBrowser, most, origin, ticketsOf } from "./site.js";
import { NGOZI, deskApi, deskSend, teammateCookies, viewingCookies } from "./teammate.js";

/** In one company with several pages of tickets. */
export const PRIYA = "u-priya";
/** In three companies. */
export const SAMIRA = "u-samira";
/** Writes and reads Arabic. */
export const YOUSEF = "u-yousef";
/** In a company whose id is hard to put into an address. */
export const FREJA = "u-freja";

const ARABIC = /[\u0600-\u06ff]/;

let details;
/** The tickets of Samira's companies, as their pages show them. */
export function samirasTickets() {
  const all = async () => {
    const tickets = [];
    for (const { id } of await ticketsOf(SAMIRA)) tickets.push(await api(SAMIRA, `/api/tickets/${id}`));
    return tickets;
  };
  return (details ??= all());
}

/** For a teammate; `path` may be looked up. */
const desk = (name, path, more) => ({ name: `Help Desk: ${name}`, ...more, find: async () => ({
  path: typeof path === "string" ? path : await path(),
  cookies: [...(await teammateCookies(NGOZI)), ...(more?.column ? [{ name: "desk_columns", value: "company", url: origin }] : [])],
}) });
let marked;
/** A ticket of words that nothing breaks which repeats one like it. */
const repeating = () => (marked ??= (async () => {
  const { id, version } = await deskApi("/api/helpdesk/tickets/tk-900003");
  await deskSend("PUT", `/api/helpdesk/tickets/${id}/duplicate`, { of: "tk-900002", version });
  return id;
})());
const longest = async () => most(await samirasTickets(), (it) => it.history.length).id;
const messages = (ticket) => ticket.timeline.filter((it) => it.kind === "message").length;
const foldsEvents = ({ timeline }) => timeline.some((it, index) => it.kind === "event" && timeline[index + 1]?.kind === "event");
const talkedAbout = async () => (await samirasTickets()).find((it) => it.conversation).id;
const openSummary = (text) => (page) => page.locator("summary", { hasText: text }).click();

const FORGED = [{ name: "portal_session", value: "forged", url: origin }];
const openMenu = (label) => (page) => page.locator("details.menu > summary", { hasText: label }).click();

/**
 * Each says who looks, where, and with which status. `find` looks the place up; `prepare` brings the page into the
 * state in question.
 */
export const PAGES = [
  { name: "list of one company", who: PRIYA, path: "/tickets" },
  { name: "list of three companies", who: SAMIRA, path: "/tickets" },
  { name: "list with the state menu open", who: SAMIRA, path: "/tickets", prepare: openMenu("State") },
  { name: "list with the company menu open", who: SAMIRA, path: "/tickets?state=waiting_on_customer", prepare: openMenu("Company") },
  { name: "list with a state chosen", who: SAMIRA, path: "/tickets?state=resolved&company=bluepeak" },
  { name: "list with the panel of filters open", who: SAMIRA, path: "/tickets?updated_from=2026-01-01&sort=title", prepare: openMenu("More") },
  { name: "list that filters leave empty", who: SAMIRA, path: "/tickets?state=resolved&updated_to=2001-01-01" },
  { name: "list in Arabic", who: YOUSEF, path: "/tickets" },
  { name: "second page", who: PRIYA, find: async () => {
    const { next_cursor } = await api(PRIYA, "/api/tickets");
    return { path: `/tickets?${new URLSearchParams({ cursor: next_cursor })}` };
  } },
  { name: "ticket with the longest title", who: SAMIRA, find: async () => ({ path: most(await samirasTickets(), (it) => it.title.length).url }) },
  { name: "ticket with the longest history", who: SAMIRA, find: async () => ({ path: most(await samirasTickets(), (it) => it.history.length).url }) },
  { name: "ticket with the most attributes", who: SAMIRA, find: async () => ({ path: most(await samirasTickets(), (it) => it.attributes.length).url }) },
  { name: "ticket with the longest thread", who: SAMIRA, find: async () => ({ path: most((await samirasTickets()).filter((it) => it.conversation?.participating), messages).url }) },
  { name: "who takes part in a ticket", who: SAMIRA, find: async () => ({ path: `${most((await samirasTickets()).filter((it) => it.conversation), (it) => it.conversation.participants).url}/people` }) },
  { name: "ticket that waits on the customer", who: SAMIRA, find: async () => ({ path: (await samirasTickets()).find((it) => it.asked).url }) },
  { name: "ticket whose conversation can be joined", who: SAMIRA, find: async () => ({ path: most((await samirasTickets()).filter((it) => it.conversation && !it.conversation.participating), messages).url }) },
  { name: "ticket with its events unfolded", who: SAMIRA, find: async () => ({ path: (await samirasTickets()).find(foldsEvents).url }), prepare: (page) => page.locator(".thread summary").first().click() },
  { name: "ticket with a right-to-left title", who: YOUSEF, find: async () => {
    const rows = await ticketsOf(YOUSEF);
    return { path: most(rows.filter((it) => ARABIC.test(it.title)), (it) => it.title.length).url };
  } },
  { name: "refusal: no company", who: "u-viktor", path: "/tickets", status: 403 },
  { name: "refusal: no e-mail address", who: "u-ebele", path: "/tickets", status: 403 },
  { name: "refusal: no tickets", who: "u-marisol", path: "/tickets", status: 403 },
  { name: "refusal: neither e-mail address nor company", who: "u-kai", path: "/tickets", status: 403 },
  { name: "refusal: a session that is forged", cookies: FORGED, path: "/tickets", status: 401 },
  { name: "ticket that is not there", who: PRIYA, path: "/tickets/tk-0", status: 404 },
  { name: "address that leads nowhere", path: "/nothing", status: 404 },
  { name: "filter that there is none of", who: PRIYA, path: "/tickets?state=closed", status: 400 },
  { name: "sign-in page", path: "/sign-in" },
  { name: "sign-in page for teammates", path: "/sign-in?return_to=%2Fhelpdesk" },
  { name: "address at the Help Desk that leads nowhere", path: "/helpdesk/nothing", status: 404, find: async () => ({ cookies: await teammateCookies(NGOZI) }) },
  desk("inbox", "/helpdesk"),
  desk("inbox of what waits on customers, with the assignee menu open", "/helpdesk?turn=customer", { prepare: openMenu("Assignee") }),
  desk("inbox that a filter leaves empty", "/helpdesk?turn=none&assignee=nobody-like-this"),
  desk("search", "/helpdesk/search"),
  desk("search for words, with the Company column", async () => (await indexing(), "/helpdesk/search?q=label+printer"), { column: true }),
  desk("search of conversations, second page", async () => {
    const { next_cursor } = await deskApi("/api/helpdesk/search?kind=conversation");
    return `/helpdesk/search?${new URLSearchParams({ kind: "conversation", cursor: next_cursor })}`;
  }),
  desk("search with the company menu open", "/helpdesk/search", { prepare: openMenu("Company") }),
  desk("search that finds nothing", "/helpdesk/search?q=nothinglikethis&state=resolved&kind=ticket&no_company=true"),
  desk("ticket with the longest history", async () => `/helpdesk/tickets/${await longest()}`),
  desk("ticket whose words are edited", async () => `/helpdesk/tickets/${await longest()}`, { prepare: openSummary("Edit title") }),
  desk("review of a change of company", async () => `/helpdesk/tickets/${await longest()}/company?no_company=true`),
  desk("review of a company that is none of theirs", async () => `/helpdesk/tickets/${await longest()}/company?company=nobody%27s`, { status: 422 }),
  desk("new ticket", "/helpdesk/new"),
  desk("new ticket for somebody in several companies", `/helpdesk/new?requester=${SAMIRA}`),
  desk("ticket with a conversation", async () => `/helpdesk/tickets/${await talkedAbout()}`),
  desk("companies", "/helpdesk/companies"),
  desk("companies, none of them", "/helpdesk/companies?q=zzz"),
  desk("company", "/helpdesk/companies?id=bluepeak"),
  desk("tickets of a company", "/helpdesk/companies/tickets?id=bluepeak"),
  desk("tickets of a company in a state, with the menu open", "/helpdesk/companies/tickets?id=bluepeak&state=submitted", { prepare: openMenu("State") }),
  desk("second page of a company's tickets", async () => {
    const { next_cursor } = await deskApi("/api/helpdesk/companies/tickets?id=bluepeak");
    return `/helpdesk/companies/tickets?${new URLSearchParams({ id: "bluepeak", cursor: next_cursor })}`;
  }),
  desk("people", "/helpdesk/people"),
  desk("contact in three companies", `/helpdesk/people?id=${SAMIRA}`),
  desk("contact who writes Arabic", `/helpdesk/people?id=${YOUSEF}`),
  desk("settings", "/helpdesk/settings"),
  desk("settings with conditions that are being written", "/helpdesk/settings", { prepare: async (page) => {
    for (const list of ["Who may enter", "What members see", "What members see"]) {
      await page.getByRole("group", { name: list }).getByRole("button", { name: "Add a condition" }).click();
    }
  } }),
  desk("ticket types, with one that is being added", "/helpdesk/settings/types", { prepare: openSummary("Add a ticket type") }),
  desk("ticket states, with one that is being added", "/helpdesk/settings/states", { prepare: openSummary("Add a ticket state") }),
  desk("team, with somebody who is being added", "/helpdesk/settings/team", { prepare: openSummary("Add a teammate") }),
  desk("ticket that is not there", "/helpdesk/tickets/tk-0", { status: 404 }),
  // A portal that runs already is not ours to put data into.
  ...(extremes ? [
    { name: "list that a teammate sees as a contact", path: "/tickets", find: async () => ({ cookies: await viewingCookies(NGOZI, SAMIRA) }) },
    { name: "refusal that a teammate sees as a contact", path: "/tickets", status: 403, find: async () => ({ cookies: await viewingCookies(NGOZI, "u-kai") }) },
    { name: "list that a filter leaves empty", who: EXTREME, path: "/tickets?state=submitted&company=browser-tests" },
    { name: "list of words that nothing breaks", who: EXTREME, path: "/tickets" },
    { name: "list with a company menu of words that nothing breaks", who: EXTREME, path: "/tickets?company=browser-tests", prepare: openMenu("Company") },
    { name: "ticket with the longest of everything", who: EXTREME, path: "/tickets/tk-900001" },
    { name: "ticket with a right-to-left title and no description", who: EXTREME, path: "/tickets/tk-900002" },
    desk("ticket with the longest of everything", "/helpdesk/tickets/tk-900001"),
    desk("ticket that looks like HTML", "/helpdesk/tickets/tk-900003"),
    desk("conversation without a ticket, of words that nothing breaks", "/helpdesk/conversations/c-browser-open", { prepare: openSummary("Convert to ticket") }),
    desk("company of words that nothing breaks", "/helpdesk/companies?id=browser-tests"),
    desk("tickets of a company of words that nothing breaks", "/helpdesk/companies/tickets?id=browser-tests"),
    desk("contact of words that nothing breaks", `/helpdesk/people?id=${EXTREME}`),
    desk("contact without anything", "/helpdesk/people?id=u-browser-nobody"),
    desk("search in a company of words that nothing breaks", "/helpdesk/search?company=browser-tests&link=c-browser-open"),
    { name: "ticket in a state of a sentence", who: LABELS.contact, path: "/tickets/tk-900004" },
    { name: "ticket in a state that nothing breaks", who: LABELS.contact, path: "/tickets/tk-900005" },
    { name: "list of states that nothing breaks", who: LABELS.contact, path: "/tickets" },
    desk("ticket in a state that nothing breaks", "/helpdesk/tickets/tk-900005"),
    desk("search of states that nothing breaks", "/helpdesk/search?company=browser-labels"),
    { name: "ticket that looks like HTML", who: EXTREME, path: "/tickets/tk-900003" },
    { name: "who takes part, with a title that nothing breaks", who: EXTREME, path: "/tickets/tk-900001/people" },
    { name: "duplicate", who: EXTREME, find: async () => ({ path: `/tickets/${await repeating()}` }) },
    desk("duplicate", async () => `/helpdesk/tickets/${await repeating()}`),
    desk("ticket that another one repeats", async () => (await repeating(), "/helpdesk/tickets/tk-900002")),
  ] : []),
];

/** Opens one of [`PAGES`] as whoever looks, and hands it on as `inBrowser` does, with the response. */
export async function onPage(it, options, use) {
  if (it.find) Object.assign(it, await it.find(), { find: null });
  const { who, path, status = 200, cookies, prepare } = it;
  return inBrowser({ who, ...options }, async (page, seen) => {
    if (cookies) await page.context().addCookies(cookies);
    const response = await page.goto(path);
    assert.equal(response.status(), status, path);
    await prepare?.(page);
    return use(page, seen, response);
  });
}

let indexed;
/** Waits until search has what this run started with: it follows what is written. */
export const indexing = () => (indexed ??= (async () => {
  const until = Date.now() + 240_000;
  const has = async (words, search) => {
    while ((await search()).length === 0) {
      assert.ok(Date.now() < until, `search has no ${words}`);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  };
  const { tickets } = await api(SAMIRA, "/api/tickets?limit=100");
  for (const { number } of tickets) await has(`#${number}`, async () => (await api(SAMIRA, `/api/tickets?q=%23${number}`)).tickets);
  // What this run put beside the demo came after it.
  if (extremes) await has("spindle", async () => (await deskApi("/api/helpdesk/search?q=spindle+plain")).results);
})());
