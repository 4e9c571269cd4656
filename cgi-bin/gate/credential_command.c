/* gate/credential_command.c: `tally api-credentials …`, `api-revoke` and `api-key …`; see
 * gate/credential.h. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "gate/credential.h"
#include "gate/range.h"
#include "store/rights.h"
#include "store/site.h"

#define KEYS_LISTED 100

static const char credentials_usage[] =
    "usage: tally api-credentials --organisation ORG [--name TEXT] [--scopes LIST] [--roles LIST]\n"
    "                             [--days N] [--address CIDR]…\n"
    "  makes a client secret and an access token for the API and prints both, once, as JSON\n"
    "  --name     what the two are called on the team's page    (tally api-credentials)\n"
    "  --scopes   read, transfer, retire, manage                (all of them)\n"
    "  --roles    viewer, initiator, approver, manager          (all of them)\n"
    "  --days     how long the token is good, 1 to 365          (365)\n"
    "  --address  where it may be used from, e.g. 192.0.2.0/24; may stand several times "
    "(anywhere)\n";

static const char key_usage[] =
    "usage: tally api-key list\n"
    "       tally api-key new [--algorithm HS256|EdDSA]\n"
    "         signs every access token made from now on; those of older keys stay good\n"
    "       tally api-key end KEY\n"
    "         no access token of this key is good from now on\n";

struct room {
    const struct tally *tally;
    struct store *registry;
    struct person_admin admin;
    const char *issuer;
};

/* What was said on the command line. */
struct wish {
    struct token_wish token;
    const char *ranges; /* as typed, one a line */
};

static bool read_wish(int argc, char **argv, struct arena *arena, struct wish *wish);
static bool take_option(int option, const char *value, struct arena *arena, struct wish *wish);
static bool open_room(struct room *room, const struct tally *tally);
static void close_room(struct room *room);
static enum status ask_tally(void *context, const struct command *command, struct answer *answer);
static int make_pair(struct room *room, const struct token_wish *wish);
static int revoke(struct room *room, const char *id, bool is_token);
static int list_keys(struct room *room);
static int new_key(struct room *room, enum jwt_algorithm algorithm);
static int end_key(struct room *room, const char *key_id);
static int refused(const char *what, enum status status);

int credential_main(int argc, char **argv, const struct tally *tally)
{
    struct wish wish = {
        .token = {.name = "tally api-credentials",
                  .roles = ROLE_ALL,
                  .scopes = SCOPE_READ | SCOPE_TRANSFER | SCOPE_RETIRE | SCOPE_MANAGE,
                  .days = ACCESS_TOKEN_DAYS_MAX},
        .ranges = ""};
    const char *words = "";
    if (!read_wish(argc, argv, tally->arena, &wish)) {
        fputs(credentials_usage, stderr);
        return 2;
    }
    if (!ranges_read(tally->arena, wish.ranges, &wish.token.ranges, &words)) {
        fprintf(stderr, "tally api-credentials: --address: %s\n", words);
        return 2;
    }
    struct room room;
    int result = open_room(&room, tally) ? make_pair(&room, &wish.token) : 1;
    close_room(&room);
    return result;
}

int credential_revoke_main(int argc, char **argv, const struct tally *tally)
{
    bool is_token = argc == 2 && id_is(argv[1], "tok");
    if (!is_token && !(argc == 2 && id_is(argv[1], "cls"))) {
        fputs("usage: tally api-revoke ID   (of an access token, tok_…, or a client secret, "
              "cls_…)\n",
              stderr);
        return 2;
    }
    struct room room;
    int result = open_room(&room, tally) ? revoke(&room, argv[1], is_token) : 1;
    close_room(&room);
    return result;
}

int credential_key_main(int argc, char **argv, const struct tally *tally)
{
    enum jwt_algorithm algorithm = JWT_HS256;
    bool lists = argc == 2 && text_is(argv[1], "list");
    bool ends = argc == 3 && text_is(argv[1], "end") && id_is(argv[2], "key");
    bool makes = argc >= 2 && text_is(argv[1], "new") &&
                 (argc == 2 || (argc == 4 && text_is(argv[2], "--algorithm") &&
                                jwt_algorithm_from_word(argv[3], &algorithm)));
    if (!lists && !ends && !makes) {
        fputs(key_usage, stderr);
        return 2;
    }
    struct room room;
    int result = 1;
    if (open_room(&room, tally)) {
        result = lists  ? list_keys(&room)
                 : ends ? end_key(&room, argv[2])
                        : new_key(&room, algorithm);
    }
    close_room(&room);
    return result;
}

static bool read_wish(int argc, char **argv, struct arena *arena, struct wish *wish)
{
    static const struct option options[] = {{"organisation", required_argument, NULL, 'o'},
                                            {"name", required_argument, NULL, 'n'},
                                            {"scopes", required_argument, NULL, 's'},
                                            {"roles", required_argument, NULL, 'r'},
                                            {"days", required_argument, NULL, 'd'},
                                            {"address", required_argument, NULL, 'a'},
                                            {NULL, 0, NULL, 0}};
    opterr = 0;
    optind = 1;
    for (;;) {
        int option = getopt_long(argc, argv, "", options, NULL);
        if (option == -1) {
            return optind == argc && id_is(wish->token.org_id, "org");
        }
        if (!take_option(option, optarg, arena, wish)) {
            return false;
        }
    }
}

static bool take_option(int option, const char *value, struct arena *arena, struct wish *wish)
{
    switch (option) {
    case 'o':
        wish->token.org_id = value;
        return true;
    case 'n':
        wish->token.name = value;
        return true;
    case 's':
        return credential_scopes_from_words(value, &wish->token.scopes);
    case 'r':
        return person_admin_roles_from_words(value, &wish->token.roles) && wish->token.roles != 0;
    case 'd':
        return text_parse_int(value, false, &wish->token.days) && wish->token.days >= 1 &&
               wish->token.days <= ACCESS_TOKEN_DAYS_MAX;
    case 'a':
        wish->ranges = arena_printf(arena, "%s%s\n", wish->ranges, value);
        return true;
    default:
        return false;
    }
}

static bool open_room(struct room *room, const struct tally *tally)
{
    static const struct query_table *const registry_tables[] = {
        &rights_queries,
        &site_queries,
        NULL,
    };
    *room = (struct room){.tally = tally};
    /* The way to the ledger first: with no daemon it makes the files that a reader needs. */
    enum status status = STATUS_OK;
    if (!tally_is_direct(tally, &status) && status != STATUS_OK) {
        return false;
    }
    room->registry = store_open(STORE_REGISTRY, STORE_READ, tally->registry_path, registry_tables);
    room->admin = (struct person_admin){
        .arena = tally->arena,
        .people = store_open(STORE_PEOPLE, STORE_WRITE, tally->people_path, credential_tables),
        .ask = ask_tally,
        .context = room,
        .user_id = "",
        .now_us = clock_now_us()};
    if (room->registry == NULL || room->admin.people == NULL) {
        return false;
    }
    rights_tag(room->registry, room->admin.tag);
    room->issuer = site_read(room->registry, tally->arena).url;
    if (!id_tag_is(room->admin.tag)) {
        fputs("tally: the registry has no settings yet; make it with `tally init`\n", stderr);
        return false;
    }
    return true;
}

static void close_room(struct room *room)
{
    store_close(room->registry);
    store_close(room->admin.people);
}

static enum status ask_tally(void *context, const struct command *command, struct answer *answer)
{
    const struct room *room = context;
    return tally_ask(room->tally, command, answer);
}

static int make_pair(struct room *room, const struct token_wish *wish)
{
    struct credential_made token;
    struct credential_made client;
    enum status status = credential_make_token(&room->admin, room->issuer, wish, &token);
    if (status == STATUS_NOT_FOUND) {
        fprintf(stderr, "tally api-credentials: there is no organisation %s\n", wish->org_id);
        return 1;
    }
    if (status == STATUS_LINES_TOO_MANY) {
        fprintf(stderr,
                "tally api-credentials: %s has %d good access tokens already, as many as there may "
                "be; `tally api-revoke` ends one\n",
                wish->org_id, CREDENTIALS_MAX);
        return 1;
    }
    if (status != STATUS_OK) {
        return refused("no access token was made", status);
    }
    status = credential_make_client(&room->admin, wish->org_id, NULL, wish->name, &client);
    if (status != STATUS_OK) {
        (void)credential_end_token(&room->admin, wish->org_id, token.id);
        return refused("no client secret was made", status);
    }
    printf("{\"client_id\": \"%s\", \"client_secret\": \"%s\", \"token_id\": \"%s\", "
           "\"access_token\": \"%s\", \"organisation_id\": \"%s\", \"expires_at\": \"%s\"}\n",
           client.id, client.secret, token.id, token.secret, wish->org_id,
           clock_iso(room->tally->arena, token.expires_at));
    return 0;
}

static int revoke(struct room *room, const char *id, bool is_token)
{
    const char *org_id = credential_org_of(room->admin.people, room->tally->arena, id);
    enum status status = text_empty(org_id) ? STATUS_NOT_FOUND
                         : is_token         ? credential_end_token(&room->admin, org_id, id)
                                            : credential_end_client(&room->admin, org_id, id);
    if (status == STATUS_NOT_FOUND) {
        fprintf(stderr, "tally api-revoke: there is no %s %s\n",
                is_token ? "access token" : "client secret", id);
        return 1;
    }
    if (status != STATUS_OK) {
        return refused("nothing was revoked", status);
    }
    printf("%s of %s is revoked: no request is let in with it any more.\n", id, org_id);
    return 0;
}

static int list_keys(struct room *room)
{
    static struct signing_key keys[KEYS_LISTED];
    struct arena *arena = room->tally->arena;
    size_t count = credential_all_keys(room->admin.people, arena, keys, KEYS_LISTED);
    if (store_fault(room->admin.people)) {
        return refused("the keys cannot be read", STATUS_FAULT);
    }
    bool signs = true; /* the first live one, for they come newest first */
    for (size_t i = 0; i < count; i++) {
        bool has_ended = keys[i].ended_at != 0;
        const char *state = signs ? "signs and verifies" : "verifies";
        if (has_ended) {
            state = arena_printf(arena, "ended %s", clock_iso(arena, keys[i].ended_at));
        }
        signs = signs && has_ended;
        printf("%s  %s  made %s  %s\n", keys[i].key_id, keys[i].algorithm,
               clock_iso(arena, keys[i].made_at), state);
    }
    if (count == 0) {
        puts("There is no key yet; the first access token makes one.");
    }
    return 0;
}

static int new_key(struct room *room, enum jwt_algorithm algorithm)
{
    struct signing_key keys[SIGNING_KEYS_MAX];
    struct signing_key key;
    struct store *people = room->admin.people;
    if (!store_begin_write(people)) {
        return refused("no key was made", STATUS_FAULT);
    }
    if (credential_live_keys(people, room->tally->arena, keys) == SIGNING_KEYS_MAX) {
        store_rollback(people);
        fprintf(stderr, "tally api-key: there are %d keys already; end one first\n",
                SIGNING_KEYS_MAX);
        return 1;
    }
    if (!credential_make_key(&room->admin, room->issuer, algorithm, &key) ||
        !store_commit(people)) {
        return refused("no key was made", STATUS_FAULT);
    }
    printf("%s signs every access token from now on. Those of older keys stay good until they "
           "expire;\n`tally api-key end` ends all of one key at once.\n",
           key.key_id);
    return 0;
}

static int end_key(struct room *room, const char *key_id)
{
    bool ended = credential_end_key(room->admin.people, key_id, room->admin.now_us);
    if (store_fault(room->admin.people)) {
        return refused("the key stays as it was", STATUS_FAULT);
    }
    if (!ended) {
        fprintf(stderr, "tally api-key: there is no key %s that has not ended\n", key_id);
        return 1;
    }
    printf("%s has ended: no access token that it signed is good any more.\n", key_id);
    return 0;
}

static int refused(const char *what, enum status status)
{
    fprintf(stderr, "tally: %s: %s\n", what, status_row(status)->sentence);
    return 1;
}
