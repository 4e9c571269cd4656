/* tests/pages/tag_test.c: the tags (ETag) of public pages tell the truth: another tag whenever a
 * byte is another one, a 304 only to whoever holds the very page. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/stat.h>

#include "ledger/town.h"
#include "pages/cgi.h"

#define PAGES_MAX 16
#define MOMENTS_MAX 32
#define TAG_SIZE 64

static const struct cgi_person stranger = {"", ""};

static struct {
    char supplier[ID_SIZE], buyer[ID_SIZE], other[ID_SIZE], project[ID_SIZE];
    char first[ID_SIZE];
    char pages[PAGES_MAX][96];
    size_t page_count;
} place;

/* What each page was at each moment. */
static struct {
    char tag[TAG_SIZE];
    char *body;
} seen[MOMENTS_MAX][PAGES_MAX];
static size_t moment_count;

static struct cgi_reply get(const char *target)
{
    return cgi_ask("public", town.folder, target, stranger, NULL);
}

static struct cgi_reply get_if(const char *target, const char *tag)
{
    cgi_if_none_match = tag;
    struct cgi_reply reply = get(target);
    cgi_if_none_match = "";
    return reply;
}

/* The tag of a reply, "" none. */
static const char *tag_of(struct cgi_reply reply, char tag[TAG_SIZE])
{
    const char *at = strstr(reply.head, "\r\nETag: ");
    tag[0] = '\0';
    if (at != NULL) {
        at += strlen("\r\nETag: ");
        (void)snprintf(tag, TAG_SIZE, "%.*s", (int)strcspn(at, "\r"), at);
    }
    return tag;
}

/* Looks at every page: a tag that was there before stands for the same bytes. */
static void look(const char *after)
{
    assert_true(moment_count < MOMENTS_MAX);
    for (size_t p = 0; p < place.page_count; p++) {
        struct cgi_reply reply = get(place.pages[p]);
        assert_int_equal(reply.code, 200);
        assert_true(strlen(tag_of(reply, seen[moment_count][p].tag)) > 30);
        seen[moment_count][p].body = strdup(reply.body);
        for (size_t m = 0; m < moment_count; m++) {
            bool same_tag = strcmp(seen[m][p].tag, seen[moment_count][p].tag) == 0;
            bool same_body = strcmp(seen[m][p].body, seen[moment_count][p].body) == 0;
            if (same_tag && !same_body) {
                fail_msg("%s has another body and an old tag after %s", place.pages[p], after);
            }
            if (same_tag && m + 1 == moment_count) {
                fail_msg("%s kept its tag over the act %s", place.pages[p], after);
            }
        }
    }
    moment_count++;
}

static void page(const char *path, const char *id, const char *query)
{
    (void)snprintf(place.pages[place.page_count++], 96, "%s%s%s", path, id, query);
}

static int set_up(void **state)
{
    (void)state;
    town_found();
    TEXT_COPY(place.supplier, town_org("Sender", true, ORG_PARTICIPANT));
    TEXT_COPY(place.buyer, town_org("Buyer", false, ORG_PARTICIPANT));
    TEXT_COPY(place.other, town_org("Other", false, ORG_PARTICIPANT));
    TEXT_COPY(place.project, town_project(place.supplier, "F5X7", INSTRUMENT_CARBON_REMOVAL));
    town_issue(place.project, 2024, 100000, 0);
    town_policy(place.buyer, INCOMING_ALL, TWO_PERSON_NEVER, 0);
    struct command command = town_transfer("", place.supplier, place.buyer, place.supplier, 500);
    TEXT_COPY(command.transfer.notes, "FIRST-NOTE");
    TEXT_COPY(place.first, town_do(&command));
    page("/", "", "");
    page("/registry", "", "");
    page("/registry/transfers", "", "");
    page("/registry/transfers?kind=external", "", "");
    page("/registry/transfers?format=csv", "", "");
    page("/registry/transfers.atom", "", "");
    page("/registry/transfers/", place.first, "");
    page("/registry/transfers/", place.first, "?format=csv");
    page("/registry/organisations/", place.buyer, "");
    page("/registry/projects/", place.project, "");
    page("/registry/retirements", "", "");
    page("/registry/issuances", "", "");
    page("/registry/search?q=FIRST", "", "");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    for (size_t m = 0; m < moment_count; m++) {
        for (size_t p = 0; p < place.page_count; p++) {
            free(seen[m][p].body);
        }
    }
    town_leave();
    return 0;
}

/* ---- acts ---- */

static const char *act(const char *what, const struct command *command)
{
    town.now_us += CLOCK_SECOND_US;
    const char *id = town_do(command);
    look(what);
    return id;
}

static const char *send(const char *to, enum transfer_kind kind)
{
    struct command command = town_transfer("", place.supplier, to, place.supplier, 10);
    command.transfer.kind = kind;
    if (kind == TRANSFER_EXPORT) {
        TEXT_COPY(command.transfer.to_system, "Elsewhere");
        TEXT_COPY(command.transfer.to_system_party, "Somebody");
    }
    return act("transfer", &command);
}

static void decide(enum act_kind kind, const char *what, const char *id, const char *reason)
{
    struct command command = town_decide(kind, "", id, reason);
    act(what, &command);
}

static void transfers(void)
{
    send(place.buyer, TRANSFER_EXTERNAL);
    decide(ACT_ACCEPT, "accept", send(place.other, TRANSFER_EXTERNAL), "");
    decide(ACT_REJECT, "reject", send(place.other, TRANSFER_EXTERNAL), "No");
    decide(ACT_WITHDRAW, "withdraw", send(place.other, TRANSFER_EXTERNAL), "");
    const char *id = send("", TRANSFER_EXPORT);
    decide(ACT_REGISTRY_APPROVE, "approve", id, "");
    decide(ACT_COMPLETE_EXPORT, "export", id, "");
    decide(ACT_REDACT_NOTE, "redact", place.first, "It named a person");
}

static void units(void)
{
    struct command order = command_of(ACT_ORDER, "", town_key());
    TEXT_COPY(order.order.supplier_org_id, place.supplier);
    TEXT_COPY(order.order.buyer_org_id, place.buyer);
    order.order.units = 5;
    struct command deliver = command_of(ACT_DELIVER, "", town_key());
    TEXT_COPY(deliver.deliver.order_id, act("order", &order));
    deliver.deliver.units = 5;
    act("deliver", &deliver);
    struct command retire = command_of(ACT_RETIRE, "", town_key());
    TEXT_COPY(retire.retire.org_id, place.buyer);
    TEXT_COPY(retire.retire.beneficiary, "Travellers");
    TEXT_COPY(retire.retire.supplier_org_id, place.supplier);
    retire.retire.purposes = 2;
    retire.retire.units = 3;
    act("retire", &retire);
    town_issue(place.project, 2025, 77, 0);
    look("issue");
}

static void house(void)
{
    struct command freeze = command_of(ACT_FREEZE, "", town_key());
    freeze.setting.frozen = true;
    TEXT_COPY(freeze.setting.text, "Audit week");
    act("freeze", &freeze);
    struct command thaw = command_of(ACT_FREEZE, "", town_key());
    act("thaw", &thaw);
    town_org("A fourth", false, ORG_PARTICIPANT);
    look("organisation");
    town_project(place.supplier, "SECND", INSTRUMENT_RENEWABLE_ENERGY);
    look("project");
    town_policy(place.buyer, INCOMING_ASK, TWO_PERSON_NEVER, 0);
    look("policy");
}

static void every_act_gives_other_tags(void **state)
{
    (void)state;
    look("the founding");
    transfers();
    units();
    house();
    /* a refused command leaves its row, so its tag differs too: more asking, never a wrong page */
    struct command command = town_decide(ACT_ACCEPT, "", place.first, "");
    struct answer answer = {0};
    assert_int_not_equal(town_ask(PROGRAM_TALLY, &command, &answer), STATUS_OK);
    look("a refusal");
    assert_true(moment_count > 20);
}

/* ---- 304 ---- */

/* A tag is good for a day (pages/public.c). When midnight comes between two looks, they are looks
 * at two pages: both are taken once more, on the new day. */
static int64_t day_now(void)
{
    return clock_now_us() / CLOCK_DAY_US;
}

/* Is whoever names the page's tag, alone, among others or by "*", told that it is the same, and
 * nobody else? */
static bool is_told_so(const char *target)
{
    char tag[TAG_SIZE], again[TAG_SIZE], list[3 * TAG_SIZE];
    struct cgi_reply reply = get(target);
    (void)tag_of(reply, tag);
    bool is_good = strcmp(tag_of(get(target), again), tag) == 0;
    (void)snprintf(list, sizeof(list), "\"0\", W/%s", tag);
    const char *const names[] = {tag, list, "*"};
    for (size_t i = 0; i < 3; i++) {
        reply = get_if(target, names[i]);
        is_good = is_good && reply.code == 304 && reply.body[0] == '\0' &&
                  strcmp(tag_of(reply, again), tag) == 0 &&
                  strstr(reply.head, "Cache-Control: public, no-cache") != NULL &&
                  strstr(reply.head, "Content-Length") == NULL &&
                  strstr(reply.head, "\nContent-Type") == NULL;
        if (!is_good) {
            print_error("%s with %s, asked for %s: %d\n%s\n", target, tag, names[i], reply.code,
                        reply.head);
            return false;
        }
    }
    return get_if(target, "\"0\"").code == 200;
}

static void whoever_holds_the_page_is_told_so(void **state)
{
    (void)state;
    for (size_t p = 0; p < place.page_count; p++) {
        int64_t day;
        bool is_good;
        do {
            day = day_now();
            is_good = is_told_so(place.pages[p]);
        } while (!is_good && day_now() != day);
        assert_true(is_good);
    }
}

static void head_has_the_same_headers(void **state)
{
    (void)state;
    char tag[TAG_SIZE], head[TAG_SIZE];
    int64_t day;
    int code;
    do {
        day = day_now();
        cgi_method = "";
        tag_of(get("/registry"), tag);
        cgi_method = "HEAD";
        code = get_if("/registry", tag).code;
        struct cgi_reply reply = get("/registry");
        assert_int_equal(reply.code, 200);
        assert_string_equal(reply.body, "");
        tag_of(reply, head);
    } while (day_now() != day);
    assert_string_equal(head, tag);
    assert_int_equal(code, 304);
    cgi_method = "";
}

static void two_addresses_have_two_tags(void **state)
{
    (void)state;
    static const char *const targets[] = {
        "/registry/transfers", "/registry/transfers?kind=", "/registry/transfers?kind=export",
        "/registry/transfers?sort=quantity", "/registry"};
    char tags[5][TAG_SIZE];
    for (size_t i = 0; i < 5; i++) {
        struct cgi_reply reply = get(targets[i]);
        assert_int_equal(reply.code, 200);
        tag_of(reply, tags[i]);
        for (size_t other = 0; other < i; other++) {
            assert_string_not_equal(tags[i], tags[other]);
        }
    }
    assert_int_equal(get_if(targets[0], tags[1]).code, 200);
}

static void what_is_no_page_has_no_tag(void **state)
{
    (void)state;
    static const char *const targets[] = {"/registry/transfers/tfr_0000000000000000",
                                          "/registry/transfers?from=yesterday",
                                          "/registry/transfers?nonsense=1", "/nowhere"};
    char tag[TAG_SIZE];
    for (size_t i = 0; i < 4; i++) {
        struct cgi_reply reply = get_if(targets[i], "*");
        assert_true(reply.code >= 400 && reply.code < 500);
        assert_string_equal(tag_of(reply, tag), "");
        assert_non_null(strstr(reply.head, "Cache-Control: no-store"));
    }
}

/* ---- another build ---- */

/* A copy of the program in which one byte of the linker's id is another one. */
static void rebuild(const char *folder)
{
    static const char note[] = "\x04\0\0\0\x14\0\0\0\x03\0\0\0GNU"; /* and its NUL */
    static char bytes[64 * 1024 * 1024];
    char path[PATH_MAX];
    cgi_program("public", path);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t size_bytes = fread(bytes, 1, sizeof(bytes), file);
    fclose(file);
    assert_true(size_bytes > 0 && size_bytes < sizeof(bytes));
    char *at = memmem(bytes, size_bytes, note, sizeof(note));
    assert_non_null(at);
    at[sizeof(note)] ^= 1;
    (void)snprintf(path, sizeof(path), "%s/public", folder);
    file = fopen(path, "wb");
    assert_non_null(file);
    assert_true(fwrite(bytes, 1, size_bytes, file) == size_bytes);
    fclose(file);
    assert_int_equal(chmod(path, 0700), 0);
}

static void another_build_has_other_tags(void **state)
{
    (void)state;
    char tag[TAG_SIZE], other[TAG_SIZE], before[PATH_MAX] = "", path[PATH_MAX];
    tag_of(get("/registry"), tag);
    const char *given = getenv("TEST_BUILD");
    (void)snprintf(before, sizeof(before), "%s", given == NULL ? "" : given);
    rebuild(town.folder);
    assert_int_equal(setenv("TEST_BUILD", town.folder, 1), 0);
    struct cgi_reply reply = get_if("/registry", tag);
    assert_int_equal(reply.code, 200);
    assert_string_not_equal(tag_of(reply, other), tag);
    assert_int_equal(setenv("TEST_BUILD", before, 1), 0);
    (void)snprintf(path, sizeof(path), "%s/public", town.folder);
    assert_int_equal(unlink(path), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_act_gives_other_tags),
        cmocka_unit_test(whoever_holds_the_page_is_told_so),
        cmocka_unit_test(head_has_the_same_headers),
        cmocka_unit_test(two_addresses_have_two_tags),
        cmocka_unit_test(what_is_no_page_has_no_tag),
        cmocka_unit_test(another_build_has_other_tags),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
