/* gate/webhook_once.c: see gate/webhook_once.h. */
#include "gate/webhook_once.h"

#include "base/log.h"
#include "base/must.h"
#include "base/text.h"
#include "gate/seal.h"
#include "store/api_keys.h"

static enum status tell_again(const struct webhook_admin *admin, const struct webhook_first *first);
static enum status find_elsewhere(const struct webhook_admin *admin);
static const char *purpose_of(const struct webhook_admin *admin);
static void add_named(struct digest_feed *feed, const char *text);

struct webhook_once webhook_once_of(const char *act, const char *webhook_id,
                                    const struct webhook_wish *wish)
{
    struct digest_feed feed;
    digest_begin(&feed);
    digest_add_text(&feed, act);
    digest_add_text(&feed, webhook_id);
    if (wish != NULL) {
        add_named(&feed, wish->url);
        add_named(&feed, wish->description);
        digest_add_int(&feed, wish->keeps_scope ? 2 : wish->takes_all ? 1 : 0);
        add_named(&feed, wish->kinds);
    }
    return (struct webhook_once){.asked = digest_end(&feed)};
}

enum status webhook_once_find(const struct webhook_admin *admin, struct webhook_once *once)
{
    struct webhook_first first;
    if (text_empty(admin->key)) {
        return STATUS_OK;
    }
    /* Ours first: of two acts that came under one key at the same moment each is repeated. */
    if (!webhook_key_find(admin->people, admin->arena, admin->user_id, admin->key, &first)) {
        return find_elsewhere(admin);
    }
    if (!digest_equal(&first.fingerprint, &once->asked)) {
        return STATUS_KEY_REUSED;
    }
    once->is_told = admin->teller != NULL && first.answer != NULL;
    once->made_id = first.made_id;
    return once->is_told ? tell_again(admin, &first) : STATUS_OK;
}

void webhook_once_keep(const struct webhook_admin *admin, const struct webhook_once *once,
                       const char *made_id, const struct webhook_done *done)
{
    webhook_once_tell(admin, done);
    if (text_empty(admin->key)) {
        return;
    }
    struct webhook_first first = {.fingerprint = once->asked, .made_id = made_id};
    if (admin->teller != NULL) {
        const struct out *out = admin->teller->out;
        first.answer = out->bytes;
        first.answer_bytes = out->size_bytes;
        if (done->shows_secret) {
            first.answer = seal_close(admin->arena, admin->teller->token, purpose_of(admin),
                                      out->bytes, out->size_bytes);
            first.answer_bytes = out->size_bytes + SEAL_BYTES;
            first.is_sealed = true;
        }
    }
    webhook_key_add(admin->people, admin->user_id, admin->key, &first, admin->now_us);
}

void webhook_once_tell(const struct webhook_admin *admin, const struct webhook_done *done)
{
    if (admin->teller != NULL) {
        must(admin->teller->out->size_bytes == 0);
        admin->teller->write(admin->teller->context, done);
    }
}

static enum status tell_again(const struct webhook_admin *admin, const struct webhook_first *first)
{
    const struct webhook_teller *teller = admin->teller;
    const char *answer = first->answer;
    size_t answer_bytes = first->answer_bytes;
    must(teller->out->size_bytes == 0);
    if (first->is_sealed) {
        answer = seal_open(admin->arena, teller->token, purpose_of(admin), answer, answer_bytes);
        answer_bytes -= SEAL_BYTES;
    }
    if (answer == NULL) {
        /* The token whose key this is has sealed it: what lies there was changed since. */
        log_event("error", "answer-unreadable", "user", admin->user_id, "key", admin->key, NULL);
        return STATUS_FAULT;
    }
    out_bytes(teller->out, answer, answer_bytes);
    return STATUS_OK;
}

/* Is it the ledger's? When that cannot be read nothing is done. */
static enum status find_elsewhere(const struct webhook_admin *admin)
{
    if (admin->teller == NULL) {
        return STATUS_OK;
    }
    bool is_known = api_key_is_known(admin->teller->registry, admin->user_id, admin->key);
    return store_fault(admin->teller->registry) ? STATUS_FAULT
           : is_known                           ? STATUS_KEY_REUSED
                                                : STATUS_OK;
}

/* No two answers are sealed for the same purpose: a key of a person is kept once. */
static const char *purpose_of(const struct webhook_admin *admin)
{
    return arena_printf(admin->arena, "webhook answer\n%s\n%s", admin->user_id, admin->key);
}

/* What is not named is not like any text that can be. */
static void add_named(struct digest_feed *feed, const char *text)
{
    digest_add_text(feed, text == NULL ? "\x01" : text);
}
