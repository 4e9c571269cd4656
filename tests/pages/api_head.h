/*
 * tests/pages/api_head.h: the head of an answer that was made in this process, as the door would
 * write it, for tests that note answers (tests/pages/api_answers.h).
 */
#ifndef TESTS_PAGES_API_HEAD_H
#define TESTS_PAGES_API_HEAD_H

#include "http/exchange.h"

/* the id of every request that no door has seen */
#define API_HEAD_REQUEST_ID "00000000000000000000000000000000"
#define API_HEAD_BYTES_MAX 16384

/* The head's text; kept until the next call. */
__attribute__((unused)) static const char *api_head_of(const struct response *response,
                                                       const struct request *request)
{
    static char bytes[API_HEAD_BYTES_MAX + 1];
    struct out head = {.bytes = bytes, .capacity_bytes = API_HEAD_BYTES_MAX};
    response_head(&head, response, request);
    bytes[head.size_bytes] = '\0';
    return bytes;
}

#endif
