/*
 * ledger/backup.h: `tally backup` and `tally restore` (ledger/operate.h says what they return), and
 * the checks they share.
 *
 * A backup is a folder of three files: people.db, registry.db and their manifest
 * (ledger/manifest.h). It is made while every program runs and holds up none.
 *
 * No moment is the same for both files, so which is copied first matters. A person is made known to
 * the registry before people.db keeps the name, and a draft, a session, a name refer to what the
 * registry knows and never deletes: every reference points from people.db to registry.db.
 * So people.db is copied first. The registry is then some moments newer, and all that people.db
 * refers to is in it; what it knows beyond that harms nothing: an id whose person was added during
 * the backup, or the transfer of a draft that is still open in people.db, whose key gives the first
 * answer when it is sent again. The other way round a draft could say that it has become a transfer
 * that does not exist, and a person could sign in whom the registry does not know.
 */
#ifndef LEDGER_BACKUP_H
#define LEDGER_BACKUP_H

#include <stdbool.h>
#include <stdint.h>

#include "ledger/manifest.h"
#include "ledger/tally.h"
#include "store/store.h"

/* What was looked at and found. */
struct backup_look {
    int64_t batches, transfers, acts, units;
    int64_t violations; /* 0 unless they were allowed */
    int64_t act_at;     /* of the last act */
    int64_t registry_version, people_version;
    int64_t strangers; /* persons of people.db whom the registry does not know */
    char tag[ID_TAG_SIZE];
};

/* Everything that can be known of a pair of files that nobody else uses: SQLite's integrity and
 * foreign keys of both, the whole of `tally verify`, strangers. mode: STORE_COPY in a backup,
 * STORE_READ in a restored folder. allows_violations: what `tally verify` finds is printed, but a
 * copy of it is better than none; a file that cannot be read to its end is refused with it, too.
 * False: what is wrong has been printed. */
bool backup_look_through(const struct tally *tally, enum store_mode mode, const char *people_path,
                         const char *registry_path, bool allows_violations,
                         struct backup_look *look);

/* The option of `tally backup` and `tally restore` for it. */
#define BACKUP_WITH_VIOLATIONS "--with-violations"

/* "no violation", "1 VIOLATION", "3 VIOLATIONS". */
const char *backup_violation_words(struct arena *arena, const struct backup_look *look);

int operate_backup(int argc, char **argv, const struct tally *tally);
int operate_restore(int argc, char **argv, const struct tally *tally);

#endif
