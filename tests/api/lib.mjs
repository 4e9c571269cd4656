// What every test of the API needs: a registry of its own, secrets, and a fetch whose every answer is checked against two documents:
// the outline of the contract (contract.json) and our own description (openapi.yaml, as the build made JSON of it).
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { basename, join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { build, root } from '../web/lib.mjs';

export { build, root, startRegistry } from '../web/lib.mjs';

const read = (path) => JSON.parse(readFileSync(join(root, path), 'utf8'));
export const contract = read('tests/api/contract.json');
export const ours = read(`${build}/templates/openapi.json`);
// What is taken over of the contract: all but its shop's checkout, which is no business of a registry.
export const withoutStripe = Object.entries(contract.paths).filter(([path]) => !path.startsWith('/stripe/'));

// ---- validation ----

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats(ajv);
ajv.addSchema({ ...contract, $id: 'https://contract.invalid/' });
// Ours has to tell every member of an answer: what it does not name must not be there.
const closed = (node) => Array.isArray(node) ? node.map(closed) : node === null || typeof node !== 'object' ? node
  : { ...Object.fromEntries(Object.entries(node).map(([name, value]) => [name, closed(value)])), ...(node.type === 'object' && node.properties && { additionalProperties: false }) };
ajv.addSchema({ ...closed(ours), $id: 'https://ours.invalid/' });

const rooted = (schema, id) => JSON.parse(JSON.stringify(schema).replaceAll('"#/', `"${id}#/`));
const compiled = new Map();
function validator(schema, id) {
  const key = id + JSON.stringify(schema);
  if (!compiled.has(key)) compiled.set(key, ajv.compile(rooted(schema, id)));
  return compiled.get(key);
}

// "/transfers/tfr_…" → the path of the document that it is an address of; literal ones come first.
export function pathOf(document, path) {
  const fits = Object.keys(document.paths).filter((pattern) => new RegExp(`^${pattern.replace(/\{[^}]*\}/g, '[^/]+')}$`).test(path));
  return fits.sort((one, other) => one.split('{').length - other.split('{').length)[0];
}

const refOf = (document, node) => node?.$ref ? node.$ref.slice(2).split('/').reduce((at, step) => at[step], document) : node;

function check(document, id, method, path, status, type, body) {
  const pattern = pathOf(document, path);
  const operation = pattern && document.paths[pattern][method.toLowerCase()];
  if (!operation) return false;
  const response = refOf(document, operation.responses[status] ?? operation.responses.default);
  const schema = response?.content?.[type]?.schema;
  if (!schema) return operation.responses[status] !== undefined || operation.responses.default === undefined;
  const validate = validator(schema, id);
  assert.ok(validate(body), `${method} ${path} ${status} against ${id}: ${JSON.stringify(validate.errors?.slice(0, 4))}\n${JSON.stringify(body).slice(0, 800)}`);
  return true;
}

// How often each operation was called, and with which codes.
export const calls = new Map();

// The same for all tests together (operations.mjs): each answer that was found good is a line in this test's file of the run's folder.
export const notes = join(root, build, 'api-calls');
let file = null;
function note(...fields) {
  if (file === null) {
    mkdirSync(notes, { recursive: true });
    file = openSync(join(notes, `${basename(process.argv[1])}.tsv`), 'w');
  }
  writeSync(file, `${fields.join('\t')}\n`);
}

export function checkAnswer(method, path, status, type, body) {
  const pattern = pathOf(ours, path);
  if (pattern) {
    const name = `${method} ${pattern}`;
    const counts = calls.get(name) ?? calls.set(name, {}).get(name);
    counts[status] = (counts[status] ?? 0) + 1;
  }
  if (status >= 500) assert.fail(`${method} ${path}: ${status} ${JSON.stringify(body)}`);
  // The contract knows 200 and 422; what else we say is in our own document.
  if ((status === 200 || status === 422) && type === 'application/json') check(contract, 'https://contract.invalid/', method, path, status, type, body);
  if (pattern) assert.ok(check(ours, 'https://ours.invalid/', method, path, status, type, body), `${method} ${path} ${status} ${type}: our document says nothing of it`);
  if (pattern) note(method, pattern, status);
}

// ---- asking ----

// One pair of secrets, as `tally api-credentials` prints it.
export const credentials = (registry, organisation, ...more) => JSON.parse(registry.tally('api-credentials', '--organisation', organisation, ...more));

// A caller: get(path), post(path, body, headers). The answer: { status, body, headers }; checked before it is returned.
export function caller(registry, secrets) {
  async function ask(method, address, body, headers = {}) {
    const all = { 'X-Client-Secret': secrets.client_secret, Authorization: `Bearer ${secrets.access_token}`, ...headers };
    for (const [name, value] of Object.entries(all)) if (value === undefined) delete all[name];
    const isText = typeof body === 'string';
    if (body !== undefined && all['Content-Type'] === undefined) all['Content-Type'] = 'application/json';
    const answer = await fetch(`${registry.url}/registry/v0${address}`, { method, headers: all, redirect: 'manual',
      body: body === undefined ? undefined : isText ? body : JSON.stringify(body) });
    const type = (answer.headers.get('content-type') ?? '').split(';')[0];
    const text = await answer.text();
    assert.match(type, /^application\/(problem\+)?json$/, `${method} ${address}: ${answer.status} ${type} ${text.slice(0, 200)}`);
    // The demonstration is a sandbox, and says so with every answer.
    for (const [name, header] of Object.entries(ours.components.headers)) {
      assert.ok(validator(header.schema, 'https://ours.invalid/')(answer.headers.get(name)), `${method} ${address} ${answer.status}: ${name} is ${answer.headers.get(name)}`);
    }
    const parsed = JSON.parse(text);
    checkAnswer(method, decodeURI(address.split('?')[0]), answer.status, type, parsed);
    return { status: answer.status, body: parsed, headers: answer.headers, text };
  }
  return {
    ...secrets,
    organisation: secrets.organisation_id,
    get: (address, headers) => ask('GET', address, undefined, headers),
    post: (address, body, headers = {}) => ask('POST', address, body, { 'Idempotency-Key': randomUUID(), ...headers }),
    ask,
  };
}

// Reads the registry past the API, so that a test knows what should be there.
export function rows(registry, sql) {
  const out = execFileSync('sqlite3', ['-json', '-readonly', `file:${join(registry.data, 'registry.db')}?mode=ro`, sql], { encoding: 'utf8' });
  return out.trim() === '' ? [] : JSON.parse(out);
}
