// Webhooks from end to end: a manager adds an endpoint in the browser, presses the test button, something happens in the registry,
// and a receiver on this machine hears of it in order, signed as node's own crypto finds it. Then what goes wrong: an answer that is
// none, a paused endpoint, a secret that is rotated, a message sent again. At 1280 and 375 pixels, with and without JavaScript.
import assert from 'node:assert/strict';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { HtmlValidate } from 'html-validate';
import { eventually, openPage, patience, signIn, startBrowser, startRegistry, turn } from './lib.mjs';

const nora = 'nora@northwind.example', piet = 'piet@northwind.example';
// Without TALLYSTICK_WEBHOOK_HURRY, which would shorten the wait for an answer, too: this process has other things to do now and then.
process.env.TALLYSTICK_WEBHOOK_TEST = '1';

let registry, browser;
before(async () => { registry = await startRegistry(); browser = await startBrowser(); });
after(async () => { await browser?.close(); await registry?.stop(); });

// A receiver that notes what it hears, when, and what it answered; `answer` may be changed.
async function startReceiver() {
  const heard = [];
  const receiver = { heard, answer: 204 };
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (piece) => { body += piece; });
    request.on('end', () => {
      heard.push({ id: request.headers['webhook-id'], at: request.headers['webhook-timestamp'], signatures: request.headers['webhook-signature'], headers: request.headers, body, event: JSON.parse(body), heardAt: Date.now() / 1000, answered: receiver.answer });
      response.statusCode = receiver.answer;
      response.end();
    });
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  receiver.url = `http://127.0.0.1:${server.address().port}/hooks?from=tallystick`;
  receiver.stop = () => { server.closeAllConnections(); server.close(); };
  receiver.waitFor = async (count) => {
    const number = await eventually(() => heard.length, (heardOf) => heardOf >= count);
    assert.ok(number >= count, `${number} of ${count} messages were heard`);
  };
  return receiver;
}

// Standard Webhooks, written down once more: is one of the signatures made with this secret?
function isSigned(message, secret) {
  assert.match(secret, /^whsec_[A-Za-z0-9+/]{43}=$/);
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const right = createHmac('sha256', key).update(`${message.id}.${message.at}.${message.body}`).digest();
  assert.ok(Math.abs(Number(message.at) - message.heardAt) < 60, 'the time is now');
  return message.signatures.split(' ').some((one) => {
    const [version, text] = one.split(',');
    const given = Buffer.from(text, 'base64');
    return version === 'v1' && given.length === right.length && timingSafeEqual(given, right);
  });
}

const main = (page) => page.getByRole('main');
// Until the page says so. As long as it asks for itself again it is left alone: whatever else is begun then may be cut short. Without
// JavaScript it is asked for again by hand, as its link says.
async function settled(page, words) {
  const look = async () => {
    await page.waitForLoadState();
    if (page.hasScript) await page.locator('[data-again]').waitFor({ state: 'detached' });
    const text = await main(page).innerText();
    if (!words.test(text)) await page.reload();
    return text;
  };
  assert.match(await eventually(look, (text) => words.test(text)), words);
}
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const validator = new HtmlValidate({ extends: ['html-validate:standard'], rules: { 'script-type': 'off' } });
// No sideways scroll, and what every-page.test.mjs asks of the pages that it finds by itself.
async function fits(page) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(over <= 0, `${page.url()} is ${over} pixels too wide`);
  const answer = await page.request.get(page.url());
  if (answer.ok()) {
    const report = await validator.validateString(await answer.text());
    assert.deepEqual(report.results.flatMap(({ messages }) => messages.map((m) => `${page.url()} line ${m.line}: ${m.ruleId}: ${m.message}`)), []);
  }
  if (!page.hasScript) return; // then neither has axe
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  assert.deepEqual(violations.map((v) => `${page.url()}: ${v.id}: ${v.nodes[0].html.slice(0, 160)}`), []);
}

async function journey(options, name) {
  const receiver = await startReceiver(), witness = await startReceiver();
  const page = await openPage(browser, registry, options);
  page.hasScript = options.script ?? true;
  try {
    await signIn(page, nora);
    await page.goto('/account/team');
    await turn(page.getByRole('link', { name: 'Webhooks' }));
    await fits(page);
    await turn(page.getByRole('link', { name: 'Add an endpoint' }));
    await page.getByLabel('Address').fill('https://10.0.0.1/inside');
    await turn(page.getByRole('button', { name: 'Add the endpoint' }));
    assert.match(await main(page).getByRole('alert').innerText(), /by its name/);
    assert.equal(await page.getByLabel('Address').inputValue(), 'https://10.0.0.1/inside');
    await fits(page);
    await page.getByLabel('Address').fill(receiver.url);
    await page.getByLabel(/^Description/).fill(name);
    await page.getByRole('radio', { name: /Only those ticked/ }).check();
    await page.getByText('Kinds to tick').click();
    for (const kind of ['policy.changed', 'account.opened', 'member.changed']) await page.locator(`input[value="${kind}"]`).check();
    await fits(page);
    await turn(page.getByRole('button', { name: 'Add the endpoint' }));
    const secret = await page.getByLabel('Secret').inputValue();
    await fits(page);

    // The test button, and what came of it on the page after.
    await turn(page.getByRole('button', { name: 'Send a test event' }));
    await page.waitForURL(/\/messages\/msg_/);
    await settled(page, /Answered 204/);
    await fits(page);
    assert.match(await main(page).innerText(), /Delivered/);
    await receiver.waitFor(1);
    assert.equal(receiver.heard[0].event.type, 'webhook.test');
    assert.ok(isSigned(receiver.heard[0], secret), 'the test is signed');
    assert.equal(receiver.heard[0].headers['content-type'], 'application/json');

    // Something happens: in order, each once; the kinds that were not chosen are left out.
    await page.goto('/account/team/policies');
    await turn(page.getByRole('button', { name: /^Save/ }));
    await page.goto('/account/team/accounts');
    await page.getByLabel('Name', { exact: true }).fill(`Hooks ${name}`);
    await turn(page.getByRole('button', { name: 'Open the account' }));
    await receiver.waitFor(3);
    assert.deepEqual(receiver.heard.slice(1).map(({ event }) => event.type), ['policy.changed', 'account.opened']);
    assert.ok(receiver.heard[1].event.seq < receiver.heard[2].event.seq);
    for (const message of receiver.heard) assert.ok(isSigned(message, secret), 'each is signed');
    assert.equal(new Set(receiver.heard.map(({ id }) => id)).size, 3);

    // It answers badly: tried again under the same id, and heard once it answers well.
    receiver.answer = 500;
    await page.goto('/account/team/policies');
    await turn(page.getByRole('button', { name: /^Save/ }));
    await receiver.waitFor(4);
    await page.goto('/account/team/webhooks');
    await fits(page);
    await turn(page.getByRole('link', { name }));
    await settled(page, /Answered 500/);
    await fits(page);
    receiver.answer = 200;
    const well = await eventually(() => receiver.heard.at(-1), ({ answered }) => answered === 200, 10 * patience); // 5 s, then half a minute, then 2 minutes
    assert.deepEqual([well.answered, ...new Set(receiver.heard.slice(3).map(({ id }) => id))], [200, receiver.heard[3].id]);
    await page.reload();
    await settled(page, /4 messages/);

    // Rotated: both secrets sign for a day.
    await turn(page.getByRole('link', { name: /^Rotate/ }));
    await fits(page);
    await turn(page.getByRole('button', { name: 'Make a new secret' }));
    const next = await page.getByLabel('Secret').inputValue();
    assert.notEqual(next, secret);
    const before = receiver.heard.length;
    await turn(page.getByRole('button', { name: 'Send a test event' }));
    await page.waitForURL(/msg_/);
    await receiver.waitFor(before + 1);
    assert.ok(isSigned(receiver.heard.at(-1), secret) && isSigned(receiver.heard.at(-1), next), 'both sign');
    await settled(page, /Answered 200/);

    // Paused: nothing comes; resumed: what happened meanwhile does.
    await turn(page.getByRole('link', { name: 'Back to the endpoint' }));
    await turn(page.getByRole('button', { name: 'Pause' }));
    assert.match(await main(page).innerText(), /Paused/);
    const paused = receiver.heard.length, endpoint = page.url();
    // Once another endpoint has heard of it, the courier has looked at it for all.
    await page.goto('/account/team/webhooks');
    await turn(page.getByRole('link', { name: 'Add an endpoint' }));
    await page.getByLabel('Address').fill(witness.url);
    await turn(page.getByRole('button', { name: 'Add the endpoint' }));
    await page.goto('/account/team/policies');
    await turn(page.getByRole('button', { name: /^Save/ }));
    assert.ok(await eventually(() => witness.heard.some(({ event }) => event.type === 'policy.changed'), Boolean));
    await page.goto('/account/team/webhooks');
    await turn(page.getByRole('link', { name: new URL(witness.url).host }));
    await turn(page.getByRole('link', { name: 'Remove' }));
    await turn(page.getByRole('button', { name: 'Remove the endpoint' }));
    await page.goto(endpoint);
    assert.equal(receiver.heard.length, paused);
    await turn(page.getByRole('button', { name: 'Resume' }));
    await receiver.waitFor(paused + 1);
    assert.equal(receiver.heard.at(-1).event.type, 'policy.changed');

    // One message again, by its own page.
    await turn(page.getByRole('link', { name: 'Delivered', exact: true }));
    await turn(page.locator('td a.id').last()); // the test, the oldest
    await turn(page.getByRole('link', { name: 'Back to the endpoint' }));
    const again = receiver.heard.find(({ event }) => event.type === 'account.opened');
    await turn(page.getByRole('link', { name: again.id }));
    await fits(page);
    const told = receiver.heard.length;
    await turn(page.getByRole('button', { name: 'Send this message again' }));
    await receiver.waitFor(told + 1);
    assert.equal(receiver.heard.at(-1).id, again.id);
    assert.equal(receiver.heard.at(-1).body, again.body);
    await settled(page, /Answered 200/);

    // Removed, after a question.
    await turn(page.getByRole('link', { name: 'Back to the endpoint' }));
    await turn(page.getByRole('link', { name: 'Send again what failed' }));
    await turn(page.getByRole('button', { name: 'Count them' }));
    assert.match(await main(page).innerText(), /Nothing failed since/);
    await fits(page);
    await turn(page.getByRole('link', { name: 'Back to the endpoint' }));
    await turn(page.getByRole('link', { name: 'Remove' }));
    await fits(page);
    await turn(page.getByRole('button', { name: 'Remove the endpoint' }));
    assert.match(await main(page).innerText(), /The endpoint is removed/);
    assert.ok(!(await main(page).innerText()).includes(name));
    assert.deepEqual(page.complaints, []);
  } finally {
    await page.context().close();
    receiver.stop();
    witness.stop();
  }
}

test('webhooks at 1280 pixels', async () => { await journey({ width: 1280 }, 'Wide'); });
test('webhooks at 375 pixels without JavaScript', async () => { await journey({ width: 375, script: false }, 'Narrow'); });

// The answer to the click is longer on its way than the page waits before it asks for itself again.
test('a page that asks for itself again lets go whoever leaves it', async () => {
  const page = await openPage(browser, registry, {});
  await page.route('**/waits', (route) => route.fulfill({ contentType: 'text/html', body: '<p data-again="50">It is on its way.</p><a href="/elsewhere">Leave</a><script src="/static/tallystick.js"></script><script>document.links[0].click()</script>' }));
  await page.route('**/elsewhere', async (route) => { await wait(500); await route.fulfill({ contentType: 'text/html', body: 'Elsewhere' }).catch(() => {}); });
  await page.goto('/waits', { waitUntil: 'commit' });
  await page.waitForURL('**/elsewhere', { timeout: 10000 });
  await page.context().close();
});

test('whoever is no manager sees nothing of them', async () => {
  const page = await openPage(browser, registry, {});
  await signIn(page, piet);
  await page.goto('/account/team');
  assert.equal(await page.getByRole('link', { name: 'Webhooks' }).count(), 0);
  assert.equal((await page.goto('/account/team/webhooks')).status(), 403);
  await page.context().close();
});
