-- registry.db, version 6: orders and deliveries in order of time for everybody who lists them, and what was set aside for the buffer pool.

CREATE INDEX buyer_order_by_time ON buyer_order (ordered_at, order_id);
CREATE INDEX delivery_by_time ON delivery (delivered_at, delivery_id);
CREATE INDEX issuance_to_buffer ON issuance (project_id, vintage, buffer_units) WHERE buffer_units > 0;
CREATE INDEX organisation_buffer ON organisation (org_id) WHERE kind = 'buffer';
