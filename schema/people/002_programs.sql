-- people.db, version 2: how programs prove who they are, what they are told, and retirements being prepared.

CREATE TABLE signing_key (                 -- signs access tokens; made with the first token, or by `tally api-key`
  key_id TEXT PRIMARY KEY CHECK (key_id GLOB 'key_*' AND length(key_id) = 20), -- "kid" of the token's header
  algorithm TEXT NOT NULL CHECK (algorithm IN ('HS256', 'EdDSA')),
  header TEXT NOT NULL UNIQUE,             -- the one header, base64url, of every token of this key: compared byte for byte
  issuer TEXT NOT NULL CHECK (issuer <> ''), -- "iss" of its tokens: the registry's address when the key was made
  secret BLOB NOT NULL CHECK (length(secret) = 32), -- HMAC key, or Ed25519 private key (seed)
  public BLOB NOT NULL CHECK (length(public) = iif(algorithm = 'EdDSA', 32, 0)), -- Ed25519 public key
  made_at INTEGER NOT NULL,
  ended_at INTEGER                         -- NULL: the newest such key signs, all such keys verify; of an ended one no token is good
) STRICT;

CREATE TABLE client_secret (               -- X-Client-Secret: which program is connecting
  client_id TEXT PRIMARY KEY CHECK (client_id GLOB 'cls_*' AND length(client_id) = 20),
  org_id TEXT NOT NULL,                    -- whose manager made it
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 120), -- "Northwind ERP"
  secret_hash BLOB NOT NULL UNIQUE CHECK (length(secret_hash) = 32), -- SHA-256; the secret itself is kept nowhere
  made_by TEXT NOT NULL,                   -- usr_…, '' the operator
  made_at INTEGER NOT NULL,
  used_at INTEGER NOT NULL DEFAULT 0,      -- moved at most once a minute
  used_address TEXT NOT NULL DEFAULT '',
  revoked_at INTEGER,                      -- NULL: good
  revoked_by TEXT,                         -- usr_…, '' the operator (also by a restore)
  CHECK ((revoked_at IS NULL) = (revoked_by IS NULL))
) STRICT;
CREATE INDEX client_secret_by_org ON client_secret (org_id, made_at, client_id);

CREATE TABLE access_token (                -- Authorization: Bearer, a JWT for one organisation
  token_id TEXT PRIMARY KEY CHECK (token_id GLOB 'tok_*' AND length(token_id) = 20), -- "jti"
  user_id TEXT NOT NULL UNIQUE CHECK (user_id GLOB 'usr_*'), -- its person in the ledger
  org_id TEXT NOT NULL,
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 120), -- "Nightly delivery job"
  token_hash BLOB NOT NULL UNIQUE CHECK (length(token_hash) = 32), -- SHA-256 of the whole token
  key_id TEXT NOT NULL REFERENCES signing_key,
  scopes INTEGER NOT NULL CHECK (scopes BETWEEN 1 AND 15), -- bits: 1 read, 2 transfer, 4 retire, 8 manage (gate/caller.h)
  ranges TEXT NOT NULL DEFAULT '',         -- CIDR, one a line; '' from anywhere
  made_by TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,             -- at most a year after made_at
  used_at INTEGER NOT NULL DEFAULT 0,      -- moved at most once a minute
  used_address TEXT NOT NULL DEFAULT '',
  used_client TEXT NOT NULL DEFAULT '',    -- the client secret it last came with
  revoked_at INTEGER,                      -- NULL: good until it expires
  revoked_by TEXT,                         -- usr_…, '' the operator (also by a restore)
  CHECK (expires_at > made_at AND (revoked_at IS NULL) = (revoked_by IS NULL))
) STRICT;
CREATE INDEX access_token_by_org ON access_token (org_id, made_at, token_id);

CREATE TABLE beneficiary_contact (         -- an individual's e-mail address: never public
  org_id TEXT PRIMARY KEY,                 -- of the beneficiary
  email TEXT NOT NULL CHECK (length(email) BETWEEN 3 AND 254),
  told_by TEXT NOT NULL,                   -- organisation that named the beneficiary
  made_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX beneficiary_contact_by_email ON beneficiary_contact (told_by, email); -- an address names one beneficiary of its namer

CREATE TABLE webhook (                     -- an endpoint that is told of events (Standard Webhooks)
  webhook_id TEXT PRIMARY KEY CHECK (webhook_id GLOB 'whk_*' AND length(webhook_id) = 20),
  org_id TEXT NOT NULL,
  url TEXT NOT NULL CHECK (length(url) BETWEEN 8 AND 512),
  description TEXT NOT NULL DEFAULT '' CHECK (length(description) <= 120),
  scope TEXT NOT NULL CHECK (scope IN ('own', 'all')), -- own: events that concern the organisation; all: these and every public one
  kinds TEXT NOT NULL DEFAULT '',          -- kinds of events, one a line; '' all
  secret BLOB NOT NULL CHECK (length(secret) = 32), -- signs what is sent; shown once
  old_secret BLOB CHECK (length(old_secret) = 32),  -- the one before it …
  old_until INTEGER NOT NULL DEFAULT 0,    -- … signs as well until then
  state TEXT NOT NULL CHECK (state IN ('active', 'paused', 'failing', 'removed')), -- failing: stopped after days without an answer
  state_at INTEGER NOT NULL,               -- since when
  state_by TEXT NOT NULL,                  -- usr_… who paused, resumed or removed it; '' the courier
  after_seq INTEGER NOT NULL,              -- the last event that was looked at for it
  due_at INTEGER NOT NULL DEFAULT 0,       -- when the courier looks at it next; 0: nothing waits
  rests_until INTEGER NOT NULL DEFAULT 0,  -- nothing is sent before: a try is under way, or the last ones failed
  failures INTEGER NOT NULL DEFAULT 0,     -- tries that failed since the last one that was answered with 2xx
  failing_since INTEGER NOT NULL DEFAULT 0,-- the first of these; 0: none
  last_at INTEGER NOT NULL DEFAULT 0,      -- the last try of any message …
  last_code INTEGER NOT NULL DEFAULT 0,    -- … and what came of it, as in webhook_try
  last_outcome TEXT NOT NULL DEFAULT '',
  made_by TEXT NOT NULL,
  made_at INTEGER NOT NULL
) STRICT;
CREATE INDEX webhook_by_org ON webhook (org_id, made_at, webhook_id) WHERE state <> 'removed';
CREATE INDEX webhook_due ON webhook (due_at) WHERE due_at > 0;
CREATE INDEX webhook_behind ON webhook (after_seq) WHERE state = 'active';

CREATE TABLE webhook_message (             -- one event for one endpoint
  message_id TEXT PRIMARY KEY CHECK (message_id GLOB 'msg_*' AND length(message_id) = 20), -- "webhook-id": the same at every try
  webhook_id TEXT NOT NULL REFERENCES webhook,
  seq INTEGER NOT NULL,                    -- of the event; 0 a test
  kind TEXT NOT NULL,
  body TEXT NOT NULL,                      -- exactly the bytes that are signed and sent
  state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'given_up')),
  tries INTEGER NOT NULL DEFAULT 0,        -- in all
  round_tries INTEGER NOT NULL DEFAULT 0,  -- that failed in this round; a replay begins a new one
  round_at INTEGER NOT NULL,               -- when this round began: it is given up three days later
  next_at INTEGER NOT NULL,                -- when to try next, while waiting
  made_at INTEGER NOT NULL,
  ended_at INTEGER NOT NULL DEFAULT 0,     -- delivered or given up
  CHECK ((state = 'waiting') = (ended_at = 0))
) STRICT;
CREATE UNIQUE INDEX webhook_message_once ON webhook_message (webhook_id, seq) WHERE seq > 0; -- an event is one message of an endpoint
CREATE INDEX webhook_message_order ON webhook_message (webhook_id, seq, message_id) WHERE state = 'waiting';
CREATE INDEX webhook_message_next ON webhook_message (webhook_id, next_at) WHERE state = 'waiting';
CREATE INDEX webhook_message_by_hook ON webhook_message (webhook_id, made_at, message_id);
CREATE INDEX webhook_message_by_state ON webhook_message (webhook_id, state, made_at, message_id);
CREATE INDEX webhook_message_ended ON webhook_message (ended_at) WHERE ended_at > 0; -- forgotten after a month

CREATE TABLE webhook_try (                 -- the delivery log
  message_id TEXT NOT NULL REFERENCES webhook_message,
  number INTEGER NOT NULL CHECK (number >= 1),
  at INTEGER NOT NULL,
  took_us INTEGER NOT NULL,
  http_code INTEGER NOT NULL,              -- 0: no answer
  outcome TEXT NOT NULL,                   -- in words: "Answered 200", "Could not connect"
  PRIMARY KEY (message_id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE webhook_key (                 -- the Idempotency-Key of an act on webhooks, and what it made
  user_id TEXT NOT NULL,                   -- the program that asked
  key TEXT NOT NULL,
  fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 32), -- of what was asked
  made_id TEXT NOT NULL,                   -- whk_… or msg_…; of a replay of all that failed: how many they were
  made_at INTEGER NOT NULL,
  PRIMARY KEY (user_id, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE retirement_draft (            -- a retirement being prepared: the answers given so far
  draft_id TEXT PRIMARY KEY CHECK (draft_id GLOB 'drf_*' AND length(draft_id) = 20), -- also the idempotency key of its submission
  user_id TEXT NOT NULL REFERENCES person,
  org_id TEXT NOT NULL,                    -- the owner
  supplier_org_id TEXT NOT NULL DEFAULT '',
  instrument TEXT NOT NULL DEFAULT '',
  mode TEXT NOT NULL DEFAULT '' CHECK (mode IN ('', 'oldest', 'manual')),
  units INTEGER NOT NULL DEFAULT 0,        -- oldest: how many
  vintage INTEGER NOT NULL DEFAULT 0,      -- oldest: only this vintage; 0 any
  lines TEXT NOT NULL DEFAULT '',          -- manual: "ctb_… units" a line
  beneficiary_org_id TEXT NOT NULL DEFAULT '',
  beneficiary TEXT NOT NULL DEFAULT '',    -- public name
  purposes INTEGER NOT NULL DEFAULT 0,     -- bits as in retirement
  notes TEXT NOT NULL DEFAULT '',
  retirement_id TEXT NOT NULL DEFAULT '',  -- what it became; '' while a draft
  made_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX retirement_draft_by_person ON retirement_draft (user_id, org_id, changed_at);
