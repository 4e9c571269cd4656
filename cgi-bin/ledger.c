/*
 * ledger: the daemon that writes the registry. See ledger/daemon.h.
 *
 * Environment: TALLYSTICK_DATA (folder of registry.db), TALLYSTICK_RUN (folder of the sockets), and
 * for each program that runs as a user of its own TALLYSTICK_UID_ACCOUNT, _ADMIN, _API, _TALLY: a
 * user's name or number.
 */
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "ledger/daemon.h"

static const char *const uid_names[PROGRAM__COUNT] = {
    [PROGRAM_ACCOUNT] = "TALLYSTICK_UID_ACCOUNT",
    [PROGRAM_ADMIN] = "TALLYSTICK_UID_ADMIN",
    [PROGRAM_API] = "TALLYSTICK_UID_API",
    [PROGRAM_TALLY] = "TALLYSTICK_UID_TALLY",
};

static bool read_uid(const char *name, uid_t *uid);

int main(int argc, char **argv)
{
    log_open("ledger");
    struct daemon_setup setup = {.data_dir = getenv("TALLYSTICK_DATA"),
                                 .run_dir = getenv("TALLYSTICK_RUN")};
    bool usage_right = argc == 1 || (argc == 2 && text_is(argv[1], "--foreground"));
    if (!usage_right || text_empty(setup.data_dir) || text_empty(setup.run_dir)) {
        fputs("usage: TALLYSTICK_DATA=folder TALLYSTICK_RUN=folder ledger [--foreground]\n"
              "Runs the ledger daemon in the foreground until SIGTERM. TALLYSTICK_DATA holds "
              "registry.db (made by `tally init`),\n"
              "TALLYSTICK_RUN is where its sockets are made.\n",
              stderr);
        return 2;
    }
    for (size_t program = 0; program < PROGRAM__COUNT; program++) {
        setup.uids[program] = geteuid();
        if (uid_names[program] != NULL && !read_uid(uid_names[program], &setup.uids[program])) {
            fprintf(stderr, "ledger: %s names no user of this machine\n", uid_names[program]);
            return 2;
        }
    }
    return daemon_run(&setup);
}

static bool read_uid(const char *name, uid_t *uid)
{
    const char *value = getenv(name);
    if (value == NULL || value[0] == '\0') {
        return true;
    }
    int64_t number = 0;
    if (text_parse_int(value, false, &number)) {
        *uid = (uid_t)number;
        return number < UINT32_MAX;
    }
    const struct passwd *user = getpwnam(value);
    if (user == NULL) {
        return false;
    }
    *uid = user->pw_uid;
    return true;
}
