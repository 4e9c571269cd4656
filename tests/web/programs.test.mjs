// What programs act with, in a browser: a manager makes a client secret and an access token, each shown once; with both the API
// answers; revoked, it does not. At 1280 pixels with JavaScript, at 375 without.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { becomes, eventually, openPage, signIn, startBrowser, startRegistry, turn } from './lib.mjs';

let registry, browser;
before(async () => { registry = await startRegistry(); browser = await startBrowser(); });
after(async () => { await browser?.close(); await registry?.stop(); });

const nora = 'nora@northwind.example', piet = 'piet@northwind.example';

const ask = (secret, token) => fetch(`${registry.url}/registry/v0/organisation`, { headers: { 'X-Client-Secret': secret, Authorization: `Bearer ${token}` } });

// Makes one by its form and returns what the next page shows.
async function make(page, kind, name, fill = async () => {}) {
  await page.goto('/account/team');
  await turn(page.getByRole('link', { name: 'Programs' }));
  await turn(page.getByRole('link', { name: `Make ${kind}`, exact: true }));
  await page.getByLabel(/^Name/).fill(name);
  await fill();
  await turn(page.getByRole('button', { name: new RegExp(`^Make ${kind}`) }));
  await page.waitForSelector('#secret');
  return (await page.locator('#secret').inputValue()).trim();
}

async function noSidewaysScroll(page) {
  const [wide, view] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  assert.ok(wide <= view, `${page.url()} is ${wide} wide at ${view}`);
}

async function journey(options, name) {
  const page = await openPage(browser, registry, options);
  // Playwright measures a page without script by itself.
  const measured = options.script ? noSidewaysScroll : async () => {};
  await signIn(page, nora);
  const secret = await make(page, 'a client secret', `${name} ERP`);
  await measured(page);
  const token = await make(page, 'an access token', `${name} job`, async () => {
    await page.locator('#transfer').check();
    await page.getByLabel(/^Addresses/).fill('192.0.2.7/24');
    await turn(page.getByRole('button', { name: /^Make an access token/ }));
    await page.waitForSelector('.problem');
    const said = await page.locator('.problem').innerText();
    assert.match(said, /Transfers need the role Initiator/);
    assert.match(said, /Line 1: the range that 192\.0\.2\.7\/24 is in begins at 192\.0\.2\.0\/24/);
    assert.equal(await page.getByLabel(/^Name/).inputValue(), `${name} job`, 'what was typed is kept');
    assert.ok(await page.locator('#transfer').isChecked());
    await measured(page);
    await page.locator('#initiator').check();
    await page.getByLabel(/^Addresses/).fill('127.0.0.0/8\n::1');
  });
  assert.match(token, /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/);
  await measured(page);
  const answer = await ask(secret, token);
  assert.equal(answer.status, 200, await answer.clone().text());
  assert.match((await answer.json()).name, /Northwind/);

  // The page again: nothing new, and nothing to read.
  await page.reload();
  await page.waitForURL(/\/tokens\/tok_/);
  const own = page.url();
  const shown = await page.content();
  assert.ok(!shown.includes(token), 'a reload does not show the token again');
  assert.match(shown, /This was made before/);
  assert.match(await page.locator('.facts').innerText(), new RegExp(`by ${name} ERP`), 'who used it last');
  await page.goto('/account/team/programs');
  assert.equal(await page.getByRole('link', { name: `${name} job` }).count(), 1);
  await page.goto('/account/team');
  assert.ok(!(await page.getByRole('main').innerText()).includes(`${name} job`), 'a token is no colleague');

  await page.goto(own);
  await turn(page.getByRole('link', { name: /^Revoke this/ }));
  assert.equal((await ask(secret, token)).status, 200, 'the question does nothing');
  await turn(page.getByRole('button', { name: `Revoke “${name} job”` }));
  await page.waitForURL(own);
  assert.match(await page.getByRole('main').innerText(), /Revoked .* by Nora Westerveld/s);
  const refused = await ask(secret, token);
  assert.equal(refused.status, 401);
  assert.match(refused.headers.get('www-authenticate'), /^Bearer/);
  await page.goto('/account/team/programs/tokens');
  assert.match(await page.getByRole('main').innerText(), new RegExp(`${name} job[\\s\\S]*Revoked`));
  await measured(page);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
}

test('a manager makes and revokes what a program needs', () => journey({ width: 1280, script: true }, 'Wide'));
test('the same on a narrow screen', () => journey({ width: 375, script: true }, 'Narrow'));
test('the same on a narrow screen without JavaScript', () => journey({ width: 375, script: false }, 'Plain'));

test('with JavaScript the secret is copied by a button', async () => {
  const page = await openPage(browser, registry, {});
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: registry.url });
  await signIn(page, nora);
  const secret = await make(page, 'a client secret', 'Copied');
  await page.getByRole('button', { name: /^Copy/ }).click();
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  assert.equal(await eventually(copied, (text) => text === secret), secret); // the click does not wait for the clipboard
  await page.context().close();
});

test('who is no manager does not get there', async () => {
  const page = await openPage(browser, registry, {});
  await signIn(page, piet);
  await page.goto('/account/team');
  assert.equal(await page.getByRole('link', { name: 'Programs' }).count(), 0);
  assert.equal((await page.goto('/account/team/programs')).status(), 403);
  await becomes(page, nora);
  assert.equal((await page.goto('/account/team/programs')).status(), 200);
  await page.context().close();
});
