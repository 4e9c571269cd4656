#!/bin/bash
# soak.sh: every campaign of safety.md section 4 in its long form, one after another (make soak). Each prints its seed and can be
# run again from it; its output is kept in build/soak/log, and the table at the end in build/soak/result.md. As in `make test`
# the campaigns are built with sanitizers; the programs they kill and crowd are the release ones, where a campaign does not say
# otherwise. A program that is missing, runs no check or prints no result is a failure.
#   tests/soak.sh [--seed N] [--part 0.1] [NAME…]      --part: this part of each size; NAME: only these campaigns
set -u
cd "$(dirname "$0")/.." || exit 2

# name, program, options; a size =N is multiplied by --part. A name that ends in -N is given the seed + N.
campaigns() {
    cat <<'END'
kill            crash/kill_test         --kills =5000
web-kill        crash/web_kill_test     --kills =3000
area-kill       crash/area_kill_test    --kills =2000
api-key         crash/api_key_test      --rounds =200 --kills =300
api-keys        crash/api_keys_test     --rounds =200 --kills =1000
courier         crash/courier_test      --kills =500
history         crash/history_test      --operations =1000000
history-killed  crash/history_test      --operations =1000000 --kills =500
spend           crash/spend_test        --rounds =1000
power           crash/power_test        --every 1 --seeds =20
power-people    crash/power_people_test --every 1 --drafts 8 --seeds =20
fault-ledger    crash/fault_ledger_test --faults =2000
fault-public    crash/fault_public_test --every 1 --faults =200
fault-signin    crash/fault_signin_test --every 1 --faults =200
fault-account   crash/fault_account_test --every 1 --faults =200
fault-admin     crash/fault_admin_test  --every 1 --faults =200
fault-api       crash/fault_api_test    --every 1 --faults =200
full-disk       crash/full_disk_test
time-jump       crash/time_jump_test    --steps =1000
slow-client     crash/slow_client_test  --seconds 60
overload        crash/overload_test     --rounds =30
restart         crash/restart_test      --rounds =300
drill           crash/drill_test        --seconds =600
reader          crash/reader_test       --seconds =600
simulator-1     ledger/simulator        --acts =1000000
simulator-2     ledger/simulator        --acts =1000000
simulator-3     ledger/simulator        --acts =1000000
simulator-4     ledger/simulator        --acts =1000000
controls        controls.sh             --long --times =5
END
}

seed=${SOAK_SEED:-$(($(date +%s) % 1000000))} part=1 only=()
while [ $# -gt 0 ]; do
    case $1 in
    --seed | --part)
        [ $# -ge 2 ] || { echo "soak.sh: $1 needs a number" >&2; exit 2; }
        if [ "$1" = --seed ]; then seed=$2; else part=$2; fi
        shift
        ;;
    -*) echo "usage: tests/soak.sh [--seed N] [--part 0.1] [NAME…]" >&2; exit 2 ;;
    *)
        campaigns | grep -q "^$1 " || { echo "soak.sh: there is no campaign $1; there are:" $(campaigns | cut -d ' ' -f 1) >&2; exit 2; }
        only+=("$1")
        ;;
    esac
    shift
done
[[ $seed =~ ^[0-9]{1,9}$ && $part =~ ^[0-9]*\.?[0-9]+$ ]] || { echo "soak.sh: --seed and --part are numbers" >&2; exit 2; }

# The environment of tests/run.sh.
export ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1:abort_on_error=1 UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
export TEST_BUILD=build/test TEST_RELEASE=build/release TALLYSTICK_SCHEMA="$PWD/schema"
logs=build/soak/log table=build/soak/result.md
mkdir -p "$logs"
passed=0 failed=0
child=""
trap '[ -z "$child" ] || kill "$child" 2>/dev/null; exit 130' INT TERM

wanted() { # NAME
    local name
    [ ${#only[@]} -gt 0 ] || return 0
    for name in "${only[@]}"; do [ "$name" = "$1" ] && return 0; done
    return 1
}

# scaled OPTION…: each =N times the part, at least 1.
scaled() {
    local option
    for option in "$@"; do
        case $option in
        =*) awk -v size="${option#=}" -v part="$part" 'BEGIN { n = int(size * part + 0.5); print (n < 1 ? 1 : n) }' ;;
        *) echo "$option" ;;
        esac
    done
}

# The last word on a campaign: a row of the table and a line.
row() { # NAME SEED WHAT VIOLATIONS SECONDS
    local again="tests/soak.sh --seed $seed$([ "$part" = 1 ] || echo " --part $part") $1"
    echo "| $1 | $2 | ${3//|/,} | $4 | $5 | \`$again\` |" >>"$table"
    if [ "$4" = 0 ]; then
        passed=$((passed + 1))
        printf 'ok    %-15s seed %-9s %5d s  %s\n' "$1" "$2" "$5" "$3"
    else
        failed=$((failed + 1))
        printf 'FAIL  %-15s seed %-9s %5d s  %s\n      again: %s\n' "$1" "$2" "$5" "$3" "$again"
        grep -nE '^violation|ERROR: |runtime error|FAILED' "$logs/$1.log" 2>/dev/null | head -10 | sed 's/^/      /'
    fi
}

campaign() { # NAME PROGRAM OPTION…
    local name=$1 program=build/test/tests/$2 its_seed=$seed began=$SECONDS code violations what
    [[ $name =~ -([0-9]+)$ ]] && its_seed=$((seed + BASH_REMATCH[1]))
    [[ $2 = *.sh ]] && program=tests/$2
    shift 2
    local options
    mapfile -t options < <(scaled "$@")
    rm -f "$logs/$name.log"
    if [ ! -x "$program" ]; then
        row "$name" "$its_seed" "there is no program $program" missing 0
        return
    fi
    timeout -k 60 14400 "$program" "${options[@]}" --seed "$its_seed" >"$logs/$name.log" 2>&1 </dev/null &
    child=$!
    wait "$child"
    code=$?
    child=""
    violations=$(grep -cE '^violation|runtime error:|^==[0-9]+==ERROR' "$logs/$name.log")
    what=$(sed -n 's/^result: //p' "$logs/$name.log" | paste -sd ' ')
    if [ "$violations" -eq 0 ]; then
        # The program's own count of what it checked.
        grep -qE '^[1-9][0-9]* passed, 0 failed$|^\[  PASSED  \] [1-9]' "$logs/$name.log" || violations="nothing checked"
        [ -n "$what" ] || violations="no result"
        [ "$code" -eq 0 ] || violations="exit $code"
        [ "$code" -ne 124 ] || violations="stopped after 4 hours"
    fi
    row "$name" "$its_seed" "${what:-no result; see $logs/$name.log}" "$violations" $((SECONDS - began))
}

{
    echo "# Soak"
    echo
    echo "Seed $seed, part $part, $(nproc) cores, commit $(git rev-parse --short HEAD 2>/dev/null || echo unknown)$(
        [ -z "$(git status --porcelain 2>/dev/null)" ] || echo " with changes")."
    echo
    echo "| campaign | seed | what it did | violations | seconds | again |"
    echo "|---|---|---|---|---|---|"
} >"$table"
while read -r -a line <&3; do
    if wanted "${line[0]}"; then campaign "${line[@]}"; fi
done 3< <(campaigns)
echo
cat "$table"
echo
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
