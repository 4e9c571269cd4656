/*
 * password_fuzz.c: which passwords are refused (gate/password_rules.c) for any password, site,
 * person and address. Promised: length is judged first and by characters; capitals change nothing;
 * what is on the list is refused, with digits behind it too; so is the person's own address and any
 * one short pattern over and over.
 */
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "fuzz/fuzz.h"
#include "gate/password.h"

static const char *repeated(const char *text, size_t bytes)
{
    char *pattern = arena_take(&fuzz_arena, PASSWORD_CHARS_MAX + 1, 1);
    for (size_t i = 0; i < 60; i++) {
        pattern[i] = text[i % bytes];
    }
    return pattern;
}

static void one(struct fuzz_input *input)
{
    unsigned entry = fuzz_byte(input) << 8 | fuzz_byte(input);
    const char *password = fuzz_text(input);
    const char *site = fuzz_text(input);
    const char *person = fuzz_text(input);
    const char *email = fuzz_text(input);
    size_t chars = text_characters(password);
    enum status status = password_judge(&fuzz_arena, password, site, person, email);
    if (chars < PASSWORD_CHARS_MIN) {
        holds(status == STATUS_PASSWORD_SHORT);
    } else if (chars > PASSWORD_CHARS_MAX) {
        holds(status == STATUS_PASSWORD_LONG);
    } else {
        holds(status == STATUS_OK || status == STATUS_PASSWORD_COMMON);
        holds(password_judge(&fuzz_arena, password, site, person, password) ==
              STATUS_PASSWORD_COMMON);
    }
    const char *lower = text_lower(&fuzz_arena, password);
    holds(password_judge(&fuzz_arena, lower, site, person, email) == status);
    const char *common =
        arena_printf(&fuzz_arena, "%s%u", password_common[entry % password_common_count], entry);
    holds(password_judge(&fuzz_arena, common, site, person, email) == STATUS_PASSWORD_COMMON);
    if (password[0] != '\0' && text_utf8_is(password) && strlen(password) == chars) {
        size_t bytes = chars < 9 ? chars : 9;
        holds(password_judge(&fuzz_arena, repeated(password, bytes), site, person, email) ==
              STATUS_PASSWORD_COMMON);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
    fuzz_run(data, size_bytes, one);
    return 0;
}
