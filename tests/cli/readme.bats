# Every command of the README runs: its sh blocks are run in order, in a folder that holds its files.

load common

# Prints the lines of all blocks fenced as ```$1.
blocks() { awk -v kind="$1" '$0 == "```" kind { on = 1; next } /^```/ { on = 0 } on' "$ROOT/README.md"; }

@test "the README's commands run and write what they say" {
    command -v jq >/dev/null || skip "jq is not installed"
    ln -s "$ROOT/examples" examples
    mkdir bin; ln -s "$(realpath "$TAMIS")" bin/tamis
    PATH=$PWD/bin:$PATH
    # Files that it shows: <!-- file: NAME --> ahead of a block.
    awk '/^<!-- file: / { name = $3 } /^```lua/ && name { on = 1; next }
        /^```/ { on = 0; if (done) name = ""; done = 0 } on { print > name; done = 1 }' "$ROOT/README.md"
    count=0
    while read -r line; do
        [ -n "$line" ] || continue
        echo "\$ $line"
        # The examples are a link to the tree, as a user's folder would be the tree itself.
        bash -o pipefail -c "$line" </dev/null
        count=$((count + 1))
    done < <(blocks sh)
    [ "$count" -ge 9 ]
    for file in out.jsonl quotes.csv report.html french.jsonl; do [ -s "$file" ]; done
    jq -e 'select(.lang != "fr")' french.jsonl >wrong || true
    [ ! -s wrong ]
}

@test "what the README calls by ./bootstrap is there" {
    for word in $(grep -oE '\./bootstrap [a-z]+' "$ROOT/README.md" | awk '{ print $2 }' | sort -u); do
        grep -qE "^$word\)" "$ROOT/bootstrap"
    done
    for path in examples include/tamis/plugin.h include/tamis/tamis.h .ci/run; do [ -e "$ROOT/$path" ]; done
}
