#!/bin/bash
# lint.sh: clang-format, cppcheck, gcc -fanalyzer, clang-tidy and the house rules over all C of the tree. One line a step, and 0
# when all is clean. What a file was found clean with is remembered in build/lint (by the digest of all that it includes), so that
# a second run looks only at what has changed.
set -u
cd "$(dirname "$0")/.."
flags="-std=c17 -D_GNU_SOURCE -Icgi-bin -Itests -Ibuild/release/templates $(pkg-config --cflags-only-I cairo freetype2)"
files() { git ls-files -co --exclude-standard -- "$@" | while read -r file; do [ -f "$file" ] && echo "$file"; done; }

# What each tool says about one file; silence is clean.
look() {
    # shellcheck disable=SC2086
    case $1 in
    format) clang-format --dry-run -Werror "$2" 2>&1 | grep -m 1 'error:' ;;
    cppcheck)
        # internalAstError: cppcheck 2.10 cannot parse a compound literal after `?`. returnDanglingLifetime: it takes the member of a
        # struct argument that points elsewhere for a part of the argument. varFuncNullUB: NULL is a pointer in every libc used here.
        cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr --error-exitcode=1 --template=gcc \
            --suppress=missingIncludeSystem --suppress=varFuncNullUB --suppress=internalAstError --suppress=returnDanglingLifetime \
            -Icgi-bin -D_GNU_SOURCE "$2" 2>&1
        ;;
    analyzer) gcc $flags -O1 -Wall -Wextra -Werror -fanalyzer -c -o /dev/null "$2" 2>&1 ;;
    clang-tidy)
        # It counts what it left out on standard error.
        clang-tidy --quiet --warnings-as-errors='*' "$2" -- $flags 2>&1 | grep -vE '^[0-9]+ warnings? (generated|treated as errors?)|^Suppressed '
        ;;
    esac
}
# lint.sh --one TOOL FILE: what a step does with each file.
if [ "${1:-}" = --one ]; then
    # shellcheck disable=SC2086
    digest=$({ cat "$3" .clang-format .clang-tidy tests/lint.sh; [ "$2" = format ] || gcc $flags -E -P "$3" 2>/dev/null; } | sha256sum | cut -c 1-40)
    [ -e "build/lint/$2/$digest" ] && exit 0
    said=$(look "$2" "$3")
    if [ -n "$said" ]; then
        printf '%s: %s\n%s\n' "$2" "$3" "$said"
        exit 1
    fi
    touch "build/lint/$2/$digest"
    exit 0
fi

failed=0
step() { # NAME, then files on standard input
    local began=$SECONDS list count
    mkdir -p "build/lint/$1"
    list=$(cat)
    count=$(echo "$list" | wc -l)
    if echo "$list" | xargs -P 2 -n 1 tests/lint.sh --one "$1" >"build/lint/$1.log"; then
        printf 'ok    %-12s %4d files  %4d s\n' "$1" "$count" $((SECONDS - began))
    else
        failed=1
        cat "build/lint/$1.log"
        printf 'FAIL  %-12s %4d files, %d not clean  %4d s\n' "$1" "$count" "$(grep -c "^$1: " "build/lint/$1.log")" $((SECONDS - began))
    fi
}
step format < <(files 'cgi-bin/*.[ch]' 'tests/*.[ch]')
step cppcheck < <(files 'cgi-bin/*.c')
step analyzer < <(files 'cgi-bin/*.c')
step clang-tidy < <(files 'cgi-bin/*.c' 'tests/*.c' ':!tests/unit/templates' ':!tests/web/record.c')
tests/house.sh || failed=1
exit $failed
