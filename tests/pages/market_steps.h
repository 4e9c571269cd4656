/*
 * tests/pages/market_steps.h: what the tests of the account's pages share: going through the steps
 * of a transfer as a person does. Include after tests/pages/market.h.
 */
#ifndef TESTS_PAGES_MARKET_STEPS_H
#define TESTS_PAGES_MARKET_STEPS_H

#include "pages/market.h"

/* The first id of a prefix in a text: "drf_…" of "/account/transfers/drafts/drf_…/recipient". Kept
 * in a ring. */
CGI_UNUSED static const char *id_in(const char *text, const char *prefix)
{
    static char ids[64][ID_SIZE];
    static unsigned next;
    char *id = ids[next++ % 64];
    const char *at = strstr(text, prefix);
    if (at == NULL) {
        fail_msg("no %s in %s", prefix, text);
    }
    snprintf(id, ID_SIZE, "%.20s", at);
    return id;
}

/* printf into a ring of texts. */
CGI_UNUSED __attribute__((format(printf, 1, 2))) static const char *words(const char *format, ...)
{
    static char texts[256][5000];
    static unsigned next;
    char *text = texts[next++ % 256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(texts[0]), format, arguments);
    va_end(arguments);
    return text;
}

/* A draft of a kind, at its first step. */
CGI_UNUSED static const char *begin(struct cgi_person who, const char *kind)
{
    struct cgi_reply reply = market_post("/account/transfers/new", who, words("kind=%s", kind));
    cgi_is(&reply, 303);
    return id_in(reply.location, "drf_");
}

CGI_UNUSED static struct cgi_reply step(struct cgi_person who, const char *draft, const char *name,
                                        const char *body)
{
    return market_post(words("/account/transfers/drafts/%s/%s", draft, name), who, body);
}

CGI_UNUSED static struct cgi_reply look(struct cgi_person who, const char *draft, const char *name)
{
    return market_get(words("/account/transfers/drafts/%s/%s", draft, name), who);
}

/* Answers balance and amount, oldest first, up to the review. */
CGI_UNUSED static void fill(struct cgi_person who, const char *draft, const char *supplier,
                            const char *amount)
{
    struct cgi_reply reply =
        step(who, draft, "balance", words("balance=%s.carbon_removal", supplier));
    cgi_is(&reply, 303);
    reply = step(who, draft, "amount", words("by=oldest&go=next&amount=%s", amount));
    cgi_is(&reply, 303);
    assert_non_null(strstr(reply.location, "/review"));
}

/* A transfer to another organisation up to the review. */
CGI_UNUSED static const char *prepare(struct cgi_person who, const char *to, const char *supplier,
                                      const char *amount)
{
    const char *draft = begin(who, "external");
    struct cgi_reply reply = step(who, draft, "recipient", words("recipient=%s", to));
    cgi_is(&reply, 303);
    fill(who, draft, supplier, amount);
    return draft;
}

/* Presses the last button of a prepared draft; the transfer's id. */
CGI_UNUSED static const char *confirm(struct cgi_person who, const char *draft, const char *more)
{
    struct cgi_reply reply = look(who, draft, "review");
    cgi_is(&reply, 200);
    reply = step(who, draft, "review", words("plan=%s%s", cgi_value(&reply, "plan"), more));
    cgi_is(&reply, 303);
    return id_in(reply.location, "tfr_");
}

#endif
