# Stages with state over documents: totals never depend on scheduling, on crashes of others, or on -j.

load common

# totals FLAGS…: what `tally` found, by these flags.
totals() {
    "$TAMIS" run tally.lua in.jsonl -q -o out.jsonl --stats stats.json --max-quarantined 100% "$@"
    jq -c '.stages[0].totals' stats.json
}

@test "totals are the same for any -j, unordered, and in one process" {
    documents 20000 "" 1 >in.jsonl
    expected=$(totals --in-process)
    same "$(jq .documents <<<"$expected")" 20000
    for j in 1 2 4 7; do same "$(totals -j $j)" "$expected"; done
    same "$(totals -j 2 --unordered | jq .documents)" 20000
}

@test "totals are the same from a stream, whose batches are cut elsewhere" {
    documents 20000 "" 1 >in.jsonl
    expected=$(totals --in-process)
    for pause in 0 0.05; do
        { head -n 700 in.jsonl; sleep $pause; tail -n +701 in.jsonl; } |
            "$TAMIS" run tally.lua - -q -j 2 -o out.jsonl --stats stats.json
        same "$(jq -c '.stages[0].totals' stats.json)" "$expected"
    done
}

@test "documents that crash in another stage are in no total, and all others are, once" {
    documents 3000 segv 300 >in.jsonl
    expected=$(totals -j 1)
    same "$(jq .documents <<<"$expected")" 2990
    for j in 2 4; do same "$(totals -j $j)" "$expected"; done
    grep -v '@segv' in.jsonl >good.jsonl
    "$TAMIS" run tally.lua good.jsonl -q -o out.jsonl --stats stats.json
    same "$(jq -c '.stages[0].totals' stats.json)" "$expected"
}

@test "no document gives totals of nothing" {
    : >in.jsonl
    same "$(totals -j 2 | jq .documents)" 0
    same "$(totals --in-process | jq .documents)" 0
}

state_fault() {
    echo 'return pipeline "t" { stage "tally" { '"$1 = '$2'"' } }' >state.lua
    documents 100 "" 1 >in.jsonl
    run_out "$TAMIS" run state.lua in.jsonl -j 2 -o out.jsonl
}

@test "a failure in save, merge or finish ends the run with 70, its message and no output" {
    for where in save merge finish; do
        state_fault $where fail
        is 70
        has "$err" 'stage `tally` could not '"$where"' its totals: as it was told'
        [ ! -e out.jsonl ]
    done
}

@test "a crash in merge or finish ends the run with 70, not the parent" {
    for where in merge finish; do
        for word in segv abort exit0; do
            state_fault $where $word
            is 70
            has "$err" "merges the state"
        done
    done
}

@test "a crash in save ends the run with 70 after so many workers" {
    state_fault save segv
    is 70
    has "$err" "workers"
}
