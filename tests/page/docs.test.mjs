// The page /docs in a browser: nothing is refused by the policy, nothing sticks out.
import assert from "node:assert/strict";
import test from "node:test";
import { launch, openPage } from "../lib/browser.mjs";
import { startServer } from "../lib/server.mjs";

test("the routes for people", { timeout: 120000 }, async (t) => {
  const server = await startServer(t);
  const browser = await launch(t);
  for (const width of [400, 1200]) {
    const page = await openPage(t, browser, `${server.url}/docs`,
      { viewport: { width, height: 800 } });
    assert.equal(await page.title(), "frugal: the routes");
    const tooWide = await page.evaluate(() =>
      Math.max(0, document.scrollingElement.scrollWidth - innerWidth));
    assert.equal(tooWide, 0, `at ${width}`);
    await page.click("nav a[href=\"#submitJob\"]");
    assert.ok(await page.isVisible("#submitJob h3"));
  }
});
