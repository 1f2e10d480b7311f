import { inBrowser, close, origin, api, PHONE } from "./lib/site.js";
import { readFileSync } from "node:fs";
const SAM="u-samira";
try {
const all=[]; for (const t of (await api(SAM,"/api/tickets")).tickets) all.push(await api(SAM,`/api/tickets/${t.id}`));
const part = all.find(t=>t.conversation?.participating), not = all.find(t=>t.conversation && !t.conversation.participating), none = all.find(t=>!t.conversation);
console.log(part?.id, not?.id, none?.id);
for (const [name, opt] of [["wide",{}],["dark",{colorScheme:"dark"}],["phone",{viewport:PHONE}]]) {
 await inBrowser({who:SAM,...opt}, async (page, seen)=>{
  await page.route("**/embed/messenger.js", r=>r.fulfill({body:readFileSync("../../functions/portal-access/assets/messenger.js","utf8"),contentType:"text/javascript",headers:{"access-control-allow-origin":"*"}}));
  const shot = (n)=>page.screenshot({path:`/tmp/msgr/${name}-${n}.png`});
  const d = page.getByRole("dialog");
  page.on("console", m=>console.log("console", m.text()));
  page.on("pageerror", m=>console.log("ERR", m));
  await page.goto(part.url); await page.locator("#conversation").click();
  await d.getByRole("region",{name:"Messages"}).waitFor(); await page.waitForTimeout(300); await shot("thread");
  await d.getByLabel("Your message").fill("Hello https://example.com/a(b). <b>x</b>"); await d.getByRole("button",{name:"Send"}).click(); await d.getByText("Your message was sent").waitFor({state:"attached"}); await shot("sent");
  await d.getByRole("button",{name:/^Ticket #/}).click(); await d.getByRole("heading",{level:3}).waitFor(); await shot("ticket");
  await d.getByRole("button",{name:"Back"}).click(); await d.getByRole("button",{name:"Back"}).click(); await d.getByText("All your company").waitFor(); await page.waitForTimeout(200); await shot("space");
  await page.keyboard.press("Escape"); console.log("focus", await page.evaluate(()=>document.activeElement.id));
  await page.goto(not.url); await page.locator("#conversation").click(); await d.getByRole("button",{name:"Join conversation"}).waitFor(); await shot("join");
  if (none) { await page.goto(none.url); await page.locator("#conversation").click(); await d.getByLabel("Your message").waitFor(); await shot("none"); }
  seen.wrong.length=0;
 });
}
} catch(e) { console.error(e) } finally { await close(); }
