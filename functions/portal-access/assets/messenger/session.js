// Requests to the portal's API in the name of the reader who is signed in.

import { wear } from "../shades.js";
import { origin, shades } from "./page.js";

/** Thrown in place of an answer when its reader has changed or signed out in the meantime. */
export const GONE = Symbol("gone");
/** Counts the changes of reader, so that late answers can be told apart. */
let reader = 0;
/** Resolves when the reader is signed in; null before boot and after shutdown. */
export let session = null;
/** The last sign-in or sign-out. The next one waits for it. */
let turn = Promise.resolve();
/** Whether the session still has to be ended, because an attempt has not succeeded yet. */
let isOwed = false;

export class Refusal extends Error {
  constructor(status, problem, after) {
    super(problem?.detail ?? "");
    Object.assign(this, { status, after, problem });
  }
  /** Whether the same request may succeed later. */
  get passes() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
  get words() {
    if (this.status === 0) return navigator.onLine ? "The support portal cannot be reached." : "You are offline.";
    if (this.status === 401) return "You are not signed in, or your session has ended. Sign in again.";
    if (this.status === 404) return "This is not there, or you may no longer see it.";
    if (!this.passes) return this.message || "This did not work.";
    const when = this.after > 1 ? `Try again in ${this.after} seconds.` : "Try again.";
    return `The support portal is busy. ${when}`;
  }
}

async function send(method, path, content, tag, key) {
  const headers = { ...(content && { "content-type": "application/json" }), ...(tag && { "if-none-match": tag }), ...(key && { "idempotency-key": key }) };
  const body = content && JSON.stringify(content);
  const signal = AbortSignal.timeout(20_000);
  let answer, json;
  try {
    // The browser's cache would hide a 304, but the views compare tags themselves.
    // A session that ends does so also when its page is left at once, as on signing out.
    const keepalive = method === "DELETE";
    const request = { method, headers, body, mode: "cors", credentials: "include", cache: "no-store", signal, keepalive };
    answer = await fetch(origin + path, request);
    wear(shades, answer);
    const isBare = answer.status === 204 || answer.status === 304;
    // An error that is not JSON comes from something between here and the portal.
    json = isBare ? null : await answer.json().catch((error) => answer.ok && Promise.reject(error));
  } catch {
    throw new Refusal(0);
  }
  if (!answer.ok && answer.status !== 304) {
    throw new Refusal(answer.status, json, Number(answer.headers.get("retry-after")));
  }
  return { json, tag: answer.headers.get("etag") };
}

/**
 * Sends a request for the present reader and returns the answer, unless the reader has changed in the meantime.
 * @throws {Refusal | typeof GONE}
 */
export async function ask(method, path, content, tag, key) {
  const who = reader;
  try {
    await session;
    if (who !== reader) throw GONE;
    const answer = await send(method, path, content, tag, key);
    if (who !== reader) throw GONE;
    return answer;
  } catch (error) {
    throw who === reader ? error : GONE;
  }
}

/** Begins a session, with the token if there is one, else with a cookie. Rejects with a `Refusal`. */
export function signIn(identity_token) {
  // An earlier session that could not be ended is ended first: if the token is refused, it must not be used instead.
  session = turn = turn.then(async () => {
    if (isOwed) await endSession();
    if (identity_token) await send("POST", "/api/session", { identity_token });
  });
  turn = session.catch(() => {});
  return session;
}

/** Forgets the reader. Answers to earlier requests are dropped. */
export function forgetReader() {
  reader += 1;
  session = null;
}

/** Ends the session, after any earlier sign-in or sign-out. Rejects with a `Refusal`. */
export function signOut() {
  const ended = turn.then(endSession);
  turn = ended.catch(() => {});
  return ended;
}

async function endSession() {
  isOwed = true;
  await send("DELETE", "/api/session");
  isOwed = false;
}
