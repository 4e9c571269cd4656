#!/bin/bash
# static.sh BUILD: puts the static files into BUILD/static, each a second time under a folder named by its content, with a compressed
# copy beside each, and writes the names that pages use into BUILD/templates/static_names.h. What is under such a name never changes,
# so browsers may keep it for ever; another content is another name.
set -euo pipefail
cd "$(dirname "$0")/../.."
out=$1/static names=$1/templates/static_names.h
rm -rf "$out"
mkdir -p "$out" "$(dirname "$names")"
{
    echo "/* Made by tools/static.sh: where the static files of this build are. */"
    for file in static/*; do
        name=$(basename "$file")
        digest=$(sha256sum <"$file" | cut -c1-16)
        install -D -m 644 "$file" "$out/$name"
        case "$name" in
        *.html) ;; # nginx's own error pages: never kept
        *)
            install -D -m 644 "$file" "$out/$digest/$name"
            gzip -9nk "$out/$name" "$out/$digest/$name"
            constant=$(echo "$name" | tr 'a-z.-' 'A-Z__')
            echo "#define STATIC_$constant \"/static/$digest/$name\""
            ;;
        esac
    done
} >"$names.new"
# The description of the API, which nginx serves at /registry/v0/openapi.json.
install -m 644 "$1/templates/openapi.json" "$out/openapi.json"
gzip -9nk "$out/openapi.json"
mv "$names.new" "$names"
