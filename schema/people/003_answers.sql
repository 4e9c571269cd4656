-- people.db, version 3: what the first request of a key was answered, so that a repeat gets the same, whatever became of the endpoint since.

ALTER TABLE webhook_key ADD COLUMN answer BLOB; -- the body, byte for byte; NULL: done before version 3, a repeat is told how it is now
ALTER TABLE webhook_key ADD COLUMN is_sealed INTEGER NOT NULL DEFAULT 0 -- 1: it shows a secret, and can be read with the access token that asked (gate/seal.h)
  CHECK (is_sealed IN (0, 1) AND (is_sealed = 0 OR answer IS NOT NULL));
