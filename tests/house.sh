#!/bin/bash
# house.sh: the rules of the house that no compiler knows (README, "The rules"). Each rule is one check; the last line counts them.
set -u
cd "$(dirname "$0")/.."
passed=0 failed=0
files() { git ls-files -co --exclude-standard "$@"; }
# rule NAME: reads offending lines on standard input; none is a pass.
rule() {
    local lines
    lines=$(cat)
    if [ -z "$lines" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "house rule broken: $1" >&2
        echo "$lines" | head -20 | sed 's/^/  /' >&2
    fi
}

# Includes go only downward.
declare -A below=(
    [base]="base" [model]="base model" [store]="base model store" [ledger]="base model store ledger"
    [http]="base http model/status" [gate]="base model store ledger http gate"
    [pages]="base model store ledger http gate pages" [import]="base model store ledger gate import"
)
for room in "${!below[@]}"; do
    allowed=$(echo "${below[$room]}" | sed 's/ /|/g')
    files "cgi-bin/$room/*.[ch]" | xargs -r grep -nE '^#include "' | grep -vE "#include \"($allowed)[/.]" | grep -vE '_templates\.h"'
done | rule "includes go only downward (programs, pages, gate, ledger, store, model, base)"

only_in() { # header, files where it may stand
    files 'cgi-bin/*.[ch]' | xargs grep -nE "#include [<\"]$1[>\"]" | grep -vE "^cgi-bin/($2):"
}
only_in 'sqlite3\.h' 'store/[a-z_]+\.[ch]' | rule "sqlite3.h only in store"
only_in 'fcgiapp\.h' 'http/accept\.c' | rule "fcgiapp.h only in http/accept.c"
only_in 'libscrypt\.h' '(pages|gate)/(password|signin[a-z_]*|scrypt)\.c' | rule "libscrypt.h only where passwords are read"
only_in 'csv\.h' 'import/csv\.c' | rule "csv.h only in import/csv.c"
only_in 'sha2(56)?\.h' 'base/digest\.c' | rule "libmd only in base/digest.c"

files 'cgi-bin/*.c' ':!cgi-bin/tools' | xargs grep -nE '\b(malloc|calloc|realloc|free|strcpy|strcat|sprintf|vsprintf|strtok|atoi|atol|atof|gets|system|popen|alloca)\(' |
    grep -vE 'import/csv\.c.*csv_free|/\*|^\S+:[0-9]+: \*' | rule "no malloc, free, strcpy, sprintf, strtok, atoi, system"
files 'cgi-bin/*.[ch]' | xargs grep -nE '\b(float|double)\b' | grep -vE '/\*|^\S+:[0-9]+: \*|double[ -](click|quote|submit)' | rule "no floating point"
grep -rnE '\b(REAL|FLOAT|DOUBLE)\b' schema/registry schema/people | rule "no floating point in the schema"
files 'cgi-bin/*.[ch]' | xargs grep -nE '\btypedef\b' | rule "no typedefs"
files 'cgi-bin/pages/*.c' 'cgi-bin/gate/*.c' | xargs -r grep -nE '"[^"]*<(a|p|div|span|table|td|tr|html|form|input|h[1-6]|li|ul)[ >]' | rule "no HTML in C"
files 'cgi-bin/*.c' ':!cgi-bin/store' ':!cgi-bin/tools' | xargs grep -nE '"(SELECT|INSERT|UPDATE|DELETE|CREATE|PRAGMA) ' | rule "no SQL outside store"
files 'cgi-bin/*' templates static schema/registry schema/people tests Makefile README.md | grep -vE 'node_modules|package-lock|tests/house\.sh|\.(csv|tsv|png)$' |
    xargs grep -nEI '\b(TODO|FIXME|XXX|HACK)\b' | rule "nothing half-done"
files 'cgi-bin/*.[ch]' | while read -r file; do
    lines=$(wc -l <"$file")
    [ "$lines" -gt 600 ] && echo "$file: $lines lines"
done | rule "no file over 600 lines"
files 'cgi-bin/*.c' | xargs awk '
    FNR == 1 { start = 0 }
    /^[a-z_].*\(/ && !/;[ \t]*$/ && !/^(struct|enum|static const|extern|const) [a-z_ ]*(=|\{)/ { name = $0 }
    /^\{/ { start = FNR }
    /^\}/ { if (start && FNR - start > 71) printf "%s:%d: %d lines: %s\n", FILENAME, start, FNR - start - 1, name; start = 0 }' |
    rule "no function over 70 lines"

# Limits that nginx repeats.
limit() { sed -nE "s/^#define $1 \(?([0-9]+).*/\1/p" cgi-bin/base/limits.h; }
{
    [ "$(sed -nE 's/.*client_max_body_size ([0-9]+)k;/\1/p' cgi-bin/nginx.conf.in)" = $(($(limit REQUEST_BODY_BYTES_MAX) / 1024)) ] || echo "client_max_body_size"
    [ "$(sed -nE 's/.*fastcgi_read_timeout ([0-9]+)s;/\1/p' cgi-bin/nginx.conf.in)" -gt "$(limit REQUEST_S_MAX)" ] || echo "fastcgi_read_timeout"
    [ "$(sed -nE 's/.*large_client_header_buffers 4 ([0-9]+)k;/\1/p' cgi-bin/nginx.conf.in)" = 8 ] || echo "large_client_header_buffers"
    grep -q 'fastcgi_next_upstream off;' cgi-bin/nginx.conf.in || echo "fastcgi_next_upstream"
} | rule "nginx's limits agree with base/limits.h"

[ "$(wc -c <static/tallystick.css)" -lt 20000 ] || echo "tallystick.css is $(wc -c <static/tallystick.css) bytes" | rule "one stylesheet under 20 kB"
files 'templates/*.mustache' | xargs grep -nE ' style=| on[a-z]+="|<style|<script>|\{\{\{|\{\{&' | rule "no inline style, script or raw tag in templates"
files 'templates/*/*.mustache' | xargs grep -LE 'name="token"|part/token' | xargs -r grep -lE '<form[^>]*method="post"' | grep -v 'templates/signin' | rule "every POST form carries the token"
files 'templates/part/*.mustache' | while read -r part; do
    name=${part#templates/}; name=${name%.mustache}
    grep -rqF "{{> $name}}" templates || echo "$part"
done | rule "every partial is used"
grep -oE 'STATUS_[A-Z_]+' cgi-bin/model/status.h | sort -u | grep -vE 'STATUS__COUNT|STATUS_OK$' | while read -r status; do
    grep -rqw "$status" tests/unit tests/ledger tests/pages tests/crash || echo "$status is provoked by no test"
done | rule "every status is provoked by a test"
git ls-files -co --exclude-standard | grep -vE '^(cgi-bin|templates|static|schema|tests)/|^(Makefile|README\.md|LICENSE|\.[a-z-]+|\.ci/run)$' | rule "the top level is what the README says"
files | grep -vE '\.(csv|tsv|png|svg)$|package-lock' | xargs grep -nEI '/(work|root|home)/[a-z]' | grep -v 'tests/house.sh' | rule "no machine paths"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
