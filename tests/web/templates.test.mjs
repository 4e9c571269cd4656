// Every page that the page tests see is rendered a second time, by the reference implementation of Mustache, from the same view: the
// compiled templates must have made the same bytes. The programs of build/test/record write both down (record.c).
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { build, root } from './lib.mjs';

const { render } = createRequire(import.meta.url)('./mustache_reference.cjs');
const record = join(root, build, 'record');
const areas = { public: ['public_test', 'authorise_public_test'], signin: ['signin_test'],
  account: ['account_test', 'account_waiting_test', 'retire_test', 'supply_test', 'team_test', 'webhook_test', 'programs_test'], admin: ['supply_test', 'admin_test', 'programs_test'] };

// The first line that differs, in both.
function difference(one, other) {
  const [ours, theirs] = [one.split('\n'), other.split('\n')];
  const line = theirs.findIndex((text, index) => text !== ours[index]);
  return `line ${line + 1}: compiled ${JSON.stringify(ours[line])}, mustache.js ${JSON.stringify(theirs[line])}`;
}

for (const [area, programs] of Object.entries(areas)) {
  test(`the pages of ${area} are what mustache.js makes of the same views`, () => {
    const pages = join(record, area + '-pages');
    rmSync(pages, { recursive: true, force: true });
    mkdirSync(pages, { recursive: true });
    for (const program of programs) {
      const path = join(build, 'tests/pages', program);
      assert.ok(existsSync(join(root, path)), `${path} is not built`);
      execFileSync(path, { cwd: root, stdio: 'pipe', env: { ...process.env, TEST_BUILD: join(build, 'record') } });
    }
    const seen = new Set();
    for (const file of readdirSync(pages).filter((name) => name.endsWith('.json'))) {
      const page = file.split('.')[0].replaceAll('_', '-');
      const view = JSON.parse(readFileSync(join(pages, file), 'utf8'));
      const compiled = readFileSync(join(pages, file.replace(/json$/, 'html')), 'utf8');
      const reference = render(join(root, 'templates'), `${area}/${page}`, view);
      assert.ok(compiled === reference, `${area}/${file}: ${compiled === reference ? '' : difference(compiled, reference)}`);
      seen.add(page);
    }
    const all = readdirSync(join(root, 'templates', area)).map((name) => name.replace('.mustache', ''));
    assert.deepEqual(all.filter((page) => !seen.has(page)), [], 'templates that no page test sees');
  });
}
