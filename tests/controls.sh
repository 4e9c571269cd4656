#!/bin/bash
# controls.sh: the negative controls. Each plants one bug in one program (tests/plant/, built by `make plants`) and runs the
# campaign that must find it: the control passes only when the campaign fails and prints a line "violation …". A campaign that
# breaks off for another reason, or is not there, is a failure here; so is one that ends well, but that only after three seeds:
# the short forms draw few of the moments in which a bug can show itself, fewer still on a busy machine.
#   tests/controls.sh [--times N] [--long] [--seed N] [NAME…]     --times: each so often, with the seeds that follow;
#   --long: also the bugs that show themselves only by chance or late
set -u
cd "$(dirname "$0")/.." || exit 2

# plant, campaign, options: the smallest with which it is found every time. The daemon of the campaigns that use a sanitizer-built
# one is the planted one too.
controls() {
    cat <<'END'
ledger-commit-lost      crash/kill_test         --kills 12
ledger-answer-early     crash/kill_test         --kills 20
ledger-answer-early     crash/reader_test       --seconds 1
ledger-key-forgotten    crash/kill_test         --kills 10
ledger-key-forgotten    crash/spend_test        --rounds 50
ledger-takes-reserved   crash/spend_test        --rounds 1
ledger-waits-for-reader crash/slow_client_test  --seconds 0 --bound 2000
ledger-keeps-clients    crash/slow_client_test  --seconds 0
ledger-wal-kept         crash/reader_test       --seconds 1
account-says-done       crash/web_kill_test     --kills 6
account-new-key         crash/web_kill_test     --kills 6
account-new-key         crash/overload_test     --rounds 1
account-draft-forgets   crash/web_kill_test     --kills 10
account-leaks           crash/slow_client_test  --seconds 0
signin-session-lost     crash/area_kill_test    --kills 10
account-ends-late       crash/restart_test      --rounds 0
account-drops-last      crash/restart_test      --rounds 2
account-gives-up        crash/restart_test      --rounds 4
admin-says-done         crash/area_kill_test    --kills 6
ledger-order-swapped    crash/history_test      --operations 8000 --kills 0
ledger-repeat-differs   crash/history_test      --operations 8000 --kills 0
ledger-spent-twice      crash/history_test      --operations 8000 --kills 0
ledger-clock-back       crash/history_test      --operations 8000 --kills 0
ledger-document-stays   crash/history_test      --operations 8000 --kills 0
ledger-clock-followed   crash/time_jump_test
ledger-id-anew          crash/time_jump_test    --steps 400
tally-backup-copies-file     crash/drill_test   --seconds 4
tally-backup-registry-first  crash/drill_test   --seconds 5
tally-backup-holds-people    crash/drill_test   --seconds 7
tally-restore-keeps-sessions crash/drill_test   --seconds 1
tally-restore-trusts-digest  crash/drill_test   --seconds 8
tally-verify-backfills       crash/drill_test   --seconds 2
ledger-unsynced         crash/power_test        --acts 60
ledger-moves-unsynced   crash/power_test        --acts 60
account-unsynced        crash/power_people_test
ledger-fault-ignored    crash/fault_ledger_test --faults 39
signin-fault-ignored    crash/fault_signin_test --only password/set --faults 20
public-fault-unseen     crash/fault_public_test
api-fault-unseen        crash/fault_api_test    --only /v0/organisation --faults 4
api-new-key             crash/fault_api_test    --only /from_oldest --faults 6
api-new-key             crash/api_key_test      --rounds 1 --kills 0
api-key-unkept          crash/api_keys_test     --rounds 1 --kills 0
api-key-kept-late       crash/api_keys_test     --rounds 1 --kills 0
api-new-key             crash/api_keys_test     --rounds 1 --kills 0
courier-drops-message   crash/courier_test      --kills 3
courier-goes-on         crash/courier_test      --kills 10
courier-says-delivered  crash/courier_test      --kills 5
END
    [ "$long" = 0 ] || cat <<'END'
signin-fault-ignored    crash/fault_signin_test --only /sign-in --faults 100
END
}

long=0 times=1 seed=$(($(date +%s) % 1000000)) only=()
while [ $# -gt 0 ]; do
    case $1 in
    --times | --seed)
        [ $# -ge 2 ] || { echo "controls.sh: $1 needs a number" >&2; exit 2; }
        if [ "$1" = --times ]; then times=$2; else seed=$2; fi
        shift
        ;;
    --long) long=1 ;;
    -*) echo "usage: tests/controls.sh [--times N] [--long] [--seed N] [NAME…]" >&2; exit 2 ;;
    *)
        long=1 controls | grep -q "^$1 " || { echo "controls.sh: there is no control $1; there are:" $(controls | cut -d ' ' -f 1) >&2; exit 2; }
        only+=("$1")
        ;;
    esac
    shift
done

export ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1:abort_on_error=1 UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
export TALLYSTICK_SCHEMA="$PWD/schema"
logs=build/test/log/controls
mkdir -p "$logs"
passed=0 failed=0 slowest_ms=0
echo "seed $seed (again: tests/controls.sh --seed $seed --times $times)"

wanted() { # PLANT
    local name
    [ ${#only[@]} -gt 0 ] || return 0
    for name in "${only[@]}"; do [ "$name" = "$1" ] && return 0; done
    return 1
}

missed() { # PLANT CAMPAIGN WHY
    failed=$((failed + 1))
    echo "MISSED $1 by $2: $3"
}

control() { # PLANT SEED CAMPAIGN OPTION…
    local plant=$1 its_seed=$2 campaign=$3 began_ms took_ms code=0 try
    local folder=build/release/plant/$plant program=build/test/tests/$campaign log="$logs/$1-${3##*/}-$2.log"
    shift 3
    [ -e "$folder/planted" ] || { missed "$plant" "$campaign" "there is no $folder; make plants"; return; }
    [ -x "$program" ] || { missed "$plant" "$campaign" "there is no $program"; return; }
    began_ms=$(date +%s%3N)
    for ((try = 1; try <= 3 && code == 0; try++)); do
        [ "$try" -eq 1 ] || echo "not yet: $plant by $campaign with seed $its_seed"
        its_seed=$((its_seed + (try - 1) * 1000003))
        TEST_BUILD=$folder TEST_RELEASE=$folder timeout -k 10 1800 "$program" "$@" --seed "$its_seed" >"$log" 2>&1 </dev/null
        code=$?
    done
    took_ms=$(($(date +%s%3N) - began_ms))
    [ "$took_ms" -le "$slowest_ms" ] || slowest_ms=$took_ms
    if [ "$code" -eq 0 ]; then
        missed "$plant" "$campaign" "it ended well three times (the last with seed $its_seed; see $log)"
    elif ! grep -q '^violation' "$log"; then
        missed "$plant" "$campaign" "it failed without a violation (exit $code, seed $its_seed; see $log)"
    else
        passed=$((passed + 1))
        printf 'found %-24s by %-22s in %6d ms: %s\n' "$plant" "$campaign" "$took_ms" "$(grep -m 1 '^violation' "$log" | cut -c 1-140)"
        rm -f "$log"
    fi
}

for ((round = 0; round < times; round++)); do
    while read -r -a line <&3; do
        if wanted "${line[0]}"; then control "${line[0]}" $((seed + round)) "${line[@]:1}"; fi
    done 3< <(controls)
done
# A plant that no campaign has to find proves nothing.
for plant in tests/plant/*.c; do
    plant=$(basename "$plant" .c)
    long=1 controls | grep -q "^$plant " || { failed=$((failed + 1)); echo "UNUSED $plant: no control names it"; }
done
echo "result: $((passed + failed)) planted bugs, $passed found, the slowest in $slowest_ms ms"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
