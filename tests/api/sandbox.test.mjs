// A sandbox says so: in its ids, in a line on every page, in a header of every answer of the API. Another registry says nothing.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { build, root } from './lib.mjs';

const folders = {};
const env = (tag) => ({ ...process.env, TALLYSTICK_DATA: folders[tag], TALLYSTICK_RUN: folders[tag], TALLYSTICK_SCHEMA: join(root, 'schema'), TALLYSTICK_SITE_URL: 'https://registry.example.org' });
const tally = (tag, ...words) => execFileSync(join(root, build, 'tally'), words, { env: env(tag), encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
const ask = (tag, program, uri, headers = {}) => execFileSync(join(root, build, program), [], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'],
  env: { ...env(tag), REQUEST_METHOD: 'GET', REQUEST_URI: uri, REMOTE_ADDR: '127.0.0.1', ...headers } });
const tags = ['SBX', 'EXR'];

before(() => {
  for (const tag of tags) {
    folders[tag] = mkdtempSync(join(tmpdir(), 'tly-'));
    tally(tag, 'init', '--name', 'Example', '--url', 'https://registry.example.org', '--tag', tag);
  }
});
after(() => Object.values(folders).forEach((folder) => rmSync(folder, { recursive: true, force: true })));

// The id of a person, as it is given out and as it is kept.
test('ids have the tag', () => {
  for (const tag of tags) {
    const said = tally(tag, 'user', 'add', '--name', 'Ada', '--email', 'ada@example.org');
    const id = said.split(/\s/)[0];
    assert.match(id, new RegExp(`^usr_[0-9A-HJKMNP-TV-Z]{9}${tag}[0-9A-HJKMNP-TV-Z]{4}$`));
    assert.match(tally(tag, 'user', 'list'), new RegExp(`^${id}\\b`, 'm'));
  }
});

test('pages have the line', () => {
  assert.match(ask('SBX', 'public', '/registry'), /class="banner"[^>]*>Sandbox\./);
  assert.doesNotMatch(ask('EXR', 'public', '/registry'), /class="banner"/);
});

test('answers have the header, refusals too', () => {
  for (const uri of ['/registry/v0/organisation', '/registry/v0/nothing']) {
    assert.match(ask('SBX', 'api', uri), /^Tallystick-Sandbox: true\r?$/mi);
    assert.doesNotMatch(ask('EXR', 'api', uri), /^Tallystick-Sandbox/mi);
  }
});
