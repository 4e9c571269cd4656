/*
 * base/log.h: one line per event on standard error: `ts=2026-11-20T14:03:22.123456Z program=ledger
 * level=info event=commit acts=32 took_us=812`. Values are quoted and control characters escaped,
 * so that a line cannot be forged. Never log a secret: password, token, cookie, private note.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>
#include <stdint.h>

/* Names the program in every following line. The text must outlive the process. */
void log_open(const char *program);

/* log_event("info", "signed-in", "user", user_id, "ip", address, NULL): pairs of const char * key
 * and value, ended by NULL. A NULL value is written as "". */
void log_event(const char *level, const char *event, ...) __attribute__((sentinel));

/* true: lines gather, up to 4096 bytes at a time, until log_gather(false) writes what is left. For
 * a run of many lines; never across anything that may end the process. */
void log_gather(bool gather);

/* Decimal text of a number for log_event, kept in a ring of 16 static buffers: use at once. */
const char *log_int(int64_t number);

#endif
