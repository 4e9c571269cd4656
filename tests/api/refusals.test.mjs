// Every operation that changes something × every way in which it can be refused: each answer is valid by our description and, where
// the contract knows the code, by the contract (lib.mjs checks it), as application/json and as application/problem+json, and
// afterwards nothing has changed. What came is kept as a table, tests/api/refusals.md: the run fails when it is another one;
// REFUSALS=write node --test tests/api/refusals.test.mjs writes it anew.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { after, before, test } from 'node:test';
import { parseYaml } from '@redocly/openapi-core';
import { setStage } from './stage.mjs';
import { childrenOf, eventually, wordsOf } from '../web/lib.mjs';
import { caller, credentials, ours, root, rows, startRegistry } from './lib.mjs';

const page = 'tests/api/refusals.md';
const codes = [400, 401, 403, 404, 409, 413, 415, 422, 429, 503];
const problem = 'application/problem+json';

// ---- the operations, each with a request that is good ----

const source = parseYaml(readFileSync(join(root, 'cgi-bin/api/openapi.yaml'), 'utf8'));
const all = Object.entries(ours.paths).flatMap(([path, item]) => Object.entries(item).filter(([method]) => method !== 'get' && method !== 'parameters').map(([method, operation]) => ({
  path, method: method.toUpperCase(), id: operation.operationId, name: `${method.toUpperCase()} \`${path}\``, cells: new Map(codes.map((code) => [code, new Set()])),
  things: (source.paths[path][method].parameters ?? []).filter((each) => each.in === 'path').map((each) => each['x-id']), example: source.paths[path][method]['x-body'] })));
const isWebhook = ({ id }) => /webhook/.test(id), isPreview = ({ id }) => /^preview_/.test(id), givesBack = ({ id }) => /^(reject|withdraw|refuse)_/.test(id);

// The example of the page about the API, filled in: { who, address, body }. more: members of the body besides.
function requestOf(operation, scene, more = {}) {
  const { who, ...given } = scene;
  const words = { ORGANISATION: who.organisation, ...given };
  const fill = (text) => text.replace(/\$([A-Z]+)/g, (_, name) => { assert.ok(words[name], `${operation.id} needs ${name}`); return words[name]; });
  const body = operation.example === undefined ? undefined : { ...JSON.parse(fill(operation.example)), ...more };
  return { who, address: operation.things.reduce((path, name) => path.replace(/\{[^}]*\}/, fill(`$${name}`)), operation.path), body };
}

// ---- what is there ----

const sqlite = (registry, file, sql) => execFileSync('sqlite3', ['-readonly', '-cmd', '.timeout 10000', join(registry.data, file), sql], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
// Of the log, what came through; of secrets, all but when and from where they were last used.
const lasting = { act: "SELECT * FROM act WHERE outcome = 'ok'", client_secret: 'SELECT client_id, made_at, revoked_at FROM client_secret', access_token: 'SELECT token_id, made_at, revoked_at FROM access_token' };
const mark = '-- the rows of ';
function contents(registry) {
  return Object.fromEntries(['registry.db', 'people.db'].flatMap((file) => {
    const tables = sqlite(registry, file, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").trim().split('\n');
    const all = sqlite(registry, file, tables.map((table) => `SELECT '${mark}${table}'; ${lasting[table] ?? `SELECT * FROM "${table}"`};`).join('\n'));
    return all.split(mark).slice(1).map((text) => [`${file} ${text.split('\n')[0]}`, createHash('sha256').update(text).digest('hex')]);
  }));
}
async function nothingChanges(registry, what, asking) {
  const was = contents(registry);
  assert.ok(Object.keys(was).length > 30);
  await asking();
  const is = contents(registry);
  assert.deepEqual(Object.keys(is).filter((table) => is[table] !== was[table]), [], `changed by ${what}`);
}

// ---- what is stopped ----

// Stops a program for good, until what is returned is called: its supervisor is found by the program that it keeps alive. A child that
// has not become its program yet would lose the signal.
async function halt(registry, name) {
  const isProgram = (pid) => wordsOf(pid)[0]?.endsWith(`/${name}`);
  const found = () => childrenOf(registry.pid).filter((pid) => /multiwatch/.test(wordsOf(pid)[0]))
    .map((supervisor) => ({ supervisor, program: childrenOf(supervisor).find(isProgram) })).find(({ program }) => program !== undefined);
  const { supervisor, program } = await eventually(found, Boolean);
  process.kill(supervisor, 'SIGSTOP'); // or it would begin anew at once
  process.kill(program, 'SIGTERM');
  while (isProgram(program)) await wait(20);
  return () => process.kill(supervisor, 'SIGCONT');
}

// ---- asking ----

// The kinds of an answer: the ending of its type, or the type of each fault.
const kindsOf = (body) => [...new Set((body.errors ?? (Array.isArray(body.detail) ? body.detail : [{ type: body.type.split('#')[1] }])).map(({ type }) => type))];

// Asked for both types of answer, it refuses with this code and in the same way. kind: one of those that have to be among what it says.
async function refuses(operation, code, kind, request, headers = {}) {
  const found = [];
  for (const accept of [undefined, problem]) {
    const text = request.body === undefined || typeof request.body === 'string' ? request.body : JSON.stringify(request.body);
    const answer = await request.who.ask(operation.method, request.address, text, { 'Idempotency-Key': `${operation.id}-${code}`, Accept: accept, ...headers }, { mayFail: code >= 500 });
    assert.equal(answer.status, code, `${operation.id}, ${code} ${kind}: ${answer.text}`);
    assert.equal(answer.headers.get('content-type'), accept ?? 'application/json');
    found.push(kindsOf(answer.body));
  }
  assert.deepEqual(found[0], found[1], operation.id);
  assert.ok(found[0].includes(kind), `${operation.id}, ${code}: ${found[0]}, not ${kind}`);
  for (const each of found[0]) operation.cells.get(code).add(each);
}

let registry, stage, withdrawer, goOnSending;
const readers = new Map(); // of each organisation that acts, one that may only read
before(async () => {
  registry = await startRegistry();
  goOnSending = await halt(registry, 'courier'); // it writes down what it tries whenever it likes
  stage = await setStage(registry);
  withdrawer = (await stage('withdraw_transfer')).who;
  for (const operation of all) {
    operation.scene = await stage(operation.id);
    const { organisation } = operation.scene.who;
    if (!readers.has(organisation)) readers.set(organisation, caller(registry, credentials(registry, organisation, '--scopes', 'read', '--roles', 'viewer')));
  }
});
after(async () => { goOnSending?.(); await registry?.stop(); });

// ---- what a request does wrong by itself ----

test('who asks, where and how', async () => {
  assert.ok(all.length >= 25);
  for (const operation of all) {
    const good = requestOf(operation, operation.scene);
    const text = good.body === undefined ? '{}' : JSON.stringify(good.body);
    await nothingChanges(registry, operation.id, async () => {
      await refuses(operation, 400, 'bad-request', { ...good, address: `${good.address}?a=%zz` });
      await refuses(operation, 401, 'key-needed', good, { Authorization: undefined });
      await refuses(operation, 401, 'key-needed', good, { 'X-Client-Secret': 'another' });
      await refuses(operation, 403, 'not-allowed', { ...good, who: readers.get(good.who.organisation) });
      if (operation.things.length > 0) {
        await refuses(operation, 404, 'not-found', { ...good, address: good.address.replace(/\/([a-z]{3}_)[0-9A-Z]{16}/g, (_, prefix) => `/${prefix}1GB56M1ST1S0GVNA`) });
      }
      await refuses(operation, 413, 'too-large', { ...good, body: `{"notes": "${'x'.repeat(300000)}"}` });
      await refuses(operation, 415, 'media-type', { ...good, body: text }, { 'Content-Type': 'text/plain' });
      if (!isPreview(operation)) await refuses(operation, 422, 'key-malformed', good, { 'Idempotency-Key': 'two words' }); // that takes no notice of it
      await refuses(operation, 422, 'extra_forbidden', { ...good, body: { ...good.body, nobody_knows: 1 } });
      await refuses(operation, 422, 'extra_forbidden', { ...good, address: `${good.address}?nobody_knows=1` });
    });
  }
});

// ---- what does not fit with what has happened ----

const ended = async (scene) => {
  const path = scene.EXPORT ? `/exports/${scene.EXPORT}` : `/transfers/${scene.TRANSFER}`;
  const answer = await withdrawer.post(`${path}/withdraw`, { reason: 'No more.' });
  assert.equal(answer.status, 200, answer.text);
  return scene;
};
const decisions = all.filter(({ id }) => /^(accept|reject|withdraw|approve|refuse)_(transfer|export)$/.test(id));
const conflicts = {
  'transfer-ended': { of: decisions, scene: async ({ id }) => ended(await stage(id)) },
  'same-person': { of: all.filter(({ id }) => /^approve_/.test(id)), scene: (operation) => ({ ...operation.scene, who: withdrawer }) },
  'plan-changed': { of: all.filter(({ id }) => /^(create_transfer|create_export)/.test(id)), scene: ({ id }) => stage(id), more: { plan_hash: '0'.repeat(64) } },
  'second-person-needed': { of: all.filter(({ id }) => /^create_retirement/.test(id)), scene: ({ id }) => stage(id), more: alone },
  'buyer-not-agreed': { of: all.filter(({ id }) => id === 'create_delivery'), scene: async () => unagreed() },
};
// More than one person of Northwind may retire.
function alone({ id, scene }) {
  if (id !== 'create_retirement') return { credit_quantity_kg: 100001 };
  return { credit_batch_quantities: rows(registry, `SELECT batch_id credit_batch_id, last - first + 1 credit_quantity_kg FROM batch JOIN organisation supplier ON supplier.org_id = supplier_org_id
    WHERE batch.org_id = '${scene.who.organisation}' AND batch.state = 'active' AND reserved_by IS NULL AND supplier_id = '${scene.SUPPLIER}' LIMIT 256`) };
}
// An order that the supplier recorded and the buyer has not agreed to.
async function unagreed() {
  const { who, SUPPLIER } = await stage('supplier_orders');
  const [order] = rows(registry, `SELECT order_id FROM buyer_order WHERE supplier_org_id = '${who.organisation}' AND buyer_agreed = 0 AND delivered_units < units - 1000`);
  const [batch] = rows(registry, `SELECT batch_id FROM batch WHERE org_id = '${who.organisation}' AND state = 'active' AND reserved_by IS NULL AND last - first > 1000`);
  return { who, SUPPLIER, ORDER: order.order_id, BATCH: batch.batch_id };
}
test('what has ended, has changed, or needs another person', async () => {
  for (const [kind, { of, scene, more }] of Object.entries(conflicts)) {
    assert.ok(of.length > 0, kind);
    for (const operation of of) {
      const request = requestOf(operation, await scene(operation), typeof more === 'function' ? more(operation) : more);
      await nothingChanges(registry, `${operation.id} ${kind}`, () => refuses(operation, 409, kind, request));
    }
  }
});

test('nothing moves on while the registry is frozen', async () => {
  registry.tally('freeze', '--reason', 'Books are being checked.');
  const stopped = all.filter((operation) => !isWebhook(operation) && !givesBack(operation) && operation.id !== 'create_beneficiary');
  try {
    for (const operation of stopped) await nothingChanges(registry, operation.id, () => refuses(operation, 409, 'frozen', requestOf(operation, operation.scene)));
  } finally { registry.tally('thaw'); }
});

// ---- what is not there ----

test('the ledger is away', async () => {
  const goOn = await halt(registry, 'ledger');
  try {
    for (const operation of all.filter((each) => !isWebhook(each) && !isPreview(each))) {
      await nothingChanges(registry, operation.id, () => refuses(operation, 503, 'ledger-away', requestOf(operation, operation.scene)));
    }
  } finally { goOn(); }
  const isBack = () => { try { return registry.tally('status') !== ''; } catch { return false; } };
  assert.ok(await eventually(isBack, Boolean));
});

// nginx finds nobody behind it, and cannot know how far the act had come.
test('the program is away', async () => {
  const socket = join(registry.run, 'api-acts.sock');
  renameSync(socket, `${socket}.away`);
  try {
    for (const operation of all) await nothingChanges(registry, operation.id, () => refuses(operation, 503, 'answer-lost', requestOf(operation, operation.scene)));
  } finally { renameSync(`${socket}.away`, socket); }
});

// Asked without a token, so that the few that come through before it is too much do nothing either.
test('too much is asked', async () => {
  const busy = await startRegistry({ rates: 'few' });
  try {
    const nobody = caller(busy, { client_secret: undefined, access_token: 'none', organisation_id: '' });
    await nothingChanges(busy, 'throttled', async () => {
      for (const operation of all) {
        for (const accept of [undefined, problem]) {
          let answer;
          do {
            answer = await nobody.ask(operation.method, operation.path.replaceAll('{id}', 'tfr_1GB56M1ST1S0GVNA'), '{}', { Authorization: undefined, Accept: accept });
          } while (answer.status === 401 || answer.status === 404);
          assert.equal(answer.status, 429, answer.text);
          assert.equal(answer.headers.get('content-type'), accept ?? 'application/json');
          for (const kind of kindsOf(answer.body)) operation.cells.get(429).add(kind);
        }
      }
    });
  } finally { await busy.stop(); }
});

// ---- the control, and the table ----

test('the requests that were refused for one reason each are good without it', async () => {
  for (const operation of all) {
    // What waits to be decided is still there; batches that were named may have been split by the requests before.
    const { who, address, body } = requestOf(operation, decisions.includes(operation) ? operation.scene : await stage(operation.id));
    const answer = await who.post(address, body, { 'Idempotency-Key': keyOf(operation) });
    assert.equal(answer.status, 200, `${operation.id}: ${answer.text}`);
  }
});

// A key that something was done with is none for another act: an operation's next of the same caller, or its own with other words.
// Webhooks keep keys of their own.
const keyOf = ({ id }) => `good-${id}`;
test('a key belongs to one act', async () => {
  for (const operation of all.filter((each) => !isPreview(each))) {
    const scene = decisions.includes(operation) ? operation.scene : await stage(operation.id);
    const other = all.find((each) => each !== operation && !isPreview(each) && isWebhook(each) === isWebhook(operation) && each.scene.who === scene.who);
    const request = requestOf(operation, scene, other ? {} : { notes: 'Other words.' });
    await nothingChanges(registry, operation.id, () => refuses(operation, 422, 'key-reused', request, { 'Idempotency-Key': keyOf(other ?? operation) }));
  }
});

const head = `# How every operation that changes something can be refused

Written by a run of [refusals.test.mjs](refusals.test.mjs), which fails when a run differs: \`REFUSALS=write node --test
tests/api/refusals.test.mjs\` writes it anew. In each cell stand the kinds of refusal that were provoked, by the ending of
their \`type\` (or, of 422, the \`type\` of each fault that is listed). Each was asked for twice, as application/json and as
application/problem+json; both were valid by [openapi.yaml](../../cgi-bin/api/openapi.yaml), headers too (\`WWW-Authenticate\`
with 401, \`Retry-After\` with 429 and 503), and a 422 of an operation of the contract by the contract; and afterwards every
table of the registry and of people.db was as before, but for the log of what was refused. Without its one fault each request
is answered 200.

An empty cell: it cannot be. 404 is about what an address names, 409 about what has happened before: naming a beneficiary and
keeping webhooks go against nothing. Previews and webhooks do without the ledger, and what gives back goes on in a frozen
registry. All values that a body can get wrong (422) are tried in [api_bad_input_test.c](../pages/api_bad_input_test.c), who
may do what (401, 403, 404) in [permissions.md](permissions.md).
`;
test('the table is what was found', () => {
  const row = (fields) => `| ${fields.join(' | ')} |`;
  const table = [head, row(['operation', ...codes]), `|---|${'---|'.repeat(codes.length)}`, ...all.map(({ name, cells }) => row([name, ...codes.map((code) => [...cells.get(code)].sort().join(', '))])), ''].join('\n');
  // Every refusal that needs no history can be had of every operation.
  for (const { id, cells, things } of all) {
    for (const code of codes) if (code !== 409 && (code !== 404 || things.length > 0)) assert.ok(cells.get(code).size > 0, `${id} ${code}`);
  }
  if (process.env.REFUSALS === 'write') writeFileSync(join(root, page), table);
  assert.equal(readFileSync(join(root, page), 'utf8'), table, 'read the difference, then write it anew (see its first lines)');
});
