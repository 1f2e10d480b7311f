// Reporting something from the Messenger.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { PRIYA, SAMIRA, indexing } from "../lib/pages.js";
import * as site from "../lib/site.js";
import { tooSmall } from "../lib/touch.js";

const { PHONE, WIDE, api, extremes, violations } = site;
const inBrowser = (options, use) => site.inBrowser({ mayAsk: site.messenger(), ...options }, use);
const drawer = (page) => page.getByRole("dialog");
const button = (page, name) => drawer(page).getByRole("button", { name, exact: true });
const title = (page) => drawer(page).getByLabel("What is it about?");
const text = (page) => drawer(page).getByLabel("What happened?");

async function open(page) {
  await site.host(page);
  await page.evaluate(() => TicketsPortal("showSpace", "tickets"));
  await button(page, "New ticket").click();
  await title(page).waitFor();
}

async function fill(page, words) {
  await title(page).fill(words);
  await drawer(page).getByLabel("What is it?").selectOption({ label: "🐞 Bug" });
  await drawer(page).getByLabel("Area", { exact: true }).selectOption("Labels");
}

describe("reporting from the Messenger", { skip: !extremes && "needs a portal of its own", concurrency: 2 }, () => {
  for (const [name, viewport] of [["beside a page", WIDE], ["on a phone", PHONE]]) {
    test(`asks for what the type asks for, and leads to what was sent (${name})`, () =>
      inBrowser({ who: PRIYA, viewport, hasTouch: viewport === PHONE, axe: true }, async (page) => {
        await open(page);
        assert.equal(await drawer(page).getByLabel("Area", { exact: true }).count(), 0, "no type is chosen");
        await fill(page, `Strapping machine hums ${name}`);
        await text(page).fill("It began at nine.\nNothing else changed.");
        await drawer(page).getByLabel("Private to me and support").check();
        assert.deepEqual(await violations(page), []);
        if (viewport === PHONE) assert.deepEqual(await page.evaluate(tooSmall, "tickets-portal-messenger"), []);
        await button(page, "Send").click();
        await drawer(page).getByText("Nothing else changed.").waitFor();
        const { tickets } = await api(PRIYA, "/api/tickets?sort=created");
        const sent = tickets.filter((it) => it.title === `Strapping machine hums ${name}`);
        assert.deepEqual(sent.map((it) => it.private), [true]);
      }));
  }

  test("keeps what was typed over a reload, and sends it once when the network is cut", () =>
    inBrowser({ who: PRIYA, excused: /Failed to load resource|ERR_/ }, async (page) => {
      await open(page);
      await fill(page, "Once from the Messenger");
      await open(page);
      assert.equal(await title(page).inputValue(), "Once from the Messenger");
      assert.equal(await drawer(page).getByLabel("Area", { exact: true }).inputValue(), "Labels");
      const before = (await api(PRIYA, "/api/tickets")).counts.all;
      await page.route("**/api/tickets", async (route) => {
        await route.fetch();
        await route.abort("connectionreset");
      }, { times: 1 });
      await button(page, "Send").click();
      await drawer(page).getByRole("alert").getByText("cannot be reached").waitFor();
      await open(page);
      await button(page, "Send").click();
      await drawer(page).getByLabel("Your message").waitFor();
      assert.equal((await api(PRIYA, "/api/tickets")).counts.all, before + 1);
      await open(page);
      assert.equal(await title(page).inputValue(), "", "what was sent is no draft any more");
    }));

  test("gives what was typed to nobody else", () =>
    inBrowser({ who: PRIYA }, async (page) => {
      await open(page);
      await title(page).fill("Priya's own");
      await page.context().clearCookies();
      await page.context().addCookies(await site.signIn(SAMIRA));
      await open(page);
      assert.equal(await title(page).inputValue(), "");
    }));

  test("shows what looks alike, and follows it", () =>
    inBrowser({ who: SAMIRA }, async (page, seen) => {
      await indexing();
      const { tickets } = await api(SAMIRA, "/api/tickets");
      let known;
      for (const ticket of tickets.filter((it) => !it.created_by.you)) {
        const found = await api(SAMIRA, `/api/tickets/similar?${new URLSearchParams({ text: ticket.title })}`);
        if (found.tickets.some((it) => it.id === ticket.id)) known ??= ticket;
      }
      await open(page);
      const began = Date.now();
      await title(page).pressSequentially(known.title, { delay: 60 });
      const entry = drawer(page).locator(".alike div").filter({ hasText: known.title });
      await entry.waitFor();
      const asked = seen.requests.filter((it) => it.startsWith("GET /api/tickets/similar")).length;
      assert.ok(asked <= 1 + (Date.now() - began) / 1000, `${asked} questions`);
      await entry.getByRole("button", { name: "This is it" }).click();
      await drawer(page).getByRole("heading", { level: 3, name: known.title }).waitFor();
      assert.equal((await api(SAMIRA, `/api/tickets/${known.id}`)).following, true);
    }));
});
