// Messenger and card on the vendor's own pages, beside the Help Center's domain, with cookies as browsers treat them.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { TALK } from "../lib/extremes.js";
import { SAMIRA } from "../lib/pages.js";
import { PHONE, SMALL_PHONE, WIDE, extremes, violations } from "../lib/site.js";
import { identityToken, openVendor, told } from "../lib/vendor.js";

const drawer = (page) => page.getByRole("dialog");
const button = (page, name) => drawer(page).getByRole("button", { name, exact: true });
const card = (page) => page.locator("tickets-portal-card");
const call = (page, ...values) => page.evaluate((values) => TicketsPortal(...values), values);
const boot = async (page, who) => {
  const heard = page.evaluate(() => new Promise((resolve) => document.addEventListener("tickets-portal:changed", resolve, { once: true })).then(() => null));
  await call(page, "boot", { identity_token: identityToken(who) });
  await heard;
};
const access = (page, help) => page.evaluate((help) => fetch(`${help}/api/portal/access`, { credentials: "include" }).then((it) => it.json()), help);
/** Whether the card has decided to show itself. */
const isShown = async (page, expected) => {
  await page.waitForFunction((expected) => document.querySelector("tickets-portal-card").checkVisibility() === expected, expected);
  return card(page).getByRole("link").count();
};

/** The contrast of two colours that were computed, from 1 to 21. */
function contrast(one, other) {
  const luminance = (color) => {
    const [red, green, blue] = color.match(/[\d.]+/g).map((it) => it / 255).map((it) => (it > 0.04045 ? ((it + 0.055) / 1.055) ** 2.4 : it / 12.92));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [a, b] = [luminance(one), luminance(other)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

describe("on the vendor's pages", { skip: !extremes && "needs a portal of its own" }, () => {
  let vendor;
  before(async () => (vendor = await openVendor()));
  after(() => vendor?.close());

  test("the way leads from the card to the portal, a ticket, its conversation, the tickets space and back", () =>
    vendor.visit(async (page) => {
      await page.goto(vendor.app);
      assert.equal(await isShown(page, false), 0, "nobody is signed in");
      await boot(page, TALK.contact);
      assert.equal(await isShown(page, true), 1);
      assert.equal(await page.getByRole("heading", { level: 3, name: "Team tickets" }).count(), 1);
      const { companies: [{ counts }] } = await access(page, vendor.help);
      assert.equal(await card(page).getByText(`${counts.all} tickets`).count(), 1);

      await card(page).getByRole("link").click();
      await page.waitForURL(`${vendor.help}/tickets`);
      await page.getByRole("link", { name: "The vendor pump stutters" }).click();
      await page.getByRole("button", { name: "Join conversation" }).click();
      await page.getByLabel("Your message").fill("From the portal");
      await page.getByRole("button", { name: "Send" }).click();
      await page.locator(".message.you").getByText("From the portal").waitFor();
      await page.goto(vendor.app);
      await call(page, "boot");
      await page.getByRole("button", { name: "Help" }).click();
      await drawer(page).getByRole("listitem").filter({ hasText: "The vendor pump stutters" }).waitFor();
      await drawer(page).getByRole("link", { name: /All your company’s tickets/ }).click();
      await page.waitForURL(`${vendor.help}/tickets`);
    }));

  test("a page beside the Help Center boots the Messenger and joins a conversation", () =>
    vendor.visit(async (page) => {
      await page.goto(vendor.app);
      await boot(page, TALK.contact);
      const session = (await page.context().cookies(vendor.help)).find((it) => it.name === "portal_session");
      assert.deepEqual([session.httpOnly, session.secure, session.sameSite, session.domain], [true, true, "Lax", ".vendor.example"]);
      assert.doesNotMatch(await page.evaluate(() => document.cookie), /portal_/);

      await page.getByRole("button", { name: "Help" }).click();
      await drawer(page).getByRole("heading", { name: "Your tickets" }).waitFor();
      await drawer(page).getByRole("listitem").first().waitFor();
      assert.equal(await page.evaluate(() => window.shown), 1, "onShow was called");
      await call(page, "showTicket", "tk-talk-path");
      await button(page, "View the conversation").click();
      await button(page, "Join conversation").click();
      await drawer(page).getByLabel("Your message").fill("From the app");
      await button(page, "Send").click();
      await drawer(page).getByText("From the app").waitFor();
      await drawer(page).locator(".pending").waitFor({ state: "detached" });
      await call(page, "hide");
      assert.equal(await drawer(page).count(), 0);
      await call(page, "showConversation", "c-talk-path");
      await drawer(page).getByText("From the app").waitFor();
      await page.keyboard.press("Escape");

      await page.reload();
      await call(page, "boot");
      await call(page, "showTicket", "tk-talk-path");
      await button(page, "Continue the conversation").waitFor();
    }));

  test("after shutdown nothing of the person is left, and the next one sees their own", () =>
    vendor.visit(async (page, wrong) => {
      await page.goto(vendor.app);
      await boot(page, TALK.contact);
      await call(page, "showConversation", "c-talk-draft");
      await drawer(page).getByLabel("Your message").fill("A secret draft");
      const ended = page.waitForResponse((it) => it.request().method() === "DELETE");
      await call(page, "shutdown");
      const left = () => page.evaluate(() => document.documentElement.outerHTML + [...document.querySelectorAll("*")].map((it) => it.shadowRoot?.innerHTML ?? "").join());
      assert.doesNotMatch(await left(), /pump|secret/);
      assert.equal(await drawer(page).count(), 0);
      await ended;
      assert.equal(await isShown(page, false), 0);
      assert.deepEqual(await page.context().cookies(vendor.help), []);
      assert.deepEqual((await access(page, vendor.help)).reasons, ["not_signed_in"]);

      await call(page, "show");
      await told(wrong, /call TicketsPortal\("boot"\) first/);
      await call(page, "boot");
      await call(page, "show");
      await drawer(page).getByRole("alert").getByText("Sign in again").waitFor();
      await told(wrong, /401/);

      await boot(page, SAMIRA);
      await call(page, "showConversation", "c-talk-draft");
      await drawer(page).getByRole("alert").getByText("you may no longer see it").waitFor();
      await told(wrong, /404/);
      await call(page, "showSpace", "tickets");
      await drawer(page).getByRole("listitem").first().waitFor();
      assert.doesNotMatch(await left(), /pump|secret/);
    }));

  test("a session that could not be ended for want of a network is ended before the next one begins", () =>
    vendor.visit(async (page, wrong) => {
      await page.goto(vendor.app);
      await boot(page, TALK.contact);
      await page.context().setOffline(true);
      await call(page, "shutdown");
      await isShown(page, false);
      await told(wrong, /The session will be ended by the next boot/);
      await page.context().setOffline(false);
      await call(page, "boot");
      await call(page, "show");
      await drawer(page).getByRole("alert").getByText("Sign in again").waitFor();
      assert.deepEqual(await page.context().cookies(vendor.help), []);
      await told(wrong, /401/);
    }, { excused: /ERR_INTERNET_DISCONNECTED/ }));

  test("the card gives axe nothing to find and has room on every screen", () =>
    vendor.visit(async (page) => {
      await page.goto(vendor.app);
      await boot(page, SAMIRA);
      await isShown(page, true);
      for (const viewport of [WIDE, PHONE, SMALL_PHONE]) {
        for (const colorScheme of ["light", "dark"]) {
          await page.setViewportSize(viewport);
          await page.emulateMedia({ colorScheme });
          assert.deepEqual(await violations(page), [], `${colorScheme}, ${viewport.width} px`);
        }
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${viewport.width} px`);
      }
    }));

  test("a token that is refused shows nothing of who was signed in before", () =>
    vendor.visit(async (page, wrong) => {
      await page.goto(vendor.app);
      await boot(page, TALK.contact);
      await call(page, "boot", { identity_token: `${identityToken(SAMIRA)}x` });
      await call(page, "show");
      await drawer(page).getByRole("alert").getByText("Sign in again").waitFor();
      assert.equal(await drawer(page).getByRole("listitem").count(), 0);
      await told(wrong, /401/, /TicketsPortal: boot: You are not signed in/);
    }));

  test("a wrong call is told in the console and breaks nothing", () =>
    vendor.visit(async (page, wrong) => {
      await page.goto(vendor.app);
      await boot(page, TALK.contact);
      for (const [values, words] of [
        [["open"], /there is no method "open"/],
        [["toString"], /there is no method "toString"/],
        [["showSpace", "news"], /there is no space "news"/],
        [["showTicket"], /showTicket takes an id/],
        [["showConversation", "../x"], /showConversation takes an id, not "..\/x"/],
        [["onHide", "x"], /onHide takes a function/],
        [["boot", { token: "x" }], /boot knows no setting token/],
        [["boot", { identity_token: null }], /identity_token must be the token/],
        [["show"], /call TicketsPortal\("boot"\) first/],
      ]) {
        await call(page, ...values);
        await told(wrong, words);
        assert.deepEqual(wrong, []);
      }
    }));

  test("a page of another site is told nothing", () =>
    vendor.visit(async (page) => {
      await page.goto(vendor.app);
      await boot(page, TALK.contact);
      await page.goto(vendor.evil);
      await page.waitForFunction(() => customElements.get("tickets-portal-card") && customElements.get("tickets-portal-messenger"));
      assert.equal(await isShown(page, false), 0);
      await call(page, "boot");
      await call(page, "show");
      await drawer(page).getByRole("alert").getByText("cannot be reached").waitFor();
      assert.equal(await drawer(page).getByRole("listitem").count(), 0);
      for (const path of ["/api/portal/access", "/api/tickets", "/api/tickets-space"]) {
        for (const credentials of ["include", "omit"]) {
          assert.equal(await page.evaluate(([url, credentials]) => fetch(url, { credentials }).then((it) => it.text(), () => "refused"), [vendor.help + path, credentials]), "refused");
        }
      }
      const sent = await page.evaluate((url) => fetch(url, { method: "POST", mode: "no-cors", credentials: "include", body: "{}" }).then((it) => it.type), `${vendor.help}/api/conversations/c-talk-cut/join`);
      assert.equal(sent, "opaque");
      await page.goto(vendor.app);
      await call(page, "boot");
      await call(page, "showConversation", "c-talk-cut");
      await button(page, "Join conversation").waitFor();
    }, { excused: /CORS|Failed to load/ }));

  const settings = { kind: "settings", enabled: true, audience: [], visibility: { restrict: false, conditions: [] }, brand: { name: "Vendor" } };
  for (const [reason, who, setting] of [
    [null, TALK.contact], [null, SAMIRA],
    ["no_company", "u-browser-old"], ["no_email", "u-ebele"], ["no_tickets", "u-marisol"], ["not_signed_in", null],
    ["not_in_audience", TALK.contact, { audience: [{ subject: "contact", attribute: "id", op: "is", value: "nobody" }] }],
    ["portal_disabled", TALK.contact, { enabled: false }],
  ]) {
    test(`card and banner are ${reason ? `hidden from those who may not enter: ${reason}` : `shown to ${who}, who may enter`}`, () =>
      vendor.visit(async (page, wrong) => {
        await vendor.load({ ...settings, ...setting });
        await page.goto(vendor.app);
        if (who) await boot(page, who);
        else await call(page, "boot");
        const decision = await access(page, vendor.help);
        assert.equal(decision.reasons[0] ?? null, reason);
        assert.equal(await isShown(page, !reason), reason ? 0 : 1);
        await call(page, "show");
        const banner = drawer(page).getByRole("link", { name: /All your company’s tickets/ });
        if (reason === "not_signed_in") {
          await drawer(page).getByRole("alert").waitFor();
          await told(wrong, /401/);
        } else {
          await drawer(page).locator(".rows").waitFor({ state: "attached" });
        }
        assert.equal(await banner.count(), reason ? 0 : 1);
        if (!reason) assert.equal(await banner.getAttribute("href"), decision.portal_url);
      }));
  }

  for (const colorScheme of ["light", "dark"]) {
    test(`card and Messenger have the workspace's colour, as it can be read, unless the page has one: ${colorScheme}`, () =>
      vendor.visit(async (page) => {
        const styles = (what, ...names) => what.evaluate((it, names) => names.map((name) => getComputedStyle(it)[name]), names);
        await page.emulateMedia({ colorScheme });
        // A name that the page has for a colour of its own is none of the portal's.
        await page.addInitScript(() => document.addEventListener("DOMContentLoaded", () => {
          for (const name of ["--brand", "--accent", "--main", "--link"]) document.documentElement.style.setProperty(name, "7px");
        }));
        for (const color of ["#ffd400", "#1d1147", null]) {
          const settings = { kind: "settings", enabled: true, reporting: true, brand: { name: "Vendor", color } };
          await vendor.load(settings);
          await page.goto(vendor.app);
          await boot(page, TALK.contact);
          assert.equal(await isShown(page, true), 1);
          const [edge] = await styles(card(page).getByRole("link"), "borderInlineStartColor");
          const paper = colorScheme === "light" ? "rgb(255, 255, 255)" : "rgb(24, 28, 35)";
          if (color) assert.ok(contrast(edge, paper) >= 4.5, `${color}: the card's edge is ${edge}`);

          await page.getByRole("button", { name: "Help" }).click();
          await drawer(page).getByRole("listitem").first().waitFor();
          const [top] = await styles(drawer(page), "borderTopColor");
          const [background, words] = await styles(button(page, "New ticket"), "backgroundColor", "color");
          assert.ok(contrast(background, words) >= 4.5, `${color}: ${words} on ${background}`);
          if (color) {
            assert.equal(top, edge);
            const [red, green, blue] = color.match(/[0-9a-f]{2}/g).map((it) => Number.parseInt(it, 16));
            assert.equal(background, `rgb(${red}, ${green}, ${blue})`);
          } else {
            assert.deepEqual([top, edge], ["rgb(59, 91, 219)", "rgb(59, 91, 219)"]);
          }
          assert.deepEqual(await violations(page), [], `${color}`);

          await page.evaluate(() => document.documentElement.style.setProperty("--tickets-portal-accent", "rgb(1, 2, 3)"));
          assert.deepEqual(await styles(drawer(page), "borderTopColor"), ["rgb(1, 2, 3)"]);
          assert.deepEqual(await styles(card(page).getByRole("link"), "borderInlineStartColor"), ["rgb(1, 2, 3)"]);
        }
      }));
  }

  test("the drawer's edge has no colour that the workspace's takes the place of", () =>
    vendor.visit(async (page) => {
      await vendor.load({ kind: "settings", enabled: true, brand: { name: "Vendor", color: "#b3001b" } });
      await page.goto(vendor.app);
      await boot(page, TALK.contact);
      const edge = () => drawer(page).evaluate((it) => getComputedStyle(it).borderTopColor);
      // The answer that brings it is held back.
      await page.goto(vendor.app);
      let goOn;
      const held = new Promise((resolve) => (goOn = resolve));
      await page.route("**/api/tickets-space*", async (route) => (await held, route.continue()));
      await call(page, "boot");
      await call(page, "showSpace", "tickets");
      await drawer(page).getByText("Loading…").waitFor();
      const line = await drawer(page).evaluate((it) => getComputedStyle(it).borderBottomColor);
      assert.equal(await edge(), line);
      goOn();
      await drawer(page).getByRole("listitem").first().waitFor();
      assert.equal(await edge(), "rgb(179, 0, 27)");
    }));
});
