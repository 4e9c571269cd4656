// Every page that a person can reach by links, for each kind of person: answers 200, is valid HTML, has no axe-core violation, no
// complaint in the console, no sideways scroll at 375 pixels. One page of each shape (ids replaced) is looked at.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { HtmlValidate } from 'html-validate';
import { becomes, openPage, signIn, startBrowser, startRegistry, turn } from './lib.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const validator = new HtmlValidate({ extends: ['html-validate:standard'], rules: { 'script-type': 'off' } });
let registry, browser;
before(async () => { registry = await startRegistry(); browser = await startBrowser(); });
after(async () => { await browser?.close(); await registry?.stop(); });

// "/registry/transfers/tfr_…?x=1&y=2" → "/registry/transfers/:tfr?x&y"
const shape = (url) => {
  const { pathname, searchParams } = new URL(url);
  const path = pathname.replace(/\b([a-z]{3})_[0-9A-Z]{16}/g, ':$1');
  return path + [...new Set([...searchParams.keys()].filter((key) => /^(tab|by|act|kind)$/.test(key)))].sort().map((key) => `?${key}=${searchParams.get(key)}`).join('');
};

async function look(page, url, problems) {
  const answer = await page.goto(url);
  const at = shape(url);
  if (answer.status() !== 200) { problems.push(`${at}: status ${answer.status()}`); return []; }
  if (!(answer.headers()['content-type'] ?? '').startsWith('text/html')) return [];
  const report = await validator.validateString(await answer.text());
  for (const result of report.results) for (const m of result.messages) problems.push(`${at}: HTML line ${m.line}: ${m.ruleId}: ${m.message}`);
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  for (const v of violations) problems.push(`${at}: axe ${v.id}: ${v.help}: ${v.nodes[0].html.slice(0, 160)}`);
  await page.setViewportSize({ width: 375, height: 800 });
  const over = await page.evaluate(async () => {
    while (innerWidth !== 375) await new Promise(requestAnimationFrame); // the window has heard of it
    return document.documentElement.scrollWidth - 375;
  });
  if (over > 0) problems.push(`${at}: ${over} pixels too wide at 375`);
  await page.setViewportSize({ width: 1280, height: 900 });
  return page.evaluate(() => [...document.querySelectorAll('a[href]')].map((a) => new URL(a.getAttribute('href'), document.baseURI).href));
}

async function crawl(email, starts, pattern) {
  const page = await openPage(browser, registry, {});
  // axe is put into the page by the test itself, past the CSP.
  const problems = [];
  if (email) await signIn(page, email);
  const seen = new Map();
  const queue = starts.map((path) => registry.url + path);
  while (queue.length > 0) {
    const url = queue.shift().split('#')[0];
    const at = shape(url);
    if (!url.startsWith(registry.url) || !pattern.test(new URL(url).pathname) || seen.has(at)) continue;
    if (/format=csv|\.(atom|pdf|txt)|sign-out/.test(url)) continue;
    seen.set(at, url);
    queue.push(...await look(page, url, problems));
  }
  problems.push(...page.complaints.map((text) => `console: ${text}`));
  await page.context().close();
  return { seen, problems };
}

test('public pages', async () => {
  const { seen, problems } = await crawl(null, ['/', '/registry', '/sign-in', '/registry/search?q=fernhill', '/registry/search?q=nothing-like-this'], /^\/($|registry|sign-in)/);
  assert.deepEqual(problems, []);
  for (const wanted of ['/', '/registry', '/registry/transfers', '/registry/transfers/:tfr', '/registry/credit-batches/:ctb', '/registry/projects', '/registry/projects/:prj',
    '/registry/issuances', '/registry/issuances/:iss', '/registry/retirements', '/registry/retirements/:ret', '/registry/retirements/:ret/certificate', '/registry/verify', '/registry/deliveries', '/registry/deliveries/:dlv', '/registry/buffer-pool', '/registry/refunds',
    '/registry/refunds/:bpr', '/registry/cancellations', '/registry/cancellations/:cnl', '/registry/organisations', '/registry/organisations/:org', '/registry/search']) {
    assert.ok(seen.has(wanted), `${wanted} was reached; reached: ${[...seen.keys()].join(' ')}`);
  }
});

test('pages of an account holder', async () => {
  const org = registry.tally('user', 'list').match(/nora@northwind\.example>[^]*?(org_[0-9A-Z]{16})/)[1];
  registry.tally('api-credentials', '--organisation', org, '--name', 'Nightly job');
  registry.tally('api-revoke', JSON.parse(registry.tally('api-credentials', '--organisation', org, '--name', 'Old job')).token_id);
  const { seen, problems } = await crawl('nora@northwind.example', ['/account/credits', '/account/transfers/new'], /^\/(account|sign-in\/|password\/)/);
  assert.deepEqual(problems, []);
  for (const wanted of ['/account/credits', '/account/transfers', '/account/transfers/:tfr', '/account/retirements', '/account/retirements/new', '/account/inbox', '/account/team', '/account/team/programs', '/account/team/programs/tokens', '/account/team/programs/tokens/new',
    '/account/team/programs/tokens/:tok', '/account/team/programs/tokens/:tok/revoke', '/account/team/programs/clients/new', '/account/team/programs/clients/:cls']) assert.ok(seen.has(wanted), `${wanted} was reached`);
});

test('pages of a supplier and of a buyer', async () => {
  for (const [email, more] of [['ada@fernhill.example', ['/account/orders/new', '/account/orders/:ord/deliver']], ['hana@harbour-foods.example', ['/account/orders/new']]]) {
    const { seen, problems } = await crawl(email, ['/account/orders'], /^\/account\/(orders|deliveries)/);
    assert.deepEqual(problems, []);
    for (const wanted of ['/account/orders', '/account/orders/:ord', '/account/deliveries', '/account/deliveries/:dlv', ...more]) {
      assert.ok(seen.has(wanted), `${wanted} was reached by ${email}; reached: ${[...seen.keys()].join(' ')}`);
    }
  }
});

// What a form with GET leads to: the check of a delivery, of an order, and of a refund.
test('checks before something is done at once', async () => {
  const page = await openPage(browser, registry, {});
  const problems = [];
  const press = async (name) => { await turn(page.getByRole('main').getByRole('button', { name })); await look(page, page.url(), problems); };
  await signIn(page, 'ada@fernhill.example');
  await page.goto('/account/orders?state=placed&q=Meridian');
  await turn(page.locator('main a[href*="/account/orders/ord_"]').first());
  const order = page.url();
  const open = `${order}/deliver`;
  await look(page, `${open}?by=batch`, problems);
  await look(page, `${open}?step=check&by=oldest&amount=1`, problems);
  await page.goto('/account/orders/new');
  await page.getByLabel('Find by name, domain or id').fill('Meridian');
  await press('Find');
  await page.getByRole('radio', { name: /^Meridian/ }).first().check();
  await press('Continue');
  await page.getByLabel('Quantity').fill('2');
  await press('Continue');
  await becomes(page, 'rosa@registry.example');
  for (const act of ['refund', 'cancel']) {
    await page.goto('/admin/issue/buffer-pool');
    await turn(page.locator(`main a[href$="/${act}"]`).first());
    await page.getByLabel(/How many/).fill('1');
    await press('Continue');
  }
  assert.deepEqual([...problems, ...page.complaints], []);
  await page.context().close();
});

// Steps stand behind forms, where no link leads.
test('the steps of retiring, and what verifying a certificate says', async () => {
  const page = await openPage(browser, registry, {});
  const problems = [];
  await signIn(page, 'nora@northwind.example');
  await page.goto('/account/retirements/new');
  await page.getByRole('radio', { name: /Fernhill/ }).check();
  await turn(page.getByRole('button', { name: 'Continue' }));
  await page.waitForURL(/\/amount/);
  const draft = page.url().replace(/\/amount.*/, '');
  for (const step of ['balance', 'amount', 'amount?by=delivery', 'amount?by=oldest&back=review']) await look(page, `${draft}/${step}`, problems);
  await page.goto(`${draft}/amount`);
  await page.getByLabel(/How many credits/).fill('3');
  await turn(page.getByRole('button', { name: 'Continue' }));
  await page.waitForURL(/\/beneficiary/);
  for (const by of ['', '?by=registry', '?by=registry&q=nothing-like-this', '?by=named', '?by=organisation', '?by=individual']) await look(page, `${draft}/beneficiary${by}`, problems);
  await page.goto(`${draft}/beneficiary`);
  await page.getByRole('radio', { name: /your own organisation/ }).check();
  await turn(page.getByRole('button', { name: 'Continue' }));
  await look(page, `${draft}/purposes`, problems);
  await page.getByRole('checkbox', { name: /Another purpose/ }).check();
  await turn(page.getByRole('button', { name: 'Continue' }));
  await page.waitForURL(/\/review/);
  await look(page, `${draft}/review`, problems);
  await turn(page.getByRole('button', { name: /^Retire 3\.000 credits/ }));
  await page.waitForURL(/\/done/);
  await look(page, page.url(), problems);
  const id = page.url().match(/ret_[0-9A-Z]{16}/)[0];
  await look(page, `${registry.url}/registry/retirements/${id}/certificate`, problems);
  const code = (await page.getByRole('link', { name: 'Verify', exact: true }).getAttribute('href')).match(/[0-9a-f]{20}/)[0];
  for (const query of [`number=${id}&code=${code}`, `number=${id}`, `number=${id}&code=${'0'.repeat(20)}`, `number=ret_0000000000000000&code=${code}`]) await look(page, `${registry.url}/registry/verify?${query}`, problems);
  assert.deepEqual([...problems, ...page.complaints], []);
  await page.context().close();
});

test('pages of a registry administrator', async () => {
  const { seen, problems } = await crawl('rosa@registry.example', ['/admin/pending'], /^\/admin/);
  assert.deepEqual(problems, []);
  for (const wanted of ['/admin/pending', '/admin/organisations', '/admin/people', '/admin/issue', '/admin/issue/orders', '/admin/issue/orders/:ord', '/admin/issue/orders/:ord/deliver',
    '/admin/issue/buffer-pool', '/admin/issue/buffer-pool/:org/projects/:prj/refund', '/admin/issue/buffer-pool/:org/projects/:prj/cancel', '/admin/settings', '/admin/audit']) assert.ok(seen.has(wanted), `${wanted} was reached`);
});

test('pages for what goes wrong have the look of the house', async () => {
  const page = await openPage(browser, registry, {});
  const problems = [];
  for (const [path, status, options] of [['/registry/nothing', 404], ['/registry/transfers/tfr_0000000000000000', 404], ['/registry/transfers?nonsense=1', 400],
    ['/registry/transfers', 405, { method: 'POST' }], ['/account/nothing', 404], ['/registry/%ff', 400]]) {
    const answer = await page.request.fetch(path, options ?? {});
    if (answer.status() !== status) problems.push(`${path}: ${answer.status()} instead of ${status}`);
    const html = await answer.text();
    if (!html.includes('tallystick.css')) problems.push(`${path}: not in the look of the house`);
    const report = await validator.validateString(html);
    for (const result of report.results) for (const m of result.messages) problems.push(`${path}: HTML line ${m.line}: ${m.ruleId}: ${m.message}`);
  }
  const large = await page.request.post('/sign-in', { data: 'x'.repeat(300 * 1024), headers: { 'content-type': 'application/x-www-form-urlencoded' } });
  if (large.status() !== 413) problems.push(`a large form: ${large.status()}`);
  assert.deepEqual(problems, []);
  await page.context().close();
});
