# lua/README.md: every example in it runs. The word behind ```lua says what it is: a pipeline, a file of rules, a script, the
# body of a function, or a test file.

load ../cli/common

beside() { # the files that the examples name, and a document with spans to look at
    printf 'term\tvalue\nhowitzer\tHowitzer\nmortar\tMortar\n' >words.tsv
    printf '{"sites": ["example.org"]}\n' >sites.json
    printf '# a comment\none\ntwo\n' >list.txt
    printf 'return { twice = function(n) return 2 * n end }\n' >helpers.lua
    cat >doc.jsonl <<'JSON'
{"id":"story","title":"A deal","text":"On Monday the government of Sylvania signed a contract, Case 12.\n\n\"We are ready to sell 30 tanks to our friends,\" said minister Karl Weber. Mr. Weber counted 1200 votes and 7 votes against it.\n\nA howitzer costs 3 million dollars."}
JSON
}

block() { # the Nth example into block.lua, its kind into $kind; false behind the last
    kind=$(grep '^```lua' "$ROOT/lua/README.md" | sed -n "$1s/^\`\`\`lua *//p")
    [ -n "$kind" ] || return 1
    awk -v n="$1" '/^```lua/ { i++; inside = i == n; next } /^```/ { inside = 0 } inside' "$ROOT/lua/README.md" >block.lua
}

wrapped() { # the pipeline that runs the example
    case $kind in
    pipeline) cp block.lua p.lua ;;
    rules) echo 'return pipeline "p" { stage "language" {}, stage "quotes" {}, stage "weapons" {}, rules "block.lua" {} }' >p.lua ;;
    stage) echo 'return pipeline "p" { stage "language" {}, script "block.lua" {} }' >p.lua ;;
    body) { echo 'return pipeline "p" { stage "language" {}, stage "quotes" {}, stage "weapons" {}, function(doc)'; cat block.lua; echo 'end }'; } >p.lua ;;
    *) echo "an example of no known kind: $kind"; return 1 ;;
    esac
}

@test "every example of lua/README.md runs over a document without an error" {
    beside
    n=1
    while block "$n"; do
        if [ "$kind" = test ]; then
            cp block.lua block.test.lua
            "$TAMIS" test block.test.lua || { echo "example $n"; cat block.lua; false; }
        else
            wrapped
            run_out "$TAMIS" run p.lua doc.jsonl -o out.jsonl -q --stats stats.json --max-quarantined 0
            [ "$status" -eq 0 ] || { echo "example $n ($kind)"; cat block.lua err.txt out.jsonl.quarantine.jsonl; false; }
        fi
        n=$((n + 1))
    done
    [ "$n" -gt 12 ]
}

@test "the rules of lua/README.md find what they say" {
    beside
    n=1
    while block "$n" && [ "$kind" != rules ]; do n=$((n + 1)); done
    wrapped
    run_out "$TAMIS" run p.lua doc.jsonl -q
    is 0
    for found in '"type":"country"' '"value":"Howitzer"' '"type":"deal"' '"value":"30 battle tank"' '"placeholder":"<case>"' '"type":"number"'; do
        has "$output" "$found"
    done
}

@test "every stage of the library stands in its table, and every word of scripts in the text" {
    for file in "$ROOT"/lua/*.lua; do
        name=$(basename "$file" .lua)
        case $name in *.test) continue ;; esac
        grep -q "\[$name\]($name.lua)" "$ROOT/lua/README.md" || { echo "not told of: $name"; false; }
    done
    for word in spans span remove set get meta sub lines note reject expired before after around overlapping words paragraphs \
        sentences line_at; do
        grep -q "doc:$word" "$ROOT/lua/README.md" || { echo "not told of: doc:$word"; false; }
    done
}
