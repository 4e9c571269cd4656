-- registry.db, version 4: beneficiaries that are only named, refunds and cancellations of buffer-pool units, programs as members, whose
-- consent an order is, and what each act told the world (the change feed).

-- ---- programs: an access token acts as a person of its own ----
ALTER TABLE person ADD COLUMN is_program INTEGER NOT NULL DEFAULT 0 CHECK (is_program IN (0, 1)); -- 1: an access token, no human being
ALTER TABLE person ADD COLUMN made_by TEXT NOT NULL DEFAULT ''; -- who made it known; '' the operator, or made known before version 4
ALTER TABLE person ADD COLUMN program_org_id TEXT REFERENCES organisation -- the one organisation that a program may belong to; NULL: a human being
  CHECK ((program_org_id IS NOT NULL) = (is_program = 1) AND (is_program = 0 OR registry_roles = 0));
CREATE TRIGGER person_fixed BEFORE UPDATE OF user_id, is_program, made_by, program_org_id ON person
  BEGIN SELECT RAISE(ROLLBACK, 'what a person is never changes'); END;
CREATE TRIGGER membership_program BEFORE INSERT ON membership
  WHEN (SELECT p.program_org_id FROM person p WHERE p.user_id = NEW.user_id) <> NEW.org_id
  BEGIN SELECT RAISE(ROLLBACK, 'a program belongs to one organisation'); END;

-- ---- orders: whose consent they are ----
ALTER TABLE buyer_order ADD COLUMN ordered_by TEXT NOT NULL DEFAULT ''; -- person; '' the operator, or recorded before version 4
ALTER TABLE buyer_order ADD COLUMN buyer_agreed INTEGER NOT NULL DEFAULT 1 CHECK (buyer_agreed IN (0, 1)); -- recorded by the buyer or the registry; 0: by the supplier alone

-- ---- beneficiaries that are only named ----
-- Not an organisation: it holds, sends and receives nothing, has no accounts and no members, and is on no public list.
CREATE TABLE beneficiary (
  beneficiary_id TEXT PRIMARY KEY CHECK (beneficiary_id GLOB 'org_*' AND length(beneficiary_id) = 20), -- no organisation has the same
  org_id TEXT NOT NULL REFERENCES organisation, -- who named it, and may alone retire for it
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 256), -- public on the certificates of its retirements
  domain TEXT NOT NULL DEFAULT '',         -- "example.org", never shown to others; '' for an individual
  is_individual INTEGER NOT NULL CHECK (is_individual IN (0, 1)), -- a human being: no domain, and no address here
  named_by TEXT NOT NULL DEFAULT '',       -- person
  named_at INTEGER NOT NULL,
  CHECK ((domain = '') = (is_individual = 1))
) STRICT;
CREATE UNIQUE INDEX beneficiary_domain ON beneficiary (org_id, domain COLLATE NOCASE) WHERE domain <> '';
CREATE INDEX beneficiary_by_name ON beneficiary (org_id, name COLLATE NOCASE, beneficiary_id);
CREATE TRIGGER beneficiary_no_update BEFORE UPDATE ON beneficiary BEGIN SELECT RAISE(ABORT, 'beneficiaries are never changed'); END;
CREATE TRIGGER beneficiary_no_delete BEFORE DELETE ON beneficiary BEGIN SELECT RAISE(ABORT, 'beneficiaries are never deleted'); END;
CREATE TRIGGER beneficiary_apart BEFORE INSERT ON beneficiary
  WHEN EXISTS (SELECT 1 FROM organisation o WHERE o.org_id = NEW.beneficiary_id)
  BEGIN SELECT RAISE(ROLLBACK, 'an organisation has this id'); END;
CREATE TRIGGER organisation_apart BEFORE INSERT ON organisation
  WHEN EXISTS (SELECT 1 FROM beneficiary b WHERE b.beneficiary_id = NEW.org_id)
  BEGIN SELECT RAISE(ROLLBACK, 'a beneficiary has this id'); END;
-- A retirement is for an organisation (beneficiary_org_id), for a named beneficiary (this), or for a name alone (both NULL).
ALTER TABLE retirement ADD COLUMN named_beneficiary_id TEXT REFERENCES beneficiary CHECK (named_beneficiary_id IS NULL OR beneficiary_org_id IS NULL);
CREATE INDEX retirement_by_named ON retirement (named_beneficiary_id, retired_at, retirement_id) WHERE named_beneficiary_id IS NOT NULL;
CREATE TRIGGER retirement_own_beneficiary BEFORE INSERT ON retirement
  WHEN NEW.named_beneficiary_id IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM beneficiary b WHERE b.beneficiary_id = NEW.named_beneficiary_id AND b.org_id = NEW.org_id)
  BEGIN SELECT RAISE(ROLLBACK, 'a beneficiary is its namer''s alone'); END;

-- ---- the buffer pool: units go back to the supplier, or are cancelled after a reversal ----
CREATE TABLE refund (                      -- out of a buffer organisation's Reserve account into the supplier's Main account; public
  refund_id TEXT PRIMARY KEY CHECK (refund_id GLOB 'bpr_*' AND length(refund_id) = 20),
  from_org_id TEXT NOT NULL REFERENCES organisation,   -- the buffer organisation
  to_org_id TEXT NOT NULL REFERENCES organisation,     -- the supplier of all units
  project_id TEXT REFERENCES project,      -- when all units are of one project
  instrument TEXT NOT NULL,
  units INTEGER NOT NULL CHECK (units > 0),
  notes TEXT NOT NULL DEFAULT '',          -- public
  refunded_by TEXT NOT NULL DEFAULT '',    -- person
  refunded_at INTEGER NOT NULL,
  origin TEXT NOT NULL DEFAULT '',
  CHECK (from_org_id <> to_org_id)
) STRICT;
CREATE INDEX refund_by_time ON refund (refunded_at, refund_id);
CREATE INDEX refund_by_sender ON refund (from_org_id, refunded_at, refund_id);
CREATE INDEX refund_by_supplier ON refund (to_org_id, refunded_at, refund_id);
CREATE TABLE refund_line (
  refund_id TEXT NOT NULL REFERENCES refund,
  line INTEGER NOT NULL CHECK (line >= 1),
  batch_id TEXT NOT NULL REFERENCES batch, -- the batch that went back (after the split)
  split_from TEXT REFERENCES batch,        -- NULL: whole
  from_account_id TEXT NOT NULL REFERENCES account,
  to_account_id TEXT NOT NULL REFERENCES account,
  units INTEGER NOT NULL CHECK (units > 0),
  PRIMARY KEY (refund_id, line)
) STRICT, WITHOUT ROWID;
CREATE INDEX refund_line_by_batch ON refund_line (batch_id, refund_id);
CREATE TABLE cancellation (                -- units of a buffer organisation's Reserve account that are no longer true; public
  cancellation_id TEXT PRIMARY KEY CHECK (cancellation_id GLOB 'cnl_*' AND length(cancellation_id) = 20),
  org_id TEXT NOT NULL REFERENCES organisation,          -- the buffer organisation
  supplier_org_id TEXT NOT NULL REFERENCES organisation, -- the supplier of all units
  project_id TEXT REFERENCES project,      -- when all units are of one project
  instrument TEXT NOT NULL,
  units INTEGER NOT NULL CHECK (units > 0),
  reason TEXT NOT NULL CHECK (reason <> ''), -- public: which reversal
  cancelled_by TEXT NOT NULL DEFAULT '',   -- person
  cancelled_at INTEGER NOT NULL,
  origin TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX cancellation_by_time ON cancellation (cancelled_at, cancellation_id);
CREATE INDEX cancellation_by_org ON cancellation (org_id, cancelled_at, cancellation_id);
CREATE INDEX cancellation_by_supplier ON cancellation (supplier_org_id, cancelled_at, cancellation_id);
CREATE TABLE cancellation_line (
  cancellation_id TEXT NOT NULL REFERENCES cancellation,
  line INTEGER NOT NULL CHECK (line >= 1),
  batch_id TEXT NOT NULL UNIQUE REFERENCES batch, -- a batch is cancelled once
  split_from TEXT REFERENCES batch,        -- NULL: whole
  units INTEGER NOT NULL CHECK (units > 0),
  PRIMARY KEY (cancellation_id, line)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER refund_no_update BEFORE UPDATE ON refund BEGIN SELECT RAISE(ABORT, 'refunds are never changed'); END;
CREATE TRIGGER refund_no_delete BEFORE DELETE ON refund BEGIN SELECT RAISE(ABORT, 'refunds are never deleted'); END;
CREATE TRIGGER refund_line_no_update BEFORE UPDATE ON refund_line BEGIN SELECT RAISE(ABORT, 'refund lines are never changed'); END;
CREATE TRIGGER refund_line_no_delete BEFORE DELETE ON refund_line BEGIN SELECT RAISE(ABORT, 'refund lines are never deleted'); END;
CREATE TRIGGER cancellation_no_update BEFORE UPDATE ON cancellation BEGIN SELECT RAISE(ABORT, 'cancellations are never changed'); END;
CREATE TRIGGER cancellation_no_delete BEFORE DELETE ON cancellation BEGIN SELECT RAISE(ABORT, 'cancellations are never deleted'); END;
CREATE TRIGGER cancellation_line_no_update BEFORE UPDATE ON cancellation_line BEGIN SELECT RAISE(ABORT, 'cancellation lines are never changed'); END;
CREATE TRIGGER cancellation_line_no_delete BEFORE DELETE ON cancellation_line BEGIN SELECT RAISE(ABORT, 'cancellation lines are never deleted'); END;

-- ---- the change feed: what an act told, and whom (store/events.h) ----
ALTER TABLE act ADD COLUMN event TEXT NOT NULL DEFAULT '';        -- "transfer.completed" …; '': nothing that anybody is told
ALTER TABLE act ADD COLUMN other_org_id TEXT NOT NULL DEFAULT ''; -- the other organisation that is told besides org_id; '' none
ALTER TABLE act ADD COLUMN is_public INTEGER NOT NULL DEFAULT 0 CHECK (is_public IN (0, 1)); -- 1: everybody is told

-- What there was before: the acts' own order and what has become of their transfers say what each told.
DROP TRIGGER act_no_update;
UPDATE act SET is_public = (command NOT IN ('order', 'set-policy', 'trust', 'open-account', 'close-account', 'set-member')),
    event = CASE command WHEN 'open-organisation' THEN 'organisation.opened' WHEN 'edit-organisation' THEN 'organisation.changed'
      WHEN 'set-organisation-state' THEN 'organisation.changed' WHEN 'open-project' THEN 'project.opened' WHEN 'edit-project' THEN 'project.changed'
      WHEN 'issue' THEN 'issuance.made' WHEN 'order' THEN 'order.recorded' WHEN 'deliver' THEN 'delivery.made' WHEN 'retire' THEN 'retirement.made'
      WHEN 'set-policy' THEN 'policy.changed' WHEN 'trust' THEN 'trust.changed' WHEN 'open-account' THEN 'account.opened'
      WHEN 'close-account' THEN 'account.closed' WHEN 'set-member' THEN 'member.changed' WHEN 'set-settings' THEN 'registry.changed'
      WHEN 'freeze' THEN iif(detail = 'no longer frozen', 'registry.thawed', 'registry.frozen') END
  WHERE outcome = 'ok' AND command IN ('open-organisation', 'edit-organisation', 'set-organisation-state', 'open-project', 'edit-project', 'issue',
    'order', 'deliver', 'retire', 'set-policy', 'trust', 'open-account', 'close-account', 'set-member', 'set-settings', 'freeze');
UPDATE act SET other_org_id = iif(act.org_id = o.buyer_org_id, o.supplier_org_id, o.buyer_org_id) FROM buyer_order o
  WHERE o.order_id = act.subject_id AND act.event = 'order.recorded';
UPDATE act SET other_org_id = d.buyer_org_id FROM delivery d WHERE d.delivery_id = act.subject_id AND act.event = 'delivery.made';
UPDATE act SET other_org_id = r.beneficiary_org_id FROM retirement r WHERE r.retirement_id = act.subject_id AND act.event = 'retirement.made'
  AND r.beneficiary_org_id <> r.org_id;
-- A transfer: it was completed by the last of its acts that bring it nearer, it waited for the recipient from the last approval on.
UPDATE act SET event = CASE
      WHEN command IN ('reject', 'refuse', 'registry-refuse', 'reject-export') THEN 'transfer.rejected'
      WHEN command = 'withdraw' THEN 'transfer.withdrawn' WHEN command = 'expire' THEN 'transfer.expired' WHEN command = 'cancel' THEN 'transfer.cancelled'
      WHEN command = 'redact-note' THEN 'transfer.note_redacted' WHEN command IN ('accept', 'complete-export') THEN 'transfer.completed'
      WHEN (SELECT count(*) FROM act b WHERE b.subject_id = act.subject_id AND b.seq <= act.seq AND b.outcome = 'ok'
        AND +b.command IN ('approve', 'registry-approve')) < t.needs_approval + t.needs_registry_approval
        THEN iif(command = 'transfer', 'transfer.awaiting_approval', 'transfer.approved')
      WHEN t.state = 'completed' AND NOT EXISTS (SELECT 1 FROM act b WHERE b.subject_id = act.subject_id AND b.seq > act.seq AND b.outcome = 'ok'
        AND +b.command IN ('accept', 'complete-export')) THEN 'transfer.completed'
      ELSE 'transfer.pending' END,
    other_org_id = iif(t.to_org_id IS NULL OR t.to_org_id = t.from_org_id, '', iif(act.org_id = t.from_org_id, t.to_org_id, t.from_org_id))
  FROM transfer t WHERE t.transfer_id = act.subject_id AND act.outcome = 'ok' AND act.command IN ('transfer', 'approve', 'registry-approve', 'accept',
    'complete-export', 'reject', 'refuse', 'registry-refuse', 'reject-export', 'withdraw', 'expire', 'cancel', 'redact-note');
UPDATE act SET is_public = 1 WHERE event = 'transfer.completed';
UPDATE act SET is_public = 1 FROM transfer t WHERE t.transfer_id = act.subject_id AND act.event = 'transfer.note_redacted' AND t.state = 'completed';
-- The recipient learns of it with the last approval, not before.
UPDATE act SET other_org_id = '' WHERE event IN ('transfer.awaiting_approval', 'transfer.approved');
UPDATE act SET other_org_id = '' FROM transfer t WHERE t.transfer_id = act.subject_id AND act.event IN ('transfer.rejected', 'transfer.withdrawn',
    'transfer.expired', 'transfer.cancelled', 'transfer.note_redacted')
  AND ((t.needs_approval = 1 AND t.approved_at IS NULL) OR (t.needs_registry_approval = 1 AND t.registry_approved_at IS NULL));
CREATE TRIGGER act_no_update BEFORE UPDATE ON act BEGIN SELECT RAISE(ABORT, 'acts are never changed'); END;
CREATE INDEX act_public ON act (seq) WHERE is_public = 1;
CREATE INDEX act_by_other ON act (other_org_id, seq) WHERE other_org_id <> '';
