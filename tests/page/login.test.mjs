// The page of a server that requires tokens.
import assert from "node:assert/strict";
import fs from "node:fs";
import test from "node:test";
import { bearer, idOf, token } from "../lib/accounts.mjs";
import { launch, openPage } from "../lib/browser.mjs";
import { runServer, startServer, workspace } from "../lib/server.mjs";
import { short, spec } from "../lib/specs.mjs";

const REFUSED = /Failed to load resource: .*401/;

async function submit(server, secret, job) {
  const r = await server.post(job, { headers: bearer(secret) });
  assert.equal(r.status, 201, r.text);
}

test("the page asks for a token", { timeout: 180000 }, async (t) => {
  const browser = await launch(t);
  const place = workspace(t);
  const [secret, next] = [await token(place, "anna"), await token(place, "anna")];
  const server = await startServer(t, { place, args: ["--require-tokens"] });
  await submit(server, secret, spec(short, { name: "for those who may see it" }));
  const page = await openPage(t, browser, `${server.url}/`, { expected: REFUSED });
  const urls = [];
  page.on("request", (request) => urls.push(request.url(), request.headers().referer ?? ""));
  page.on("framenavigated", (frame) => urls.push(frame.url()));
  const box = page.getByRole("dialog", { name: "Who are you?" });
  const field = box.getByLabel("Your token");
  const type = async (text) => {
    await field.fill(text);
    await field.press("Enter");
  };

  await t.test("and shows nothing without it", async () => {
    await box.waitFor();
    await page.keyboard.press("Escape");
    await box.waitFor();
    assert.equal(await page.locator(".job-name", { hasText: "for those who may see it" }).count(), 0);
    await type(`frg_00000000_${"A".repeat(43)}`);
    await page.getByText("does not know this token").waitFor();
  });

  await t.test("then shows everything, and follows", async () => {
    await type(`  ${secret} `);
    await page.locator(".job-name", { hasText: "for those who may see it" }).waitFor();
    await page.locator("#live", { hasText: /^live$/ }).waitFor();
    await submit(server, secret, spec(short, { name: "one more" }));
    await page.locator(".job-name", { hasText: "one more" }).waitFor();
  });

  await t.test("keeps it as long as the tab, and nowhere else", async () => {
    await page.reload();
    await page.locator(".job-name", { hasText: "one more" }).waitFor();
    assert.deepEqual(await page.evaluate(() => [localStorage.length, document.cookie]), [0, ""]);
    const other = await openPage(t, browser, `${server.url}/`, { expected: REFUSED });
    await other.getByRole("dialog", { name: "Who are you?" }).waitFor();
  });

  await t.test("downloads files with it", async () => {
    await page.goto(`${server.url}/#/jobs/1`);
    const link = page.getByRole("link", { name: "trace of run 1 as CSV" });
    const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
    assert.equal(download.suggestedFilename(), "frugal-run-1.csv");
    assert.match(fs.readFileSync(await download.path(), "utf8"), /^samples,epoch,/);
  });

  await t.test("and asks again when it is revoked", async () => {
    const { code } = await runServer(["token", "revoke", idOf(secret), "--data-dir", place.data],
      { cwd: place.folder });
    assert.equal(code, 0);
    await submit(server, next, spec(short, { name: "after it" })); /* ends the stream */
    await box.waitFor();
    await type(next);
    await page.goto(`${server.url}/#/`);
    await page.locator(".job-name", { hasText: "after it" }).waitFor();
  });

  await t.test("lets go of it when somebody logs out", async () => {
    await page.getByText("anna, user").waitFor();
    await page.evaluate(() => sessionStorage.setItem("draft ", "{}"));
    await page.getByRole("button", { name: "Log out" }).click();
    await box.waitFor();
    assert.equal(await page.evaluate(() => sessionStorage.length), 0);
    assert.equal(await page.locator(".job-name").count(), 0);
    await type(next);
    await page.locator(".job-name", { hasText: "after it" }).waitFor();
  });

  await t.test("and puts it into no address", async () => {
    assert.ok(urls.length > 20, `${urls.length} requests`);
    for (const text of [secret, next].flatMap((token) => [token, token.slice(13)])) {
      assert.deepEqual(urls.filter((url) => decodeURIComponent(url).includes(text)), []);
      assert.ok(!(await page.content()).includes(text));
    }
    assert.deepEqual(await page.evaluate(() => [localStorage.length, document.cookie]), [0, ""]);
  });
});

test("the page of a server that asks for no token", { timeout: 120000 }, async (t) => {
  const browser = await launch(t);
  const place = workspace(t);
  const secret = await token(place, "anna");
  const server = await startServer(t, { place });
  const page = await openPage(t, browser, `${server.url}/`, { expected: REFUSED });
  const box = page.getByRole("dialog", { name: "Who are you?" });

  await t.test("takes one, if somebody has one", async () => {
    await page.getByRole("button", { name: "Log in" }).click();
    await box.getByLabel("Your token").fill(secret);
    await page.keyboard.press("Enter");
    await page.getByText("anna, user").waitFor();
    await page.getByRole("button", { name: "Log out" }).click();
    await page.getByRole("button", { name: "Log in" }).waitFor();
  });

  await t.test("and goes on without", async () => {
    await page.getByRole("button", { name: "Log in" }).click();
    await box.waitFor();
    await page.keyboard.press("Escape");
    await box.waitFor({ state: "hidden" });
    await page.getByRole("button", { name: "Log in" }).click();
    await box.getByLabel("Your token").fill(`frg_00000000_${"A".repeat(43)}`);
    await page.keyboard.press("Enter");
    await page.getByText("does not know this token").waitFor();
    await page.keyboard.press("Escape");
    await page.getByText("No jobs yet.").waitFor();
    await page.getByRole("button", { name: "Log in" }).waitFor();
  });
});
