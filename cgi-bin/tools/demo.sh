#!/bin/bash
# demo.sh: makes the demonstration registry in DATA: real published data, demonstration organisations, sign-ins with passwords.
# SITE is the address the registry will be served at. Passwords are set the way everybody sets them: by the one-time link.
set -euo pipefail
cd "$(dirname "$0")/../.."
export TALLYSTICK_DATA="$DATA" TALLYSTICK_SITE_URL="$SITE" TALLYSTICK_SCHEMA="$PWD/schema"
export TALLYSTICK_SITE_NAME=${TALLYSTICK_SITE_NAME:-Tallystick}
export TALLYSTICK_RUN=${TALLYSTICK_RUN:-$DATA}
# Without what it logs of every ordinary act.
tally() { "$BUILD/tally" "$@" 2> >(grep -v '^ts=.* level=info ' >&2); }
tally init --name "$TALLYSTICK_SITE_NAME" --url "$SITE" --tag SBX --demo
tally import isometric schema/demo/isometric
tally import eutl schema/demo/eutl_sample.tsv
tally demo --links "$DATA/links"

# Each line of links: demo-link <TAB> e-mail <TAB> who <TAB> token. The sign-in program sets the password, run as plain CGI.
password="tally-stick-demo"
{
    printf '  %-34s %-20s %s\n' "Sign in as" "Password" "Who"
    while IFS=$'\t' read -r _ email who token; do
        body="link=$token&password=$password&again=$password"
        reply=$(printf '%s' "$body" | env REQUEST_METHOD=POST REQUEST_URI=/password/set REMOTE_ADDR=127.0.0.1 \
            CONTENT_TYPE=application/x-www-form-urlencoded CONTENT_LENGTH=${#body} HTTP_SEC_FETCH_SITE=same-origin \
            HTTP_ORIGIN="$SITE" "$BUILD/signin" 2>>"$DATA/demo.log")
        case "$reply" in
        "Status: 303"*) ;;
        *) echo "The password of $email could not be set: ${reply%%$'\n'*}; see $DATA/demo.log" >&2; exit 1 ;;
        esac
        printf '  %-34s %-20s %s\n' "$email" "$password" "$who"
    done <"$DATA/links"
} >"$DATA/sign-ins"
rm -f "$DATA/links"
touch "$DATA/ready"
