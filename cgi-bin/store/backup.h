/*
 * store/backup.h: copies of the live files, made while every program runs, and what a restored
 * people.db must forget.
 *
 * SQLite's online backup API copies the pages of one read transaction: of registry.db without
 * holding up anybody, for the ledger goes on in its WAL meanwhile. The source is opened read-only,
 * checkpoints nothing and is never read by path (safety.md section 1). VACUUM INTO would build
 * every index anew while it holds the same transaction: several times slower, and the WAL grows for
 * as long.
 *
 * people.db has a rollback journal: while its pages are read nobody can commit. So it is copied in
 * small steps, between which whoever waits gets a turn; a change begins the copy again, and only
 * after several beginnings is it copied in one go.
 */
#ifndef STORE_BACKUP_H
#define STORE_BACKUP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "store/store.h"

#define BACKUP_WORDS_SIZE 256

/* Copies from_path, live or not, to the new file to_path, out of WAL mode (STORE_COPY). Not yet
 * synced to the disk. False: words say why, and what lies at to_path is worth nothing. */
bool backup_copy(enum store_file file, const char *from_path, const char *to_path,
                 char words[BACKUP_WORDS_SIZE]);

/* What people.db must be opened with for the rest; NULL-ended. (registry.db: rights_queries.) */
extern const struct query_table *const backup_people_tables[];

int64_t backup_people_version(struct store *people);

/* people.db by SQLite's integrity check and its foreign keys. False: words say what is wrong. */
bool backup_people_is_sound(struct store *people, char words[BACKUP_WORDS_SIZE]);

/* Persons of people.db whom the registry does not know: none in a pair of which people.db is the
 * older, for a person is made known to the registry first. -1: a store is at fault. */
int64_t backup_strangers(struct store *people, struct store *registry, struct arena *arena);

/* Ends what must not come back to life: a session that was ended, a one-time link that was used, an
 * access token or a client secret that was revoked after the backup was made. The file is nobody
 * else's yet. False: nothing was ended. */
struct backup_ended {
    int64_t sessions, links, tokens, clients;
};
bool backup_end_access(const char *people_path, int64_t now_us, struct backup_ended *ended);

#endif
