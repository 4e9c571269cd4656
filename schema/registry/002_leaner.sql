-- registry.db, version 2: fewer indexes to write at each act. What each one was for is answered by another:
DROP INDEX batch_by_parent;  -- the parts of a whole: its left_id and right_id
DROP INDEX batch_held;       -- free blocks: batch_free; everything an organisation holds: batch_by_holder
DROP INDEX batch_serial;     -- blocks that are no longer split: batch_block; a whole that was: up from the part that begins like it
DROP INDEX batch_by_account; -- what lies in an account: the totals of version 3

-- One index says both that a transfer names a batch once and which transfers a batch was in.
CREATE TABLE transfer_line_2 (             -- the exact blocks that move; written once
  transfer_id TEXT NOT NULL REFERENCES transfer DEFERRABLE INITIALLY DEFERRED,
  line INTEGER NOT NULL CHECK (line >= 1),
  batch_id TEXT NOT NULL REFERENCES batch DEFERRABLE INITIALLY DEFERRED, -- the batch that moves (after the split)
  split_from TEXT REFERENCES batch DEFERRABLE INITIALLY DEFERRED,        -- the batch it was split from for this transfer; NULL: moved whole
  from_account_id TEXT NOT NULL REFERENCES account DEFERRABLE INITIALLY DEFERRED, -- where it goes back to
  units INTEGER NOT NULL CHECK (units > 0),
  PRIMARY KEY (transfer_id, line)
) STRICT, WITHOUT ROWID;
INSERT INTO transfer_line_2 (transfer_id, line, batch_id, split_from, from_account_id, units)
  SELECT transfer_id, line, batch_id, split_from, from_account_id, units FROM transfer_line ORDER BY transfer_id, line;
DROP TABLE transfer_line;
ALTER TABLE transfer_line_2 RENAME TO transfer_line;
CREATE UNIQUE INDEX transfer_line_by_batch ON transfer_line (batch_id, transfer_id);
CREATE TRIGGER transfer_line_no_update BEFORE UPDATE ON transfer_line BEGIN SELECT RAISE(ABORT, 'transfer lines are never changed'); END;
CREATE TRIGGER transfer_line_no_delete BEFORE DELETE ON transfer_line BEGIN SELECT RAISE(ABORT, 'transfer lines are never deleted'); END;
