#!/bin/bash
# run.sh: runs every test that `make test` has built and ends with "N passed, N failed". Two lanes side by side, one per core:
# the C programs, and the browser. A program that runs no test counts as failed. Output is kept in build/test/log.
set -u
cd "$(dirname "$0")/.."
export ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1:abort_on_error=1 UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
export TEST_BUILD=build/test TEST_RELEASE=build/release TALLYSTICK_SCHEMA="$PWD/schema"
logs=build/test/log
# Where the C tests write down what the API answered (tests/pages/api_answers.h).
export TEST_API_ANSWERS="$PWD/$TEST_BUILD/api-answers"
rm -rf "$logs" "$TEST_BUILD/api-calls" "$TEST_API_ANSWERS"
mkdir -p "$logs"

# one NAME COMMAND…: runs it, writes "passed failed" to its count file, prints a line.
one() {
    local name=$1 began=$SECONDS passed failed code
    shift
    timeout -k 10 1200 "$@" >"$logs/$name.log" 2>&1 </dev/null
    code=$?
    [ "$code" -ne 124 ] || echo "the program was stopped after 20 minutes" >>"$logs/$name.log"
    # cmocka, node's TAP and our own closing line; the last of each counts, groups are added up.
    passed=$(awk '/^\[  PASSED  \] [0-9]+ test/ { n += $4 } /^# pass [0-9]+/ { n += $3 } /^[0-9]+ passed, [0-9]+ failed$/ { n += $1 } END { print n + 0 }' "$logs/$name.log")
    failed=$(awk '/^\[  FAILED  \] [0-9]+ test/ { n += $4 } /^# fail [0-9]+/ { n += $3 } /^[0-9]+ passed, [0-9]+ failed$/ { n += $3 } END { print n + 0 }' "$logs/$name.log")
    if [ "$code" -ne 0 ] && [ "$failed" -eq 0 ]; then failed=1; fi
    if [ "$code" -eq 0 ] && [ "$passed" -eq 0 ] && [ "$failed" -eq 0 ]; then
        echo "the program ran no test" >>"$logs/$name.log"
        failed=1
    fi
    echo "$passed $failed" >"$logs/$name.count"
    if [ "$failed" -eq 0 ]; then
        printf 'ok    %-34s %5d passed  %4d s\n' "$name" "$passed" $((SECONDS - began))
    else
        printf 'FAIL  %-34s %5d passed, %d failed  %4d s  again: %s\n' "$name" "$passed" "$failed" $((SECONDS - began)) "$*"
        # A control that found its planted bug is no failure, whatever the bug was called.
        grep -nE 'FAILED|[Ff]ailure|ERROR|not ok|violation|Assertion|error:|bug|MISSED|UNUSED' "$logs/$name.log" | grep -v '^[0-9]*:found ' | head -20 | sed 's/^/      /'
        tail -15 "$logs/$name.log" | sed 's/^/      | /'
    fi
}

lane_programs() {
    local source seed
    one house tests/house.sh
    one install tests/install.sh
    one controls tests/controls.sh
    # What the tree lists, not what an older build left behind.
    for source in tests/unit/*_test.c tests/pages/*_test.c tests/ledger/*.c tests/crash/*.c; do
        # Which faults the short form draws shall not decide whether a change is good: make soak draws others.
        case $source in tests/crash/fault_*) seed="--seed 1" ;; *) seed="" ;; esac
        # shellcheck disable=SC2086
        one "$(basename "$source" .c)" "$TEST_BUILD/${source%.c}" $seed
    done
    for source in tests/fuzz/*_fuzz.c; do # each input of tests/fuzz/corpus counts
        one "$(basename "$source" .c)" "$TEST_BUILD/${source%.c}"
    done
}

lane_browser() {
    for file in tests/web/*.test.mjs tests/api/*.test.mjs; do
        [ -f "$file" ] && one "$(basename "$file")" node --test --test-reporter=tap "$file"
    done
    one operations.mjs node tests/api/operations.mjs # after all that it counts
}

lane_programs &
programs=$!
lane_browser &
browser=$!
trap 'kill $programs $browser 2>/dev/null' INT TERM
wait $programs $browser
one answers.mjs node tests/api/answers.mjs # after both lanes: what the C tests were answered

# Every test program that the tree lists must have left its count.
missing=0
for source in tests/unit/*_test.c tests/pages/*_test.c tests/ledger/*.c tests/crash/*.c tests/fuzz/*_fuzz.c tests/web/*.test.mjs tests/api/*.test.mjs tests/api/operations.mjs tests/api/answers.mjs; do
    [ -f "$source" ] || continue
    name=$(basename "$source" .c)
    [ -f "$logs/$name.count" ] || { echo "FAIL  $name did not run"; missing=$((missing + 1)); }
done

# Once more at the end, which is what is kept of a long output.
for count in "$logs"/*.count; do
    read -r _ failed <"$count"
    [ "$failed" -eq 0 ] || echo "failed: $(basename "$count" .count) $(grep -hoE '^(MISSED|violation).*' "${count%.count}.log" | head -3 | tr '\n' ' ')"
done
cat "$logs"/*.count | awk -v missing="$missing" '{ p += $1; f += $2 } END { printf "\n%d passed, %d failed\n", p, f + missing; exit (f + missing > 0 || p == 0) }'
