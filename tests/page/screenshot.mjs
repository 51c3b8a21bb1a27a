// Makes the screenshot of README: node tests/page/screenshot.mjs URL OUT.png
import { chromium } from 'playwright-core';

const [url, out] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
const page = await browser.newPage({ viewport: { width: 1200, height: 1000 } });
await page.goto(url);
await page.waitForSelector('canvas');
await page.waitForTimeout(1500); // the curves are drawn at most four times a second
await page.screenshot({ path: out });
await browser.close();
