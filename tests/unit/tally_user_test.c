/*
 * unit/tally_user_test.c: `tally user …` as an operator gives it: people made, given roles, listed,
 * sent away and taken back, and every answer to what is wrong.
 */
#include "unit/tally_run.h"

#define ADA "--email ada@example.org"

static int passed;

static const char *org(size_t number)
{
    return world->org_ids[number];
}

static void make_people(void)
{
    char path[PATH_MAX];
    (void)snprintf(path, sizeof path, "%.4000s/people.db", world->data_dir);
    CHECK(store_migrate(STORE_PEOPLE, path, "schema/people") == STATUS_OK, "no people.db");
}

static void test_usage(void)
{
    static const char *const wrong[] = {"",
                                        "befriend",
                                        "add --name",
                                        "add --shoe-size 44",
                                        "add ada",
                                        "add --name Ada",
                                        "add " ADA,
                                        "add --name Ada " ADA " --roles viewer",
                                        "add --name Ada " ADA " --org org_00000000000000ZZ",
                                        "roles " ADA " --roles viewer",
                                        "roles " ADA " --org org_00000000000000ZZ",
                                        "list " ADA " --auditor --org"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        TALLY(2, "tally user registry-roles --email", "user %s", wrong[i]);
    }
    TALLY(2, "--roles takes viewer", "user add --name Ada " ADA " --org %s --roles king", org(0));
    TALLY(2, "--roles takes viewer", "user roles " ADA " --org %s --roles ''", org(0));
    TALLY(2, "e-mail address such as", "user add --name Ada --email ada");
    TALLY(2, "person's name", "user add --name \"$(printf '\\377')\" " ADA);
    CHECK(tally_sql("people.db", "SELECT count(*) FROM person") == 0, "somebody was made");
    passed++;
}

static void test_add(void)
{
    TALLY(0, "  Ada <ada@example.org>\n", "user add --name Ada " ADA);
    CHECK(strstr(tally_out, "one-time link, until ") != NULL &&
              strstr(tally_out, "http://localhost/password/set?link=") != NULL,
          "no link: %s", tally_out);
    CHECK(strstr(tally_out, "roles") == NULL, "roles that nobody gave: %s", tally_out);
    CHECK(tally_sql("registry.db", "SELECT count(*) FROM person WHERE state = 'active' AND user_id "
                                   "LIKE 'usr_%%'") == WORLD_ORGS + 1,
          "the registry does not know her");
    TALLY(1, "already; see `tally user roles`", "user add --name 'Ada the second' " ADA);
    TALLY(1, "already; see `tally user roles`", "user add --name Ada --email ADA@example.org");
    TALLY(0, "roles in", "user add --name Ben --email ben@example.org --org %s --roles %s", org(0),
          "viewer,approver");
    CHECK(strstr(tally_out, ": viewer, approver\n") != NULL && strstr(tally_out, "link=") != NULL,
          "not what he was given: %s", tally_out);
    CHECK(tally_sql("registry.db",
                    "SELECT roles FROM membership WHERE org_id = '%s' AND roles <> %d", org(0),
                    (int)ROLE_ALL) == (ROLE_VIEWER | ROLE_APPROVER),
          "other roles");
    TALLY(0, "registry roles: administrator\n",
          "user add --name Cyd --email cyd@example.org --administrator");
    TALLY(0, "registry roles: auditor\n", "user add --name Dot --email dot@example.org --auditor");
    TALLY(0, "registry roles: administrator auditor\n",
          "user add --name Eve --email eve@example.org --auditor --administrator");
    /* She is made, what she was to be given is not, and that is said; the link comes all the same.
     */
    TALLY(1, "the roles in the organisation were not given",
          "user add --name Fay --email fay@example.org --org org_00000000000000ZZ --roles viewer");
    CHECK(strstr(tally_out, "link=") != NULL, "no link: %s", tally_out);
    TALLY(1, "the roles in the organisation were not given",
          "user add --name Gil --email gil@example.org --org '%s%s' --roles viewer", org(0),
          org(0));
    passed++;
}

static void test_roles(void)
{
    TALLY(0, "ada@example.org in", "user roles " ADA " --org %s --roles initiator,manager", org(1));
    CHECK(strstr(tally_out, ": initiator, manager\n") != NULL, "%s", tally_out);
    TALLY(0, ": none\n", "user roles " ADA " --org %s --roles none", org(1));
    TALLY(1, "the roles stay as they were", "user roles " ADA " --org nowhere --roles viewer");
    TALLY(1, "nobody has the e-mail address",
          "user roles --email x@example.org --org %s --roles %s", org(1), "viewer");
    TALLY(1, "usage:", "user roles --org %s --roles viewer", org(1));
    TALLY(0, "on the registry: administrator\n", "user registry-roles " ADA " --administrator");
    TALLY(0, "on the registry: auditor\n", "user registry-roles " ADA " --auditor");
    TALLY(0, "on the registry: administrator auditor\n",
          "user registry-roles " ADA " --auditor --administrator");
    TALLY(0, "on the registry: none\n", "user registry-roles " ADA);
    TALLY(1, "nobody has the e-mail address", "user registry-roles --email x@example.org");
    TALLY(0, "on the registry: none\n", "user registry-roles --email eve@example.org");
    TALLY(1, "the registry roles stay as they were", "user registry-roles --email cyd@example.org");
    passed++;
}

static void test_link(void)
{
    int64_t links = tally_sql("people.db", "SELECT count(*) FROM password_link");
    TALLY(0, "one-time link, until ", "user link " ADA);
    CHECK(tally_sql("people.db", "SELECT count(*) FROM password_link") == links + 1 &&
              tally_sql("people.db", "SELECT count(*) FROM password_link JOIN person USING "
                                     "(user_id) WHERE used_at IS NULL AND name = 'Ada'") == 1,
          "an older link still works");
    TALLY(1, "nobody has the e-mail address", "user link --email x@example.org");
    TALLY(1, "usage:", "user link");
    /* Other roles change nothing about it; it does not lead into another organisation. */
    static const char open[] = "SELECT count(*) FROM password_link JOIN person USING (user_id) "
                               "WHERE used_at IS NULL AND name = 'Ben'";
    TALLY(0, ": viewer\n", "user roles --email ben@example.org --org %s --roles viewer", org(0));
    CHECK(tally_sql("people.db", open) == 1, "his link is over");
    TALLY(0, ": manager\n", "user roles --email ben@example.org --org %s --roles manager", org(1));
    CHECK(tally_sql("people.db", open) == 0, "his link opens a second organisation");
    TALLY(0, ": viewer, approver\n",
          "user roles --email ben@example.org --org %s --roles viewer,approver", org(0));
    passed++;
}

static void test_active(void)
{
    TALLY(0, "deactivated and signed out everywhere", "user deactivate " ADA);
    CHECK(tally_sql("people.db", "SELECT count(*) FROM password_link JOIN person USING (user_id) "
                                 "WHERE used_at IS NULL AND name = 'Ada'") == 0,
          "her link still works");
    TALLY(1, "no link was made", "user link " ADA);
    TALLY(1, "the roles stay as they were", "user roles " ADA " --org %s --roles viewer", org(1));
    TALLY(0, "ada@example.org>  deactivated\n", "user list");
    TALLY(0, "is active again", "user reactivate " ADA);
    TALLY(1, "nothing was changed", "user deactivate --email cyd@example.org");
    TALLY(1, "nobody has the e-mail address", "user reactivate --email x@example.org");
    passed++;
}

/* More people than are read at a time. */
static void test_list(void)
{
    for (int i = 0; i < 200; i++) {
        tally_sql("people.db",
                  "INSERT INTO person VALUES ('usr_%016d', 'Number %d', 'n%03d@example.org', "
                  "'active', 0)",
                  i, i, i);
    }
    /* Deactivated in the registry alone: its word counts. */
    tally_sql("registry.db", "UPDATE person SET state = 'deactivated' WHERE user_id = '%s'",
              world->user_ids[7]);
    tally_sql("people.db",
              "INSERT INTO person VALUES ('%s', 'Zoe', 'zoe@example.org', 'active', 0)",
              world->user_ids[7]);
    TALLY(0, "cyd@example.org>  administrator\n", "user list");
    static const char *const lines[] = {
        "dot@example.org>  auditor\n",        "ada@example.org>\n",
        "Organisation 0: viewer, approver\n", "zoe@example.org>  deactivated\n",
        "Number 0 <n000@example.org>\n",      "Number 199 <n199@example.org>\n"};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        CHECK(strstr(tally_out, lines[i]) != NULL, "not in the list: %s in %s", lines[i],
              tally_out);
    }
    int64_t people = tally_sql("people.db", "SELECT count(*) FROM person");
    int64_t listed = 0;
    for (const char *at = tally_out; (at = strstr(at, "@example.org>")) != NULL; at++) {
        listed++;
    }
    CHECK(listed == people, "%" PRId64 " of %" PRId64 " are listed", listed, people);
    passed++;
}

int main(void)
{
    world = world_open("tally-user", "test");
    world_program("test", "tally", tally_path);
    tally_in_world();
    TALLY(1, "people.db", "user list");
    make_people();
    TALLY(0, "", "user list");
    CHECK(tally_out[0] == '\0', "a list of nobody: %s", tally_out);
    test_usage();
    test_add();
    test_roles();
    test_link();
    test_active();
    test_list();
    world_verify(world);
    printf("%d passed, 0 failed\n", passed);
    return 0;
}
