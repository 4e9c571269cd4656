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
import { setStage } from './stage.mjs';
import { build, checkAnswer, contract, headersOf, ours, root, startRegistry, withoutStripe } from './lib.mjs';

let registry, browser;
before(async () => { registry = await startRegistry(); browser = await startBrowser(); });
after(async () => { await browser?.close(); await registry?.stop(); });

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

// Every answer has them, so every answer's description names them.
test('every answer is described with the headers that all have', () => {
  const always = Object.keys(ours.components.headers);
  assert.deepEqual(always, ['X-Request-Id', 'Tallystick-Sandbox']);
  for (const [path, operations] of Object.entries(ours.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      for (const [status, response] of Object.entries(operation.responses ?? {})) {
        const headers = deref(ours, response).headers ?? {};
        for (const name of always) assert.equal(headers[name]?.$ref, `#/components/headers/${name}`, `${method} ${path} ${status}: ${name}`);
      }
    }
  }
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
  const examples = await page.locator('.api details').evaluateAll((all) => all.map((one) => ({ id: one.id, method: one.querySelector('.method').textContent,
    path: one.querySelector('summary code').textContent, curl: one.querySelector('pre code').textContent })));
  assert.equal(examples.length, Object.values(ours.paths).flatMap((item) => Object.keys(item)).length);
  const stage = await setStage(registry);
  for (const example of examples) {
    const { who, ...more } = await stage(example.id);
    const env = { PATH: process.env.PATH, TALLYSTICK: registry.url, ORGANISATION: who.organisation_id, CLIENT_SECRET: who.client_secret, ACCESS_TOKEN: who.access_token, KEY: randomUUID(), ...more };
    const command = example.curl.replace('curl -sS', 'curl -sS -i');
    const [, code, head, text] = execFileSync('bash', ['--norc', '-euo', 'pipefail', '-c', command], { env, encoding: 'utf8' }).match(/^HTTP\/1\.1 (\d+).*\r\n([\s\S]*?)\r\n\r\n([\s\S]*)$/);
    assert.equal(code, '200', `${example.id}: ${text}\n${example.curl}`);
    checkAnswer(example.method, example.path, 200, headersOf(head), JSON.parse(text));
  }
});

test('the page tells of each refusal what the API says', async () => {
  const page = await openPage(browser, registry, { script: false });
  await page.goto('/registry/api');
  const told = new Map(await page.locator('details.data tr[id]').evaluateAll((all) => all.map((row) => [row.id, [...row.cells].slice(1).map((cell) => cell.textContent)])));
  const { who } = await (await setStage(registry))('organisation');
  const json = { 'Content-Type': 'application/json' };
  const put = await fetch(`${registry.url}/registry/v0/transfers`, { method: 'PUT', body: '{}', headers: json });
  const refusals = [await who.get('/nothing'), { status: put.status, body: await put.json() }, await who.get('/organisation', { Authorization: undefined }), await who.get('/transfers?since=%zz'),
    await who.ask('POST', '/transfers', '{}', { 'Content-Type': 'text/plain' }), await who.ask('POST', '/transfers', JSON.stringify({ from_organisation_id: 'org_1GB56M1ST1S0GVNA',
      to_organisation_id: who.organisation, supplier_id: 'spl_1GB56M1ST1S0GVNA', notes: null, credit_batch_quantities: [{ credit_batch_id: 'ctb_1GB56M1ST1S0GVNA', credit_quantity_kg: 1 }] }), json)];
  assert.deepEqual(refusals.map(({ status }) => status), [404, 405, 401, 400, 415, 403]);
  for (const { status, body } of refusals) assert.deepEqual(told.get(body.type.split('#')[1]), [String(status), body.detail], body.type);
  // The same key for another act is told at the place of the header.
  assert.equal(told.get('key-reused')[0], '422');
});
