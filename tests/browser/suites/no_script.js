// The same portal without JavaScript.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { TALK } from "../lib/extremes.js";
import { SAMIRA, indexing } from "../lib/pages.js";
import { FAILED, PHONE, WIDE, api, extremes, inBrowser, origin, signIn } from "../lib/site.js";
import { atDesk } from "../lib/teammate.js";

const location = (page) => page.url().replace(origin, "");

describe("without JavaScript", { concurrency: 3 }, () => {
  for (const [where, viewport] of [["a wide screen", WIDE], ["a phone", PHONE]]) {
    test(`signing in, filtering, paging and opening a ticket work on ${where}`, () =>
      inBrowser({ javaScriptEnabled: false, viewport }, async (page) => {
        await page.goto("/tickets");
        await page.getByRole("link", { name: "Samira Osei" }).click();
        assert.equal(location(page), "/tickets");
        const menu = page.locator("details.menu").filter({ has: page.locator("summary", { hasText: "State" }) });
        await menu.locator("summary").click();
        await menu.getByRole("link", { name: "Resolved" }).click();
        assert.equal(location(page), "/tickets?state=resolved");
        const { tickets, next_cursor } = await api(SAMIRA, "/api/tickets?state=resolved");
        const titles = page.locator("td.what a");
        assert.deepEqual(await titles.allTextContents(), tickets.map((it) => it.title));

        await page.getByRole("link", { name: "Older tickets" }).click();
        const older = await api(SAMIRA, `/api/tickets?${new URLSearchParams({ state: "resolved", cursor: next_cursor })}`);
        assert.deepEqual(await titles.allTextContents(), older.tickets.map((it) => it.title));
        await page.getByRole("link", { name: "Newest tickets" }).click();

        await titles.nth(1).click();
        assert.equal(location(page), tickets[1].url);
        assert.equal(await page.getByRole("heading", { level: 1 }).textContent(), tickets[1].title);
        await page.getByRole("link", { name: "All tickets" }).click();
        assert.equal(location(page), "/tickets?state=resolved", "the list as it was");
      }));
  }

  test("signing out works", () =>
    inBrowser({ javaScriptEnabled: false }, async (page) => {
      await page.context().addCookies(await signIn(SAMIRA));
      await page.goto("/tickets");
      await page.getByRole("button", { name: "Sign out" }).click();
      assert.equal(await page.getByRole("heading", { level: 1 }).textContent(), "You are signed out");
      assert.deepEqual(await page.context().cookies(), []);
      await page.getByRole("link", { name: "Sign in again" }).click();
      assert.match(location(page), /^\/sign-in\?return_to=/);
    }));

  test("a teammate gets from a ticket back to the list that they came from", () =>
    atDesk({ javaScriptEnabled: false }, async (page) => {
      await indexing();
      for (const [list, words] of [["/helpdesk?turn=customer&assignee=none", "Inbox"], ["/helpdesk/search?q=the&kind=ticket", "Search"]]) {
        await page.goto(list);
        await page.locator("td.what a").first().click();
        await page.locator("a.up", { hasText: words }).click();
        assert.equal(location(page), list);
      }
    }));

  test("joining, writing, correcting and beginning a conversation work", { skip: !extremes && "needs a portal of its own" }, () =>
    inBrowser({ javaScriptEnabled: false, who: TALK.contact, viewport: PHONE, excused: FAILED }, async (page) => {
      const field = page.getByLabel("Your message");
      const said = page.locator(".message .prose");
      await page.goto("/tickets/tk-talk-plain");
      await page.getByRole("button", { name: "Join conversation" }).click();
      assert.equal(location(page), "/tickets/tk-talk-plain#body");
      assert.ok(await field.evaluate((it) => it === document.activeElement), "the way back leads into the field");
      await field.fill(" ");
      await page.getByRole("button", { name: "Send" }).click();
      await page.getByRole("alert").getByText("It was not sent").waitFor();
      assert.equal(await said.count(), 2, "the thread is there again");
      await field.fill("By hand");
      await page.getByRole("button", { name: "Send" }).click();
      assert.equal(location(page), "/tickets/tk-talk-plain#newest");
      assert.equal(await said.last().textContent(), "By hand");

      await page.goto("/tickets/tk-talk-none-script");
      await page.getByLabel("Send us a message").fill("The first");
      await page.getByRole("button", { name: "Send" }).click();
      assert.deepEqual(await said.allTextContents(), ["The first"]);
      await page.locator("summary", { hasText: "Details" }).click();
      assert.ok(await page.getByText("Created by").isVisible());
    }));

  test("menus open and close with the keyboard", () =>
    inBrowser({ javaScriptEnabled: false, who: SAMIRA }, async (page) => {
      await page.goto("/tickets");
      const menu = page.locator("details.menu").filter({ has: page.locator("summary", { hasText: "Company" }) });
      for (const key of ["Enter", "Space"]) {
        await menu.locator("summary").focus();
        await page.keyboard.press(key);
        assert.ok(await menu.getByRole("link", { name: "Bluepeak Outdoor" }).isVisible());
        await page.keyboard.press(key);
        assert.ok(await menu.getByRole("link", { name: "Bluepeak Outdoor" }).isHidden());
      }
    }));

  test("times are readable, name their zone, and are exact for programs", () =>
    inBrowser({ javaScriptEnabled: false, who: SAMIRA }, async (page) => {
      const { tickets } = await api(SAMIRA, "/api/tickets");
      await page.goto("/tickets");
      const times = page.locator("time");
      assert.deepEqual(await times.evaluateAll((all) => all.map((it) => it.dateTime)), tickets.flatMap((it) => [it.turn.since, it.updated_at]));
      for (const text of await times.allTextContents()) assert.match(text, /^\d{1,2} [A-Z][a-z]{2} \d{4}, \d{2}:\d{2} UTC$/);
      await page.goto(tickets[0].url);
      for (const text of await times.allTextContents()) assert.match(text, /^\d{1,2} [A-Z][a-z]{2} \d{4}, \d{2}:\d{2} UTC$/);
    }));
});
