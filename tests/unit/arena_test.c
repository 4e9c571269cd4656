/* arena_test.c: memory that is given, filled up and emptied. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <limits.h>
#include <stdio.h>

#include "base/arena.h"
#include "unit/dies.h"

static _Alignas(16) unsigned char memory[256];
static struct arena arena;
static jmp_buf guard;

static int set_up(void **state)
{
    (void)state;
    memset(memory, 0xAA, sizeof(memory));
    arena_init(&arena, memory, sizeof(memory));
    return 0;
}

/* Whether taking count * size_bytes leaves by the guard. */
static bool is_full_at(size_t count, size_t size_bytes)
{
    bool is_full = false;
    if (setjmp(guard) == 0) {
        arena.guard = &guard;
        (void)arena_take(&arena, count, size_bytes);
    } else {
        is_full = true;
    }
    arena.guard = NULL;
    return is_full;
}

static void what_is_taken_is_zero_and_aligned(void **state)
{
    (void)state;
    for (size_t size = 0; size < 20; size++) {
        unsigned char *bytes = arena_take(&arena, 1, size);
        assert_int_equal((uintptr_t)bytes % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++) {
            assert_int_equal(bytes[i], 0);
        }
        arena_reset(&arena, 0);
    }
}

static void memory_that_is_not_aligned_is_used_aligned(void **state)
{
    (void)state;
    for (size_t shift = 0; shift < 16; shift++) {
        arena_init(&arena, memory + shift, sizeof(memory) - shift);
        assert_int_equal((uintptr_t)arena_take(&arena, 1, 1) % _Alignof(max_align_t), 0);
    }
}

static void the_last_byte_can_be_had_and_no_more(void **state)
{
    (void)state;
    assert_false(is_full_at(1, sizeof(memory)));
    assert_int_equal(arena.used_bytes, sizeof(memory));
    assert_false(is_full_at(1, 0));
    assert_true(is_full_at(1, 1));
    assert_int_equal(arena.used_bytes, sizeof(memory));
    arena_reset(&arena, 0);
    assert_true(is_full_at(1, sizeof(memory) + 1));
    assert_true(is_full_at(SIZE_MAX, 1));
    assert_true(is_full_at(SIZE_MAX / 2, 3));
    assert_true(is_full_at(SIZE_MAX, SIZE_MAX));
    assert_false(is_full_at(SIZE_MAX, 0));
    assert_int_equal(arena.used_bytes, 0);
}

static void padding_never_goes_behind_the_end(void **state)
{
    (void)state;
    arena_init(&arena, memory, 17);
    assert_false(is_full_at(1, 17));
    assert_true(is_full_at(1, 0));
    assert_int_equal(arena.used_bytes, 17);
}

static void overfill(void)
{
    (void)arena_take(&arena, 1, sizeof(memory) + 1);
}

static void without_a_guard_it_aborts(void **state)
{
    (void)state;
    assert_true(dies(overfill));
}

static void reset_to_nowhere(void)
{
    arena_reset(&arena, 1);
}

static void reset_wipes_down_to_the_mark_only(void **state)
{
    (void)state;
    memset(arena_take(&arena, 1, 16), 0x11, 16);
    size_t mark = arena.used_bytes;
    memset(arena_take(&arena, 1, 64), 0x22, 64);
    arena_reset(&arena, mark);
    assert_int_equal(arena.used_bytes, 16);
    for (size_t i = 0; i < sizeof(memory); i++) {
        assert_int_equal(memory[i], i < 16 ? 0x11 : 0);
    }
    arena_reset(&arena, 0);
    assert_int_equal(memory[0], 0);
    assert_true(dies(reset_to_nowhere));
}

static void text_is_copied_with_its_end(void **state)
{
    (void)state;
    char from[] = "tally";
    const char *copy = arena_text(&arena, from);
    from[0] = 'X';
    assert_string_equal(copy, "tally");
    assert_string_equal(arena_text(&arena, NULL), "");
    assert_string_equal(arena_text(&arena, ""), "");
    assert_string_equal(arena_text_sized(&arena, "tallystick", 5), "tally");
    assert_string_equal(arena_text_sized(&arena, NULL, 0), "");
    assert_memory_equal(arena_text_sized(&arena, "a\0b", 3), "a\0b\0", 4);
}

static void printf_measures_first(void **state)
{
    (void)state;
    size_t before = arena.used_bytes;
    assert_string_equal(arena_printf(&arena, "%s-%03d", "a", 7), "a-007");
    assert_int_equal(arena.used_bytes - before, 6);
    assert_string_equal(arena_printf(&arena, "%s", ""), "");
}

/* The formats that are written without vsnprintf say the same as it does. */
static void plain_formats_say_what_printf_says(void **state)
{
    (void)state;
    static const long long numbers[] = {0, 7, -7, 10, 1234567890, LLONG_MAX, LLONG_MIN};
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        char wanted[128];
        (void)snprintf(wanted, sizeof(wanted), "%s|%lld%% %d", "é", numbers[i], (int)numbers[i]);
        assert_string_equal(arena_printf(&arena, "%s|%lld%% %d", "é", numbers[i], (int)numbers[i]),
                            wanted);
        arena_reset(&arena, 0);
    }
    assert_string_equal(arena_printf(&arena, "%s%s.", "", (const char *)NULL), ".");
    assert_string_equal(arena_printf(&arena, "100%%"), "100%");
}

/* Whether printing a text of so many bytes leaves by the guard. */
static bool is_too_long(const char *text)
{
    bool is_full = false;
    if (setjmp(guard) == 0) {
        arena.guard = &guard;
        (void)arena_printf(&arena, "%s!", text);
    } else {
        is_full = true;
    }
    arena.guard = NULL;
    return is_full;
}

static void a_text_that_does_not_fit_leaves_nothing_behind(void **state)
{
    (void)state;
    char text[sizeof(memory) + 1];
    memset(text, 'x', sizeof(text));
    for (size_t length = sizeof(memory) - 3; length < sizeof(text); length++) {
        memset(text, 'x', sizeof(text));
        text[length] = '\0';
        assert_int_equal(is_too_long(text), length + 2 > sizeof(memory));
        arena_reset(&arena, 0);
        for (size_t i = 0; i < sizeof(memory); i++) {
            assert_int_equal(memory[i], 0);
        }
    }
}

static void mapped_memory_is_fresh(void **state)
{
    (void)state;
    struct arena mapped;
    arena_map(&mapped, 65536);
    const unsigned char *bytes = arena_take(&mapped, 1, 65536);
    for (size_t i = 0; i < 65536; i++) {
        assert_int_equal(bytes[i], 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(what_is_taken_is_zero_and_aligned, set_up),
        cmocka_unit_test_setup(memory_that_is_not_aligned_is_used_aligned, set_up),
        cmocka_unit_test_setup(the_last_byte_can_be_had_and_no_more, set_up),
        cmocka_unit_test_setup(padding_never_goes_behind_the_end, set_up),
        cmocka_unit_test_setup(without_a_guard_it_aborts, set_up),
        cmocka_unit_test_setup(reset_wipes_down_to_the_mark_only, set_up),
        cmocka_unit_test_setup(text_is_copied_with_its_end, set_up),
        cmocka_unit_test_setup(printf_measures_first, set_up),
        cmocka_unit_test_setup(plain_formats_say_what_printf_says, set_up),
        cmocka_unit_test_setup(a_text_that_does_not_fit_leaves_nothing_behind, set_up),
        cmocka_unit_test_setup(mapped_memory_is_fresh, set_up),
    };
    return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
