# Every command of the README runs: its sh blocks are run in order, in a folder that holds its files.

load common

# Prints the lines of all blocks fenced as ```$1.
blocks() { awk -v kind="$1" '$0 == "```" kind { on = 1; next } /^```/ { on = 0 } on' "$ROOT/README.md"; }

# A command that watches: a save of the rule is seen and told, then it is ended.
watched() {
    local rule
    rule=$(cat offers.lua)
    bash -c "exec $1" >watch.txt 2>&1 </dev/null 3>&- &
    local watch=$! told=
    for _ in {1..300}; do
        if grep -q 'lost 1 offer' watch.txt; then told=1; break; fi
        # the first save may come before anybody watches
        if grep -q watching watch.txt; then sed -i 's/prêts? à/sûrs? de/' offers.lua; fi
        sleep 0.1
    done
    kill "$watch" 2>/dev/null || true
    printf '%s\n' "$rule" >offers.lua
    [ -n "$told" ] || { cat watch.txt; return 1; }
}

@test "the README's commands run and write what they say" {
    command -v jq >/dev/null || skip "jq is not installed"
    ln -s "$ROOT/examples" examples
    mkdir bin; ln -s "$(realpath "$TAMIS")" bin/tamis
    PATH=$PWD/bin:$PATH
    # Files that it shows: <!-- file: NAME --> ahead of a block.
    awk '/^<!-- file: / { name = $3 } /^```(lua|text)$/ && name { on = 1; next }
        /^```/ { on = 0; if (done) name = ""; done = 0 } on { print > name; done = 1 }' "$ROOT/README.md"
    count=0
    while read -r line; do
        [ -n "$line" ] || continue
        echo "\$ $line"
        # The examples are a link to the tree, as a user's folder would be the tree itself.
        case $line in
        *--watch*) watched "$line" ;;
        *) bash -o pipefail -c "$line" </dev/null ;;
        esac
        count=$((count + 1))
    done < <(blocks sh)
    [ "$count" -ge 9 ]
    for file in out.jsonl quotes.csv report.html offers.csv part.3.jsonl.done.json; do [ -s "$file" ]; done
    tamis run arms-news examples/articles -q -o whole.jsonl
    cat part.1.jsonl part.2.jsonl part.3.jsonl | cmp - whole.jsonl
    # The tutorial's rule finds the offer, and the tractors not.
    [ "$(grep -c ',offer,' offers.csv)" -eq 1 ]
    grep -q '^article.txt,.*chars de combat à la Zambie,ZM' offers.csv
}

@test "what the README calls by ./bootstrap is there" {
    for word in $(grep -oE '\./bootstrap [a-z]+' "$ROOT/README.md" | awk '{ print $2 }' | sort -u); do
        grep -qE "^$word\)" "$ROOT/bootstrap"
    done
    for path in examples include/tamis/plugin.h include/tamis/tamis.h .ci/run; do [ -e "$ROOT/$path" ]; done
}
