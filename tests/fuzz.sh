#!/bin/bash
# fuzz.sh [NAME…]: builds the fuzz targets (tests/fuzz/NAME_fuzz.c) and runs the named ones, or all, for FUZZ_SECONDS (900) each,
# FUZZ_JOBS (2) side by side. What is found is kept in build/fuzz/corpus/NAME, and each run adds a line to build/fuzz/runs.tsv: a run
# goes on where the last one stopped, and build/fuzz/result.md shows the sums. An input that breaks a promise is left in
# build/fuzz/crash/. Exits 1 when there is one.
#   fuzz.sh --keep [NAME…]  puts the smallest telling part of what was found into tests/fuzz/corpus/NAME (inputs named crash-… stay)
#   fuzz.sh --table         makes the table once more
set -u
cd "$(dirname "$0")/.." || exit 1
seconds=${FUZZ_SECONDS:-900} jobs=${FUZZ_JOBS:-2}
built=build/fuzz/tests/fuzz
runs=build/fuzz/runs.tsv
files_max=60 bytes_max=48000

what=run
case "${1:-}" in
--keep | --table) what=${1#--}; shift ;;
-*) sed -n '2,7s/^# //p' "$0"; exit 2 ;;
esac
names=("$@")
[ ${#names[@]} -gt 0 ] || mapfile -t names < <(find tests/fuzz -name '*_fuzz.c' -printf '%f\n' | sed 's/_fuzz\.c$//' | sort)
for name in "${names[@]}"; do
    [ -f "tests/fuzz/${name}_fuzz.c" ] || { echo "there is no target $name" >&2; exit 2; }
done
[ "$what" = table ] || make --no-print-directory -s -j2 MODE=fuzz fuzzers || exit 1
mkdir -p build/fuzz/log build/fuzz/crash
export ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1:handle_abort=1 UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
# The registries of some targets; unlinked by themselves as soon as they are open, and here if they never were.
TMPDIR=$(mktemp -d)
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT

# run NAME: one run, and its line: name, seconds, executions, coverage, features, inputs kept, findings.
run() {
    local name=$1 log=build/fuzz/log/$1.log corpus=build/fuzz/corpus/$1 dict=() began=$SECONDS
    mkdir -p "$corpus"
    [ -f "tests/fuzz/$name.dict" ] && dict=("-dict=tests/fuzz/$name.dict")
    "$built/${name}_fuzz" -max_total_time="$seconds" -timeout=60 -rss_limit_mb=3000 -max_len=8192 -print_final_stats=1 \
        -artifact_prefix="build/fuzz/crash/$name-" "${dict[@]}" "$corpus" "tests/fuzz/corpus/$name" >"$log" 2>&1 </dev/null
    local code=$? took=$((SECONDS - began)) last
    last=$(grep -aE '^#[0-9]+.*cov: ' "$log" | tail -1)
    printf '%s\t%d\t%d\t%d\t%d\t%d\t%d\n' "$name" "$took" \
        "$(sed -nE 's/^stat::number_of_executed_units: +([0-9]+).*/\1/p' "$log" | tail -1)" \
        "$(sed -nE 's/.*cov: ([0-9]+).*/\1/p' <<<"$last")" "$(sed -nE 's/.*ft: ([0-9]+).*/\1/p' <<<"$last")" \
        "$(find "$corpus" -type f | wc -l)" "$((code != 0))" >>"$runs"
    if [ "$code" -ne 0 ]; then
        echo "FAIL  $name after $took s: $log"
        grep -aE 'violation|ERROR: |runtime error|Test unit written' "$log" | head -5 | sed 's/^/      /'
    else
        tail -1 "$runs" | awk -F'\t' '{ printf "ok    %-12s %11d executions in %d s, %d a second, coverage %d\n", $1, $3, $2, $3 / ($2 ? $2 : 1), $4 }'
    fi
}

# The sums of all runs; coverage (edges of the whole program that were reached) and findings are of the last one.
table() {
    touch "$runs"
    awk -F'\t' '
        { seconds[$1] += $2; units[$1] += $3; cov[$1] = $4; ft[$1] = $5; kept[$1] = $6; bad[$1] = $7 }
        END {
            print "| target | minutes | executions | a second | coverage | features | inputs | open findings |"
            print "|---|---:|---:|---:|---:|---:|---:|---:|"
            for (name in seconds) {
                rows[++n] = name
            }
            for (i = 1; i <= n; i++) for (j = i + 1; j <= n; j++) if (rows[j] < rows[i]) { t = rows[i]; rows[i] = rows[j]; rows[j] = t }
            for (i = 1; i <= n; i++) {
                name = rows[i]
                printf "| %s | %.1f | %d | %d | %d | %d | %d | %d |\n", name, seconds[name] / 60, units[name], units[name] / (seconds[name] ? seconds[name] : 1), cov[name], ft[name], kept[name], bad[name]
                all_s += seconds[name]; all_u += units[name]; all_bad += bad[name]
            }
            printf "| all %d | %.1f | %d | | | | | %d |\n", n, all_s / 60, all_u, all_bad
        }' "$runs" >build/fuzz/result.md
}

# keep NAME: of everything found, the inputs that together reach the most, by libFuzzer's own account of what each reaches: the next
# is always the one that adds most for its size, until the limits of the tree.
keep() {
    local name=$1 to=tests/fuzz/corpus/$1 merged account
    merged=$(mktemp -d) account=$TMPDIR/$name.account
    mkdir -p "$to" "build/fuzz/corpus/$name"
    "$built/${name}_fuzz" -merge=1 -set_cover_merge=1 -max_len=8192 -timeout=60 -merge_control_file="$account" "$merged" "build/fuzz/corpus/$name" "$to" \
        >"build/fuzz/log/$name.merge.log" 2>&1 || { tail -5 "build/fuzz/log/$name.merge.log"; return 1; }
    TO="$to" FILES="$files_max" BYTES="$bytes_max" perl -MFile::Copy -MFile::Basename -e '
        my ($count) = split(" ", scalar <STDIN>); <STDIN>;
        my @file = map { my $line = <STDIN>; chomp $line; $line } 1 .. $count;
        my (%reach, %seen, @pick, %new);
        while (<STDIN>) {
            my ($kind, $index, @features) = split;
            $reach{$index} = \@features if $kind eq "FT";
        }
        my ($left, $room) = ($ENV{BYTES}, $ENV{FILES});
        for my $old (glob("$ENV{TO}/crash-*")) { $left -= -s $old; $room--; }
        while (@pick < $room) {
            my ($best, $score, $gain) = (undef, 0, 0);
            for my $index (sort { $a <=> $b } keys %reach) {
                next if basename($file[$index]) =~ /^crash-/ || ! -f $file[$index];
                my $new = grep { !$seen{$_} } @{$reach{$index}};
                delete $reach{$index}, next if $new == 0;
                next if -s $file[$index] > $left;
                my $value = $new / (400 + -s $file[$index]);
                ($best, $score) = ($index, $value) if $value > $score;
            }
            last unless defined $best;
            push @pick, $best;
            $left -= -s $file[$best];
            $seen{$_} = 1 for @{delete $reach{$best}};
        }
        for my $index (@pick) {
            my $name = basename($file[$index]);
            $new{$name} = 1;
            copy($file[$index], "$ENV{TO}/$name") or die "$name: $!" unless -e "$ENV{TO}/$name";
        }
        for my $old (glob("$ENV{TO}/*")) { unlink $old unless $new{basename($old)} || basename($old) =~ /^crash-/; }
        printf "%s: %d inputs\n", basename($ENV{TO}), scalar(() = glob("$ENV{TO}/*"));' <"$account"
    rm -rf "$merged"
}

if [ "$what" = keep ]; then
    for name in "${names[@]}"; do keep "$name" || exit 1; done
    exit 0
fi
if [ "$what" = run ]; then
    trap 'kill $(jobs -p) 2>/dev/null; wait' INT TERM
    for name in "${names[@]}"; do
        while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do wait -n; done
        run "$name" &
    done
    wait
fi
table
cat build/fuzz/result.md
for name in "${names[@]}"; do
    tac "$runs" | awk -F'\t' -v name="$name" '$1 == name { exit $7 }' || exit 1
done
