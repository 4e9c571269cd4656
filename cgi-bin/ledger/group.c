/* ledger/group.c: see ledger/group.h. */
#include "ledger/group.h"

#include <setjmp.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/must.h"
#include "ledger/wire.h"

#define GROUP_TIMER SIZE_MAX

static enum status gather(struct group *group, struct ledger *ledger, struct door *door);
static enum status add(struct group *group, struct ledger *ledger, size_t client,
                       enum asker program, bool is_command);
static enum status apply(struct group *group, struct ledger *ledger, struct group_entry *entry);
static void answer_all_applied(struct group *group, enum status status);
static void answer_clients(const struct group *group, struct door *door);
static void log_group(const struct group *group, const char *event, int64_t took_us);

enum status group_run(struct group *group, struct ledger *ledger, struct door *door,
                      bool with_timer, size_t *acts)
{
    group->count = 0;
    group->applied = 0;
    group->is_open = false;
    *acts = 0;
    int64_t began_us = clock_steady_us();

    enum status status = STATUS_OK;
    if (with_timer) {
        group->message = command_of(ACT_EXPIRE, "", "");
        status = add(group, ledger, GROUP_TIMER, PROGRAM_LEDGER, true);
    }
    if (status == STATUS_OK) {
        status = gather(group, ledger, door);
    }
    const char *event = "commit";
    if (status != STATUS_OK) {
        store_rollback(ledger->store);
        event = "rollback";
        if (status == STATUS_FAULT) {
            answer_all_applied(group, STATUS_FAULT);
        }
    } else if (group->is_open && !store_commit(ledger->store)) {
        store_rollback(ledger->store);
        event = "commit-failed";
        status = STATUS_FAULT;
        answer_all_applied(group, STATUS_ANSWER_LOST);
    }
    group->is_open = false;
    answer_clients(group, door);
    log_group(group, event, clock_steady_us() - began_us);
    store_settle(ledger->store);
    door_sweep(door);
    *acts = status == STATUS_OK ? group->applied : 0;
    return status == STATUS_OUT_OF_ROOM ? STATUS_OK : status;
}

/* Goes on for as long as commands keep coming and the group has room: who has been heard waits for
 * the answer, so this ends. */
static enum status gather(struct group *group, struct ledger *ledger, struct door *door)
{
    while (group->count < GROUP_COMMIT_MAX) {
        size_t size_bytes = 0;
        size_t client = 0;
        if (!door_take(door, &group->message, &size_bytes, &client)) {
            bool extra = false;
            if (door_wait(door, 0, &extra)) {
                continue;
            }
            return STATUS_OK;
        }
        enum status status = add(group, ledger, client, door->clients[client].program,
                                 wire_command_is(&group->message, size_bytes));
        if (status != STATUS_OK) {
            return status;
        }
    }
    return STATUS_OK;
}

/* STATUS_FAULT and STATUS_OUT_OF_ROOM end the group; a refusal is an answer like another. */
static enum status add(struct group *group, struct ledger *ledger, size_t client,
                       enum asker program, bool is_command)
{
    must(group->count < GROUP_COMMIT_MAX);
    struct group_entry *entry = &group->entries[group->count];
    memset(entry, 0, sizeof *entry);
    group->count++;
    entry->client = client;
    entry->program = program;
    if (!is_command) {
        entry->answer = wire_answer(STATUS_BAD_REQUEST);
        return STATUS_OK;
    }
    entry->kind = (enum act_kind)group->message.kind;
    memcpy(entry->user_id, group->message.user_id, sizeof entry->user_id);
    if (!group->is_open) {
        group->is_open = store_begin_write(ledger->store);
        if (!group->is_open) {
            return STATUS_FAULT;
        }
    }
    group->applied++;
    return apply(group, ledger, entry);
}

/* An act that needs more memory than there is undoes its group: nothing of it happened, and the
 * others may ask again. */
static enum status apply(struct group *group, struct ledger *ledger, struct group_entry *entry)
{
    jmp_buf full;
    if (setjmp(full) != 0) {
        ledger->arena->guard = NULL;
        answer_all_applied(group, STATUS_BUSY);
        entry->answer = wire_answer(STATUS_OUT_OF_ROOM);
        return STATUS_OUT_OF_ROOM;
    }
    ledger->arena->guard = &full;
    arena_reset(ledger->arena, 0);
    int64_t now_us = clock_now_us();
    group->recorded_us = now_us > group->recorded_us ? now_us : group->recorded_us;
    entry->answer = wire_answer(STATUS_FAULT);
    enum status status =
        ledger_apply(ledger, entry->program, &group->message, group->recorded_us, &entry->answer);
    ledger->arena->guard = NULL;
    return status == STATUS_FAULT ? STATUS_FAULT : STATUS_OK;
}

static void answer_all_applied(struct group *group, enum status status)
{
    for (size_t i = 0; i < group->count; i++) {
        if (group->entries[i].kind != ACT_NONE) {
            group->entries[i].answer = wire_answer(status);
        }
    }
}

static void answer_clients(const struct group *group, struct door *door)
{
    for (size_t i = 0; i < group->count; i++) {
        if (group->entries[i].client != GROUP_TIMER) {
            door_answer(door, group->entries[i].client, &group->entries[i].answer);
        }
    }
}

/* After the answers: nobody waits for the log. */
static void log_group(const struct group *group, const char *event, int64_t took_us)
{
    log_gather(true); /* one write for many acts */
    for (size_t i = 0; i < group->count; i++) {
        const struct group_entry *entry = &group->entries[i];
        if (entry->client == GROUP_TIMER && entry->answer.status == STATUS_OK &&
            entry->answer.count == 0) {
            continue; /* nothing was out of time */
        }
        log_event("info", "act", "kind",
                  entry->kind == ACT_NONE ? "malformed" : act_word(entry->kind), "status",
                  status_row((enum status)entry->answer.status)->slug, "seq",
                  log_int(entry->answer.seq), "asker", program_word(entry->program), "user",
                  entry->user_id, "id", entry->answer.id, "repeated",
                  entry->answer.repeated ? "yes" : "no", NULL);
    }
    if (group->applied > 0) {
        log_event(strcmp(event, "commit") == 0 ? "info" : "fault", event, "acts",
                  log_int((int64_t)group->applied), "took_us", log_int(took_us), NULL);
    }
    log_gather(false);
}
