#!/bin/bash
# report.sh FIGURES: writes tests/bench/result.md and result.svg from figures of bench.sh (size, part, name, value, unit).
set -euo pipefail
figures=$(realpath "$1")
cd "$(dirname "$0")"
cpu=$(awk -F': ' '/^model name/ { print $2; exit }' /proc/cpuinfo)
memory=$(awk '/^MemTotal/ { printf "%d GiB", $2 / 1048576 + 0.5 }' /proc/meminfo)
version() { "$@" 2>&1 | grep -oE '[0-9]+\.[0-9]+(\.[0-9]+)?' | head -1; }

awk -F'\t' -v cores="$(nproc)" -v cpu="${cpu:-unknown processor}" -v memory="$memory" -v kernel="$(uname -r)" -v sqlite="$(version sqlite3 --version)" \
    -v nginx="$(version "$(command -v nginx || echo /usr/sbin/nginx)" -v)" -v postgres="$(version pgbench --version || true)" '
function number(value) { # 1234567 as 1,234,567; small ones with their digits
    if (value == "") return ""
    if (value < 10) return sprintf("%.2f", value)
    if (value < 100) return sprintf("%.1f", value)
    value = sprintf("%.0f", value)
    while (match(value, /[0-9][0-9][0-9][0-9](,|$)/)) value = substr(value, 1, RSTART) "," substr(value, RSTART + 1)
    return value
}
function at(part, name, size) { return value[size SUBSEP part SUBSEP name] }
function times(us) { return us == "" ? "" : us < 1000 ? us " µs" : sprintf("%.1f ms", us / 1000) }
function head(first, more,   i) {
    printf "| %s |", first; for (i = 1; i <= sizes; i++) printf " %s |", number(size[i]); print more
    printf "|---|"; for (i = 1; i <= sizes; i++) printf "---:|"; print more == "" ? "" : "---|"
}
function table(part, first,   i, k, text) {
    head(first, "")
    for (k = 1; k <= rows[part]; k++) {
        if (row[part, k] ~ /^ratio /) continue
        text = "| " row[part, k] " |"
        for (i = 1; i <= sizes; i++) text = text " " shown(part, row[part, k], size[i]) " |"
        print text
    }
    print ""
}
function shown(part, name, size,   v, u) {
    v = at(part, name, size); u = unit[part, name]
    if (v == "") return "–"
    return u == "us" ? times(v) : u ~ /\/s$|requests/ ? number(v) : number(v) (u == "" ? "" : " " u)
}
function aim(words, part, name, least,   i, text, v, first) {
    text = "| " words " |"
    for (i = 1; i <= sizes; i++) {
        v = at(part, name, size[i])
        text = text " " (v == "" ? "–" : (v < 0.0005 ? "<0.001" : sprintf(v < 0.095 ? "%.3f" : "%.2f", v)) (v + 0 >= least ? "" : " **missed**")) " |"
    }
    print text " " (least == 0 ? "–" : least) " |"
}
$2 == "machine" { machine[$3] = $4; next }
{
    if (!($1 in known)) { known[$1] = 1; size[++sizes] = $1 }
    value[$1, $2, $3] = $4
    if (!(($2, $3) in unit)) { unit[$2, $3] = $5; row[$2, ++rows[$2]] = $3 }
}
END {
    for (i = 1; i <= sizes; i++) for (k = i + 1; k <= sizes; k++) if (size[k] + 0 < size[i] + 0) { t = size[i]; size[i] = size[k]; size[k] = t }
    print "# Measured\n"
    print "Written by `make bench` (tests/bench.sh). " cores " cores of " cpu ", " memory ", Linux " kernel ", SQLite " sqlite ", nginx " nginx \
        (postgres == "" ? "" : ", PostgreSQL " postgres) "."
    print "Medians of " machine["rounds"] " rounds of " machine["seconds"] " seconds; what is compared was measured by turns in one run. Everything, the clients too, shares these cores."
    if (machine["load when it began"] + 0 > cores / 4) print "\n**The machine was busy with other work (load " machine["load when it began"] \
        " when it began): the ratios are indications, the rates are too low.**"
    print "\n![Throughput and latency by size](result.svg)\n"
    print "## Against the aims\n"
    print "Columns: batches and transfers in the registry.\n"
    head("ratio", " aim |")
    aim("(a) daemon, 1 client, to the plain loop", "a", "ratio 1 clients", 0)
    aim("(a) daemon, 16 clients, to the plain loop", "a", "ratio 16 clients", 0)
    aim("(a) daemon, 64 clients, to the plain loop", "a", "ratio 64 clients", 0.6)
    split("landing,transfer list,transfer,batch", public, ",")
    for (i = 1; i <= 4; i++) aim("(c) " public[i] ", to hello-world", "c", "ratio " public[i], 0.3)
    split("Credits,inbox,Credits of a large one,inbox of a large one", signed, ",")
    for (i = 1; i <= 4; i++) aim("(c) " signed[i] ", to hello-world", "c", "ratio " signed[i], 0.2)
    split("1,16,64", crowd, ",")
    for (i = 1; i <= 3; i++) aim("(g) daemon, " crowd[i] (crowd[i] == 1 ? " client" : " clients") ", to PostgreSQL", "g", "ratio " crowd[i] " clients", 1)
    for (i = 1; i <= 3; i++) aim("(h) API, " crowd[i] (crowd[i] == 1 ? " program" : " programs") ", to the plain loop", "h", "ratio loop " crowd[i] " programs", crowd[i] == 64 ? 0.3 : 0)
    for (i = 1; i <= 3; i++) aim("(h) API, " crowd[i] (crowd[i] == 1 ? " program" : " programs") ", to PostgreSQL", "h", "ratio PostgreSQL " crowd[i] " programs", crowd[i] == 64 ? 1 : 0)
    text = "| (d) p99.9 of a transfer at half load, in medians |"
    for (i = 1; i <= sizes; i++) {
        m = at("d", "daemon p50", size[i]); v = at("d", "daemon p99.9", size[i])
        text = text " " (m == "" || m == 0 ? "–" : sprintf("%.1f", v / m) (v / m < 20 ? "" : " **missed**")) " |"
    }
    print text " below 20 |\n"
    if (sizes > 1) {
        print "## (e) By size\n\nRates as a part of those at " number(size[1]) "; aims: 0.7 at 1,000,000, 0.5 at 10,000,000; of reads of the API 0.5.\n"
        head("rate", "")
        split("a,b,c,h", parts, ",")
        for (p = 1; p <= 4; p++) for (k = 1; k <= rows[parts[p]]; k++) {
            name = row[parts[p], k]
            base = at(parts[p], name, size[1])
            if (unit[parts[p], name] !~ /\/s$/ || name == "hello" || base == "") continue
            text = "| " name " |"
            for (i = 1; i <= sizes; i++) {
                v = at(parts[p], name, size[i])
                least = size[i] >= 10000000 || (size[i] >= 1000000 && name ~ /^GET |^the same of/) ? 0.5 : size[i] >= 1000000 ? 0.7 : 0
                text = text " " (v == "" ? "–" : (v / base < 0.0005 ? "<0.001" : sprintf(v / base < 0.095 ? "%.3f" : "%.2f", v / base)) (v / base >= least ? "" : " **missed**")) " |"
            }
            print text
        }
        print ""
    }
    print "## (a) Durable transfers a second\n"; table("a", "transfers/s")
    print "## (b) Whole transfers in browsers, through nginx\n\nEach is 15 requests: Credits, every step with its page and its form, the confirmation, the inbox, accept.\n"; table("b", "")
    print "## (c) Pages a second, through nginx\n\nA large one: an organisation with 2.5 % of all batches.\n"; table("c", "requests/s")
    print "## (d) Latency at half load\n\nFrom the moment at which it should have been sent. `daemon`: transfers, 64 clients; pages through nginx, 16 connections.\n"; table("d", "")
    print "## (f) Memory, sizes, times\n"; table("f", "")
    print "## (g) PostgreSQL: the same tables and indexes, one stored function, pgbench\n"; table("g", "transfers/s")
    print "## (h) The REST API, through nginx\n\nTransfers: each one request with a key of its own, accepted at once. Reads: 16 connections; a large one: an organisation with 2.5 % of all batches.\n"; table("h", "")
}' "$figures" >result.md.part
mv result.md.part result.md

plot=$(mktemp -d)
trap 'rm -rf "$plot"' EXIT
series() { awk -F'\t' -v part="$1" -v name="$2" '$2 == part && $3 == name { print $1, $4 }' "$figures" | sort -n >"$plot/$3"; }
series a "daemon 64 clients" a64
series a "daemon 16 clients" a16
series a "daemon 1 clients" a1
series a "plain loop" loop
series g "PostgreSQL 64 clients" pg64
for page in landing "transfer list" transfer batch Credits inbox hello; do series c "$page" "c-${page// /-}"; done
for point in p50 p99 p99.9 slowest; do series d "daemon $point" "d-$point"; done
cat >"$plot/plot" <<END
set terminal svg size 960,360 dynamic font "sans-serif,11" background "white"
set output "result.svg"
set multiplot layout 1,3
set logscale x
set xrange [6000:17000000]
set xtics ("10,000" 10000, "1 million" 1000000, "10 million" 10000000)
set grid ytics lc rgb "#dddddd"
set border 3 lc rgb "#888888"
set tics nomirror
set key below maxrows 4 samplen 2
set format y "%'.0f"
set style data linespoints
set style line 1 lc rgb "#1b4f72" lw 2 pt 7 ps 0.6
set style line 2 lc rgb "#2e86c1" lw 2 pt 7 ps 0.6
set style line 3 lc rgb "#85c1e9" lw 2 pt 7 ps 0.6
set style line 4 lc rgb "#888888" lw 1 pt 6 ps 0.6
set style line 5 lc rgb "#b9770e" lw 2 pt 6 ps 0.6
set style line 6 lc rgb "#1e8449" lw 2 pt 7 ps 0.6
set style line 7 lc rgb "#7d3c98" lw 2 pt 7 ps 0.6
END
panel() { # title, y options, then FILE TITLE STYLE triples
    local list="" title=$1 more=$2
    shift 2
    while [ $# -gt 0 ]; do
        [ ! -s "$plot/$1" ] || list="$list${list:+, }\"$plot/$1\" title \"$2\" ls $3"
        shift 3
    done
    [ -z "$list" ] || printf 'set title "%s"\n%s\nplot %s\n' "$title" "$more" "$list" >>"$plot/plot"
}
panel "Durable transfers a second" 'set yrange [0:*]' a64 "daemon, 64 clients" 1 a16 "16 clients" 2 a1 "1 client" 3 loop "plain loop" 4 pg64 "PostgreSQL, 64" 5
panel "Pages a second" 'set logscale y; set yrange [*:*]' c-hello "hello-world" 4 c-landing "landing" 1 c-transfer-list "transfer list" 2 c-transfer "transfer" 6 c-batch "batch" 3 c-Credits "Credits" 5 c-inbox "inbox" 7
panel "Latency of a transfer at half load, µs" 'set logscale y; set yrange [*:*]' d-p50 "p50" 3 d-p99 "p99" 2 d-p99.9 "p99.9" 1 d-slowest "slowest" 5
gnuplot "$plot/plot"
echo "Written: tests/bench/result.md, tests/bench/result.svg"
