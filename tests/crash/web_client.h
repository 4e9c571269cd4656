/*
 * crash/web_client.h: what a person at a browser does while programs are killed: goes through the
 * steps of transfers, presses the last button (now and then twice at once), presses again when no
 * answer came or gives up, and decides in the inbox. What was asked and what was told stands in
 * memory shared with the test.
 */
#ifndef CRASH_WEB_CLIENT_H
#define CRASH_WEB_CLIENT_H

#include "crash/web.h"

#include <stdatomic.h>

#define CLIENTS 12
#define DRAFTS_MAX 4096 /* of one client */
#define ACTS_MAX 4096   /* posts of one client in its inbox */
#define TICKS_MAX 5
#define UNITS_MAX 5000
#define TRIES 8

/* One draft that the client was told of. */
struct draft_record {
    char draft_id[ID_SIZE];
    int to;
    int64_t units;
    bool recipient_kept, amount_kept; /* these steps were acknowledged */
    bool discard_asked, discard_told;
    bool asked;                /* the last button was pressed */
    bool in_doubt;             /* once it was pressed and nothing was told of it */
    char transfer_id[ID_SIZE]; /* told */
    /* found by reading */
    int transfers_found, keys_found;
    char id_found[ID_SIZE];
};

enum tick_state { TICK_UNDONE, TICK_DOUBT, TICK_DECIDED };

/* One post in the inbox. */
struct act_record {
    const char *act; /* "accept", "reject", "withdraw": the same address in every process */
    char once[TOKEN_SIZE], account_id[ID_SIZE];
    int count;
    struct {
        char transfer_id[ID_SIZE];
        enum tick_state state;
        int64_t seq;        /* TICK_DECIDED: its row in the audit log, the last that was told */
        int64_t former_seq; /* a former one; then that was a refusal: only what came through is kept
                             * under its key */
    } ticks[TICKS_MAX];
};

struct client_record {
    struct web_person who;
    _Atomic int draft_count, act_count;
    int requests, not_sent, broken, gateway, away, faults, pressed_twice;
    int64_t slowest_us; /* of what was answered */
    int begun_untold;   /* drafts that may or may not be there */
    struct draft_record drafts[DRAFTS_MAX];
    struct act_record acts[ACTS_MAX];
};

struct web_shared {
    _Atomic int stop;
    _Atomic int told; /* acknowledgements of anything, all clients */
    struct client_record clients[CLIENTS];
};

static struct web_shared *shared;

static inline size_t org_of(int client)
{
    return (size_t)client % WORLD_ORGS;
}

/* ------------------------------------------------------------------ asking */

static struct web_reply reply_one, reply_two;

/* What a reply means for whoever sent a form. */
enum said {
    SAID_WAY,     /* 303 */
    SAID_PAGE,    /* a page of the program: nothing was done, and it says so */
    SAID_LATER,   /* the program says that it cannot now and that nothing was done */
    SAID_UNSURE,  /* the program does not know */
    SAID_NOTHING, /* no whole answer: it may or may not have happened */
    SAID_NOT_SENT,
};

static inline enum said judge(struct client_record *client, const char *target,
                              const struct web_reply *reply)
{
    client->requests++;
    if (!reply->was_sent) {
        client->not_sent++;
        return SAID_NOT_SENT;
    }
    if (reply->code == 0) {
        client->broken++;
        return SAID_NOTHING;
    }
    CHECK(strstr(reply->location, "/sign-in") == NULL, "%s: signed out", target);
    switch (reply->code) {
    case 303:
        atomic_fetch_add(&shared->told, 1);
        return SAID_WAY;
    case 200:
    case 409:
        if (!reply->is_whole) {
            client->broken++;
            return SAID_NOTHING;
        }
        return SAID_PAGE;
    case 500:
        client->faults++;
        return SAID_LATER;
    case 502:
    case 504: /* nginx: the program did not answer */
        client->gateway++;
        return SAID_NOTHING;
    case 503:
        client->away++;
        if (reply->is_whole && strstr(reply->body, "may or may not") == NULL) {
            return SAID_LATER;
        }
        return SAID_UNSURE;
    default:
        CHECK(false, "%s was answered with %d: %.1500s", target, reply->code, web_words(reply));
        return SAID_NOTHING;
    }
}

static inline enum said ask(int number, const char *target, const char *body)
{
    struct client_record *client = &shared->clients[number];
    int64_t began_us = clock_steady_us();
    web_receive(web_send(&the_web, &client->who, target, body), &reply_one);
    int64_t took_us = clock_steady_us() - began_us;
    client->slowest_us = took_us > client->slowest_us ? took_us : client->slowest_us;
    return judge(client, target, &reply_one);
}

/* A moment before trying again, as a person waits. */
static inline void hesitate(struct chance *chance)
{
    poll(NULL, 0, 5 + (int)chance_below(chance, 60));
}

/* The id of a prefix in an address. */
static inline bool take_id(const char *text, const char *prefix, char id[ID_SIZE])
{
    const char *at = strstr(text, prefix);
    return at != NULL && snprintf(id, ID_SIZE, "%.20s", at) > 0 && id_is(id, NULL);
}

/* ------------------------------------------------------------------ a transfer */

static inline void draft_target(const struct draft_record *draft, const char *step,
                                char target[128])
{
    (void)snprintf(target, 128, "/account/transfers/drafts/%s/%s", draft->draft_id, step);
}

/* Sends one step until it is acknowledged; false: given up. */
static inline bool keep_step(int number, struct chance *chance, const struct draft_record *draft,
                             const char *step, const char *body)
{
    char target[128];
    draft_target(draft, step, target);
    for (int i = 0; i < TRIES && atomic_load(&shared->stop) == 0; i++) {
        enum said said = ask(number, target, body);
        if (said == SAID_WAY) {
            return true;
        }
        CHECK(said != SAID_PAGE, "%s %s was not kept: %.1500s", target, body,
              web_words(&reply_one));
        hesitate(chance);
    }
    return false;
}

/* Takes the answer to the last button. */
static inline void take_told(struct draft_record *draft, enum said said,
                             const struct web_reply *reply)
{
    char id[ID_SIZE];
    if (said == SAID_WAY) {
        CHECK(take_id(reply->location, "tfr_", id), "the last button of draft %s leads to %s",
              draft->draft_id, reply->location);
        CHECK(draft->transfer_id[0] == '\0' || text_is(draft->transfer_id, id),
              "draft %s became %s and %s", draft->draft_id, draft->transfer_id, id);
        TEXT_COPY(draft->transfer_id, id);
    } else if (said == SAID_UNSURE || said == SAID_NOTHING) {
        draft->in_doubt = true;
    }
}

/* Looks at the review; true: *plan is what would happen. When the draft is over, its transfer is
 * told. */
static inline bool look_at_plan(int number, struct draft_record *draft, const char *target,
                                char plan[DIGEST_HEX_SIZE])
{
    enum said said = ask(number, target, NULL);
    if (said == SAID_WAY) {
        take_told(draft, said, &reply_one);
    } else if (said == SAID_PAGE) {
        web_value(&reply_one, "plan", plan, DIGEST_HEX_SIZE);
        return plan[0] != '\0';
    }
    return false;
}

/* Presses the last button until something is told, or gives up. tries: how patient. */
static inline void press(int number, struct chance *chance, struct draft_record *draft, int tries)
{
    struct client_record *client = &shared->clients[number];
    char target[128], body[256], plan[DIGEST_HEX_SIZE] = "";
    draft_target(draft, "review", target);
    for (int i = 0; i < tries && draft->transfer_id[0] == '\0' && atomic_load(&shared->stop) == 0;
         i++) {
        if (i > 0) {
            hesitate(chance);
        }
        if ((plan[0] == '\0' || chance_below(chance, 2) == 0) &&
            !look_at_plan(number, draft, target, plan)) {
            continue;
        }
        (void)snprintf(body, sizeof body, "plan=%s&notes=%s&private_note=&corrects=", plan,
                       draft->draft_id);
        draft->asked = true;
        bool twice = chance_below(chance, 8) == 0;
        int fd = web_send(&the_web, &client->who, target, body);
        int other_fd = twice ? web_send(&the_web, &client->who, target, body) : -1;
        web_receive(fd, &reply_one);
        enum said said = judge(client, target, &reply_one);
        take_told(draft, said, &reply_one);
        if (twice) {
            client->pressed_twice++;
            web_receive(other_fd, &reply_two);
            take_told(draft, judge(client, target, &reply_two), &reply_two);
        }
        plan[0] = '\0';
        if (said == SAID_PAGE) {
            web_value(&reply_one, "plan", plan, sizeof plan);
        } else if (draft->in_doubt && chance_below(chance, 4) == 0) {
            return; /* gives up and never knows */
        }
    }
}

static inline void discard(int number, struct draft_record *draft)
{
    char target[128];
    draft_target(draft, "discard", target);
    draft->discard_asked = true;
    draft->discard_told = ask(number, target, "") == SAID_WAY;
}

static inline void make_transfer(int number, struct chance *chance)
{
    struct client_record *client = &shared->clients[number];
    struct draft_record *draft = &client->drafts[atomic_load(&client->draft_count)];
    char body[256];
    enum said said = ask(number, "/account/transfers/new", "kind=external");
    if (said != SAID_WAY) {
        client->begun_untold += said == SAID_NOTHING || said == SAID_UNSURE ? 1 : 0;
        hesitate(chance);
        return; /* begins anew */
    }
    CHECK(take_id(reply_one.location, "drf_", draft->draft_id), "a new draft leads to %s",
          reply_one.location);
    draft->to =
        (int)((org_of(number) + 1 + (size_t)chance_below(chance, WORLD_ORGS - 1)) % WORLD_ORGS);
    draft->units = 1 + chance_below(chance, UNITS_MAX);
    atomic_fetch_add(&client->draft_count, 1);
    (void)snprintf(body, sizeof body, "recipient=%s", the_world.org_ids[draft->to]);
    draft->recipient_kept = keep_step(number, chance, draft, "recipient", body);
    if (chance_below(chance, 16) == 0) {
        discard(number, draft);
        return;
    }
    (void)snprintf(body, sizeof body, "balance=%s.carbon_removal", the_world.supplier_org_id);
    if (!draft->recipient_kept || chance_below(chance, 16) == 0 ||
        !keep_step(number, chance, draft, "balance", body)) {
        return; /* left unfinished */
    }
    (void)snprintf(body, sizeof body, "by=oldest&go=next&amount=%" PRId64 ".%03" PRId64,
                   draft->units / 1000, draft->units % 1000);
    draft->amount_kept = keep_step(number, chance, draft, "amount", body);
    if (draft->amount_kept && chance_below(chance, 16) != 0) {
        press(number, chance, draft, TRIES);
    }
}

/* ------------------------------------------------------------------ the inbox */

static inline void doubt_tick(struct act_record *act, int i)
{
    if (act->ticks[i].state == TICK_UNDONE) {
        act->ticks[i].state = TICK_DOUBT;
    }
}

/* Reads what the post came to out of the address of its results; the transfers come in the order
 * they were sent. */
static inline void take_results(struct act_record *act, const char *location)
{
    const char *seq = location;
    for (int i = 0; i < act->count; i++) {
        char named[64];
        (void)snprintf(named, sizeof named, "unsure=%s", act->ticks[i].transfer_id);
        if (strstr(location, named) != NULL) {
            doubt_tick(act, i);
            continue;
        }
        (void)snprintf(named, sizeof named, "undone=%s", act->ticks[i].transfer_id);
        if (strstr(location, named) != NULL) {
            continue; /* by this post; an earlier one of the same form may have done it */
        }
        seq = strstr(seq, "seq=");
        CHECK(seq != NULL, "no result for %s: %s", act->ticks[i].transfer_id, location);
        seq += strlen("seq=");
        int64_t told = strtoll(seq, NULL, 10);
        if (act->ticks[i].state == TICK_DECIDED && act->ticks[i].seq != told) {
            act->ticks[i].former_seq = act->ticks[i].seq;
        }
        act->ticks[i].state = TICK_DECIDED;
        act->ticks[i].seq = told;
    }
}

/* Sends the form; false: nothing was told. */
static inline bool post_act(int number, struct act_record *act)
{
    char body[1024];
    int length = snprintf(body, sizeof body, "tab=%s&once=%s&account=%s&act=%s&reason=not+ordered",
                          text_is(act->act, "withdraw") ? "outgoing" : "incoming", act->once,
                          act->account_id, act->act);
    for (int i = 0; i < act->count; i++) {
        length += snprintf(body + length, sizeof body - (size_t)length, "&transfer=%s",
                           act->ticks[i].transfer_id);
    }
    enum said said = ask(number, "/account/inbox", body);
    if (said == SAID_NOTHING || said == SAID_UNSURE) {
        for (int i = 0; i < act->count; i++) {
            doubt_tick(act, i);
        }
    }
    CHECK(said != SAID_PAGE, "the inbox shows the form again: %.1500s", web_words(&reply_one));
    if (said == SAID_WAY) {
        take_results(act, reply_one.location);
    }
    return said == SAID_WAY;
}

/* Ticks a few rows of the page in reply_one. */
static inline void tick(struct chance *chance, struct act_record *act)
{
    const char *row = reply_one.body;
    while (act->count < TICKS_MAX && (row = strstr(row, "name=\"transfer\" id=")) != NULL) {
        row += strlen("name=\"transfer\" id=");
        if (chance_below(chance, 3) != 0 &&
            take_id(row, "tfr_", act->ticks[act->count].transfer_id)) {
            act->count++;
        }
    }
}

static inline void decide(int number, struct chance *chance)
{
    struct client_record *client = &shared->clients[number];
    int64_t dice = chance_below(chance, 10);
    const char *word = dice < 7 ? "accept" : dice < 8 ? "reject" : "withdraw";
    bool is_out = text_is(word, "withdraw");
    if (ask(number, is_out ? "/account/inbox?tab=outgoing" : "/account/inbox", NULL) != SAID_PAGE) {
        return;
    }
    struct act_record *act = &client->acts[atomic_load(&client->act_count)];
    *act = (struct act_record){.act = word};
    web_value(&reply_one, "once", act->once, sizeof act->once);
    if (!is_out) {
        web_value(&reply_one, "account", act->account_id, sizeof act->account_id);
    }
    tick(chance, act);
    if (act->count == 0) {
        return;
    }
    atomic_fetch_add(&client->act_count, 1);
    for (int i = 0; i < TRIES && !post_act(number, act); i++) {
        if (chance_below(chance, 4) == 0 || atomic_load(&shared->stop) != 0) {
            return; /* gives up */
        }
        hesitate(chance);
    }
}

/* ------------------------------------------------------------------ its life */

static inline void run_client(int number, struct chance chance)
{
    struct client_record *client = &shared->clients[number];
    while (atomic_load(&shared->stop) == 0 && atomic_load(&client->draft_count) < DRAFTS_MAX &&
           atomic_load(&client->act_count) < ACTS_MAX) {
        if (chance_below(&chance, 10) < 6) {
            make_transfer(number, &chance);
        } else {
            decide(number, &chance);
        }
        poll(NULL, 0, (int)chance_below(&chance, 10));
    }
    fflush(stdout);
    _exit(0);
}

#endif
