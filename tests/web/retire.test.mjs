// Retiring from end to end in a browser: Credits → Retire → steps → review → done → the public certificate, its PDF, and verifying it
// from paper. At 1280 and 375 pixels, with and without JavaScript; then a second tab, a moved ledger, a session that ended.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { openPage, signIn, startBrowser, startRegistry, turn } from './lib.mjs';

let registry, browser;
before(async () => { browser = await startBrowser(); });
after(async () => { await browser?.close(); });
beforeEach(async () => { registry = await startRegistry(); });
afterEach(async () => { await registry?.stop(); });

const nora = 'nora@northwind.example';
const go = (page) => turn(page.getByRole('button', { name: 'Continue' }));
const main = (page) => page.getByRole('main').innerText();
const idIn = (url) => url.match(/ret_[0-9A-Z]{16}/)[0];

// Walks the steps up to the review page; for: what is done on the beneficiary's page.
async function toReview(page, amount, choose) {
  await page.goto('/account/credits');
  await turn(page.getByRole('main').getByRole('link', { name: 'Retire', exact: true }).first());
  await page.getByRole('radio', { name: /Fernhill/ }).check();
  await go(page);
  await page.getByLabel(/How many credits/).fill(amount);
  await go(page);
  await choose(page);
  await page.waitForURL(/\/purposes/);
  await page.getByRole('checkbox', { name: /Public environmental claims/ }).check();
  await page.getByLabel(/Public note/).fill('Papier – “zero” & <b>');
  await go(page);
  await page.waitForURL(/\/review/);
}

async function forOneself(page) {
  await page.getByRole('radio', { name: /your own organisation/ }).check();
  await go(page);
}

async function forSomebodyNew(page) {
  await page.getByRole('radio', { name: /not on this registry/ }).check();
  await go(page);
  await page.getByLabel('Name', { exact: true }).fill('Łódź Papier Πάπυρος');
  await page.getByLabel('Domain', { exact: true }).fill('lodz-papier.example');
  await turn(page.getByRole('button', { name: 'Name this organisation' }));
}

async function wide(page) {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth).catch(() => 0);
}

async function journey(options) {
  const page = await openPage(browser, registry, options);
  await signIn(page, nora);
  await toReview(page, '12', forSomebodyNew);
  const said = await main(page);
  assert.match(said, /Retiring is final/);
  assert.match(said, /TLY-1-BIOCHAR-GBR-FERN-\d{4}-\d+-\d+/, 'the review names the block');
  assert.match(said, /The certificate as it will read/);
  assert.ok(await wide(page) <= 0, 'no sideways scroll on the review');
  await turn(page.getByRole('button', { name: /^Retire 12\.000 credits for Łódź Papier Πάπυρος$/ }));
  await page.waitForURL(/ret_/);
  const id = idIn(page.url());
  assert.match(await main(page), /12\.000 credits are retired for Łódź Papier Πάπυρος/);

  // Anybody reads the certificate, and verifies it from what stands on paper.
  await page.context().clearCookies();
  await page.goto(`/registry/retirements/${id}`);
  await turn(page.getByRole('link', { name: 'Certificate', exact: true }));
  const certificate = await main(page);
  assert.match(certificate, /12\.000 credits\s+of carbon removal \(12,000 kg CO₂e\) were retired for good on behalf of\s+Łódź Papier Πάπυρος/);
  assert.ok(certificate.includes('Papier – “zero” & <b>'), 'the note is as it was typed');
  assert.ok(!/Nora|@|lodz-papier\.example/.test(certificate), 'no person, address or domain is told');
  assert.ok(await page.getByRole('img', { name: /QR code/ }).isVisible());
  assert.ok(await wide(page) <= 0, 'no sideways scroll on the certificate');
  const code = certificate.match(/([0-9a-f]{4} ){4}[0-9a-f]{4}/)[0];
  const file = join(registry.data, 'certificate.pdf');
  const pdf = await page.request.get(`/registry/retirements/${id}/certificate.pdf`);
  assert.equal(pdf.headers()['content-type'], 'application/pdf');
  writeFileSync(file, await pdf.body());
  const paper = execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' });
  assert.ok(paper.includes('Łódź Papier Πάπυρος') && paper.includes(code) && paper.includes(id), 'the paper has name, number and code');

  await page.goto('/registry/verify');
  await page.getByLabel('Number', { exact: true }).fill(id.toLowerCase());
  await page.getByLabel('Code', { exact: true }).fill(code.toUpperCase());
  await turn(page.getByRole('button', { name: 'Verify' }));
  assert.match(await main(page), /Yes: this registry issued it/);
  await page.getByLabel('Number', { exact: true }).fill(id);
  await page.getByLabel('Code', { exact: true }).fill(code.replace(/^./, (digit) => (digit === '0' ? '1' : '0')));
  await turn(page.getByRole('button', { name: 'Verify' }));
  assert.match(await main(page), /No: this is not the code of that certificate/);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
}

test('retiring at 1280 pixels', async () => { await journey({ width: 1280 }); });
test('retiring at 375 pixels', async () => { await journey({ width: 375 }); });
test('retiring without JavaScript', async () => { await journey({ width: 1280, script: false }); });
test('retiring at 375 pixels without JavaScript', async () => { await journey({ width: 375, script: false }); });

test('a second tab, a reload and Back retire once', async () => {
  const page = await openPage(browser, registry, { script: false });
  await signIn(page, nora);
  await toReview(page, '1.001', forOneself);
  const review = page.url();
  const second = await page.context().newPage();
  await second.goto(review);
  const button = /^Retire 1\.001 credits for Northwind/;
  await turn(page.getByRole('button', { name: button }));
  await page.waitForURL(/ret_/);
  const id = idIn(page.url());
  await page.reload();
  assert.equal(idIn(page.url()), id);
  await turn(second.getByRole('button', { name: button }));
  await second.waitForURL(/ret_/);
  assert.equal(idIn(second.url()), id, 'the second tab comes to the same retirement');
  await second.goto(review);
  assert.equal(idIn(second.url()), id, 'the address of the finished step leads to the retirement');
  await page.goto('/account/retirements');
  assert.equal(await page.getByRole('link', { name: id, exact: true }).count(), 1);
  await page.context().close();
});

test('when the ledger has moved, nothing is retired and the new plan is shown; a session that ends keeps the draft', async () => {
  const page = await openPage(browser, registry, {});
  await signIn(page, nora);
  await toReview(page, '2', forOneself);
  const review = page.url();
  const other = await page.context().newPage();
  await toReview(other, '3', forOneself);
  await turn(other.getByRole('button', { name: /^Retire 3\.000 credits/ }));
  await other.waitForURL(/ret_/);
  await turn(page.getByRole('button', { name: /^Retire 2\.000 credits/ }));
  assert.match(page.url(), /\/review/);
  assert.match(await main(page), /changed while you were reading\s+Nothing was retired/);
  await page.context().clearCookies();
  await turn(page.getByRole('button', { name: /^Retire 2\.000/ }));
  assert.ok(!/ret_/.test(page.url()));
  await signIn(page, nora);
  await page.goto(review);
  await turn(page.getByRole('button', { name: /^Retire 2\.000/ }));
  await page.waitForURL(/ret_/);
  await page.context().close();
});

test('Back through the steps keeps every answer', async () => {
  const page = await openPage(browser, registry, { script: false });
  await signIn(page, nora);
  await toReview(page, '4.5', forSomebodyNew);
  for (const [link, check] of [['Purposes', () => page.getByRole('checkbox', { name: /Public environmental/ }).isChecked()],
    ['Beneficiary', () => page.getByRole('radio', { name: /Łódź Papier/ }).first().isChecked()],
    ['Amount', async () => (await page.getByLabel(/How many credits/).inputValue()) === '4.500'],
    ['Supplier', () => page.getByRole('radio', { name: /Fernhill/ }).isChecked()]]) {
    await turn(page.getByRole('navigation', { name: 'Where you are' }).getByRole('link', { name: link }));
    assert.ok(await check(), `${link} is as it was answered`);
  }
  await page.goto('/account/credits');
  await turn(page.getByRole('link', { name: /^Resume Retirement of 4\.500 credits for Łódź/ }));
  await page.waitForURL(/\/review/);
  await page.context().close();
});
