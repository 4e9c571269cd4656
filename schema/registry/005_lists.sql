-- registry.db, version 5: what the API lists and counts, for any number of transfers.

-- Completed transfers of a kind in the order in which they were sent. The state is in it so that they are counted without being read.
CREATE INDEX transfer_listed ON transfer (kind, state, submitted_at, transfer_id) WHERE state = 'completed';
-- What came to nothing, for its parties.
CREATE INDEX transfer_undone_sender ON transfer (from_org_id, submitted_at, transfer_id) WHERE ended_at IS NOT NULL AND state <> 'completed';
CREATE INDEX transfer_undone_recipient ON transfer (to_org_id, submitted_at, transfer_id) WHERE ended_at IS NOT NULL AND state <> 'completed' AND to_org_id IS NOT NULL;

-- A running total as those of version 3: the ledger writes it in the transaction of the act, `tally verify` compares it.
CREATE TABLE transfer_pair_total (         -- transfers that have ended, by sender and recipient
  from_org_id TEXT NOT NULL,
  kind TEXT NOT NULL,                      -- as in transfer
  state TEXT NOT NULL,                     -- as in transfer, a final one
  to_org_id TEXT NOT NULL,                 -- '' for an export
  reached INTEGER NOT NULL CHECK (reached IN (0, 1)), -- 1: the recipient had learnt of it
  transfers INTEGER NOT NULL CHECK (transfers >= 0),
  PRIMARY KEY (from_org_id, kind, state, to_org_id, reached)
) STRICT, WITHOUT ROWID;
CREATE INDEX transfer_pair_total_by_recipient ON transfer_pair_total (to_org_id, kind, state, from_org_id, reached);

-- What there is already, as in version 3.
-- totals begin
INSERT INTO transfer_pair_total (from_org_id, kind, state, to_org_id, reached, transfers)
  SELECT from_org_id, kind, state, ifnull(to_org_id, ''),
    state = 'completed' OR ((needs_approval = 0 OR approved_at IS NOT NULL) AND (needs_registry_approval = 0 OR registry_approved_at IS NOT NULL)) AS reached,
    count(*) FROM transfer WHERE ended_at IS NOT NULL GROUP BY 1, 2, 3, 4, 5;
-- totals end

-- What an organisation no longer has, in the order in which its batches are listed (store/api_holdings.h), so that a page of them
-- costs the same however many there are. Written once for each batch, when it ends.
CREATE INDEX batch_ended ON batch (org_id, state, supplier_org_id, issued_at, project_id, vintage, first)
  WHERE state = 'split' OR state = 'retired' OR state = 'exported' OR state = 'cancelled';
