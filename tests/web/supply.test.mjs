// What suppliers owe and deliver, and the buffer pool, from end to end in a browser, at 1280 and 375 pixels, with and without JavaScript: a buyer
// places an order, its supplier delivers a part, the buyer sees it; a supplier's own word is not the buyer's; an administrator refunds and cancels.
// SHOTS=folder keeps a picture of each page on the way.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { becomes, openPage, signIn, startBrowser, startRegistry, turn } from './lib.mjs';

let registry, browser;
before(async () => { browser = await startBrowser(); });
after(async () => { await browser?.close(); });
beforeEach(async () => { registry = await startRegistry(); });
afterEach(async () => { await registry?.stop(); });

const ada = 'ada@fernhill.example', milo = 'milo@meridian.example', hana = 'hana@harbour-foods.example', rosa = 'rosa@registry.example', otto = 'otto@auditors.example';
const main = (page) => page.getByRole('main').innerText();
const press = (page, name) => turn(page.getByRole('main').getByRole('button', { name }));
const follow = (page, name) => turn(page.getByRole('link', { name }).first());
const idIn = (url, prefix) => url.match(new RegExp(`${prefix}_[0-9A-Z]{16}`))[0];

// No page may be wider than its window; a picture of it for whoever wants to look.
async function stop(page, name) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth).catch(() => 0);
  assert.ok(wide <= 0, `${name}: no sideways scroll`);
  if (process.env.SHOTS) await page.screenshot({ path: join(process.env.SHOTS, `${name}-${page.viewportSize().width}.png`), fullPage: true });
}

// Up to the check of an order; `who` is the other party.
async function toOrder(page, who, amount) {
  await follow(page, 'Orders');
  await turn(page.getByRole('main').getByRole('link', { name: /^(Place|Record) an order$/ }));
  await page.getByLabel('Find by name, domain or id').fill(who.slice(0, 8));
  await press(page, 'Find');
  await stop(page, 'order-party');
  await page.getByRole('radio', { name: new RegExp(`^${who}`) }).first().check();
  await press(page, 'Continue');
  await page.getByLabel('Quantity').fill(amount);
  await page.getByLabel(/Contract date/).fill('2026-11-02');
  await stop(page, 'order-terms');
  await press(page, 'Continue');
  await page.getByLabel(/Note/).fill('Agreement FB-12 “final” & <b>');
  await stop(page, 'order-check');
}

async function supplyJourney(options) {
  const page = await openPage(browser, registry, options);
  await signIn(page, milo);
  await toOrder(page, 'Fernhill Biochar', '40');
  assert.match(await main(page), /What is delivered comes into your account Main at once/);
  await press(page, /^Order 40\.000 credits from Fernhill Biochar/);
  const order = idIn(page.url(), 'ord');
  await stop(page, 'order-placed');
  assert.match(await main(page), /The order is recorded\./);
  assert.match(await main(page), /Placed on .*Nothing has been delivered yet/s);
  assert.match(await main(page), /2 November 2026/);
  assert.match(await main(page), /by Milo Sato/);

  await becomes(page, ada);
  await follow(page, 'Orders');
  await stop(page, 'orders');
  assert.match(await main(page), /Orders received/);
  await page.getByLabel(/Buyer, id or note/).fill('FB-12');
  await press(page, 'Filter');
  assert.match(await main(page), /1 of 6 orders/);
  await follow(page, order);
  assert.ok(!/Milo/.test(await main(page)), 'the other side’s persons are not named');
  await follow(page, 'Deliver against this order');
  await stop(page, 'deliver');
  assert.match(await main(page), /40\.000 credits are open on the order; you have [\d,.]+ available/);
  await page.getByLabel(/How many credits to deliver to Meridian Trading/).fill('25.5');
  await page.getByLabel('From project').selectOption({ label: (await page.locator('#project option').allInnerTexts()).find((text) => /Orchard Biochar/.test(text)) });
  await press(page, 'Continue');
  await stop(page, 'deliver-check');
  const check = await main(page);
  assert.match(check, /TLY-1-BIOCHAR-GBR-FERN-\d{4}-\d+-\d+/);
  assert.match(check, /is split/);
  assert.match(check, /14\.500 credits stay open on the order/);
  await page.getByLabel(/Public note/).fill('First part of FB-12');
  await press(page, /^Deliver 25\.500 credits to Meridian Trading/);
  await page.waitForURL(/dlv_[0-9A-Z]{16}\/done/);
  const delivery = idIn(page.url(), 'dlv');
  await stop(page, 'deliver-done');
  assert.match(await main(page), /25\.500 credits delivered to Meridian Trading/);
  assert.match(await main(page), /In progress\s+with 14\.500 credits still to be delivered/);
  await follow(page, 'See the delivery');
  await stop(page, 'delivery');
  assert.match(await main(page), /Ada Fern delivered 25\.500 credits/);

  await becomes(page, milo);
  await page.goto(`/account/orders/${order}`);
  assert.match(await main(page), /In progress/);
  await follow(page, delivery);
  await stop(page, 'delivery-received');
  const received = await main(page);
  assert.match(received, /25\.500 credits delivered by Fernhill Biochar/);
  assert.match(received, /First part of FB-12/);
  assert.match(received, /Milo Sato recorded the order/);
  assert.ok(!/Ada Fern/.test(received));
  await turn(page.locator('main th a.serial').first());
  await page.waitForURL(/credit-batches/);
  assert.match(await main(page), /held by Meridian Trading/);
  await page.goto('/account/deliveries');
  await stop(page, 'deliveries');
  assert.match(await main(page), /Deliveries received/);

  await page.context().clearCookies();
  assert.equal((await page.request.get(`/account/orders/${order}`, { maxRedirects: 0 })).status(), 303);
  await page.goto(`/registry/deliveries/${delivery}`);
  assert.ok(!(await page.content()).includes(order), 'which order it was is not public');
  assert.match(await main(page), /First part of FB-12/);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
}

test('an order and its delivery at 1280 pixels', async () => { await supplyJourney({ width: 1280 }); });
test('an order and its delivery at 375 pixels', async () => { await supplyJourney({ width: 375 }); });
test('an order and its delivery without JavaScript', async () => { await supplyJourney({ width: 1280, script: false }); });
test('an order and its delivery at 375 pixels without JavaScript', async () => { await supplyJourney({ width: 375, script: false }); });

test('what the supplier alone recorded is delivered when the buyer trusts it', async () => {
  const page = await openPage(browser, registry, { width: 375 });
  await signIn(page, ada);
  await toOrder(page, 'Harbour Foods', '10');
  await press(page, /^Record an order of 10\.000 credits for Harbour Foods/);
  const order = page.url();
  await stop(page, 'order-not-agreed');
  assert.match(await main(page), /Your side alone recorded this order, and Harbour Foods .* accepts nothing from you unasked/);
  assert.equal(await page.getByRole('link', { name: 'Deliver against this order' }).count(), 0);
  await page.goto(`${order}/deliver`);
  assert.match(await page.getByRole('alert').innerText(), /This delivery cannot be made now/);

  await becomes(page, hana);
  await page.goto(order);
  await stop(page, 'order-not-agreed-buyer');
  assert.match(await main(page), /recorded this order alone/);
  await follow(page, 'Incoming policy and trusted organisations');
  await page.getByLabel(/find|organisation/i).last().fill('Fernhill');
  await turn(page.getByRole('main').getByRole('button', { name: /find|search/i }).first());
  await turn(page.getByRole('main').getByRole('button', { name: /trust/i }).last());

  await becomes(page, ada);
  await page.goto(order);
  await follow(page, 'Deliver against this order');
  await press(page, /^All that is open: 10\.000/);
  assert.match(await main(page), /The order is completed by it/);
  await press(page, /^Deliver 10\.000 credits to Harbour Foods/);
  await page.waitForURL(/\/done/);
  assert.match(await main(page), /Completed on .*Everything has been delivered/s);
  await page.context().close();
});

test('a delivery by batch, a second click, Back, and a ledger that has moved', async () => {
  const page = await openPage(browser, registry, { script: false });
  await signIn(page, ada);
  await page.goto('/account/orders?q=Northwind&state=open');
  await turn(page.locator('td.act a').first());
  await follow(page, 'Choose batches instead');
  await stop(page, 'deliver-batches');
  await press(page, 'Continue');
  assert.match(await main(page), /Enter how many credits to deliver/);
  await page.locator('input[data-qty]').first().fill('1.2345');
  await press(page, 'Continue');
  assert.match(await main(page), /at most 3 decimals/);
  assert.equal(await page.locator('input[data-qty]').first().inputValue(), '1.2345');
  await page.locator('input[data-qty]').first().fill('1.5');
  await page.locator('input[data-qty]').nth(1).fill('2');
  await press(page, 'Add up');
  assert.match(await main(page), /3\.500/);
  await press(page, 'Continue');
  const check = await page.context().newPage();
  await turn(page.getByRole('main').getByRole('link', { name: /^Change/ }));
  assert.equal(await page.locator('input[data-qty]').first().inputValue(), '1.500');
  await press(page, 'Continue');
  await stop(page, 'deliver-batches-check');

  // Meanwhile the very batches go elsewhere.
  await check.goto('/account/orders?q=Meridian&state=open');
  await turn(check.locator('td.act a').first());
  await check.getByLabel(/How many credits/).fill('1');
  await press(check, 'Continue');
  await press(check, /^Deliver 1\.000 credit/);
  await check.waitForURL(/\/done/);
  await press(page, /^Deliver 3\.500 credits/);
  assert.match(await main(page), /cannot be made now|There is a problem|changed while you were reading/);

  await page.goto(page.url().split('?')[0]);
  await page.getByLabel(/How many credits/).fill('2.25');
  await press(page, 'Continue');
  const second = await page.context().newPage();
  await second.goto(page.url());
  const plan = await page.locator('input[name=plan]').inputValue();
  assert.match(plan, /^[0-9a-f]{64}$/);
  await press(page, /^Deliver 2\.250 credits/);
  await page.waitForURL(/\/done/);
  const done = page.url();
  await page.goBack();
  assert.equal(page.url(), done, 'Back comes to what was done, not to the button');
  await turn(second.getByRole('button', { name: /^Deliver 2\.250 credits/ }));
  await second.waitForURL(/\/done/);
  assert.equal(second.url(), done, 'a second tab comes to the same delivery');
  await page.context().close();
});

async function poolJourney(options) {
  const page = await openPage(browser, registry, options);
  await signIn(page, rosa);
  await page.goto('/admin/issue');
  await follow(page, 'Buffer pool');
  await stop(page, 'admin-pool');
  await turn(page.getByRole('link', { name: /^Refund to Fernhill Biochar .*Orchard/ }));
  await stop(page, 'refund');
  await page.getByLabel(/How many credits to refund/).fill('1,5');
  await press(page, 'Continue');
  assert.match(await main(page), /with a point before at most 3 decimals/);
  await page.getByLabel(/How many credits to refund/).fill('20.25');
  await press(page, 'Continue');
  await stop(page, 'refund-check');
  assert.match(await main(page), /20\.250 credits go to Fernhill Biochar .*account Main at once/);
  await page.getByLabel(/Public note/).fill('Monitoring of the second season has ended');
  await press(page, /^Refund 20\.250 credits to Fernhill Biochar/);
  await page.waitForURL(/buffer-pool$/);
  assert.match(await main(page), /The units went back to their supplier/);
  await follow(page, 'See the refund');
  assert.match(await main(page), /20\.250 credits went back to Fernhill Biochar/);
  assert.match(await main(page), /Monitoring of the second season has ended/);

  await page.goto('/admin/issue/buffer-pool');
  await turn(page.getByRole('link', { name: /^Cancel units of Fernhill Basalt/ }));
  await page.getByLabel(/How many credits/).fill('0.5');
  await press(page, 'Continue');
  await press(page, /^Cancel 0\.500 credits for good/);
  assert.match(await main(page), /Enter the reason/);
  await page.getByLabel(/Reason/).fill('Reversal: a flood');
  await stop(page, 'cancel-check');
  await press(page, /^Cancel 0\.500 credits for good/);
  await page.waitForURL(/buffer-pool$/);
  await follow(page, 'See the cancellation');
  assert.match(await main(page), /Cancelled for good/);
  const cancelled = page.url();
  await turn(page.locator('main th a.serial').first());
  await page.waitForURL(/credit-batches/);
  assert.match(await main(page), /had it cancelled after a reversal/);

  await page.context().clearCookies();
  await page.goto('/registry/buffer-pool');
  await stop(page, 'pool');
  assert.match(await main(page), /32\.250/, 'what went back: 12.000 of the demonstration and 20.250');
  await page.goto(`/registry/search?q=${idIn(cancelled, 'cnl')}`);
  assert.equal(page.url(), cancelled);
  await becomes(page, ada);
  await page.goto('/account/credits');
  assert.match(await main(page), /by refund/);
  await becomes(page, otto);
  await page.goto('/admin/issue/buffer-pool');
  assert.equal(await page.getByRole('link', { name: /^Refund to/ }).count(), 0, 'an auditor has no button');
  assert.deepEqual(page.complaints, []);
  await page.context().close();
}

test('the buffer pool at 1280 pixels', async () => { await poolJourney({ width: 1280 }); });
test('the buffer pool at 375 pixels without JavaScript', async () => { await poolJourney({ width: 375, script: false }); });
