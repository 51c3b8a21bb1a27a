// Looking after the server on the page: workers, draining, backups, users and tokens.
import assert from "node:assert/strict";
import fs from "node:fs";
import test from "node:test";
import { bearer, token } from "../lib/accounts.mjs";
import { launch, openPage, rowsOf } from "../lib/browser.mjs";
import { until } from "../lib/cleanup.mjs";
import { startServer, workspace } from "../lib/server.mjs";
import { endless } from "../lib/specs.mjs";

const REFUSED = /Failed to load resource: .*(401|403|409|422)/;

test("the page for admins", { timeout: 180000 }, async (t) => {
  const browser = await launch(t);
  const place = workspace(t);
  const anna = await token(place, "anna", "--role", "admin");
  const server = await startServer(t, { place, workers: 1, args: ["--require-tokens"] });
  const get = async (path, secret = anna) => (await server.request(path,
    { headers: bearer(secret) })).json();
  const open = async (secret) => {
    const page = await openPage(t, browser, `${server.url}/#/admin`, { expected: REFUSED });
    await page.getByLabel("Your token").fill(secret);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Workers" }).waitFor();
    return page;
  };
  const page = await open(anna);
  const yes = (name) => page.locator("dialog.ask").getByRole("button", { name, exact: true }).click();
  const row = (name) => page.locator(`tr[data-key="${name}"]`);
  let bert = null;

  await t.test("changes the number of workers, and drains", async () => {
    await page.getByText("You are anna, an admin.").waitFor();
    await page.getByLabel("How many workers").fill("3");
    await page.getByRole("button", { name: "Set" }).click();
    await page.getByText("of 3 at work").waitFor();
    await page.getByLabel("How many workers").fill("0");
    await page.getByRole("button", { name: "Set" }).click();
    assert.equal((await get("/v1/workers")).count, 3, "0 is refused by the field");
    await page.getByRole("button", { name: "Drain" }).click();
    await yes("Drain");
    await page.getByText("Draining: no run begins").waitFor();
    assert.equal((await get("/v1/workers")).draining, true);
    await page.getByRole("button", { name: "Begin runs again" }).click();
    await page.getByText("Each runs one network at a time").waitFor();
    const { count, busy, draining } = await get("/v1/workers");
    assert.deepEqual({ count, busy, draining }, { count: 3, busy: 0, draining: false });
    await server.request("/v1/jobs", { method: "POST", body: JSON.stringify(endless),
      headers: { ...bearer(anna), "Content-Type": "application/json" } });
    const at = page.getByRole("table", { name: "Workers" }).getByRole("row").nth(1);
    await at.getByText(/^thread/).waitFor();
    assert.equal(await at.getByRole("link", { name: "1" }).getAttribute("href"), "#/runs/1");
    await server.request("/v1/jobs/1/cancel", { method: "POST", body: "{}",
      headers: { ...bearer(anna), "Content-Type": "application/json" } });
    await at.waitFor({ state: "detached" });
  });

  await t.test("tells of the disk, and makes a backup", async () => {
    await page.getByText(/^\d[\d.]*\s[MGT]B free$/).waitFor();
    await page.getByRole("button", { name: "Make a backup" }).click();
    const made = page.locator(".admin code", { hasText: /\.db$/ });
    await made.waitFor();
    assert.ok(fs.statSync(await made.innerText()).size > 4096);
  });

  await t.test("makes a token, and shows it once", async () => {
    const form = page.getByRole("form", { name: "New token" });
    await form.getByLabel("user", { exact: true }).fill("bert");
    await form.getByLabel("what it is for").fill("<b>laptop</b>");
    await form.getByLabel("expires after days").fill("lots");
    await form.getByRole("button").click();
    await form.getByText(/expires days must be/).waitFor();
    await form.getByLabel("expires after days").fill("30");
    await form.getByRole("button").click();
    bert = await page.locator(".fresh code").innerText();
    assert.match(bert, /^frg_[0-9a-f]{8}_[A-Za-z0-9_-]{43}$/);
    assert.deepEqual(await get("/v1/me", bert), { user: "bert", role: "user", token: bert.slice(4, 12) });
    await row(bert.slice(4, 12)).getByText("<b>laptop</b>").waitFor();
    await page.getByRole("button", { name: "I have kept it" }).click();
    await until(async () => !(await page.content()).includes(bert.slice(13)), "no text of it");
    await page.reload();
    await row("bert").waitFor();
    assert.ok(!(await page.content()).includes(bert.slice(13)));
  });

  await t.test("changes roles, and deletes users", async () => {
    await page.getByLabel("role of bert").selectOption("reader");
    await page.getByText("bert is a reader now.").waitFor();
    assert.equal((await get("/v1/me", bert)).role, "reader");
    const form = page.getByRole("form", { name: "New user" });
    await form.getByLabel("name").fill("carl");
    await form.getByRole("button").click();
    await row("carl").waitFor();
    await form.getByLabel("name").fill("carl");
    await form.getByRole("button").click();
    await form.getByRole("alert").getByText(/carl|there is|exists/).waitFor();
    await page.getByRole("button", { name: "Delete carl" }).click();
    await yes("Leave it");
    assert.equal((await get("/v1/users")).items.length, 3);
    await page.getByRole("button", { name: "Delete carl" }).click();
    await yes("Delete");
    await row("carl").waitFor({ state: "detached" });
    assert.deepEqual((await rowsOf(page, "table.people")).map((cells) => cells[0]), ["anna (you)", "bert"]);
  });

  await t.test("a reader sees the server, and changes nothing", async () => {
    const other = await open(bert);
    await other.getByText("You are bert, a reader").waitFor();
    for (const name of ["Set", "Drain", "Make a backup"]) {
      assert.equal(await other.getByRole("button", { name }).isDisabled(), true, name);
    }
    assert.equal(await other.getByRole("heading", { name: "Tokens" }).isVisible(), false);
  });

  await t.test("revokes a token", async () => {
    await page.getByRole("button", { name: `Revoke ${bert.slice(4, 12)}` }).click();
    await yes("Revoke");
    await row(bert.slice(4, 12)).waitFor({ state: "detached" });
    assert.equal((await server.request("/v1/me", { headers: bearer(bert) })).status, 401);
    await page.getByRole("link", { name: "Show 1 revoked, too" }).click();
    await row(bert.slice(4, 12)).getByText("revoked").waitFor();
    await page.waitForURL(/#\/admin\?tokens=all$/);
    await page.goBack();
    await row(bert.slice(4, 12)).waitFor({ state: "detached" });
  });
});
