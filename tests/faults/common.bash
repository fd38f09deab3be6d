# Shared by the tests of faults: a scratch folder, the plugin that misbehaves, and what to look at.

setup() {
    ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    TAMIS=${TAMIS:-$ROOT/build/tamis}
    FAULTS=${TAMIS_BUILD:-$ROOT/build}/tests/faults
    [ -x "$TAMIS" ] || { echo "no command at $TAMIS: build first" >&2; return 1; }
    [ -f "$FAULTS/fault.so" ] || { echo "no plugin in $FAULTS: build first" >&2; return 1; }
    export TAMIS_PLUGIN_PATH=$FAULTS
    cd "$BATS_TEST_TMPDIR"
    echo 'return pipeline "empty" {}' >empty.lua
    echo 'return pipeline "fault" { stage "fault" {} }' >fault.lua
    echo 'return pipeline "tally" { stage "tally" {}, stage "fault" {} }' >tally.lua
}

# run_out: like run, but with stdout in $output and stderr in $err.
run_out() {
    status=0
    output=$("$@" 2>err.txt) || status=$?
    err=$(cat err.txt)
}

# The status is as said; else show what there was.
is() {
    [ "$status" -eq "$1" ] || { printf "status %s, not %s\n%.1000s\n%.2000s\n" "$status" "$1" "$output" "${err-}"; return 1; }
}

# The text holds the words, literally.
has() {
    [[ "$1" == *"$2"* ]] || { printf 'missing: %s\nin: %s\n' "$2" "$1"; return 1; }
}

# The two are equal; else show both.
same() {
    [ "$1" = "$2" ] || { printf 'got:      %s\nexpected: %s\n' "$1" "$2"; return 1; }
}

# documents COUNT WORD EVERY: lines of good documents; each EVERY-th, from the second on, tells WORD.
documents() {
    awk -v n="$1" -v word="$2" -v every="$3" 'BEGIN { for (i = 1; i <= n; i++)
        if (word && i % every == 2 % every) printf "{\"id\":\"bad%d\",\"text\":\"now @%s please\"}\n", i, word
        else printf "{\"id\":\"good%d\",\"text\":\"Text number %d, and some more.\"}\n", i, i }'
}

# ids FILE: the ids of records, on one line.
ids() {
    jq -r .id "$1" | tr '\n' ' '
}
