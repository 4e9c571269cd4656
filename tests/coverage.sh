#!/bin/bash
# coverage.sh: which branches of cgi-bin/ledger/ and cgi-bin/gate/ the tests take (`make coverage`). Builds everything once more with
# counters (build/coverage), runs the tests that reach these rooms and lets coverage.mjs count: build/coverage/result.md, and a failure
# below 95 % or when tests/coverage-left.md does not name exactly what is left. Seeds are fixed, so that the same is counted each time.
# A process writes its counters down when it ends in good order: what a killed daemon did is not counted.
set -u
cd "$(dirname "$0")/.."
build=build/coverage
export TEST_BUILD=$build TEST_RELEASE=$build TALLYSTICK_SCHEMA="$PWD/schema"
# Sizes of their own; of the campaigns in tests/crash only these run here, the others hardly reach these rooms or end by being killed.
declare -A options=(
    [simulator]="--seed 1 --acts 20000"
    [kill_test]="--seed 1 --kills 12"
    [reader_test]="--seed 1 --seconds 2"
    [spend_test]="--seed 1 --rounds 100"
    [drill_test]="--seed 1 --seconds 3"
)
programs=()
for source in tests/unit/*_test.c tests/pages/*_test.c tests/ledger/*.c tests/crash/*.c; do
    name=$(basename "$source" .c)
    case $source in tests/crash/*) [ -n "${options[$name]:-}" ] || continue ;; esac
    programs+=("$build/${source%.c}")
done
# A compiler cache shared between folders would hand out objects that write their counters elsewhere.
CCACHE_DISABLE=1 nice -n 10 make --no-print-directory -s -j2 MODE=coverage build "${programs[@]}" || exit 1
find $build -name '*.gcda' -delete
logs=$build/log
rm -rf $logs
mkdir -p $logs

failed=0
for program in "${programs[@]}"; do
    name=$(basename "$program")
    # shellcheck disable=SC2086 # options are several words
    if ! nice -n 10 timeout -k 10 600 "$program" ${options[$name]:-} >"$logs/$name.log" 2>&1 </dev/null; then
        echo "FAIL  $name"
        tail -5 "$logs/$name.log" | sed 's/^/      | /'
        failed=$((failed + 1))
    fi
done
[ $failed -eq 0 ] || { echo "0 passed, $failed failed"; exit 1; }
node tests/coverage.mjs $build "$@"
