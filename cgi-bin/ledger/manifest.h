/*
 * ledger/manifest.h: the small text file that says what a backup holds, so that a restore can prove
 * that it is whole:
 *
 *     tallystick-backup 1
 *     made 2026-11-25T20:15:00.123456Z
 *     tag EXR
 *     registry-schema 1
 *     people-schema 1
 *     acts 1234
 *     last-act 2026-11-25T20:14:59.654321Z     (or: none)
 *     people.db 24576 SHA-256 in hex, as sha256sum prints it
 *     registry.db 245760 SHA-256 in hex
 *     digest SHA-256 in hex of all lines above
 */
#ifndef LEDGER_MANIFEST_H
#define LEDGER_MANIFEST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/id.h"

#define MANIFEST_NAME "manifest"
#define MANIFEST_SIZE 1024 /* the text; it is under 600 bytes */

enum manifest_place { MANIFEST_PEOPLE, MANIFEST_REGISTRY, MANIFEST__FILES };

struct manifest_file {
    int64_t size_bytes;
    char sha256[DIGEST_HEX_SIZE];
};

struct manifest {
    int64_t made_at;
    char tag[ID_TAG_SIZE];
    int64_t registry_version, people_version;
    int64_t acts;   /* the last act's seq; 0: none */
    int64_t act_at; /* when it was recorded */
    struct manifest_file files[MANIFEST__FILES];
};

/* "people.db", "registry.db". */
const char *manifest_file_name(enum manifest_place place);

/* Returns the size of the text without its NUL. */
size_t manifest_write(const struct manifest *manifest, char text[MANIFEST_SIZE]);

enum manifest_read { MANIFEST_GOOD, MANIFEST_DAMAGED, MANIFEST_OF_ANOTHER_FORM };
/* Exactly what manifest_write writes, and its digest is right; anything else is DAMAGED.
 * OF_ANOTHER_FORM: the number of the first line is not 1, so a newer program wrote it. */
enum manifest_read manifest_read(const char *text, struct manifest *manifest);

/* Is a file of this size and digest the one that was backed up? */
bool manifest_file_is(const struct manifest_file *file, int64_t size_bytes,
                      const struct digest *digest);

#endif
