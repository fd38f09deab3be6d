#!/bin/sh
# Runs the plugin over a line and looks whether it found what it should.
set -eu
cd "$(dirname "$0")"
found=$(printf 'A tamis is a sieve; this tamis is a program.\n' |
    "${TAMIS:-tamis}" run try.lua - --plugin-dir . --from text --emit spans --format csv -q | grep -c ',@ID@,' || true)
[ "$found" = 2 ] || { echo "expected 2 spans of type @ID@, found $found"; exit 1; }
echo "@ID@: 2 spans, as expected"
