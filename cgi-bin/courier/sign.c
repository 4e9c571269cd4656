/* courier/sign.c: see courier/sign.h. */
#include "courier/sign.h"

#include <string.h>

#include "base/base64.h"
#include "base/digest.h"

static const char *sign(struct arena *arena, const void *secret, size_t secret_bytes,
                        const char *content);

const char *sign_message(struct arena *arena, const void *secret, size_t secret_bytes,
                         const void *old_secret, size_t old_secret_bytes, const char *message_id,
                         int64_t timestamp_s, const char *body)
{
    const char *content =
        arena_printf(arena, "%s.%lld.%s", message_id, (long long)timestamp_s, body);
    const char *signature = sign(arena, secret, secret_bytes, content);
    if (old_secret == NULL) {
        return signature;
    }
    return arena_printf(arena, "%s %s", signature,
                        sign(arena, old_secret, old_secret_bytes, content));
}

static const char *sign(struct arena *arena, const void *secret, size_t secret_bytes,
                        const char *content)
{
    struct digest digest = digest_hmac(secret, secret_bytes, content, strlen(content));
    return arena_printf(arena, "v1,%s",
                        base64_write_padded(arena, digest.bytes, sizeof digest.bytes));
}
