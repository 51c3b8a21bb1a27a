// A server that fails, says nonsense, or nothing: each view says so, and the page stays usable.
import assert from "node:assert/strict";
import test from "node:test";
import { launch, openPage } from "../lib/browser.mjs";
import { startServer } from "../lib/server.mjs";
import { VIEWS } from "../lib/views.mjs";

const ANSWERS = {
  "an error": [(route) => route.fulfill({ status: 500, contentType: "application/problem+json",
    body: JSON.stringify({ type: "about:blank", title: "Internal Server Error", status: 500,
      detail: "the <b>disk</b> is on fire" }) }), "the <b>disk</b> is on fire"],
  "an error without words": [(route) => route.fulfill({ status: 502, contentType: "text/html",
    body: "<h1>Bad gateway</h1>" }), "The server answered 502"],
  "nonsense": [(route) => route.fulfill({ status: 200, contentType: "application/json",
    body: '{"items": [' }), "ended early or is not JSON"],
  "nothing": [(route) => route.abort(), "The server does not answer."],
};
const WITHOUT_DATA = ["compare-nothing", "words", "explain", "nothing"];

test("trouble with the server", { timeout: 240000 }, async (t) => {
  const browser = await launch(t);
  const server = await startServer(t);
  for (const [what, [answer, words]] of Object.entries(ANSWERS)) {
    const page = await openPage(t, browser, `${server.url}/#/words`,
      { expected: /Failed to load resource/ });
    await page.route(/\/(v1|healthz)/, answer);
    for (const [name, [hash]] of Object.entries(VIEWS)) {
      if (WITHOUT_DATA.includes(name)) continue;
      await t.test(`${name}: ${what}`, async () => {
        await page.goto(`${server.url}/${hash}`);
        const alert = page.locator("main [role=alert]:not(:empty)");
        await alert.filter({ hasText: words }).first().waitFor({ timeout: 10000 });
        assert.equal(await alert.locator("b, h1").count(), 0, "text stays text");
        await page.getByRole("link", { name: "Glossary" }).click();
        await page.getByRole("heading", { level: 1, name: "Glossary" }).waitFor();
      });
    }
  }
});
