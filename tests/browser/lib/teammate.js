// A browser at the Help Desk, and one in which a teammate looks at the portal as a contact.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { inBrowser, origin } from "./site.js";

/** One of the demo's. */
export const NGOZI = "t-ngozi";

/** The cookie of a teammate who has signed in on the page that plays the staff's. */
export async function teammateCookies(id) {
  const answer = await fetch(`${origin}/sign-in?${new URLSearchParams({ teammate: id })}`, { redirect: "manual" });
  assert.equal(answer.status, 303, `${id} can sign in`);
  const [pair] = answer.headers.getSetCookie()[0].split(";");
  const at = pair.indexOf("=");
  return [{ name: pair.slice(0, at), value: pair.slice(at + 1), url: origin, httpOnly: true }];
}

/** The same teammate, looking at the portal as `contact`. Sealed with the key of `cargo run`, which everybody has. */
export async function viewingCookies(id, contact) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const content = { aud: "viewing", sub: id, exp: Math.floor(Date.now() / 1000) + 900, contact };
  const signed = `${part({ typ: "JWT", alg: "HS256", kid: "demo" })}.${part(content)}`;
  const signature = createHmac("sha256", "demo-session-secret-for-this-machine-only").update(signed).digest("base64url");
  const viewing = { name: "portal_viewing", value: `${signed}.${signature}`, url: origin, httpOnly: true };
  return [...(await teammateCookies(id)), viewing];
}

let token;
/** What the teammates' API tells. */
export async function deskApi(path) {
  const [{ name, value }] = await (token ??= teammateCookies(NGOZI));
  const answer = await fetch(`${origin}${path}`, { headers: { cookie: `${name}=${value}` } });
  assert.equal(answer.status, 200, path);
  return answer.json();
}

/** What the teammates' API does. */
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
