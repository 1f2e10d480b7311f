// What README.md says of the first ten minutes, done in its order and with its words.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { promisify } from "node:util";
import { importLines } from "../lib/extremes.js";
import { indexing } from "../lib/pages.js";
import { startPortal } from "../lib/portal.js";
import { extremes, inBrowser, origin } from "../lib/site.js";

const README = readFileSync(new URL("../../../README.md", import.meta.url), "utf8");

/** What the README says in the groups of `pattern`. */
function says(pattern) {
  const [, ...said] = README.match(pattern) ?? assert.fail(`README.md says nothing like ${pattern}`);
  return said;
}

/** The page asks for look-alikes, sends, and is told of changes; all of that is tested elsewhere. */
const everything = { mayAsk: () => true };
const signIn = async (page, name) => {
  await page.goto("/sign-in");
  await page.getByRole("link", { name, exact: true }).click();
};

/** Goes to the last page of the inbox: the longest wait comes first, so that what is new stands there. */
async function toTheEnd(page) {
  const next = page.getByRole("link", { name: "Further on" });
  while (await next.count()) await page.goto(await next.getAttribute("href"));
}

// They change something.
if (extremes) {
  describe("the README", { concurrency: 1 }, () => {
    test("leads from the first sign-in to a reply that appears on the other side, and into the Messenger", async () => {
      await indexing();
      const [customer, button, words] = says(/sign in as ([\w ]+), press \*([\w ]+)\*, and type\s+"([^"]+)"/);
      const [teammate, pile] = says(/sign in as ([\w ]+) in another browser\. What you have sent is in \*([\w ]+)\*/);
      const [app] = says(/<(http:\/\/app\.[\w.]+):3000>/);
      await inBrowser(everything, async (page) => {
        await signIn(page, customer);
        await page.getByRole("link", { name: button }).click();
        await page.getByLabel("What is it about?").pressSequentially(words, { delay: 20 });
        await page.locator("#alike li").first().waitFor();
        await page.getByRole("radio").first().check();
        for (const list of await page.locator(".asked-for:visible select").all()) await list.selectOption({ index: 1 });
        await page.getByLabel("What happened?").fill("Since we changed the rolls.");
        await page.getByRole("button", { name: /^Send/ }).last().click();
        await page.waitForURL(/\/tickets\/tk-/);
        assert.equal(await page.getByRole("heading", { level: 1 }).textContent(), words);

        await inBrowser(everything, async (desk) => {
          await signIn(desk, teammate);
          assert.match(await desk.title(), new RegExp(pile));
          await toTheEnd(desk);
          await desk.getByRole("link", { name: words }).first().click();
          await desk.getByLabel("Your message").fill("Thank you. Which printer is it?");
          await desk.getByRole("button", { name: "Reply", exact: true }).click();
          await desk.locator(".thread").getByText("Which printer is it?").waitFor();
        });
        await page.locator(".thread").getByText("Which printer is it?").waitFor();
      });

      await inBrowser({ ...everything, baseURL: `${app}:${new URL(origin).port}`, excused: /^asked for/ }, async (page) => {
        await page.goto("/");
        await page.getByRole("link", { name: customer }).click();
        await page.getByRole("button", { name: /^Help/ }).click();
        const drawer = page.getByRole("dialog");
        await drawer.getByRole("listitem").filter({ hasText: words }).getByRole("button").click();
        await drawer.getByRole("button", { name: "Continue the conversation" }).click();
        await drawer.getByText("Which printer is it?").waitFor();
      });
    });

    test("leads to a conversation that becomes a ticket", () =>
      inBrowser(everything, async (page) => {
        const [teammate] = says(/sign in as ([\w ]+) in another browser/);
        says(/conversations that nobody has made a ticket of yet/);
        await signIn(page, teammate);
        const words = "Can I see last year's invoices somewhere?";
        await toTheEnd(page);
        await page.getByRole("link", { name: words }).first().click();
        await page.getByText("Convert to ticket").click();
        await page.getByLabel("Type").selectOption({ index: 1 });
        await page.getByRole("button", { name: "Create ticket" }).click();
        await page.getByText("The ticket is there.").waitFor();
        await page.locator(".thread").getByText(words).first().waitFor();
      }));

    test("leads from nothing to a portal that is on, which its first customer enters", async () => {
      const [options] = says(/cargo run -- (--no-demo) --data/);
      const [lines, contact] = says(/<<'END'\n(.*?)\nEND\n.*? import first\.ndjson\n.*? token --contact ([\w-]+)/s);
      const portal = await startPortal([options]);
      try {
        await importLines(portal.admin, portal.endpoint, lines.split("\n").map((line) => JSON.parse(line)));
        const { stdout: token } = await promisify(execFile)(portal.admin, ["token", "--contact", contact]);
        await inBrowser({ ...everything, baseURL: portal.origin }, async (page) => {
          await page.goto("/sign-in");
          await page.getByLabel("Teammate id").fill("t-1");
          await page.getByRole("button", { name: "Open the Help Desk" }).click();
          await page.getByRole("link", { name: "Settings" }).click();
          const steps = page.getByRole("list", { name: "To do" }).getByRole("listitem");
          const left = async () => (await steps.allInnerTexts()).filter((it) => it.includes("To do"));
          assert.ok((await left()).length >= 4, "what is to be done is said");
          for (const name of ["Help Center custom domain", "Cookie forwarding"]) {
            await page.getByRole("button", { name: `: ${name}` }).click();
          }
          await page.getByLabel("Identity token").fill(token.trim());
          await page.getByRole("button", { name: ": Identity verification" }).click();
          assert.equal((await left()).length, 1, `${await left()}`);
          await page.getByLabel("The portal is on").check();
          await page.getByLabel("Customers may report").check();
          await page.getByRole("button", { name: "Save settings" }).click();
          await page.getByText("The portal is on.").first().waitFor();
          assert.equal(await steps.count(), 0, "nothing is left to do");
        });
        await inBrowser({ ...everything, baseURL: portal.origin }, async (page) => {
          await page.goto("/sign-in");
          await page.getByLabel("Contact id").fill(contact);
          await page.getByRole("button", { name: "Sign in", exact: true }).click();
          await page.getByRole("link", { name: "New ticket" }).first().click();
          await page.getByLabel("What is it about?").fill("The first of all tickets");
          await page.getByLabel("Question").check();
          await page.getByLabel("What happened?").fill("It works.");
          await page.getByRole("button", { name: "Send", exact: true }).click();
          await page.waitForURL(/\/tickets\/tk-/);
          await page.getByRole("link", { name: "All tickets" }).click();
          await page.getByRole("link", { name: "The first of all tickets" }).waitFor();
        });
      } finally {
        await portal.stop();
      }
    });
  });
}
