#!/bin/bash
# install.sh: what `make install` puts in place (cgi-bin/tools/install.sh), under a folder of its own: nothing of this machine is touched.
set -u
shopt -s lastpipe # what is counted at the end of a pipe stays counted
cd "$(dirname "$0")/.."
build=${TEST_RELEASE:-build/release}
work=$(mktemp -d)
chmod 711 "$work" # nginx is another user
trap 'rm -rf "$work"' EXIT
root="$work/root" share=/usr/local/share/tallystick
passed=0 failed=0

# check NAME: offending lines on standard input; none is a pass.
check() {
    local lines
    lines=$(cat)
    if [ -z "$lines" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "ERROR: $1" >&2
        echo "$lines" | head -20 | sed 's/^/  /' >&2
    fi
}
install_it() { cgi-bin/tools/install.sh "$1" "$root" >"$work/said" 2>&1 || echo "it ended with $?: $(cat "$work/said")"; }

# Built and installed by somebody whose files are his own: nginx and the programs are other users.
mkdir -p "$work/build"
cp -R "$build/static" "$build"/{public,signin,account,admin,api,ledger,courier,tally} "$work/build/"
chmod -R go= "$work/build"
mkdir -p "$root/usr/local/share/tallystick/static"
install -m 600 /dev/null "$root/usr/local/share/tallystick/static/down.html" # of an earlier time
(umask 077 && install_it "$work/build") | check "it installs"
find "$root"/{etc,usr} \( -type d ! -perm -005 -o -type f ! -perm -004 \) | check "every user may read what is installed"
find "$root/usr/local/lib/tallystick" -type f ! -perm -005 | check "every user may run the programs"
grep -L '^StartLimitIntervalSec=0$' "$root"/etc/systemd/system/*.service | check "systemd gives up no service"
find "$root/var/log/tallystick/access.log" -perm /007 | check "nobody else reads the access log"
grep -E '(pid|temp_path) /run/tallystick/' "$root/etc/tallystick/nginx.conf" | check "nginx, which is root, writes nothing where others do"
grep -lE 'access_log /var/log/nginx/' "$root/etc/tallystick/nginx.conf" | check "nobody else rotates the access log"

# The environment is read by systemd and, with a dot, by the operator's shell.
echo 'TALLYSTICK_SITE_NAME="Example Registry"' >>"$root/etc/tallystick/environment"
echo mine >>"$root/etc/tallystick/nginx.conf"
install_it "$work/build" | check "it installs once more"
# shellcheck disable=SC1091
(set -eu; . "$root/etc/tallystick/environment"; [ "$TALLYSTICK_SITE_NAME" = "Example Registry" ]) 2>&1 | check "the environment is read by a shell, and stays"
tail -1 "$root/etc/tallystick/nginx.conf" | grep -vx mine | check "nginx.conf stays"

# One-time links while sign-in is down, and more than may come: neither log tells the secret.
nginx=$(command -v nginx || echo /usr/sbin/nginx)
mkdir "$work/run" "$work/run-nginx"
sed -e "s|/run/tallystick|$work/run|g" -e "s|/var/log/tallystick|$work|g" -e "s|$share|$root$share|g" -e "s|127.0.0.1:8080|unix:$work/socket|g" \
    -e '/^mine$/d' -e '1i daemon off;' "$root/etc/tallystick/nginx.conf" >"$work/nginx.conf"
"$nginx" -q -p "$work" -c "$work/nginx.conf" 2>"$work/errors" &
pid=$!
ask() { curl -s -o /dev/null -w '%{http_code}\n' --unix-socket "$work/socket" "http://localhost$1"; }
for ((i = 0; i < 600; i++)); do [ ! -s "$work/run-nginx/nginx.pid" ] || break; sleep 0.1; done
for ((i = 0; i < 15; i++)); do ask '/password/set?link=secret'; done | sort -u | tr '\n' ' ' | grep -vx '429 502 ' | check "sign-in is away, then it is too much"
ask /sign-out >/dev/null
kill -QUIT "$pid" && wait "$pid"
{ grep -q '"GET /sign-out HTTP/1.1" 502 ' "$work/access.log" || cat "$work/access.log"; } | check "the access log says what was asked for"
grep -h secret "$work/errors" "$work/access.log" | check "the logs hold no secret"
{ grep -q 'connect() .* /sign-out ' "$work/errors" || echo "nothing"; } | check "the log says that sign-in is away"

# A stop of the service lets each process end by itself, after the request under way.
export TALLYSTICK_DATA="$work/data" TALLYSTICK_RUN="$work/run" TALLYSTICK_SCHEMA="$root$share/schema"
{ "$build/tally" init >"$work/said" 2>&1 || cat "$work/said"; } | check "a registry is made"
command=$(sed -n 's/^ExecStart=//p' "$root/etc/systemd/system/tallystick-public.service" |
    sed -e "s|/run/tallystick|$work/run|" -e "s|/usr/local/lib|$root/usr/local/lib|")
$command 2>"$work/public.log" &
pid=$!
for ((i = 0; i < 600; i++)); do [ "$(grep -c event=start "$work/public.log")" -lt 2 ] || break; sleep 0.1; done
kill -TERM "$pid" && wait "$pid"
{ [ "$(grep -c event=end "$work/public.log")" = 2 ] || cat "$work/public.log"; } | check "both processes end in good order"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
