/*
 * import/csv_file.c: a table from a file on disk. See import/csv.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "import/csv.h"

static bool read_file(struct arena *arena, struct report *report, const char *path,
                      const char **bytes, size_t *size_bytes);

bool csv_read(struct arena *arena, struct report *report, const char *path, char delimiter,
              struct csv_table *table)
{
    const char *bytes = NULL;
    size_t size_bytes = 0;
    const char *slash = strrchr(path, '/');
    const char *name = arena_text(arena, slash == NULL ? path : slash + 1);

    *table = (struct csv_table){.name = name};
    if (!read_file(arena, report, path, &bytes, &size_bytes)) {
        return false;
    }
    return csv_read_bytes(arena, report, name, bytes, size_bytes, delimiter, table);
}

static bool read_file(struct arena *arena, struct report *report, const char *path,
                      const char **bytes, size_t *size_bytes)
{
    struct stat about;
    struct place place = place_of(path);
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0 || fstat(fd, &about) != 0 || !S_ISREG(about.st_mode)) {
        report_problem(report, place, "The file cannot be read: %s.",
                       fd < 0 ? strerror(errno) : "it is not a regular file");
        if (fd >= 0) {
            close(fd);
        }
        return false;
    }
    if (about.st_size > (off_t)CSV_FILE_MIB_MAX * 1024 * 1024) {
        report_problem(report, place, "The file is larger than %d MiB. Import it in parts.",
                       CSV_FILE_MIB_MAX);
        close(fd);
        return false;
    }
    size_t size = (size_t)about.st_size;
    char *room = arena_take(arena, size + 1, 1);
    size_t got = 0;
    ssize_t n = 1;
    while (got < size && n > 0) {
        n = read(fd, room + got, size - got);
        got += n > 0 ? (size_t)n : 0;
    }
    close(fd);
    if (n < 0) {
        report_problem(report, place, "The file cannot be read: %s.", strerror(errno));
        return false;
    }
    *bytes = room;
    *size_bytes = got;
    return true;
}
