#!/bin/bash
# bench.sh (make bench): measures the registry at several sizes and writes tests/bench/result.md and result.svg. Everything that is
# compared is measured by turns in this one run: the daemon with a plain loop and with PostgreSQL, pages with a hello-world program.
#   --sizes N,N       batches and transfers of each registry       (10000,1000000,10000000; those that the disk has room for)
#   --parts a,b,…     a transfers, b whole transfers in browsers, c pages, d latency, f memory, sizes and times, g PostgreSQL, h the API   (all)
#   --seconds N       of one round                                  (3)
#   --rounds N        of each measurement; medians are told         (5)
#   --folder DIR      where the registries are made and kept        (build/bench; a short path); those of an older schema are migrated first
#   --fresh           makes the registries anew
# Figures are added to build/bench/figures.tsv: size, part, name, value, unit; what is measured again replaces what was there.
set -euo pipefail
cd "$(dirname "$0")/.."
sizes=10000,1000000,10000000 parts=a,b,c,d,f,g,h seconds=3 rounds=5 folder=build/bench fresh=0 given=0
while [ $# -gt 0 ]; do
    case $1 in
    --sizes) sizes=$2 given=1 && shift 2 ;;
    --parts) parts=$2 && shift 2 ;;
    --seconds) seconds=$2 && shift 2 ;;
    --rounds) rounds=$2 && shift 2 ;;
    --folder) folder=$2 && shift 2 ;;
    --fresh) fresh=1 && shift ;;
    *) sed -n '2,/^set/p' "$0" | grep '^#' >&2; exit 2 ;;
    esac
done
mkdir -p "$folder" build/bench
folder=$(cd "$folder" && pwd)
figures=$PWD/build/bench/figures.tsv new=$PWD/build/bench/new.tsv
bin=build/release bench=build/release/tests/bench
export TEST_RELEASE=$PWD/build/release TALLYSTICK_SCHEMA=$PWD/schema
: >"$new"
has() { case ",$parts," in *",$1,"*) true ;; *) false ;; esac }
figure() { printf '%s\t%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "$4" "$5" >>"$new"; echo "result: size $1 part $2: $3 $4 $5"; }
seconds_of() { # sets $took; the command's own words go to a log
    local began=${EPOCHREALTIME/./}
    "$@" >"$folder/log" 2>&1 || { cat "$folder/log" >&2; return 1; }
    took=$(awk -v us=$((${EPOCHREALTIME/./} - began)) 'BEGIN { printf "%.2f", us / 1000000 }')
}
cluster=""
# A cluster is never left running.
end_cluster() {
    [ -n "$cluster" ] || return 0
    tests/bench/postgres.sh stop "$cluster"
    rmdir "${cluster%/pg}" 2>/dev/null || true # the folder that was made for it alone
    cluster=""
}
trap end_cluster EXIT
# Beside the registries, unless the user postgres cannot get there.
place_cluster() {
    cluster=$folder/pg
    rm -rf "$cluster"
    if [ "$(id -u)" -eq 0 ] && ! runuser -u postgres -- test -x "$folder"; then
        cluster=$(mktemp -d "${TMPDIR:-/var/tmp}/tally-bench.XXXXXX")/pg
        chmod 711 "${cluster%/pg}"
    fi
}

# 2,700 bytes a transfer, as much again for the sorting of the indexes and a backup.
has_room() { [ "$(df --output=avail -B1 "$folder" | tail -1)" -gt $((2 * 2700 * $1 + 1000000000)) ]; }

newest() { local files=("schema/$1"/[0-9]*.sql) && echo "${#files[@]}"; }
version() { sqlite3 "$1" 'PRAGMA user_version' 2>/dev/null || echo 0; }
# A registry that was kept from before is brought to the schema of this tree, or, where that cannot be done, removed: then it is filled anew.
age_stage() { # size
    local stage=$folder/$1 registry people copy
    [ -f "$stage/world.tsv" ] || return 0
    for copy in data/pristine.db pristine.db data/registry.db; do
        [ ! -f "$stage/$copy" ] || break
    done
    registry=$(version "$stage/$copy") people=$(version "$stage/data/people.db")
    [ "$registry $people" != "$(newest registry) $(newest people)" ] || return 0
    echo "The registry of $1 is of schema version $registry (people: $people); this tree has $(newest registry) ($(newest people)). Migrating it."
    # From the copy, which is small again; it is made anew when all has gone well.
    if [ "$copy" != data/registry.db ]; then
        rm -f "$stage"/data/registry.db-{wal,shm}
        cp "$stage/$copy" "$stage/data/registry.db"
    fi
    if TALLYSTICK_DATA=$stage/data TALLYSTICK_RUN=$stage/run $bin/tally migrate >"$folder/log" 2>&1; then
        if [ "$copy" != data/registry.db ]; then
            cp "$stage/data/registry.db" "$stage/$copy.part"
            mv "$stage/$copy.part" "$stage/$copy"
        fi
    else
        grep -v level=info "$folder/log" >&2 || true
        echo "The registry of $1 cannot be migrated: it is removed and filled anew."
        rm -rf "$stage"
    fi
}

make_stage() { # size
    local stage=$folder/$1
    [ $fresh = 0 ] || rm -rf "$stage"
    age_stage "$1"
    if [ ! -f "$stage/world.tsv" ] || [ ! -f "$stage/programs.tsv" ]; then
        rm -rf "$stage"
        $bench/fill --folder "$stage" --size "$1" 2>/dev/null
        sync
        # What is measured makes a registry larger and its blocks smaller. A small one begins every round anew, a middle one every program.
        if [ "$1" -le 100000 ]; then
            cp "$stage/data/registry.db" "$stage/data/pristine.db"
        elif [ "$1" -le 1000000 ]; then
            cp "$stage/data/registry.db" "$stage/pristine.db"
        fi
    fi
    renew_stage "$1"
    $bench/fill --folder "$stage" --sign-in
}

renew_stage() { # size
    local stage=$folder/$1
    [ -f "$stage/pristine.db" ] || return 0
    rm -f "$stage"/data/registry.db-{wal,shm}
    cp "$stage/pristine.db" "$stage/data/registry.db"
    sync "$stage/data/registry.db"
}

measure_operating() { # size
    local stage=$folder/$1 bytes took=0
    export TALLYSTICK_DATA=$stage/data TALLYSTICK_RUN=$stage/run
    bytes=$(stat -c %s "$stage/data/registry.db")
    figure "$1" f "registry.db" "$((bytes / 1048576))" MiB
    figure "$1" f "registry.db by transfer" "$((bytes / $(sqlite3 "file:$stage/data/registry.db?mode=ro" 'SELECT count(*) FROM transfer')))" bytes
    seconds_of $bin/tally verify
    figure "$1" f "tally verify" "$took" s
    if $bin/tally help 2>&1 | grep -q '^ *tally backup\|^ *backup'; then
        rm -rf "$folder/backup"
        mkdir "$folder/backup"
        seconds_of $bin/tally backup "$folder/backup"
        figure "$1" f "tally backup" "$took" s
        rm -rf "$folder/backup"
    fi
    unset TALLYSTICK_DATA TALLYSTICK_RUN
}

measure() { # size
    local stage=$folder/$1 beside=() ad=""
    local common=(--folder "$stage" --size "$1" --figures "$new" --seconds "$seconds" --rounds "$rounds")
    make_stage "$1"
    ! has f || measure_operating "$1"
    ! has a && ! has g || ad=a
    ! has d || ad=ad
    # The plain loop does neither more nor less than the daemon.
    [ -z "$ad" ] || [ ! -f "$stage/data/pristine.db" ] || $bench/transfer_bench "${common[@]}" --compare 6400
    # PostgreSQL's tables are filled row by row, which takes long at ten millions.
    if { has g || has h; } && [ "$1" -le 1000000 ]; then
        place_cluster
        tests/bench/postgres.sh start "$stage" "$cluster"
        beside=(--beside "tests/bench/postgres.sh turn $cluster")
    fi
    sync # or the disk still writes what the backup and the cluster left, and who is measured waits behind it
    [ -z "$ad" ] || $bench/transfer_bench "${common[@]}" --parts "$ad" "${beside[@]}"
    ! has h || renew_stage "$1"
    ! has h || $bench/api_bench "${common[@]}" "${beside[@]}"
    if [ -n "$cluster" ]; then
        tests/bench/postgres.sh check "$cluster"
        end_cluster
    fi
    local web=""
    for part in b c d f; do ! has $part || web=$web$part; done
    [ -z "$web" ] || renew_stage "$1"
    [ -z "$web" ] || $bench/web_bench "${common[@]}" --parts "$web"
}

load=$(cut -d ' ' -f 1 /proc/loadavg)
measured=""
for size in ${sizes//,/ }; do
    if [ $given = 0 ] && [ ! -d "$folder/$size" ] && ! has_room "$size"; then
        echo "There is no room in $folder for a registry of $size transfers; it is left out."
        continue
    fi
    echo "== $size batches and transfers"
    measure "$size"
    measured=1
done
[ -n "$measured" ]
printf '0\tmachine\tload when it began\t%s\t\n0\tmachine\trounds\t%s\t\n0\tmachine\tseconds\t%s\t\n' "$load" "$rounds" "$seconds" >>"$new"
# New figures replace those of the same size, part and name.
touch "$figures"
awk -F'\t' 'NR == FNR { at[$1 FS $2 FS $3] = 1; line[FNR] = $0; count = FNR; next } !(($1 FS $2 FS $3) in at)
    END { for (i = 1; i <= count; i++) print line[i] }' "$new" "$figures" >"$figures.part"
mv "$figures.part" "$figures"
tests/bench/report.sh "$figures"
