-- people.db, version 1: how people prove who they are, and their unfinished work. Rollback journal, not WAL (several writers, little traffic).
-- Times are microseconds since 1970-01-01T00:00:00Z. Ids tie it to registry.db; no transaction spans both.

CREATE TABLE person (
  user_id TEXT PRIMARY KEY CHECK (user_id GLOB 'usr_*' AND length(user_id) = 20),
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
  email TEXT NOT NULL UNIQUE COLLATE NOCASE CHECK (length(email) BETWEEN 3 AND 254),
  state TEXT NOT NULL CHECK (state IN ('active', 'deactivated')),
  made_at INTEGER NOT NULL
) STRICT;

CREATE TABLE password (                    -- read by signin alone
  user_id TEXT PRIMARY KEY REFERENCES person,
  hash TEXT NOT NULL,                      -- libscrypt's own text form, parameters and salt inside
  set_at INTEGER NOT NULL
) STRICT;

CREATE TABLE password_link (               -- one-time links: first password, or a new one
  token_hash BLOB PRIMARY KEY CHECK (length(token_hash) = 32), -- SHA-256 of the token; the token itself is kept nowhere
  user_id TEXT NOT NULL REFERENCES person,
  made_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at INTEGER                          -- NULL: unused
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
  token_hash BLOB PRIMARY KEY CHECK (length(token_hash) = 32), -- SHA-256 of the cookie's token
  session_id TEXT NOT NULL UNIQUE,         -- ses_…: named in the list of own sessions
  user_id TEXT NOT NULL REFERENCES person,
  org_id TEXT NOT NULL DEFAULT '',         -- the organisation the person acts for now (switcher)
  form_token TEXT NOT NULL,                -- proves that a form came from one of our pages (CSRF)
  made_at INTEGER NOT NULL,
  seen_at INTEGER NOT NULL,                -- moved at most once a minute
  ends_at INTEGER NOT NULL,                -- absolute limit
  address TEXT NOT NULL DEFAULT '',
  agent TEXT NOT NULL DEFAULT '',          -- browser, cut to 200 characters
  notice TEXT NOT NULL DEFAULT ''          -- what the last act did, shown once on the next page: "slug id"
) STRICT, WITHOUT ROWID;
CREATE INDEX session_by_person ON session (user_id, made_at);

CREATE TABLE sign_in_throttle (            -- growing delay by account and by address; nobody is locked out for ever
  subject TEXT PRIMARY KEY,                -- "e:" + SHA-256 hex of the e-mail in lower case, or "a:" + address
  failures INTEGER NOT NULL CHECK (failures >= 0),
  last_at INTEGER NOT NULL,
  free_at INTEGER NOT NULL                 -- no attempt before this time
) STRICT, WITHOUT ROWID;

CREATE TABLE draft (                       -- a transfer being prepared: the answers given so far (domain.md 3.1)
  draft_id TEXT PRIMARY KEY CHECK (draft_id GLOB 'drf_*' AND length(draft_id) = 20), -- also the idempotency key of its submission
  user_id TEXT NOT NULL REFERENCES person,
  org_id TEXT NOT NULL,                    -- the sender
  kind TEXT NOT NULL CHECK (kind IN ('internal', 'external', 'export')),
  to_org_id TEXT NOT NULL DEFAULT '',      -- recipient; '' not chosen yet
  to_account_id TEXT NOT NULL DEFAULT '',  -- internal: destination account
  to_system TEXT NOT NULL DEFAULT '',      -- export
  to_system_party TEXT NOT NULL DEFAULT '',
  supplier_org_id TEXT NOT NULL DEFAULT '',-- the balance chosen
  instrument TEXT NOT NULL DEFAULT '',
  mode TEXT NOT NULL DEFAULT '' CHECK (mode IN ('', 'oldest', 'manual')),
  units INTEGER NOT NULL DEFAULT 0,        -- oldest: how many
  lines TEXT NOT NULL DEFAULT '',          -- manual: "ctb_… units" a line
  notes TEXT NOT NULL DEFAULT '',
  private_note TEXT NOT NULL DEFAULT '',
  corrects_id TEXT NOT NULL DEFAULT '',
  transfer_id TEXT NOT NULL DEFAULT '',    -- what it became; '' while a draft
  made_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX draft_by_person ON draft (user_id, org_id, changed_at);
