#!/bin/bash
# house.sh: the rules of the house that no compiler knows (README, "Change it"). Each rule is one check: it is given the lines that
# break it, and none is a pass. The last line counts the rules.
set -u
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

# Files of the tree that are there (also those not yet committed).
files() { git ls-files -co --exclude-standard -- "$@" | while read -r file; do [ -f "$file" ] && echo "$file"; done; }
# rule NAME: offending lines on standard input.
rule() {
    local lines
    lines=$(cat)
    if [ -z "$lines" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "house rule broken: $1" >&2
        echo "$lines" | head -30 | sed 's/^/  /' >&2
    fi
}

# C twice over, line for line: text/ without its comments, code/ also without what its strings say.
files 'cgi-bin/*.[ch]' 'tests/*.[ch]' | WORK="$work" perl -MFile::Path=make_path -e '
    for my $file (map { chomp; $_ } <STDIN>) {
        local $/;
        open(my $in, "<", $file) or die "$file: $!";
        my ($source, $code, $text) = (scalar <$in>, "", "");
        while ($source =~ m{\G(/\*.*?\*/|//[^\n]*|"(?:[^"\\\n]|\\.)*"|\x27(?:[^\x27\\\n]|\\.)*\x27|[^/"\x27]+|.)}sg) {
            my ($token, $blank) = ($1, $1);
            $blank =~ s/[^\n]/ /g;
            if ($token =~ m{^/[*/]}) { $token = $blank }
            elsif ($token =~ m{^["\x27]}) { $blank = "\"" . substr($blank, 2) . "\"" }
            else { $blank = $token }
            $code .= $blank;
            $text .= $token;
        }
        (my $folder = $file) =~ s{/[^/]*$}{};
        for (["code", $code], ["text", $text]) {
            make_path("$ENV{WORK}/$_->[0]/$folder");
            open(my $out, ">", "$ENV{WORK}/$_->[0]/$file") or die;
            print $out $_->[1];
        }
    }' || { echo "house.sh cannot read the C of the tree" >&2; exit 1; }
# in code|text PATTERN PATH…: FILE:LINE:… where it stands. A path may be a folder.
in_c() {
    local kind=$1 pattern=$2
    shift 2
    (cd "$work/$kind" && grep -rnE -e "$pattern" "$@")
}
but() { grep -vE -e "$1"; }

# ---- C ----

declare -A below=(
    [base]="base" [model]="base model" [store]="base model store" [ledger]="base model store ledger"
    [http]="base http model/status" [gate]="base model store ledger http gate"
    [pages]="base model store ledger http gate pages" [api]="base model store ledger http gate api" [import]="base model store ledger gate import"
    [courier]="base model store api courier"
)
rule "includes go only downward (programs, pages, gate, ledger, store, model, base)" < <(
    for room in "${!below[@]}"; do
        allowed=${below[$room]// /|}
        in_c text '^[ 	]*#[ 	]*include[ 	]*"' "cgi-bin/$room" | but "include[ 	]*\"($allowed)[/.]" |
            but '^cgi-bin/pages/[a-z_]+\.c:.*"((public|signin|account|admin)_templates|static_names|api_operations)\.h"'
    done
)
rule "every room is known to this rule" < <(
    for folder in cgi-bin/*/; do
        room=$(basename "$folder")
        [ "$room" = tools ] || [ -n "${below[$room]:-}" ] || echo "$folder"
    done
)
only_in() { in_c text "#[ 	]*include[ 	]*[<\"]$1[>\"]" cgi-bin | but "^cgi-bin/($2):"; } # header, files where it may stand
rule "sqlite3.h only in store" < <(only_in 'sqlite3\.h' 'store/[a-z_]+\.[ch]')
rule "fcgiapp.h only in http/accept.c" < <(only_in '(fcgiapp|fcgi_stdio|fcgi_config)\.h' 'http/accept\.c')
rule "libscrypt.h only where passwords are read" < <(only_in 'libscrypt\.h' 'gate/password\.c')
rule "csv.h only in import/csv.c" < <(only_in 'csv\.h' 'import/csv\.c')
rule "libmd only in base/digest.c" < <(only_in 'sha(2|256)?\.h' 'base/digest\.c')
rule "jansson.h only in api/body.c" < <(only_in 'jansson\.h' 'api/body\.c')
rule "cairo and freetype only in pages/certificate_sheet.c" < <(only_in '(cairo[a-z-]*|ft2build)\.h' 'pages/certificate_sheet\.c')
rule "qrencode.h only in pages/certificate_qr.c" < <(only_in 'qrencode\.h' 'pages/certificate_qr\.c')
rule "OpenSSL only in gate/jwt.c and gate/seal.c" < <(in_c text '#[ 	]*include[ 	]*[<"]openssl/' cgi-bin | but '^cgi-bin/gate/(jwt|seal)\.c:')
rule "curl.h only in the webhook sender" < <(only_in 'curl/curl\.h' 'courier/[a-z_]+\.c')

rule "no malloc, free, strcpy, sprintf, strtok, atoi, system" < <(
    in_c code '\b(malloc|calloc|realloc|free|strdup|strndup|asprintf|vasprintf|getline|strcpy|strcat|stpcpy|strncpy|sprintf|vsprintf|strtok|atoi|atol|atoll|atof|gets|system|popen|alloca)[ 	]*\(' cgi-bin |
        but '^cgi-bin/tools/'
)
rule "no floating point" < <(
    # The drawing library measures in its own numbers; no quantity comes there but as text.
    in_c code '\b(float|double|strtod|strtof|strtold|sqlite3_(column|bind|value|result)_double)\b|\b[0-9]+\.[0-9]|\b[0-9]+[eE][-+]?[0-9]' cgi-bin |
        but '^cgi-bin/pages/certificate_sheet\.c:'
    in_c text '%[-+ #0-9.*]*[lL]?[fFeEgGaA]\b' cgi-bin | grep -E 'printf|snprintf|out_format'
)
rule "no floating point in the schema" < <(
    for file in $(files 'schema/registry/*.sql' 'schema/people/*.sql'); do
        sed 's/--.*//' "$file" | grep -niE '\b(REAL|FLOAT|DOUBLE|NUMERIC|DECIMAL)\b|\b(avg|round|total)[ ]*\(' | sed "s|^|$file:|"
    done
    in_c text '"[^"]*\b(avg|round|total|AVG|ROUND|TOTAL|REAL)[ ]*\(' cgi-bin/store
)
rule "every table is STRICT" < <(
    for file in $(files 'schema/registry/*.sql' 'schema/people/*.sql'); do
        perl -0777 -ne 's/--[^\n]*//g; while (/CREATE TABLE (\w+)(.*?);/sg) { print "$ARGV: $1\n" unless $2 =~ /\)\s*STRICT\b[^)]*$/ }' "$file"
    done
)
rule "no typedefs" < <(in_c code '\btypedef\b' cgi-bin)
# The Atom feed is made by its own file, which escapes for XML; it says no HTML.
rule "no HTML in C" < <(
    in_c text '"[^"]*</?(!|[a-z][a-z0-9]*[ />"]|[a-z][a-z0-9]*$)' cgi-bin/pages cgi-bin/gate cgi-bin/http | but '^cgi-bin/pages/public_atom\.c:'
    [ -f cgi-bin/pages/public_atom.c ] && in_c text '</?(a|p|div|span|table|td|tr|html|form|input|h[1-6]|li|ul)[ >]' cgi-bin/pages/public_atom.c
)
rule "no SQL outside store" < <(
    in_c text '"[ ]*(SELECT|INSERT|UPDATE|DELETE|CREATE|DROP|PRAGMA|BEGIN|COMMIT|ROLLBACK|SAVEPOINT|VACUUM|ATTACH|WITH)( |")' cgi-bin | but '^cgi-bin/(store|tools)/'
)
rule "no SQL made at run time" < <(
    in_c code '\b(sqlite3_mprintf|sqlite3_vmprintf|sqlite3_snprintf)\b' cgi-bin
    in_c code '\bsqlite3_prepare' cgi-bin | but '^cgi-bin/store/(store|migrate)\.c:'
)
rule "nothing half-done" < <(
    files cgi-bin templates static schema/registry schema/people tests Makefile README.md | but 'package-lock|tests/house\.sh|\.png$|^tests/fuzz/corpus/' |
        xargs grep -nEI '\b(TODO|FIXME|XXX|HACK)\b' | but '--tag XXX|X\.XXX'
)
rule "no file over 600 lines" < <(
    files 'cgi-bin/*' 'tests/*.mjs' 'tests/*.sh' | but '^cgi-bin/api/openapi\.yaml$' | xargs wc -l | awk '$1 > 600 && $2 != "total" { print $2 ": " $1 " lines" }'
)
rule "no function over 70 lines" < <(
    # What a brace in the first column opens is a function; a table or a struct opens on the line of its name.
    (cd "$work/code" && find cgi-bin -name '*.[ch]' | sort | xargs awk '
        FNR == 1 { start = 0 }
        /^\{/ { start = FNR; name = line }
        /^\}/ { if (start && FNR - start - 1 > 70) printf "%s:%d: %d lines: %s\n", FILENAME, start, FNR - start - 1, name; start = 0 }
        { line = $0 }')
)

# ---- limits ----

limit() { sed -nE "s/^#define $1 \(?([0-9]+).*/\1/p" cgi-bin/base/limits.h; }
nginx() { sed -nE "s/^[^#]*$1;.*/\1/p" cgi-bin/nginx.conf.in; }
rule "nginx's limits agree with base/limits.h" < <(
    [ "$(nginx 'client_max_body_size ([0-9]+)k')" = $(($(limit REQUEST_BODY_BYTES_MAX) / 1024)) ] || echo "client_max_body_size"
    [ "$(nginx 'fastcgi_read_timeout ([0-9]+)s')" -gt "$(limit REQUEST_S_MAX)" ] || echo "fastcgi_read_timeout and REQUEST_S_MAX"
    [ "$(nginx 'fastcgi_read_timeout ([0-9]+)s')" -gt $(($(limit LEDGER_ASK_MS_MAX) / 1000)) ] || echo "fastcgi_read_timeout and LEDGER_ASK_MS_MAX"
    [ "$(nginx 'large_client_header_buffers 4 ([0-9]+)k')" -ge $(($(limit REQUEST_QUERY_BYTES_MAX) / 1024 * 2)) ] || echo "large_client_header_buffers"
    grep -qE '^[^#]*fastcgi_next_upstream off;' cgi-bin/nginx.conf.in || echo "fastcgi_next_upstream"
) 2>&1
rule "nginx's error log does not hold one-time links" < <(
    grep -qE '^ *location /password/ \{ error_log /dev/null;' cgi-bin/nginx.conf.in || echo "location /password/"
)
rule "one stylesheet under 20 kB, one script" < <(
    bytes=$(wc -c <static/tallystick.css)
    [ "$bytes" -lt 20000 ] || echo "static/tallystick.css is $bytes bytes"
    files 'static/*.css' 'static/*.js' | but '^static/tallystick\.(css|js)$'
)

# ---- templates, forms and routes ----

rule "no inline style, script or raw tag in templates" < <(
    files 'templates/*.mustache' | xargs grep -nEi "[ \"']style=|[ \"']on[a-z]+=|<style|<script>|<script [^>]*>[^<]|javascript:|\{\{\{|\{\{&"
)
rule "every partial is used" < <(
    files 'templates/part/*.mustache' | while read -r part; do
        name=${part#templates/}
        grep -rqE "\{\{> ?${name%.mustache} ?\}\}" templates || echo "$part"
    done
)
rule "every template is used by a page" < <(
    files 'templates/*/*.mustache' | but '^templates/part/' | while read -r template; do
        name=${template#templates/}
        name=$(echo "${name%.mustache}" | tr '/-' '__')
        in_c code "\\btemplate_$name\\b" cgi-bin/pages >/dev/null || echo "$template"
    done
)

# Every program's route table, macros expanded: PROGRAM METHOD PATH NEEDS. (What is generated is not needed to read it.)
mkdir -p "$work/made"
touch "$work/made"/{public,signin,account,admin}_templates.h
for program in $(in_c code '\bstruct route [a-z_]+\[\]' cgi-bin | sed 's/:.*//' | sort -u); do
    gcc -std=c17 -D_GNU_SOURCE -Icgi-bin -I"$work/made" -E -P "$program" | PROGRAM="$program" perl -0777 -ne '
        while (/struct route \w+\[\] = \{(.*?)\n?\};/sg) {
            my $rows = $1;
            while ($rows =~ /\{\s*METHOD_(GET|POST)\s*,\s*((?:"[^"]*"\s*)+),\s*([^,]*),/sg) {
                my ($method, $path, $needs) = ($1, $2, $3);
                $path =~ s/"\s*"//g; $path =~ s/["\s]//g; $needs =~ s/\s//g;
                print "$ENV{PROGRAM} $method $path $needs\n";
            }
            print "$ENV{PROGRAM} rows ", scalar(() = $rows =~ /METHOD_/g), "\n";
        }'
done >"$work/tables"
grep -v ' rows ' "$work/tables" >"$work/routes"
rule "the route tables can be read" < <(
    for program in public signin account admin api; do
        [ -f "cgi-bin/$program.c" ] || { echo "cgi-bin/$program.c is missing"; continue; }
        rows=$(sed -nE "s|^cgi-bin/$program\.c rows ||p" "$work/tables")
        read=$(grep -c "^cgi-bin/$program.c " "$work/routes")
        [ "$rows" = "$read" ] && [ "$read" -gt 0 ] || echo "cgi-bin/$program.c: $rows rows, $read read"
    done
)
rule "no route stands twice" < <(awk '{ print $2, $3 }' "$work/routes" | sort | uniq -d)
rule "every row of account and admin asks who comes, every act for a role" < <(
    grep -E '^cgi-bin/account\.c ' "$work/routes" | but 'NEED_PERSON'
    grep -E '^cgi-bin/account\.c POST ' "$work/routes" | but 'NEED_(INITIATOR|APPROVER|MANAGER)|POST /account/switch '
    grep -E '^cgi-bin/admin\.c GET ' "$work/routes" | but 'NEED_(ADMINISTRATOR|AUDITOR)$'
    grep -E '^cgi-bin/admin\.c POST ' "$work/routes" | but 'NEED_ADMINISTRATOR$'
    grep -E '^cgi-bin/public\.c POST ' "$work/routes"
    grep -E '^cgi-bin/api\.c ' "$work/routes" | but 'NEED_ORGANISATION'
    grep -E '^cgi-bin/api\.c POST ' "$work/routes" | but 'NEED_(INITIATOR|APPROVER|MANAGER)'
    grep -E '^cgi-bin/api\.c POST ' "$work/routes" | but 'NEED_SCOPE_(TRANSFER|RETIRE|MANAGE)'
)
rule "every row of api asks for both secrets, every act for a role and a scope" < <(
    grep -E '^cgi-bin/api\.c ' "$work/routes" | but 'NEED_ORGANISATION|GET /registry/v0/openapi\.json NEED_NOBODY$'
    grep -E '^cgi-bin/api\.c POST ' "$work/routes" | but 'NEED_(INITIATOR|APPROVER|MANAGER).*NEED_SCOPE_|POST /registry/v0/transfers/preview '
    grep -E '^cgi-bin/api\.c ' "$work/routes" | but ' /registry/v0/'
)
# Every form: FILE METHOD ACTION yes|no (has the token).
files 'templates/*.mustache' | while read -r file; do
    perl -0777 -ne 'while (/<form\b(.*?)>(.*?)<\/form>/sg) {
        my ($tag, $inside) = ($1, $2);
        my ($action) = $tag =~ /action="([^"]*)"/;
        my $token = $inside =~ /<input type="hidden" name="token" value="\{\{(page\.)?form_token\}\}">/ ? "yes" : "no";
        printf "%s %s %s %s\n", $ARGV, $tag =~ /method="post"/ ? "POST" : "GET", $action // "none", $token;
    }' "$file"
done >"$work/forms"
rule "every form is read whole, says where it goes, and a search carries no token" < <(
    files 'templates/*.mustache' | while read -r file; do
        [ "$(grep -oE '<form\b' "$file" | wc -l)" = "$(grep -c "^$file " "$work/forms")" ] || echo "$file: a form that is not closed"
    done
    awk '$3 == "none" { print $1 ": a form without action" } $2 == "GET" && $4 == "yes" { print $1 ": a token in an address" }' "$work/forms"
)
# Only where nobody has to be signed in there is no session to bind a token to (gate/csrf.h).
rule "every POST form carries the token" < <(
    awk '$2 == "POST" && $4 == "no" { print $1, $3 }' "$work/forms" | while read -r file action; do
        grep -q " POST $action NEED_NOBODY\$" "$work/routes" || echo "$file: the form to $action"
    done
)
rule "every form leads to a row of a route table" < <(
    grep -vE '\{\{| GET #' "$work/forms" | while read -r file method action _; do
        grep -qE " $method $action " "$work/routes" || echo "$file: $method $action"
    done
)
# A form names its address, or its page makes it: then the page's own address or the pattern is in the tree.
cat "$work"/text/cgi-bin/pages/*.[ch] | perl -0777 -pe 's/"\s*"//g' >"$work/pages"
rule "every POST row has a form" < <(
    awk '$2 == "POST" && $1 != "cgi-bin/api.c" { print $1, $3 }' "$work/routes" | while read -r program path; do
        grep -q " POST $path " "$work/forms" && continue
        area=$(basename "$program" .c)
        grep -qE "^templates/($area|part)/[^ ]* POST [^ ]*\{\{" "$work/forms" || { echo "$program: $path"; continue; }
        grep -qF "$program GET $path " "$work/routes" && continue
        made=$(echo "$path" | sed -E 's/:(id|word)/*/g')
        grep -qF "\"$made" "$work/pages" || echo "$program: $path"
    done
)
rule "only the gate lets a request through, and it asks for the token first" < <(
    in_c code '\bhttp_run[ ]*\(' cgi-bin | but '^cgi-bin/(gate/gate\.c|http/[a-z]+\.[ch]):'
    in_c code '(->|\.)handle[ ]*\(' cgi-bin | but '^cgi-bin/gate/gate\.c:'
    awk '{ print $1 }' "$work/routes" | sort -u | while read -r program; do
        [ "$(in_c code '\bgate_run\(&' "$program" | wc -l)" = 1 ] || echo "$program does not call gate_run"
    done
    perl -0777 -ne '
        my ($walk) = /\nstatic enum status walk\([^;{]*\{(.*?)\n\}\n/s;
        my ($admit) = /\nstatic enum status admit\([^;{]*\{(.*?)\n\}\n/s;
        my ($tokens) = /\nstatic enum status walk_tokens\([^;{]*\{(.*?)\n\}\n/s;
        print "gate.c: walk_tokens calls a handler without admit\n"
            unless ($tokens // "") =~ /status = gate->door->admit\(.*status == STATUS_OK \? .*handle\(/s;
        print "gate.c: walk calls a handler without admit\n" unless ($walk // "") =~ /admit\(.*handle\(/s;
        print "gate.c: admit does not ask for origin and token\n" unless ($admit // "") =~ /csrf_same_origin\(.*token_right\(/s && /\bcsrf_token_right\(/;
    ' "$work/code/cgi-bin/gate/gate.c"
)

# ---- the tree ----

rule "every status is provoked by a test" < <(
    perl -0777 -ne 's{/\*.*?\*/}{}gs; my ($body) = /enum status \{(.*?)\};/s; print "$_\n" for $body =~ /\b(STATUS_[A-Z][A-Z_]*)/g' cgi-bin/model/status.h |
        grep -v '^STATUS_OK$' | while read -r status; do
        # The test of the table itself names them without making them happen.
        (cd "$work/code" && grep -rlw "$status" tests) | grep -qv '^tests/unit/status_test\.c$' || echo "$status is provoked by no test"
    done
)
rule "every query is looked at by tests/pages/plan_test.c" < <(
    in_c code '^const struct query_table [a-z_]+ =' cgi-bin/store | sed -E 's/.*query_table ([a-z_]+) .*/\1/' | while read -r table; do
        in_c code "&$table\\b" tests/pages/plan_test.c >/dev/null || echo "$table"
    done
)
rule "every test is run" < <(
    files 'tests/*.c' | but '^tests/((unit|pages)/[a-z0-9_]+_test|(ledger|crash|bench)/[a-z_]+|fuzz/([a-z_]+_fuzz|fuzz|replay)|fault/shim[a-z_]*|unit/templates/render|web/record)\.c$' |
        while read -r file; do # a planted bug is looked for by a negative control
            plant=$(basename "$file" .c)
            [ "$file" = "tests/plant/$plant.c" ] && grep -q "^$plant " tests/controls.sh || echo "$file"
        done
    files 'tests/web/*.mjs' | but '\.test\.mjs$' | xargs -r grep -lE "from 'node:test'"
)
rule "the top level is what the README says" < <(
    files | but '^(cgi-bin|templates|static|schema|tests)/|^(Makefile|README\.md|LICENSE|\.gitignore|\.clang-(format|tidy)|\.ci/run)$'
    files | grep -E '(^|/)\.[^/]*$' | but '^\.(gitignore|clang-format|clang-tidy)$'
)
rule "no machine paths" < <(
    files | but '\.(csv|tsv|png|svg)$|package-lock|^tests/house\.sh$|^tests/fuzz/corpus/' | xargs grep -nEI '(^|[^a-zA-Z0-9_.*}])/(work|root|home|tmp/(gw|acct|admin|look|bare|ledgerd|gatework))/[a-z]'
)

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
