# Shared by the tests of the command: a scratch folder, an input or two, and what to look at.

setup() {
    TAMIS=${TAMIS:-$BATS_TEST_DIRNAME/../../build/tamis}
    [ -x "$TAMIS" ] || { echo "no command at $TAMIS: build first" >&2; return 1; }
    ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    EXAMPLES=$ROOT/examples
    unset TAMIS_PLUGIN_PATH NO_COLOR CLICOLOR_FORCE
    cd "$BATS_TEST_TMPDIR"
    printf 'A line.\nAnother line.\n' >a.txt
    printf '{"id":"one","text":"First text."}\n{"id":"two","text":"Second text.","n":9007199254740993}\n' >two.jsonl
    echo 'return pipeline "empty" {}' >empty.lua
}

# run_out: like run, but with stdout in $output and stderr in $err.
run_out() {
    status=0
    output=$("$@" 2>err.txt) || status=$?
    err=$(cat err.txt)
}

# The status is as said; else show what there was.
is() {
    [ "$status" -eq "$1" ] || { printf 'status %s, not %s\n%s\n%s\n' "$status" "$1" "$output" "${err-}"; return 1; }
}

# The text holds the words, literally.
has() {
    [[ "$1" == *"$2"* ]] || { printf 'missing: %s\nin: %s\n' "$2" "$1"; return 1; }
}
