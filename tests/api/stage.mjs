// Who runs an example of the page about the API, and what has to be there first: stage(operationId) gives the caller and the shell
// variables of the example.
import assert from 'node:assert/strict';
import { caller, credentials, rows } from './lib.mjs';

export async function setStage(registry) {
  const one = (sql) => { const [row] = rows(registry, sql); assert.ok(row, sql); return Object.values(row)[0]; };
  const org = (name) => one(`SELECT org_id FROM organisation WHERE name LIKE '${name}%'`);
  const make = (name, roles) => caller(registry, credentials(registry, org(name), '--scopes', 'read,transfer,retire,manage', '--roles', roles));
  const all = 'viewer,initiator,approver,manager';
  const northwind = make('Northwind', all), second = make('Northwind', 'viewer,approver'), meridian = make('Meridian', all);
  const fernhill = make('Fernhill', all), longshore = make('Longshore', all);
  const supplier = one(`SELECT supplier_id FROM organisation WHERE org_id = '${fernhill.organisation}'`);
  const free = (who, kg, of = fernhill) => one(`SELECT batch_id FROM batch WHERE org_id = '${who.organisation}' AND supplier_org_id = '${of.organisation}'
    AND state = 'active' AND reserved_by IS NULL AND last - first >= ${kg} ORDER BY batch_id LIMIT 1`);
  const done = async (who, path, body) => {
    const answer = await who.post(path, body);
    assert.equal(answer.status, 200, `${path}: ${answer.text}`);
    return answer.body;
  };
  const amount = (who, kg) => ({ from_organisation_id: who.organisation, supplier_id: supplier, notes: null, credit_quantity_kg: kg });
  const pending = async () => (await done(northwind, '/transfers/from_oldest_credits', { ...amount(northwind, 1), to_organisation_id: meridian.organisation })).id;
  // More than a hundred credits: a second person of Northwind has to approve.
  const awaiting = async () => (await done(northwind, '/transfers/from_oldest_credits', { ...amount(northwind, 100001), to_organisation_id: meridian.organisation })).id;
  const away = { to_system: 'Isometric', to_system_party: 'Northwind Carbon' };
  const exported = async (kg) => (await done(northwind, '/exports', { ...amount(northwind, kg), ...away })).id;
  const completed = one("SELECT transfer_id FROM transfer WHERE state = 'completed' AND kind = 'external' ORDER BY 1 DESC LIMIT 1");
  let webhook = null;
  const hook = async () => { webhook ??= (await done(northwind, '/webhooks', { url: 'https://example.com/hooks' })).id; return webhook; };
  const message = async () => (await done(northwind, `/webhooks/${await hook()}/test`)).id;
  const common = { SUPPLIER: supplier, RECIPIENT: meridian.organisation, BENEFICIARY: northwind.organisation, TRANSFER: completed,
    PROJECT: one(`SELECT project_id FROM project WHERE org_id = '${fernhill.organisation}' LIMIT 1`), ISSUANCE: one('SELECT issuance_id FROM issuance ORDER BY 1 DESC LIMIT 1'),
    RETIREMENT: one('SELECT retirement_id FROM retirement ORDER BY 1 DESC LIMIT 1'), REFUND: one('SELECT refund_id FROM refund LIMIT 1'),
    ORDER: one(`SELECT order_id FROM buyer_order WHERE buyer_org_id = '${northwind.organisation}' LIMIT 1`), DELIVERY: one('SELECT delivery_id FROM delivery ORDER BY 1 DESC LIMIT 1') };
  const scenes = {
    current_supplier: () => ({ who: fernhill }), supplier_orders: () => ({ who: fernhill }), supplier_deliveries: () => ({ who: fernhill }),
    // An order that the registry recorded: the supplier's own would need the buyer's consent.
    create_delivery: () => ({ who: longshore, BATCH: free(longshore, 1, longshore), ORDER: one(`SELECT order_id FROM buyer_order
      WHERE supplier_org_id = '${longshore.organisation}' AND delivered_units < units LIMIT 1`) }),
    accept_transfer: async () => ({ who: meridian, TRANSFER: await pending() }),
    reject_transfer: async () => ({ who: meridian, TRANSFER: await pending() }),
    withdraw_transfer: async () => ({ who: northwind, TRANSFER: await pending() }),
    approve_transfer: async () => ({ who: second, TRANSFER: await awaiting() }),
    refuse_transfer: async () => ({ who: second, TRANSFER: await awaiting() }),
    export: async () => ({ who: northwind, EXPORT: await exported(1) }),
    export_credit_batches: async () => ({ who: northwind, EXPORT: await exported(1) }),
    withdraw_export: async () => ({ who: northwind, EXPORT: await exported(1) }),
    approve_export: async () => ({ who: second, EXPORT: await exported(100001) }),
    refuse_export: async () => ({ who: second, EXPORT: await exported(100001) }),
    webhook_message: async () => ({ who: northwind, WEBHOOK: await hook(), MESSAGE: await message() }),
    remove_webhook: async () => { const WEBHOOK = await hook(); webhook = null; return { who: northwind, WEBHOOK }; },
  };
  return async (id) => {
    const scene = await (scenes[id] ?? (/webhook/.test(id) && !/^(create_webhook|webhooks)$/.test(id) ? async () => ({ who: northwind, WEBHOOK: await hook() }) : () => ({ who: northwind })))();
    return { BATCH: free(northwind, 5000), ...common, ...scene };
  };
}
