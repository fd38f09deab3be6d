# tamis new: each start works as it is written.

load common

@test "new pipeline writes one that check finds fine and run runs" {
    run_out "$TAMIS" new pipeline mine
    is 0
    has "$output" "wrote mine.lua"
    "$TAMIS" check mine.lua
    "$TAMIS" run mine.lua "$EXAMPLES/articles/en-orchestra.txt" -q | jq -e '.status == "written"'
}

@test "new rule writes rules that a pipeline takes" {
    "$TAMIS" new rule loads
    echo 'return pipeline "p" { rules "loads.lua" }' >p.lua
    echo "They sold 12 tonnes of tiles." >t.txt
    run_out "$TAMIS" run p.lua t.txt --nested -q
    is 0
    [ "$(jq -c '.spans[0] | [.type, .text, .attrs.number]' <<<"$output")" = '["loads","12 tonnes","12"]' ]
}

@test "new stage writes a script that a pipeline takes, with its option" {
    "$TAMIS" new stage caps
    echo 'return pipeline "p" { script "caps.lua" {} }' >p.lua
    printf 'A quiet line.\nSTOP PRESS NOW\n' >t.txt
    run_out "$TAMIS" run p.lua t.txt -q
    is 0
    [ "$(jq -c '.spans[0] | [.type, .text]' <<<"$output")" = '["caps","STOP PRESS NOW"]' ]
    run_out "$TAMIS" run p.lua t.txt -q -D caps.min_letters=50
    is 0
    [ "$(jq -c '.spans' <<<"$output")" = '[]' ]
}

@test "new plugin writes one that builds, loads and passes its test" {
    command -v cc >/dev/null || skip "no C compiler"
    case $(nm "$TAMIS" 2>/dev/null) in *__asan_init*) skip "an instrumented build" ;; esac
    "$TAMIS" new plugin my-mark
    TAMIS=$TAMIS sh my-mark/build.sh
    run_out "$TAMIS" show my_mark --plugin-dir my-mark
    is 0
    has "$output" "marks a word"
}

@test "the tests that come with a new pipeline, rule and stage pass" {
    "$TAMIS" new pipeline mine
    "$TAMIS" new rule my-loads
    "$TAMIS" new stage caps
    run_out "$TAMIS" test
    is 0
    has "$output" "9 cases in 3 files: 9 passed"
}

@test "nothing that exists is overwritten" {
    echo keep >mine.lua
    run_out "$TAMIS" new pipeline mine
    is 2
    [ "$(cat mine.lua)" = keep ]
}
