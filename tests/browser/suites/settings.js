// An operator opens a portal that nobody has set up: checks, rules with a look at whom they match, and the switch. With
// script and without, each in a portal of its own.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { importLines } from "../lib/extremes.js";
import { startPortal } from "../lib/portal.js";
import { extremes, inBrowser, violations } from "../lib/site.js";
import { NGOZI, signed, teammateCookies } from "../lib/teammate.js";

const AT = "2026-01-05T10:00:00Z";
const LINES = [
  { kind: "teammate", id: "t-ines", name: "Ines Duarte" },
  { kind: "ticket_type", id: "bug", name: "Bug", category: "customer" },
  { kind: "ticket_state", id: "new", category: "submitted" },
  { kind: "company", id: "gold", name: "Goldcrest", attributes: { plan: "gold" } },
  { kind: "company", id: "basic", name: "Basalt", attributes: { plan: "basic" } },
  { kind: "contact", id: "u-ana", name: "Ana Prado", email: "ana@goldcrest.example", companies: ["gold"] },
  { kind: "contact", id: "u-bo", name: "Bo Lind", email: "bo@basalt.example", companies: ["basic"] },
  ...["gold", "basic"].map((company, index) => ({
    kind: "ticket", id: `tk-${company}`, number: index + 1, type: "bug", title: `It fails at ${company}`, state: "new", company,
    requester: ["u-ana", "u-bo"][index], created_at: AT,
  })),
];

// Four pixels by two, in one colour.
const WIDE_LOGO = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAQAAAACCAIAAADwyuo0AAAAEElEQVR4nGOQy4+BIwZkDgBc0gdJthq2swAAAABJRU5ErkJggg==", "base64");

const now = () => Math.floor(Date.now() / 1000);
const token = (contact, more) =>
  signed({ user_id: contact, iat: now(), exp: now() + 600, ...more }, "demo-identity-secret-for-this-machine-only");

const check = (page, name) => page.getByRole("button", { name: `: ${name}` });
const group = (page, name) => page.getByRole("group", { name, exact: true });
const said = (page) => page.locator(".say[role]").first().innerText();
const matches = (page) => page.locator("#preview [role=status]");
const isPreview = (request) => request.method() === "POST" && new URL(request.url()).pathname === "/api/helpdesk/settings/audience/preview";

if (extremes) {
  describe("an operator", { concurrency: 1 }, () => {
    for (const [way, javaScriptEnabled] of [["script", true], ["plain", false]]) {
      test(`proves what must work, tries rules out, and opens the portal (${way})`, async () => {
        const portal = await startPortal(["--no-demo"]);
        try {
          await importLines(portal.admin, portal.endpoint, LINES);
          const options = { baseURL: portal.origin, javaScriptEnabled, mayAsk: isPreview };
          const enters = async (contact) => {
            const answer = await fetch(`${portal.origin}/tickets`, { headers: { authorization: `Bearer ${token(contact)}` } });
            return answer.status;
          };
          assert.equal(await enters("u-ana"), 403);

          await inBrowser(options, async (page) => {
            await page.context().addCookies(await teammateCookies("t-ines", portal.origin));
            await page.goto("/helpdesk");
            await page.getByRole("link", { name: "Settings" }).click();
            assert.equal(await page.getByText("Not checked yet").count(), 3);

            await page.getByLabel("The portal is on").check();
            await page.getByLabel("Name", { exact: true }).fill("Ferrovia");
            await page.getByRole("button", { name: "Save settings" }).click();
            const missing = page.getByRole("alert").getByRole("link");
            assert.deepEqual(await missing.allInnerTexts(), ["Help Center custom domain", "Cookie forwarding", "Identity verification"]);
            assert.equal(await page.getByLabel("Name", { exact: true }).inputValue(), "Ferrovia", "what was typed is kept");
            assert.ok(await page.getByLabel("The portal is on").isChecked());

            for (const name of ["Help Center custom domain", "Cookie forwarding"]) {
              await check(page, name).click();
              assert.equal(await said(page), `${name} works.`);
            }
            await page.getByLabel("Identity token").fill(token("u-ana", { exp: now() - 3600 }));
            await check(page, "Identity verification").click();
            assert.match(await said(page), /Identity verification: the check did not pass/);
            await page.getByText("The token has run out: its exp is in the past.").waitFor();
            assert.equal(await page.getByLabel("Identity token").inputValue(), "", "the token is forgotten");
            await page.getByLabel("Identity token").fill(token("u-ana"));
            await check(page, "Identity verification").click();
            assert.equal(await said(page), "Identity verification works.");
            assert.equal(await page.locator(".proof .state", { hasText: "Confirmed" }).count(), 3);

            const rules = group(page, "Who may enter");
            await rules.getByRole("button", { name: "Add a condition" }).click();
            const rule = group(page, "Condition 1").first();
            await rule.getByLabel("Whose").selectOption("Company");
            await rule.getByLabel("Attribute").fill("plan");
            await rule.getByLabel("Value").fill("gold");
            if (!javaScriptEnabled) await rules.getByRole("button", { name: "Show who matches" }).click();
            await matches(page).getByText("1 of all 2 contacts match.").waitFor();
            assert.deepEqual(await page.locator("#preview li").allInnerTexts(), ["Ana Prado Goldcrest"]);
            await group(page, "Condition 1").first().getByLabel("Comparison").selectOption("is not");
            if (!javaScriptEnabled) await rules.getByRole("button", { name: "Show who matches" }).click();
            await page.locator("#preview li", { hasText: "Bo Lind" }).waitFor();
            await group(page, "Condition 1").first().getByLabel("Comparison").selectOption("is");

            await rules.getByRole("button", { name: "Add a condition" }).click();
            assert.equal(await rules.getByRole("group", { name: /^Condition/ }).count(), 2);
            await rules.getByRole("button", { name: "Remove condition 2" }).click();
            assert.equal(await rules.getByRole("group", { name: /^Condition/ }).count(), 1);

            await page.getByLabel("The portal is on").check();
            await page.getByLabel("Name", { exact: true }).fill("Ferrovia");
            await page.getByRole("button", { name: "Save settings" }).click();
            assert.equal(await said(page), "Saved.");
            assert.match(await page.locator("main").innerText(), /The portal is on\./);
            assert.match(await page.locator("main").innerText(), /Ines Duarte|t-ines/);
            assert.equal(await page.getByRole("banner").getByText("Ferrovia").count(), 1);
            assert.equal(await page.getByLabel("Address to share").inputValue(), `${portal.origin}/tickets`);
          });
          assert.deepEqual([await enters("u-ana"), await enters("u-bo")], [200, 403]);
        } finally {
          await portal.stop();
        }
      });
    }

    for (const [way, javaScriptEnabled] of [["script", true], ["plain", false]]) {
      test(`uploads a logo that customers see, and takes it away again (${way})`, async () => {
        const portal = await startPortal([]);
        try {
          const mayAsk = (request) => new URL(request.url()).pathname.startsWith("/embed/logo/");
          const options = { baseURL: portal.origin, javaScriptEnabled, mayAsk };
          const logo = (page) => page.getByRole("banner").locator(".brand img");
          const customers = (look) =>
            inBrowser(options, async (page) => {
              await page.goto("/sign-in?contact=u-samira");
              await page.goto("/tickets");
              await look(page);
            });
          await inBrowser(options, async (page) => {
            const upload = async (name, mimeType, buffer) => {
              await page.getByLabel("Image").setInputFiles({ name, mimeType, buffer });
              await page.getByRole("button", { name: "Upload" }).click();
            };
            await page.context().addCookies(await teammateCookies(NGOZI, portal.origin));
            await page.goto("/helpdesk/settings");
            // The page before can still be read when the button has been pressed: what it says does not count.
            const refused = (why) => page.getByRole("alert").filter({ hasText: why }).waitFor();
            await upload("logo.svg", "image/svg+xml", Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'/>"));
            await refused("SVG");
            await upload("logo.png", "image/png", Buffer.concat([WIDE_LOGO, Buffer.alloc(64 * 1024)]));
            await refused("64 KB");
            await page.goto("/tickets");
            assert.equal(await logo(page).count(), 0, "nothing of it is kept");

            await page.goto("/helpdesk/settings");
            await upload("logo.png", "image/png", WIDE_LOGO);
            assert.equal(await said(page), "Saved.");
            await page.getByAltText("The logo at present").waitFor();
          });
          await customers(async (page) => {
            const size = await logo(page).evaluate(async (image) => {
              await image.decode();
              return [image.naturalWidth, image.naturalHeight, image.clientWidth, image.clientHeight];
            });
            assert.deepEqual(size, [4, 2, 56, 28], "in its own proportions, as high as a line");
          });
          await inBrowser(options, async (page) => {
            await page.context().addCookies(await teammateCookies(NGOZI, portal.origin));
            await page.goto("/helpdesk/settings#logo");
            await page.getByRole("button", { name: "Remove the logo" }).click();
            assert.equal(await said(page), "Saved.");
            assert.equal(await page.getByAltText("The logo at present").count(), 0);
          });
          await customers(async (page) => assert.equal(await logo(page).count(), 0));
        } finally {
          await portal.stop();
        }
      });
    }

    test("adds as many conditions as a list may have", () =>
      inBrowser({}, async (page) => {
        await page.context().addCookies(await teammateCookies(NGOZI));
        await page.goto("/helpdesk/settings");
        const rules = group(page, "Who may enter");
        const count = () => rules.getByRole("group", { name: /^Condition/ }).count();
        const add = rules.getByRole("button", { name: "Add a condition" });
        while ((await count()) < 49) await add.evaluate((it) => it.click());
        assert.ok(await add.isVisible());
        await add.click();
        assert.equal(await count(), 50);
        assert.ok(await add.isHidden());
        await rules.getByRole("button", { name: "Remove condition 50" }).click();
        assert.ok(await add.isVisible());
      }));

    test("finds the page accessible in every state, and copies what there is to share", async () => {
      const portal = await startPortal(["--no-demo"]);
      try {
        await importLines(portal.admin, portal.endpoint, LINES);
        await inBrowser({ baseURL: portal.origin, axe: true, mayAsk: isPreview, permissions: ["clipboard-read", "clipboard-write"] }, async (page) => {
          await page.context().addCookies(await teammateCookies("t-ines", portal.origin));
          const assertAccessible = async (what) => {
            for (const [colorScheme, width] of [["light", 1280], ["dark", 390]]) {
              await page.emulateMedia({ colorScheme });
              await page.setViewportSize({ width, height: 900 });
              assert.deepEqual(await violations(page), [], `${what}, ${colorScheme}, ${width} px`);
              assert.ok(await page.evaluate(() => document.scrollingElement.scrollWidth <= document.documentElement.clientWidth), what);
            }
          };
          await page.goto("/helpdesk/settings");
          await page.getByLabel("Identity token").fill("not a token");
          await check(page, "Identity verification").click();
          await assertAccessible("a check that did not pass");
          await page.getByLabel("Colour").fill("red");
          await page.getByLabel("Colour").press("Enter");
          assert.match(await said(page), /Colour: it must be #rrggbb/, "Enter saves");
          await assertAccessible("a colour that is none");
          await page.getByLabel("The portal is on").check();
          await page.getByLabel("Colour").fill("");
          await page.getByRole("button", { name: "Save settings" }).click();
          await assertAccessible("a portal that cannot be turned on");
          await page.getByRole("button", { name: "Show who matches" }).click();
          await matches(page).getByText("2 of all 2 contacts match.").waitFor();
          await assertAccessible("a preview");

          for (const [label, name] of [["Address to share", "the address"], ["Card for the Help Center", "the card"], ["Messenger", "the Messenger"]]) {
            await page.getByRole("button", { name: `Copy ${name}` }).click();
            await page.locator("#copied", { hasText: "Copied." }).waitFor({ state: "attached" });
            assert.equal(await page.evaluate(() => navigator.clipboard.readText()), await page.getByLabel(label, { exact: true }).inputValue());
          }
        });
      } finally {
        await portal.stop();
      }
    });
  });
}
