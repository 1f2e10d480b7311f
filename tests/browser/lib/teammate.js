// A browser at the Help Desk, and one in which a teammate looks at the portal as a contact.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { inBrowser, origin } from "./site.js";

/** A teammate of the demo data. */
export const NGOZI = "t-ngozi";

/** The cookie of a teammate who has signed in on the page that stands in for the staff's. */
export async function teammateCookies(id, at = origin) {
  const answer = await fetch(`${at}/sign-in?${new URLSearchParams({ teammate: id })}`, { redirect: "manual" });
  assert.equal(answer.status, 303, `${id} can sign in`);
  const [pair] = answer.headers.getSetCookie()[0].split(";");
  const cut = pair.indexOf("=");
  return [{ name: pair.slice(0, cut), value: pair.slice(cut + 1), url: at, httpOnly: true }];
}

/** A token of these claims. */
export function signed(claims, secret) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const text = `${part({ typ: "JWT", alg: "HS256", kid: "demo" })}.${part(claims)}`;
  return `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`;
}

/** The same teammate, looking at the portal as `contact`. Sealed with the key of `cargo run`, which everybody has. */
export async function viewingCookies(id, contact) {
  const content = { aud: "viewing", sub: id, exp: Math.floor(Date.now() / 1000) + 900, contact };
  const viewing = { name: "portal_viewing", value: signed(content, "demo-session-secret-for-this-machine-only"), url: origin, httpOnly: true };
  return [...(await teammateCookies(id)), viewing];
}

let token;
/** Reads from the teammates' API. */
export async function deskApi(path) {
  const [{ name, value }] = await (token ??= teammateCookies(NGOZI));
  const answer = await fetch(`${origin}${path}`, { headers: { cookie: `${name}=${value}` } });
  assert.equal(answer.status, 200, path);
  return answer.json();
}

/** Changes something through the teammates' API. */
export async function deskSend(method, path, body) {
  const [{ name, value }] = await (token ??= teammateCookies(NGOZI));
  const headers = { cookie: `${name}=${value}`, "content-type": "application/json" };
  const answer = await fetch(`${origin}${path}`, { method, headers, body: JSON.stringify(body) });
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${await answer.clone().text()}`);
  return answer.json();
}

/** Opens a browser window as a teammate, as `inBrowser` does. */
export function atDesk(options, use) {
  return inBrowser(options, async (page, seen) => {
    await page.context().addCookies(await teammateCookies(NGOZI));
    return use(page, seen);
  });
}
