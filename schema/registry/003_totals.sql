-- registry.db, version 3: running totals of what grows without end, so that a page need not count it. The ledger writes them in the
-- transaction of the act (store/ledger_totals.c); `tally verify` compares each with what it sums up.

CREATE TABLE holding (                     -- what an organisation holds, and last held: sums over batch
  org_id TEXT NOT NULL,                    -- the holder of the batches
  supplier_org_id TEXT NOT NULL,
  project_id TEXT NOT NULL,
  vintage INTEGER NOT NULL,
  account_id TEXT NOT NULL,                -- where they lie
  active INTEGER NOT NULL CHECK (active >= 0),           -- units; reserved is part of active
  reserved INTEGER NOT NULL CHECK (reserved >= 0 AND reserved <= active), -- units in pending transfers
  retired INTEGER NOT NULL CHECK (retired >= 0),         -- units
  exported INTEGER NOT NULL CHECK (exported >= 0),       -- units
  active_batches INTEGER NOT NULL CHECK (active_batches >= 0), -- how many blocks; reserved ones among them
  reserved_batches INTEGER NOT NULL CHECK (reserved_batches >= 0 AND reserved_batches <= active_batches),
  retired_batches INTEGER NOT NULL CHECK (retired_batches >= 0),
  exported_batches INTEGER NOT NULL CHECK (exported_batches >= 0),
  split_batches INTEGER NOT NULL CHECK (split_batches >= 0), -- blocks that were cut while they lay here
  PRIMARY KEY (org_id, supplier_org_id, project_id, vintage, account_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE transfer_total (              -- completed transfers of a kind
  kind TEXT PRIMARY KEY,                   -- as in transfer
  transfers INTEGER NOT NULL CHECK (transfers >= 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE year_total (                  -- what a calendar year (UTC) brought
  instrument TEXT NOT NULL,                -- as in project
  year INTEGER NOT NULL,
  issued INTEGER NOT NULL CHECK (issued >= 0),           -- units, imported ones too
  retired INTEGER NOT NULL CHECK (retired >= 0),         -- units
  retirements INTEGER NOT NULL CHECK (retirements >= 0), -- how many
  PRIMARY KEY (instrument, year)
) STRICT, WITHOUT ROWID;

CREATE TABLE instrument_total (            -- all projects of an instrument: sums over project and conservation
  instrument TEXT PRIMARY KEY,             -- as in project
  projects INTEGER NOT NULL CHECK (projects >= 0), -- how many
  issued INTEGER NOT NULL,                 -- units, and the next five as in conservation
  imported INTEGER NOT NULL,
  active INTEGER NOT NULL,
  retired INTEGER NOT NULL,
  exported INTEGER NOT NULL,
  cancelled INTEGER NOT NULL,
  CHECK (issued + imported = active + retired + exported + cancelled)
) STRICT, WITHOUT ROWID;
-- These acts are rare (issue, retire, export), so triggers keep it.
CREATE TRIGGER instrument_total_project AFTER INSERT ON project BEGIN
  INSERT INTO instrument_total (instrument, projects, issued, imported, active, retired, exported, cancelled)
    VALUES (NEW.instrument, 1, 0, 0, 0, 0, 0, 0) ON CONFLICT (instrument) DO UPDATE SET projects = projects + 1; END;
CREATE TRIGGER instrument_total_begin AFTER INSERT ON conservation BEGIN
  UPDATE instrument_total SET issued = issued + NEW.issued, imported = imported + NEW.imported, active = active + NEW.active,
    retired = retired + NEW.retired, exported = exported + NEW.exported, cancelled = cancelled + NEW.cancelled
    WHERE instrument = (SELECT p.instrument FROM project p WHERE p.project_id = NEW.project_id); END;
CREATE TRIGGER instrument_total_change AFTER UPDATE ON conservation BEGIN
  UPDATE instrument_total SET issued = issued + NEW.issued - OLD.issued, imported = imported + NEW.imported - OLD.imported,
    active = active + NEW.active - OLD.active, retired = retired + NEW.retired - OLD.retired,
    exported = exported + NEW.exported - OLD.exported, cancelled = cancelled + NEW.cancelled - OLD.cancelled
    WHERE instrument = (SELECT p.instrument FROM project p WHERE p.project_id = NEW.project_id); END;
CREATE TRIGGER instrument_total_moved AFTER UPDATE OF instrument ON project WHEN NEW.instrument <> OLD.instrument BEGIN
  SELECT RAISE(ABORT, 'a project with units keeps its instrument') WHERE EXISTS (SELECT 1 FROM conservation c WHERE c.project_id = NEW.project_id);
  UPDATE instrument_total SET projects = projects - 1 WHERE instrument = OLD.instrument;
  INSERT INTO instrument_total (instrument, projects, issued, imported, active, retired, exported, cancelled)
    VALUES (NEW.instrument, 1, 0, 0, 0, 0, 0, 0) ON CONFLICT (instrument) DO UPDATE SET projects = projects + 1; END;

-- What there is already. A tool that writes tables past the ledger (tests/bench) empties the four and runs these lines again.
-- totals begin
INSERT INTO holding (org_id, supplier_org_id, project_id, vintage, account_id, active, reserved, retired, exported,
    active_batches, reserved_batches, retired_batches, exported_batches, split_batches)
  SELECT org_id, supplier_org_id, project_id, vintage, account_id,
    sum(iif(state = 'active', last - first + 1, 0)), sum(iif(reserved_by IS NOT NULL, last - first + 1, 0)),
    sum(iif(state = 'retired', last - first + 1, 0)), sum(iif(state = 'exported', last - first + 1, 0)),
    sum(state = 'active'), sum(reserved_by IS NOT NULL), sum(state = 'retired'), sum(state = 'exported'), sum(state = 'split')
  FROM batch GROUP BY org_id, supplier_org_id, project_id, vintage, account_id;
INSERT INTO transfer_total (kind, transfers) SELECT kind, count(*) FROM transfer WHERE state = 'completed' GROUP BY kind;
INSERT INTO year_total (instrument, year, issued, retired, retirements)
  SELECT instrument, year, sum(issued), sum(retired), sum(retirements) FROM (
    SELECT p.instrument, CAST(strftime('%Y', i.issued_at / 1000000, 'unixepoch') AS INTEGER) AS year,
      i.supplier_units + i.buffer_units AS issued, 0 AS retired, 0 AS retirements
      FROM issuance i JOIN project p ON p.project_id = i.project_id
    UNION ALL SELECT instrument, CAST(strftime('%Y', retired_at / 1000000, 'unixepoch') AS INTEGER), 0, units, 1 FROM retirement)
  GROUP BY instrument, year;
INSERT INTO instrument_total (instrument, projects, issued, imported, active, retired, exported, cancelled)
  SELECT p.instrument, count(DISTINCT p.project_id), coalesce(sum(c.issued), 0), coalesce(sum(c.imported), 0), coalesce(sum(c.active), 0),
    coalesce(sum(c.retired), 0), coalesce(sum(c.exported), 0), coalesce(sum(c.cancelled), 0)
  FROM project p LEFT JOIN conservation c ON c.project_id = p.project_id GROUP BY p.instrument;
-- totals end
