/*
 * import/main.c: the words of `tally import`. See import/import.h.
 */
#include <setjmp.h>
#include <stdio.h>

#include "base/text.h"
#include "import/eutl_import.h"
#include "import/import.h"
#include "import/isometric_import.h"

/* What stands on the command line. */
struct words {
    char **paths; /* in their order */
    int path_count;
    bool dry_run;
    bool accounts;
    int64_t limit; /* 0: none */
};

static int say_usage(FILE *to);
static bool read_words(int argc, char **argv, struct words *words);
static int run(const struct words *words, bool is_eutl, const struct tally *tally);

int import_main(int argc, char **argv, const struct tally *tally)
{
    struct words words;

    if (argc < 2 || text_is(argv[1], "--help")) {
        return say_usage(argc < 2 ? stderr : stdout);
    }
    bool is_eutl = text_is(argv[1], "eutl");
    if (!is_eutl && !text_is(argv[1], "isometric")) {
        fprintf(stderr, "tally: there is no import \"%s\".\n", argv[1]);
        return say_usage(stderr);
    }
    if (!read_words(argc - 1, argv + 1, &words)) {
        return say_usage(stderr);
    }
    if (words.path_count == 0 || (is_eutl && words.path_count > 1) ||
        (!is_eutl && (words.limit > 0 || words.accounts))) {
        return say_usage(stderr);
    }
    return run(&words, is_eutl, tally);
}

/* How much memory a file needs is known when it has been read: one that needs more than there is
 * is refused like any other. */
static int run(const struct words *words, bool is_eutl, const struct tally *tally)
{
    jmp_buf full;
    if (setjmp(full) != 0) {
        tally->arena->guard = NULL;
        tally_rollback(tally);
        fputs("There is more in this than an import has memory for. Import it in parts. Nothing "
              "more was imported.\n",
              stderr);
        return 1;
    }
    tally->arena->guard = &full;
    int code =
        is_eutl ? eutl_import(tally, words->paths[0], words->limit, words->dry_run, words->accounts)
                : isometric_import(tally, words->paths, words->path_count, words->dry_run);
    tally->arena->guard = NULL;
    return code;
}

static int say_usage(FILE *to)
{
    fputs(
        "usage: tally import isometric DIR | FILE… [--dry-run]\n"
        "           Isometric's public lists: projects.csv, issuances.csv, retirements.csv (a "
        "folder, or the files)\n"
        "       tally import eutl FILE [--dry-run] [--limit N] [--accounts]\n"
        "           replays plain transfers of the EU Transaction Log (TSV), each at its own time\n"
        "\n"
        "  --dry-run    says what would be made and what is wrong; changes nothing\n"
        "  --limit N    only the first N plain transfers\n"
        "  --accounts   lists opening balance + in - out = final of every account\n"
        "A file with anything wrong in it is refused whole, with every bad row named. Importing "
        "again makes nothing twice.\n",
        to);
    return to == stdout ? 0 : 2;
}

/* argv[0] is the kind of import. Paths are moved to the front of argv. */
static bool read_words(int argc, char **argv, struct words *words)
{
    *words = (struct words){.paths = argv};
    for (int i = 1; i < argc; i++) {
        if (text_is(argv[i], "--dry-run")) {
            words->dry_run = true;
        } else if (text_is(argv[i], "--accounts")) {
            words->accounts = true;
        } else if (text_is(argv[i], "--limit") && i + 1 < argc) {
            if (!text_parse_int(argv[++i], false, &words->limit) || words->limit < 1) {
                fprintf(stderr, "tally: --limit needs a number from 1 up, not \"%s\".\n", argv[i]);
                return false;
            }
        } else if (text_starts(argv[i], "--")) {
            fprintf(stderr, "tally: there is no option \"%s\" here.\n", argv[i]);
            return false;
        } else {
            words->paths[words->path_count++] = argv[i];
        }
    }
    return true;
}
