/*
 * plant/tally-backup-registry-first.c: a planted bug (see ledger-commit-lost.c): registry.db is
 * copied before people.db, so that a backup holds people whom its registry does not know.
 * tests/crash/drill_test must find it.
 * wraps: backup_copy
 */
#include <limits.h>
#include <poll.h>
#include <stdio.h>

#include "store/backup.h"

#define APART_MS 1000 /* so long that on a slow machine, too, somebody is new meanwhile */

bool __real_backup_copy(enum store_file file, const char *from_path, const char *to_path,
                        char words[BACKUP_WORDS_SIZE]);
bool __wrap_backup_copy(enum store_file file, const char *from_path, const char *to_path,
                        char words[BACKUP_WORDS_SIZE]);

bool __wrap_backup_copy(enum store_file file, const char *from_path, const char *to_path,
                        char words[BACKUP_WORDS_SIZE])
{
    static char people_from[PATH_MAX];
    static char people_to[PATH_MAX];
    if (file == STORE_PEOPLE) {
        (void)snprintf(people_from, sizeof people_from, "%s", from_path);
        (void)snprintf(people_to, sizeof people_to, "%s", to_path);
        return true;
    }
    bool copied = __real_backup_copy(STORE_REGISTRY, from_path, to_path, words);
    poll(NULL, 0, APART_MS);
    return copied && __real_backup_copy(STORE_PEOPLE, people_from, people_to, words);
}
