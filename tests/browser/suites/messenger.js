// The Messenger: reading, joining, writing, and finding one's tickets without leaving a page of the vendor's.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, test } from "node:test";
import { EXTREME, LABELS, TALK } from "../lib/extremes.js";
import { SAMIRA, YOUSEF } from "../lib/pages.js";
import * as site from "../lib/site.js";
import { tooSmall } from "../lib/touch.js";
import { deskSend } from "../lib/teammate.js";

const { FAILED, PHONE, SMALL_PHONE, WIDE, api, cookiesOf, extremes, ticketsOf, violations } = site;
const inBrowser = (options, use) => site.inBrowser({ mayAsk: site.messenger(), ...options }, use);
const who = TALK.contact;
const SOON = { timeout: 20_000 };
const drawer = (page) => page.getByRole("dialog");
const button = (page, name) => drawer(page).getByRole("button", { name, exact: true });
const box = (page) => drawer(page).getByLabel("Your message");
const said = (page) => drawer(page).locator(".thread .text");
const news = (page) => drawer(page).getByRole("log", { name: "News" });
/** What has the focus, within the Messenger too. */
const focused = (page) => page.evaluate(() => {
  const deep = (it) => (it?.shadowRoot?.activeElement ? deep(it.shadowRoot.activeElement) : it);
  const it = deep(document.activeElement);
  return it?.ariaLabel || it?.id || it?.textContent;
});

const opener = (page) => page.locator("#open");
const at = (page, what) => site.host(page, `c-talk-${what}`, `tk-talk-${what}`);

/** Opens the conversation of a ticket. */
async function open(page, what) {
  await at(page, what);
  await opener(page).click();
  await drawer(page).getByRole("region", { name: "Messages" }).waitFor();
}

const thread = (what) => api(who, `/api/conversations/c-talk-${what}`);
const history = async (what) => (await api(who, `/api/tickets/tk-talk-${what}`)).history;

/** Lets the next request reach the portal, and cuts the network before its answer arrives. */
function cut(page, url) {
  return page.route(url, async (route) => {
    await route.fetch();
    await route.abort("connectionreset");
  }, { times: 1 });
}

/** How far anything in the Messenger sticks out of the window, or scrolls sideways. Runs in the page. */
function sticksOut() {
  const within = [...document.querySelector("tickets-portal-messenger").shadowRoot.querySelectorAll("*")];
  const unseen = within.filter((it) => getComputedStyle(it).clipPath !== "none");
  const out = within.filter((it) => {
    const { left, right, width } = it.getBoundingClientRect();
    return width > 0 && (left < -0.5 || right > innerWidth + 0.5) && it.checkVisibility() && !unseen.some((other) => other.contains(it));
  });
  const scrolls = within.filter((it) => it.scrollWidth > it.clientWidth + 1 && getComputedStyle(it).overflowX === "auto");
  return [...out, ...scrolls].map((it) => it.outerHTML.slice(0, 80));
}

describe("the Messenger", { skip: !extremes && "needs a portal of its own", concurrency: 3 }, () => {
  test("leads from a ticket into its conversation, to all of one's tickets and back to the portal", () =>
    inBrowser({ who }, async (page) => {
      await open(page, "path");
      await drawer(page).getByText("Message 2 about path").waitFor();
      assert.equal(await box(page).count(), 0, "nobody writes before joining");
      await button(page, "Join conversation").click();
      await box(page).fill("Line one");
      await box(page).press("Shift+Enter");
      await page.keyboard.type("line two");
      await box(page).press("Enter");
      await news(page).getByText("Your message was sent.").waitFor();
      assert.equal(await said(page).last().textContent(), "Line one\nline two");
      assert.equal(await box(page).inputValue(), "");
      assert.deepEqual((await thread("path")).parts.map((it) => it.body).slice(2), ["Line one\nline two"]);

      await button(page, "Ticket #930001").click();
      await drawer(page).getByRole("heading", { level: 3, name: "The path pump stutters" }).waitFor();
      await button(page, "Continue the conversation").waitFor();
      await button(page, "Back").click();
      await said(page).first().waitFor();
      await button(page, "Back").click();
      const joined = drawer(page).getByRole("listitem").filter({ hasText: "The path pump stutters" });
      assert.match(await joined.textContent(), /You joined · by Jonas Lie/);
      await drawer(page).getByRole("link", { name: /All your company’s tickets/ }).click();
      await page.waitForURL("**/tickets");
    }));

  test("makes a conversation for a ticket that has none, once", () =>
    inBrowser({ who }, async (page) => {
      await site.host(page, null, "tk-talk-none");
      await opener(page).click();
      await box(page).fill("It is worse now");
      await button(page, "Send").click();
      await drawer(page).getByText("It is worse now").waitFor();
      await site.host(page, null, "tk-talk-none-double");
      await opener(page).dblclick();
      await box(page).waitFor();
      assert.equal((await history("none-double")).filter((it) => it.event === "joined").length, 1);
    }));

  test("works with the keyboard alone, and gives the focus back", () =>
    inBrowser({ who }, async (page) => {
      await at(page, "keys");
      await opener(page).focus();
      await page.keyboard.press("Enter");
      await drawer(page).getByText("Message 2 about keys").waitFor();
      assert.match(await focused(page), /heading|The keys pump/);
      const stops = [];
      for (let press = 0; press < 5 && stops.at(-1) !== "Join conversation"; press += 1) {
        await page.keyboard.press("Tab");
        stops.push(await focused(page));
      }
      assert.deepEqual(stops, ["Close", "Ticket #930002", "Messages", "Join conversation"]);
      await page.keyboard.press("Enter");
      await box(page).waitFor();
      await news(page).getByText("You joined the conversation.").waitFor();
      assert.equal(await focused(page), "box");
      await page.keyboard.type("Typed");
      await page.keyboard.press("Enter");
      await news(page).getByText("Your message was sent.").waitFor();
      assert.equal(await focused(page), "box");
      await page.keyboard.press("Escape");
      assert.equal(await drawer(page).count(), 0);
      assert.equal(await focused(page), "open");
    }));

  test("can be pressed on a touch screen, whatever it shows", () =>
    inBrowser({ who, viewport: PHONE, hasTouch: true }, async (page) => {
      const isLargeEnough = async (what) => assert.deepEqual(await page.evaluate(tooSmall, "tickets-portal-messenger"), [], what);
      await open(page, "views");
      await isLargeEnough("a conversation");
      await button(page, "Ticket #930006").click();
      await drawer(page).getByRole("link", { name: "All details and history" }).waitFor();
      await isLargeEnough("a ticket");
      await page.evaluate(() => TicketsPortal("showSpace", "tickets"));
      await drawer(page).getByRole("link", { name: /All your company’s tickets/ }).waitFor();
      await isLargeEnough("the tickets space");
      await site.host(page, null, "tk-talk-none-touch");
      await opener(page).click();
      await box(page).waitFor();
      await isLargeEnough("the field to write in");
    }));

  test("calls a ticket's type what customers call it", async () => {
    const ticket = (await ticketsOf(SAMIRA)).find((it) => it.type.id === "internal");
    await inBrowser({ who: SAMIRA }, async (page) => {
      await site.host(page, (await api(SAMIRA, `/api/tickets/${ticket.id}`)).conversation.id, ticket.id);
      await opener(page).click();
      await button(page, `Ticket #${ticket.number}`).click();
      const facts = drawer(page).locator("dl");
      await facts.waitFor();
      assert.match(await facts.textContent(), /^TypeTaskCompany/);
    });
  });

  test("is the whole screen of a phone, which nothing behind it can be reached from", () =>
    inBrowser({ who, viewport: PHONE }, async (page) => {
      await open(page, "phone");
      const { x, y, width, height } = await drawer(page).boundingBox();
      assert.deepEqual([x, y, width, height], [0, 0, PHONE.width, PHONE.height]);
      for (let press = 0; press < 12; press += 1) {
        await page.keyboard.press("Tab");
        assert.ok(await page.evaluate(() => ["TICKETS-PORTAL-MESSENGER", "BODY"].includes(document.activeElement.tagName)));
      }
      await button(page, "Join conversation").click();
      await box(page).press("Enter");
      assert.equal(await box(page).inputValue(), "\n", "Enter begins a line where there is no Shift");
      await page.setViewportSize(WIDE);
      assert.equal(await box(page).inputValue(), "\n", "turning the screen loses nothing");
      await page.keyboard.press("Escape");
      assert.equal(await drawer(page).count(), 0);
    }));

  test("joins once when the network is cut between joining and the answer", () =>
    inBrowser({ who, excused: FAILED }, async (page) => {
      await open(page, "cut");
      await cut(page, "**/join");
      await button(page, "Join conversation").click();
      await drawer(page).getByRole("alert").getByText("cannot be reached").waitFor();
      await button(page, "Join conversation").click();
      await box(page).waitFor();
      assert.equal((await history("cut")).filter((it) => it.event === "joined").length, 1);
    }));

  test("sends once when the network is cut between sending and the answer", () =>
    inBrowser({ who, excused: FAILED }, async (page) => {
      await open(page, "send");
      await cut(page, "**/messages");
      await box(page).fill("Only once");
      await button(page, "Send").click();
      await drawer(page).getByText("Not sent").waitFor();
      await box(page).fill("A second thought");
      await button(page, "Try again").click();
      await drawer(page).locator(".pending").waitFor({ state: "detached", ...SOON });
      assert.equal(await box(page).inputValue(), "A second thought");
      const bodies = (await thread("send")).parts.map((it) => it.body);
      assert.deepEqual(bodies.slice(2), ["Only once"]);
      assert.deepEqual(await said(page).allTextContents(), bodies);
    }));

  test("sends by itself what could not be sent, once the network is there again", () =>
    inBrowser({ who, excused: FAILED }, async (page) => {
      await open(page, "tunnel");
      await page.context().setOffline(true);
      await box(page).fill("From the tunnel");
      await button(page, "Send").click();
      await drawer(page).getByText("Not sent").waitFor();
      assert.match(await drawer(page).locator(".pending").textContent(), /You are offline/);
      await page.context().setOffline(false);
      await drawer(page).locator(".pending").waitFor({ state: "detached", ...SOON });
      assert.equal((await thread("tunnel")).parts.filter((it) => it.body === "From the tunnel").length, 1);
    }));

  test("takes a double click for one", () =>
    inBrowser({ who }, async (page) => {
      await open(page, "double");
      await button(page, "Join conversation").dblclick();
      await box(page).fill("Twice clicked");
      await button(page, "Send").dblclick();
      await drawer(page).locator(".pending").waitFor({ state: "detached" });
      assert.equal(await said(page).count(), 3);
      assert.equal((await thread("double")).parts.length, 3);
      assert.equal((await history("double")).filter((it) => it.event === "joined").length, 1);
    }));

  test("shows what people write as text, and web addresses as links", () =>
    inBrowser({ who }, async (page) => {
      await open(page, "words");
      const body = "<img src=x onerror=alert(1)><script>alert(2)</script> see (https://example.com/a_(b)?q=<x>) javascript:alert(3) HTTP://x http://example.com/end.";
      await box(page).fill(body);
      await button(page, "Send").click();
      await news(page).getByText("Your message was sent.").waitFor();
      const text = said(page).last();
      assert.equal(await text.textContent(), body);
      assert.deepEqual(await text.locator("a").evaluateAll((all) => all.map((it) => [it.getAttribute("href"), it.rel])), [
        ["https://example.com/a_(b)?q=", "noopener noreferrer nofollow ugc"], ["http://example.com/end", "noopener noreferrer nofollow ugc"],
      ]);
      assert.equal(await text.locator(":not(a)").count(), 0);
    }));

  test("keeps what could not be accepted, and says why", () =>
    inBrowser({ who, excused: FAILED }, async (page) => {
      await open(page, "draft");
      await page.route("**/messages", (route) => route.fulfill({ status: 400, contentType: "application/problem+json", body: JSON.stringify({ status: 400, code: "invalid_body", detail: "The body is not what it should be." }) }), { times: 1 });
      await box(page).fill("My words");
      await button(page, "Send").click();
      await drawer(page).getByRole("alert").getByText("The body is not what it should be.").waitFor();
      assert.equal(await box(page).inputValue(), "My words");
      assert.equal(await drawer(page).locator(".pending").count(), 0);
      await page.route("**/messages", (route) => route.fulfill({ status: 503, headers: { "retry-after": "7" }, body: "" }), { times: 1 });
      await button(page, "Send").click();
      await drawer(page).getByText("Try again in 7 seconds").waitFor();
      await drawer(page).locator(".pending").waitFor({ state: "detached", ...SOON });
      assert.equal((await thread("draft")).parts.filter((it) => it.body === "My words").length, 1);
      await box(page).fill("For later");
      await button(page, "Close").click();
      await opener(page).click();
      await box(page).waitFor();
      assert.equal(await box(page).inputValue(), "For later");
    }));

  test("keeps what was written when the session ends, leads back to it, and goes on by itself, for nobody else", () =>
    inBrowser({ who, excused: FAILED }, async (page) => {
      await open(page, "ended");
      await box(page).fill("Ten minutes of work");
      const cookies = await page.context().cookies();
      await page.context().clearCookies();
      await button(page, "Send").click();
      await drawer(page).getByRole("alert").getByText("Sign in again").waitFor(SOON);
      assert.equal(await drawer(page).getByLabel("has not been sent").inputValue(), "Ten minutes of work");
      assert.equal(await said(page).count(), 0, "what was shown is gone");
      const back = await drawer(page).getByRole("link", { name: "Sign in" }).getAttribute("href");
      assert.match(back, /\/tickets\/tk-talk-ended\/conversation$/);
      await page.context().addCookies(cookies);
      await box(page).waitFor({ timeout: 60_000 });
      assert.equal(await box(page).inputValue(), "Ten minutes of work");
      assert.equal(await said(page).count(), 2);

      await open(page, "ended");
      assert.equal(await box(page).inputValue(), "Ten minutes of work", "a new page loses nothing");
      await page.goto(back);
      assert.equal(await page.getByLabel("Your message").inputValue(), "Ten minutes of work", "nor does the ticket page");

      // In the open drawer somebody else is signed in, who takes part in the conversation as well.
      await open(page, "ended");
      await box(page).waitFor();
      await page.context().clearCookies();
      await page.context().addCookies(await cookiesOf(TALK.colleague));
      await page.waitForFunction(() => sessionStorage.getItem("tickets-portal:drafts") === null, null, { timeout: 60_000 });
      await box(page).waitFor();
      assert.equal(await box(page).inputValue(), "");
      await page.goto(back);
      assert.equal(await page.getByLabel("Your message").inputValue(), "");
    }));

  test("shows a teammate's reply in the open thread and announces it", () =>
    inBrowser({ who }, async (page) => {
      await open(page, "reply");
      await box(page).fill("Half a sent");
      await deskSend("POST", "/api/helpdesk/conversations/c-talk-reply/messages", { body: "The <b>spare part</b> is on its way", client_id: randomUUID() });
      await news(page).getByText("New message from Ngozi Eze: The <b>spare part</b> is on its way").waitFor({ state: "attached", ...SOON });
      assert.equal(await said(page).last().textContent(), "The <b>spare part</b> is on its way");
      assert.equal(await box(page).inputValue(), "Half a sent");
      assert.equal(await focused(page), "box");
    }));

  test("brings earlier messages, and moves nothing under somebody who reads them", () =>
    inBrowser({ who }, async (page) => {
      await open(page, "scroll");
      const region = drawer(page).getByRole("region", { name: "Messages" });
      assert.equal(await said(page).count(), 30);
      const place = () => region.evaluate((it) => it.scrollTop);
      assert.ok(await place() > 0, "the newest is in view");
      for (const count of [60, 75]) {
        await button(page, "Earlier messages").click();
        await drawer(page).locator(`.thread > :nth-child(${count})`).waitFor({ state: "attached" });
      }
      assert.equal(await button(page, "Earlier messages").count(), 0);
      assert.deepEqual(await said(page).allTextContents(), Array.from({ length: 75 }, (_, index) => `Message ${index + 1} about scroll`));
      assert.equal(await focused(page), "Messages");
      const before = await place();
      await deskSend("POST", "/api/helpdesk/conversations/c-talk-scroll/messages", { body: "News", client_id: randomUUID() });
      await button(page, "1 new message").waitFor(SOON);
      assert.equal(await place(), before);
      await button(page, "1 new message").click();
      assert.ok(await said(page).last().evaluate((it) => it.getBoundingClientRect().bottom < innerHeight));
      assert.equal(await button(page, "1 new message").count(), 0);
      assert.equal(await said(page).count(), 76);
    }));

  test("asks at most twelve times in a minute, and is told nothing each time", () =>
    inBrowser({ who }, async (page) => {
      await page.clock.install();
      await open(page, "idle");
      const answers = [];
      // The table's clock is the machine's: only what changed long ago is answered with one read, but every answer
      // comes without a body. What was read is told, not asked.
      page.on("response", (answer) => answer.request().method() === "GET" && answers.push(answer));
      const minute = async () => {
        answers.length = 0;
        for (let second = 0; second < 60; second += 1) {
          await page.clock.runFor(1000);
          // The clock is a test's, but answers arrive in real time.
          await page.waitForTimeout(20);
        }
      };
      await minute();
      assert.ok(answers.length >= 6 && answers.length <= 12, `${answers.length} questions`);
      for (const answer of answers) {
        assert.equal(answer.status(), 304, answer.url());
        assert.equal((await answer.request().sizes()).responseBodySize, 0);
      }
      await page.clock.runFor(300_000);
      await minute();
      assert.ok(answers.length <= 4, `left alone, ${answers.length} questions`);
      await button(page, "Close").click();
      await page.waitForTimeout(100);
      await minute();
      assert.equal(answers.length, 0, "closed, it asks no more");
    }));

  test("takes away what its reader may no longer see", () =>
    inBrowser({ who, excused: FAILED }, async (page) => {
      await open(page, "gone");
      await page.route("**/api/conversations/c-talk-gone*", (route) => route.fulfill({ status: 404, contentType: "application/problem+json", body: '{"code":"conversation_not_found"}' }));
      await drawer(page).getByRole("alert").getByText("you may no longer see it").waitFor(SOON);
      assert.equal(await said(page).count(), 0);
      await page.unroute("**/api/conversations/c-talk-gone*");
      await button(page, "Try again").click();
      await drawer(page).getByText("Message 2 about gone").waitFor();
      await page.context().clearCookies();
      await drawer(page).getByRole("alert").getByText("Sign in again").waitFor(SOON);
      assert.equal(await said(page).count(), 0);
    }));

  test("lists all of the tickets space, also to those who may not enter the portal", () =>
    inBrowser({ who: "u-browser-old", excused: /403|host/ }, async (page) => {
      await page.goto("/tickets");
      await site.host(page);
      await page.evaluate(() => {
        TicketsPortal("showSpace", "tickets");
      });
      const titles = drawer(page).locator(".title");
      for (const count of [50, 60]) {
        await button(page, "Older tickets").click();
        await drawer(page).locator(`.rows > :nth-child(${count})`).waitFor();
      }
      assert.equal(await button(page, "Older tickets").count(), 0);
      assert.deepEqual(await titles.allTextContents(), Array.from({ length: 60 }, (_, index) => `Past pump ${59 - index}`));
      assert.equal(await drawer(page).getByRole("link", { name: /All your company/ }).count(), 0, "the way into the portal is for those who may enter");
      await drawer(page).getByRole("listitem").first().getByRole("button").click();
      await button(page, "Send us a message").waitFor();
      assert.equal(await drawer(page).getByRole("link").count(), 0);
      await button(page, "Send us a message").click();
      await box(page).waitFor();
    }));

  test("closes where it is in place of the page when somebody goes back, and leaves the page as it was", () =>
    inBrowser({ who, viewport: PHONE }, async (page) => {
      await at(page, "views");
      const opened = drawer(page).getByText("Message 2 about views");
      for (const close of [() => page.goBack(), () => button(page, "Close").click(), () => page.keyboard.press("Escape")]) {
        await opener(page).click();
        await opened.waitFor();
        // What is under it cannot be reached.
        await page.evaluate(() => document.getElementById("open").focus());
        assert.equal(await page.evaluate(() => document.activeElement.id), "");
        await close();
        await opened.waitFor({ state: "hidden" });
        assert.match(page.url(), /tk-talk-views$/);
        await page.waitForFunction(() => !history.state?.["tickets-portal"]);
      }
      await page.goBack();
      assert.equal(page.url(), "about:blank");
    }));

  test("keeps a message that is too long to be sent, and says so", () =>
    inBrowser({ who }, async (page, seen) => {
      await open(page, "words");
      const long = "ж".repeat(40_000);
      await box(page).fill(long);
      await box(page).press("Enter");
      await drawer(page).getByRole("alert").getByText("too long").waitFor();
      assert.equal(await box(page).inputValue(), long);
      assert.ok(!seen.requests.some((it) => it.startsWith("POST /api/conversations")));
      await box(page).fill("");
    }));

  for (const [name, viewport] of [["wide", WIDE], ["narrow", PHONE]]) {
    test(`gives axe nothing to find in any view, light and dark, ${name}`, () =>
      inBrowser({ who, axe: true, viewport }, async (page) => {
        await open(page, "views");
        const look = async (view) => {
          for (const colorScheme of ["light", "dark"]) {
            await page.emulateMedia({ colorScheme });
            assert.deepEqual(await violations(page), [], `${view}, ${colorScheme}`);
          }
        };
        await look("conversation to join");
        await button(page, "Ticket #930006").click();
        await drawer(page).getByRole("heading", { level: 3 }).waitFor();
        await look("ticket");
        await button(page, "Back").click();
        await said(page).first().waitFor();
        await button(page, "Back").click();
        await drawer(page).getByRole("listitem").first().waitFor();
        await look("tickets space");
        await button(page, "Close").click();
        await open(page, "words");
        await box(page).waitFor();
        await look("conversation to write in");
      }));
  }

  for (const [name, person] of [["words that nothing breaks", EXTREME], ["labels that nothing breaks", LABELS.contact], ["Arabic", YOUSEF], ["three companies", SAMIRA]]) {
    test(`has room for ${name} on the smallest screen`, () =>
      inBrowser({ who: person, viewport: SMALL_PHONE }, async (page) => {
        const rows = (await ticketsOf(person)).slice(0, 3);
        for (const { id, url } of rows) {
          await site.host(page, null, id);
          await opener(page).click();
          await drawer(page).getByRole("region", { name: "Messages" }).waitFor();
          assert.deepEqual(await page.evaluate(sticksOut), [], url);
          await drawer(page).getByRole("button", { name: /^Ticket #/ }).click();
          await drawer(page).getByRole("heading", { level: 3 }).waitFor();
          assert.deepEqual(await page.evaluate(sticksOut), [], `ticket ${url}`);
          await button(page, "Back").click();
          await button(page, "Back").click();
          await drawer(page).getByRole("listitem").first().waitFor();
          assert.deepEqual(await page.evaluate(sticksOut), [], "tickets space");
        }
      }));
  }
});
