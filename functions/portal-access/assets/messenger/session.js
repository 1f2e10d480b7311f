// The portal's API, asked as whoever is signed in.

import { origin } from "./page.js";

/** An answer to somebody who has left. */
export const GONE = Symbol("gone");
/** How often the one who is shown has changed. */
let reader = 0;
/** Resolves when the reader is signed in; null before boot and after shutdown. */
export let session = null;
/** Sessions begin and end one after the other. */
let turn = Promise.resolve();
/** The session could not be ended yet. */
let isOwed = false;

export class Refusal extends Error {
  constructor(status, problem, after) {
    super(problem?.detail ?? "");
    Object.assign(this, { status, after });
  }
  /** It may well work later. */
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

async function send(method, path, content, tag) {
  const headers = { ...(content && { "content-type": "application/json" }), ...(tag && { "if-none-match": tag }) };
  const body = content && JSON.stringify(content);
  const signal = AbortSignal.timeout(20_000);
  let answer, json;
  try {
    // The copy to compare with is ours, so that an unchanged thing costs no body.
    const request = { method, headers, body, mode: "cors", credentials: "include", cache: "no-store", signal };
    answer = await fetch(origin + path, request);
    const isBare = answer.status === 204 || answer.status === 304;
    // An error that is no JSON is one of something in between.
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
 * Asks as the reader of now; the answer is for nobody else.
 * @throws {Refusal | typeof GONE}
 */
export async function ask(method, path, content, tag) {
  const who = reader;
  try {
    await session;
    if (who !== reader) throw GONE;
    const answer = await send(method, path, content, tag);
    if (who !== reader) throw GONE;
    return answer;
  } catch (error) {
    throw who === reader ? error : GONE;
  }
}

/** Begins a session, of whom the token names where there is one. Rejects with a `Refusal`. */
export function signIn(identity_token) {
  // Whoever was signed in before is not whom a token that was refused is for.
  session = turn = turn.then(async () => {
    if (isOwed) await endSession();
    if (identity_token) await send("POST", "/api/session", { identity_token });
  });
  turn = session.catch(() => {});
  return session;
}

/** What was asked before is answered to nobody. */
export function forgetReader() {
  reader += 1;
  session = null;
}

/** Ends the session when those before it have begun and ended. Rejects with a `Refusal`. */
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
