// The rep's day at the Help Desk, with script and without.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { DESK, LIVE } from "../lib/extremes.js";
import { SAMIRA, samirasTickets, indexing } from "../lib/pages.js";
import { api, extremes, inBrowser, origin, post } from "../lib/site.js";
import { NGOZI, atDesk, deskApi, deskSend } from "../lib/teammate.js";

const location = (page) => page.url().replace(origin, "");
const alert = (page) => page.getByRole("alert").innerText();
const done = (page) => page.locator(".say.good").innerText();
const heading = (page) => page.getByRole("heading", { level: 1 }).textContent();
const save = (page) => page.locator("#edit").getByRole("button", { name: "Save" }).click();
const WAYS = [["script", {}], ["plain", { javaScriptEnabled: false }]];

// Tests that change something need tickets of their own.
if (extremes) {
  describe("a rep", { concurrency: 3 }, () => {
    for (const [way, options] of WAYS) {
      test(`makes a ticket of a conversation, links another to the ticket it repeats, and the customer sees both (${way})`, async () => {
        const title = `Loom reports stay empty (${way})`;
        const ticket = await atDesk(options, async (page) => {
          await page.goto(`/helpdesk/conversations/c-browser-${way}`);
          assert.equal(await page.locator(".thread .note").count(), 1);
          await page.getByText("Convert to ticket").click();
          assert.equal(await page.getByLabel("Title", { exact: true }).inputValue(), title, "the title is there already");
          assert.equal(await page.getByLabel("Description").inputValue(), title, "and what the customer wrote");
          const type = page.getByLabel("Type");
          assert.equal(await type.locator("option:checked").textContent(), "Choose a type");
          await type.selectOption({ label: "🐞 Bug" });
          const company = page.getByLabel("Company", { exact: true });
          assert.equal(await company.locator("option:checked").textContent(), DESK.called, "chosen automatically");
          await page.getByRole("button", { name: "Create ticket" }).click();

          assert.equal(await heading(page), title);
          assert.equal(await done(page), "The ticket is there.");
          assert.equal(await company.locator("option:checked").textContent(), DESK.called);
          assert.match(await page.locator("#company-hint").innerText(), /^Chosen automatically/);
          return new URL(page.url()).pathname;
        });
        const id = ticket.split("/").at(-1);

        await inBrowser({ who: DESK.contact, ...options }, async (page) => {
          await page.goto("/tickets");
          await page.getByRole("link", { name: title }).click();
          assert.equal(location(page), `/tickets/${id}`);
          assert.equal(await heading(page), title);
          assert.equal(await page.getByText("Seen before?").count(), 0, "notes are not for them");
        });

        await atDesk(options, async (page) => {
          await page.goto(`/helpdesk/conversations/c-browser-again-${way}`);
          await page.getByLabel("Ticket number").fill("tk-that-is-not-there");
          await page.getByRole("button", { name: "Link ticket" }).click();
          assert.equal(await alert(page), "There is no such ticket.");
          assert.equal(await page.getByLabel("Ticket number").inputValue(), "tk-that-is-not-there");
          await page.getByLabel("Ticket number").fill(id);
          await page.getByRole("button", { name: "Link ticket" }).click();
          assert.match(await alert(page), /linked to ticket #\d+ already/, "a ticket has one conversation");

          await indexing();
          await page.getByRole("link", { name: `Search ${DESK.called}` }).click();
          assert.match(await page.getByRole("searchbox").inputValue(), /report empty/, "the conversation's words");
          await page.getByRole("searchbox").fill(`spindle ${way}`);
          await page.getByRole("button", { name: "Search", exact: true }).click();
          assert.equal(await page.getByRole("row").filter({ hasText: "Spindle" }).count(), 1, "those of the company with both words");
          await page.getByRole("button", { name: `Link Spindle seen ${way}` }).click();
          assert.equal(location(page), `/helpdesk/tickets/tk-browser-seen-${way}?done=linked`);
          assert.match(await page.locator(".thread").innerText(), /Our loom report is empty, too/);
          await page.goto(`/helpdesk/conversations/c-browser-again-${way}`);
          assert.equal(location(page), `/helpdesk/tickets/tk-browser-seen-${way}`, "the conversation is the ticket");
        });
        const seen = await api(DESK.contact, `/api/tickets/tk-browser-seen-${way}`);
        assert.equal(seen.conversation.id, `c-browser-again-${way}`);
      });

      test(`answers and notes, and neither is sent twice or lost (${way})`, () =>
        atDesk(options, async (page) => {
          await page.goto("/helpdesk/conversations/c-browser-open");
          const words = page.getByLabel("Your message");
          await words.fill(`We are at it (${way})`);
          await page.getByRole("button", { name: "Reply", exact: true }).click();
          assert.equal(await done(page), "Sent.");
          await page.getByText("Note", { exact: true }).click();
          assert.equal(await page.getByRole("button", { name: "Reply", exact: true }).isVisible(), false);
          await words.fill(`Ask the weavers (${way})`);
          await page.getByRole("button", { name: "Add note" }).click();
          const last = page.locator(".thread .message").last();
          assert.match(await last.innerText(), /Note, teammates only/);
          assert.match(await last.innerText(), new RegExp(`Ask the weavers \\(${way}\\)`));

          await words.fill("  ");
          await page.getByRole("button", { name: "Reply", exact: true }).click();
          assert.equal(await alert(page), "Body is blank.");
        }));

      test(`answers a ticket that nobody has talked about yet, with what it waits for, on its page (${way})`, async () => {
        const title = `Bobbins run out (${way})`;
        const { id } = await deskSend("POST", "/api/helpdesk/tickets", { type: "bug", title, requester: DESK.contact });
        await atDesk(options, async (page) => {
          await page.goto(`/helpdesk/tickets/${id}`);
          await page.getByLabel("Your message").fill("Which colour?");
          await page.getByRole("button", { name: "Reply and wait for customer" }).click();
          assert.match(await page.locator(".thread").innerText(), /Which colour\?/);
          assert.match(await page.locator("article .over .state").getAttribute("class"), /waiting_on_customer/);
        });
        const ticket = await api(DESK.contact, `/api/tickets/${id}`);
        assert.equal(ticket.state.category, "waiting_on_customer");
        assert.equal(ticket.conversation.participating, true);
      });

      test(`chooses a requester by typing, and the type is asked for (${way})`, () =>
        atDesk(options, async (page) => {
          await page.goto("/helpdesk/new");
          const requester = page.getByLabel("Requester", { exact: true });
          await page.getByLabel("Title", { exact: true }).fill(`By name (${way})`);
          await requester.fill("dana north");
          await requester.fill("dana re");
          if (way === "script") {
            const option = page.getByRole("option", { name: new RegExp(DESK.name) });
            await option.waitFor();
            assert.equal(await requester.getAttribute("aria-expanded"), "true");
            await page.keyboard.press("ArrowDown");
            assert.equal(await requester.getAttribute("aria-activedescendant"), await option.getAttribute("id"));
            await page.keyboard.press("Enter");
            assert.equal(await requester.inputValue(), DESK.name);
            assert.equal(await page.getByRole("listbox").count(), 0);
            assert.equal(await page.getByLabel("Company", { exact: true }).locator("option:checked").textContent(), DESK.called);
          } else {
            await page.getByRole("button", { name: "Find" }).click();
            await page.getByRole("radio", { name: new RegExp(DESK.name) }).check();
          }
          const type = page.getByLabel("Type");
          assert.equal(await type.inputValue(), "", "nothing is presumed");
          await type.selectOption({ label: "🐞 Bug" });
          await page.getByRole("button", { name: "Create ticket" }).click();
          assert.equal(await heading(page), `By name (${way})`);
          assert.equal(await page.locator(".panel .person a").innerText(), DESK.name);
        }));

      test(`who was overtaken sees the ticket as it is, with what they typed (${way})`, async () => {
        const path = "/helpdesk/tickets/tk-browser-stale";
        await atDesk(options, async (page) => {
          await page.goto(path);
          await page.getByText("Edit title and description").click();
          await page.getByLabel("Title", { exact: true }).fill(`Mine (${way})`);
          const before = await deskApi("/api/helpdesk/tickets/tk-browser-stale");
          await atDesk({}, async (other) => {
            await other.goto(path);
            await other.getByLabel("State").selectOption(way === "script" ? "st-engineering" : "st-support");
            await other.getByText("Edit title and description").click();
            await other.getByLabel("Title", { exact: true }).fill(`Theirs (${way})`);
            await save(other);
            assert.equal(await done(other), "Saved.");
          });
          const [response] = await Promise.all([page.waitForResponse((it) => it.request().method() === "POST"), save(page)]);
          assert.equal(response.status(), 409);
          assert.match(await alert(page), /^Somebody has changed this ticket/);
          assert.equal(await heading(page), `Theirs (${way})`);
          assert.equal(await page.getByLabel("Title", { exact: true }).inputValue(), `Mine (${way})`);
          assert.match(await page.locator(".changed").innerText(), new RegExp(`Theirs \\(${way}\\)$`));
          await save(page);
          assert.equal(await heading(page), `Mine (${way})`);
          const after = await deskApi("/api/helpdesk/tickets/tk-browser-stale");
          assert.notEqual(after.state.id, before.state.id, "what the rep did not touch stays as the other has set it");
          assert.equal(after.description, "First line\nof stale");
        });
      });
    }

    // With script the message would stand in the open page by itself.
    test("a reply over a message that nobody has seen is shown again first, and is not lost", async () => {
      const title = "Shuttle sticks";
      const { id } = await deskSend("POST", "/api/helpdesk/tickets", { type: "bug", title, requester: DESK.contact });
      await atDesk({ javaScriptEnabled: false }, async (page) => {
        await page.goto(`/helpdesk/tickets/${id}`);
        await page.getByLabel("Your message").fill("Please oil it.");
        await page.getByRole("button", { name: "Reply", exact: true }).click();
        const { conversation } = await deskApi(`/api/helpdesk/tickets/${id}`);
        await page.getByLabel("Your message").fill("Then it is solved.");
        await post(DESK.contact, `/api/conversations/${conversation.id}/messages`, { body: "It burns!", client_id: "burns" });
        await page.getByRole("button", { name: "Reply and resolve" }).click();
        assert.match(await page.locator(".thread").innerText(), /It burns!/);
        assert.equal(await page.getByLabel("Your message").inputValue(), "Then it is solved.");
        assert.notEqual((await api(DESK.contact, `/api/tickets/${id}`)).state.category, "resolved");
        await page.getByRole("button", { name: "Send it anyway" }).click();
        assert.equal((await api(DESK.contact, `/api/tickets/${id}`)).state.category, "resolved");
      });
    });

    test("changes attributes, and what is no number comes back as it was typed", () =>
      atDesk({}, async (page) => {
        await page.goto("/helpdesk/tickets/tk-browser-double");
        await page.getByLabel("Type").selectOption({ label: "🔑 Access" });
        await save(page);
        await page.getByLabel("People affected").fill("many");
        await page.getByLabel("Needed by").fill("2027-03-01T09:30:00");
        await save(page);
        assert.equal(await alert(page), "People affected is a whole number.");
        assert.equal(await page.getByLabel("People affected").inputValue(), "many");
        await page.getByLabel("People affected").fill("12");
        await save(page);
        const { attributes } = await deskApi("/api/helpdesk/tickets/tk-browser-double");
        const value = (name) => attributes.find((it) => it.name === name).value;
        assert.equal(value("People affected"), 12);
        assert.equal(new Date(value("Needed by")).toISOString(), "2027-03-01T09:30:00.000Z");
        await save(page);
        assert.match(await done(page), /^Nothing was different/);
      }));

    test("sees who loses sight of a ticket before its company is changed, and is told when overtaken", () =>
      atDesk({}, async (page) => {
        const path = "/helpdesk/tickets/tk-browser-company";
        const review = async () => {
          await page.goto(path);
          await page.getByLabel("Company", { exact: true }).selectOption({ label: "No company" });
          await page.getByRole("button", { name: "Review change" }).click();
          assert.equal(await heading(page), "Set the company to No company?");
        };
        await review();
        assert.equal(await page.getByRole("region", { name: "Will not see it any more" }).locator("p").innerText(), "Nobody.");
        await page.getByRole("link", { name: "Back to the ticket" }).click();
        assert.equal(location(page), path);

        await review();
        await atDesk({}, async (other) => {
          await other.goto(path);
          await other.getByLabel("State").selectOption("st-support");
          await save(other);
        });
        await page.getByRole("button", { name: "Set company" }).click();
        assert.match(await alert(page), /^Somebody has changed this ticket since you chose/);
        await page.getByRole("button", { name: "Set company" }).click();
        assert.equal(await done(page), "The company is set.");
        assert.equal(await page.getByLabel("Company", { exact: true }).locator("option:checked").textContent(), "No company");
        assert.match(await page.getByRole("region", { name: "Messages and history" }).innerText(), /from Northgate Mills to No company/);
      }));

    test("a form that is sent twice makes one ticket", () =>
      atDesk({}, async (page) => {
        await page.goto(`/helpdesk/new?requester=${DESK.contact}`);
        assert.equal(await page.getByLabel("Company", { exact: true }).locator("option:checked").textContent(), DESK.called);
        const form = { requester: DESK.contact, title: "Twice", type: "bug", description: "", company: "automatic", key: await page.locator("[name=key]").inputValue() };
        const send = () => page.request.post("/helpdesk/tickets", { form, headers: { origin }, maxRedirects: 0 });
        const answers = await Promise.all([send(), send()]);
        assert.deepEqual(answers.map((it) => it.status()), [303, 303]);
        assert.equal(answers[0].headers().location, answers[1].headers().location);

        await page.reload();
        await page.getByLabel("Title", { exact: true }).fill("For nobody");
        await page.getByLabel("Requester", { exact: true }).fill("nobody is called so");
        await page.getByLabel("Type").selectOption({ label: "🐞 Bug" });
        await page.getByRole("button", { name: "Create ticket" }).click();
        assert.equal(await alert(page), "Choose who the requester is.");
        assert.equal(await page.getByText("Nobody is called like that.").first().isVisible(), true);
        assert.equal(await page.getByLabel("Title", { exact: true }).inputValue(), "For nobody");
      }));

    for (const [way, options] of WAYS) {
      test(`sees what a customer sees, is recorded, changes nothing, and comes back (${way})`, () =>
        atDesk(options, async (page) => {
          await page.goto("/helpdesk/tickets/tk-browser-view");
          await page.getByRole("button", { name: "What this customer sees" }).click();
          assert.equal(location(page), "/tickets/tk-browser-view");
          const banner = page.getByRole("complementary", { name: "Viewing as a customer" });
          assert.match(await banner.innerText(), new RegExp(DESK.name));
          await banner.getByRole("button", { name: "Stop" }).click();
          assert.equal(location(page), "/helpdesk/tickets/tk-browser-view");

          await page.getByRole("link", { name: DESK.name }).click();
          await page.getByRole("button", { name: "What this customer sees" }).click();
          assert.equal(location(page), "/tickets");
          await banner.getByRole("button", { name: "Stop" }).click();
          assert.equal(location(page), `/helpdesk/people?id=${DESK.contact}`);
          await page.getByText("Who looked at the portal as them").click();
          assert.match(await page.locator(".seen li").first().innerText(), /^Ngozi Eze/);
          await page.goto("/tickets");
          assert.equal(await banner.count(), 0);
        }));
    }
  });
}

describe("the inbox", { concurrency: 1, skip: !extremes && "needs a portal of its own" }, () => {
  const rows = (page) => page.locator("tbody tr");
  const titles = (page) => page.locator("td.what a").allTextContents();

  for (const [way, options] of WAYS) {
    test(`opens at what needs us, with tabs, filters and counts (${way})`, () =>
      atDesk(options, async (page) => {
        await page.goto("/helpdesk");
        const { items, counts } = await deskApi("/api/helpdesk/inbox");
        assert.deepEqual(await titles(page), items.map((it) => it.title), "the longest wait first");
        const tabs = page.getByRole("navigation", { name: "Inbox" });
        assert.equal(await tabs.locator("[aria-current=page]").innerText(), `Needs us ${counts.us}`);
        assert.match(await page.title(), new RegExp(`^\\(${counts.us}\\) Needs us`));
        await page.locator("details.menu", { hasText: "Assignee:" }).locator("summary").click();
        await page.getByRole("link", { name: /^Mine \d/ }).click();
        assert.equal(location(page), "/helpdesk?assignee=me");
        await tabs.getByRole("link", { name: "Waiting on customers" }).click();
        assert.equal(location(page), "/helpdesk?assignee=me&turn=customer");
        await page.getByRole("link", { name: "Clear" }).click();
        const waiting = await deskApi("/api/helpdesk/inbox?turn=customer");
        assert.deepEqual(await titles(page), waiting.items.map((it) => it.title));
        await tabs.getByRole("link", { name: "All" }).click();
        assert.equal(await heading(page), "Search");
      }));
  }

  test("offers what comes in, keeps its order under the reader, and counts it in the title", () =>
    atDesk({}, async (page) => {
      const { id, conversation } = await deskSend("POST", "/api/helpdesk/conversations/c-live-inbox/convert", { type: "bug", title: "The inbox signal stays red", assignee: NGOZI });
      await deskSend("POST", `/api/helpdesk/conversations/${conversation.id}/messages`, { body: "Which one?", client_id: "which", then: "wait" });
      // Among everybody's it would come last, on a page that nobody looks at yet.
      await page.goto("/helpdesk?assignee=me");
      const before = await titles(page);
      const { counts } = await deskApi("/api/helpdesk/inbox");
      await post(LIVE.contact, `/api/conversations/${conversation.id}/messages`, { body: "The one at gate 4", client_id: "gate" });
      const offer = page.getByRole("status").getByRole("button", { name: /^(1 new|\d+ updates?): show$/ });
      await offer.waitFor({ timeout: 20_000 });
      assert.deepEqual(await titles(page), before, "nothing moves by itself");
      assert.match(await page.title(), new RegExp(`^\\(${counts.us + 1}\\) Needs us`));
      await offer.click();
      const found = rows(page).filter({ hasText: "The one at gate 4" });
      assert.equal(await found.locator("a").getAttribute("href"), `/helpdesk/tickets/${id}#newest`);
    }));

  test("a reply that waits is three actions from the inbox: open, type, send", () =>
    atDesk({}, async (page) => {
      await page.goto("/helpdesk?assignee=none");
      const first = rows(page).filter({ hasText: "#" }).first().locator("td.what a");
      const title = await first.textContent();
      await page.keyboard.press("j");
      await first.click();
      assert.equal(await heading(page), title);
      await page.keyboard.press("r");
      await page.keyboard.type("What do you see there?");
      await page.getByRole("button", { name: "Reply and wait for customer" }).click();
      assert.match(await page.locator("article .over .state").getAttribute("class"), /waiting_on_customer/);
    }));
});

describe("the Help Desk", { concurrency: 3 }, () => {
  for (const [way, options] of WAYS) {
    test(`remembers whether the Company column is shown (${way})`, () =>
      atDesk(options, async (page) => {
        await indexing();
        await page.goto("/helpdesk/search?kind=ticket");
        // Without script each click sends a form, and the page that was there can still be read.
        const button = (pressed) => page.getByRole("button", { name: "Company column", pressed });
        const cell = page.locator("td.of").first();
        await button(false).waitFor();
        assert.equal(await cell.isVisible(), false);
        await button(false).click();
        await button(true).waitFor();
        await cell.waitFor();
        assert.equal(location(page), "/helpdesk/search?kind=ticket", "the search stays as it was");
        await page.goto("/helpdesk/search");
        assert.ok(await button(true).isVisible(), "remembered");
        await button(true).click();
        await button(false).waitFor();
        await page.waitForLoadState();
        await page.reload();
        assert.ok(await button(false).isVisible());
      }));

    test(`leads from a company to its tickets, a ticket, its requester and their companies (${way})`, () =>
      atDesk(options, async (page) => {
        await page.goto("/helpdesk");
        await page.getByRole("link", { name: "Companies", exact: true }).click();
        await page.getByRole("searchbox").fill("bluep");
        await page.getByRole("button", { name: "Search" }).click();
        await page.getByRole("link", { name: "Bluepeak Outdoor" }).click();
        const tabs = page.getByRole("navigation", { name: "Company" });
        await tabs.getByRole("link", { name: "Tickets" }).click();
        assert.match(await tabs.locator("[aria-current=page]").innerText(), /^Tickets \d+$/);
        await page.locator("details.menu summary").first().click();
        await page.getByRole("link", { name: "Waiting on customer" }).click();
        await page.getByRole("columnheader", { name: "Title" }).getByRole("link").click();
        assert.equal(await page.getByRole("columnheader", { name: "Title" }).getAttribute("aria-sort"), "ascending");
        const { tickets } = await deskApi("/api/helpdesk/companies/tickets?id=bluepeak&state=waiting_on_customer&sort=title&order=asc");
        const titles = page.locator("td.what a");
        assert.deepEqual(await titles.allTextContents(), tickets.map((it) => it.title));
        await titles.first().click();
        assert.equal(location(page), tickets[0].url);
        await page.locator(".panel .person a").click();
        assert.equal(location(page), `/helpdesk/people?${new URLSearchParams({ id: tickets[0].requester.id })}`);
        await page.getByRole("link", { name: "Bluepeak Outdoor" }).first().click();
        assert.equal(location(page), "/helpdesk/companies?id=bluepeak");
      }));
  }

  test("finds a ticket by its number, by words of its title with a filter, and goes on to older ones", () =>
    atDesk({}, async (page) => {
      await indexing();
      const [ticket] = await samirasTickets();
      const search = async (words) => {
        // What is typed is looked for at once, too.
        const loaded = page.waitForEvent("load");
        await page.getByRole("searchbox").fill(words);
        await page.getByRole("button", { name: "Search", exact: true }).click();
        await loaded;
      };
      const titles = page.locator("td.what a");
      await page.goto("/helpdesk/search");
      await search(`#${ticket.number}`);
      assert.equal(await titles.first().textContent(), ticket.title);

      await page.goto("/helpdesk/search");
      // A ticket's title may begin with the company's name.
      const companies = page.locator("details.menu", { hasText: "Company:" });
      await companies.locator("summary").click();
      await companies.getByRole("link", { name: ticket.company.name }).click();
      await search(ticket.title.replace(/[^\p{L}\p{N} ]/gu, " ").split(/ +/).slice(0, 3).join(" "));
      assert.equal(new URL(page.url()).searchParams.get("company"), ticket.company.id, "the filter stays");
      assert.ok((await titles.allTextContents()).includes(ticket.title));

      await page.goto("/helpdesk/search?kind=ticket");
      const first = await titles.allTextContents();
      await page.getByRole("link", { name: "Older results" }).click();
      assert.notDeepEqual(await titles.allTextContents(), first);
      await page.getByRole("link", { name: "Newest results" }).click();
      assert.equal(location(page), "/helpdesk/search?kind=ticket");

      await search(`Re: ${ticket.title} (was: nothing of the kind)`);
      assert.match(await page.getByRole("main").innerText(), /Nothing (matches|among the newest)/);
      await search(`Re: Ticket #${ticket.number} is closed`);
      assert.deepEqual(await titles.allTextContents(), [ticket.title]);
    }));

  test("shows results while one types, with the line in which the words are", () =>
    atDesk({}, async (page) => {
      await indexing();
      const { results } = await deskApi("/api/helpdesk/search?q=printer&kind=ticket");
      const said = results.find((it) => it.match.in === "message");
      await page.goto("/helpdesk/search?kind=ticket");
      await page.getByRole("searchbox").pressSequentially("printer");
      const row = page.getByRole("row").filter({ hasText: `#${said.number}` });
      await row.locator(".found mark").first().waitFor();
      assert.equal(await row.locator(".found bdi").textContent(), said.match.snippet.map((it) => it.text).join(""));
      assert.match(await row.locator(".found").textContent(), /^In a message: /);
      assert.equal(location(page), "/helpdesk/search?q=printer&kind=ticket");
      // Keys go over the results that have come.
      await page.getByRole("searchbox").press("ArrowDown");
      assert.equal(await page.evaluate(() => document.activeElement.textContent), results[0].title);
    }));

  test("shows teammates what customers do not read: internal labels and notes", async () => {
    const [ticket] = (await samirasTickets()).filter((it) => it.state.category === "in_progress");
    const { internal_label: internal } = await deskApi(`/api/helpdesk/tickets/${ticket.id}`);
    await atDesk({}, async (page) => {
      await page.goto(`/helpdesk/tickets/${ticket.id}`);
      assert.equal(await page.locator("article .state").textContent(), internal);
    });
    assert.equal(JSON.stringify(await api(SAMIRA, `/api/tickets/${ticket.id}`)).includes(internal), false);
  });

  test("a company that is no option is refused in words, with those that are", () =>
    atDesk({}, async (page) => {
      const [ticket] = await samirasTickets();
      await page.goto(`/helpdesk/tickets/${ticket.id}/company?company=waha`);
      assert.match(await alert(page), /is not a company of those who take part/);
      await page.getByLabel("Company", { exact: true }).selectOption({ label: "No company" });
      await page.getByRole("button", { name: "Review change" }).click();
      assert.equal(await heading(page), "Set the company to No company?");
    }));

  test("keys search, move and open", () =>
    atDesk({}, async (page) => {
      await page.goto("/helpdesk/people");
      const focused = () => page.evaluate(() => document.activeElement.textContent || document.activeElement.id);
      const names = await page.locator(".results .what a").allTextContents();
      await page.keyboard.press("/");
      assert.equal(await focused(), "q");
      await page.keyboard.type("j");
      assert.equal(await page.getByRole("searchbox").inputValue(), "j", "what is typed is typed");
      await page.keyboard.press("ArrowDown");
      assert.equal(await focused(), names[0]);
      await page.keyboard.press("j");
      await page.keyboard.press("ArrowDown");
      assert.equal(await focused(), names[2]);
      await page.keyboard.press("k");
      assert.equal(await focused(), names[1]);
      await page.keyboard.press("ArrowUp");
      await page.keyboard.press("ArrowUp");
      assert.equal(await focused(), "q");
      await page.keyboard.press("Escape");
      assert.equal(await page.evaluate(() => document.activeElement === document.body), true);
      await page.keyboard.press("j");
      assert.equal(await focused(), names[0]);
      await page.keyboard.press("Enter");
      await page.waitForURL("**/helpdesk/people?id=*");
      assert.equal(await heading(page), names[0]);
    }));

  test("keys answer, note and assign on a ticket, and a dialog tells which there are", async () => {
    const [ticket] = await samirasTickets();
    await atDesk({}, async (page) => {
      await page.goto(`/helpdesk/tickets/${ticket.id}`);
      const mode = () => page.locator("[name=as]:checked").inputValue();
      await page.keyboard.press("n");
      assert.equal(await mode(), "note");
      await page.keyboard.type("rna?");
      assert.equal(await page.getByLabel("Your message").inputValue(), "rna?", "what is typed is typed");
      await page.getByLabel("Your message").fill("");
      await page.getByRole("heading", { level: 1 }).click();
      await page.keyboard.press("r");
      assert.equal(await mode(), "reply");
      await page.getByRole("heading", { level: 1 }).click();
      await page.keyboard.press("Control+a");
      await page.keyboard.press("a");
      assert.equal(await page.evaluate(() => document.activeElement.id), "assignee");
      await page.getByRole("heading", { level: 1 }).click();
      await page.keyboard.press("?");
      const dialog = page.getByRole("dialog", { name: "Keys" });
      assert.match(await dialog.innerText(), /reply[\s\S]*write a note[\s\S]*choose the assignee/);
      await page.keyboard.press("Escape");
      assert.equal(await dialog.count(), 0);
    });
  });

  test("keys can be turned off, for those who speak to their machine", () =>
    atDesk({}, async (page) => {
      await page.goto("/helpdesk/search");
      const off = page.getByRole("button", { name: "Keys off" });
      await off.click();
      await page.reload();
      assert.equal(await off.getAttribute("aria-pressed"), "true");
      await page.keyboard.press("/");
      assert.equal(await page.evaluate(() => document.activeElement === document.body), true);
    }));

  test("signing out ends it, and says so", () =>
    atDesk({}, async (page) => {
      await page.goto("/helpdesk");
      await page.getByRole("button", { name: "Sign out" }).click();
      assert.equal(await heading(page), "You are signed out");
      await page.getByRole("link", { name: "Sign in again" }).click();
      assert.match(location(page), /^\/sign-in\?return_to=/);
    }));
});
