// Parts of the scripts by themselves: no browser, no portal, and a clock that is turned by hand.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, mock, test } from "node:test";

/** Loads a module of the portal's pages. Their folder is not a package, so Node would have to guess what they are. */
const load = (name) => {
  const source = readFileSync(new URL(`../../shared/web/assets/${name}`, import.meta.url));
  return import(`data:text/javascript;base64,${source.toString("base64")}`);
};
const { live } = await load("live.js");
const { timeInWords } = await load("times.js");

describe("the loop that asks whether something has changed", () => {
  /** When something was asked for, in seconds, and how each request is answered. */
  let asked, answer;
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  /** Lets time go by, step by step, because answers arrive in between. */
  const pass = async (seconds) => {
    await settled();
    for (let step = 0; step < seconds * 2; step += 1) {
      mock.timers.tick(500);
      await settled();
    }
  };
  const start = (isWanted = () => true, places = [window]) => live(async () => {
    asked.push(Date.now() / 1000);
    return answer();
  }, isWanted, places);
  const hide = (hidden) => {
    document.hidden = hidden;
    document.dispatchEvent(new Event("visibilitychange"));
  };

  beforeEach(() => {
    mock.timers.enable({ apis: ["setTimeout", "Date"], now: 0 });
    [asked, answer] = [[], () => ({})];
    globalThis.window = new EventTarget();
    globalThis.addEventListener = window.addEventListener.bind(window);
    globalThis.document = Object.assign(new EventTarget(), { hidden: false });
  });
  afterEach(() => mock.timers.reset());

  test("asks every 4.5 seconds while somebody is there", async () => {
    start().soon();
    await pass(18);
    assert.deepEqual(asked, [4.5, 9, 13.5, 18]);
  });

  test("asks more seldom the longer nobody has touched the page, and often again from the first sign of life", async () => {
    start().soon();
    await pass(30);
    asked.length = 0;
    await pass(60);
    assert.equal(asked.length, 10, "every six seconds");
    await pass(240);
    asked.length = 0;
    await pass(60);
    assert.equal(asked.length, 3, "every twenty seconds");
    window.dispatchEvent(new Event("pointermove"));
    asked.length = 0;
    await pass(9);
    assert.equal(asked.length, 2);
  });

  test("sees signs of life in each of its places", async () => {
    const drawer = new EventTarget();
    start(() => true, [window, drawer]).soon();
    await pass(330);
    drawer.dispatchEvent(new Event("scroll"));
    asked.length = 0;
    await pass(9);
    assert.equal(asked.length, 2);
  });

  test("asks once a minute while it is hidden, and at once when it is looked at again", async () => {
    start().soon();
    hide(true);
    await pass(120);
    assert.deepEqual(asked, [60, 120]);
    await pass(10);
    hide(false);
    await settled();
    assert.deepEqual(asked, [60, 120, 130]);
  });

  test("asks at once when the network is there again", async () => {
    start().soon();
    await pass(1);
    window.dispatchEvent(new Event("online"));
    await settled();
    assert.deepEqual(asked, [1]);
  });

  test("waits twice as long after each failure, up to two minutes, and as usual after an answer", async () => {
    answer = () => ({ failed: true });
    start().now();
    const pauses = () => asked.slice(1).map((at, index) => at - asked[index]);
    await settled();
    // Somebody moves the pointer all the time.
    for (let second = 0; second < 400; second += 1) {
      window.dispatchEvent(new Event("pointermove"));
      await pass(1);
    }
    assert.deepEqual(pauses().slice(0, 5), [9, 18, 36, 72, 120]);
    answer = () => ({});
    hide(false);
    await pass(4.5);
    assert.equal(pauses().at(-1), 4.5);
  });

  test("leaves the portal alone for as long as it asked for", async () => {
    answer = () => ({ failed: true, after: 300 });
    start().now();
    await pass(299);
    assert.deepEqual(asked, [0]);
    answer = () => ({});
    await pass(1);
    assert.deepEqual(asked, [0, 300]);
    await pass(20);
    assert.equal(asked[2], 320, "and no longer: it is quiet by now");
  });

  test("makes neither a busy nor a broken loop of a Retry-After that is no number, or one of weeks", async () => {
    answer = () => ({ failed: true, after: NaN });
    const loop = start();
    loop.now();
    await pass(8.5);
    assert.deepEqual(asked, [0]);
    answer = () => ({ failed: true, after: 4_000_000 });
    await pass(0.5);
    await pass(3599);
    assert.deepEqual(asked, [0, 9]);
    await pass(1);
    assert.deepEqual(asked, [0, 9, 3609]);
  });

  test("asks no more when it is over, until somebody looks at the page again", async () => {
    answer = () => ({ over: true });
    start().now();
    await pass(60);
    window.dispatchEvent(new Event("keydown"));
    await pass(60);
    assert.deepEqual(asked, [0]);
    answer = () => ({});
    hide(true);
    hide(false);
    await pass(20);
    assert.deepEqual(asked, [0, 120, 126, 132, 138]);
  });

  test("does not ask by itself while nobody wants it to", async () => {
    let isWanted = false;
    const loop = start(() => isWanted);
    loop.soon();
    await pass(60);
    assert.deepEqual(asked, []);
    await loop.now();
    await pass(60);
    assert.deepEqual(asked, [60], "but when it is told to");
    isWanted = true;
    loop.soon();
    await pass(6);
    assert.deepEqual(asked, [60, 126]);
  });

  test("has one question on its way at a time, and asks again at once when it was told to meanwhile", async () => {
    const waiting = [];
    answer = () => new Promise((resolve) => waiting.push(resolve));
    const loop = start();
    loop.now();
    loop.now();
    loop.now();
    await pass(60);
    assert.equal(asked.length, 1);
    waiting.shift()({});
    await settled();
    assert.equal(asked.length, 2);
    waiting.shift()({});
    await settled();
    assert.equal(asked.length, 2);
  });

  test("begins anew without waiting for what is on its way, and does not count it", async () => {
    const waiting = [];
    answer = () => new Promise((resolve) => waiting.push(resolve));
    const loop = start();
    loop.now();
    loop.begin();
    assert.equal(asked.length, 2);
    const [old, fresh] = waiting;
    old({ failed: true, after: 600, over: true });
    await settled();
    fresh({});
    await pass(4.5);
    assert.deepEqual(asked, [0, 0, 4.5]);
  });
});

describe("times in words", () => {
  const today = new Date(2026, 2, 2, 15, 0);
  beforeEach(() => mock.timers.enable({ apis: ["Date"], now: today.getTime() }));
  afterEach(() => mock.timers.reset());
  const short = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
  const hour = (at) => new Intl.DateTimeFormat(undefined, { timeStyle: "short" }).format(at);

  test("name today and yesterday, to the edge of the day", () => {
    for (const [at, name] of [[new Date(2026, 2, 2, 0, 0), "Today"], [new Date(2026, 2, 1, 23, 59), "Yesterday"], [new Date(2026, 2, 1), "Yesterday"]]) {
      assert.equal(timeInWords(at), `${name}, ${hour(at)}`);
      assert.equal(timeInWords(at, short), `${name}, ${hour(at)}`);
    }
  });

  test("are told of other days with the hour, unless they are wanted otherwise", () => {
    const earlier = new Date(2026, 1, 28, 9, 5);
    assert.ok(timeInWords(earlier).includes(hour(earlier)));
    assert.equal(timeInWords(earlier, short), short.format(earlier));
  });
});
