/*
 * bench/fill_totals.h: the running totals of a registry that was filled past the ledger. The schema
 * file that brought them in has lines, between "-- totals begin" and "-- totals end", that make
 * them out of what there is; those are run again on emptied tables.
 */
#ifndef BENCH_FILL_TOTALS_H
#define BENCH_FILL_TOTALS_H

#include <dirent.h>

#include "bench/fill_rows.h"

#define SCRIPT_BYTES_MAX 262144
#define TOTALS_BEGIN "-- totals begin\n"
#define TOTALS_END "-- totals end"
#define TOTALS_INSERT "\nINSERT INTO "

/* Everything that the lines insert into is emptied. */
static inline void empty_totals(const struct rows *rows, const char *lines)
{
    char table[64], sql[128];
    for (const char *at = strstr(lines, TOTALS_INSERT); at != NULL;
         at = strstr(at + 1, TOTALS_INSERT)) {
        CHECK(sscanf(at + strlen(TOTALS_INSERT), "%63[a-z_]", table) == 1, "no table: %.100s", at);
        (void)snprintf(sql, sizeof sql, "DELETE FROM %s", table);
        rows_sql(rows, sql);
    }
}

static inline void totals_of_file(const struct rows *rows, const char *path)
{
    static char script[SCRIPT_BYTES_MAX];
    FILE *file = fopen(path, "r");
    CHECK(file != NULL, "no %s", path);
    size_t size_bytes = fread(script, 1, sizeof script - 1, file);
    (void)fclose(file);
    script[size_bytes] = '\0';
    char *begin = strstr(script, TOTALS_BEGIN);
    char *end = begin == NULL ? NULL : strstr(begin, TOTALS_END);
    if (end == NULL) {
        return;
    }
    *end = '\0';
    begin += strlen(TOTALS_BEGIN) - 1; /* with the end of its line: each INSERT begins one */
    empty_totals(rows, begin);
    rows_sql(rows, begin);
}

static inline void rows_totals(const struct rows *rows, const char *schema_dir)
{
    struct dirent **entries = NULL;
    int count = scandir(schema_dir, &entries, NULL, alphasort);
    CHECK(count > 0, "no %s", schema_dir);
    rows_sql(rows, "BEGIN");
    for (int i = 0; i < count; i++) {
        char path[PATH_MAX];
        if (strstr(entries[i]->d_name, ".sql") != NULL) {
            (void)snprintf(path, sizeof path, "%.3000s/%s", schema_dir, entries[i]->d_name);
            totals_of_file(rows, path);
        }
        free(entries[i]);
    }
    free(entries);
    rows_sql(rows, "COMMIT");
}

#endif
