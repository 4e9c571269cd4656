// An administrator takes public words away, in a browser, at 1280 and 375 pixels, with and without JavaScript: from a certificate that everybody
// reads over the page that asks which words, and the page before the act, to the same certificate without them.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { becomes, openPage, signIn, startBrowser, startRegistry, turn } from './lib.mjs';

let registry, browser;
before(async () => { browser = await startBrowser(); });
after(async () => { await browser?.close(); });
beforeEach(async () => { registry = await startRegistry(); });
afterEach(async () => { await registry?.stop(); });

const rosa = 'rosa@registry.example', otto = 'otto@auditors.example';
const main = (page) => page.getByRole('main').innerText();
const press = (page, name) => turn(page.getByRole('main').getByRole('button', { name }));
const isNoWiderThanItsWindow = async (page) => assert.ok(
  await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth), `${page.url()}: no sideways scroll`);

// The first retirement of the list that has a note: its page and the note.
async function findNote(page) {
  await page.goto('/registry/retirements');
  const row = page.locator('main tbody tr').filter({ hasText: '“' }).first();
  const note = (await row.locator('small').allInnerTexts()).find((text) => text.startsWith('“')).slice(1, -1);
  await turn(row.locator('a.id'));
  return { address: page.url(), note };
}

async function look(page, address, which) {
  await page.goto('/admin/settings');
  await turn(page.getByRole('link', { name: 'Redact public words' }));
  await isNoWiderThanItsWindow(page);
  await page.getByLabel('Id or address').fill(address);
  await page.getByLabel('Which words').selectOption(which);
  await press(page, 'Look at the words');
  await isNoWiderThanItsWindow(page);
}

async function redactJourney(options) {
  const page = await openPage(browser, registry, options);
  const { address, note } = await findNote(page);
  await turn(page.getByRole('link', { name: 'Certificate', exact: true }));
  assert.ok((await main(page)).includes(note));
  const verify = await page.getByRole('link', { name: 'Verify', exact: true }).getAttribute('href');

  await signIn(page, rosa);
  await look(page, 'nothing', 'note');
  assert.match(await main(page), /Nothing with such words has this id/);
  await look(page, address, 'note');
  assert.match(await main(page), /Redact the public note\?/);
  assert.ok((await main(page)).includes(note), 'the words are shown before they go');
  await press(page, 'Redact the public note');
  assert.match(await main(page), /Enter the reason/);
  await page.getByLabel('Reason').fill('It named a private person');
  await press(page, 'Redact the public note');
  assert.match(await main(page), /The public note is redacted: its words are gone, the fact and the reason stay/);
  await look(page, address, 'note');
  assert.match(await main(page), /The note was redacted on .*: It named a private person/);

  for (const place of [address, `${address}/certificate`, '/registry/retirements']) {
    await page.goto(place);
    await isNoWiderThanItsWindow(page);
    assert.match(await main(page), /The note was redacted on .*: It named a private person/);
  }
  await page.goto(address);
  assert.ok(!(await main(page)).includes(note), 'the words are gone');
  await page.goto(verify);
  assert.match(await main(page), /This is not the code that the certificate has now/);
  assert.match(registry.tally('verify'), /\S/); // it ends with another code than 0 when a word is left where it was taken away

  await becomes(page, otto);
  await page.goto('/admin/settings');
  assert.equal(await page.getByRole('link', { name: 'Redact public words' }).count(), 0, 'an auditor changes nothing');
  assert.deepEqual(page.complaints, []);
  await page.context().close();
}

test('an administrator redacts the note of a retirement', () => redactJourney({}));
test('and on a small screen without JavaScript', () => redactJourney({ width: 375, script: false }));
