-- registry.db, version 10: every public note can be redacted, as that of a transfer could since version 1, and so can the name of a
-- beneficiary that was typed for a retirement. The words go for good; that there were some, when they went and why stay.

ALTER TABLE issuance ADD COLUMN note_redacted_at INTEGER -- the public note's words were taken away then; NULL: they were not
  CHECK (note_redacted_at IS NULL OR notes = '');
ALTER TABLE issuance ADD COLUMN note_redacted_reason TEXT -- why; public, in place of the note
  CHECK ((note_redacted_at IS NULL) = (note_redacted_reason IS NULL));
ALTER TABLE delivery ADD COLUMN note_redacted_at INTEGER -- as in issuance
  CHECK (note_redacted_at IS NULL OR notes = '');
ALTER TABLE delivery ADD COLUMN note_redacted_reason TEXT -- as in issuance
  CHECK ((note_redacted_at IS NULL) = (note_redacted_reason IS NULL));
ALTER TABLE refund ADD COLUMN note_redacted_at INTEGER -- as in issuance
  CHECK (note_redacted_at IS NULL OR notes = '');
ALTER TABLE refund ADD COLUMN note_redacted_reason TEXT -- as in issuance
  CHECK ((note_redacted_at IS NULL) = (note_redacted_reason IS NULL));
ALTER TABLE retirement ADD COLUMN note_redacted_at INTEGER -- as in issuance
  CHECK (note_redacted_at IS NULL OR notes = '');
ALTER TABLE retirement ADD COLUMN note_redacted_reason TEXT -- as in issuance
  CHECK ((note_redacted_at IS NULL) = (note_redacted_reason IS NULL));
-- What may not be empty becomes '[redacted]'.
ALTER TABLE retirement ADD COLUMN name_redacted_at INTEGER -- the beneficiary's name was taken away then; NULL: it was not
  CHECK (name_redacted_at IS NULL OR beneficiary = '[redacted]');
ALTER TABLE retirement ADD COLUMN name_redacted_reason TEXT -- why; public
  CHECK ((name_redacted_at IS NULL) = (name_redacted_reason IS NULL));
ALTER TABLE cancellation ADD COLUMN note_redacted_at INTEGER -- the reason's words were taken away then; NULL: they were not
  CHECK (note_redacted_at IS NULL OR reason = '[redacted]');
ALTER TABLE cancellation ADD COLUMN note_redacted_reason TEXT -- why; public
  CHECK ((note_redacted_at IS NULL) = (note_redacted_reason IS NULL));

-- Nothing but one redaction of words that are there passes, and none is ever taken back.
DROP TRIGGER issuance_no_update;
CREATE TRIGGER issuance_no_update BEFORE UPDATE ON issuance
  WHEN NOT (OLD.note_redacted_at IS NULL AND NEW.note_redacted_at IS NOT NULL AND OLD.notes <> '' AND NEW.notes = ''
    AND NEW.issuance_id = OLD.issuance_id AND NEW.project_id = OLD.project_id AND NEW.vintage = OLD.vintage AND NEW.kind = OLD.kind
    AND NEW.supplier_units = OLD.supplier_units AND NEW.buffer_units = OLD.buffer_units AND NEW.reporting_start = OLD.reporting_start
    AND NEW.reporting_end = OLD.reporting_end AND NEW.issued_at = OLD.issued_at AND NEW.origin = OLD.origin)
  BEGIN SELECT RAISE(ABORT, 'issuances are never changed'); END;
DROP TRIGGER delivery_no_update;
CREATE TRIGGER delivery_no_update BEFORE UPDATE ON delivery
  WHEN NOT (OLD.note_redacted_at IS NULL AND NEW.note_redacted_at IS NOT NULL AND OLD.notes <> '' AND NEW.notes = ''
    AND NEW.delivery_id = OLD.delivery_id AND NEW.order_id = OLD.order_id AND NEW.supplier_org_id = OLD.supplier_org_id
    AND NEW.buyer_org_id = OLD.buyer_org_id AND NEW.units = OLD.units AND NEW.delivered_at = OLD.delivered_at AND NEW.origin = OLD.origin)
  BEGIN SELECT RAISE(ABORT, 'deliveries are never changed'); END;
DROP TRIGGER refund_no_update;
CREATE TRIGGER refund_no_update BEFORE UPDATE ON refund
  WHEN NOT (OLD.note_redacted_at IS NULL AND NEW.note_redacted_at IS NOT NULL AND OLD.notes <> '' AND NEW.notes = ''
    AND NEW.refund_id = OLD.refund_id AND NEW.from_org_id = OLD.from_org_id AND NEW.to_org_id = OLD.to_org_id
    AND NEW.project_id IS OLD.project_id AND NEW.instrument = OLD.instrument AND NEW.units = OLD.units
    AND NEW.refunded_by = OLD.refunded_by AND NEW.refunded_at = OLD.refunded_at AND NEW.origin = OLD.origin)
  BEGIN SELECT RAISE(ABORT, 'refunds are never changed'); END;
DROP TRIGGER cancellation_no_update;
CREATE TRIGGER cancellation_no_update BEFORE UPDATE ON cancellation
  WHEN NOT (OLD.note_redacted_at IS NULL AND NEW.note_redacted_at IS NOT NULL AND NEW.reason = '[redacted]'
    AND NEW.cancellation_id = OLD.cancellation_id AND NEW.org_id = OLD.org_id AND NEW.supplier_org_id = OLD.supplier_org_id
    AND NEW.project_id IS OLD.project_id AND NEW.instrument = OLD.instrument AND NEW.units = OLD.units
    AND NEW.cancelled_by = OLD.cancelled_by AND NEW.cancelled_at = OLD.cancelled_at AND NEW.origin = OLD.origin)
  BEGIN SELECT RAISE(ABORT, 'cancellations are never changed'); END;
-- A retirement has two such texts: one of them at a time, the other as it is.
DROP TRIGGER retirement_no_update;
CREATE TRIGGER retirement_no_update BEFORE UPDATE ON retirement
  WHEN NOT (NEW.retirement_id = OLD.retirement_id AND NEW.org_id = OLD.org_id AND NEW.beneficiary_org_id IS OLD.beneficiary_org_id
    AND NEW.named_beneficiary_id IS OLD.named_beneficiary_id AND NEW.purposes = OLD.purposes AND NEW.instrument = OLD.instrument
    AND NEW.units = OLD.units AND NEW.retired_by = OLD.retired_by AND NEW.retired_at = OLD.retired_at AND NEW.origin = OLD.origin
    AND ((OLD.note_redacted_at IS NULL AND NEW.note_redacted_at IS NOT NULL AND OLD.notes <> '' AND NEW.notes = ''
        AND NEW.beneficiary = OLD.beneficiary AND NEW.name_redacted_at IS OLD.name_redacted_at
        AND NEW.name_redacted_reason IS OLD.name_redacted_reason)
      OR (OLD.name_redacted_at IS NULL AND NEW.name_redacted_at IS NOT NULL AND NEW.beneficiary = '[redacted]'
        AND NEW.notes = OLD.notes AND NEW.note_redacted_at IS OLD.note_redacted_at
        AND NEW.note_redacted_reason IS OLD.note_redacted_reason)))
  BEGIN SELECT RAISE(ABORT, 'retirements are never changed'); END;
