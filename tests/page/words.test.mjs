// The glossary, and words that explain themselves where they stand.
import assert from "node:assert/strict";
import test from "node:test";
import { launch, openPage } from "../lib/browser.mjs";
import { startServer } from "../lib/server.mjs";
import { short, spec } from "../lib/specs.mjs";

test("the glossary", { timeout: 120000 }, async (t) => {
  const browser = await launch(t);
  const server = await startServer(t);
  await server.submit(spec(short, { name: "with a chart" }));
  await server.done(1);

  await t.test("has every word, with a link of its own", async (t) => {
    const page = await openPage(t, browser, `${server.url}/#/words`);
    await page.getByRole("heading", { level: 1, name: "Glossary" }).waitFor();
    const words = await page.locator(".words section > h2").allInnerTexts();
    for (const word of ["M0", "M1", "Direct energy", "Inefficiency", "Competitive", "subnet",
      "caching"]) {
      assert.ok(words.some((text) => text.includes(word)), `${word} in ${words}`);
    }
    const entries = await page.locator(".word-list a").count();
    assert.equal(entries, words.length - 1, "all but the references");
    await page.getByRole("link", { name: "Synaptic caching" }).click();
    await page.waitForURL(/#\/words\?to=caching$/);
    await page.locator("section.here:focus", { hasText: "transient part" }).waitFor();
    await page.goBack();
    await page.waitForURL(/#\/words$/);
    assert.equal(await page.locator("section.here").count(), 0);
    assert.ok(await page.locator("a[href*='pcbi.1012553']").count() > 5);
  });

  await t.test("is one click away from the words", async (t) => {
    const page = await openPage(t, browser, `${server.url}/#/jobs/1`);
    await page.locator("[data-explain]").first().click();
    const box = page.locator("dialog#explain");
    await box.getByText("number of synaptic changes").waitFor();
    await page.keyboard.press("Escape");
    await box.waitFor({ state: "hidden" });
    await page.locator("[data-explain]").first().click();
    await box.getByRole("link", { name: "All words" }).click();
    await page.getByRole("heading", { level: 1, name: "Glossary" }).waitFor();
    assert.equal(await box.isVisible(), false);
    await page.goBack();
    await page.getByRole("heading", { level: 1, name: "with a chart" }).waitFor();
  });
});
