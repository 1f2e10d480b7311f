// A reporter of node's test runner that writes `passed` or `failed` and the name of each test that ran, a line each.

export default async function* outcomes(events) {
  for await (const { type, data } of events) {
    if (data.details?.type === "suite" || data.skip !== undefined) continue;
    if (type === "test:pass") yield `passed ${data.name}\n`;
    if (type === "test:fail") yield `failed ${data.name}\n`;
  }
}
