/*
 * base/must.h: a promise the program makes to itself.
 *
 * must(x) stays on in production: when x is false the program has a bug, so it logs
 * where and aborts. SQLite rolls back what was open, the supervisor starts the program again.
 * Never use must() for something a person or another program can cause.
 */
#ifndef BASE_MUST_H
#define BASE_MUST_H

/* Logs "event=bug" with the place and the text of the broken promise, then abort(). */
_Noreturn void must_fail(const char *file, int line, const char *promise);

#define must(promise) ((promise) ? (void)0 : must_fail(__FILE__, __LINE__, #promise))

#endif
