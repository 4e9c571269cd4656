#!/bin/bash
# postgres.sh: the measured transfer on PostgreSQL 15 beside the daemon: a private cluster on a Unix socket, with fsync and synchronous
# commits as Debian sets them, the same tables, keys, CHECKs and indexes (postgres.sql), filled with the same registry, and one stored
# function. pgbench sends it: prepared, each client from a sender of its own.
#   postgres.sh start STAGE CLUSTER    makes the cluster in the folder CLUSTER (its path: under 90 bytes) and fills it from STAGE
#   postgres.sh turn CLUSTER CLIENTS SECONDS   prints transfers a second
#   postgres.sh check CLUSTER          nothing was spent twice, every transfer left all its rows: "N passed, N failed"
#   postgres.sh stop CLUSTER           ends it and removes the folder
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
# PostgreSQL refuses to run as root.
if [ "$(id -u)" -eq 0 ]; then as=(runuser -u postgres --); else as=(); fi
sql() { "${as[@]}" "$bin/psql" -X -q -v ON_ERROR_STOP=1 -h "$cluster" -d postgres "$@"; }

start() {
    local stage=$1 table db=$1/data/registry.db
    mkdir -p "$cluster"
    [ "$(id -u)" -ne 0 ] || chown postgres "$cluster"
    chmod 700 "$cluster"
    "${as[@]}" "$bin/initdb" -D "$cluster/data" -E UTF8 --locale=C -A trust >"$cluster/log" 2>&1 ||
        { cat "$cluster/log" >&2; exit 1; }
    cat >>"$cluster/data/postgresql.conf" <<-END
	listen_addresses = ''
	unix_socket_directories = '$cluster'
	shared_buffers = '${PG_BUFFERS:-1GB}'
	max_connections = 100
	END
    "${as[@]}" "$bin/pg_ctl" -D "$cluster/data" -l "$cluster/data/server.log" -w -t 60 start >/dev/null
    sql <"$here/postgres.sql"
    for table in $(sqlite3 "$db" "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'"); do
        local what="SELECT * FROM $table" columns
        columns=$(sqlite3 "$db" "SELECT group_concat(name) FROM pragma_table_info('$table')")
        [ "$table" != idempotency ] ||
            what="SELECT scope, key, '\\x' || hex(fingerprint), seq, '\\x' || hex(answer) FROM idempotency"
        # References are checked by SQLite already, and in `check`.
        sqlite3 -csv "$db" "$what" |
            sql -c "SET session_replication_role = replica" -c "\\copy $table ($columns) FROM STDIN (FORMAT csv)"
    done
    awk -F'\t' '$1 == "party" { print $2 "," $3 "," $5 }' "$stage/world.tsv" | sql -c "\\copy bench_party FROM STDIN (FORMAT csv)"
    sql -c "SELECT setval(pg_get_serial_sequence('act', 'seq'), max(seq)) FROM act" -c "VACUUM ANALYZE" -c "CHECKPOINT" >/dev/null
    counts >"$cluster/before"
    awk -F'\t' '$1 == "supplier" { print $2 }' "$stage/world.tsv" >"$cluster/supplier"
}

# Rows of the tables that a transfer writes, and live units.
counts() {
    sql -At -F ' ' -c "SELECT (SELECT count(*) FROM transfer), (SELECT count(*) FROM transfer_line), (SELECT count(*) FROM act),
        (SELECT count(*) FROM idempotency), (SELECT count(*) FROM batch), (SELECT sum(last - first + 1) FROM batch WHERE state = 'active')"
}

turn() {
    local clients=$1 seconds=$2 supplier
    supplier=$(cat "$cluster/supplier")
    cat >"$cluster/transfer.sql" <<-END
	\\set i :i + 1
	\\set to (:i + :client_id) % 100
	SELECT make_transfer(s.user_id, s.org_id, r.org_id, '$supplier', 1000, 'pg' || :client_id || '-' || :i, 'pg$RANDOM-' || :run || '-' || :client_id || '-' || :i)
	  FROM bench_party s, bench_party r WHERE s.number = :client_id AND r.number = 65 + 2 * :to;
	END
    chmod 644 "$cluster/transfer.sql"
    local jobs=2
    [ "$clients" -ge 2 ] || jobs=1
    "${as[@]}" "$bin/pgbench" -n -M prepared -h "$cluster" -c "$clients" -j "$jobs" -T "$seconds" -D i=0 -D run="$RANDOM" \
        -f "$cluster/transfer.sql" postgres 2>"$cluster/pgbench.log" | awk '/number of failed/ && $5 != 0 { print "failed: " $0 > "/dev/stderr"; exit 1 } /^tps/ { print $3 }'
}

check() {
    local passed=0 failed=0 t l a i b u T L A I B U
    read -r t l a i b u <"$cluster/before"
    read -r T L A I B U < <(counts)
    local n=$((T - t))
    is() { if [ "$2" = "$3" ]; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "violation: $1: $2 instead of $3"; fi; }
    is "lines" $((L - l)) $n
    is "acts" $((A - a)) $n
    is "first answers" $((I - i)) $n
    is "batches" $((B - b)) $((2 * n))
    is "live units" "$U" "$u"
    is "batches that overlap" "$(sql -At -c "SELECT count(*) FROM (SELECT first, lag(last) OVER (PARTITION BY project_id, vintage ORDER BY first) AS before_last
        FROM batch WHERE state <> 'split') n WHERE first <> coalesce(before_last, 0) + 1")" 0
    is "parts that are not of their whole" "$(sql -At -c "SELECT count(*) FROM batch p LEFT JOIN batch l ON l.batch_id = p.left_id LEFT JOIN batch r
        ON r.batch_id = p.right_id WHERE p.state = 'split' AND (l.first IS DISTINCT FROM p.first OR r.last IS DISTINCT FROM p.last OR r.first IS DISTINCT FROM l.last + 1)")" 0
    echo "result: $n transfers on PostgreSQL"
    echo "$passed passed, $failed failed"
    [ "$failed" = 0 ]
}

cluster=${3:-}
case "${1:-}" in
start) start "$2" ;;
turn) cluster=$2; turn "$3" "$4" ;;
check) cluster=$2; check ;;
stop)
    cluster=$2
    "${as[@]}" "$bin/pg_ctl" -D "$cluster/data" -w -m fast stop >/dev/null || true
    rm -rf "$cluster"
    ;;
*) sed -n '2,/^set/p' "$0" | grep '^#' >&2; exit 2 ;;
esac
