-- registry.db, version 5: what an organisation no longer has, in the order in which its batches are listed (store/api_holdings.h), so that
-- a page of them costs the same however many there are. Written when a batch is retired, exported or cancelled, and at no other act.

CREATE INDEX batch_ended ON batch (org_id, state, supplier_org_id, issued_at, project_id, vintage, first)
  WHERE state = 'retired' OR state = 'exported' OR state = 'cancelled';
