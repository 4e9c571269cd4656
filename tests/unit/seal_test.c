/* tests/unit/seal_test.c: what is sealed opens with the same secret for the same purpose, and in no
 * other way; nothing of it can be read as it lies there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "gate/seal.h"

#define SECRET "an access token of at least thirty-two characters"
#define PURPOSE "answer\nusr_1KNS0Q2D6SBX0A01\nkey-1"

static struct arena arena;
static const char text[] =
    "{\"id\":\"whk_1\",\"secret\":\"whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"}";

static int set_up(void **state)
{
    (void)state;
    if (arena.bytes == NULL) {
        arena_map(&arena, 1024UL * 1024);
    }
    arena_reset(&arena, 0);
    return 0;
}

static void what_is_sealed_opens(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 15, 16, 17, sizeof text - 1};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        const void *sealed = seal_close(&arena, SECRET, PURPOSE, text, sizes[i]);
        const char *opened = seal_open(&arena, SECRET, PURPOSE, sealed, sizes[i] + SEAL_BYTES);
        assert_non_null(opened);
        assert_memory_equal(opened, text, sizes[i]);
    }
}

static void nobody_else_opens_it(void **state)
{
    (void)state;
    size_t size_bytes = sizeof text - 1 + SEAL_BYTES;
    const char *sealed = seal_close(&arena, SECRET, PURPOSE, text, sizeof text - 1);
    assert_null(seal_open(&arena, SECRET "x", PURPOSE, sealed, size_bytes));
    assert_null(seal_open(&arena, "An access token of at least thirty-two characters", PURPOSE,
                          sealed, size_bytes));
    assert_null(seal_open(&arena, SECRET, PURPOSE "0", sealed, size_bytes));
    assert_null(seal_open(&arena, SECRET, "", sealed, size_bytes));
    /* Any bit that is another one, and any end that is missing. */
    uint8_t other[sizeof text + SEAL_BYTES];
    for (size_t i = 0; i < size_bytes * 8; i++) {
        memcpy(other, sealed, size_bytes);
        other[i / 8] ^= (uint8_t)(1U << i % 8);
        assert_null(seal_open(&arena, SECRET, PURPOSE, other, size_bytes));
    }
    for (size_t i = 0; i < size_bytes; i++) {
        assert_null(seal_open(&arena, SECRET, PURPOSE, sealed, i));
    }
    assert_non_null(seal_open(&arena, SECRET, PURPOSE, sealed, size_bytes));
}

static void nothing_of_it_can_be_read(void **state)
{
    (void)state;
    size_t size_bytes = sizeof text - 1 + SEAL_BYTES;
    const char *one = seal_close(&arena, SECRET, PURPOSE, text, sizeof text - 1);
    const char *other = seal_close(&arena, SECRET, PURPOSE, text, sizeof text - 1);
    assert_memory_not_equal(one, other, SEAL_NONCE_BYTES);
    assert_memory_not_equal(one + SEAL_NONCE_BYTES, other + SEAL_NONCE_BYTES, sizeof text - 1);
    for (size_t i = 0; i + 4 <= sizeof text - 1; i++) {
        assert_null(memmem(one, size_bytes, text + i, 4));
        assert_null(memmem(one, size_bytes, SECRET, 8));
    }
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test_setup(what_is_sealed_opens, set_up),
        cmocka_unit_test_setup(nobody_else_opens_it, set_up),
        cmocka_unit_test_setup(nothing_of_it_can_be_read, set_up),
    };
    return cmocka_run_group_tests_name("seal", all, NULL, NULL);
}
