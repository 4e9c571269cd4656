/*
 * ledger/tally.h: what every subcommand of `tally` is given, and its ways to the ledger.
 *
 * While the daemon runs, commands go through its socket; otherwise tally takes the daemon's lock
 * and applies them itself. Which of the two is settled by the first command (or by tally_is_direct)
 * and stays so until the program ends: holding the lock keeps a daemon from starting in between.
 * Subcommands never open registry.db for writing themselves.
 */
#ifndef LEDGER_TALLY_H
#define LEDGER_TALLY_H

#include <stdbool.h>

#include "base/arena.h"
#include "ledger/command.h"
#include "model/status.h"

struct tally_way; /* the open way to the ledger, inside ledger/way.c */

struct tally {
    struct arena *arena;    /* the subcommand's work memory; it may take marks and reset to them */
    const char *data_dir;   /* TALLYSTICK_DATA: holds registry.db, people.db and registry.lock */
    const char *run_dir;    /* TALLYSTICK_RUN: holds the daemon's sockets */
    const char *schema_dir; /* holds registry/NNN_*.sql and people/NNN_*.sql */
    const char *registry_path; /* data_dir "/registry.db": for store_open(…, STORE_READ, …) */
    const char *people_path;   /* data_dir "/people.db" */
    bool progress;             /* standard error is a terminal: progress may be shown there */
    struct tally_way *way;
};

/* True: tally itself writes, the daemon is stopped. False: commands go to the daemon, or (*status
 * not STATUS_OK) there is no way at all; why has been said on standard error. status may be NULL.
 */
bool tally_is_direct(const struct tally *tally, enum status *status);

/* One command, one answer; it is committed when this returns (unless inside tally_begin). Returns
 * answer->status. The command is applied as PROGRAM_TALLY: user_id "" is the operator, at_us may
 * date it. STATUS_FAULT, STATUS_LEDGER_AWAY, STATUS_ANSWER_LOST are faults: stop and say so;
 * everything else is a decision. */
enum status tally_ask(const struct tally *tally, const struct command *command,
                      struct answer *answer);

/* ---- all or nothing: direct writing only ---- */

/* Opens one transaction for everything asked until tally_commit or tally_rollback. STATUS_BUSY when
 * the daemon runs (a sentence for people: "The ledger daemon is running; stop it first."),
 * STATUS_FAULT when the store is at fault. */
enum status tally_begin(const struct tally *tally);
/* Keeps it all. STATUS_FAULT: nothing was kept. STATUS_ANSWER_LOST: the disk failed at the very
 * end; what it kept is known when the registry is opened again. */
enum status tally_commit(const struct tally *tally);
/* Undoes it all, e.g. after a dry run. */
void tally_rollback(const struct tally *tally);

/* ---- many at once, answers in the order of the commands ---- */

/* Sends without waiting for the answer. answered is called once, in the order of the commands, with
 * the command as it was sent; it must not ask or send itself. Through the daemon several commands
 * are in flight; directly they are applied at once and committed in groups. answered is called
 * during this call, a later tally_send, or tally_settle, and only for what has been committed
 * (inside tally_begin: for what has been applied). A command that follows from the answer of an
 * earlier one (an id made by the ledger) must wait for tally_settle; one that only needs the
 * earlier act to have happened need not, they are done in order. Give each command a key: after a
 * break of the connection keyed commands are asked again, others are answered ANSWER_LOST. Anything
 * but STATUS_OK: the way is lost; what was not answered is not known to have happened. */
enum status tally_send(const struct tally *tally, const struct command *command,
                       void (*answered)(void *context, const struct command *command,
                                        const struct answer *answer),
                       void *context);
/* Waits until everything sent has been answered. */
enum status tally_settle(const struct tally *tally);

#endif
