/*
 * plant/tally-backup-holds-people.c: a planted bug (see ledger-commit-lost.c): while people.db is
 * copied nobody can write to it for longer than the web programs wait. tests/crash/drill_test must
 * find it.
 * wraps: backup_copy
 */
#include <poll.h>
#include <sqlite3.h>

#include "store/backup.h"

#define HELD_MS 6000

bool __real_backup_copy(enum store_file file, const char *from_path, const char *to_path,
                        char words[BACKUP_WORDS_SIZE]);
bool __wrap_backup_copy(enum store_file file, const char *from_path, const char *to_path,
                        char words[BACKUP_WORDS_SIZE]);

bool __wrap_backup_copy(enum store_file file, const char *from_path, const char *to_path,
                        char words[BACKUP_WORDS_SIZE])
{
    sqlite3 *db = NULL;
    if (file == STORE_PEOPLE && sqlite3_open(from_path, &db) == SQLITE_OK) {
        (void)sqlite3_busy_timeout(db, 1000);
        (void)sqlite3_exec(db, "BEGIN; SELECT count(*) FROM person", NULL, NULL, NULL);
        poll(NULL, 0, HELD_MS);
    }
    (void)sqlite3_close(db);
    return __real_backup_copy(file, from_path, to_path, words);
}
