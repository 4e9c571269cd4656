/*
 * ledger/group.h: group commit. All commands that are at the door share one SQLite transaction and
 * one sync; each is answered only after the commit. While one group commits, the next gathers by
 * itself in the sockets.
 */
#ifndef LEDGER_GROUP_H
#define LEDGER_GROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ledger/door.h"
#include "ledger/ledger.h"

/* One message taken and what comes of it. */
struct group_entry {
    size_t client; /* GROUP_TIMER: the daemon's own clock asked */
    enum asker program;
    enum act_kind kind; /* ACT_NONE: the message was no command */
    char user_id[ID_SIZE];
    struct answer answer;
};

struct group {
    struct group_entry entries[GROUP_COMMIT_MAX];
    size_t count;
    size_t applied;         /* of them, how many went to the ledger */
    bool is_open;           /* a transaction is open */
    int64_t recorded_us;    /* the time of the last act; never goes back */
    struct command message; /* the one being looked at */
};

/* Takes what is at the door (with_timer: and first of all the timer's ACT_EXPIRE), applies it,
 * commits and answers. *acts: how many acts were committed. Returns STATUS_OK, or STATUS_FAULT: the
 * store is at fault, everyone has been told, and the daemon must stop:
 * - the ledger could not apply: nothing of the group was kept, all are answered STATUS_FAULT;
 * - the commit failed: whether it reaches the disk is known only after the next start, all are
 * answered STATUS_ANSWER_LOST. */
enum status group_run(struct group *group, struct ledger *ledger, struct door *door,
                      bool with_timer, size_t *acts);

#endif
