-- registry.db, version 1: what is true. Written by the ledger daemon alone; every other program opens it read-only.
-- Times are microseconds since 1970-01-01T00:00:00Z; quantities are whole units (model/quantity.h).
-- The ledger decides nicely, this file refuses absolutely: CHECKs, UNIQUEs and append-only triggers.
-- batch and transfer are written at every act: their CHECKs say OR, for IN with more than two words builds a table each time.

CREATE TABLE setting (                     -- the registry's own settings, one row
  one INTEGER PRIMARY KEY CHECK (one = 1),
  site_name TEXT NOT NULL,                 -- shown in the header
  site_url TEXT NOT NULL,                  -- "https://registry.example.org": links in feeds and messages; never taken from Host
  tag TEXT NOT NULL CHECK (length(tag) = 3), -- the installation's tag inside ids
  serial_prefix TEXT NOT NULL DEFAULT 'TLY', -- first word of serial numbers
  is_demo INTEGER NOT NULL CHECK (is_demo IN (0, 1)),       -- pages say "Demonstration registry"
  expiry_days INTEGER NOT NULL CHECK (expiry_days BETWEEN 1 AND 365), -- a pending transfer waits this long
  registry_approval_units INTEGER NOT NULL CHECK (registry_approval_units >= 0), -- transfers above this need an administrator; 0: none do
  frozen INTEGER NOT NULL DEFAULT 0 CHECK (frozen IN (0, 1)), -- transfers are frozen
  frozen_reason TEXT NOT NULL DEFAULT '',  -- shown in the banner
  frozen_at INTEGER NOT NULL DEFAULT 0     -- since when, 0: not frozen
) STRICT;

CREATE TABLE organisation (
  org_id TEXT PRIMARY KEY CHECK (org_id GLOB 'org_*' AND length(org_id) = 20),
  supplier_id TEXT UNIQUE CHECK (supplier_id GLOB 'spl_*' AND length(supplier_id) = 20), -- NULL: not a supplier
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
  domain TEXT NOT NULL DEFAULT '',         -- "example.org", '' when unknown
  country TEXT NOT NULL DEFAULT '',        -- ISO 3166-1 alpha-3, '' when unknown
  description TEXT NOT NULL DEFAULT '',    -- public, what the organisation says it does
  kind TEXT NOT NULL CHECK (kind IN ('participant', 'buffer', 'registry')), -- buffer: holds buffer-pool credits; registry: the operator itself
  is_demo INTEGER NOT NULL DEFAULT 0 CHECK (is_demo IN (0, 1)), -- a plainly named demonstration organisation
  state TEXT NOT NULL CHECK (state IN ('active', 'suspended', 'closed')),
  incoming_policy TEXT NOT NULL DEFAULT 'ask' CHECK (incoming_policy IN ('ask', 'trusted', 'all')), -- how incoming transfers are treated
  two_person TEXT NOT NULL DEFAULT 'never' CHECK (two_person IN ('never', 'above', 'always')), -- when an outgoing transfer needs a second person
  two_person_above_units INTEGER NOT NULL DEFAULT 0 CHECK (two_person_above_units >= 0), -- with 'above': more than this many units
  opened_at INTEGER NOT NULL,
  origin TEXT NOT NULL DEFAULT ''          -- where imported data came from, '' when opened here
) STRICT;
CREATE UNIQUE INDEX organisation_domain ON organisation (domain COLLATE NOCASE) WHERE domain <> '';
CREATE INDEX organisation_by_name ON organisation (name COLLATE NOCASE, org_id);
CREATE INDEX organisation_by_state ON organisation (state, name COLLATE NOCASE, org_id, domain);

CREATE TABLE trusted_sender (              -- with incoming_policy 'trusted': whose transfers are accepted at once
  org_id TEXT NOT NULL REFERENCES organisation,        -- the recipient
  sender_org_id TEXT NOT NULL REFERENCES organisation,
  since_at INTEGER NOT NULL,
  PRIMARY KEY (org_id, sender_org_id),
  CHECK (org_id <> sender_org_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE account (
  account_id TEXT PRIMARY KEY CHECK (account_id GLOB 'acc_*' AND length(account_id) = 20),
  org_id TEXT NOT NULL REFERENCES organisation,
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 120), -- private to the organisation and administrators
  kind TEXT NOT NULL CHECK (kind IN ('active', 'retirement', 'reserve')),
  state TEXT NOT NULL CHECK (state IN ('open', 'closed')),
  is_main INTEGER NOT NULL DEFAULT 0 CHECK (is_main IN (0, 1)), -- where units go when nobody chooses
  opened_at INTEGER NOT NULL,
  UNIQUE (org_id, name),
  UNIQUE (account_id, org_id)              -- lets a batch say in one reference that the account is its holder's
) STRICT;
CREATE UNIQUE INDEX account_main ON account (org_id) WHERE is_main = 1;

CREATE TABLE person (                      -- that a person exists and may act; names and e-mail are in people.db
  user_id TEXT PRIMARY KEY CHECK (user_id GLOB 'usr_*' AND length(user_id) = 20),
  state TEXT NOT NULL CHECK (state IN ('active', 'deactivated')),
  registry_roles INTEGER NOT NULL DEFAULT 0 CHECK (registry_roles BETWEEN 0 AND 3), -- bits: 1 administrator, 2 auditor
  since_at INTEGER NOT NULL
) STRICT;

CREATE TABLE membership (
  org_id TEXT NOT NULL REFERENCES organisation,
  user_id TEXT NOT NULL REFERENCES person,
  roles INTEGER NOT NULL CHECK (roles BETWEEN 0 AND 15), -- bits: 1 viewer, 2 initiator, 4 approver, 8 manager; 0: left
  since_at INTEGER NOT NULL,
  PRIMARY KEY (org_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX membership_by_person ON membership (user_id, org_id);

CREATE TABLE project (
  project_id TEXT PRIMARY KEY CHECK (project_id GLOB 'prj_*' AND length(project_id) = 20),
  org_id TEXT NOT NULL REFERENCES organisation,      -- the supplier
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 400),
  short_code TEXT NOT NULL UNIQUE CHECK (length(short_code) BETWEEN 1 AND 16), -- in serials
  instrument TEXT NOT NULL CHECK (instrument IN ('carbon_removal', 'renewable_energy')),
  pathway TEXT NOT NULL,                   -- "biomass_carbon_removal_and_storage", or the fuel
  pathway_code TEXT NOT NULL CHECK (length(pathway_code) BETWEEN 1 AND 16), -- in serials
  protocol TEXT NOT NULL DEFAULT '',
  country TEXT NOT NULL CHECK (length(country) = 3),
  place TEXT NOT NULL DEFAULT '',          -- in words
  status TEXT NOT NULL,                    -- draft, preview, under_validation, validated, validation_unsuccessful, cancelled
  validator TEXT NOT NULL DEFAULT '',
  verifier TEXT NOT NULL DEFAULT '',
  crediting_start TEXT NOT NULL DEFAULT '',-- YYYY-MM-DD
  crediting_end TEXT NOT NULL DEFAULT '',
  description TEXT NOT NULL DEFAULT '',
  web TEXT NOT NULL DEFAULT '',            -- its page elsewhere
  opened_at INTEGER NOT NULL,
  origin TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX project_by_name ON project (name COLLATE NOCASE, project_id);
CREATE INDEX project_by_org ON project (org_id, project_id);

-- Conservation (domain.md 2.5), kept per project and vintage in the same transaction as the act; the CHECK makes
-- any act that breaks it impossible. `tally verify` compares it with the batches.
CREATE TABLE conservation (
  project_id TEXT NOT NULL REFERENCES project,
  vintage INTEGER NOT NULL CHECK (vintage BETWEEN 1900 AND 2100),
  issued INTEGER NOT NULL CHECK (issued >= 0),
  imported INTEGER NOT NULL CHECK (imported >= 0),   -- opening balances and units that came from other systems
  active INTEGER NOT NULL CHECK (active >= 0),       -- reserved is part of active
  retired INTEGER NOT NULL CHECK (retired >= 0),
  exported INTEGER NOT NULL CHECK (exported >= 0),
  cancelled INTEGER NOT NULL CHECK (cancelled >= 0),
  next_serial INTEGER NOT NULL CHECK (next_serial >= 1), -- first free number of the block
  PRIMARY KEY (project_id, vintage),
  CHECK (issued + imported = active + retired + exported + cancelled),
  CHECK (next_serial = issued + imported + 1)
) STRICT, WITHOUT ROWID;

CREATE TABLE issuance (
  issuance_id TEXT PRIMARY KEY CHECK (issuance_id GLOB 'iss_*' AND length(issuance_id) = 20),
  project_id TEXT NOT NULL REFERENCES project,
  vintage INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('issued', 'imported')),
  supplier_units INTEGER NOT NULL CHECK (supplier_units > 0), -- to the supplier
  buffer_units INTEGER NOT NULL CHECK (buffer_units >= 0),    -- to the buffer pool
  reporting_start TEXT NOT NULL DEFAULT '',-- YYYY-MM-DD
  reporting_end TEXT NOT NULL DEFAULT '',
  notes TEXT NOT NULL DEFAULT '',          -- public
  issued_at INTEGER NOT NULL,
  origin TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX issuance_by_time ON issuance (issued_at, issuance_id);
CREATE INDEX issuance_by_project ON issuance (project_id, issued_at, issuance_id);

CREATE TABLE batch (
  batch_id TEXT PRIMARY KEY CHECK (batch_id GLOB 'ctb_*' AND length(batch_id) = 20),
  project_id TEXT NOT NULL REFERENCES project DEFERRABLE INITIALLY DEFERRED,
  issuance_id TEXT NOT NULL REFERENCES issuance DEFERRABLE INITIALLY DEFERRED,
  supplier_org_id TEXT NOT NULL REFERENCES organisation DEFERRABLE INITIALLY DEFERRED,
  vintage INTEGER NOT NULL,
  first INTEGER NOT NULL CHECK (first >= 1),
  last INTEGER NOT NULL CHECK (last >= first), -- size = last - first + 1
  org_id TEXT NOT NULL REFERENCES organisation DEFERRABLE INITIALLY DEFERRED,      -- current (or last) holder
  account_id TEXT NOT NULL,                -- current (or last) account, one of the holder's
  state TEXT NOT NULL CHECK (state = 'active' OR state = 'split' OR state = 'retired' OR state = 'exported' OR state = 'cancelled'),
  reserved_by TEXT REFERENCES transfer DEFERRABLE INITIALLY DEFERRED,    -- the pending transfer that holds it; NULL: free
  parent_id TEXT REFERENCES batch DEFERRABLE INITIALLY DEFERRED,
  left_id TEXT,                            -- lowest serials: the part that moved. No REFERENCES: the parent ends before its children
  right_id TEXT,                           -- begin, and a deferred one would scan the table; trigger batch_child holds them together
  issued_at INTEGER NOT NULL,              -- of the issuance: "oldest first"
  delivery_id TEXT REFERENCES delivery DEFERRABLE INITIALLY DEFERRED,    -- the delivery it came out of the supplier's hands with
  received_by TEXT NOT NULL,               -- issuance, delivery or transfer by which the holder got it
  received_at INTEGER NOT NULL,
  made_at INTEGER NOT NULL,                -- when this batch came into being (issue or split)
  ended_by TEXT,                           -- retirement, export transfer; NULL while live
  ended_at INTEGER,                        -- when it was split, retired, exported, cancelled
  CHECK ((state = 'split') = (left_id IS NOT NULL)),
  CHECK ((left_id IS NULL) = (right_id IS NULL)),
  CHECK (reserved_by IS NULL OR state = 'active'),
  CHECK ((state = 'active') = (ended_at IS NULL)),
  CHECK ((state IN ('retired', 'exported')) = (ended_by IS NOT NULL)),
  FOREIGN KEY (account_id, org_id) REFERENCES account (account_id, org_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX batch_block ON batch (project_id, vintage, first) WHERE state <> 'split';
CREATE INDEX batch_serial ON batch (project_id, vintage, first, last);
CREATE INDEX batch_held ON batch (org_id, supplier_org_id, issued_at, project_id, vintage, first) WHERE state = 'active';
CREATE INDEX batch_free ON batch (org_id, supplier_org_id, issued_at, project_id, vintage, first) WHERE state = 'active' AND reserved_by IS NULL; -- oldest first: without it an act reads every block that waits in a pending transfer
CREATE INDEX batch_by_holder ON batch (org_id, state, received_at, batch_id);
CREATE INDEX batch_by_account ON batch (account_id, state);
CREATE INDEX batch_by_issuance ON batch (issuance_id, first);
CREATE INDEX batch_by_delivery ON batch (delivery_id) WHERE delivery_id IS NOT NULL;
CREATE INDEX batch_by_parent ON batch (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX batch_reserved ON batch (reserved_by) WHERE reserved_by IS NOT NULL;

CREATE TABLE buyer_order (
  order_id TEXT PRIMARY KEY CHECK (order_id GLOB 'ord_*' AND length(order_id) = 20),
  supplier_org_id TEXT NOT NULL REFERENCES organisation,
  buyer_org_id TEXT NOT NULL REFERENCES organisation,
  units INTEGER NOT NULL CHECK (units > 0),          -- ordered
  delivered_units INTEGER NOT NULL DEFAULT 0 CHECK (delivered_units BETWEEN 0 AND units),
  contract_date TEXT NOT NULL DEFAULT '',
  notes TEXT NOT NULL DEFAULT '',
  ordered_at INTEGER NOT NULL,
  origin TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX buyer_order_by_supplier ON buyer_order (supplier_org_id, ordered_at, order_id);
CREATE INDEX buyer_order_by_buyer ON buyer_order (buyer_org_id, ordered_at, order_id);

CREATE TABLE delivery (
  delivery_id TEXT PRIMARY KEY CHECK (delivery_id GLOB 'dlv_*' AND length(delivery_id) = 20),
  order_id TEXT NOT NULL REFERENCES buyer_order,
  supplier_org_id TEXT NOT NULL REFERENCES organisation,
  buyer_org_id TEXT NOT NULL REFERENCES organisation,
  units INTEGER NOT NULL CHECK (units > 0),
  notes TEXT NOT NULL DEFAULT '',          -- public
  delivered_at INTEGER NOT NULL,
  origin TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX delivery_by_order ON delivery (order_id, delivered_at);
CREATE INDEX delivery_by_buyer ON delivery (buyer_org_id, delivered_at, delivery_id);
CREATE INDEX delivery_by_supplier ON delivery (supplier_org_id, delivered_at, delivery_id);

CREATE TABLE transfer (
  transfer_id TEXT PRIMARY KEY CHECK (transfer_id GLOB 'tfr_*' AND length(transfer_id) = 20),
  kind TEXT NOT NULL CHECK (kind = 'internal' OR kind = 'external' OR kind = 'export'),
  state TEXT NOT NULL CHECK (state = 'awaiting_approval' OR state = 'pending' OR state = 'completed' OR state = 'rejected' OR state = 'withdrawn' OR state = 'expired' OR state = 'cancelled'),
  from_org_id TEXT NOT NULL REFERENCES organisation DEFERRABLE INITIALLY DEFERRED,
  to_org_id TEXT REFERENCES organisation DEFERRABLE INITIALLY DEFERRED,  -- NULL for an export
  to_account_id TEXT REFERENCES account DEFERRABLE INITIALLY DEFERRED,   -- internal: chosen by the sender; external: by the recipient when accepting
  to_system TEXT NOT NULL DEFAULT '',      -- export: the other tracking system
  to_system_party TEXT NOT NULL DEFAULT '',-- export: who receives it there
  supplier_org_id TEXT REFERENCES organisation DEFERRABLE INITIALLY DEFERRED, -- when all units are one supplier's
  instrument TEXT NOT NULL,
  units INTEGER NOT NULL CHECK (units > 0),
  notes TEXT NOT NULL DEFAULT '',          -- public once completed
  private_note TEXT NOT NULL DEFAULT '',   -- the two parties and administrators
  corrects_id TEXT REFERENCES transfer DEFERRABLE INITIALLY DEFERRED,    -- the completed transfer this one mends
  needs_approval INTEGER NOT NULL CHECK (needs_approval IN (0, 1)),                   -- a second person of the sender
  needs_registry_approval INTEGER NOT NULL CHECK (needs_registry_approval IN (0, 1)), -- a registry administrator
  submitted_by TEXT NOT NULL DEFAULT '',   -- person; '' for the operator (import)
  submitted_at INTEGER NOT NULL,
  approved_by TEXT, approved_at INTEGER, approval_comment TEXT,                         -- second person
  registry_approved_by TEXT, registry_approved_at INTEGER, registry_comment TEXT,       -- administrator
  expires_at INTEGER NOT NULL,             -- the waiting ends then; moved on when it becomes pending
  ended_by TEXT,                           -- person; '' for the operator or the clock
  ended_at INTEGER,                        -- when it got its final state
  end_reason TEXT,                         -- why rejected or cancelled: the parties see it
  note_redacted_at INTEGER,                -- the public note's words were taken away then
  note_redacted_reason TEXT,
  origin TEXT NOT NULL DEFAULT '',
  CHECK ((kind = 'export') = (to_org_id IS NULL)),
  CHECK ((state IN ('awaiting_approval', 'pending')) = (ended_at IS NULL))
) STRICT;
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

CREATE TABLE transfer_line (               -- the exact blocks that move; written once
  transfer_id TEXT NOT NULL REFERENCES transfer DEFERRABLE INITIALLY DEFERRED,
  line INTEGER NOT NULL CHECK (line >= 1),
  batch_id TEXT NOT NULL REFERENCES batch DEFERRABLE INITIALLY DEFERRED, -- the batch that moves (after the split)
  split_from TEXT REFERENCES batch DEFERRABLE INITIALLY DEFERRED,        -- the batch it was split from for this transfer; NULL: moved whole
  from_account_id TEXT NOT NULL REFERENCES account DEFERRABLE INITIALLY DEFERRED, -- where it goes back to
  units INTEGER NOT NULL CHECK (units > 0),
  PRIMARY KEY (transfer_id, line),
  UNIQUE (transfer_id, batch_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX transfer_line_by_batch ON transfer_line (batch_id, transfer_id);

CREATE TABLE delivery_line (
  delivery_id TEXT NOT NULL REFERENCES delivery,
  line INTEGER NOT NULL CHECK (line >= 1),
  batch_id TEXT NOT NULL REFERENCES batch,
  split_from TEXT REFERENCES batch,
  from_account_id TEXT NOT NULL REFERENCES account,
  to_account_id TEXT NOT NULL REFERENCES account,
  units INTEGER NOT NULL CHECK (units > 0),
  PRIMARY KEY (delivery_id, line)
) STRICT, WITHOUT ROWID;
CREATE INDEX delivery_line_by_batch ON delivery_line (batch_id, delivery_id);

CREATE TABLE retirement (
  retirement_id TEXT PRIMARY KEY CHECK (retirement_id GLOB 'ret_*' AND length(retirement_id) = 20),
  org_id TEXT NOT NULL REFERENCES organisation,      -- owner
  beneficiary_org_id TEXT REFERENCES organisation,   -- NULL: named only
  beneficiary TEXT NOT NULL CHECK (length(beneficiary) BETWEEN 1 AND 256), -- public name
  purposes INTEGER NOT NULL CHECK (purposes BETWEEN 1 AND 31), -- bits: 1 corporate_targets, 2 public_environmental_claims, 4 insetting, 8 regulatory_requirement, 16 other
  instrument TEXT NOT NULL,
  units INTEGER NOT NULL CHECK (units > 0),
  notes TEXT NOT NULL DEFAULT '',          -- public
  retired_by TEXT NOT NULL DEFAULT '',     -- person
  retired_at INTEGER NOT NULL,
  origin TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX retirement_by_time ON retirement (retired_at, retirement_id);
CREATE INDEX retirement_by_org ON retirement (org_id, retired_at, retirement_id);
CREATE INDEX retirement_by_beneficiary ON retirement (beneficiary_org_id, retired_at, retirement_id) WHERE beneficiary_org_id IS NOT NULL;

CREATE TABLE retirement_line (
  retirement_id TEXT NOT NULL REFERENCES retirement,
  line INTEGER NOT NULL CHECK (line >= 1),
  batch_id TEXT NOT NULL UNIQUE REFERENCES batch,    -- a batch retires once
  split_from TEXT REFERENCES batch,
  units INTEGER NOT NULL CHECK (units > 0),
  PRIMARY KEY (retirement_id, line)
) STRICT, WITHOUT ROWID;

CREATE TABLE act (                         -- the audit log: one row per command that was decided, refused ones too; append-only
  seq INTEGER PRIMARY KEY,                 -- the ledger's own order
  recorded_at INTEGER NOT NULL,            -- the daemon's clock
  at INTEGER NOT NULL,                     -- the time the command carried (equal, but for imports)
  program TEXT NOT NULL,                   -- which program asked
  user_id TEXT NOT NULL,                   -- who; '' for the operator at the command line or the clock
  org_id TEXT NOT NULL DEFAULT '',         -- for which organisation; '' for the registry
  command TEXT NOT NULL,                   -- "transfer", "accept", …
  subject_id TEXT NOT NULL DEFAULT '',     -- the thing acted on or made
  outcome TEXT NOT NULL,                   -- slug of the status; "ok"
  detail TEXT NOT NULL DEFAULT ''          -- in words, no private note
) STRICT;
CREATE INDEX act_by_subject ON act (subject_id, seq);
CREATE INDEX act_by_org ON act (org_id, seq);
CREATE INDEX act_by_person ON act (user_id, seq);
CREATE INDEX act_by_command ON act (command, seq);

CREATE TABLE idempotency (                 -- the first answer of each key, so that a repeat gets the same one
  scope TEXT NOT NULL,                     -- user id; "tally" for the operator
  key TEXT NOT NULL,
  fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 32), -- of the whole command but time and plan
  seq INTEGER NOT NULL REFERENCES act,
  answer BLOB NOT NULL,                    -- struct answer as it was sent
  PRIMARY KEY (scope, key)
) STRICT, WITHOUT ROWID;

-- History is written once.
CREATE TRIGGER act_no_update BEFORE UPDATE ON act BEGIN SELECT RAISE(ABORT, 'acts are never changed'); END;
CREATE TRIGGER act_no_delete BEFORE DELETE ON act BEGIN SELECT RAISE(ABORT, 'acts are never deleted'); END;
CREATE TRIGGER idempotency_no_update BEFORE UPDATE ON idempotency BEGIN SELECT RAISE(ABORT, 'answers are never changed'); END;
CREATE TRIGGER idempotency_no_delete BEFORE DELETE ON idempotency BEGIN SELECT RAISE(ABORT, 'answers are never deleted'); END;
CREATE TRIGGER issuance_no_update BEFORE UPDATE ON issuance BEGIN SELECT RAISE(ABORT, 'issuances are never changed'); END;
CREATE TRIGGER issuance_no_delete BEFORE DELETE ON issuance BEGIN SELECT RAISE(ABORT, 'issuances are never deleted'); END;
CREATE TRIGGER transfer_line_no_update BEFORE UPDATE ON transfer_line BEGIN SELECT RAISE(ABORT, 'transfer lines are never changed'); END;
CREATE TRIGGER transfer_line_no_delete BEFORE DELETE ON transfer_line BEGIN SELECT RAISE(ABORT, 'transfer lines are never deleted'); END;
CREATE TRIGGER delivery_no_update BEFORE UPDATE ON delivery BEGIN SELECT RAISE(ABORT, 'deliveries are never changed'); END;
CREATE TRIGGER delivery_no_delete BEFORE DELETE ON delivery BEGIN SELECT RAISE(ABORT, 'deliveries are never deleted'); END;
CREATE TRIGGER delivery_line_no_update BEFORE UPDATE ON delivery_line BEGIN SELECT RAISE(ABORT, 'delivery lines are never changed'); END;
CREATE TRIGGER delivery_line_no_delete BEFORE DELETE ON delivery_line BEGIN SELECT RAISE(ABORT, 'delivery lines are never deleted'); END;
CREATE TRIGGER retirement_no_update BEFORE UPDATE ON retirement BEGIN SELECT RAISE(ABORT, 'retirements are never changed'); END;
CREATE TRIGGER retirement_no_delete BEFORE DELETE ON retirement BEGIN SELECT RAISE(ABORT, 'retirements are never deleted'); END;
CREATE TRIGGER retirement_line_no_update BEFORE UPDATE ON retirement_line BEGIN SELECT RAISE(ABORT, 'retirement lines are never changed'); END;
CREATE TRIGGER retirement_line_no_delete BEFORE DELETE ON retirement_line BEGIN SELECT RAISE(ABORT, 'retirement lines are never deleted'); END;
CREATE TRIGGER batch_no_delete BEFORE DELETE ON batch BEGIN SELECT RAISE(ABORT, 'batches are never deleted'); END;
CREATE TRIGGER transfer_no_delete BEFORE DELETE ON transfer BEGIN SELECT RAISE(ABORT, 'transfers are never deleted'); END;
CREATE TRIGGER organisation_no_delete BEFORE DELETE ON organisation BEGIN SELECT RAISE(ABORT, 'organisations are never deleted'); END;

-- A batch keeps what it is for ever; only its holder and state move, and an ended batch is dead.
CREATE TRIGGER batch_fixed BEFORE UPDATE OF batch_id, project_id, issuance_id, supplier_org_id, vintage, first, last, parent_id, issued_at, made_at ON batch
  BEGIN SELECT RAISE(ROLLBACK, 'a batch is never resized'); END;
CREATE TRIGGER batch_dead BEFORE UPDATE ON batch WHEN OLD.state <> 'active'
  BEGIN SELECT RAISE(ROLLBACK, 'an ended batch is never changed'); END;
CREATE TRIGGER batch_no_overlap BEFORE INSERT ON batch
  WHEN (SELECT last FROM batch WHERE project_id = NEW.project_id AND vintage = NEW.vintage AND state <> 'split' AND first <= NEW.last
        ORDER BY first DESC LIMIT 1) >= NEW.first
  BEGIN SELECT RAISE(ROLLBACK, 'no unit is ever in two live batches'); END;
CREATE TRIGGER batch_child BEFORE INSERT ON batch
  WHEN NEW.parent_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM batch p WHERE p.batch_id = NEW.parent_id AND p.state = 'split' AND p.project_id = NEW.project_id AND p.vintage = NEW.vintage
      AND p.issuance_id = NEW.issuance_id AND p.supplier_org_id = NEW.supplier_org_id AND p.issued_at = NEW.issued_at
      AND ((p.left_id = NEW.batch_id AND p.first = NEW.first) OR (p.right_id = NEW.batch_id AND p.last = NEW.last)))
  BEGIN SELECT RAISE(ROLLBACK, 'a part is of its whole'); END;
-- A final transfer is final; only the words of its note may be taken away.
CREATE TRIGGER transfer_final BEFORE UPDATE ON transfer
  WHEN OLD.ended_at IS NOT NULL AND NOT (OLD.note_redacted_at IS NULL AND NEW.note_redacted_at IS NOT NULL AND NEW.state = OLD.state AND NEW.units = OLD.units
       AND NEW.from_org_id = OLD.from_org_id AND NEW.to_org_id IS OLD.to_org_id AND NEW.ended_at = OLD.ended_at AND NEW.notes = ''
       AND NEW.ended_by IS OLD.ended_by AND NEW.end_reason IS OLD.end_reason AND NEW.to_account_id IS OLD.to_account_id
       AND NEW.to_system = OLD.to_system AND NEW.to_system_party = OLD.to_system_party AND NEW.private_note = OLD.private_note
       AND NEW.approved_by IS OLD.approved_by AND NEW.approved_at IS OLD.approved_at AND NEW.approval_comment IS OLD.approval_comment
       AND NEW.registry_approved_by IS OLD.registry_approved_by AND NEW.registry_approved_at IS OLD.registry_approved_at
       AND NEW.registry_comment IS OLD.registry_comment AND NEW.expires_at = OLD.expires_at AND NEW.supplier_org_id IS OLD.supplier_org_id)
  BEGIN SELECT RAISE(ROLLBACK, 'an ended transfer is never changed'); END;
CREATE TRIGGER transfer_fixed BEFORE UPDATE OF transfer_id, kind, from_org_id, to_org_id, units, instrument, submitted_by, submitted_at, needs_approval, needs_registry_approval, corrects_id ON transfer
  BEGIN SELECT RAISE(ROLLBACK, 'what was submitted is never changed'); END;

-- What the public pages sort and count by.
CREATE INDEX transfer_by_corrected ON transfer (corrects_id, transfer_id) WHERE corrects_id IS NOT NULL;
CREATE INDEX issuance_by_units ON issuance (supplier_units + buffer_units, issuance_id);
CREATE INDEX retirement_by_units ON retirement (units, retirement_id);
CREATE INDEX retirement_by_instrument ON retirement (instrument, retired_at, units);
CREATE INDEX batch_retired ON batch (project_id, ended_at, ended_by) WHERE state = 'retired';
CREATE INDEX organisation_by_time ON organisation (opened_at, org_id);
