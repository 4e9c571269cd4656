-- postgres.sql: a transfer as one stored function on PostgreSQL 15. The tables, keys, CHECKs, references and indexes are those of the
-- registry, translated by postgres.sh from its own words. The triggers that guard history are left out: that is in PostgreSQL's favour.

-- What the measured transfers name by number.
CREATE TABLE bench_party (number bigint PRIMARY KEY, org_id text NOT NULL, user_id text NOT NULL);
CREATE SEQUENCE bench_id;
CREATE FUNCTION new_id(prefix text) RETURNS text LANGUAGE sql AS $$ SELECT prefix || '_Z' || lpad(nextval('bench_id')::text, 15, '0') $$;

-- The oldest free batch of the supplier is split, its left part goes to a recipient who accepts everything. Deadlock-free: the one row
-- that is waited for is the sender's organisation, and it is the first.
CREATE FUNCTION make_transfer(asker text, sender text, recipient text, supplier text, quantity bigint, note text, once text)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  now_us bigint := (extract(epoch FROM clock_timestamp()) * 1000000)::bigint;
  found_transfer text;
  main_account text;
  whole batch%ROWTYPE;
  new_transfer text;
  left_batch text;
  right_batch text;
  new_seq bigint;
BEGIN
  SELECT a.subject_id INTO found_transfer FROM idempotency i JOIN act a ON a.seq = i.seq WHERE i.scope = asker AND i.key = once;
  IF FOUND THEN RETURN found_transfer; END IF;
  PERFORM 1 FROM organisation WHERE org_id = sender AND state = 'active' FOR NO KEY UPDATE;
  IF NOT FOUND THEN RAISE EXCEPTION 'unknown sender'; END IF;
  PERFORM 1 FROM membership m JOIN person p ON p.user_id = m.user_id
    WHERE m.org_id = sender AND m.user_id = asker AND m.roles & 2 <> 0 AND p.state = 'active';
  IF NOT FOUND THEN RAISE EXCEPTION 'not allowed'; END IF;
  SELECT a.account_id INTO main_account FROM organisation r JOIN account a ON a.org_id = r.org_id AND a.is_main = 1
    WHERE r.org_id = recipient AND r.state = 'active' AND r.incoming_policy = 'all';
  IF NOT FOUND THEN RAISE EXCEPTION 'unknown recipient'; END IF;
  SELECT * INTO whole FROM batch WHERE org_id = sender AND supplier_org_id = supplier AND state = 'active' AND reserved_by IS NULL
    ORDER BY issued_at, project_id, vintage, first LIMIT 1 FOR UPDATE;
  IF NOT FOUND OR whole.last - whole.first + 1 <= quantity THEN RAISE EXCEPTION 'not enough'; END IF;
  new_transfer := new_id('tfr');
  left_batch := new_id('ctb');
  right_batch := new_id('ctb');
  INSERT INTO transfer (transfer_id, kind, state, from_org_id, to_org_id, to_account_id, supplier_org_id, instrument, units, notes,
      needs_approval, needs_registry_approval, submitted_by, submitted_at, expires_at, ended_by, ended_at)
    VALUES (new_transfer, 'external', 'completed', sender, recipient, main_account, supplier, 'carbon_removal', quantity, note,
      0, 0, asker, now_us, now_us + 1209600000000, asker, now_us);
  UPDATE batch SET state = 'split', left_id = left_batch, right_id = right_batch, ended_at = now_us WHERE batch_id = whole.batch_id;
  INSERT INTO batch (batch_id, project_id, issuance_id, supplier_org_id, vintage, first, last, org_id, account_id, state, parent_id,
      issued_at, received_by, received_at, made_at)
    VALUES (left_batch, whole.project_id, whole.issuance_id, whole.supplier_org_id, whole.vintage, whole.first, whole.first + quantity - 1,
        recipient, main_account, 'active', whole.batch_id, whole.issued_at, new_transfer, now_us, now_us),
      (right_batch, whole.project_id, whole.issuance_id, whole.supplier_org_id, whole.vintage, whole.first + quantity, whole.last,
        sender, whole.account_id, 'active', whole.batch_id, whole.issued_at, whole.received_by, whole.received_at, now_us);
  INSERT INTO transfer_line (transfer_id, line, batch_id, split_from, from_account_id, units)
    VALUES (new_transfer, 1, left_batch, whole.batch_id, whole.account_id, quantity);
  INSERT INTO act (recorded_at, at, program, user_id, org_id, command, subject_id, outcome, detail)
    VALUES (now_us, now_us, 'account', asker, sender, 'transfer', new_transfer, 'ok', quantity || ' units from ' || sender || ' to ' || recipient)
    RETURNING seq INTO new_seq;
  INSERT INTO idempotency (scope, key, fingerprint, seq, answer)
    VALUES (asker, once, decode(repeat('00', 32), 'hex'), new_seq, decode(repeat('00', 160), 'hex'));
  RETURN new_transfer;
END $$;
