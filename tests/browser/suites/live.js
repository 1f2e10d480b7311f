// Open pages learn of changes, and move nothing under their reader.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, test } from "node:test";
import { LIVE, TALK } from "../lib/extremes.js";
import { extremes, inBrowser } from "../lib/site.js";
import { deskApi, deskSend } from "../lib/teammate.js";

const who = LIVE.contact;
const status = (page) => page.getByRole("status");
const titles = async (page) => (await page.locator("td.what a").allTextContents()).map((it) => it.replace(/^Unread: /, ""));
/** Ample time for a page to notice by itself; how soon it asks is tested elsewhere. */
const SOON = { timeout: 20_000 };

async function move(ticket, state) {
  const { version } = await deskApi(`/api/helpdesk/tickets/${ticket}`);
  return deskSend("PATCH", `/api/helpdesk/tickets/${ticket}`, { state, version });
}

const reply = (conversation, body) => deskSend("POST", `/api/helpdesk/conversations/${conversation}/messages`, { body, client_id: randomUUID() });

// These change tickets, so they do not run against a portal that runs already. They share a list, so they run one after
// the other.
describe("an open page", { skip: !extremes && "needs a portal of its own" }, () => {
  test("offers updates of the list and shows them when asked to", () =>
    inBrowser({ who }, async (page) => {
      await page.goto("/tickets");
      const before = await titles(page);
      await move("tk-live-list", "st-support");
      await status(page).getByRole("button", { name: "1 update: show" }).waitFor(SOON);
      assert.deepEqual(await titles(page), before, "nothing moves by itself");
      await move("tk-live-ticket", "st-support");
      const offer = status(page).getByRole("button", { name: "2 updates: show" });
      await offer.waitFor(SOON);
      await offer.click();
      const after = await titles(page);
      assert.deepEqual(after.slice(0, 2), ["The ticket signal stays red", "The list signal stays red"]);
      assert.match(await page.locator("tbody tr").first().locator(".when time").textContent(), /^Today, /, "times are the reader's");
      assert.equal(await status(page).textContent(), "");
      await page.getByText("State: All states").click();
      assert.ok(await page.getByRole("link", { name: /In progress 2/ }).isVisible(), "menus and counts are new, and work");
    }));

  test("shows a ticket's new state in place and says so", () =>
    inBrowser({ who }, async (page) => {
      await page.goto("/tickets/tk-live-ticket");
      const link = page.getByRole("link", { name: "All tickets" });
      await link.focus();
      await move("tk-live-ticket", "st-solved");
      await status(page).getByText("This ticket is now: Resolved").waitFor(SOON);
      assert.equal(await page.locator("article .state").textContent(), "Resolved");
      assert.match(await page.locator(".event").last().textContent(), /changed the state to Resolved/);
      assert.ok(await link.evaluate((it) => it === document.activeElement), "the focus stays where it was");
    }));

  test("shows a teammate's reply in the thread, says so, and leaves a draft alone", () =>
    inBrowser({ who }, async (page) => {
      await page.goto("/tickets/tk-live-thread");
      const field = page.getByLabel("Your message");
      await field.fill("Half a sentence");
      const before = await field.evaluate((it) => it.getBoundingClientRect().top + scrollY);
      await reply("c-live-thread", "<b>We</b> are on it");
      await status(page).getByText("New message from Ngozi").waitFor(SOON);
      assert.equal(await page.locator(".message").last().locator(".prose").textContent(), "<b>We</b> are on it");
      assert.equal(await field.inputValue(), "Half a sentence");
      assert.ok(await field.evaluate((it) => it === document.activeElement), "the field keeps the focus");
      assert.ok(await field.evaluate((it) => it.getBoundingClientRect().top + scrollY) > before, "below the news");
      await page.getByRole("button", { name: "Send" }).click();
      await page.locator(".message.you").getByText("Half a sentence").waitFor();
      assert.equal(await field.inputValue(), "");
      assert.ok(await field.evaluate((it) => it === document.activeElement));
      await status(page).getByText("Your message was sent.").waitFor();
      assert.equal(await page.locator(".message").count(), 3);
    }));

  test("moves nothing under somebody who reads further up, and leads to what is new", () =>
    inBrowser({ who: TALK.contact }, async (page) => {
      await page.goto("/tickets/tk-talk-further");
      const reading = page.locator(".message").nth(5);
      const place = () => reading.evaluate((it) => it.getBoundingClientRect().top);
      await reading.evaluate((it) => it.scrollIntoView());
      const before = await place();
      await reply("c-talk-further", "One");
      await status(page).getByRole("link", { name: "1 new message" }).waitFor(SOON);
      assert.equal(await place(), before);
      assert.equal(await page.locator(".message").count(), 41, "what was there stays");
      await reply("c-talk-further", "Two");
      const link = status(page).getByRole("link", { name: "2 new messages" });
      await link.waitFor(SOON);
      assert.equal(await place(), before);
      await link.click();
      const last = page.locator(".message").last();
      assert.equal(await last.locator(".prose").textContent(), "Two");
      assert.ok(await last.evaluate((it) => it.getBoundingClientRect().bottom <= innerHeight));
      assert.equal(await status(page).textContent(), "");
    }));

  test("brings what two people write at once to both, once", () =>
    inBrowser({ who: TALK.contact }, (mine) =>
      inBrowser({ who: TALK.colleague }, async (theirs) => {
        for (const page of [mine, theirs]) {
          await page.goto("/tickets/tk-talk-together");
          const join = page.getByRole("button", { name: "Join conversation" });
          if (await join.count()) await join.click();
        }
        const write = async (page, words) => {
          await page.getByLabel("Your message").fill(words);
          await page.getByRole("button", { name: "Send" }).dblclick();
        };
        await Promise.all([write(mine, "From me"), write(theirs, "From them")]);
        for (const page of [mine, theirs]) {
          for (const words of ["From me", "From them"]) await page.locator(".message").getByText(words).waitFor(SOON);
          assert.equal(await page.locator(".message").count(), 2 + 2);
          assert.equal(await page.getByLabel("Your message").inputValue(), "");
        }
      })));

  test("asks at most twelve times in a minute when nobody touches it, and is told nothing each time", () =>
    inBrowser({ who }, async (page) => {
      for (const path of ["/tickets", "/tickets/tk-live-idle"]) {
        await page.clock.install();
        await page.goto(path);
        const answers = [];
        page.on("response", (answer) => answers.push(answer));
        for (let second = 0; second < 60; second += 1) {
          await page.clock.runFor(1000);
          // The clock is a test's, but answers arrive in real time.
          await page.waitForTimeout(20);
        }
        assert.ok(answers.length >= 6 && answers.length <= 12, `${path}: ${answers.length} questions`);
        for (const answer of answers) {
          assert.equal(answer.status(), 304, path);
          assert.equal((await answer.request().sizes()).responseBodySize, 0, path);
        }
        page.removeAllListeners("response");
        for (let minute = 0; minute < 6; minute += 1) await page.clock.runFor(60_000);
        answers.length = 0;
        page.on("response", (answer) => answers.push(answer));
        for (let second = 0; second < 60; second += 1) {
          await page.clock.runFor(1000);
          await page.waitForTimeout(20);
        }
        assert.ok(answers.length <= 4, `${path}, left alone: ${answers.length} questions`);
        page.removeAllListeners("response");
      }
    }));

  test("moves nothing while a menu is open", () =>
    inBrowser({ who }, async (page) => {
      await page.goto("/tickets?state=resolved");
      await page.getByText("State: Resolved").click();
      const answered = page.waitForResponse((answer) => answer.request().headers()["if-none-match"] && answer.status() === 200, SOON);
      await move("tk-live-idle", "st-support");
      await answered;
      await page.waitForTimeout(300);
      assert.ok(await page.getByRole("link", { name: /All states/ }).isVisible());
      await page.keyboard.press("Escape");
    }));

  test("takes away what its reader may no longer see", () =>
    inBrowser({ who: "u-browser-gone" }, async (page) => {
      await page.goto("/tickets/tk-live-gone");
      await page.getByRole("heading", { name: "The gone signal stays red" }).waitFor();
      await deskSend("PUT", "/api/helpdesk/contacts", { id: "u-browser-gone", name: "Gone", email: "gone@saltmarsh.example", companies: [] });
      await page.getByText("You aren’t connected to a company").waitFor(SOON);
      assert.equal(await page.getByText("The gone signal stays red").count(), 0);
    }));
});
