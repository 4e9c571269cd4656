// A client that a generator made of the contract, and of nothing else, does the main job against this registry: it finds whom to send
// to and what there is, transfers, retires, delivers, and reads all of it back.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { execFileSync } from 'node:child_process';
import ts from 'typescript';
import { checkAnswer, credentials, root, rows, startRegistry } from './lib.mjs';

let registry, api, folder;
const people = {};
const one = (sql) => Object.values(rows(registry, sql)[0] ?? {})[0];

before(async () => {
  registry = await startRegistry();
  // Beside the packages, so that the client finds its run time.
  folder = mkdtempSync(join(root, 'tests/api/node_modules/.client-'));
  execFileSync(join(root, 'tests/api/node_modules/.bin/oazapfts'), [join(root, 'tests/api/contract.json'), join(folder, 'client.ts')], { stdio: 'pipe' });
  const source = ts.transpileModule(readFileSync(join(folder, 'client.ts'), 'utf8'), { compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 } });
  writeFileSync(join(folder, 'client.mjs'), source.outputText);
  api = await import(pathToFileURL(join(folder, 'client.mjs')));
  api.defaults.baseUrl = `${registry.url}/registry/v0`;
  for (const [who, name] of [['northwind', 'Northwind'], ['meridian', 'Meridian'], ['harbour', 'Harbour Foods'], ['fernhill', 'Fernhill']]) {
    people[who] = credentials(registry, one(`SELECT org_id FROM organisation WHERE name LIKE '${name}%'`), '--scopes', 'read,transfer,retire', '--roles', 'viewer,initiator,approver');
  }
});
after(async () => { await registry?.stop(); if (folder) rmSync(folder, { recursive: true, force: true }); });

// Who asks: the base address and the two secrets are all that a program changes. Every answer is checked as it passes.
function as(who) {
  const { client_secret: secret, access_token: token } = people[who];
  const opts = { fetch: async (url, init) => {
    const answer = await fetch(url, { ...init, headers: { ...Object.fromEntries(new Headers(init.headers)), authorization: `Bearer ${token}`, 'x-client-secret': secret } });
    const copy = answer.clone();
    checkAnswer(init.method ?? 'GET', new URL(url).pathname.replace('/registry/v0', ''), answer.status, answer.headers, await copy.json());
    return answer;
  } };
  return new Proxy(api, { get: (all, name) => async (...given) => {
    const wanted = [secret, ...given];
    const answer = await all[name](...(name.match(/Id[A-Z]|IdGet$/) ? [given[0], secret, ...given.slice(1)] : wanted), opts);
    return answer;
  } });
}
const good = (answer) => { assert.equal(answer.status, 200, JSON.stringify(answer.data)); return answer.data; };

test('transfer: from finding the recipient to reading it back', async () => {
  const me = as('harbour');
  const own = good(await me.currentOrganisationOrganisationGet());
  const recipients = good(await me.transfereesTransfereesGet({ first: 50 }));
  const northwind = recipients.nodes.find((org) => org.name.startsWith('Northwind')) ?? { id: people.northwind.organisation_id };
  const balance = good(await me.organisationCreditBalanceOrganisationsIdCreditBalanceGet(own.id));
  const supplier = balance.supplier_balances.find((each) => each.total.active_credits_total.credit_kgs > 10000);
  assert.ok(supplier);
  const batches = good(await me.organisationCreditBatchesOrganisationsIdCreditBatchesGet(own.id, { supplierId: supplier.supplier_id, status: ['active'], first: 50 }));
  const batch = batches.nodes.find((each) => each.pending_transfer_id === null && each.size.credit_kgs > 2);
  const made = good(await me.createTransferTransfersPost({ credit_batch_quantities: [{ credit_batch_id: batch.id, credit_quantity_kg: 2 }],
    from_organisation_id: own.id, to_organisation_id: northwind.id, supplier_id: supplier.supplier_id, notes: 'Made by a generated client.' }));
  assert.equal(made.credit_batch_size_total.credit_kgs, 2);
  assert.equal(made.credit_batch_size_total.credits, 0.002);
  const read = good(await me.transferTransfersIdGet(made.id));
  assert.deepEqual(read, made);
  const moved = good(await me.transferCreditBatchesTransfersIdCreditBatchesGet(made.id));
  assert.equal(moved.nodes[0].parent_id, batch.id);
  const whole = good(await me.creditBatchCreditBatchesIdGet(batch.id));
  assert.equal(whole.status, 'split');
  assert.equal(whole.left_child_id, moved.nodes[0].id);
});

test('retire: named batches, and the oldest', async () => {
  const me = as('northwind');
  const own = good(await me.currentOrganisationOrganisationGet());
  const named = good(await me.createBeneficiaryBeneficiaryPost({ beneficiary_name: 'Ferry & Søn', beneficiary_domain: 'ferry.example.com' }));
  let known = good(await me.beneficiariesBeneficiariesGet({ first: 50 }));
  while (!known.nodes.some((org) => org.id === named.id)) {
    assert.ok(known.page_info.has_next_page, 'the beneficiary that was named is not in the list');
    known = good(await me.beneficiariesBeneficiariesGet({ first: 50, after: known.page_info.end_cursor }));
  }
  const supplier = one("SELECT supplier_id FROM organisation WHERE name LIKE 'Fernhill%'");
  const batches = good(await me.organisationCreditBatchesOrganisationsIdCreditBatchesGet(own.id, { supplierId: supplier, status: ['active'], first: 50 }));
  const batch = batches.nodes.find((each) => each.pending_transfer_id === null && each.size.credit_kgs > 5);
  const before_kgs = good(await me.organisationCreditBalanceOrganisationsIdCreditBalanceGet(own.id)).total.retired_credits_total.credit_kgs;
  const common = { owner_organisation_id: own.id, beneficiary_organisation_id: named.id, supplier_id: supplier, retirement_purposes: ['corporate_targets', 'other'], notes: null };
  const retired = good(await me.createRetirementRetirementsPost({ ...common, credit_batch_quantities: [{ credit_batch_id: batch.id, credit_quantity_kg: 5 }] }));
  assert.deepEqual(retired.purposes.sort(), ['corporate_targets', 'other']);
  assert.equal(retired.beneficiary.id, named.id);
  const oldest = good(await me.createRetirementFromOldestCreditsRetirementsFromOldestCreditsPost({ ...common, credit_quantity_kg: 7, vintage: null }));
  assert.equal(good(await me.organisationCreditBalanceOrganisationsIdCreditBalanceGet(own.id)).total.retired_credits_total.credit_kgs, before_kgs + 12);
  assert.deepEqual(good(await me.retirementRetirementsIdGet(oldest.id)), oldest);
  assert.equal(good(await me.retirementCreditBatchesRetirementsIdCreditBatchesGet(oldest.id)).nodes.reduce((all, each) => all + each.size.credit_kgs, 0), 7);
  assert.ok((await fetch(oldest.url)).ok, oldest.url);
});

test('deliver: from the order to what the buyer has', async () => {
  const me = as('fernhill'), buyer = as('northwind');
  const own = good(await me.currentSupplierSupplierGet());
  const orders = good(await me.supplierOrdersSuppliersIdOrdersGet(own.id, { first: 50 }));
  const order = orders.nodes.find((each) => each.status === 'in_progress' && each.buyer_organisation.id === people.northwind.organisation_id);
  assert.ok(order, 'Northwind has ordered, and part of it is delivered');
  const batches = good(await me.organisationCreditBatchesOrganisationsIdCreditBatchesGet(own.organisation.id, { supplierId: own.id, status: ['active'], first: 50 }));
  const batch = batches.nodes.find((each) => each.pending_transfer_id === null && each.size.credit_kgs > 3);
  const active = async () => good(await buyer.organisationCreditBalanceOrganisationsIdCreditBalanceGet(people.northwind.organisation_id)).total.active_credits_total.credit_kgs;
  const before_kgs = await active();
  const made = good(await me.createDeliveryDeliveriesPost({ credit_batch_quantities: [{ credit_batch_id: batch.id, credit_quantity_kg: 3 }], order_id: order.id, notes: 'The third lot.' }));
  assert.equal(made.credit_batch_size_total.credit_kgs, 3);
  assert.equal(made.to_organisation.id, people.northwind.organisation_id);
  assert.equal(made.notes, 'The third lot.');
  // The buyer reads the same, has the batch, and the order knows of it.
  assert.deepEqual(good(await buyer.deliveryDeliveriesIdGet(made.id)), made);
  const [moved, ...more] = good(await buyer.deliveryCreditBatchesDeliveriesIdCreditBatchesGet(made.id)).nodes;
  assert.deepEqual([moved.parent_id, moved.delivery_id, moved.size.credit_kgs, more.length], [batch.id, made.id, 3, 0]);
  assert.equal(await active(), before_kgs + 3);
  assert.equal(good(await buyer.orderOrdersIdGet(order.id)).credits_delivered.credit_kgs, order.credits_delivered.credit_kgs + 3);
  assert.ok(good(await buyer.orderDeliveriesOrdersIdDeliveriesGet(order.id, { first: 50 })).nodes.some((each) => each.id === made.id));
  assert.ok((await fetch(made.url)).ok, made.url);
});

test('a refusal says where', async () => {
  const me = as('harbour');
  const own = good(await me.currentOrganisationOrganisationGet());
  const supplier = one("SELECT supplier_id FROM organisation WHERE name LIKE 'Fernhill%'");
  const refused = await me.createTransferTransfersPost({ credit_batch_quantities: [], from_organisation_id: own.id, to_organisation_id: people.meridian.organisation_id, supplier_id: supplier, notes: 'x'.repeat(257) });
  assert.equal(refused.status, 422);
  const places = refused.data.detail.map((fault) => fault.loc.join('.')).sort();
  assert.deepEqual(places, ['body.credit_batch_quantities', 'body.notes']);
});
