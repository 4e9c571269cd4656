// The main job from end to end in a browser: Credits → Transfer → steps → a second person approves → the other side accepts → the
// public page with its note. At 1280 and 375 pixels, with and without JavaScript; then what happens with Back, reload, a second
// click, a second tab and a session that ended half-way.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { arrives, becomes, openPage, signIn, startBrowser, startRegistry, turn } from './lib.mjs';

// Each test has a registry of its own, so that none eats the credits of another.
let registry, browser;
before(async () => { browser = await startBrowser(); });
after(async () => { await browser?.close(); });
beforeEach(async () => { registry = await startRegistry(); });
afterEach(async () => { await registry?.stop(); });

const nora = 'nora@northwind.example', piet = 'piet@northwind.example', milo = 'milo@meridian.example';

// Walks the steps up to the review page.
async function toReview(page, amount) {
  await page.goto('/account/credits');
  await turn(page.getByRole('main').getByRole('link', { name: 'Transfer', exact: true }).first());
  await page.getByRole('radio', { name: /To another organisation/ }).check();
  await turn(page.getByRole('button', { name: 'Continue' }));
  await page.getByLabel('Find by name, domain or id').fill('meridian');
  await turn(page.getByRole('button', { name: 'Find' }));
  await page.getByRole('radio', { name: /Meridian Trading/ }).first().check();
  await turn(page.getByRole('button', { name: 'Continue' }));
  await arrives(page, /\/(balance|amount)/);
  if (page.url().includes('/balance')) {
    await page.getByRole('radio', { name: /Fernhill/ }).check();
    await turn(page.getByRole('button', { name: 'Continue' }));
  }
  await page.getByLabel(/How many credits/).fill(amount);
  await turn(page.getByRole('button', { name: 'Continue' }));
  await arrives(page, /\/review/);
}

const idIn = (url) => url.match(/tfr_[0-9A-Z]{16}/)[0];

async function journey(options, note) {
  const page = await openPage(browser, registry, options);
  await signIn(page, nora);
  await toReview(page, '120.5');
  const said = await page.getByRole('main').innerText();
  assert.match(said, /Piet|second person|approv/i, 'the review says that a second person acts next');
  assert.match(said, /TLY-1-BIOCHAR-GBR-FERN-\d{4}-\d+-\d+/, 'the review names the block');
  await page.getByLabel(/Public note/).fill(note);
  await turn(page.getByRole('button', { name: /^Transfer 120\.500 credits to Meridian Trading/ }));
  await arrives(page, /tfr_/);
  const id = idIn(page.url());
  assert.match(await page.getByRole('main').innerText(), /Awaiting approval/i);

  // Nobody outside may see it yet.
  assert.equal((await page.request.get(`/registry/transfers/${id}`)).status(), 404);

  await becomes(page, piet);
  await turn(page.getByRole('link', { name: /^Inbox/ }));
  await turn(page.getByRole('link', { name: /^Approvals/ }));
  await page.locator(`input[type=checkbox][value="${id}"]`).check();
  await turn(page.getByRole('button', { name: 'Approve the ticked transfers' }));
  await page.goto(`/account/transfers/${id}`);
  assert.match(await page.getByRole('main').innerText(), /Pending/);

  await becomes(page, milo);
  await turn(page.getByRole('link', { name: /^Inbox/ }));
  await page.locator(`input[type=checkbox][value="${id}"]`).check();
  await turn(page.getByRole('button', { name: 'Accept the ticked transfers' }));

  await page.context().clearCookies();
  await page.goto(`/registry/transfers/${id}`);
  const main = await page.getByRole('main').innerText();
  assert.match(main, /Completed/i);
  assert.ok(main.includes(note), 'the public page shows the note');
  assert.match(main, /120\.500/);
  assert.ok(!/Nora|Piet|Milo|@/.test(main), 'no person is named in public');
  assert.deepEqual(page.complaints, []);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth).catch(() => 0);
  assert.ok(wide <= 0, 'no sideways scroll');
  await page.context().close();
  return id;
}

test('the journey at 1280 pixels', async () => { await journey({ width: 1280 }, 'Journey with a wide window'); });
test('the journey at 375 pixels', async () => { await journey({ width: 375 }, 'Journey on a telephone'); });
test('the journey without JavaScript', async () => { await journey({ width: 1280, script: false }, 'Journey without script'); });
test('the journey at 375 pixels without JavaScript', async () => { await journey({ width: 375, script: false }, 'Both at once “quoted” & <b>'); });

test('a second click, a reload, Back and a second tab do it once', async () => {
  const page = await openPage(browser, registry, { script: false });
  await signIn(page, nora);
  await toReview(page, '1.001');
  const review = page.url();
  const fields = await page.locator('main form[method=post]').first().evaluate((form) => Object.fromEntries(new FormData(form))).catch(() => null);
  const second = await page.context().newPage();
  await second.goto(review);
  const button = /^Transfer 1\.001 credits/;
  await turn(page.getByRole('button', { name: button }));
  await arrives(page, /tfr_/);
  const id = idIn(page.url());
  await page.reload();
  assert.equal(idIn(page.url()), id);
  await turn(second.getByRole('button', { name: button }));
  await second.waitForURL(/tfr_/);
  assert.equal(idIn(second.url()), id, 'the second tab comes to the same transfer');
  await second.goto(review);
  assert.equal(idIn(second.url()), id, 'the address of the finished step leads to the transfer');
  assert.ok(fields === null || fields.token);
  await page.context().close();
});

test('when the ledger has moved since the review, nothing happens and the new plan is shown', async () => {
  const page = await openPage(browser, registry, {});
  await signIn(page, nora);
  await toReview(page, '2');
  const other = await page.context().newPage();
  await toReview(other, '3');
  await turn(other.getByRole('button', { name: /^Transfer 3\.000 credits/ }));
  await other.waitForURL(/tfr_/);
  await turn(page.getByRole('button', { name: /^Transfer 2\.000 credits/ }));
  assert.match(page.url(), /\/review/);
  assert.match(await page.getByRole('main').innerText(), /changed|moved/i);
  await turn(page.getByRole('button', { name: /^Transfer 2\.000 credits/ }));
  await arrives(page, /tfr_/);
  await page.context().close();
});

test('a session that ends half-way keeps the draft', async () => {
  const page = await openPage(browser, registry, {});
  await signIn(page, nora);
  await toReview(page, '4.5');
  const review = page.url();
  await page.context().clearCookies();
  await turn(page.getByRole('button', { name: /^Transfer 4\.500/ }));
  assert.ok(!/tfr_/.test(page.url()));
  await signIn(page, nora);
  await page.goto(review);
  await turn(page.getByRole('button', { name: /^Transfer 4\.500/ }));
  await arrives(page, /tfr_/);
  await page.context().close();
});

test('what a person types wrong is told beside the field and kept', async () => {
  const page = await openPage(browser, registry, { script: false });
  await signIn(page, nora);
  await toReview(page, '5');
  await page.goto(page.url().replace('/review', '/amount'));
  for (const [typed, words] of [['1,5', /comma|decimal|like|example/i], ['-3', /more than|positive|minus|above/i], ['0', /more than 0|zero|at least/i],
    ['1.23456', /3 decimals/], ['999999999', /at most/i], ['', /Enter/], ['1e3', /./], ['1 2', /./]]) {
    await page.getByLabel(/How many credits/).fill(typed);
    await turn(page.getByRole('button', { name: 'Continue' }));
    assert.match(await page.title(), /^Error: /, `“${typed}” is an error`);
    assert.match(await page.locator('.problem').innerText(), words, `“${typed}”`);
    await page.locator('.problem:focus').waitFor(); // the keyboard and a screen reader go on from what is to be mended
    assert.equal(await page.getByLabel(/How many credits/).inputValue(), typed, 'the typed value is kept');
  }
  await page.context().close();
});
