// What every test of the API needs: a registry of its own, secrets, and a fetch whose every answer is checked against two documents:
// the outline of the contract (contract.json) and our own description (openapi.yaml, as the build made JSON of it).
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, openSync, writeSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build, root } from '../web/lib.mjs';
import { faultsOf, operationOf, ours, pathOf, typeOf } from './valid.mjs';

export { build, root, startRegistry } from '../web/lib.mjs';
export { contract, headersOf, ours, pathOf, withoutStripe } from './valid.mjs';

// ---- validation ----

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

// status: 5xx is an answer to who has taken the ledger away, and a fault in every other test.
export function checkAnswer(method, path, status, headers, body, { mayFail = false } = {}) {
  const pattern = pathOf(ours, path);
  if (pattern) {
    const name = `${method} ${pattern}`;
    const counts = calls.get(name) ?? calls.set(name, {}).get(name);
    counts[status] = (counts[status] ?? 0) + 1;
  }
  if (status >= 500 && !mayFail) assert.fail(`${method} ${path}: ${status} ${JSON.stringify(body)}`);
  const faults = faultsOf(method, path, status, headers, body);
  assert.deepEqual(faults, [], `${method} ${path} ${status} ${typeOf(headers)}\n${JSON.stringify(body).slice(0, 800)}`);
  if (operationOf(ours, method, path)) note(method, pattern, status);
}

// ---- asking ----

// One pair of secrets, as `tally api-credentials` prints it.
export const credentials = (registry, organisation, ...more) => JSON.parse(registry.tally('api-credentials', '--organisation', organisation, ...more));

// A caller: get(path), post(path, body, headers). The answer: { status, body, headers }; checked before it is returned.
export function caller(registry, secrets) {
  async function ask(method, address, body, headers = {}, expected = {}) {
    const all = { 'X-Client-Secret': secrets.client_secret, Authorization: `Bearer ${secrets.access_token}`, ...headers };
    for (const [name, value] of Object.entries(all)) if (value === undefined) delete all[name];
    const isText = typeof body === 'string';
    if (body !== undefined && all['Content-Type'] === undefined) all['Content-Type'] = 'application/json';
    const answer = await fetch(`${registry.url}/registry/v0${address}`, { method, headers: all, redirect: 'manual',
      body: body === undefined ? undefined : isText ? body : JSON.stringify(body) });
    const type = typeOf(answer.headers);
    const text = await answer.text();
    assert.match(type, /^application\/(problem\+)?json$/, `${method} ${address}: ${answer.status} ${type} ${text.slice(0, 200)}`);
    // The demonstration is a sandbox, and says so with every answer.
    assert.equal(answer.headers.get('Tallystick-Sandbox'), 'true', `${method} ${address} ${answer.status}`);
    const parsed = JSON.parse(text);
    checkAnswer(method, decodeURI(address.split('?')[0]), answer.status, answer.headers, parsed, expected);
    return { status: answer.status, body: parsed, headers: answer.headers, text };
  }
  return {
    ...secrets,
    organisation: secrets.organisation_id,
    get: (address, headers) => ask('GET', address, undefined, headers),
    post: (address, body, headers = {}, expected = {}) => ask('POST', address, body, { 'Idempotency-Key': randomUUID(), ...headers }, expected),
    ask,
  };
}

// The body of what is answered 200.
export const good = async (who, address) => {
  const answer = await who.get(address);
  assert.equal(answer.status, 200, `${address}: ${answer.text}`);
  return answer.body;
};

// A whole list, forward in steps of one size and backward in another: the same rows, in the same order, none twice.
export async function walk(who, address) {
  const joint = address.includes('?') ? '&' : '?';
  const forward = [], backward = [];
  let page = await good(who, `${address}${joint}first=7`);
  const total = page.total_count;
  for (;;) {
    forward.push(...page.nodes);
    if (!page.page_info.has_next_page) break;
    assert.ok(forward.length < 5000, 'the list does not end');
    page = await good(who, `${address}${joint}first=7&after=${encodeURIComponent(page.page_info.end_cursor)}`);
    assert.equal(page.page_info.has_previous_page, true);
  }
  if (forward.length > 0) {
    page = await good(who, `${address}${joint}last=50&before=${encodeURIComponent(page.page_info.end_cursor)}`);
    for (;;) {
      backward.unshift(...page.nodes);
      if (!page.page_info.has_previous_page) break;
      page = await good(who, `${address}${joint}last=50&before=${encodeURIComponent(page.page_info.start_cursor)}`);
      assert.equal(page.page_info.has_next_page, true);
    }
    const ids = forward.map((node) => node.id);
    assert.equal(new Set(ids).size, ids.length, `${address}: a row twice`);
    assert.deepEqual(backward.map((node) => node.id), ids.slice(0, -1), `${address}: backward is not forward turned round`);
  }
  assert.equal(total, forward.length, `${address}: total_count`);
  return forward;
}

// Reads the registry past the API, so that a test knows what should be there.
export function rows(registry, sql) {
  const out = execFileSync('sqlite3', ['-json', '-readonly', '-cmd', '.timeout 10000', `file:${join(registry.data, 'registry.db')}?mode=ro`, sql], { encoding: 'utf8' });
  return out.trim() === '' ? [] : JSON.parse(out);
}
