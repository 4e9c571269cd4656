// Makes the pictures of README.md from the real pages: node tests/web/pictures.mjs (after make test; Chromium at 1280 and 375 pixels).
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openPage, root, signIn, startBrowser, startRegistry } from './lib.mjs';

const folder = process.argv[2] ?? join(root, 'tests/web/pictures');
mkdirSync(folder, { recursive: true });
const registry = await startRegistry();
const browser = await startBrowser();
const shot = (page, name, height) => page.screenshot({ path: join(folder, `${name}.png`), clip: { x: 0, y: 0, width: page.viewportSize().width, height } , fullPage: true });

const page = await openPage(browser, registry, {});
await page.goto('/');
await shot(page, 'landing', 1200);
await page.goto('/registry/transfers');
await shot(page, 'transfers', 900);
await page.goto('/registry/retirements?q=Business+travel');
await page.getByRole('main').getByRole('link', { name: /^ret_/ }).first().click();
await page.getByRole('link', { name: 'Certificate', exact: true }).click();
await page.waitForURL(/certificate$/);
await shot(page, 'certificate', 1740);
await page.goto('/registry/projects?q=Fernhill+Orchard');
await page.getByRole('main').getByRole('link', { name: /Fernhill Orchard Biochar/ }).first().click();
await page.locator('main a[href*="/registry/credit-batches/"]').first().click();
await page.waitForURL(/credit-batches/);
await page.goto(await page.locator('svg.lineage a').first().getAttribute('href'));
await shot(page, 'batch', 1560);

await signIn(page, 'nora@northwind.example');
await shot(page, 'credits', 1000);
await page.goto('/account/inbox');
await page.goto('/account/transfers/new');
await page.getByRole('radio', { name: /To another organisation/ }).check();
await page.getByRole('button', { name: 'Continue' }).click();
await page.getByLabel('Find by name, domain or id').fill('meridian');
await page.getByRole('button', { name: 'Find' }).click();
await page.getByRole('radio', { name: /Meridian Trading/ }).first().check();
await page.getByRole('button', { name: 'Continue' }).click();
await page.getByLabel(/How many credits/).fill('120.5');
await page.getByRole('button', { name: 'Continue' }).click();
await page.waitForURL(/review/);
await shot(page, 'review', 1900);
const phone = await openPage(browser, registry, { width: 375 });
await signIn(phone, 'milo@meridian.example');
await phone.goto('/account/inbox');
await shot(phone, 'inbox-375', 1100);
await browser.close();
await registry.stop();
