// Static files: pages name them by their content, so that they may be kept for ever; the plain names still answer; both come
// compressed to whoever takes that. Pages with a form token are never compressed.
import assert from 'node:assert/strict';
import { get } from 'node:http';
import { after, before, test } from 'node:test';
import { startRegistry } from './lib.mjs';

let registry;
before(async () => { registry = await startRegistry(); });
after(async () => { await registry?.stop(); });

// fetch() unpacks what comes compressed; this shows what was sent.
const ask = (path, headers = {}) => new Promise((done, fail) => {
  get(registry.url + path, { headers, agent: false }, (answer) => {
    const parts = [];
    answer.on('data', (part) => parts.push(part));
    answer.on('end', () => done({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts) }));
  }).on('error', fail);
});

test('files named by their content are kept for ever', async () => {
  const page = await ask('/');
  const names = [...page.body.toString().matchAll(/(?:href|src)="(\/static\/[^"]+)"/g)].map((match) => match[1]);
  assert.equal(names.length, 3);
  for (const name of names) {
    assert.match(name, /^\/static\/[0-9a-f]{16}\/[a-z.-]+$/);
    const plain = await ask(name);
    assert.equal(plain.status, 200);
    assert.equal(plain.headers['cache-control'], 'public, max-age=31536000, immutable');
    assert.equal(plain.headers['x-content-type-options'], 'nosniff');
    const packed = await ask(name, { 'Accept-Encoding': 'gzip' });
    assert.equal(packed.headers['content-encoding'], 'gzip');
    assert.equal(packed.headers.vary, 'Accept-Encoding');
    assert.ok(packed.body.length < plain.body.length);
    const known = await ask(name, { 'If-None-Match': plain.headers.etag });
    assert.equal(known.status, 304);
    assert.equal(known.body.length, 0);
    const old = await ask(name.replace(/[0-9a-f]{16}\//, ''));
    assert.equal(old.status, 200);
    assert.equal(old.headers['cache-control'], 'public, max-age=300');
    assert.deepEqual(old.body, plain.body);
    const never = await ask(name.replace(/[0-9a-f]{16}/, '0123456789abcdef'));
    assert.equal(never.status, 404);
    assert.equal(never.headers['cache-control'], undefined);
  }
});

test('public pages come compressed and are asked about each time', async () => {
  const plain = await ask('/registry/transfers');
  assert.equal(plain.headers['cache-control'], 'public, no-cache');
  const packed = await ask('/registry/transfers', { 'Accept-Encoding': 'gzip' });
  assert.equal(packed.headers['content-encoding'], 'gzip');
  assert.equal(packed.headers.etag, `W/${plain.headers.etag}`);
  assert.ok(packed.body.length < plain.body.length / 3);
  for (const tag of [plain.headers.etag, packed.headers.etag]) {
    const known = await ask('/registry/transfers', { 'If-None-Match': tag, 'Accept-Encoding': 'gzip' });
    assert.equal(known.status, 304);
    assert.equal(known.body.length, 0);
  }
});

test('pages with a form are not compressed', async () => {
  const page = await ask('/sign-in', { 'Accept-Encoding': 'gzip' });
  assert.equal(page.status, 200);
  assert.equal(page.headers['content-encoding'], undefined);
  assert.equal(page.headers['cache-control'], 'no-store');
});
