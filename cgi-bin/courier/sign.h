/*
 * courier/sign.h: how a receiver knows that a message is ours (Standard Webhooks 1.0.0): HMAC with
 * SHA-256 over "id.timestamp.body", in base64 behind "v1,". When a secret was replaced a while ago
 * the old one signs as well; the signatures stand one after the other, separated by a space.
 */
#ifndef COURIER_SIGN_H
#define COURIER_SIGN_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/* The value of webhook-signature. timestamp_s: seconds, as in webhook-timestamp. old_secret NULL:
 * there is none that still counts. */
const char *sign_message(struct arena *arena, const void *secret, size_t secret_bytes,
                         const void *old_secret, size_t old_secret_bytes, const char *message_id,
                         int64_t timestamp_s, const char *body);

#endif
