-- registry.db, version 7: reads that cost the same however large an organisation or a family of batches is.

-- The blocks as they were issued: written by issuances alone.
CREATE INDEX batch_root ON batch (issuance_id, first) WHERE parent_id IS NULL;

