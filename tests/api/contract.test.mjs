// Every operation of the contract, asked as its readers ask, on the demonstration registry: each answer is valid by the contract's own
// schemas and by ours (lib.mjs checks all of them), says what the registry holds, and lists go forward and backward without a seam.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { calls, caller, contract, credentials, good, pathOf, rows, startRegistry, walk, withoutStripe } from './lib.mjs';

let registry, buyer, supplier, reader;
const one = (sql) => Object.values(rows(registry, sql)[0] ?? {})[0];
before(async () => {
  registry = await startRegistry();
  const id = (name) => one(`SELECT org_id FROM organisation WHERE name LIKE '${name}%'`);
  const all = ['--scopes', 'read,transfer,retire,manage', '--roles', 'viewer,initiator,approver,manager'];
  buyer = caller(registry, credentials(registry, id('Northwind'), ...all));
  supplier = caller(registry, credentials(registry, id('Fernhill'), ...all));
  reader = caller(registry, credentials(registry, id('Meridian'), '--scopes', 'read', '--roles', 'viewer'));
});
after(async () => { await registry?.stop(); });

test('organisations, suppliers, projects', async () => {
  const own = await good(buyer, '/organisation');
  assert.equal(own.id, buyer.organisation);
  assert.deepEqual(await good(buyer, `/organisations/${own.id}`), own);
  assert.equal((await buyer.get('/supplier')).status, 404);
  const fernhill = await good(supplier, '/supplier');
  assert.equal(fernhill.organisation.id, supplier.organisation);
  assert.deepEqual(await good(buyer, `/suppliers/${fernhill.id}`), fernhill);
  const suppliers = await walk(reader, '/suppliers');
  assert.equal(suppliers.length, one('SELECT count(*) FROM organisation WHERE supplier_id IS NOT NULL'));
  const projects = await walk(reader, '/projects');
  assert.equal(projects.length, one('SELECT count(*) FROM project'));
  const some = [...projects.slice(0, 3), ...(await walk(reader, `/suppliers/${fernhill.id}/projects`))];
  for (const project of some) {
    assert.deepEqual(await good(reader, `/projects/${project.id}`), project);
    await walk(reader, `/projects/${project.id}/documents`);
    const shown = await fetch(project.url);
    assert.equal(shown.status, 200, project.url);
  }
  const kgs = (sql) => one(`SELECT coalesce(sum(${sql} * iif(p.instrument = 'carbon_removal', 1, 1000)), 0) FROM project p JOIN issuance i ON i.project_id = p.project_id WHERE p.project_id = '${some[0].id}'`);
  assert.equal(some[0].issued_credits_total.credit_kgs, kgs('i.supplier_units + i.buffer_units'));
  assert.ok((await walk(buyer, '/transferees')).every((org) => org.id !== buyer.organisation));
});

test('issuances and their batches', async () => {
  const issuances = await walk(reader, '/issuances');
  assert.equal(issuances.length, one('SELECT count(*) FROM issuance'));
  const own = await walk(reader, `/suppliers/${(await good(supplier, '/supplier')).id}/issuances`);
  assert.ok(own.length > 0);
  for (const issuance of [...own, issuances[0]]) {
    assert.deepEqual(await good(reader, `/issuances/${issuance.id}`), issuance);
    const batches = await good(reader, `/issuances/${issuance.id}/credit_batches`);
    const sum = (list) => list.reduce((all, batch) => all + batch.size.credit_kgs, 0);
    assert.equal(sum(batches.supplier_credit_batches), issuance.supplier_credit_batch_size_total.credit_kgs);
    assert.equal(sum(batches.buffer_pool_credit_batches), issuance.buffer_pool_credit_batch_size_total.credit_kgs);
  }
});

test('what an organisation holds', async () => {
  const home = `/organisations/${buyer.organisation}`;
  const balance = await good(buyer, `${home}/credit_balance`);
  const batches = await walk(buyer, `${home}/credit_batches`);
  const active = await walk(buyer, `${home}/credit_batches?status=active`);
  assert.ok(batches.length > active.length);
  const sum = (list) => list.reduce((all, batch) => all + batch.size.credit_kgs, 0);
  assert.equal(sum(active), balance.total.active_credits_total.credit_kgs);
  assert.equal(balance.total.available_credits_total.credit_kgs + balance.total.pending_credits_total.credit_kgs, balance.total.active_credits_total.credit_kgs);
  assert.equal(balance.supplier_balances.reduce((all, each) => all + each.total.active_credits_total.credit_kgs, 0), balance.total.active_credits_total.credit_kgs);
  assert.equal(balance.project_balances.reduce((all, each) => all + each.total.active_credits_total.credit_kgs, 0), balance.total.active_credits_total.credit_kgs);
  for (const batch of batches.slice(0, 12)) assert.deepEqual(await good(buyer, `/credit_batches/${batch.id}`), batch);
  const times = active.map((batch) => batch.issued_at);
  const down = await walk(buyer, `${home}/credit_batches?status=active&sort_field=issued_at&sort_direction=desc`);
  const up = await walk(buyer, `${home}/credit_batches?status=active&sort_field=issued_at&sort_direction=asc`);
  assert.deepEqual(up.map((batch) => batch.issued_at), [...times].sort());
  assert.deepEqual(down.map((batch) => batch.issued_at), [...times].sort().reverse());
  // Each filter gives just the batches that have what it asks for.
  const some = batches.find((batch) => batch.delivery_id) ?? batches[0];
  for (const [name, value, has] of [['supplier_id', some.supplier_id, (b) => b.supplier_id === some.supplier_id], ['project_id', some.project_id, (b) => b.project_id === some.project_id],
    ['issuance_id', some.issuance_id, (b) => b.issuance_id === some.issuance_id], ['delivery_id', some.delivery_id, (b) => b.delivery_id === some.delivery_id],
    ['issued_after', [...times].sort()[0], (b) => b.issued_at > [...times].sort()[0]], ['issued_before', [...times].sort().at(-1), (b) => b.issued_at < [...times].sort().at(-1)]]) {
    if (value === null) continue;
    const found = await walk(buyer, `${home}/credit_batches?${name}=${encodeURIComponent(value)}`);
    assert.deepEqual(found.map((b) => b.id).sort(), batches.filter(has).map((b) => b.id).sort(), name);
  }
  const retired = batches.find((batch) => batch.retirement_id);
  assert.deepEqual((await walk(buyer, `${home}/credit_batches?retirement_id=${retired.retirement_id}`)).map((b) => b.id).sort(),
    batches.filter((b) => b.retirement_id === retired.retirement_id).map((b) => b.id).sort());
  const order = one(`SELECT order_id FROM buyer_order WHERE buyer_org_id = '${buyer.organisation}'`);
  const deliveries = new Set(rows(registry, `SELECT delivery_id FROM delivery WHERE order_id = '${order}'`).map((row) => row.delivery_id));
  assert.deepEqual((await walk(buyer, `${home}/credit_batches?order_id=${order}`)).map((b) => b.id).sort(), batches.filter((b) => deliveries.has(b.delivery_id)).map((b) => b.id).sort());
  // Somebody else's are not there.
  for (const part of ['/credit_batches', '/credit_balance', '/orders']) assert.equal((await reader.get(home + part)).status, 404, part);
});

test('orders and deliveries', async () => {
  const orders = await walk(buyer, `/organisations/${buyer.organisation}/orders`);
  assert.ok(orders.length > 0);
  const mine = (await good(supplier, '/supplier')).id;
  assert.ok((await walk(supplier, `/suppliers/${mine}/orders`)).some((order) => order.id === orders[0].id));
  assert.deepEqual(await good(buyer, `/orders/${orders[0].id}`), orders[0]);
  assert.deepEqual(await good(supplier, `/orders/${orders[0].id}`), orders[0]);
  assert.equal((await reader.get(`/orders/${orders[0].id}`)).status, 404);
  const deliveries = await walk(buyer, `/orders/${orders[0].id}/deliveries`);
  assert.equal(deliveries.reduce((all, each) => all + each.credit_batch_size_total.credit_kgs, 0), orders[0].credits_delivered.credit_kgs);
  assert.ok((await walk(supplier, `/suppliers/${mine}/deliveries`)).length >= deliveries.length);
  assert.ok((await walk(reader, `/deliveries?from_supplier_id=${mine}&to_organisation_id=${buyer.organisation}`)).length >= deliveries.length);
  await walk(reader, '/deliveries');
  assert.deepEqual(await good(reader, `/deliveries/${deliveries[0].id}`), deliveries[0]);
  const batches = await good(reader, `/deliveries/${deliveries[0].id}/credit_batches`);
  assert.equal(batches.nodes.length, batches.total_count);
  assert.equal((await fetch(deliveries[0].url)).status, 200);
});

test('transfers, retirements and refunds', async () => {
  const transfers = await walk(reader, '/transfers');
  assert.equal(transfers.length, one("SELECT count(*) FROM transfer WHERE state = 'completed' AND kind = 'external'"));
  const sent = await walk(reader, `/transfers?from_organisation_id=${buyer.organisation}`);
  assert.deepEqual(sent.map((each) => each.id), transfers.filter((each) => each.from_organisation.id === buyer.organisation).map((each) => each.id));
  assert.deepEqual((await walk(reader, `/transfers?to_organisation_id=${buyer.organisation}`)).map((each) => each.id),
    transfers.filter((each) => each.to_organisation.id === buyer.organisation).map((each) => each.id));
  assert.deepEqual(await good(reader, `/transfers/${sent[0].id}`), { ...sent[0] });
  const moved = await good(reader, `/transfers/${sent[0].id}/credit_batches`);
  assert.equal(moved.nodes.reduce((all, batch) => all + batch.size.credit_kgs, 0), sent[0].credit_batch_size_total.credit_kgs);
  // What waits is for its parties alone.
  const waiting = rows(registry, "SELECT transfer_id, from_org_id FROM transfer WHERE state IN ('pending', 'awaiting_approval') AND kind = 'external'");
  for (const { transfer_id, from_org_id } of waiting) {
    const seen = (await buyer.get(`/transfers/${transfer_id}`)).status;
    if (from_org_id === buyer.organisation) assert.equal(seen, 200);
    assert.equal((await supplier.get(`/transfers/${transfer_id}`)).status, one(`SELECT iif(from_org_id = '${supplier.organisation}' OR (to_org_id = '${supplier.organisation}' AND state = 'pending'), 200, 404) FROM transfer WHERE transfer_id = '${transfer_id}'`));
  }
  const retirements = await walk(reader, '/retirements');
  assert.equal(retirements.length, one('SELECT count(*) FROM retirement'));
  const own = await walk(reader, `/retirements?owner_org_id=${buyer.organisation}`);
  assert.deepEqual(await good(reader, `/retirements/${own[0].id}`), own[0]);
  const ended = await good(reader, `/retirements/${own[0].id}/credit_batches`);
  assert.ok(ended.nodes.every((batch) => batch.status === 'retired' && batch.retirement_id === own[0].id));
  await walk(reader, `/retirements?beneficiary_org_id=${buyer.organisation}`);
  await walk(buyer, '/beneficiaries');
  const refund = one('SELECT refund_id FROM refund');
  const back = await good(reader, `/refunds/${refund}`);
  const given = await good(reader, `/refunds/${refund}/credit_batches`);
  assert.equal(given.nodes.reduce((all, batch) => all + batch.size.credit_kgs, 0), back.credit_batch_size_total.credit_kgs);
});

test('what is not there, or not to be seen, answers the same', async () => {
  const nobody = { organisations: 'org', suppliers: 'spl', projects: 'prj', issuances: 'iss', deliveries: 'dlv', transfers: 'tfr', retirements: 'ret', orders: 'ord', credit_batches: 'ctb', refunds: 'bpr' };
  for (const [path, operations] of Object.entries(contract.paths)) {
    const list = path.split('/')[1];
    if (!operations.get || !path.includes('{id}')) continue;
    const address = path.replace('{id}', `${nobody[list]}_1GB56M1ST1S0GVNA`);
    const answer = await reader.get(address);
    assert.equal(answer.status, 404, address);
  }
});

test('every operation of the contract that reads was called', () => {
  const missing = withoutStripe.flatMap(([path, operations]) => Object.keys(operations).map((method) => [method.toUpperCase(), path]))
    .filter(([method, path]) => method === 'GET' && !calls.get(`${method} ${pathOf(contract, path.replace('{id}', 'x'))}`)?.[200]);
  assert.deepEqual(missing, []);
});
