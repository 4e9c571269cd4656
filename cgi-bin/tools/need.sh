#!/bin/sh
# need.sh run|test|lint|bench|fuzz|mutate: installs the Debian packages (and, for tests, the npm packages) that are missing, and says so.
set -eu
run="gcc make pkg-config libc6-dev libsqlite3-dev libfcgi-dev libscrypt-dev libmd-dev libcsv-dev libyaml-dev libjansson-dev libssl-dev libcurl4-openssl-dev
  ca-certificates libcairo2-dev libqrencode-dev fonts-sil-gentiumplus fonts-dejavu-core nginx-light spawn-fcgi multiwatch curl"
test="openssl libcmocka-dev sqlite3 chromium nodejs libfaketime poppler-utils"
lint="clang-format clang-tidy cppcheck"
bench="sqlite3 wrk gnuplot-nox postgresql"
fuzz="clang-14 libclang-rt-14-dev"
case "${1:-}" in
run) wanted="$run" ;;
test) wanted="$run $test" ;;
lint) wanted="$run $test $lint" ;;
bench) wanted="$run $bench" ;;
fuzz) wanted="$run $fuzz" ;;
mutate) wanted="$run $test clang" ;;
*) echo "usage: need.sh run|test|lint|bench|fuzz|mutate" >&2; exit 2 ;;
esac

missing=""
for package in $wanted; do
    # A program that is there by another way (a newer node, another nginx flavour) is as good.
    case $package in
    nginx-light) command -v nginx >/dev/null 2>&1 || [ -x /usr/sbin/nginx ] && continue ;;
    nodejs) command -v node >/dev/null 2>&1 && continue ;;
    esac
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing="$missing $package"
done
case $1 in test | lint) uses_npm=1 ;; *) uses_npm= ;; esac
if [ -n "$uses_npm" ] && ! command -v npm >/dev/null 2>&1; then
    missing="$missing npm"
fi
if [ -n "$missing" ]; then
    as=""
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null 2>&1 || {
            echo "Packages are missing:$missing" >&2
            echo "Install them as root: apt-get install$missing" >&2
            exit 1
        }
        as="sudo"
    fi
    echo "Installing:$missing"
    # A mirror that drops a connection is asked again, as npm does by itself.
    $as env DEBIAN_FRONTEND=noninteractive apt-get -o Acquire::Retries=3 update -q >/dev/null
    # shellcheck disable=SC2086
    $as env DEBIAN_FRONTEND=noninteractive apt-get -o Acquire::Retries=3 install -q -y --no-install-recommends $missing >/dev/null
fi
if [ -n "$uses_npm" ]; then
    for folder in tests/web tests/api; do
        if ! cmp -s $folder/package-lock.json $folder/node_modules/.lock; then
            echo "Installing the packages of $folder/package-lock.json"
            (cd $folder && npm ci --no-audit --no-fund --silent --ignore-scripts)
            cp $folder/package-lock.json $folder/node_modules/.lock
        fi
    done
fi
