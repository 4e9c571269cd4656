/*
 * base/id.h: public ids (domain.md section 1): a three-letter prefix, '_', then 16 characters of
 * Crockford base32 in upper case: 9 of Unix milliseconds, 3 of the installation's tag, 4 that keep
 * ids of one millisecond apart. Ids sort by time as plain text.
 */
#ifndef BASE_ID_H
#define BASE_ID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ID_SIZE 21 /* 20 characters and NUL: `char org_id[ID_SIZE]` */
#define ID_TAG_SIZE 4
/* The tag of installations in which nothing is real (domain.md section 1). */
#define SANDBOX_TAG "SBX"

/* Where ids come from. One per process (or per act replay); never two for one database file's
 * writer. */
struct id_source {
    char tag[ID_TAG_SIZE]; /* the installation's tag, e.g. "SBX" */
    int64_t last_ms;       /* millisecond of the last id */
    uint32_t last_tail;    /* its last 20 bits */
    bool random_tail; /* true: several processes make ids; the first tail of a millisecond is random
                         and the schema's UNIQUE settles the rest. false: one writer; tails of one
                         millisecond count up from a start that is derived from it, so equal inputs
                         give equal ids (replay) */
};

/* Writes an id for the time at_us (>= 0) with a 3-letter lower-case prefix. Two calls on one source
 * never give the same id, and each id of a source sorts after the one before (behind the prefix):
 * within one millisecond tails count up from a start in the lower half, so at least 2^19 fit, then
 * the next millisecond is used; a time before the last one counts as the last one. */
void id_make(struct id_source *source, const char *prefix, int64_t at_us, char id[ID_SIZE]);

/* True for a well-formed id of that prefix (NULL: any prefix). Nothing about whether it exists. */
bool id_is(const char *text, const char *prefix);
/* The time in an id, to the millisecond; must be well-formed. */
int64_t id_time_us(const char *id);
/* A tag: three characters of the alphabet. */
bool id_tag_is(const char *text);

/* size_bytes of the system's randomness. Aborts when there is none. */
void random_bytes(void *bytes, size_t size_bytes);

#endif
