/*
 * courier: the daemon that sends webhooks. See courier/courier.h.
 *
 * Environment: TALLYSTICK_DATA (folder of registry.db and people.db); TALLYSTICK_WEBHOOK_TEST=1 for
 * demonstrations and tests on one machine: endpoints on this very machine are sent to as well, and
 * TALLYSTICK_WEBHOOK_HURRY=n makes every wait n times shorter, that for an answer too.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/text.h"
#include "courier/courier.h"
#include "model/endpoint.h"

#define HURRY_MAX 1000

static int64_t read_hurry(void)
{
    int64_t hurry = 1;
    const char *given = getenv("TALLYSTICK_WEBHOOK_HURRY");
    bool is_good = endpoint_is_test() && text_parse_int(given, false, &hurry) && hurry >= 1 &&
                   hurry <= HURRY_MAX;
    return is_good ? hurry : 1;
}

int main(int argc, char **argv)
{
    (void)argv;
    log_open("courier");
    int64_t hurry = read_hurry();
    struct courier_setup setup = {.data_dir = getenv("TALLYSTICK_DATA"),
                                  .is_test = endpoint_is_test(),
                                  .answer_ms_max = WEBHOOK_ANSWER_MS_MAX / hurry,
                                  .hurry = hurry};
    if (argc != 1 || text_empty(setup.data_dir)) {
        fputs("usage: TALLYSTICK_DATA=folder courier\n"
              "Sends webhooks in the foreground until SIGTERM. TALLYSTICK_DATA holds registry.db "
              "and people.db.\n",
              stderr);
        return 2;
    }
    return courier_run(&setup);
}
