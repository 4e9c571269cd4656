-- postgres.sql: the registry's tables on PostgreSQL 15, for tests/bench/postgres.sh: the same columns, keys, CHECKs, references (deferred where
-- SQLite's are) and indexes as schema/registry, and a transfer as one stored function. The triggers that guard history are left out:
-- that is in PostgreSQL's favour.
CREATE TABLE setting (
  one bigint PRIMARY KEY CHECK (one = 1),
  site_name text NOT NULL,
  site_url text NOT NULL,
  tag text NOT NULL CHECK (length(tag) = 3),
  serial_prefix text NOT NULL DEFAULT 'TLY',
  is_demo bigint NOT NULL CHECK (is_demo IN (0, 1)),
  expiry_days bigint NOT NULL CHECK (expiry_days BETWEEN 1 AND 365),
  registry_approval_units bigint NOT NULL CHECK (registry_approval_units >= 0),
  frozen bigint NOT NULL DEFAULT 0 CHECK (frozen IN (0, 1)),
  frozen_reason text NOT NULL DEFAULT '',
  frozen_at bigint NOT NULL DEFAULT 0
);

CREATE TABLE organisation (
  org_id text PRIMARY KEY CHECK (org_id LIKE 'org\_%' AND length(org_id) = 20),
  supplier_id text UNIQUE CHECK (supplier_id LIKE 'spl\_%' AND length(supplier_id) = 20),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
  domain text NOT NULL DEFAULT '',
  country text NOT NULL DEFAULT '',
  description text NOT NULL DEFAULT '',
  kind text NOT NULL CHECK (kind IN ('participant', 'buffer', 'registry')),
  is_demo bigint NOT NULL DEFAULT 0 CHECK (is_demo IN (0, 1)),
  state text NOT NULL CHECK (state IN ('active', 'suspended', 'closed')),
  incoming_policy text NOT NULL DEFAULT 'ask' CHECK (incoming_policy IN ('ask', 'trusted', 'all')),
  two_person text NOT NULL DEFAULT 'never' CHECK (two_person IN ('never', 'above', 'always')),
  two_person_above_units bigint NOT NULL DEFAULT 0 CHECK (two_person_above_units >= 0),
  opened_at bigint NOT NULL,
  origin text NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX organisation_domain ON organisation (lower(domain)) WHERE domain <> '';
CREATE INDEX organisation_by_name ON organisation (lower(name), org_id);
CREATE INDEX organisation_by_state ON organisation (state, lower(name), org_id, domain);

CREATE TABLE trusted_sender (
  org_id text NOT NULL REFERENCES organisation,
  sender_org_id text NOT NULL REFERENCES organisation,
  since_at bigint NOT NULL,
  PRIMARY KEY (org_id, sender_org_id),
  CHECK (org_id <> sender_org_id)
);

CREATE TABLE account (
  account_id text PRIMARY KEY CHECK (account_id LIKE 'acc\_%' AND length(account_id) = 20),
  org_id text NOT NULL REFERENCES organisation,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
  kind text NOT NULL CHECK (kind IN ('active', 'retirement', 'reserve')),
  state text NOT NULL CHECK (state IN ('open', 'closed')),
  is_main bigint NOT NULL DEFAULT 0 CHECK (is_main IN (0, 1)),
  opened_at bigint NOT NULL,
  UNIQUE (org_id, name),
  UNIQUE (account_id, org_id)
);
CREATE UNIQUE INDEX account_main ON account (org_id) WHERE is_main = 1;

CREATE TABLE person (
  user_id text PRIMARY KEY CHECK (user_id LIKE 'usr\_%' AND length(user_id) = 20),
  state text NOT NULL CHECK (state IN ('active', 'deactivated')),
  registry_roles bigint NOT NULL DEFAULT 0 CHECK (registry_roles BETWEEN 0 AND 3),
  since_at bigint NOT NULL
);

CREATE TABLE membership (
  org_id text NOT NULL REFERENCES organisation,
  user_id text NOT NULL REFERENCES person,
  roles bigint NOT NULL CHECK (roles BETWEEN 0 AND 15),
  since_at bigint NOT NULL,
  PRIMARY KEY (org_id, user_id)
);
CREATE INDEX membership_by_person ON membership (user_id, org_id);

CREATE TABLE project (
  project_id text PRIMARY KEY CHECK (project_id LIKE 'prj\_%' AND length(project_id) = 20),
  org_id text NOT NULL REFERENCES organisation,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 400),
  short_code text NOT NULL UNIQUE CHECK (length(short_code) BETWEEN 1 AND 16),
  instrument text NOT NULL CHECK (instrument IN ('carbon_removal', 'renewable_energy')),
  pathway text NOT NULL,
  pathway_code text NOT NULL CHECK (length(pathway_code) BETWEEN 1 AND 16),
  protocol text NOT NULL DEFAULT '',
  country text NOT NULL CHECK (length(country) = 3),
  place text NOT NULL DEFAULT '',
  status text NOT NULL,
  validator text NOT NULL DEFAULT '',
  verifier text NOT NULL DEFAULT '',
  crediting_start text NOT NULL DEFAULT '',
  crediting_end text NOT NULL DEFAULT '',
  description text NOT NULL DEFAULT '',
  web text NOT NULL DEFAULT '',
  opened_at bigint NOT NULL,
  origin text NOT NULL DEFAULT ''
);
CREATE INDEX project_by_name ON project (lower(name), project_id);
CREATE INDEX project_by_org ON project (org_id, project_id);

CREATE TABLE conservation (
  project_id text NOT NULL REFERENCES project,
  vintage bigint NOT NULL CHECK (vintage BETWEEN 1900 AND 2100),
  issued bigint NOT NULL CHECK (issued >= 0),
  imported bigint NOT NULL CHECK (imported >= 0),
  active bigint NOT NULL CHECK (active >= 0),
  retired bigint NOT NULL CHECK (retired >= 0),
  exported bigint NOT NULL CHECK (exported >= 0),
  cancelled bigint NOT NULL CHECK (cancelled >= 0),
  next_serial bigint NOT NULL CHECK (next_serial >= 1),
  PRIMARY KEY (project_id, vintage),
  CHECK (issued + imported = active + retired + exported + cancelled),
  CHECK (next_serial = issued + imported + 1)
);

CREATE TABLE issuance (
  issuance_id text PRIMARY KEY CHECK (issuance_id LIKE 'iss\_%' AND length(issuance_id) = 20),
  project_id text NOT NULL REFERENCES project,
  vintage bigint NOT NULL,
  kind text NOT NULL CHECK (kind IN ('issued', 'imported')),
  supplier_units bigint NOT NULL CHECK (supplier_units > 0),
  buffer_units bigint NOT NULL CHECK (buffer_units >= 0),
  reporting_start text NOT NULL DEFAULT '',
  reporting_end text NOT NULL DEFAULT '',
  notes text NOT NULL DEFAULT '',
  issued_at bigint NOT NULL,
  origin text NOT NULL DEFAULT ''
);
CREATE INDEX issuance_by_time ON issuance (issued_at, issuance_id);
CREATE INDEX issuance_by_project ON issuance (project_id, issued_at, issuance_id);

CREATE TABLE batch (
  batch_id text PRIMARY KEY CHECK (batch_id LIKE 'ctb\_%' AND length(batch_id) = 20),
  project_id text NOT NULL REFERENCES project DEFERRABLE INITIALLY DEFERRED,
  issuance_id text NOT NULL REFERENCES issuance DEFERRABLE INITIALLY DEFERRED,
  supplier_org_id text NOT NULL REFERENCES organisation DEFERRABLE INITIALLY DEFERRED,
  vintage bigint NOT NULL,
  first bigint NOT NULL CHECK (first >= 1),
  last bigint NOT NULL CHECK (last >= first),
  org_id text NOT NULL REFERENCES organisation DEFERRABLE INITIALLY DEFERRED,
  account_id text NOT NULL,
  state text NOT NULL CHECK (state = 'active' OR state = 'split' OR state = 'retired' OR state = 'exported' OR state = 'cancelled'),
  reserved_by text,
  parent_id text REFERENCES batch DEFERRABLE INITIALLY DEFERRED,
  left_id text,
  right_id text,
  issued_at bigint NOT NULL,
  delivery_id text,
  received_by text NOT NULL,
  received_at bigint NOT NULL,
  made_at bigint NOT NULL,
  ended_by text,
  ended_at bigint,
  CHECK ((state = 'split') = (left_id IS NOT NULL)),
  CHECK ((left_id IS NULL) = (right_id IS NULL)),
  CHECK (reserved_by IS NULL OR state = 'active'),
  CHECK ((state = 'active') = (ended_at IS NULL)),
  CHECK ((state IN ('retired', 'exported')) = (ended_by IS NOT NULL)),
  FOREIGN KEY (account_id, org_id) REFERENCES account (account_id, org_id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX batch_block ON batch (project_id, vintage, first) WHERE state <> 'split';
CREATE INDEX batch_serial ON batch (project_id, vintage, first, last);
CREATE INDEX batch_held ON batch (org_id, supplier_org_id, issued_at, project_id, vintage, first) WHERE state = 'active';
CREATE INDEX batch_free ON batch (org_id, supplier_org_id, issued_at, project_id, vintage, first) WHERE state = 'active' AND reserved_by IS NULL;
CREATE INDEX batch_by_holder ON batch (org_id, state, received_at, batch_id);
CREATE INDEX batch_by_account ON batch (account_id, state);
CREATE INDEX batch_by_issuance ON batch (issuance_id, first);
CREATE INDEX batch_by_delivery ON batch (delivery_id) WHERE delivery_id IS NOT NULL;
CREATE INDEX batch_by_parent ON batch (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX batch_reserved ON batch (reserved_by) WHERE reserved_by IS NOT NULL;

CREATE TABLE buyer_order (
  order_id text PRIMARY KEY CHECK (order_id LIKE 'ord\_%' AND length(order_id) = 20),
  supplier_org_id text NOT NULL REFERENCES organisation,
  buyer_org_id text NOT NULL REFERENCES organisation,
  units bigint NOT NULL CHECK (units > 0),
  delivered_units bigint NOT NULL DEFAULT 0 CHECK (delivered_units BETWEEN 0 AND units),
  contract_date text NOT NULL DEFAULT '',
  notes text NOT NULL DEFAULT '',
  ordered_at bigint NOT NULL,
  origin text NOT NULL DEFAULT ''
);
CREATE INDEX buyer_order_by_supplier ON buyer_order (supplier_org_id, ordered_at, order_id);
CREATE INDEX buyer_order_by_buyer ON buyer_order (buyer_org_id, ordered_at, order_id);

CREATE TABLE delivery (
  delivery_id text PRIMARY KEY CHECK (delivery_id LIKE 'dlv\_%' AND length(delivery_id) = 20),
  order_id text NOT NULL REFERENCES buyer_order,
  supplier_org_id text NOT NULL REFERENCES organisation,
  buyer_org_id text NOT NULL REFERENCES organisation,
  units bigint NOT NULL CHECK (units > 0),
  notes text NOT NULL DEFAULT '',
  delivered_at bigint NOT NULL,
  origin text NOT NULL DEFAULT ''
);
CREATE INDEX delivery_by_order ON delivery (order_id, delivered_at);
CREATE INDEX delivery_by_buyer ON delivery (buyer_org_id, delivered_at, delivery_id);
CREATE INDEX delivery_by_supplier ON delivery (supplier_org_id, delivered_at, delivery_id);

CREATE TABLE transfer (
  transfer_id text PRIMARY KEY CHECK (transfer_id LIKE 'tfr\_%' AND length(transfer_id) = 20),
  kind text NOT NULL CHECK (kind = 'internal' OR kind = 'external' OR kind = 'export'),
  state text NOT NULL CHECK (state = 'awaiting_approval' OR state = 'pending' OR state = 'completed' OR state = 'rejected' OR state = 'withdrawn' OR state = 'expired' OR state = 'cancelled'),
  from_org_id text NOT NULL REFERENCES organisation DEFERRABLE INITIALLY DEFERRED,
  to_org_id text REFERENCES organisation DEFERRABLE INITIALLY DEFERRED,
  to_account_id text REFERENCES account DEFERRABLE INITIALLY DEFERRED,
  to_system text NOT NULL DEFAULT '',
  to_system_party text NOT NULL DEFAULT '',
  supplier_org_id text REFERENCES organisation DEFERRABLE INITIALLY DEFERRED,
  instrument text NOT NULL,
  units bigint NOT NULL CHECK (units > 0),
  notes text NOT NULL DEFAULT '',
  private_note text NOT NULL DEFAULT '',
  corrects_id text REFERENCES transfer DEFERRABLE INITIALLY DEFERRED,
  needs_approval bigint NOT NULL CHECK (needs_approval IN (0, 1)),
  needs_registry_approval bigint NOT NULL CHECK (needs_registry_approval IN (0, 1)),
  submitted_by text NOT NULL DEFAULT '',
  submitted_at bigint NOT NULL,
  approved_by text, approved_at bigint, approval_comment text,
  registry_approved_by text, registry_approved_at bigint, registry_comment text,
  expires_at bigint NOT NULL,
  ended_by text,
  ended_at bigint,
  end_reason text,
  note_redacted_at bigint,
  note_redacted_reason text,
  origin text NOT NULL DEFAULT '',
  CHECK ((kind = 'export') = (to_org_id IS NULL)),
  CHECK ((state IN ('awaiting_approval', 'pending')) = (ended_at IS NULL))
);
CREATE INDEX transfer_completed ON transfer (ended_at, transfer_id) WHERE state = 'completed';
CREATE INDEX transfer_waiting ON transfer (expires_at, transfer_id) WHERE ended_at IS NULL;
CREATE INDEX transfer_by_sender ON transfer (from_org_id, submitted_at, transfer_id);
CREATE INDEX transfer_by_recipient ON transfer (to_org_id, submitted_at, transfer_id) WHERE to_org_id IS NOT NULL;
CREATE INDEX transfer_waiting_sender ON transfer (from_org_id, submitted_at, transfer_id) WHERE ended_at IS NULL;
CREATE INDEX transfer_waiting_recipient ON transfer (to_org_id, submitted_at, transfer_id) WHERE ended_at IS NULL AND to_org_id IS NOT NULL;
CREATE INDEX transfer_completed_units ON transfer (units, transfer_id) WHERE state = 'completed';
CREATE INDEX transfer_completed_sender ON transfer (from_org_id, ended_at, transfer_id) WHERE state = 'completed';
CREATE INDEX transfer_completed_recipient ON transfer (to_org_id, ended_at, transfer_id) WHERE state = 'completed';
CREATE INDEX transfer_completed_supplier ON transfer (supplier_org_id, ended_at, transfer_id) WHERE state = 'completed';

CREATE TABLE transfer_line (
  transfer_id text NOT NULL REFERENCES transfer DEFERRABLE INITIALLY DEFERRED,
  line bigint NOT NULL CHECK (line >= 1),
  batch_id text NOT NULL REFERENCES batch DEFERRABLE INITIALLY DEFERRED,
  split_from text REFERENCES batch DEFERRABLE INITIALLY DEFERRED,
  from_account_id text NOT NULL REFERENCES account DEFERRABLE INITIALLY DEFERRED,
  units bigint NOT NULL CHECK (units > 0),
  PRIMARY KEY (transfer_id, line),
  UNIQUE (transfer_id, batch_id)
);
CREATE INDEX transfer_line_by_batch ON transfer_line (batch_id, transfer_id);

CREATE TABLE delivery_line (
  delivery_id text NOT NULL REFERENCES delivery,
  line bigint NOT NULL CHECK (line >= 1),
  batch_id text NOT NULL REFERENCES batch,
  split_from text REFERENCES batch,
  from_account_id text NOT NULL REFERENCES account,
  to_account_id text NOT NULL REFERENCES account,
  units bigint NOT NULL CHECK (units > 0),
  PRIMARY KEY (delivery_id, line)
);
CREATE INDEX delivery_line_by_batch ON delivery_line (batch_id, delivery_id);

CREATE TABLE retirement (
  retirement_id text PRIMARY KEY CHECK (retirement_id LIKE 'ret\_%' AND length(retirement_id) = 20),
  org_id text NOT NULL REFERENCES organisation,
  beneficiary_org_id text REFERENCES organisation,
  beneficiary text NOT NULL CHECK (length(beneficiary) BETWEEN 1 AND 256),
  purposes bigint NOT NULL CHECK (purposes BETWEEN 1 AND 31),
  instrument text NOT NULL,
  units bigint NOT NULL CHECK (units > 0),
  notes text NOT NULL DEFAULT '',
  retired_by text NOT NULL DEFAULT '',
  retired_at bigint NOT NULL,
  origin text NOT NULL DEFAULT ''
);
CREATE INDEX retirement_by_time ON retirement (retired_at, retirement_id);
CREATE INDEX retirement_by_org ON retirement (org_id, retired_at, retirement_id);
CREATE INDEX retirement_by_beneficiary ON retirement (beneficiary_org_id, retired_at, retirement_id) WHERE beneficiary_org_id IS NOT NULL;

CREATE TABLE retirement_line (
  retirement_id text NOT NULL REFERENCES retirement,
  line bigint NOT NULL CHECK (line >= 1),
  batch_id text NOT NULL UNIQUE REFERENCES batch,
  split_from text REFERENCES batch,
  units bigint NOT NULL CHECK (units > 0),
  PRIMARY KEY (retirement_id, line)
);

CREATE TABLE act (
  seq bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  recorded_at bigint NOT NULL,
  at bigint NOT NULL,
  program text NOT NULL,
  user_id text NOT NULL,
  org_id text NOT NULL DEFAULT '',
  command text NOT NULL,
  subject_id text NOT NULL DEFAULT '',
  outcome text NOT NULL,
  detail text NOT NULL DEFAULT ''
);
CREATE INDEX act_by_subject ON act (subject_id, seq);
CREATE INDEX act_by_org ON act (org_id, seq);
CREATE INDEX act_by_person ON act (user_id, seq);
CREATE INDEX act_by_command ON act (command, seq);

CREATE TABLE idempotency (
  scope text NOT NULL,
  key text NOT NULL,
  fingerprint bytea NOT NULL CHECK (octet_length(fingerprint) = 32),
  seq bigint NOT NULL REFERENCES act,
  answer bytea NOT NULL,
  PRIMARY KEY (scope, key)
);
CREATE INDEX transfer_by_corrected ON transfer (corrects_id, transfer_id) WHERE corrects_id IS NOT NULL;
CREATE INDEX issuance_by_units ON issuance ((supplier_units + buffer_units), issuance_id);
CREATE INDEX retirement_by_units ON retirement (units, retirement_id);
CREATE INDEX retirement_by_instrument ON retirement (instrument, retired_at, units);
CREATE INDEX batch_retired ON batch (project_id, ended_at, ended_by) WHERE state = 'retired';
CREATE INDEX organisation_by_time ON organisation (opened_at, org_id);

ALTER TABLE batch ADD FOREIGN KEY (reserved_by) REFERENCES transfer DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE batch ADD FOREIGN KEY (delivery_id) REFERENCES delivery DEFERRABLE INITIALLY DEFERRED;

-- What the measured transfers name by number.
CREATE TABLE bench_party (number bigint PRIMARY KEY, org_id text NOT NULL, user_id text NOT NULL);
CREATE SEQUENCE bench_id;
CREATE FUNCTION new_id(prefix text) RETURNS text LANGUAGE sql AS $$ SELECT prefix || '_Z' || lpad(nextval('bench_id')::text, 15, '0') $$;

-- The oldest free batch of the supplier is split, its left part goes to a recipient who accepts everything. Deadlock-free: the one row
-- that is waited for is the sender's organisation, and it is the first.
CREATE FUNCTION make_transfer(asker text, sender text, recipient text, supplier text, quantity bigint, note text, once text)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  now_us bigint := (extract(epoch FROM clock_timestamp()) * 1000000)::bigint;
  found_transfer text;
  main_account text;
  whole batch%ROWTYPE;
  new_transfer text;
  left_batch text;
  right_batch text;
  new_seq bigint;
BEGIN
  SELECT a.subject_id INTO found_transfer FROM idempotency i JOIN act a ON a.seq = i.seq WHERE i.scope = asker AND i.key = once;
  IF FOUND THEN RETURN found_transfer; END IF;
  PERFORM 1 FROM organisation WHERE org_id = sender AND state = 'active' FOR NO KEY UPDATE;
  IF NOT FOUND THEN RAISE EXCEPTION 'unknown sender'; END IF;
  PERFORM 1 FROM membership m JOIN person p ON p.user_id = m.user_id
    WHERE m.org_id = sender AND m.user_id = asker AND m.roles & 2 <> 0 AND p.state = 'active';
  IF NOT FOUND THEN RAISE EXCEPTION 'not allowed'; END IF;
  SELECT a.account_id INTO main_account FROM organisation r JOIN account a ON a.org_id = r.org_id AND a.is_main = 1
    WHERE r.org_id = recipient AND r.state = 'active' AND r.incoming_policy = 'all';
  IF NOT FOUND THEN RAISE EXCEPTION 'unknown recipient'; END IF;
  SELECT * INTO whole FROM batch WHERE org_id = sender AND supplier_org_id = supplier AND state = 'active' AND reserved_by IS NULL
    ORDER BY issued_at, project_id, vintage, first LIMIT 1 FOR UPDATE;
  IF NOT FOUND OR whole.last - whole.first + 1 <= quantity THEN RAISE EXCEPTION 'not enough'; END IF;
  new_transfer := new_id('tfr');
  left_batch := new_id('ctb');
  right_batch := new_id('ctb');
  INSERT INTO transfer (transfer_id, kind, state, from_org_id, to_org_id, to_account_id, supplier_org_id, instrument, units, notes,
      needs_approval, needs_registry_approval, submitted_by, submitted_at, expires_at, ended_by, ended_at)
    VALUES (new_transfer, 'external', 'completed', sender, recipient, main_account, supplier, 'carbon_removal', quantity, note,
      0, 0, asker, now_us, now_us + 1209600000000, asker, now_us);
  UPDATE batch SET state = 'split', left_id = left_batch, right_id = right_batch, ended_at = now_us WHERE batch_id = whole.batch_id;
  INSERT INTO batch (batch_id, project_id, issuance_id, supplier_org_id, vintage, first, last, org_id, account_id, state, parent_id,
      issued_at, received_by, received_at, made_at)
    VALUES (left_batch, whole.project_id, whole.issuance_id, whole.supplier_org_id, whole.vintage, whole.first, whole.first + quantity - 1,
        recipient, main_account, 'active', whole.batch_id, whole.issued_at, new_transfer, now_us, now_us),
      (right_batch, whole.project_id, whole.issuance_id, whole.supplier_org_id, whole.vintage, whole.first + quantity, whole.last,
        sender, whole.account_id, 'active', whole.batch_id, whole.issued_at, whole.received_by, whole.received_at, now_us);
  INSERT INTO transfer_line (transfer_id, line, batch_id, split_from, from_account_id, units)
    VALUES (new_transfer, 1, left_batch, whole.batch_id, whole.account_id, quantity);
  INSERT INTO act (recorded_at, at, program, user_id, org_id, command, subject_id, outcome, detail)
    VALUES (now_us, now_us, 'account', asker, sender, 'transfer', new_transfer, 'ok', quantity || ' units from ' || sender || ' to ' || recipient)
    RETURNING seq INTO new_seq;
  INSERT INTO idempotency (scope, key, fingerprint, seq, answer)
    VALUES (asker, once, decode(repeat('00', 32), 'hex'), new_seq, decode(repeat('00', 160), 'hex'));
  RETURN new_transfer;
END $$;
