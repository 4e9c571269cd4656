/* store/retirement_drafts.c: see store/retirement_drafts.h. */
#include "store/retirement_drafts.h"

#include "base/must.h"
#include "store/query.h"
#include "store/rows.h"

enum { Q_MAKE, Q_FIND, Q_LIST, Q_SAVE, Q_SUBMITTED, Q_DISCARD, Q__COUNT };

#define COLUMNS                                                                                    \
    "SELECT draft_id, user_id, org_id, supplier_org_id, instrument, mode, units, vintage, lines,"  \
    " beneficiary_org_id, beneficiary, purposes, notes, retirement_id, made_at, changed_at"        \
    " FROM retirement_draft"
#define OWN " WHERE draft_id = ?1 AND user_id = ?2 AND org_id = ?3"
#define OPEN OWN " AND retirement_id = ''"

static const char *const sql[Q__COUNT] = {
    [Q_MAKE] = "INSERT INTO retirement_draft (draft_id, user_id, org_id, supplier_org_id,"
               " instrument, mode, units, vintage, lines, beneficiary_org_id, beneficiary,"
               " purposes, notes, made_at, changed_at)"
               " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?14)",
    [Q_FIND] = COLUMNS OWN,
    [Q_LIST] = COLUMNS " WHERE user_id = ?1 AND org_id = ?2 AND retirement_id = ''"
                       " ORDER BY changed_at DESC LIMIT ?3",
    [Q_SAVE] = "UPDATE retirement_draft SET supplier_org_id = ?4, instrument = ?5, mode = ?6,"
               " units = ?7, vintage = ?8, lines = ?9, beneficiary_org_id = ?10,"
               " beneficiary = ?11, purposes = ?12, notes = ?13, changed_at = ?14" OPEN,
    [Q_SUBMITTED] = "UPDATE retirement_draft SET retirement_id = ?4, changed_at = ?5" OPEN,
    [Q_DISCARD] = "DELETE FROM retirement_draft" OPEN,
};

const struct query_table retirement_drafts_queries = {"retirement_drafts", sql, Q__COUNT};

static void bind_own(struct query *q, const char *draft_id, const char *user_id, const char *org_id)
{
    query_bind_text(q, 1, draft_id);
    query_bind_text(q, 2, user_id);
    query_bind_text(q, 3, org_id);
}

static void bind_draft(struct query *q, const struct retirement_draft *draft, int64_t at)
{
    bind_own(q, draft->draft_id, draft->user_id, draft->org_id);
    query_bind_text(q, 4, draft->take.supplier_org_id);
    query_bind_text(q, 5, draft->take.instrument);
    query_bind_text(q, 6, draft->take.mode);
    query_bind_int(q, 7, draft->take.units);
    query_bind_int(q, 8, draft->take.vintage);
    query_bind_text(q, 9, draft->take.lines);
    query_bind_text(q, 10, draft->beneficiary_org_id);
    query_bind_text(q, 11, draft->beneficiary);
    query_bind_int(q, 12, draft->purposes);
    query_bind_text(q, 13, draft->notes);
    query_bind_int(q, 14, at);
}

static struct retirement_draft read_draft(struct query *q, struct arena *arena)
{
    return (struct retirement_draft){
        .draft_id = query_text(q, arena, 0),
        .user_id = query_text(q, arena, 1),
        .org_id = query_text(q, arena, 2),
        .take = {.supplier_org_id = query_text(q, arena, 3),
                 .instrument = query_text(q, arena, 4),
                 .mode = query_text(q, arena, 5),
                 .units = query_int(q, 6),
                 .vintage = query_int(q, 7),
                 .lines = query_text(q, arena, 8)},
        .beneficiary_org_id = query_text(q, arena, 9),
        .beneficiary = query_text(q, arena, 10),
        .purposes = (unsigned)query_int(q, 11),
        .notes = query_text(q, arena, 12),
        .retirement_id = query_text(q, arena, 13),
        .made_at = query_int(q, 14),
        .changed_at = query_int(q, 15),
    };
}

bool retirement_draft_make(struct store *people, const struct retirement_draft *draft)
{
    struct query q = query(people, &retirement_drafts_queries, Q_MAKE);
    bind_draft(&q, draft, draft->made_at);
    return query_run_unique(&q);
}

bool retirement_draft_find(struct store *people, struct arena *arena, const char *user_id,
                           const char *org_id, const char *draft_id, struct retirement_draft *draft)
{
    struct query q = query(people, &retirement_drafts_queries, Q_FIND);
    bind_own(&q, draft_id, user_id, org_id);
    bool is_found = query_row(&q);
    if (is_found) {
        *draft = read_draft(&q, arena);
    }
    query_end(&q);
    return is_found;
}

struct retirement_drafts retirement_drafts_unfinished(struct store *people, struct arena *arena,
                                                      const char *user_id, const char *org_id,
                                                      size_t most)
{
    struct query q = query(people, &retirement_drafts_queries, Q_LIST);
    query_bind_text(&q, 1, user_id);
    query_bind_text(&q, 2, org_id);
    query_bind_int(&q, 3, (int64_t)most);
    struct retirement_draft *rows = NULL;
    size_t count = 0;
    while (query_row(&q)) {
        rows = rows_room(arena, rows, count, sizeof(*rows));
        rows[count++] = read_draft(&q, arena);
    }
    query_end(&q);
    return (struct retirement_drafts){rows, count};
}

bool retirement_draft_save(struct store *people, const struct retirement_draft *draft)
{
    struct query q = query(people, &retirement_drafts_queries, Q_SAVE);
    bind_draft(&q, draft, draft->changed_at);
    return query_run_one(&q);
}

bool retirement_draft_submitted(struct store *people, const struct retirement_draft *draft,
                                const char *retirement_id, int64_t now_us)
{
    must(retirement_id[0] != '\0');
    struct query q = query(people, &retirement_drafts_queries, Q_SUBMITTED);
    bind_own(&q, draft->draft_id, draft->user_id, draft->org_id);
    query_bind_text(&q, 4, retirement_id);
    query_bind_int(&q, 5, now_us);
    return query_run(&q);
}

bool retirement_draft_discard(struct store *people, const char *user_id, const char *org_id,
                              const char *draft_id)
{
    struct query q = query(people, &retirement_drafts_queries, Q_DISCARD);
    bind_own(&q, draft_id, user_id, org_id);
    return query_run_one(&q);
}
