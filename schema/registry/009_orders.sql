-- registry.db, version 9: what an order counts. A supplier may have projects of both instruments, so an order says which one is ordered.

-- NULL only while this file runs: the trigger below asks for it. SQLite adds no column that is NOT NULL and has no default.
ALTER TABLE buyer_order ADD COLUMN instrument TEXT CHECK (instrument IN ('carbon_removal', 'renewable_energy')); -- what units and delivered_units count
-- How it came to be known. Orders of before this version did not say it; each says here by which rule it was found:
-- 'order' it was given when the order was recorded; 'deliveries' all that was delivered against it is of it, and so is the supplier's
-- first project, in which the quantity was entered and shown; 'projects' nothing was delivered, and all projects of the supplier are of
-- it; 'first_project' nothing was delivered, and the supplier has projects of both or none: it is that of the supplier's first project
-- (carbon_removal when it has none); 'other_deliveries' all that was delivered is of it, but the quantity was entered and shown in the
-- other, so that it may say a thousand times too much or too little; 'unclear' units of both were delivered: it is that of the first
-- delivery. `tally migrate` names the orders of the last three.
ALTER TABLE buyer_order ADD COLUMN instrument_by TEXT NOT NULL DEFAULT 'order'
  CHECK (instrument_by IN ('order', 'deliveries', 'projects', 'first_project', 'other_deliveries', 'unclear'));

UPDATE buyer_order SET instrument_by = CASE
    (SELECT count(DISTINCT p.instrument) FROM delivery d JOIN delivery_line l ON l.delivery_id = d.delivery_id
      JOIN batch b ON b.batch_id = l.batch_id JOIN project p ON p.project_id = b.project_id WHERE d.order_id = buyer_order.order_id)
    WHEN 2 THEN 'unclear' WHEN 1 THEN 'deliveries'
    ELSE iif((SELECT count(DISTINCT p.instrument) FROM project p WHERE p.org_id = buyer_order.supplier_org_id) = 1, 'projects', 'first_project') END;
UPDATE buyer_order SET instrument = coalesce(
    (SELECT p.instrument FROM delivery d JOIN delivery_line l ON l.delivery_id = d.delivery_id JOIN batch b ON b.batch_id = l.batch_id
      JOIN project p ON p.project_id = b.project_id WHERE d.order_id = buyer_order.order_id ORDER BY d.delivered_at, d.delivery_id, l.line LIMIT 1),
    (SELECT p.instrument FROM project p WHERE p.org_id = buyer_order.supplier_org_id ORDER BY p.project_id LIMIT 1), 'carbon_removal');
UPDATE buyer_order SET instrument_by = 'other_deliveries' WHERE instrument_by = 'deliveries' AND instrument <>
    (SELECT p.instrument FROM project p WHERE p.org_id = buyer_order.supplier_org_id ORDER BY p.project_id LIMIT 1);

-- The orders that somebody should look at, for `tally migrate`.
CREATE INDEX buyer_order_guessed ON buyer_order (order_id) WHERE instrument_by IN ('first_project', 'other_deliveries', 'unclear');

-- From here on it is given, and for ever; what is delivered is of it.
CREATE TRIGGER buyer_order_given BEFORE INSERT ON buyer_order WHEN NEW.instrument IS NULL OR NEW.instrument_by <> 'order'
  BEGIN SELECT RAISE(ROLLBACK, 'an order says what it counts'); END;
CREATE TRIGGER buyer_order_fixed BEFORE UPDATE OF order_id, supplier_org_id, buyer_org_id, units, instrument, instrument_by, ordered_at ON buyer_order
  BEGIN SELECT RAISE(ROLLBACK, 'what was ordered is never changed'); END;
CREATE TRIGGER delivery_line_ordered BEFORE INSERT ON delivery_line
  WHEN (SELECT o.instrument FROM delivery d CROSS JOIN buyer_order o ON o.order_id = d.order_id WHERE d.delivery_id = NEW.delivery_id)
    <> (SELECT p.instrument FROM batch b CROSS JOIN project p ON p.project_id = b.project_id WHERE b.batch_id = NEW.batch_id)
  BEGIN SELECT RAISE(ROLLBACK, 'a delivery is of what was ordered'); END;
