-- registry.db, version 7: reads that cost the same however large an organisation or a family of batches is.

-- The blocks as they were issued: written by issuances alone.
CREATE INDEX batch_root ON batch (issuance_id, first) WHERE parent_id IS NULL;

-- What waits, for its parties: with what is asked of each, so that it is counted without being read.
DROP INDEX transfer_waiting_sender;
DROP INDEX transfer_waiting_recipient;
CREATE INDEX transfer_waiting_sender ON transfer (from_org_id, submitted_at, transfer_id, state) WHERE ended_at IS NULL;
CREATE INDEX transfer_waiting_recipient ON transfer (to_org_id, submitted_at, transfer_id, state, from_org_id) WHERE ended_at IS NULL AND to_org_id IS NOT NULL;

-- What went from one organisation to one other.
CREATE INDEX transfer_pair ON transfer (from_org_id, to_org_id, submitted_at, transfer_id) WHERE state = 'completed' AND to_org_id IS NOT NULL;

-- What waits in pending transfers, in the order in which an organisation's batches are listed (store/api_holdings.h).
CREATE INDEX batch_waiting ON batch (org_id, supplier_org_id, issued_at, project_id, vintage, first) WHERE reserved_by IS NOT NULL;

-- What others retired on behalf of an organisation, in the same order; and how many batches that is. Both are written with the lines of
-- a retirement; `tally verify` compares these three tables with what they are made of.
CREATE TABLE benefit (
  org_id TEXT NOT NULL,                    -- the beneficiary
  supplier_org_id TEXT NOT NULL,           -- this and what follows as in batch
  issued_at INTEGER NOT NULL,
  project_id TEXT NOT NULL,
  vintage INTEGER NOT NULL,
  first INTEGER NOT NULL,
  batch_id TEXT NOT NULL,                  -- the batch that was retired
  PRIMARY KEY (org_id, supplier_org_id, issued_at, project_id, vintage, first)
) STRICT, WITHOUT ROWID;
CREATE TABLE benefit_total (
  org_id TEXT NOT NULL,                    -- the beneficiary
  supplier_org_id TEXT NOT NULL,
  project_id TEXT NOT NULL,
  batches INTEGER NOT NULL CHECK (batches >= 0),
  PRIMARY KEY (org_id, supplier_org_id, project_id)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER benefit_retired AFTER INSERT ON retirement_line BEGIN
  INSERT INTO benefit (org_id, supplier_org_id, issued_at, project_id, vintage, first, batch_id)
    SELECT r.beneficiary_org_id, b.supplier_org_id, b.issued_at, b.project_id, b.vintage, b.first, b.batch_id
    FROM retirement r CROSS JOIN batch b ON b.batch_id = NEW.batch_id
    WHERE r.retirement_id = NEW.retirement_id AND r.beneficiary_org_id <> r.org_id;
  INSERT INTO benefit_total (org_id, supplier_org_id, project_id, batches) SELECT r.beneficiary_org_id, b.supplier_org_id, b.project_id, 1
    FROM retirement r CROSS JOIN batch b ON b.batch_id = NEW.batch_id
    WHERE r.retirement_id = NEW.retirement_id AND r.beneficiary_org_id <> r.org_id
    ON CONFLICT (org_id, supplier_org_id, project_id) DO UPDATE SET batches = batches + 1; END;

-- What a buyer has of what came with a delivery: a running total as `holding`, for the balance of each order.
CREATE TABLE delivery_holding (
  org_id TEXT NOT NULL,                    -- the buyer of the delivery; what it passed on is nobody's here
  delivery_id TEXT NOT NULL,
  project_id TEXT NOT NULL,
  account_id TEXT NOT NULL,                -- where the batches lie
  active INTEGER NOT NULL CHECK (active >= 0),           -- units; reserved is part of active
  reserved INTEGER NOT NULL CHECK (reserved >= 0 AND reserved <= active), -- units in pending transfers
  retired INTEGER NOT NULL CHECK (retired >= 0),         -- units
  PRIMARY KEY (org_id, delivery_id, project_id, account_id)
) STRICT, WITHOUT ROWID;

-- What there is already, as in version 3.
-- totals begin
INSERT INTO benefit (org_id, supplier_org_id, issued_at, project_id, vintage, first, batch_id)
  SELECT r.beneficiary_org_id, b.supplier_org_id, b.issued_at, b.project_id, b.vintage, b.first, b.batch_id
  FROM retirement r JOIN retirement_line l ON l.retirement_id = r.retirement_id JOIN batch b ON b.batch_id = l.batch_id
  WHERE r.beneficiary_org_id <> r.org_id;
INSERT INTO benefit_total (org_id, supplier_org_id, project_id, batches)
  SELECT org_id, supplier_org_id, project_id, count(*) FROM benefit GROUP BY org_id, supplier_org_id, project_id;
INSERT INTO delivery_holding (org_id, delivery_id, project_id, account_id, active, reserved, retired)
  SELECT b.org_id, b.delivery_id, b.project_id, b.account_id, sum(iif(b.state = 'active', b.last - b.first + 1, 0)),
    sum(iif(b.reserved_by IS NOT NULL, b.last - b.first + 1, 0)), sum(iif(b.state = 'retired', b.last - b.first + 1, 0))
  FROM delivery d JOIN batch b ON b.delivery_id = d.delivery_id AND b.org_id = d.buyer_org_id
  WHERE b.state IN ('active', 'retired') GROUP BY 1, 2, 3, 4;
-- totals end
