// The pretend app and Help Center of the demo data's vendor, which `cargo run` serves beside the portal.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { PHONE, WIDE, inBrowser, origin, violations } from "../lib/site.js";

const at = (host) => `http://${host}.quayhaven.localhost:${new URL(origin).port}`;
const [app, help] = [at("app"), at("help")];
/** A window in which the app asks the Help Center, as the vendor's pages do. */
const visit = (use, options = {}) => inBrowser({ baseURL: app, excused: /^asked for/, ...options }, use);
const signIn = async (page, name) => {
  await page.goto("/");
  await page.getByRole("link", { name }).click();
};
const drawer = (page) => page.getByRole("dialog");

describe("the vendor of the demo data", () => {
  test("has an app whose launcher counts what is new, opens the Messenger, and leads to the answer", () =>
    visit(async (page) => {
      await signIn(page, "Søren Møller");
      await page.getByRole("button", { name: "Help, 1 with something new" }).click();
      const row = drawer(page).getByRole("listitem").first();
      const [around, title] = [await row.boundingBox(), await row.locator(".title").boundingBox()];
      assert.ok(title.y >= around.y && title.y + title.height <= around.y + around.height, "the title of what is new stands in its row");
      await row.getByRole("button").click();
      await drawer(page).getByRole("button", { name: "Continue the conversation" }).click();
      await drawer(page).getByText("May I restart the connection").waitFor();
      assert.equal(await page.locator("#launcher").isVisible(), false, "nothing lies over the drawer");
      await drawer(page).getByRole("button", { name: "Close", exact: true }).click();
      await page.getByRole("button", { name: "Help", exact: true }).waitFor();
    }));

  test("has a Help Center with the card, which leads into the portal on the same host", () =>
    visit(async (page) => {
      await page.goto(`${help}/`);
      assert.equal(await page.getByRole("link", { name: /^Your company/ }).count(), 0);
      await page.getByRole("link", { name: "Sign in to the app" }).click();
      await page.getByRole("link", { name: "Samira Osei" }).click();
      await page.getByRole("banner").getByRole("link", { name: "Help Center" }).click();
      await page.getByRole("link", { name: /Your company/ }).click();
      assert.equal(page.url(), `${help}/tickets`);
      assert.equal(await page.getByRole("banner").getByText("Samira Osei").count(), 1);
    }));

  test("signs in who followed a link into the portal, and brings them there", () =>
    visit(async (page) => {
      await page.goto(`${help}/tickets?state=resolved`);
      assert.equal(new URL(page.url()).origin, app);
      await page.getByRole("link", { name: "Samira Osei" }).click();
      assert.equal(page.url(), `${help}/tickets?state=resolved`);
    }));

  test("sends nobody to an address that is not its own", () =>
    visit(async (page) => {
      for (const to of ["https://evil.example/", `${help}.evil.example/`, "//evil.example", `${app}@evil.example/`]) {
        await page.goto(`/sign-in?contact=u-samira&return_to=${encodeURIComponent(to)}`);
        assert.equal(page.url(), `${app}/`, to);
      }
    }));

  test("ends the portal's session with its own", () =>
    visit(async (page) => {
      await signIn(page, "Samira Osei");
      await page.getByRole("button", { name: /^Help/ }).click();
      await drawer(page).getByRole("listitem").first().waitFor();
      await drawer(page).getByRole("button", { name: "Close", exact: true }).click();
      await page.getByRole("button", { name: "Sign out" }).click();
      await page.getByRole("heading", { name: "Sign in to your shipments" }).waitFor();
      const names = (await page.context().cookies()).map((it) => it.name).filter((it) => it !== "portal_hint");
      assert.deepEqual(names, []);
    }));

  test("leads teammates of the Help Center's host to the Help Desk", () =>
    visit(async (page) => {
      await page.goto(`${help}/helpdesk`);
      await page.getByRole("link", { name: "Ngozi Eze" }).click();
      assert.match(await page.title(), /Needs us/);
    }));

  test("gives axe nothing to find, light and dark, wide and narrow", () =>
    visit(async (page) => {
      const look = async (what) => {
        for (const viewport of [WIDE, PHONE]) {
          for (const colorScheme of ["light", "dark"]) {
            await page.setViewportSize(viewport);
            await page.emulateMedia({ colorScheme });
            assert.deepEqual(await violations(page), [], `${what}, ${colorScheme}, ${viewport.width} px`);
          }
          assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${what}, ${viewport.width} px`);
        }
      };
      await page.goto("/");
      await look("signed out");
      await page.goto("/sign-in");
      await look("sign-in");
      await signIn(page, "Samira Osei");
      await look("the app");
      await page.goto(`${help}/`);
      await look("the Help Center");
    }, { axe: true }));
});
