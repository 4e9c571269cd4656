import { startBrowser, openPage, signIn } from './lib.mjs';
const [,, base, email, ...paths] = process.argv;
const browser = await startBrowser();
for (const width of [1280, 375]) {
  const page = await openPage(browser, { url: base }, { width });
  if (email !== '-') await signIn(page, email);
  for (const path of paths) {
    const r = await page.goto(path);
    const name = path.replace(/[^a-z0-9]+/gi, '_');
    await page.screenshot({ path: `/tmp/shots/${name}-${width}.png`, fullPage: true });
    console.log(r.status(), path, page.complaints.join(' | '));
  }
  await page.context().close();
}
await browser.close();
