/*
 * base/limits.h: every bound of the system, with its reason. nginx's limits agree with these
 * (tests/house.sh checks).
 */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

/* ---- a request at the door ---- */
/* the largest form: 256 manual lines and notes is 30 kB; nginx client_max_body_size 256k */
#define REQUEST_BODY_BYTES_MAX 262144
/* names in one form or query: 256 lines, ticks and the rest */
#define REQUEST_FIELDS_MAX 2048
/* our longest path is under 100 */
#define REQUEST_PATH_BYTES_MAX 512
/* filters are short; nginx large_client_header_buffers 4 8k */
#define REQUEST_QUERY_BYTES_MAX 4096
#define REQUEST_COOKIE_BYTES_MAX 4096
/* a request that runs longer is a bug or an attack; nginx fastcgi_read_timeout 30s */
#define REQUEST_S_MAX 20

/* the deepest body of the API is an object in a list in an object; room for what comes later */
#define BODY_DEPTH_MAX 8
/* JSON values in one body: 256 lines of two members and the rest; keeps what libjansson makes of it
 * under 2 MB */
#define BODY_VALUES_MAX 2048

/* ---- memory ---- */
/* 16 MiB per web process: body buffer, rows and views of the largest page */
#define ARENA_BYTES 16777216
/* 4 MiB: a page is under 200 kB; a CSV window is streamed */
#define RESPONSE_BYTES_MAX 4194304

/* pages that a program of public pages keeps: the first ones of each list, feed and front page */
#define KEPT_PAGES_MAX 32
/* 128 KiB: a list of 50 rows is under 50 kB; what is larger is made each time */
#define KEPT_PAGE_BYTES_MAX 131072

/* 2 GiB: what a check of the whole registry keeps of it, on a machine with eight times that: the
 * file of a million transfers */
#define SCAN_CACHE_KIB 2097152

/* ---- words people write ---- */
#define NAME_CHARS_MAX 120
/* bytes: four per character, NUL, rounded */
#define NAME_SIZE 484
/* domain.md section 1: public note */
#define NOTE_CHARS_MAX 256
#define NOTE_SIZE 1028
/* what a supplier does, in one sentence: the published ones have up to 247 characters */
#define SHORT_DESCRIPTION_CHARS_MAX 256
#define SHORT_DESCRIPTION_SIZE 1028
/* RFC 1035 */
#define DOMAIN_SIZE 256
/* RFC 5321 path limit 254 */
#define EMAIL_SIZE 256
#define REASON_CHARS_MAX 256
/* safety.md section 3 */
#define PASSWORD_CHARS_MIN 15
#define PASSWORD_CHARS_MAX 128

/* ---- the ledger ---- */
/* batches named by hand in one act: fits one SEQPACKET message many times */
#define COMMAND_LINES_MAX 256
/* batches that one oldest-first act may touch: bounds the work of one */
#define SPLIT_BATCHES_MAX 4096
/* commands in one SQLite transaction: past this latency grows, throughput does not */
#define GROUP_COMMIT_MAX 128
/* connections of the daemon: programs × processes, with room */
#define LEDGER_CLIENTS_MAX 512
/* a program waits this long for an answer: below nginx's 30 s, far above a group commit */
#define LEDGER_ASK_MS_MAX 15000
/* how long a broken connection is worth renewing: a restart takes under 1 s */
#define LEDGER_RESTART_MS_MAX 5000
/* how long a first connection is tried: no person should wait for a stopped ledger */
#define LEDGER_ABSENT_MS_MAX 500
/* the daemon ends what is out of time once a minute; days are the unit people see */
#define LEDGER_EXPIRE_S 60
/* 64 MiB: work memory of one act: SPLIT_BATCHES_MAX rows of facts and changes, with room */
#define LEDGER_ARENA_BYTES 67108864
/* 64 MiB are looked over in under a second at the daemon's start; a larger registry.db beside it */
#define INSPECT_BYTES_MAX 67108864
/* 64 MiB: past this the daemon checkpoints between two commits. In a quarter of that every second
 * page goes into the file at each checkpoint, here every fourth: acts of the same parties share
 * them
 */
#define WAL_PAGES_MAX 16000
/* 31 frames are written to the WAL in one call: SQLite's unix VFS takes at most 131,071 bytes */
#define WAL_GATHER_BYTES 127720
/* 4 MiB: past this it uses a moment in which nobody waits, so that who comes meanwhile waits for 3
 * ms and not for 20 */
#define WAL_PAGES_EASY 1000
/* idempotency key: draft id, UUID or 64 hex digits */
#define KEY_SIZE 65
#define PURPOSES_MAX 5
/* documents of one project: its page shows them all */
#define DOCUMENTS_MAX 100
/* characters of a document's address, and with NUL: every browser and mail program takes them */
#define DOCUMENT_URL_CHARS_MAX 512
#define DOCUMENT_URL_SIZE 513

/* ---- lists ---- */
/* rows of one list page */
#define PAGE_ROWS 50
/* rows read at a time while a CSV streams */
#define CSV_WINDOW_ROWS 500
/* rows that a filtered list counts: past it the page says "1,000+" instead of counting on */
#define LIST_COUNT_MAX 1000
/* blocks of one act on a page or a certificate: all that it may touch (SPLIT_BATCHES_MAX) would be
 * 3 MB */
#define BLOCKS_SHOWN_MAX 500
/* events of the change feed read at once: a page of the API is 50, a sender takes more */
#define FEED_ROWS_MAX 500
/* events of one answer of GET /events: some 25 KB */
#define API_EVENTS_MAX 100
/* events looked at for one answer, a few milliseconds: who asks for rare kinds goes on from where
 * it stopped */
#define API_EVENTS_LOOKED_MAX 5000
/* recipients shown at once */
#define PICKER_ROWS_MAX 50

/* ---- sessions ---- */
/* an hour without a request signs out: cautious people, shared offices */
#define SESSION_IDLE_S_MAX 3600
/* half a day, then sign in again */
#define SESSION_ABSOLUTE_S_MAX 43200
/* a first-password link works for three days */
#define LINK_S_MAX 259200

/* ---- programs ---- */
/* the contract: "access tokens will expire after 1 year from generation" */
#define ACCESS_TOKEN_DAYS_MAX 365
/* the longest that this registry makes has under 1,100 characters: two addresses of 255, ids */
#define ACCESS_TOKEN_CHARS_MAX 2048
/* "tly_" and 256 bits; longer ones are not looked at */
#define CLIENT_SECRET_CHARS_MAX 128
/* live ones of an organisation, of each kind: more is a mistake of a script */
#define CREDENTIALS_MAX 100
/* addresses a token is limited to: an office, its clouds and some spare ones */
#define RANGES_MAX 32
/* keys that verify at once: one, and the one before while its tokens run out */
#define SIGNING_KEYS_MAX 8

/* ---- webhooks (courier/) ---- */
/* endpoints of one organisation: each program wants one or two */
#define WEBHOOKS_MAX 20
/* characters of an endpoint's address, and with NUL */
#define WEBHOOK_URL_CHARS_MAX 512
#define WEBHOOK_URL_SIZE 513
/* RFC 1035: characters of a host name */
#define HOST_CHARS_MAX 253
/* messages that wait for one endpoint: what comes after them waits in the ledger, where it lies
 * anyway */
#define WEBHOOK_WAITING_MAX 1000
/* an endpoint that is slower than this does its work before it answers */
#define WEBHOOK_ANSWER_MS_MAX 15000
/* a name server that is slower is not there */
#define WEBHOOK_RESOLVE_MS_MAX 5000
/* of an answer nothing but its code is looked at */
#define WEBHOOK_ANSWER_BYTES_MAX 65536
/* a message is tried for three days: a long weekend */
#define WEBHOOK_MESSAGE_S_MAX 259200
/* an endpoint without one good answer for five days is stopped */
#define WEBHOOK_FAILING_S_MAX 432000
/* a secret that was replaced signs along for a day, so that a receiver can be changed in peace */
#define WEBHOOK_OVERLAP_S 86400
/* the delivery log is kept for a month */
#define WEBHOOK_LOG_S_MAX 2592000
/* sent at once: descriptors and memory; and for one organisation, so that nobody's slow endpoints
 * hold up the others */
#define COURIER_TRANSFERS_MAX 64
#define COURIER_ORG_TRANSFERS_MAX 4
/* how long the courier sleeps at most: an event leaves within about a second */
#define COURIER_SLEEP_MS_MAX 1000
/* events read for one endpoint in one transaction */
#define COURIER_WINDOW_EVENTS 100
/* 64 MiB: thousands of endpoints, the events of those that are told of something just now */
#define COURIER_ARENA_BYTES 67108864

#endif
