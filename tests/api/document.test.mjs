// Our description of the API: it is good OpenAPI, it leaves out nothing of the contract, it names every route of the program and no
// other, and each example of the page about the API does what it says.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { startBrowser, openPage } from '../web/lib.mjs';
import { build, checkAnswer, contract, credentials, ours, root, rows, startRegistry } from './lib.mjs';

let registry, browser;
before(async () => { registry = await startRegistry(); browser = await startBrowser(); });
after(async () => { await browser?.close(); await registry?.stop(); });

const withoutStripe = Object.entries(contract.paths).filter(([path]) => !path.startsWith('/stripe/'));
const deref = (document, node) => node?.$ref ? deref(document, node.$ref.slice(2).split('/').reduce((at, step) => at[step], document)) : node;

test('it is good OpenAPI', async () => {
  const config = await createConfig({ extends: ['recommended'], rules: { 'operation-4xx-response': 'off', 'info-license-url': 'off', 'no-server-example.com': 'off' } });
  const source = readFileSync(join(root, 'cgi-bin/api/openapi.yaml'), 'utf8');
  const problems = await lintFromString({ source, absoluteRef: 'openapi.yaml', config });
  assert.deepEqual(problems.map((p) => `${p.ruleId}: ${p.message} at ${p.location[0]?.pointer}`), []);
});

test('it has every operation, parameter and body of the contract', () => {
  const missing = [];
  for (const [path, operations] of withoutStripe) {
    for (const [method, operation] of Object.entries(operations)) {
      const own = ours.paths[path]?.[method];
      if (!own) { missing.push(`${method} ${path}`); continue; }
      const names = new Set((own.parameters ?? []).map((p) => deref(ours, p)).map((p) => `${p.in} ${p.name}`));
      for (const { in: where, name } of operation.parameters ?? []) {
        if (name.toLowerCase() !== 'x-client-secret' && !names.has(`${where} ${name}`)) missing.push(`${method} ${path}: ${where} ${name}`);
      }
      if (operation.requestBody && !own.requestBody) missing.push(`${method} ${path}: the body`);
    }
  }
  assert.deepEqual(missing, []);
});

// Whoever reads our answers with the contract's eyes finds what is required, of the same types.
test('every schema of the contract is there with all that it requires', () => {
  const lacking = [];
  const same = (name) => name.replace(/^PaginatedListResource_(.*)_$/, '$1Page').replace(/^ListResource_(.*)_$/, '$1List');
  for (const [name, schema] of Object.entries(contract.components.schemas)) {
    if (/Stripe|^IsometricID/.test(name)) continue;
    const own = ours.components.schemas[same(name)];
    if (!own) { lacking.push(name); continue; }
    for (const word of schema.enum ?? []) if (!own.enum?.includes(word)) lacking.push(`${name}: the word ${word}`);
    for (const property of Object.keys(schema.properties ?? {})) if (!own.properties?.[property]) lacking.push(`${name}.${property}`);
    const isRequest = /^Create/.test(name);
    for (const property of schema.required ?? []) if (!own.required?.includes(property)) lacking.push(`${name}.${property} is required`);
    // A request must not ask for more than the contract does.
    if (isRequest) for (const property of own.required ?? []) if (!schema.required?.includes(property)) lacking.push(`${name}.${property} must not be required`);
  }
  assert.deepEqual(lacking, []);
});

test('it is served as it was built, to anybody', async () => {
  const answer = await fetch(`${registry.url}/registry/v0/openapi.json`);
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('content-type').split(';')[0], 'application/json');
  assert.deepEqual(await answer.json(), JSON.parse(readFileSync(join(root, build, 'templates/openapi.json'), 'utf8')));
});

test('it names every route of the program and no other', () => {
  const routes = new Set(execFileSync('grep', ['-hoE', '\\{METHOD_(GET|POST), V0 "[^"]*"', 'cgi-bin/api.c'], { cwd: root, encoding: 'utf8' })
    .trim().split('\n').map((line) => line.match(/METHOD_(\w+), V0 "([^"]*)"/)).map(([, method, path]) => `${method} ${path.replace(/:\w+/g, '{id}')}`));
  const told = new Set(Object.entries(ours.paths).flatMap(([path, item]) => Object.keys(item).filter((m) => m !== 'parameters')
    .map((method) => `${method.toUpperCase()} ${path.replace(/\{[^}]*\}/g, '{id}')}`)));
  assert.deepEqual([...routes].filter((route) => !told.has(route)), [], 'routes that the document does not tell');
  assert.deepEqual([...told].filter((route) => !routes.has(route)), [], 'operations that are no routes');
});

test('every example of the page about the API runs', async () => {
  const page = await openPage(browser, registry, { script: false });
  await page.goto('/registry/api');
  const examples = await page.locator('details').evaluateAll((all) => all.map((one) => ({ id: one.id, method: one.querySelector('.method').textContent,
    path: one.querySelector('summary code').textContent, curl: one.querySelector('pre code').textContent })));
  assert.ok(examples.length > 50, `${examples.length} examples`);
  const [fernhill] = rows(registry, "SELECT org_id, supplier_id FROM organisation WHERE name LIKE 'Fernhill%'");
  const one = (sql) => { const [row] = rows(registry, sql); assert.ok(row, sql); return Object.values(row)[0]; };
  const id = (name) => one(`SELECT org_id FROM organisation WHERE name LIKE '${name}%'`);
  const [northwind, meridian, harbour] = [id('Northwind'), id('Meridian'), id('Harbour Foods')];
  const secrets = Object.fromEntries([['FERNHILL', fernhill.org_id], ['NORTHWIND', northwind], ['MERIDIAN', meridian], ['HARBOUR', harbour]]
    .map(([name, org]) => [name, credentials(registry, org, '--scopes', 'read,transfer,retire,manage', '--roles', 'viewer,initiator,approver,manager')]));
  const free = (org) => `SELECT b.batch_id FROM batch b WHERE b.org_id = '${org}' AND b.state = 'active' AND b.reserved_by IS NULL
    AND b.supplier_org_id = '${fernhill.org_id}' AND b.last - b.first > 5000 ORDER BY b.batch_id LIMIT 1`;
  const ask = async (who, path, body) => {
    const answer = await fetch(`${registry.url}/registry/v0${path}`, { method: 'POST', body: JSON.stringify(body), headers: { 'Content-Type': 'application/json',
      'X-Client-Secret': secrets[who].client_secret, Authorization: `Bearer ${secrets[who].access_token}`, 'Idempotency-Key': randomUUID() } });
    const answered = await answer.json();
    assert.equal(answer.status, 200, `${path}: ${JSON.stringify(answered)}`);
    return answered;
  };
  // A transfer of one credit that waits for its recipient.
  const pending = (from, who, to) => ask(who, '/transfers', { from_organisation_id: from, to_organisation_id: to, supplier_id: fernhill.supplier_id,
    notes: null, credit_batch_quantities: [{ credit_batch_id: one(free(from)), credit_quantity_kg: 1 }] });
  const common = { TALLYSTICK: registry.url, SUPPLIER: fernhill.supplier_id, RECIPIENT: meridian, BENEFICIARY: northwind, PATH: process.env.PATH,
    PROJECT: one(`SELECT project_id FROM project WHERE org_id = '${fernhill.org_id}'`), ISSUANCE: one('SELECT issuance_id FROM issuance ORDER BY 1 DESC'),
    TRANSFER: one("SELECT transfer_id FROM transfer WHERE state = 'completed' AND kind = 'external' ORDER BY 1 DESC"),
    RETIREMENT: one('SELECT retirement_id FROM retirement ORDER BY 1 DESC') };
  // Who runs an example, and what has to be there first. Others are Northwind's.
  const stage = {
    supplier: { who: 'FERNHILL' },
  };
  const { prepare } = await import('./examples.mjs');
  for (const example of examples) {
    const ready = await prepare(example.id, { registry, secrets, common, ask, pending, rows, one, free, orgs: { fernhill: fernhill.org_id, northwind, meridian, harbour } });
    const who = secrets[ready.who ?? stage[example.id]?.who ?? 'NORTHWIND'];
    const env = { ...common, ORGANISATION: who.organisation_id, CLIENT_SECRET: who.client_secret, ACCESS_TOKEN: who.access_token, KEY: randomUUID(), ...ready.env };
    const said = execFileSync('bash', ['-euo', 'pipefail', '-c', `${example.curl.replace('curl -sS', "curl -sS -w '\\n%{http_code}'")}`], { env, encoding: 'utf8' });
    const [, text, code] = said.match(/^([\s\S]*)\n(\d+)$/);
    assert.equal(code, '200', `${example.id}: ${text}\n${example.curl}`);
    checkAnswer(example.method, example.path, 200, 'application/json', JSON.parse(text));
  }
});
