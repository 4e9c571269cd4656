/*
 * plant/tally-backup-copies-file.c: a planted bug (see ledger-commit-lost.c): the backup copies the
 * live files by path, as a careless script would: what stands in the WAL is forgotten, and closing
 * the file drops the locks of the process. tests/crash/drill_test must find it.
 * wraps: backup_copy
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "store/backup.h"

#define VERSION_OFFSET 18 /* of a database's header: 1 out of WAL mode, 2 in it; twice */

bool __wrap_backup_copy(enum store_file file, const char *from_path, const char *to_path,
                        char words[BACKUP_WORDS_SIZE]);

bool __wrap_backup_copy(enum store_file file, const char *from_path, const char *to_path,
                        char words[BACKUP_WORDS_SIZE])
{
    static char piece[65536];
    (void)file;
    (void)snprintf(words, BACKUP_WORDS_SIZE, "planted");
    int from = open(from_path, O_RDONLY | O_CLOEXEC);
    int to = open(to_path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    ssize_t bytes = 1;
    while (from >= 0 && to >= 0 && bytes > 0) {
        bytes = read(from, piece, sizeof piece);
        if (bytes > 0 && write(to, piece, (size_t)bytes) != bytes) {
            bytes = -1;
        }
    }
    bool copied = bytes == 0 && pwrite(to, "\1\1", 2, VERSION_OFFSET) == 2;
    close(from);
    close(to);
    return copied;
}
