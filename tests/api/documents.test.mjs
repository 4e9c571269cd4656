// The documents of a project over the API: an administrator lists them on the pages, programs read them, page by page and by name, and
// one that is taken away is gone. Every answer is valid by both documents (lib.mjs); here it also says what was typed.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openPage, signIn, startBrowser, turn } from '../web/lib.mjs';
import { caller, credentials, good, rows, startRegistry, walk } from './lib.mjs';

let registry, browser, page, reader, project, supplier;
const one = (sql) => Object.values(rows(registry, sql)[0] ?? {})[0];
before(async () => {
  registry = await startRegistry();
  browser = await startBrowser();
  reader = caller(registry, credentials(registry, one("SELECT org_id FROM organisation WHERE name LIKE 'Meridian%'"), '--scopes', 'read', '--roles', 'viewer'));
  [project, supplier] = Object.values(rows(registry, "SELECT project_id, org_id FROM project WHERE org_id = (SELECT org_id FROM organisation WHERE name LIKE 'Fernhill%') LIMIT 1")[0]);
  page = await openPage(browser, registry, { script: false });
  await signIn(page, 'rosa@registry.example');
});
after(async () => { await browser?.close(); await registry?.stop(); });

// In the order of the list: by name, not looking at capitals. Every kind, with a day and without, and as long as they may be.
const longest = 'https://example.org/'.padEnd(512, 'x');
const listed = [
  { display_name: 'annual report', url: 'https://example.org/a.pdf', kind: 'monitoring_report', dated: '2026-02-28' },
  { display_name: 'Design', url: 'https://example.org/design.pdf', kind: 'project_design', dated: null },
  { display_name: 'design, second edition', url: 'https://example.org/design.pdf?edition=2', kind: 'project_design', dated: '2024-02-29' },
  { display_name: `P${'é'.repeat(255)}`, url: longest, kind: 'protocol', dated: null },
  { display_name: 'Something “else” & <more>', url: 'https://example.org/%C3%A9', kind: 'other', dated: null },
  { display_name: 'Validation', url: 'https://example.org/v.pdf', kind: 'validation_report', dated: '2025-12-31' },
  { display_name: 'Verification 10', url: 'https://example.org/10.pdf', kind: 'verification_report', dated: '2026-01-01' },
  { display_name: 'verification 9', url: 'https://example.org/9.pdf', kind: 'verification_report', dated: null },
];
const list = () => `/projects/${project}/documents`;

test('none yet', async () => {
  assert.deepEqual(await good(reader, list()), { nodes: [], total_count: 0, page_info: { has_next_page: false, has_previous_page: false, start_cursor: null, end_cursor: null } });
});

test('what is listed on the pages is read over the API', async () => {
  for (const { display_name: name, url, kind, dated } of [...listed].reverse()) {
    await page.goto(`/admin/issue/projects/${project}/documents/new`);
    await page.locator('[name=name]').fill(name);
    await page.locator('[name=url]').fill(url);
    await page.locator('[name=kind]').selectOption(kind);
    if (dated) await page.locator('[name=dated]').fill(dated);
    await turn(page.getByRole('button', { name: 'Add the document' }));
    await page.getByText('is listed').first().waitFor();
  }
  const nodes = await walk(reader, list());
  assert.deepEqual(nodes.map(({ id: _id, added_at: _added, ...told }) => told), listed.map((each) => ({ ...each, project_id: project })));
  const known = new Map(rows(registry, `SELECT document_id, name FROM project_document WHERE project_id = '${project}'`).map((row) => [row.document_id, row.name]));
  for (const { id, display_name: name, added_at: at } of nodes) {
    assert.equal(known.get(id), name);
    assert.ok(Math.abs(Date.parse(at) - Date.now()) < 600000, at);
  }
  // Backward from the end, and a page that begins behind one of them.
  const last = await good(reader, `${list()}?last=3`);
  assert.deepEqual(last.nodes, nodes.slice(-3));
  const before = await good(reader, `${list()}?last=3&before=${encodeURIComponent(last.page_info.start_cursor)}`);
  assert.deepEqual(before.nodes, nodes.slice(-6, -3));
  assert.equal(before.total_count, listed.length);
});

test('another project has none of them, and a cursor is of its own list', async () => {
  const other = one(`SELECT project_id FROM project WHERE project_id <> '${project}' AND org_id <> '${supplier}' LIMIT 1`);
  assert.equal((await good(reader, `/projects/${other}/documents`)).total_count, 0);
  const { page_info: { end_cursor: cursor } } = await good(reader, `${list()}?first=1`);
  const refused = await reader.get(`/projects/${other}/documents?first=1&after=${encodeURIComponent(cursor)}`);
  assert.equal(refused.status, 422);
  assert.deepEqual(refused.body.detail.map(({ loc }) => loc), [['query', 'after']]);
});

test('one that is taken away is gone', async () => {
  const all = await walk(reader, list());
  const first = await good(reader, `${list()}?first=2`);
  await page.goto(`/admin/issue/projects/${project}/documents/${first.nodes[1].id}/remove`);
  await turn(page.getByRole('button', { name: 'Remove the document' }));
  await page.getByText('is no longer listed').first().waitFor();
  assert.deepEqual(await walk(reader, list()), all.filter((each) => each.id !== first.nodes[1].id));
  // Whoever stood at it goes on from its place.
  const rest = await good(reader, `${list()}?first=50&after=${encodeURIComponent(first.page_info.end_cursor)}`);
  assert.deepEqual(rest.nodes, all.slice(2));
});
