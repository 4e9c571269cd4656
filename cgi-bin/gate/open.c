/* gate/open.c: opening and closing what a web program has; see gate/inside.h. */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/must.h"
#include "gate/inside.h"
#include "store/people_session.h"
#include "store/rights.h"

#define TABLES_MAX 64       /* a program has about fifteen */
#define SOCKET_PATH_MAX 107 /* what a Unix socket's address holds */

static const struct query_table *const registry_own[] = {&rights_queries, NULL};
static const struct query_table *const people_own[] = {&people_session_queries, NULL};
static const struct query_table *const *people_own_of(const struct gate_setup *setup);

static bool open_registry(struct gate *gate, const struct gate_setup *setup, const char *folder);
static bool open_people(struct gate *gate, const struct gate_setup *setup, const char *folder);
static bool find_ledger(struct gate *gate, const struct gate_setup *setup);
static const struct query_table *const *tables_of(struct arena *arena,
                                                  const struct query_table *const *theirs,
                                                  const struct query_table *const *own);
static const char *environment(struct arena *arena, const char *name);

bool gate_open(struct gate *gate, const struct gate_setup *setup)
{
    must(setup->error_page != NULL && setup->route_count > 0);
    *gate = (struct gate){.program = setup->program,
                          .door = setup->door,
                          .routes = setup->routes,
                          .route_count = setup->route_count,
                          .people_write = setup->people_write,
                          .uses_ledger = setup->uses_ledger,
                          .error_page = setup->error_page,
                          .page_tag = setup->page_tag,
                          .begin = setup->begin};
    ledger_client_init(&gate->ledger, "");
    arena_map(&gate->arena, ARENA_BYTES);
    gate->site_url = environment(&gate->arena, "TALLYSTICK_SITE_URL");
    const char *folder = environment(&gate->arena, "TALLYSTICK_DATA");
    if (folder[0] == '\0') {
        log_event("error", "cannot-start", "why", "TALLYSTICK_DATA does not name the data folder",
                  NULL);
        return false;
    }
    if (setup->people_write && setup->door == GATE_SESSIONS && gate->site_url[0] == '\0') {
        log_event(
            "warning", "site-url-unknown", "why",
            "without TALLYSTICK_SITE_URL forms of browsers that send no Sec-Fetch-Site are refused",
            NULL);
    }
    return open_registry(gate, setup, folder) && open_people(gate, setup, folder) &&
           find_ledger(gate, setup);
}

void gate_close(struct gate *gate)
{
    if (gate->uses_ledger) {
        ledger_client_close(&gate->ledger);
    }
    if (gate->people_read != NULL && gate->people_read != gate->people) {
        store_close(gate->people_read);
    }
    if (gate->people != NULL) {
        store_close(gate->people);
    }
    if (gate->registry != NULL) {
        store_close(gate->registry);
    }
    gate->registry = gate->people = gate->people_read = NULL;
}

static bool open_registry(struct gate *gate, const struct gate_setup *setup, const char *folder)
{
    if (setup->registry_tables == NULL) {
        return true;
    }
    const char *path = arena_printf(&gate->arena, "%s/registry.db", folder);
    gate->registry = store_open(STORE_REGISTRY, STORE_READ, path,
                                tables_of(&gate->arena, setup->registry_tables, registry_own));
    return gate->registry != NULL;
}

/* Twice when the program writes: what GET handlers are given cannot write. The writer is opened
 * first: it mends what a crash left. */
static bool open_people(struct gate *gate, const struct gate_setup *setup, const char *folder)
{
    if (setup->people_tables == NULL) {
        return true;
    }
    const char *path = arena_printf(&gate->arena, "%s/people.db", folder);
    const struct query_table *const *tables =
        tables_of(&gate->arena, setup->people_tables, people_own_of(setup));
    if (setup->people_write) {
        gate->people = store_open(STORE_PEOPLE, STORE_WRITE, path, tables);
        if (gate->people == NULL) {
            return false;
        }
    }
    gate->people_read = store_open(STORE_PEOPLE, STORE_READ, path, tables);
    if (!setup->people_write) {
        gate->people = gate->people_read;
    }
    return gate->people_read != NULL;
}

static const struct query_table *const *people_own_of(const struct gate_setup *setup)
{
    return setup->door == GATE_SESSIONS ? people_own : setup->door->people_tables;
}

static bool find_ledger(struct gate *gate, const struct gate_setup *setup)
{
    if (!setup->uses_ledger) {
        return true;
    }
    const char *folder = environment(&gate->arena, "TALLYSTICK_RUN");
    const char *path = arena_printf(&gate->arena, "%s/ledger-%s.sock", folder, setup->program);
    if (folder[0] == '\0' || strnlen(path, SOCKET_PATH_MAX + 1) > SOCKET_PATH_MAX) {
        log_event("error", "cannot-start", "why",
                  "TALLYSTICK_RUN does not name a folder short enough for a socket", NULL);
        return false;
    }
    ledger_client_init(&gate->ledger, path);
    return true;
}

/* The program's tables and the gate's own, NULL-ended. One that both name is prepared once:
 * store_open sees to it. */
static const struct query_table *const *tables_of(struct arena *arena,
                                                  const struct query_table *const *theirs,
                                                  const struct query_table *const *own)
{
    const struct query_table **tables = arena_array(arena, const struct query_table *, TABLES_MAX);
    size_t count = 0;
    for (; *theirs != NULL; theirs++) {
        must(count < TABLES_MAX - 1);
        tables[count++] = *theirs;
    }
    for (; *own != NULL; own++) {
        must(count < TABLES_MAX - 1);
        tables[count++] = *own;
    }
    return tables;
}

static const char *environment(struct arena *arena, const char *name)
{
    return arena_text(arena, getenv(name));
}
