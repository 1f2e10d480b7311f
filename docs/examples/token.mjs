// Signs an identity token, in Node 18 or newer with nothing installed. It belongs into your backend: whoever has the
// secret can be any of your customers.
//
//   IDENTITY_KID=k1 IDENTITY_SECRET=... node token.mjs USER_ID [EMAIL [NAME]]

import { createHmac } from "node:crypto";

function identityToken(kid, secret, userId, email, name) {
  if (!userId) throw new Error("An identity token is about somebody: give a user id.");
  const part = (json) => Buffer.from(JSON.stringify(json)).toString("base64url");
  const now = Math.floor(Date.now() / 1000);
  // The kid says which key this is, so that two can be live while one takes over from the other.
  const header = { alg: "HS256", typ: "JWT", kid };
  // Always text, even where your ids are numbers. An hour is enough: the session that it starts lasts longer.
  const claims = { user_id: String(userId), email, name, iat: now, exp: now + 3600 };
  const signed = `${part(header)}.${part(claims)}`;
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
}

const { IDENTITY_KID, IDENTITY_SECRET } = process.env;
console.log(identityToken(IDENTITY_KID, IDENTITY_SECRET, ...process.argv.slice(2)));
