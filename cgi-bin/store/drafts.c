/* store/drafts.c: see store/drafts.h. */
#include "store/drafts.h"

#include "base/must.h"
#include "store/query.h"
#include "store/rows.h"

enum { Q_MAKE, Q_FIND, Q_LIST, Q_SAVE, Q_SUBMITTED, Q_DISCARD, Q__COUNT };

#define COLUMNS                                                                                    \
    "SELECT draft_id, user_id, org_id, kind, to_org_id, to_account_id, to_system,"                 \
    " to_system_party, supplier_org_id, instrument, mode, units, lines, notes, private_note,"      \
    " corrects_id, transfer_id, made_at, changed_at FROM draft"

static const char *const sql[Q__COUNT] = {
    [Q_MAKE] = "INSERT INTO draft (draft_id, user_id, org_id, kind, to_org_id, to_account_id,"
               " to_system, to_system_party, supplier_org_id, instrument, mode, units, lines,"
               " notes, private_note, corrects_id, made_at, changed_at)"
               " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16,"
               " ?17, ?17)",
    [Q_FIND] = COLUMNS " WHERE draft_id = ?1 AND user_id = ?2 AND org_id = ?3",
    [Q_LIST] = COLUMNS " WHERE user_id = ?1 AND org_id = ?2 AND transfer_id = ''"
                       " ORDER BY changed_at DESC LIMIT ?3",
    [Q_SAVE] = "UPDATE draft SET to_org_id = ?5, to_account_id = ?6, to_system = ?7,"
               " to_system_party = ?8, supplier_org_id = ?9, instrument = ?10, mode = ?11,"
               " units = ?12, lines = ?13, notes = ?14, private_note = ?15, corrects_id = ?16,"
               " changed_at = ?17"
               " WHERE draft_id = ?1 AND user_id = ?2 AND org_id = ?3 AND kind = ?4"
               " AND transfer_id = ''",
    [Q_SUBMITTED] = "UPDATE draft SET transfer_id = ?4, changed_at = ?5"
                    " WHERE draft_id = ?1 AND user_id = ?2 AND org_id = ?3 AND transfer_id = ''",
    [Q_DISCARD] = "DELETE FROM draft"
                  " WHERE draft_id = ?1 AND user_id = ?2 AND org_id = ?3 AND transfer_id = ''",
};

const struct query_table drafts_queries = {"drafts", sql, Q__COUNT};

static void bind_draft(struct query *q, const struct draft *draft, int64_t at)
{
    query_bind_text(q, 1, draft->draft_id);
    query_bind_text(q, 2, draft->user_id);
    query_bind_text(q, 3, draft->org_id);
    query_bind_text(q, 4, draft->kind);
    query_bind_text(q, 5, draft->to_org_id);
    query_bind_text(q, 6, draft->to_account_id);
    query_bind_text(q, 7, draft->to_system);
    query_bind_text(q, 8, draft->to_system_party);
    query_bind_text(q, 9, draft->take.supplier_org_id);
    query_bind_text(q, 10, draft->take.instrument);
    query_bind_text(q, 11, draft->take.mode);
    query_bind_int(q, 12, draft->take.units);
    query_bind_text(q, 13, draft->take.lines);
    query_bind_text(q, 14, draft->notes);
    query_bind_text(q, 15, draft->private_note);
    query_bind_text(q, 16, draft->corrects_id);
    query_bind_int(q, 17, at);
}

static struct draft read_draft(struct query *q, struct arena *arena)
{
    return (struct draft){
        .draft_id = query_text(q, arena, 0),
        .user_id = query_text(q, arena, 1),
        .org_id = query_text(q, arena, 2),
        .kind = query_text(q, arena, 3),
        .to_org_id = query_text(q, arena, 4),
        .to_account_id = query_text(q, arena, 5),
        .to_system = query_text(q, arena, 6),
        .to_system_party = query_text(q, arena, 7),
        .take.supplier_org_id = query_text(q, arena, 8),
        .take.instrument = query_text(q, arena, 9),
        .take.mode = query_text(q, arena, 10),
        .take.units = query_int(q, 11),
        .take.lines = query_text(q, arena, 12),
        .notes = query_text(q, arena, 13),
        .private_note = query_text(q, arena, 14),
        .corrects_id = query_text(q, arena, 15),
        .transfer_id = query_text(q, arena, 16),
        .made_at = query_int(q, 17),
        .changed_at = query_int(q, 18),
    };
}

bool draft_make(struct store *people, const struct draft *draft)
{
    struct query q = query(people, &drafts_queries, Q_MAKE);
    bind_draft(&q, draft, draft->made_at);
    return query_run_unique(&q);
}

bool draft_find(struct store *people, struct arena *arena, const char *user_id, const char *org_id,
                const char *draft_id, struct draft *draft)
{
    struct query q = query(people, &drafts_queries, Q_FIND);
    query_bind_text(&q, 1, draft_id);
    query_bind_text(&q, 2, user_id);
    query_bind_text(&q, 3, org_id);
    bool is_found = query_row(&q);
    if (is_found) {
        *draft = read_draft(&q, arena);
    }
    query_end(&q);
    return is_found;
}

struct drafts drafts_unfinished(struct store *people, struct arena *arena, const char *user_id,
                                const char *org_id, size_t most)
{
    struct query q = query(people, &drafts_queries, Q_LIST);
    query_bind_text(&q, 1, user_id);
    query_bind_text(&q, 2, org_id);
    query_bind_int(&q, 3, (int64_t)most);
    struct draft *rows = NULL;
    size_t count = 0;
    while (query_row(&q)) {
        rows = rows_room(arena, rows, count, sizeof(*rows));
        rows[count++] = read_draft(&q, arena);
    }
    query_end(&q);
    return (struct drafts){rows, count};
}

bool draft_save(struct store *people, const struct draft *draft)
{
    struct query q = query(people, &drafts_queries, Q_SAVE);
    bind_draft(&q, draft, draft->changed_at);
    return query_run_one(&q);
}

bool draft_submitted(struct store *people, const struct draft *draft, const char *transfer_id,
                     int64_t now_us)
{
    must(transfer_id[0] != '\0');
    struct query q = query(people, &drafts_queries, Q_SUBMITTED);
    query_bind_text(&q, 1, draft->draft_id);
    query_bind_text(&q, 2, draft->user_id);
    query_bind_text(&q, 3, draft->org_id);
    query_bind_text(&q, 4, transfer_id);
    query_bind_int(&q, 5, now_us);
    return query_run(&q);
}

bool draft_discard(struct store *people, const char *user_id, const char *org_id,
                   const char *draft_id)
{
    struct query q = query(people, &drafts_queries, Q_DISCARD);
    query_bind_text(&q, 1, draft_id);
    query_bind_text(&q, 2, user_id);
    query_bind_text(&q, 3, org_id);
    return query_run_one(&q);
}
