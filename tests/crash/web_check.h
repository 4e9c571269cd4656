/*
 * crash/web_check.h: what must be in registry.db and people.db after the programs were killed,
 * against what the clients of crash/web_client.h asked and were told.
 */
#ifndef CRASH_WEB_CHECK_H
#define CRASH_WEB_CHECK_H

#include "crash/web_client.h"

#include "store/query.h"

#define SEQ_MAX 400000 /* acts of one registry */

/* ------------------------------------------------------------------ reading */

enum { Q_TRANSFERS, Q_KEYS, Q_ACTS, Q_BALANCES };
static const char *const registry_sql[] = {
    [Q_TRANSFERS] = "SELECT transfer_id, notes, from_org_id, to_org_id, units, state, submitted_by,"
                    " coalesce(ended_by, '') FROM transfer ORDER BY transfer_id",
    [Q_KEYS] = "SELECT key, scope, seq FROM idempotency WHERE key GLOB 'drf_*'",
    [Q_ACTS] = "SELECT seq, command, subject_id, user_id, outcome FROM act",
    /* what is held against what the completed transfers say */
    [Q_BALANCES] = "SELECT o.org_id, (SELECT coalesce(sum(last - first + 1), 0) FROM batch b WHERE "
                   "b.org_id = o.org_id AND b.state = 'active'),"
                   " ?1 + (SELECT coalesce(sum(units), 0) FROM transfer WHERE to_org_id = o.org_id "
                   "AND state = 'completed')"
                   " - (SELECT coalesce(sum(units), 0) FROM transfer WHERE from_org_id = o.org_id "
                   "AND state = 'completed')"
                   " FROM organisation o WHERE o.supplier_id IS NULL",
};
static const struct query_table registry_queries = {"web_kill", registry_sql, 4};
static const struct query_table *const registry_tables[] = {&registry_queries, NULL};

enum { Q_DRAFTS, Q_SOUND, Q_FOREIGN };
static const char *const people_sql[] = {
    [Q_DRAFTS] = "SELECT draft_id, user_id, org_id, to_org_id, units, transfer_id FROM draft"
                 " ORDER BY draft_id",
    [Q_SOUND] = "PRAGMA integrity_check",
    [Q_FOREIGN] = "PRAGMA foreign_key_check",
};
static const struct query_table people_queries = {"web_kill_people", people_sql, 3};

struct known_draft {
    const char *draft_id;
    int client;
    struct draft_record *draft;
};
struct seen_transfer {
    char transfer_id[ID_SIZE], state[16], ended_by[ID_SIZE];
    int done, in_doubt; /* what clients were told of its end */
};
struct seen_act {
    char command[16], subject_id[ID_SIZE], user_id[ID_SIZE];
    bool is_there, is_ok;
};

static struct known_draft known[CLIENTS * DRAFTS_MAX];
static size_t known_count;
static struct seen_transfer seen[CLIENTS * DRAFTS_MAX];
static size_t seen_count;
static struct seen_act acts[SEQ_MAX];

static inline int compare_known(const void *one, const void *other)
{
    return strcmp(((const struct known_draft *)one)->draft_id,
                  ((const struct known_draft *)other)->draft_id);
}

static inline int compare_seen(const void *one, const void *other)
{
    return strcmp(((const struct seen_transfer *)one)->transfer_id,
                  ((const struct seen_transfer *)other)->transfer_id);
}

static inline void gather_drafts(void)
{
    known_count = 0;
    for (int i = 0; i < CLIENTS; i++) {
        for (int j = 0; j < atomic_load(&shared->clients[i].draft_count); j++) {
            struct draft_record *draft = &shared->clients[i].drafts[j];
            draft->transfers_found = draft->keys_found = 0;
            known[known_count++] =
                (struct known_draft){.draft_id = draft->draft_id, .client = i, .draft = draft};
        }
    }
    qsort(known, known_count, sizeof known[0], compare_known);
    for (size_t i = 1; i < known_count; i++) {
        CHECK(!text_is(known[i - 1].draft_id, known[i].draft_id), "draft %s was given twice",
              known[i].draft_id);
    }
}

static inline struct known_draft *find_draft(const char *draft_id)
{
    struct known_draft key = {.draft_id = draft_id};
    return bsearch(&key, known, known_count, sizeof known[0], compare_known);
}

static inline void read_transfers(struct store *store)
{
    struct query q = query(store, &registry_queries, Q_TRANSFERS);
    seen_count = 0;
    while (query_row(&q)) {
        arena_reset(&the_world.arena, 0);
        CHECK(seen_count < sizeof seen / sizeof seen[0], "more transfers than drafts");
        struct seen_transfer *transfer = &seen[seen_count++];
        *transfer = (struct seen_transfer){.done = 0};
        query_text_into(&q, 0, transfer->transfer_id, sizeof transfer->transfer_id);
        query_text_into(&q, 5, transfer->state, sizeof transfer->state);
        query_text_into(&q, 7, transfer->ended_by, sizeof transfer->ended_by);
        struct known_draft *of = find_draft(query_text(&q, &the_world.arena, 1));
        CHECK(of != NULL, "transfer %s is of no draft that anybody confirmed",
              transfer->transfer_id);
        const struct web_person *who = &shared->clients[of->client].who;
        TEXT_COPY(of->draft->id_found, transfer->transfer_id);
        of->draft->transfers_found++;
        CHECK(text_is(query_text(&q, &the_world.arena, 2), who->org_id) &&
                  text_is(query_text(&q, &the_world.arena, 3), the_world.org_ids[of->draft->to]) &&
                  query_int(&q, 4) == of->draft->units &&
                  text_is(query_text(&q, &the_world.arena, 6), who->user_id),
              "transfer %s is not what draft %s says", transfer->transfer_id, of->draft_id);
    }
    query_end(&q);
}

static inline void read_acts(struct store *store)
{
    struct query q = query(store, &registry_queries, Q_ACTS);
    memset(acts, 0, sizeof acts);
    while (query_row(&q)) {
        arena_reset(&the_world.arena, 0);
        int64_t seq = query_int(&q, 0);
        CHECK(seq > 0 && seq < SEQ_MAX, "act %" PRId64 " is beyond this test", seq);
        (void)text_copy(acts[seq].command, sizeof acts[seq].command,
                        query_text(&q, &the_world.arena, 1));
        query_text_into(&q, 2, acts[seq].subject_id, ID_SIZE);
        query_text_into(&q, 3, acts[seq].user_id, ID_SIZE);
        acts[seq].is_ok = text_is(query_text(&q, &the_world.arena, 4), "ok");
        acts[seq].is_there = true;
    }
    query_end(&q);
}

static inline void read_keys(struct store *store)
{
    struct query q = query(store, &registry_queries, Q_KEYS);
    while (query_row(&q)) {
        arena_reset(&the_world.arena, 0);
        const char *key = query_text(&q, &the_world.arena, 0);
        struct known_draft *of = find_draft(key);
        CHECK(of != NULL && text_is(query_text(&q, &the_world.arena, 1),
                                    shared->clients[of->client].who.user_id),
              "key %s is nobody's", key);
        const struct seen_act *act = &acts[query_int(&q, 2)];
        CHECK(act->is_ok && text_is(act->command, "transfer") &&
                  text_is(act->subject_id, of->draft->id_found),
              "key %s is of act %" PRId64 ", not of transfer %s", key, query_int(&q, 2),
              of->draft->id_found);
        of->draft->keys_found++;
    }
    query_end(&q);
}

static inline void read_balances(struct store *store)
{
    struct query q = query(store, &registry_queries, Q_BALANCES);
    query_bind_int(&q, 1, WORLD_UNITS);
    int orgs = 0;
    while (query_row(&q)) {
        arena_reset(&the_world.arena, 0);
        CHECK(query_int(&q, 1) == query_int(&q, 2),
              "%s holds %" PRId64 " units, its transfers say %" PRId64,
              query_text(&q, &the_world.arena, 0), query_int(&q, 1), query_int(&q, 2));
        orgs++;
    }
    query_end(&q);
    CHECK(orgs == WORLD_ORGS, "%d organisations", orgs);
}

static inline void read_registry(void)
{
    struct store *store =
        store_open(STORE_REGISTRY, STORE_READ, the_world.registry_path, registry_tables);
    CHECK(store != NULL, "the registry cannot be read");
    gather_drafts();
    store_begin_read(store);
    read_acts(store);
    read_transfers(store);
    read_keys(store);
    read_balances(store);
    CHECK(!store_fault(store), "the registry was not read to its end");
    store_close(store);
}

/* ------------------------------------------------------------------ checking */

struct sums {
    int transfers, drafts, unfinished, doubts, doubts_done, decided, refused, acts_doubted,
        begun_untold, untold_found, asked_again, unnoted;
};

static inline void check_draft(const struct known_draft *of, bool is_final, struct sums *sums)
{
    const struct draft_record *draft = of->draft;
    int found = draft->transfers_found;
    CHECK(found <= 1 && draft->keys_found == found, "draft %s became %d transfers with %d keys",
          draft->draft_id, found, draft->keys_found);
    if (draft->transfer_id[0] != '\0') {
        CHECK(found == 1 && text_is(draft->transfer_id, draft->id_found),
              "draft %s: %s was acknowledged and is lost", draft->draft_id, draft->transfer_id);
        sums->transfers++;
    } else if (draft->asked && draft->in_doubt) {
        CHECK(!is_final, "draft %s was not settled", draft->draft_id);
        sums->doubts++;
        sums->doubts_done += found;
    } else {
        CHECK(found == 0, "draft %s became %s although %s", draft->draft_id, draft->id_found,
              draft->asked ? "each answer said that nothing happened" : "nobody confirmed it");
        sums->unfinished++;
    }
}

/* The row of the audit log that a client was told of. */
static inline const struct seen_act *act_told(int client, const struct act_record *act, int i,
                                              int64_t seq)
{
    const struct seen_act *row = &acts[seq > 0 && seq < SEQ_MAX ? seq : 0];
    CHECK(row->is_there && text_is(row->command, act->act) &&
              text_is(row->subject_id, act->ticks[i].transfer_id) &&
              text_is(row->user_id, shared->clients[client].who.user_id),
          "%s of %s was acknowledged as act %" PRId64 " and is lost", act->act,
          act->ticks[i].transfer_id, seq);
    return row;
}

/* What a client was told of one transfer's end. */
static inline void check_tick(int client, const struct act_record *act, int i, struct sums *sums)
{
    struct seen_transfer key;
    TEXT_COPY(key.transfer_id, act->ticks[i].transfer_id);
    struct seen_transfer *transfer = bsearch(&key, seen, seen_count, sizeof seen[0], compare_seen);
    CHECK(transfer != NULL, "transfer %s is gone", key.transfer_id);
    if (act->ticks[i].state == TICK_DOUBT) {
        transfer->in_doubt++;
        sums->acts_doubted++;
    }
    if (act->ticks[i].state != TICK_DECIDED) {
        return;
    }
    const struct seen_act *row = act_told(client, act, i, act->ticks[i].seq);
    CHECK(act->ticks[i].former_seq == 0 ||
              !act_told(client, act, i, act->ticks[i].former_seq)->is_ok,
          "%s of %s happened twice", act->act, transfer->transfer_id);
    if (!row->is_ok) {
        sums->refused++;
        return;
    }
    const char *state = text_is(act->act, "accept")   ? "completed"
                        : text_is(act->act, "reject") ? "rejected"
                                                      : "withdrawn";
    CHECK(text_is(transfer->state, state) && text_is(transfer->ended_by, row->user_id),
          "%s is %s by %s, but %s was acknowledged to %s", transfer->transfer_id, transfer->state,
          transfer->ended_by, act->act, row->user_id);
    transfer->done++;
    sums->decided++;
}

static inline void check_registry(bool is_final, struct sums *sums)
{
    read_registry();
    for (size_t i = 0; i < known_count; i++) {
        check_draft(&known[i], is_final, sums);
    }
    for (int i = 0; i < CLIENTS; i++) {
        for (int j = 0; j < atomic_load(&shared->clients[i].act_count); j++) {
            const struct act_record *act = &shared->clients[i].acts[j];
            for (int k = 0; k < act->count; k++) {
                check_tick(i, act, k, sums);
            }
        }
    }
    for (size_t i = 0; i < seen_count; i++) {
        bool is_over = !text_is(seen[i].state, "pending");
        CHECK(seen[i].done <= 1, "%s was ended %d times", seen[i].transfer_id, seen[i].done);
        CHECK(is_over ? seen[i].done + seen[i].in_doubt > 0 : seen[i].done == 0,
              "%s is %s, but its end was told %d times and is in doubt %d times",
              seen[i].transfer_id, seen[i].state, seen[i].done, seen[i].in_doubt);
    }
    CHECK(!is_final || sums->acts_doubted == 0, "%d decisions were not settled",
          sums->acts_doubted);
}

/* Every draft that somebody was told of, with the answers that were acknowledged. */
static inline void check_drafts_kept(struct store *people, struct sums *sums)
{
    struct query q = query(people, &people_queries, Q_DRAFTS);
    while (query_row(&q)) {
        arena_reset(&the_world.arena, 0);
        struct known_draft *of = find_draft(query_text(&q, &the_world.arena, 0));
        if (of == NULL) {
            sums->untold_found++; /* made, but nobody was told */
            continue;
        }
        const struct draft_record *draft = of->draft;
        const struct web_person *who = &shared->clients[of->client].who;
        CHECK(!draft->discard_told, "draft %s was discarded and is there", draft->draft_id);
        CHECK(text_is(query_text(&q, &the_world.arena, 1), who->user_id) &&
                  text_is(query_text(&q, &the_world.arena, 2), who->org_id) &&
                  (!draft->recipient_kept ||
                   text_is(query_text(&q, &the_world.arena, 3), the_world.org_ids[draft->to])) &&
                  (!draft->amount_kept || query_int(&q, 4) == draft->units),
              "draft %s has lost an answer", draft->draft_id);
        const char *transfer_id = query_text(&q, &the_world.arena, 5);
        CHECK(text_empty(transfer_id) || text_is(transfer_id, draft->id_found),
              "draft %s says it became %s, not %s", draft->draft_id, transfer_id, draft->id_found);
        sums->unnoted += text_empty(transfer_id) && draft->transfers_found == 1 ? 1 : 0;
        sums->drafts++;
    }
    query_end(&q);
}

static inline void check_people(struct sums *sums)
{
    int expected = 0, maybe = 0;
    struct sums now = {0};
    struct store *people = web_open_people(&the_web, &people_queries);
    struct query q = query(people, &people_queries, Q_SOUND);
    CHECK(query_row(&q) && text_is(query_text(&q, &the_world.arena, 0), "ok"),
          "people.db is damaged: %s", query_text(&q, &the_world.arena, 0));
    query_end(&q);
    q = query(people, &people_queries, Q_FOREIGN);
    CHECK(!query_row(&q), "people.db breaks a reference");
    query_end(&q);
    check_drafts_kept(people, &now);
    CHECK(!store_fault(people), "people.db was not read to its end");
    store_close(people);
    for (int i = 0; i < CLIENTS; i++) {
        now.begun_untold += shared->clients[i].begun_untold;
        for (int j = 0; j < atomic_load(&shared->clients[i].draft_count); j++) {
            const struct draft_record *draft = &shared->clients[i].drafts[j];
            expected += draft->discard_asked ? 0 : 1;
            maybe += draft->discard_asked && !draft->discard_told ? 1 : 0;
        }
    }
    CHECK(now.drafts >= expected && now.drafts <= expected + maybe,
          "%d drafts are there, %d were acknowledged", now.drafts, expected);
    CHECK(now.untold_found <= now.begun_untold, "%d drafts that nobody began",
          now.untold_found - now.begun_untold);
    sums->drafts += now.drafts;
    sums->unnoted += now.unnoted;
    sums->begun_untold += now.begun_untold;
    sums->untold_found += now.untold_found;
}

#endif
