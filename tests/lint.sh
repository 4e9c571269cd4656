#!/bin/bash
# lint.sh: clang-format, clang-tidy, cppcheck, gcc -fanalyzer and the house rules over all C of the tree. Silent and 0 when clean.
set -u
cd "$(dirname "$0")/.."
failed=0
sources=$(git ls-files -co --exclude-standard 'cgi-bin/*.c' 'tests/*.c' ':!tests/unit/templates')
headers=$(git ls-files -co --exclude-standard 'cgi-bin/*.h' 'tests/*.h')
flags="-std=c17 -D_GNU_SOURCE -Icgi-bin -Itests -Ibuild/release/templates"
step() {
    echo "== $1"
    shift
    "$@" || failed=1
}
# shellcheck disable=SC2086
format() { clang-format --dry-run -Werror $sources $headers; }
tidy() { echo "$sources" | xargs -P 2 -n 1 clang-tidy --quiet --warnings-as-errors='*' 2>/dev/null -- $flags | grep -E 'error|warning' && return 1 || return 0; }
check() {
    # shellcheck disable=SC2086
    cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr --error-exitcode=1 -j 2 \
        --suppress=missingIncludeSystem --suppress=varFuncNullUB -Icgi-bin -D_GNU_SOURCE $(echo "$sources" | grep '^cgi-bin')
}
analyze() { echo "$sources" | grep '^cgi-bin' | xargs -P 2 -I{} sh -c "gcc $flags -O1 -Wall -Wextra -Werror -fanalyzer -c -o /dev/null {} || echo {}: analyzer" 2>&1 | tee build/analyzer.log | grep -qE 'analyzer|error' && { cat build/analyzer.log; return 1; } || return 0; }
step clang-format format
step cppcheck check
step "gcc -fanalyzer" analyze
step clang-tidy tidy
step "house rules" tests/house.sh
exit $failed
