/*
 * tests/fault/judge.h: is what a program answered, and what it left in the two databases, right
 * after a fault? See tests/fault/pages.h for what is promised. Include after cmocka's headers.
 */
#ifndef FAULT_JUDGE_H
#define FAULT_JUDGE_H

#include <jansson.h>

#include "fault/ask.h"

/* What a sanitizer had to say. */
static void print_crashes(void)
{
    char command[256];
    (void)snprintf(
        command, sizeof command,
        "for f in '%s'/crash.*; do [ ! -f \"$f\" ] || { head -40 \"$f\"; rm \"$f\"; }; done",
        base.folder);
    shell(command);
}

__attribute__((format(printf, 3, 4))) static void
violation(const struct probe *probe, const char *fault, const char *format, ...)
{
    va_list arguments;
    printf("violation: %s %s %s, %s: ", campaign.program, probe->body == NULL ? "GET" : "POST",
           probe->target, fault == NULL ? "no fault" : fault);
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    printf("\n");
    (void)fflush(stdout);
    print_crashes();
    campaign.violations++;
}

/* ------------------------------------------------------------------ the answer */

static bool is_same_answer(void)
{
    return heard.code == reference.code && text_is(heard.location, reference.location) &&
           text_is(heard.masked, reference.masked);
}

static bool ended_well(void)
{
    return (WIFEXITED(heard.end) && WEXITSTATUS(heard.end) == 0) ||
           (WIFSIGNALED(heard.end) && WTERMSIG(heard.end) == SIGTERM);
}

static bool is_json(void)
{
    json_t *json = json_loads(heard.body, JSON_REJECT_DUPLICATES, NULL);
    json_decref(json);
    return json != NULL;
}

/* What programs are promised (api/api.h): JSON that says what, how bad and under which number, and
 * with 503 when to come again. */
static bool is_refusal(void)
{
    json_t *json = json_loads(heard.body, JSON_REJECT_DUPLICATES, NULL);
    const json_t *type = json_object_get(json, "type");
    bool is_good = json_is_string(type) && text_starts(json_string_value(type), "/registry/api#") &&
                   json_is_string(json_object_get(json, "title")) &&
                   json_is_string(json_object_get(json, "detail")) &&
                   json_is_string(json_object_get(json, "request_id")) &&
                   json_integer_value(json_object_get(json, "status")) == heard.code &&
                   text_is(heard.type, "application/json") &&
                   (heard.code == 500 || (heard.code == 503 && heard.has_retry_after));
    json_decref(json);
    return is_good;
}

static bool error_is_whole(const struct probe *probe)
{
    return caller_of(probe) != NULL
               ? is_refusal()
               : strstr(heard.body, "</html>") != NULL || strlen(heard.body) > 20;
}

/* Is half an answer seen to be half of one? By its end, and in JSON by itself. What it was cut in,
 * an id or a time perhaps, cannot be told by its beginning. */
static const char *judge_broken(const struct probe *probe)
{
    static char begun[REPLY_BYTES], masked[REPLY_BYTES];
    size_t bytes = strlen(heard.body);
    while (bytes > 0 && heard.body[bytes - 1] != '"' && heard.body[bytes - 1] != '\n') {
        bytes--;
    }
    memcpy(begun, heard.body, bytes);
    begun[bytes] = '\0';
    contents_mask(begun, masked, sizeof masked);
    campaign.broken++;
    if (strncmp(masked, reference.masked, strlen(masked)) != 0) {
        return "broke off, and what came is not what comes without the fault";
    }
    return caller_of(probe) != NULL && is_json() ? "broke off, and looks whole" : NULL;
}

/* Everything but one of these ends, with an answer that fits it, is a violation. */
static const char *judge_answer(const struct probe *probe, bool from_start)
{
    bool exits_1 = WIFEXITED(heard.end) && WEXITSTATUS(heard.end) == 1;
    if (!ended_well() && !exits_1) {
        return "the program crashed";
    }
    if (heard.code == 0) {
        campaign.broken += exits_1 ? 1 : 0;
        return exits_1 ? NULL : "there was no answer";
    }
    if (heard.code >= 500) {
        campaign.refused++;
        return error_is_whole(probe) ? NULL : "an error that is not whole";
    }
    if (exits_1 && !(from_start && is_same_answer())) {
        return judge_broken(probe);
    }
    if (!is_same_answer()) {
        return "another answer than without the fault, and no error";
    }
    campaign.same++;
    return NULL;
}

static void print_difference(void)
{
    size_t at = 0;
    while (heard.masked[at] != '\0' && heard.masked[at] == reference.masked[at]) {
        at++;
    }
    at = at > 60 ? at - 60 : 0;
    printf("  answered %d instead of %d; \"%.160s\" instead of \"%.160s\"\n", heard.code,
           reference.code, heard.masked + at, reference.masked + at);
}

/* ------------------------------------------------------------------ the databases */

static const char *as_when(const struct digest *digest, const struct digest *before,
                           const struct digest *after)
{
    return digest_equal(digest, after)    ? "after"
           : digest_equal(digest, before) ? "before"
                                          : "between";
}

static void say_nothing(void *context, const char *sentence)
{
    (void)context;
    printf("  %s\n", sentence);
}

/* Whatever was kept, the registry is sound. */
static void verify_registry(const struct probe *probe, const char *fault)
{
    struct store *store = store_open(STORE_REGISTRY, STORE_READ, town.path, ledger_verify_tables);
    assert_non_null(store);
    arena_reset(&town.arena, 0);
    struct verify_report report = {.say = say_nothing};
    store_begin_read(store);
    enum status status = ledger_verify(store, &town.arena, &report);
    store_close(store);
    if (status != STATUS_OK || report.violations != 0) {
        violation(probe, fault, "the registry is not sound any more");
    }
}

static void judge_contents(const struct probe *probe, const char *fault)
{
    struct contents exact = contents_now(false);
    struct contents now = contents_now(true);
    const struct contents *before = &base.masked;
    const struct contents *after = &campaign.after_masked;
    bool is_success = heard.code > 0 && heard.code < 400;
    bool is_after = contents_equal(&now, after);
    base.registry_is_whole = digest_equal(&exact.registry, &base.exact.registry);
    campaign.is_untouched = base.registry_is_whole && contents_equal(&now, before);
    if (!base.registry_is_whole) {
        verify_registry(probe, fault);
    }
    bool is_kept =
        is_after || (probe->may_leave_draft && digest_equal(&now.registry, &after->registry));
    bool is_right =
        is_success ? is_kept : is_kept || probe->in_steps || contents_equal(&now, before);
    if (!is_right) {
        violation(probe, fault, "answered %d, and the registry is as %s, people.db as %s",
                  heard.code, as_when(&now.registry, &before->registry, &after->registry),
                  as_when(&now.people, &before->people, &after->people));
    } else if (!is_success) {
        bool is_undone = contents_equal(&now, before);
        campaign.undone += is_undone ? 1 : 0;
        campaign.done += is_after ? 1 : 0;
        campaign.between += is_undone || is_after ? 0 : 1;
    }
}

/* ------------------------------------------------------------------ once more */

/* The same act under the same key, when nothing fails any more: it is done once, whatever became of
 * it before, and who was told of it is told the same again. */
static void judge_repeat(const struct probe *probe, const char *fault)
{
    static char told[REPLY_BYTES];
    char again[128];
    (void)snprintf(again, sizeof again, "%s, then once more without a fault", fault);
    bool was_told = ended_well() && is_same_answer();
    strcpy(told, heard.body);
    ask(probe, NULL, false);
    campaign.repeats++;
    if (!ended_well() || !is_same_answer()) {
        violation(probe, again, "answered otherwise (end %d)", heard.end);
        print_difference();
    } else if (was_told && !text_is(told, heard.body)) {
        violation(probe, again, "told %s before and %s now", told, heard.body);
    }
    judge_contents(probe, again);
}

#endif
