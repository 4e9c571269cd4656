/*
 * unit/step_each.h: an act on people.db while its n-th step fails, n from the first to beyond the
 * last: either it happens whole and says so, or not at all and says that. Include after
 * people_room.h and step_fault.h.
 */
#ifndef TESTS_UNIT_STEP_EACH_H
#define TESTS_UNIT_STEP_EACH_H

#define STEPS_MAX 200 /* of one act; more would never end */

/* Before each try anew() prepares one (another id, another key). seen: SQL of a number that tells
 * whether the act has happened; NULL when nothing of it can be seen. Returns by how much that grew
 * when nothing failed. */
static inline int64_t step_each(struct store *people, struct arena *arena, enum status (*act)(void),
                                void (*anew)(void), const char *seen)
{
    size_t mark_bytes = arena->used_bytes;
    int64_t before = seen == NULL ? 0 : room_number(room_people, seen);
    for (int64_t step = 1; step < STEPS_MAX; step++) {
        if (anew != NULL) {
            anew();
        }
        step_quiet(true);
        step_fails(step);
        enum status status = act();
        bool was_met = has_failed;
        step_fails(0);
        store_rollback(people); /* where the caller would, who was told of the fault */
        store_settle(people);
        step_quiet(false);
        arena_reset(arena, mark_bytes);
        int64_t now = seen == NULL ? 0 : room_number(room_people, seen);
        if (!was_met) {
            assert_true(step > 1);
            assert_int_equal(status, STATUS_OK);
            return now - before;
        }
        assert_int_equal(status, STATUS_FAULT);
        assert_int_equal(now, before);
    }
    fail_msg("an act of more than %d steps", STEPS_MAX);
    return 0;
}

#endif
