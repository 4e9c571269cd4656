/*
 * ledger/wire.h: is what came over the socket a command at all? Nothing of a message is read before
 * this has looked at it: its size, version and kind, every text ended, every yes-or-no 0 or 1,
 * every count within its array. What it means is not asked here.
 */
#ifndef LEDGER_WIRE_H
#define LEDGER_WIRE_H

#include <stdbool.h>
#include <stddef.h>

#include "ledger/command.h"

/* message: at least sizeof(struct command) bytes of memory, of which the first size_bytes came: the
 * whole struct, or exactly wire_command_bytes of it. Lines that did not come are not read. */
bool wire_command_is(const struct command *message, size_t size_bytes);

/* How much of a command is worth sending: its head and its body without the lines that are not
 * used. A command of the whole 12 kB costs both sides more than the act itself does in SQLite. */
size_t wire_command_bytes(const struct command *command);

/* An answer with this status and nothing else. */
struct answer wire_answer(enum status status);

#endif
