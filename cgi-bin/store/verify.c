/* store/verify.c: see store/verify.h. */
#include "store/verify.h"

#include <sqlite3.h>

#include "base/id.h"
#include "base/must.h"
#include "store/query.h"
#include "store/redaction.h"

#define LIVE_SUMS                                                                                  \
    "WITH found AS (SELECT project_id, vintage,"                                                   \
    " sum(iif(state = 'active', last - first + 1, 0)) AS active,"                                  \
    " sum(iif(state = 'retired', last - first + 1, 0)) AS retired,"                                \
    " sum(iif(state = 'exported', last - first + 1, 0)) AS exported,"                              \
    " sum(iif(state = 'cancelled', last - first + 1, 0)) AS cancelled"                             \
    " FROM batch WHERE state <> 'split' GROUP BY project_id, vintage)"
#define LIVE_SUM(word)                                                                             \
    " SELECT coalesce(c.project_id, f.project_id), coalesce(c.vintage, f.vintage), '" word "',"    \
    " coalesce(c." word ", 0), coalesce(f." word ", 0)"                                            \
    " FROM (SELECT project_id, vintage FROM conservation"                                          \
    " UNION SELECT project_id, vintage FROM found) k"                                              \
    " LEFT JOIN conservation c ON c.project_id = k.project_id AND c.vintage = k.vintage"           \
    " LEFT JOIN found f ON f.project_id = k.project_id AND f.vintage = k.vintage"                  \
    " WHERE coalesce(c." word ", 0) <> coalesce(f." word ", 0)"
#define ISSUED_SUM(word)                                                                           \
    " SELECT k.project_id, k.vintage, '" word "', coalesce(c." word ", 0), coalesce(f.units, 0)"   \
    " FROM (SELECT project_id, vintage FROM conservation"                                          \
    " UNION SELECT project_id, vintage FROM issuance) k"                                           \
    " LEFT JOIN conservation c ON c.project_id = k.project_id AND c.vintage = k.vintage"           \
    " LEFT JOIN (SELECT project_id, vintage, sum(supplier_units + buffer_units) AS units"          \
    " FROM issuance WHERE kind = '" word "' GROUP BY project_id, vintage) f"                       \
    " ON f.project_id = k.project_id AND f.vintage = k.vintage"                                    \
    " WHERE coalesce(c." word ", 0) <> coalesce(f.units, 0)"
#define LIVE_NEIGHBOURS                                                                            \
    "WITH live AS (SELECT project_id, vintage, first, last, coalesce(lag(last) OVER"               \
    " (PARTITION BY project_id, vintage ORDER BY first), 0) AS before_last"                        \
    " FROM batch WHERE state <> 'split')"
#define LINES(table, subject)                                                                      \
    " SELECT l." subject ", l.batch_id, l.units, b.last - b.first + 1 FROM " table " l"            \
    " JOIN batch b ON b.batch_id = l.batch_id WHERE l.units <> b.last - b.first + 1"               \
    " OR (l.split_from IS NOT NULL AND l.split_from IS NOT b.parent_id)"
#define LINE_SUM(table, line_table, subject)                                                       \
    " SELECT t." subject ", t.units, coalesce(sum(l.units), 0) FROM " table " t"                   \
    " LEFT JOIN " line_table " l ON l." subject " = t." subject " GROUP BY t." subject             \
    " HAVING t.units <> coalesce(sum(l.units), 0)"
/* A line of something that is of another kind than its batch. */
#define LINE_OF(table, line_table, subject, wrong)                                                 \
    " SELECT t." subject ", l.batch_id FROM " table " t"                                           \
    " JOIN " line_table " l ON l." subject " = t." subject                                         \
    " JOIN batch b ON b.batch_id = l.batch_id JOIN project p ON p.project_id = b.project_id"       \
    " WHERE " wrong
#define NOT_OF(account, org)                                                                       \
    " OR (SELECT a.org_id FROM account a WHERE a.account_id = l." account ") IS NOT t." org
/* The + keeps SQLite to the index by subject: acts of one kind or one person are many. */
#define WITHOUT_ACT(table, subject, command, condition, said)                                      \
    " SELECT t." subject " FROM " table " t WHERE " condition " AND NOT EXISTS"                    \
    " (SELECT 1 FROM act a WHERE a.subject_id = t." subject                                        \
    " AND a.outcome = 'ok' AND +a.command IN (" command ") AND " said ")"
/* What the thing says of whom and when, its act says, too. */
#define BY(who, at) "+a.user_id = t." who " AND a.at = t." at
#define ENDED BY("ended_by", "ended_at")
#define COMPLETING "'transfer', 'accept', 'approve', 'registry-approve', 'complete-export'"
#define REJECTING "'reject', 'refuse', 'registry-refuse', 'reject-export'"
/* clang-format off */
#define EVERY_SUM                                                                                  \
    LIVE_SUMS LIVE_SUM("active")                                                                   \
    " UNION ALL" LIVE_SUM("retired")                                                               \
    " UNION ALL" LIVE_SUM("exported")                                                              \
    " UNION ALL" LIVE_SUM("cancelled")
#define EVERY_LINE                                                                                 \
    LINES("transfer_line", "transfer_id")                                                          \
    " UNION ALL" LINES("delivery_line", "delivery_id")                                             \
    " UNION ALL" LINES("retirement_line", "retirement_id")                                         \
    " UNION ALL" LINES("refund_line", "refund_id")                                                 \
    " UNION ALL" LINES("cancellation_line", "cancellation_id")
#define EVERY_LINE_SUM                                                                             \
    LINE_SUM("transfer", "transfer_line", "transfer_id")                                           \
    " UNION ALL" LINE_SUM("delivery", "delivery_line", "delivery_id")                              \
    " UNION ALL" LINE_SUM("retirement", "retirement_line", "retirement_id")                        \
    " UNION ALL" LINE_SUM("refund", "refund_line", "refund_id")                                    \
    " UNION ALL" LINE_SUM("cancellation", "cancellation_line", "cancellation_id")
#define EVERY_LINE_OF                                                                              \
    LINE_OF("transfer", "transfer_line", "transfer_id",                                            \
        "t.instrument <> p.instrument OR t.supplier_org_id <> b.supplier_org_id"                   \
        NOT_OF("from_account_id", "from_org_id"))                                                  \
    " UNION ALL" LINE_OF("delivery", "delivery_line", "delivery_id",                               \
        "t.supplier_org_id <> b.supplier_org_id" NOT_OF("from_account_id", "supplier_org_id")      \
        NOT_OF("to_account_id", "buyer_org_id"))                                                   \
    " UNION ALL" LINE_OF("retirement", "retirement_line", "retirement_id",                         \
        "t.instrument <> p.instrument")                                                            \
    " UNION ALL" LINE_OF("refund", "refund_line", "refund_id",                                     \
        "t.instrument <> p.instrument OR t.project_id <> b.project_id"                             \
        " OR t.to_org_id <> b.supplier_org_id" NOT_OF("from_account_id", "from_org_id")            \
        NOT_OF("to_account_id", "to_org_id"))                                                      \
    " UNION ALL" LINE_OF("cancellation", "cancellation_line", "cancellation_id",                   \
        "t.instrument <> p.instrument OR t.project_id <> b.project_id")
/* Every text that can be redacted: where, of what, what then stands there, when, by which act. */
#define EVERY_REDACTION(make)                                                                      \
    make("transfer", "transfer_id", "notes", "", "note_redacted_at", "redact-note")                \
    make("issuance", "issuance_id", "notes", "", "note_redacted_at", "redact-note")                \
    make("delivery", "delivery_id", "notes", "", "note_redacted_at", "redact-note")                \
    make("retirement", "retirement_id", "notes", "", "note_redacted_at", "redact-note")            \
    make("refund", "refund_id", "notes", "", "note_redacted_at", "redact-note")                    \
    make("cancellation", "cancellation_id", "reason", REDACTED_WORDS, "note_redacted_at",          \
        "redact-note")                                                                             \
    make("retirement", "retirement_id", "beneficiary", REDACTED_WORDS, "name_redacted_at",         \
        "redact-beneficiary")
#define REDACTION_LEFT(table, subject, words, none, at, command)                                   \
    " UNION SELECT t." subject " FROM " table " t WHERE t." at " IS NOT NULL"                      \
    " AND (t." words " <> '" none "' OR NOT EXISTS (SELECT 1 FROM act a WHERE a.subject_id ="      \
    " t." subject " AND a.outcome = 'ok' AND +a.command = '" command "' AND a.at = t." at "))"     \
    " UNION SELECT t." subject " FROM act a JOIN " table " t ON t." subject " = a.subject_id"      \
    " WHERE a.command = '" command "' AND a.outcome = 'ok' AND t." at " IS NULL"
#define TRANSFER_ACT(command, condition, said)                                                     \
    WITHOUT_ACT("transfer", "transfer_id", command, condition, said) " UNION ALL"
#define EVERY_ACT                                                                                  \
    TRANSFER_ACT("'transfer'", "1", BY("submitted_by", "submitted_at"))                            \
    TRANSFER_ACT("'approve'", "t.approved_at IS NOT NULL", BY("approved_by", "approved_at"))       \
    TRANSFER_ACT("'registry-approve'", "t.registry_approved_at IS NOT NULL",                       \
        BY("registry_approved_by", "registry_approved_at"))                                        \
    TRANSFER_ACT(COMPLETING, "t.state = 'completed'", ENDED)                                       \
    TRANSFER_ACT(REJECTING, "t.state = 'rejected'", ENDED)                                         \
    TRANSFER_ACT("'withdraw'", "t.state = 'withdrawn'", ENDED)                                     \
    TRANSFER_ACT("'cancel'", "t.state = 'cancelled'", ENDED)                                       \
    TRANSFER_ACT("'expire'", "t.state = 'expired'",                                                \
        "a.at >= t.ended_at AND t.ended_at = t.expires_at")                                        \
    TRANSFER_ACT("'redact-note'", "t.note_redacted_at IS NOT NULL", "a.at = t.note_redacted_at")   \
    WITHOUT_ACT("retirement", "retirement_id", "'retire'", "1", BY("retired_by", "retired_at"))    \
    " UNION ALL" WITHOUT_ACT("issuance", "issuance_id", "'issue'", "1", "a.at = t.issued_at")      \
    " UNION ALL" WITHOUT_ACT("delivery", "delivery_id", "'deliver'", "1", "a.at = t.delivered_at") \
    " UNION ALL" WITHOUT_ACT("buyer_order", "order_id", "'order'", "1",                            \
        "a.at = t.ordered_at AND t.ordered_by IN ('', a.user_id)")                                 \
    " UNION ALL" WITHOUT_ACT("refund", "refund_id", "'refund'", "1",                               \
        BY("refunded_by", "refunded_at"))                                                          \
    " UNION ALL" WITHOUT_ACT("cancellation", "cancellation_id", "'cancel-units'", "1",             \
        BY("cancelled_by", "cancelled_at"))                                                        \
    " UNION ALL" WITHOUT_ACT("beneficiary", "beneficiary_id", "'open-beneficiary'", "1",           \
        BY("named_by", "named_at"))
/* clang-format on */

/* Who stands behind a person: a program's maker. NULL: nobody. */
#define ROOT(p) "iif(" p ".is_program = 1 AND " p ".made_by <> '', " p ".made_by, " p ".user_id)"
#define SENDER_ROOT ROOT("s")
#define APPROVER_ROOT ROOT("a")
#define REGISTRY_ROOT ROOT("r")
#define WAITING_MAX_US "365 * 86400000000" /* EXPIRY_DAYS_MAX */
#define MISSES_APPROVAL                                                                            \
    "((needs_approval = 1 AND approved_at IS NULL)"                                                \
    " OR (needs_registry_approval = 1 AND registry_approved_at IS NULL))"

/* Sums of the batches as the running totals have them. One organisation at a time (?1): sorting all
 * batches of a large registry at once would need more memory than there may be. */
#define HOLDING_KEY "org_id, account_id, project_id, vintage, supplier_org_id"
#define HOLDING_FOUND                                                                              \
    "SELECT " HOLDING_KEY ","                                                                      \
    " sum(iif(state = 'active', last - first + 1, 0)) AS active,"                                  \
    " sum(iif(reserved_by IS NOT NULL, last - first + 1, 0)) AS reserved,"                         \
    " sum(iif(state = 'retired', last - first + 1, 0)) AS retired,"                                \
    " sum(iif(state = 'exported', last - first + 1, 0)) AS exported,"                              \
    " sum(state = 'active') AS active_batches, sum(reserved_by IS NOT NULL) AS reserved_batches,"  \
    " sum(state = 'retired') AS retired_batches, sum(state = 'exported') AS exported_batches,"     \
    " sum(state = 'split') AS split_batches FROM batch WHERE org_id = ?1"                          \
    " AND state <> 'cancelled' GROUP BY " HOLDING_KEY
#define HOLDING_KEPT                                                                               \
    "SELECT " HOLDING_KEY ", active, reserved, retired, exported, active_batches,"                 \
    " reserved_batches, retired_batches, exported_batches, split_batches FROM holding"             \
    " WHERE org_id = ?1 AND active_batches + retired_batches + exported_batches + split_batches"   \
    " + active + retired + exported > 0"
#define DIFFERENT(columns, one, other)                                                             \
    "SELECT DISTINCT " columns " FROM (SELECT * FROM (" one " EXCEPT " other ")"                   \
    " UNION ALL SELECT * FROM (" other " EXCEPT " one "))"
#define YEAR_OF(at) "CAST(strftime('%Y', " at " / 1000000, 'unixepoch') AS INTEGER)"
#define YEAR_ISSUED YEAR_OF("i.issued_at")
#define YEAR_RETIRED YEAR_OF("retired_at")
#define YEAR_FOUND                                                                                 \
    "SELECT instrument, year, sum(issued), sum(retired), sum(retirements) FROM ("                  \
    "SELECT p.instrument, " YEAR_ISSUED " AS year, i.supplier_units + i.buffer_units AS issued,"   \
    " 0 AS retired, 0 AS retirements FROM issuance i"                                              \
    " JOIN project p ON p.project_id = i.project_id"                                               \
    " UNION ALL SELECT instrument, " YEAR_RETIRED ", 0, units, 1 FROM retirement)"                 \
    " GROUP BY instrument, year"

enum { V_COUNT = VERIFY__COUNT, V_ORGS, V__COUNT };

static const char *const verify_sql[V__COUNT] = {
    [VERIFY_INTEGRITY] = "PRAGMA integrity_check",
    [VERIFY_FOREIGN_KEYS] = "PRAGMA foreign_key_check",
    [VERIFY_TRIGGERS] =
        "WITH needed (name) AS (VALUES ('act_no_update'), ('act_no_delete'),"
        " ('idempotency_no_update'), ('idempotency_no_delete'), ('issuance_no_update'),"
        " ('issuance_no_delete'), ('transfer_line_no_update'), ('transfer_line_no_delete'),"
        " ('delivery_no_update'), ('delivery_no_delete'), ('delivery_line_no_update'),"
        " ('delivery_line_no_delete'), ('retirement_no_update'), ('retirement_no_delete'),"
        " ('retirement_line_no_update'), ('retirement_line_no_delete'), ('batch_no_delete'),"
        " ('transfer_no_delete'), ('organisation_no_delete'), ('batch_fixed'), ('batch_dead'),"
        " ('batch_no_overlap'), ('batch_child'), ('transfer_final'), ('transfer_fixed'),"
        " ('instrument_total_project'), ('instrument_total_begin'), ('instrument_total_change'),"
        " ('instrument_total_moved'), ('person_fixed'), ('membership_program'),"
        " ('beneficiary_no_update'), ('beneficiary_no_delete'), ('beneficiary_apart'),"
        " ('organisation_apart'), ('retirement_own_beneficiary'), ('refund_no_update'),"
        " ('refund_no_delete'), ('refund_line_no_update'), ('refund_line_no_delete'),"
        " ('cancellation_no_update'), ('cancellation_no_delete'),"
        " ('cancellation_line_no_update'), ('cancellation_line_no_delete'), ('benefit_retired'),"
        " ('buyer_order_given'), ('buyer_order_fixed'), ('delivery_line_ordered'),"
        " ('project_document_fixed'), ('project_document_no_delete')) SELECT name FROM needed"
        " WHERE name NOT IN (SELECT name FROM sqlite_schema WHERE type = 'trigger')",
    [VERIFY_SETTINGS] = "SELECT count(*) FROM setting HAVING count(*) <> 1",
    [VERIFY_SUM_STATES] = EVERY_SUM,
    [VERIFY_SUM_ISSUED] = ISSUED_SUM("issued") " UNION ALL" ISSUED_SUM("imported"),
    [VERIFY_SUM_EQUATION] = "SELECT project_id, vintage FROM conservation"
                            " WHERE next_serial <> issued + imported + 1"
                            " OR issued + imported <> active + retired + exported + cancelled",
    [VERIFY_GAP] =
        LIVE_NEIGHBOURS " SELECT project_id, vintage, before_last + 1, first - 1 FROM live"
                        " WHERE first > before_last + 1",
    [VERIFY_OVERLAP] =
        LIVE_NEIGHBOURS " SELECT project_id, vintage, first, min(before_last, last) FROM live"
                        " WHERE first <= before_last",
    [VERIFY_END] = "SELECT c.project_id, c.vintage, coalesce(max(b.last), 0), c.next_serial - 1"
                   " FROM conservation c"
                   " LEFT JOIN batch b ON b.project_id = c.project_id AND b.vintage = c.vintage"
                   " AND b.state <> 'split' GROUP BY c.project_id, c.vintage"
                   " HAVING coalesce(max(b.last), 0) <> c.next_serial - 1",
    [VERIFY_ISSUANCE] =
        "SELECT i.issuance_id, i.supplier_units + i.buffer_units,"
        " coalesce(sum(b.last - b.first + 1), 0) FROM issuance i"
        " LEFT JOIN batch b ON b.issuance_id = i.issuance_id AND b.parent_id IS NULL"
        " GROUP BY i.issuance_id"
        " HAVING i.supplier_units + i.buffer_units <> coalesce(sum(b.last - b.first + 1), 0)",
    [VERIFY_BATCH_OF] =
        "SELECT b.batch_id FROM batch b JOIN issuance i ON i.issuance_id = b.issuance_id"
        " JOIN project p ON p.project_id = b.project_id"
        " WHERE b.project_id <> i.project_id OR b.vintage <> i.vintage"
        " OR b.issued_at <> i.issued_at OR b.supplier_org_id <> p.org_id"
        " OR (b.parent_id IS NULL AND b.made_at <> b.issued_at)",
    [VERIFY_SPLIT] =
        "SELECT p.batch_id FROM batch p LEFT JOIN batch l ON l.batch_id = p.left_id"
        " LEFT JOIN batch r ON r.batch_id = p.right_id"
        " WHERE p.left_id IS NOT NULL AND (l.batch_id IS NULL OR r.batch_id IS NULL"
        " OR l.parent_id IS NOT p.batch_id OR r.parent_id IS NOT p.batch_id OR l.first <> p.first"
        " OR r.first <> l.last + 1 OR r.last <> p.last OR l.issuance_id <> p.issuance_id"
        " OR r.issuance_id <> p.issuance_id OR l.made_at < p.made_at OR r.made_at <> l.made_at"
        " OR p.ended_at <> l.made_at)",
    [VERIFY_CHILD] =
        "SELECT c.batch_id, c.parent_id FROM batch c LEFT JOIN batch p ON p.batch_id = c.parent_id"
        " WHERE c.parent_id IS NOT NULL AND c.batch_id IS NOT p.left_id"
        " AND c.batch_id IS NOT p.right_id",
    [VERIFY_HOLDER] =
        "SELECT b.batch_id, b.org_id, b.received_by FROM batch b"
        " LEFT JOIN transfer t ON t.transfer_id = b.received_by"
        " LEFT JOIN delivery d ON d.delivery_id = b.received_by"
        " LEFT JOIN issuance i ON i.issuance_id = b.received_by"
        " LEFT JOIN refund f ON f.refund_id = b.received_by"
        " WHERE NOT ((t.transfer_id IS NOT NULL AND t.state = 'completed'"
        "  AND t.to_org_id = b.org_id AND t.ended_at = b.received_at"
        "  AND (t.to_account_id = b.account_id OR b.state NOT IN ('active', 'split')))"
        " OR (d.delivery_id IS NOT NULL AND d.buyer_org_id = b.org_id"
        "  AND d.delivered_at = b.received_at AND b.delivery_id = d.delivery_id)"
        " OR (f.refund_id IS NOT NULL AND f.to_org_id = b.org_id"
        "  AND f.refunded_at = b.received_at)"
        " OR (i.issuance_id IS NOT NULL AND i.issuance_id = b.issuance_id"
        "  AND i.issued_at = b.received_at"
        "  AND (b.org_id = b.supplier_org_id OR i.kind = 'imported'"
        "   OR (SELECT kind FROM organisation o WHERE o.org_id = b.org_id) = 'buffer')))",
    [VERIFY_RECEIVED] = "SELECT b.batch_id, b.received_by FROM batch b"
                        " LEFT JOIN batch p ON p.batch_id = b.parent_id"
                        " WHERE b.received_by <> coalesce(p.received_by, b.issuance_id)"
                        " AND NOT EXISTS (SELECT 1 FROM transfer_line l"
                        "  WHERE l.batch_id = b.batch_id AND l.transfer_id = b.received_by)"
                        " AND NOT EXISTS (SELECT 1 FROM delivery_line l"
                        "  WHERE l.batch_id = b.batch_id AND l.delivery_id = b.received_by)"
                        " AND NOT EXISTS (SELECT 1 FROM refund_line l"
                        "  WHERE l.batch_id = b.batch_id AND l.refund_id = b.received_by)",
    [VERIFY_DELIVERY_OF] =
        "SELECT b.batch_id, b.delivery_id FROM batch b"
        " LEFT JOIN batch p ON p.batch_id = b.parent_id"
        " WHERE (b.delivery_id IS NOT p.delivery_id"
        "  OR EXISTS (SELECT 1 FROM delivery_line l WHERE l.batch_id = b.batch_id))"
        " AND NOT EXISTS (SELECT 1 FROM delivery_line l"
        "  WHERE l.batch_id = b.batch_id AND l.delivery_id = b.delivery_id)",
    [VERIFY_ACCOUNT] =
        "SELECT b.batch_id, b.account_id, b.org_id FROM batch b"
        " LEFT JOIN account a ON a.account_id = b.account_id"
        " WHERE a.org_id IS NOT b.org_id OR (b.state = 'active' AND (a.state <> 'open'"
        " OR a.kind = 'retirement'))",
    [VERIFY_RESERVED] =
        "SELECT b.batch_id, b.reserved_by FROM batch b"
        " LEFT JOIN transfer t ON t.transfer_id = b.reserved_by"
        " WHERE b.reserved_by IS NOT NULL AND (t.transfer_id IS NULL OR t.ended_at IS NOT NULL"
        " OR t.from_org_id <> b.org_id OR NOT EXISTS (SELECT 1 FROM transfer_line l"
        " WHERE l.transfer_id = t.transfer_id AND l.batch_id = b.batch_id))",
    [VERIFY_WAITING] =
        "SELECT t.transfer_id, l.batch_id FROM transfer t"
        " JOIN transfer_line l ON l.transfer_id = t.transfer_id"
        " JOIN batch b ON b.batch_id = l.batch_id"
        " WHERE t.ended_at IS NULL AND (b.reserved_by IS NOT t.transfer_id OR b.state <> 'active'"
        " OR b.account_id <> l.from_account_id)",
    [VERIFY_LINE] = EVERY_LINE,
    [VERIFY_LINE_SUM] = EVERY_LINE_SUM,
    [VERIFY_LINE_OF] = EVERY_LINE_OF,
    [VERIFY_COMPLETED] =
        "SELECT transfer_id FROM transfer t WHERE state = 'completed' AND (" MISSES_APPROVAL
        " OR (kind <> 'export' AND NOT EXISTS (SELECT 1 FROM account a"
        " WHERE a.account_id = t.to_account_id AND a.org_id = t.to_org_id)))",
    [VERIFY_SAME_PERSON] =
        "SELECT t.transfer_id FROM transfer t LEFT JOIN person s ON s.user_id = t.submitted_by"
        " LEFT JOIN person a ON a.user_id = t.approved_by"
        " LEFT JOIN person r ON r.user_id = t.registry_approved_by"
        " WHERE " APPROVER_ROOT " = " SENDER_ROOT " OR " APPROVER_ROOT " = " REGISTRY_ROOT
        " OR " REGISTRY_ROOT " = " SENDER_ROOT,
    [VERIFY_PENDING] =
        "SELECT transfer_id FROM transfer WHERE (state = 'pending' AND " MISSES_APPROVAL ")"
        " OR (state = 'awaiting_approval' AND NOT " MISSES_APPROVAL ")"
        " OR (ended_at IS NULL AND (kind = 'internal' OR expires_at <= submitted_at"
        "  OR expires_at > " WAITING_MAX_US " + max(submitted_at,"
        "   ifnull(approved_at, 0), ifnull(registry_approved_at, 0))))",
    [VERIFY_REDACTED] = "SELECT '' WHERE 0" EVERY_REDACTION(REDACTION_LEFT),
    [VERIFY_CORRECTS] = "SELECT t.transfer_id, o.transfer_id FROM transfer t"
                        " JOIN transfer o ON o.transfer_id = t.corrects_id"
                        " WHERE o.state <> 'completed'"
                        " OR NOT ((o.from_org_id = t.from_org_id AND o.to_org_id IS t.to_org_id)"
                        " OR (o.from_org_id IS t.to_org_id AND o.to_org_id IS t.from_org_id))",
    [VERIFY_EXPORTED] =
        "SELECT b.batch_id, b.ended_by FROM batch b"
        " WHERE b.state = 'exported' AND NOT EXISTS (SELECT 1 FROM transfer t"
        " JOIN transfer_line l ON l.transfer_id = t.transfer_id"
        " WHERE t.transfer_id = b.ended_by AND t.state = 'completed' AND t.kind = 'export'"
        " AND t.ended_at = b.ended_at AND l.batch_id = b.batch_id)"
        " UNION ALL SELECT b.batch_id, t.transfer_id FROM transfer t"
        " JOIN transfer_line l ON l.transfer_id = t.transfer_id"
        " JOIN batch b ON b.batch_id = l.batch_id"
        " WHERE t.kind = 'export' AND t.state = 'completed' AND (b.state <> 'exported'"
        " OR b.ended_by <> t.transfer_id)",
    [VERIFY_RETIRED] =
        "SELECT b.batch_id, b.ended_by FROM batch b"
        " WHERE b.state = 'retired' AND NOT EXISTS (SELECT 1 FROM retirement_line l"
        " JOIN retirement r ON r.retirement_id = l.retirement_id"
        " WHERE l.batch_id = b.batch_id AND l.retirement_id = b.ended_by AND r.org_id = b.org_id"
        " AND r.retired_at = b.ended_at)"
        " UNION ALL SELECT b.batch_id, l.retirement_id FROM retirement_line l"
        " JOIN batch b ON b.batch_id = l.batch_id"
        " WHERE b.state <> 'retired' OR b.ended_by IS NOT l.retirement_id",
    [VERIFY_CANCELLED] =
        "SELECT b.batch_id, '' FROM batch b WHERE b.state = 'cancelled'"
        " AND NOT EXISTS (SELECT 1 FROM cancellation_line l WHERE l.batch_id = b.batch_id)"
        " UNION ALL SELECT b.batch_id, l.cancellation_id FROM cancellation_line l"
        " JOIN batch b ON b.batch_id = l.batch_id"
        " JOIN cancellation c ON c.cancellation_id = l.cancellation_id"
        " WHERE b.state <> 'cancelled' OR b.org_id <> c.org_id OR b.ended_at <> c.cancelled_at"
        " OR b.supplier_org_id <> c.supplier_org_id",
    [VERIFY_BENEFICIARY] = "SELECT r.retirement_id FROM retirement r"
                           " LEFT JOIN beneficiary b ON b.beneficiary_id = r.named_beneficiary_id"
                           " WHERE r.named_beneficiary_id IS NOT NULL AND (b.org_id IS NOT r.org_id"
                           " OR r.beneficiary_org_id IS NOT NULL)",
    [VERIFY_SAME_ID] = "SELECT b.beneficiary_id FROM beneficiary b"
                       " JOIN organisation o ON o.org_id = b.beneficiary_id",
    [VERIFY_PROGRAM] =
        "SELECT p.user_id FROM person p"
        " WHERE p.is_program = 1 AND (p.registry_roles <> 0 OR EXISTS (SELECT 1 FROM membership m"
        " WHERE m.user_id = p.user_id AND m.org_id IS NOT p.program_org_id))",
    [VERIFY_ORDER] =
        "SELECT o.order_id, o.delivered_units, coalesce(sum(d.units), 0) FROM buyer_order o"
        " LEFT JOIN delivery d ON d.order_id = o.order_id GROUP BY o.order_id"
        " HAVING o.delivered_units <> coalesce(sum(d.units), 0) OR o.delivered_units > o.units",
    /* Of orders whose deliveries were of both before orders said what they count, `tally migrate`
       tells. */
    [VERIFY_ORDERED] =
        "SELECT DISTINCT o.order_id, coalesce(o.instrument, 'nothing'), d.delivery_id,"
        " p.instrument FROM buyer_order o JOIN delivery d ON d.order_id = o.order_id"
        " JOIN delivery_line l ON l.delivery_id = d.delivery_id"
        " JOIN batch b ON b.batch_id = l.batch_id JOIN project p ON p.project_id = b.project_id"
        " WHERE o.instrument IS NOT p.instrument AND o.instrument_by <> 'unclear'",
    [VERIFY_PARTIES] = "SELECT d.delivery_id, d.order_id FROM delivery d"
                       " JOIN buyer_order o ON o.order_id = d.order_id"
                       " WHERE d.supplier_org_id <> o.supplier_org_id"
                       " OR d.buyer_org_id <> o.buyer_org_id",
    [VERIFY_CLOSED] =
        "SELECT o.org_id, sum(b.last - b.first + 1) FROM organisation o"
        " JOIN batch b ON b.org_id = o.org_id WHERE o.state = 'closed' AND b.state = 'active'"
        " GROUP BY o.org_id",
    [VERIFY_CLOSED_WAITING] = "SELECT o.org_id, t.transfer_id FROM transfer t"
                              " JOIN organisation o ON o.org_id IN (t.from_org_id, t.to_org_id)"
                              " WHERE t.ended_at IS NULL AND +o.state = 'closed'",
    [VERIFY_MAIN] =
        "SELECT o.org_id FROM organisation o WHERE NOT EXISTS (SELECT 1 FROM account a"
        " WHERE a.org_id = o.org_id AND a.is_main = 1 AND a.state = 'open' AND a.kind = 'active')",
    [VERIFY_ACT_GAP] =
        "SELECT (SELECT coalesce(max(b.seq), 0) FROM act b WHERE b.seq < a.seq), a.seq FROM act a"
        " WHERE a.seq <> 1 AND NOT EXISTS (SELECT 1 FROM act b WHERE b.seq = a.seq - 1)",
    [VERIFY_ACT_TIME] = "SELECT a.seq FROM act a LEFT JOIN act b ON b.seq = a.seq - 1"
                        " WHERE a.recorded_at < b.recorded_at OR a.at > a.recorded_at",
    [VERIFY_ACT_MISSING] = EVERY_ACT,
    [VERIFY_EVENT] =
        "SELECT a.seq FROM act a"
        " WHERE (a.outcome <> 'ok' AND a.event <> '') OR (a.event = '' AND (a.is_public = 1"
        " OR a.other_org_id <> ''))",
    [VERIFY_TOLD] = "SELECT t.transfer_id, (SELECT count(*) FROM act a"
                    " WHERE a.subject_id = t.transfer_id AND a.is_public = 1"
                    " AND a.event = 'transfer.completed') AS found FROM transfer t"
                    " WHERE t.state = 'completed' AND found <> 1",
    [VERIFY_TOLD_WHOM] =
        "SELECT a.seq, t.transfer_id FROM act a JOIN transfer t ON t.transfer_id = a.subject_id"
        " WHERE a.outcome = 'ok' AND (a.org_id NOT IN ('', t.from_org_id, ifnull(t.to_org_id, ''))"
        " OR a.other_org_id NOT IN ('', t.from_org_id, ifnull(t.to_org_id, '')))",
    [VERIFY_KEY] = "SELECT i.scope, i.seq FROM idempotency i JOIN act a ON a.seq = i.seq"
                   " WHERE a.outcome <> 'ok' OR a.user_id <> iif(i.scope = 'tally', '', i.scope)",
    [VERIFY_HOLDING] =
        DIFFERENT("org_id, account_id, project_id, vintage", HOLDING_FOUND, HOLDING_KEPT),
    [VERIFY_DELIVERED] =
        DIFFERENT("org_id, account_id, project_id, delivery_id",
                  "SELECT b.org_id, b.account_id, b.project_id, b.delivery_id,"
                  " sum(iif(b.state = 'active', b.last - b.first + 1, 0)),"
                  " sum(iif(b.reserved_by IS NOT NULL, b.last - b.first + 1, 0)),"
                  " sum(iif(b.state = 'retired', b.last - b.first + 1, 0)) FROM delivery d"
                  " JOIN batch b ON b.delivery_id = d.delivery_id AND b.org_id = d.buyer_org_id"
                  " WHERE b.state IN ('active', 'retired') GROUP BY 1, 2, 3, 4",
                  "SELECT org_id, account_id, project_id, delivery_id, active, reserved, retired"
                  " FROM delivery_holding WHERE active + retired > 0"),
    [VERIFY_TRANSFER_TOTAL] =
        "SELECT kind, sum(kept), sum(found)"
        " FROM (SELECT kind, transfers AS kept, 0 AS found FROM transfer_total"
        " UNION ALL SELECT kind, 0, count(*) FROM transfer WHERE state = 'completed'"
        " GROUP BY kind) GROUP BY kind HAVING sum(kept) <> sum(found)",
    [VERIFY_PAIR_TOTAL] =
        "SELECT from_org_id, to_org_id, state, sum(kept), sum(found)"
        " FROM (SELECT from_org_id, kind, state, to_org_id, reached, transfers AS kept, 0 AS found"
        " FROM transfer_pair_total"
        " UNION ALL SELECT from_org_id, kind, state, ifnull(to_org_id, ''), state = 'completed'"
        " OR ((needs_approval = 0 OR approved_at IS NOT NULL)"
        " AND (needs_registry_approval = 0 OR registry_approved_at IS NOT NULL)), 0, count(*)"
        " FROM transfer"
        " WHERE ended_at IS NOT NULL GROUP BY 1, 2, 3, 4, 5)"
        " GROUP BY from_org_id, kind, state, to_org_id, reached HAVING sum(kept) <> sum(found)",
    [VERIFY_YEAR_TOTAL] =
        DIFFERENT("instrument, year", YEAR_FOUND,
                  "SELECT instrument, year, issued, retired, retirements FROM year_total"),
    [VERIFY_INSTRUMENT_TOTAL] = DIFFERENT(
        "instrument",
        "SELECT p.instrument, count(DISTINCT p.project_id) AS projects,"
        " coalesce(sum(c.issued), 0), coalesce(sum(c.imported), 0), coalesce(sum(c.active), 0),"
        " coalesce(sum(c.retired), 0), coalesce(sum(c.exported), 0), coalesce(sum(c.cancelled), 0)"
        " FROM project p LEFT JOIN conservation c ON c.project_id = p.project_id"
        " GROUP BY p.instrument",
        "SELECT instrument, projects, issued, imported, active, retired, exported, cancelled"
        " FROM instrument_total WHERE projects > 0"),
    [VERIFY_BENEFIT] = DIFFERENT(
        "org_id, batch_id",
        "SELECT org_id, supplier_org_id, issued_at, project_id, vintage, first, batch_id"
        " FROM benefit",
        "SELECT r.beneficiary_org_id, b.supplier_org_id, b.issued_at, b.project_id, b.vintage,"
        " b.first, b.batch_id FROM retirement r"
        " JOIN retirement_line l ON l.retirement_id = r.retirement_id"
        " JOIN batch b ON b.batch_id = l.batch_id WHERE r.beneficiary_org_id <> r.org_id"),
    [VERIFY_BENEFIT_TOTAL] =
        "SELECT org_id, project_id, sum(kept), sum(found)"
        " FROM (SELECT org_id, supplier_org_id, project_id, batches AS kept, 0 AS found"
        " FROM benefit_total"
        " UNION ALL SELECT org_id, supplier_org_id, project_id, 0, count(*) FROM benefit"
        " GROUP BY 1, 2, 3) GROUP BY org_id, supplier_org_id, project_id"
        " HAVING sum(kept) <> sum(found)",
    [V_ORGS] = "SELECT org_id FROM organisation ORDER BY org_id",
    [V_COUNT] = "SELECT (SELECT count(*) FROM batch), (SELECT count(*) FROM transfer),"
                " (SELECT count(*) FROM act),"
                " (SELECT coalesce(sum(last - first + 1), 0) FROM batch WHERE state = 'active')",
};
const struct query_table verify_queries = {"verify", verify_sql, V__COUNT};

static void each_row(struct query *q, struct arena *arena,
                     void (*each)(void *context, const struct verify_row *row), void *context)
{
    size_t mark_bytes = arena->used_bytes;
    while (query_row(q)) {
        struct verify_row row;
        int columns = sqlite3_data_count(q->statement);
        for (int i = 0; i < VERIFY_CELLS; i++) {
            row.cells[i] = i < columns ? query_text(q, arena, i) : "";
        }
        each(context, &row);
        arena_reset(arena, mark_bytes);
    }
    query_end(q);
}

void verify_each(struct store *store, struct arena *arena, enum verify_check check,
                 void (*each)(void *context, const struct verify_row *row), void *context)
{
    must(check < VERIFY__COUNT);
    if (check != VERIFY_HOLDING) {
        struct query q = query(store, &verify_queries, (int)check);
        each_row(&q, arena, each, context);
        return;
    }
    struct query orgs = query(store, &verify_queries, V_ORGS);
    while (query_row(&orgs)) {
        char org_id[ID_SIZE];
        query_text_into(&orgs, 0, org_id, sizeof(org_id));
        struct query q = query(store, &verify_queries, VERIFY_HOLDING);
        query_bind_text(&q, 1, org_id);
        each_row(&q, arena, each, context);
    }
    query_end(&orgs);
}

struct verify_count verify_count_read(struct store *store)
{
    struct verify_count count = {0};
    struct query q = query(store, &verify_queries, V_COUNT);
    if (query_row(&q)) {
        count.batches = query_int(&q, 0);
        count.transfers = query_int(&q, 1);
        count.acts = query_int(&q, 2);
        count.units = query_int(&q, 3);
    }
    query_end(&q);
    return count;
}
