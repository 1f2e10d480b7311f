// The form for a new ticket: what is alike appears, what was typed is kept for its writer, and it is sent once.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { PRIYA, SAMIRA, indexing } from "../lib/pages.js";
import { FAILED, PHONE, SMALL_PHONE, api, inBrowser, origin, signIn, violations } from "../lib/site.js";

const title = (page) => page.getByLabel("What is it about?");
const text = (page) => page.getByLabel("What happened?");
const send = (page) => page.getByRole("button", { name: "Send", exact: true }).click();
const alike = (page) => page.locator("#alike li");
/** What the page asks while somebody types, and what it sends. */
const mayAsk = (request) => /\/(api\/tickets\/similar\?|tickets\/new$)/.test(request.url()) || (request.resourceType() === "fetch" && /\/tickets\/tk-/.test(request.url()));
const isQuestion = (it) => it.startsWith("GET /api/tickets/similar");

async function fill(page, words) {
  await title(page).fill(words);
  await page.getByLabel("Bug").check();
  await page.getByLabel("Area", { exact: false }).first().selectOption("Labels");
}

/** A colleague's ticket that is among those that are most like its own title, once search has the demo. */
async function findable() {
  await indexing();
  const { tickets } = await api(SAMIRA, "/api/tickets");
  for (const ticket of tickets.filter((it) => !it.created_by.you)) {
    const found = await api(SAMIRA, `/api/tickets/similar?${new URLSearchParams({ text: ticket.title })}`);
    if (found.tickets.some((it) => it.id === ticket.id)) return ticket;
  }
  throw new Error("Nothing is like itself.");
}

describe("a new ticket", { concurrency: 3 }, () => {
  test("is written and sent from the list, and stands in it", () =>
    inBrowser({ who: PRIYA, mayAsk, viewport: PHONE }, async (page) => {
      await page.goto("/tickets");
      await page.getByRole("link", { name: "New ticket" }).click();
      await fill(page, "The wrapping robot has a hiccup");
      await text(page).fill("It began at nine.\nNothing else changed.");
      await send(page);
      await page.waitForURL(/\/tickets\/tk-/);
      assert.equal(await page.getByRole("heading", { level: 1 }).textContent(), "The wrapping robot has a hiccup");
      assert.equal(await page.locator(".message .prose").last().textContent(), "It began at nine.\nNothing else changed.");
      const { tickets } = await api(PRIYA, "/api/tickets?q=hiccup&sort=created");
      assert.ok(tickets.length <= 1, "there is one, once search has it");
      await page.goto("/tickets/new");
      assert.equal(await title(page).inputValue(), "", "what was sent is no draft any more");
    }));

  test("works without script on a phone, with what is wrong beside its field", () =>
    inBrowser({ who: PRIYA, javaScriptEnabled: false, viewport: SMALL_PHONE, excused: FAILED }, async (page) => {
      await page.goto("/tickets/new");
      assert.equal(await page.getByLabel("Area", { exact: false }).count(), 1, "a type has its own fields");
      assert.equal(await page.locator(".asked-for:visible").count(), 0);
      await page.getByLabel("Bug").check();
      assert.equal(await page.locator(".asked-for:visible").count(), 1);
      await title(page).fill("Without script");
      await text(page).fill("Kept");
      await send(page);
      const area = page.getByLabel("Area", { exact: false }).first();
      assert.equal(await area.getAttribute("aria-invalid"), "true");
      assert.equal(await page.locator(`#${CSS_ID(await area.getAttribute("aria-describedby"))}`).textContent(), "This is needed.");
      assert.equal(await text(page).inputValue(), "Kept");
      await area.selectOption("Labels");
      await page.getByRole("button", { name: "Has a colleague reported it?" }).click();
      assert.ok(await page.locator("#alike").isVisible());
      await send(page);
      assert.match(page.url(), /\/tickets\/tk-/);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    }));

  test("asks for what is alike at most once a second, and not while nothing changes", () =>
    inBrowser({ who: SAMIRA, mayAsk }, async (page, seen) => {
      const known = await findable();
      await page.goto("/tickets/new");
      const began = Date.now();
      await title(page).pressSequentially(known.title, { delay: 60 });
      await alike(page).filter({ hasText: known.title }).waitFor();
      const took = Date.now() - began;
      const asked = seen.requests.filter(isQuestion).length;
      assert.ok(asked >= 1 && asked <= 1 + took / 1000, `${asked} questions in ${took} ms`);
      await page.waitForTimeout(2500);
      const later = seen.requests.filter(isQuestion).length;
      assert.ok(later <= asked + 1, "typing has ended");
      await page.waitForTimeout(1500);
      assert.equal(seen.requests.filter(isQuestion).length, later);
      await alike(page).filter({ hasText: known.title }).getByRole("button", { name: "This is it" }).click();
      await page.waitForURL(`${origin}${known.url}`);
      assert.equal((await api(SAMIRA, `/api/tickets/${known.id}`)).following, true);
      await page.goto("/tickets/new");
      assert.equal(await title(page).inputValue(), "");
    }));

  test("is kept over a reload and the end of a session, and for nobody else", () =>
    inBrowser({ mayAsk, excused: FAILED }, async (page) => {
      await page.context().addCookies(await signIn(SAMIRA));
      await page.goto("/tickets/new");
      await fill(page, "Half a sentence");
      await page.getByLabel("Private to me and support").check();
      const key = await page.locator("[name=key]").inputValue();
      await page.reload();
      assert.equal(await title(page).inputValue(), "Half a sentence");
      assert.ok(await page.getByLabel("Private to me and support").isChecked(), "what was private stays private");
      assert.equal(await page.locator("[name=key]").inputValue(), key, "it is the same one");

      await page.context().clearCookies();
      await page.locator("[name=company]").selectOption({ index: 1 });
      await send(page);
      await page.getByRole("alert").getByText("You are signed out").waitFor();
      await page.context().addCookies(await signIn(SAMIRA));
      await page.goto("/tickets/new");
      assert.equal(await title(page).inputValue(), "Half a sentence");

      await page.context().clearCookies();
      await page.context().addCookies(await signIn(PRIYA));
      await page.goto("/tickets/new");
      assert.equal(await title(page).inputValue(), "");
    }));

  test("is sent once when the network is cut after sending", () =>
    inBrowser({ who: PRIYA, mayAsk, excused: /Failed to load resource|ERR_/ }, async (page) => {
      await page.goto("/tickets/new");
      await fill(page, "Once and only once");
      const before = (await api(PRIYA, "/api/tickets")).counts.all;
      await page.route("**/tickets/new", async (route) => {
        if (route.request().method() !== "POST") return route.continue();
        await route.fetch({ maxRedirects: 0 });
        return route.abort();
      });
      await send(page);
      await page.getByRole("alert").getByText("could not be sent").waitFor();
      await page.unroute("**/tickets/new");
      await page.reload();
      assert.equal(await title(page).inputValue(), "Once and only once");
      await send(page);
      await page.waitForURL(/\/tickets\/tk-/);
      assert.equal((await api(PRIYA, "/api/tickets")).counts.all, before + 1);
    }));

  test("has nothing that axe finds wrong", () =>
    inBrowser({ who: SAMIRA, axe: true, mayAsk }, async (page) => {
      await page.goto("/tickets/new");
      assert.deepEqual(await violations(page), []);
      await fill(page, "Labels are printed twice");
      await alike(page).first().waitFor();
      assert.deepEqual(await violations(page), []);
    }));
});

/** An id with points in it, for a selector. */
function CSS_ID(id) {
  return id.replaceAll(".", "\\.");
}
