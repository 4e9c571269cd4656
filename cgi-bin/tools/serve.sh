#!/bin/bash
# serve.sh: serves a demonstration registry from this tree in the foreground until Ctrl-C. Used by `make run` and by the browser tests.
#   PORT     where nginx listens on 127.0.0.1                      (8080)
#   BUILD    the folder of the programs                            (build/release)
#   DATA     the folder of the registry, made when it is missing   (var/demo)
#   DEMO     1: demonstration data and sign-ins; 0: serve DATA as it is, which may be a copy of a live registry, without sending its
#            webhooks                                              (1)
#   RATES    test: rates of nginx wide open; few: the API refuses a second burst for minutes   (normal)
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD
PORT=${PORT:-8080} BUILD=${BUILD:-build/release} DATA=${DATA:-var/demo} DEMO=${DEMO:-1} RATES=${RATES:-normal}
# Relative paths keep working: everything is started from here.
site="http://127.0.0.1:$PORT"
nginx=$(command -v nginx || echo /usr/sbin/nginx)

if (exec 3<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null; then
    echo "Port $PORT on 127.0.0.1 is in use by another program. Stop it, or choose another port: make run PORT=8081" >&2
    exit 1
fi

run=$(mktemp -d "${TMPDIR:-/tmp}/tallystick.XXXXXX") # short: a Unix socket's path has at most 107 bytes
chmod 711 "$run"
children=()
stopping=0
stop() {
    [ "$stopping" = 1 ] && return
    stopping=1
    for pid in "${children[@]}"; do kill -TERM "$pid" 2>/dev/null || true; done
    # A program that is just being started has the signal handler of its multiwatch and loses the signal: it is said again to whole groups.
    while sleep 1; do for pid in "${children[@]}"; do kill -TERM -- "-$pid" 2>/dev/null || true; done; done >/dev/null 2>&1 &
    local again=$!
    for pid in "${children[@]}"; do wait "$pid" 2>/dev/null || true; done
    { kill "$again" && wait "$again"; } 2>/dev/null || true
    rm -rf "$run"
}
trap 'stop; exit 0' INT TERM HUP
trap 'stop' EXIT

export TALLYSTICK_DATA="$DATA" TALLYSTICK_RUN="$run" TALLYSTICK_SITE_URL="$site"
export TALLYSTICK_SITE_NAME=${TALLYSTICK_SITE_NAME:-Tallystick} TALLYSTICK_SCHEMA="$root/schema"
mkdir -p "$(dirname "$DATA")"

# The demonstration registry is complete when its last step left the file `ready`; a half-made one is made anew.
if [ "$DEMO" = 1 ] && [ ! -f "$DATA/ready" ]; then
    [ ! -d "$DATA" ] || { echo "An unfinished demonstration registry in $DATA is made anew."; rm -rf "$DATA"; }
    SITE="$site" BUILD="$BUILD" DATA="$DATA" cgi-bin/tools/demo.sh
fi
[ -f "$DATA/registry.db" ] || { echo "There is no registry in $DATA. Make one with: $BUILD/tally init" >&2; exit 1; }
"$BUILD/tally" migrate

# One daemon, and a few identical processes for each web program on one socket. multiwatch starts anew what dies; so each is a session of
# its own, and Ctrl-C reaches this script alone: a program that ends before its multiwatch has heard of it would be started again.
alone=(setsid setpriv --pdeathsig TERM)
log="$DATA/log"
mkdir -p "$log"
"${alone[@]}" multiwatch -f 1 -s TERM -r 100000 -t 100 -- "$BUILD/ledger" 2>>"$log/ledger.log" &
children+=($!)
if [ "$DEMO" = 1 ]; then
    "${alone[@]}" multiwatch -f 1 -s TERM -r 100000 -t 100 -- "$BUILD/courier" 2>>"$log/courier.log" &
    children+=($!)
fi
start() { # name of its socket, processes, program
    "${alone[@]}" spawn-fcgi -n -s "$run/$1.sock" -b 4096 -M 0660 -- "$(command -v multiwatch)" -f "$2" -s TERM -r 100000 -t 100 -- "$root/$BUILD/$3" 2>>"$log/$1.log" &
    children+=($!)
}
start public 2 public
start signin 2 signin
start account 2 account
start admin 1 admin
start api 4 api
# A process waits for the ledger with its act: what so many of them ask is committed in one group.
start api-acts 24 api

case $RATES in
test) rates="1000r/s 1000r/s 1000r/s 1000 1000 10000r/s" ;;
few) rates="2r/s 10r/s 50r/s 100 10 1r/m" ;;
*) rates="2r/s 10r/s 50r/s 100 10 50r/s" ;;
esac
# shellcheck disable=SC2086
set -- $rates
if [ "$(id -u)" -eq 0 ]; then head="user root;"; else head=""; fi
sed -e "s|@HEAD@|$head daemon off;|" -e "s|@RUN@|$run|g" -e "s|@STATIC@|$root/$BUILD/static|g" \
    -e "s|@LISTEN@|127.0.0.1:$PORT|g" -e "s|@SERVER_NAMES@|127.0.0.1 localhost|" -e "s|@ACCESS_LOG@|off|" \
    -e "s|@RATE_SIGN_IN@|$1|" -e "s|@RATE_FORMS@|$2|" -e "s|@RATE_PAGES@|$3|" -e "s|@BURST@|$4|g" -e "s|@BURST_SIGN_IN@|$5|g" -e "s|@RATE_API@|$6|" \
    cgi-bin/nginx.conf.in >"$run/nginx.conf"
"${alone[@]}" "$nginx" -q -e stderr -p "$run" -c "$run/nginx.conf" 2>>"$log/nginx.log" &
children+=($!)
nginx_pid=$!
latest=$((SECONDS + 120))

# Whoever is told the address may ask for anything: the ledger and each program have answered by then. nginx leaves its number when it
# has the port; before that another program may answer there.
answers() { # method, path; 429 is nginx alone
    [[ $(curl -sS -o /dev/null -w '%{http_code}' -X "$1" "$site$2" 2>/dev/null) =~ ^(2|3|40) ]]
}
everything_answers() {
    [ -s "$run/nginx.pid" ] && "$BUILD/tally" status >/dev/null 2>&1 && answers GET / && answers GET /sign-in &&
        answers GET /account && answers GET /admin && answers GET /registry/v0/nothing && answers POST /registry/v0/nothing
}
until everything_answers; do # at most two minutes
    kill -0 "$nginx_pid" 2>/dev/null || { echo "nginx stopped; $log/nginx.log says:" >&2; tail -5 "$log/nginx.log" >&2; exit 1; }
    [ "$SECONDS" -lt "$latest" ] || { echo "The registry did not come up; see the files in $log" >&2; exit 1; }
    sleep 0.1
done

echo
echo "  Tallystick is serving $site"
if [ "$DEMO" = 1 ]; then
    echo
    cat "$DATA/sign-ins"
fi
echo
if [ "$DATA" = var/demo ]; then cleaned="; make clean removes it"; else cleaned=""; fi
echo "  Stop with Ctrl-C. The registry's data is in $DATA$cleaned."
[ -z "${READY_FILE:-}" ] || { echo "$run" >"$READY_FILE.new" && mv "$READY_FILE.new" "$READY_FILE"; } # whole, or not there
wait "$nginx_pid"
