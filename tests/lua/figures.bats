# What a run tells of rules and scripts: the same error once with a count and a document, what each rule cost, and which met
# its match limit.

load ../cli/common

documents() { # id and text of N documents; each hundredth makes a careless pattern explode
    awk -v n="$1" 'BEGIN { bomb = "!"; for (i = 0; i < 40; i++) bomb = "word " bomb;
        for (i = 0; i < n; i++) printf "{\"id\":\"d%d\",\"text\":\"%s\"}\n", i, i % 100 == 7 ? bomb : "a tank " i }' >in.jsonl
}

@test "one error on ten thousand documents is one line with its count and a document" {
    documents 10000
    cat >p.lua <<'LUA'
return pipeline "p" {
  function(doc)
    local wanted = doc:get "nobody"
    return wanted.lang == "fr" or drop "other"
  end,
}
LUA
    run_out "$TAMIS" run p.lua in.jsonl -o out.jsonl --stats stats.json
    is 1
    has "$err" "   10000  function:2: p.lua:4: attempt to index a nil value (local 'wanted') (as in d0)"
    [ "$(grep -c 'attempt to index' err.txt)" -eq 1 ]
    has "$(cat stats.json)" '"sample":	"d0"'
}

@test "a rule that met its match limit is named, and the document it failed on" {
    documents 300
    cat >p.lua <<'LUA'
return pipeline "p" { rules {
  { name = "tank", type = "weapon", pattern = "tank" },
  { name = "bomb", type = "all", pattern = [[^(?:\w+\s?)+$]] },
} }
LUA
    run_out "$TAMIS" run p.lua in.jsonl -o out.jsonl
    is 0
    has "$err" "rule \`bomb\`: pattern \`^(?:\\w+\\s?)+\$\` hit its match limit"
    has "$err" "(as in d7)"
    has "$err" "warning: rule \`bomb\` of stage \`rules\` hit its match limit 3 times"
    has "$err" "slowest rule of \`rules\`: \`bomb\`"
}

@test "the statistics tell of each rule how often it was tried and fired, its time and p99" {
    documents 200
    printf 'return pipeline "p" { rules { { name = "tank", type = "weapon", pattern = "tank" } } }\n' >p.lua
    run_out "$TAMIS" run p.lua in.jsonl -o out.jsonl --stats stats.json -q
    is 0
    has "$(cat stats.json)" '"tank":{"candidates":198,"calls":198,"hits":198,"seconds":0.0'
    has "$(cat stats.json)" '"p99":0.0'
}

@test "the figures of rules are the same for any number of workers" {
    documents 2000
    printf 'return pipeline "p" { rules { { name = "one", type = "t", pattern = "1" } } }\n' >p.lua
    for j in 1 3; do
        run_out "$TAMIS" run p.lua in.jsonl -o out.jsonl --stats stats.json -q -j "$j"
        is 0
        grep -o '"one":{"candidates":[0-9]*,"calls":[0-9]*,"hits":[0-9]*' stats.json >"hits.$j"
    done
    cmp hits.1 hits.3
}
