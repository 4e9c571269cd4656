// What nginx itself refuses on the way to the API is JSON of the API's own form, and everywhere else a page as before.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { request } from 'node:http';
import { readFileSync, renameSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { childrenOf, startRegistry } from './lib.mjs';

let registry;
before(async () => { registry = await startRegistry({ rates: 'normal' }); });
after(async () => { await registry?.stop(); });

// fetch() refuses to send some of this.
const ask = (path, { method = 'GET', headers = {}, body, left } = {}) => new Promise((done, fail) => {
  const asked = request(registry.url + path, { method, headers, agent: false }, (answer) => {
    const parts = [];
    answer.on('data', (part) => parts.push(part));
    answer.on('end', () => done({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts).toString() }));
  });
  asked.on('error', fail);
  asked.end(body, left); // left: called when all of it is on its way
});

// Bytes as they are; the whole answer as text.
const send = (bytes) => new Promise((done, fail) => {
  const { port } = new URL(registry.url);
  const socket = connect(Number(port), '127.0.0.1', () => socket.write(bytes));
  let said = '';
  socket.on('data', (part) => { said += part; });
  socket.on('end', () => done(said));
  socket.on('error', fail);
});

function isProblem(answer, status, slug, type = 'application/json') {
  assert.equal(answer.status, status);
  assert.equal(answer.headers['content-type'], type);
  assert.equal(answer.headers['cache-control'], 'no-store');
  assert.equal(answer.headers['x-content-type-options'], 'nosniff');
  const problem = JSON.parse(answer.body);
  assert.deepEqual(Object.keys(problem), ['type', 'title', 'status', 'detail', 'request_id']);
  assert.equal(problem.type, `/registry/api#${slug}`);
  assert.equal(problem.status, status);
  assert.match(problem.request_id, /^[0-9a-f]{32}$/);
  assert.equal(answer.headers['x-request-id'], problem.request_id);
  assert.equal(answer.headers['tallystick-sandbox'], 'true'); // the demonstration is a sandbox
}

// For people: the registry's own words and look, with ways on, and kept by nobody.
function isPage(answer, status, words) {
  assert.equal(answer.status, status);
  assert.equal(answer.headers['content-type'], 'text/html; charset=utf-8');
  assert.equal(answer.headers['cache-control'], 'no-store');
  assert.equal(answer.headers['x-content-type-options'], 'nosniff');
  assert.match(answer.headers['content-security-policy'], /^default-src 'none'/);
  assert.match(answer.body, words);
  assert.match(answer.body, /<link rel="stylesheet" href="\/static\/tallystick\.css">[^]*<a href="\/registry">/);
}

test('a body, a header or an address that is too long', async () => {
  const body = Buffer.alloc(300000, ' ');
  isProblem(await ask('/registry/v0/transfers', { method: 'POST', headers: { 'Content-Type': 'application/json', 'Content-Length': body.length }, body }), 413, 'too-large');
  isProblem(await ask('/registry/v0/organisation', { headers: { 'X-Client-Secret': 'x'.repeat(9000) } }), 400, 'bad-request');
  isProblem(await ask(`/registry/v0/organisation?x=${'x'.repeat(9000)}`), 414, 'bad-request');
  isPage(await ask('/registry/transfers', { headers: { 'X-Client-Secret': 'x'.repeat(9000) } }), 400, /could not be read[^]*Nothing happened/);
  isPage(await ask(`/registry/search?q=${'x'.repeat(9000)}`), 414, /does not read an address of this length/);
  isPage(await ask('/sign-in', { method: 'POST', headers: { 'Content-Length': body.length }, body }), 413, /larger than this registry reads/);
});

// A browser that kept it would show it again when there is nothing wrong any more.
test('a page that says that the registry is away is gone when it is there', async () => {
  const [socket, aside] = ['public.sock', 'aside.sock'].map((name) => join(registry.run, name));
  renameSync(socket, aside);
  isPage(await ask('/registry/transfers'), 502, /not answering/);
  renameSync(aside, socket);
  assert.equal((await ask('/registry/transfers')).status, 200);
  assert.equal((await ask('/static/down.html')).headers['cache-control'], 'public, max-age=300');
});

test('an address or a header that cannot be read', async () => {
  isProblem(await ask('/registry/v0/%zz'), 400, 'bad-request');
  isPage(await ask('/%zz'), 400, /could not be read/);
  for (const host of ['127.0.0.1', 'elsewhere.example']) {
    const said = await send(`POST /registry/v0/transfers HTTP/1.1\r\nHost: ${host}\r\nContent-Length: many\r\n\r\n`);
    if (host === '127.0.0.1') assert.match(said, /^HTTP\/1\.1 400 [^]*"title":"Bad request"/);
    else assert.doesNotMatch(said, /200 OK/);
  }
});

test('a method that nginx does not let through', async () => {
  for (const method of ['TRACE', 'CONNECT']) {
    const said = await send(`${method} /registry/v0/organisation HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`);
    assert.match(said, /^HTTP\/1\.1 405 /, method);
    assert.match(said, /\r\nContent-Type: application\/json\r\n[^]*\r\nAllow: GET, HEAD, POST\r\n[^]*"type":"\/registry\/api#method-not-allowed"/, method);
  }
  for (const method of ['POST', 'DELETE', 'OPTIONS']) {
    const answer = await ask('/registry/v0/openapi.json', { method });
    isProblem(answer, 405, 'method-not-allowed');
    assert.equal(answer.headers.allow, 'GET, HEAD');
  }
  assert.match(await send('TRACE /registry HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n'), /^HTTP\/1\.1 405 [^]*Content-Type: text\/html/);
});

test('a transfer coding and a version that nobody knows', async () => {
  const coded = await send('POST /registry/v0/transfers HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: knots\r\n\r\n');
  assert.match(coded, /^HTTP\/1\.1 501 [^]*Content-Type: application\/json[^]*"status":501,/);
  const version = await send('GET /registry/v0/organisation HTTP/7.0\r\nHost: 127.0.0.1\r\n\r\n');
  assert.match(version, /^HTTP\/1\.1 505 [^]*Content-Type: application\/json[^]*"status":505,/);
});

test('problem details for whoever asks for them', async () => {
  const headers = { Accept: 'application/json;q=0.5, application/problem+json' };
  const body = Buffer.alloc(300000, ' ');
  const type = 'application/problem+json';
  // Only what stands before the fault has been read.
  isProblem(await ask('/registry/v0/organisation', { headers: { ...headers, 'X-Client-Secret': 'x'.repeat(9000) } }), 400, 'bad-request', type);
  isProblem(await ask('/registry/v0/openapi.json', { method: 'POST', headers }), 405, 'method-not-allowed', type);
  isProblem(await ask('/registry/v0/transfers', { method: 'POST', headers: { ...headers, 'Content-Length': body.length }, body }), 413, 'too-large', type);
});

test('the names by which nginx refuses are no addresses', async () => {
  for (const name of ['unreadable', 'too-long', 'no-method', 'api-unreadable.json', 'api-too-long.problem', 'api-away.json']) assert.equal((await ask(`/refused/${name}`)).status, 404);
});

test('what the program itself says goes through as it is', async () => {
  const answer = await ask('/registry/v0/nothing', { headers: { Accept: 'application/problem+json' } });
  assert.equal(answer.status, 404);
  assert.equal(answer.headers['content-type'], 'application/problem+json');
  assert.equal(answer.headers['tallystick-sandbox'], 'true');
});

// nginx refuses a second Authorization itself, and passes the others on one by one, for the program to refuse: whoever stands between
// could believe the one, and the program the other.
test('credentials and keys that come twice', async () => {
  const organisation = 'Northwind';
  const found = execFileSync('sqlite3', ['-readonly', '-cmd', '.timeout 10000', join(registry.data, 'registry.db'), `SELECT org_id FROM organisation WHERE name LIKE '${organisation}%'`], { encoding: 'utf8' }).trim();
  const secrets = JSON.parse(registry.tally('api-credentials', '--organisation', found, '--scopes', 'read,retire', '--roles', 'viewer,initiator'));
  const fields = { 'X-Client-Secret': secrets.client_secret, Authorization: `Bearer ${secrets.access_token}`, 'Idempotency-Key': 'twice' };
  const body = JSON.stringify({ beneficiary_name: 'Twice', beneficiary_domain: 'twice.example.com' });
  const post = (lines) => send(`POST /registry/v0/beneficiary HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`);
  const once = Object.entries(fields);
  const named = () => execFileSync('sqlite3', ['-readonly', '-cmd', '.timeout 10000', join(registry.data, 'registry.db'), "SELECT count(*) FROM beneficiary WHERE name = 'Twice'"], { encoding: 'utf8' }).trim();
  for (const [name, value] of once) {
    // The same again, another one in front of it or behind it, an empty one, and another case of the name.
    for (const second of [[name, value], [name, 'other'], [name, ''], [name.toLowerCase(), value]]) {
      for (const lines of [[...once, second], [second, ...once]]) {
        const said = await post(lines);
        assert.match(said, /^HTTP\/1\.1 400 [^]*\r\nContent-Type: application\/json\r\n[^]*"type":"\/registry\/api#bad-request"[^]*"status":400,/i, `${second} ${lines.indexOf(second)}`);
      }
    }
  }
  assert.equal(named(), '0');
  assert.match(await post(once), /^HTTP\/1\.1 200 /);
  assert.equal(named(), '1');
});

// By the file that the ledger leaves: without it nginx says nothing, and a page of people's never says it in a header.
test('what nginx says by itself is marked in a sandbox alone', async () => {
  const mark = join(registry.run, 'sandbox');
  const asked = [
    () => ask('/registry/v0/openapi.json'),
    () => ask('/registry/v0/openapi.json', { method: 'DELETE' }),
    () => ask('/registry/v0/openapi.json', { method: 'POST', headers: { 'Content-Length': 300000 }, body: Buffer.alloc(300000, ' ') }),
    () => ask('/registry/v0/transfers', { method: 'POST', headers: { 'Content-Length': 300000 }, body: Buffer.alloc(300000, ' ') }),
    () => ask('/registry/v0/organisation', { headers: { 'X-Client-Secret': 'x'.repeat(9000) } }),
    () => ask(`/registry/v0/organisation?x=${'x'.repeat(9000)}`),
    () => ask('/registry/v0/%zz'),
  ];
  const raw = [
    'TRACE /registry/v0/organisation HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n',
    'POST /registry/v0/transfers HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: knots\r\n\r\n',
    'GET /registry/v0/organisation HTTP/7.0\r\nHost: 127.0.0.1\r\n\r\n',
    'POST /registry/v0/transfers HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: many\r\n\r\n',
  ];
  for (const one of asked) {
    const answer = await one();
    assert.equal(answer.headers['tallystick-sandbox'], 'true', `${one} ${answer.status}`);
    assert.match(answer.headers['x-request-id'], /^[0-9a-f]{32}$/, `${one} ${answer.status}`);
    assert.match(answer.headers['content-type'], /^application\/json/, `${one} ${answer.status}`);
  }
  for (const bytes of raw) assert.match(await send(bytes), /\r\nTallystick-Sandbox: true\r\n/, bytes);
  assert.equal((await ask('/registry')).headers['tallystick-sandbox'], undefined);
  renameSync(mark, `${mark}.away`);
  for (const one of asked) assert.equal((await one()).headers['tallystick-sandbox'], undefined, `${one}`);
  for (const bytes of raw) assert.doesNotMatch(await send(bytes), /Tallystick-Sandbox/, bytes);
  renameSync(`${mark}.away`, mark);
});

test('a program that is not there', async () => {
  for (const [pool, method, other] of [['api', 'GET', 'POST'], ['api-acts', 'POST', 'GET']]) {
    const socket = join(registry.run, `${pool}.sock`);
    renameSync(socket, `${socket}.away`);
    const answer = await ask('/registry/v0/transfers', { method });
    const still = await ask('/registry/v0/nothing', { method: other });
    renameSync(`${socket}.away`, socket);
    isProblem(answer, 503, 'answer-lost');
    assert.equal(answer.headers['retry-after'], '10');
    assert.equal(still.status, 404); // who reads does not need those who act, nor the other way round
    assert.equal((await ask('/registry/v0/nothing', { method })).status, 404);
  }
});

// The last test: afterwards this address has to wait. However slow the machine is, they come at once: nginx finds all of them in its queue.
test('too many requests from one address', async () => {
  const [worker] = childrenOf(Number(readFileSync(join(registry.run, 'nginx.pid'), 'utf8')));
  process.kill(worker, 'SIGSTOP');
  const answers = [], left = [];
  try {
    for (let i = 0; i < 200; i++) left.push(new Promise((done, fail) => { answers.push(ask('/registry/v0/nothing', { left: done })); answers.at(-1).catch(fail); }));
    await Promise.all(left);
  } finally { process.kill(worker, 'SIGCONT'); }
  const said = await Promise.all(answers);
  const throttled = said.filter((answer) => answer.status === 429);
  assert.ok(throttled.length > 10, `${throttled.length} of 200`);
  isProblem(throttled[0], 429, 'throttled');
  assert.equal(throttled[0].headers['retry-after'], '1');
  assert.ok(said.every((answer) => answer.status === 404 || answer.status === 429));
});
