// The check of what the C tests wrote down (answers.mjs) finds what is wrong: each planted answer differs from a good one in one thing.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { faultsOfRecord, recordsOf, report } from './answers.mjs';

const folder = mkdtempSync(join(tmpdir(), 'tallystick-answers-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const id = 'org_1GB56M1ST1S0GVNA';
const organisation = { id, name: 'Northwind', domain: null };
const refusal = { type: '/registry/api#not-found', title: 'Not found', status: 404, detail: 'There is nothing.', request_id: 'r' };
const faults = { detail: [{ loc: ['query', 'first'], msg: 'Send a whole number.', type: 'int_parsing', input: 'x' }], request_id: 'r' };
const number = 'X-Request-Id: 0123456789abcdef0123456789abcdef';
const record = (target, status, body, { method = 'GET', type = 'application/json', lines = [number] } = {}) => {
  const text = Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  const head = Buffer.from([`Content-Type: ${type}`, ...lines].join('\r\n'));
  return Buffer.concat([Buffer.from(`${method}\t${target}\t${status}\t${head.length}\t${text.length}\n`), head, text, Buffer.from('\n')]);
};
const judge = (bytes) => [...recordsOf(bytes)].flatMap(faultsOfRecord);
const at = `/registry/v0/organisations/${id}`;
const wrong = (words, bytes) => assert.match(judge(bytes).join('\n'), words);

test('good answers are good', () => {
  assert.deepEqual(judge(record(at, 200, organisation)), []);
  assert.deepEqual(judge(record(`${at}?a=b`, 404, refusal)), []);
  assert.deepEqual(judge(record(at, 404, refusal, { type: 'application/problem+json' })), []);
  assert.deepEqual(judge(record('/registry/v0/suppliers?first=x', 422, faults)), []);
  assert.deepEqual(judge(record('/registry/v0/nothing', 404, refusal)), []);
  assert.deepEqual(judge(Buffer.concat([record(at, 200, organisation), record('/registry/v0/a\tb', 404, refusal)])), []);
});

test('a member that lacks, is of another type, or is not told of', () => {
  const { name: _, ...nameless } = organisation;
  wrong(/our description.*name[\s\S]*the contract.*name/, record(at, 200, nameless));
  wrong(/must be string/, record(at, 200, { ...organisation, name: 7 }));
  wrong(/additional properties/, record(at, 200, { ...organisation, secret: 'x' }));
  wrong(/the contract/, record('/registry/v0/suppliers', 422, { detail: [{ loc: ['query'], msg: 'x' }] }));
});

test('an operation, a code or a type that no document has', () => {
  wrong(/no operation of our description/, record('/registry/v0/organisations', 200, organisation));
  wrong(/no operation of our description/, record('/registry/v0/nothing', 403, { ...refusal, status: 403 }));
  wrong(/no operation of our description/, record(at, 200, organisation, { method: 'POST' }));
  wrong(/tells of no 418/, record(at, 418, { ...refusal, status: 418 }));
  wrong(/tells of no 200 text\/html/, record(at, 200, organisation, { type: 'text/html' }));
  wrong(/tells of no 404 text\/plain/, record(at, 404, refusal, { type: 'text/plain' }));
  wrong(/no address of the API/, record('/registry', 404, refusal));
});

test('a refusal that says another thing than its head', () => {
  wrong(/the body says 404, the head 403/, record(at, 403, refusal));
  wrong(/422 with no list/, record(at, 422, { ...refusal, status: 422 }));
  wrong(/404 with a list/, record(at, 404, faults));
  wrong(/422 with no errors/, record(at, 422, { ...refusal, status: 422 }, { type: 'application/problem+json' }));
});

test('a header that lacks, comes with another code, or says what it must not', () => {
  const other = (status, title) => ({ ...refusal, status, title });
  const waits = (...lines) => record(at, 503, other(503, 'Busy'), { lines: [number, ...lines] });
  assert.deepEqual(judge(waits('Retry-After: 2')), []);
  wrong(/503 without Retry-After/, waits());
  wrong(/Retry-After 0 .*must be >= 1/, waits('Retry-After: 0'));
  wrong(/Retry-After soon .*must be integer/, waits('Retry-After: soon'));
  wrong(/503 with WWW-Authenticate/, waits('Retry-After: 2', 'WWW-Authenticate: Bearer realm="registry"'));
  wrong(/429 without Retry-After/, record(at, 429, other(429, 'Throttled')));
  const unknown = (...lines) => record(at, 401, other(401, 'Key needed'), { lines: [number, ...lines] });
  assert.deepEqual(judge(unknown('www-authenticate: Bearer realm="registry", error="invalid_token"')), []);
  wrong(/401 without WWW-Authenticate/, unknown());
  wrong(/WWW-Authenticate Basic .*must match pattern/, unknown('WWW-Authenticate: Basic realm="registry"'));
  wrong(/405 without Allow/, record(at, 405, other(405, 'Method not allowed')));
  wrong(/200 with Retry-After/, record(at, 200, organisation, { lines: [number, 'Retry-After: 2'] }));
  wrong(/200 without X-Request-Id/, record(at, 200, organisation, { lines: [] }));
  wrong(/X-Request-Id r .*must match pattern/, record(at, 200, organisation, { lines: ['X-Request-Id: r'] }));
  wrong(/Tallystick-Sandbox false/, record(at, 200, organisation, { lines: [number, 'Tallystick-Sandbox: false'] }));
  wrong(/twice/, record(at, 200, organisation, { lines: [number, number] }));
  wrong(/the line of the head is none/, record(at, 200, organisation, { lines: [number, 'Status 200'] }));
});

test('a body that is no JSON, cut short, or no UTF-8', () => {
  wrong(/no JSON/, record(at, 200, JSON.stringify(organisation).slice(0, -1)));
  wrong(/no UTF-8/, record(at, 200, Buffer.from([0x22, 0xff, 0x22])));
  assert.throws(() => judge(record(at, 200, organisation).subarray(0, -3)), /no whole record/);
  assert.throws(() => judge(Buffer.from('GET\n')), /no whole record/);
});

test('the report fails for one wrong answer, for a broken file, and for none at all', () => {
  assert.ok(report(join(folder, 'nothing')).failed > 0);
  const failures = () => report(folder).lines.filter((line) => line.startsWith('FAILED') && !line.endsWith(': no answer'));
  writeFileSync(join(folder, 'one.answers'), record(at, 200, organisation));
  assert.deepEqual(failures(), []);
  // An operation without an answer is told of too.
  assert.ok(report(folder).lines.includes('FAILED  GET /events: no answer'));
  writeFileSync(join(folder, 'two.answers'), record(at, 200, { ...organisation, name: null }));
  assert.deepEqual(failures(), ['FAILED  GET /organisations/{id}: 2 × 200; 1 not valid']);
  writeFileSync(join(folder, 'two.answers'), 'GET');
  assert.match(failures().join('\n'), /two\.answers: byte 0 begins no whole record/);
});
