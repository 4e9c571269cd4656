/*
 * ledger/operate.h: the operator's subcommands of `tally`. Each gets its own words (argv[0] is its
 * name) and returns what main returns: 0 done, 1 refused, failed or something is wrong, 2 the words
 * were not understood.
 */
#ifndef LEDGER_OPERATE_H
#define LEDGER_OPERATE_H

#include "ledger/tally.h"

int operate_init(int argc, char **argv, const struct tally *tally);
int operate_migrate(int argc, char **argv, const struct tally *tally);
int operate_verify(int argc, char **argv, const struct tally *tally);
int operate_status(int argc, char **argv, const struct tally *tally);
int operate_expire(int argc, char **argv, const struct tally *tally);
int operate_freeze(int argc, char **argv, const struct tally *tally); /* also "thaw" */

#endif
