# What hangs, sleeps or takes too much memory, and what goes wrong outside of documents: open, enter, leave.

load common

@test "a stage that hangs costs one document when its time is up" {
    echo 'return pipeline "h" { stage "fault" { time = "20ms" } }' >hang.lua
    documents 9 hang 10 >in.jsonl
    run_out "$TAMIS" run hang.lua in.jsonl -j 2 -o out.jsonl --max-quarantined 1
    is 0
    same "$(wc -l <out.jsonl)" 8
    has "$(jq -r .error out.jsonl.quarantine.jsonl)" "took more processor time than its stage was given"
}

@test "many that hang cost as many documents" {
    echo 'return pipeline "h" { stage "fault" { time = "10ms" } }' >hang.lua
    documents 40 hang 4 >in.jsonl
    run_out "$TAMIS" run hang.lua in.jsonl -j 2 -o out.jsonl --max-quarantined 10
    is 0
    same "$(ids out.jsonl)" "$(seq 40 | awk '$1 % 4 != 2 { printf "good%d ", $1 }')"
}

@test "a stage that sleeps costs one document when its wall time is up" {
    echo 'return pipeline "h" { stage "fault" { time = "10ms" } }' >hang.lua
    documents 9 sleep 10 >in.jsonl
    run_out "$TAMIS" run hang.lua in.jsonl -j 2 -o out.jsonl --max-quarantined 1
    is 0
    same "$(wc -l <out.jsonl)" 8
    has "$(jq -r .error out.jsonl.quarantine.jsonl)" "took more wall time than its stage was given"
}

@test "on_error skip holds for a stage that hangs too" {
    echo 'return pipeline "h" { stage "fault" { time = "10ms", on_error = "skip" } }' >hang.lua
    documents 9 hang 10 >in.jsonl
    run_out "$TAMIS" run hang.lua in.jsonl -j 2 -o out.jsonl
    is 0
    same "$(wc -l <out.jsonl)" 9
    same "$(jq -c 'select(.errors > 0) | [.id, .spans[0].category]' out.jsonl)" '["bad2","E0508"]'
}

@test "a script that loops without end is stopped, though nobody gave it a time" {
    echo 'return pipeline "l" { function(doc) if doc.id == "bad2" then while true do end end end }' >loop.lua
    documents 9 segv 10 >in.jsonl
    run_out "$TAMIS" run loop.lua in.jsonl -j 2 -o out.jsonl --max-quarantined 1
    is 0
    same "$(wc -l <out.jsonl)" 8
    has "$(jq -r .error out.jsonl.quarantine.jsonl)" "time limit"
}

@test "a guard that loops without end is stopped as well" {
    echo 'return pipeline "l" { stage "tally" { time = "100ms", when = function(doc) while doc.id == "bad2" do end return true end } }' >loop.lua
    documents 9 segv 10 >in.jsonl
    run_out "$TAMIS" run loop.lua in.jsonl -j 2 -o out.jsonl --max-quarantined 1
    is 0
    same "$(wc -l <out.jsonl)" 8
}

@test "a stage that takes all memory costs one document" {
    ! nm "$TAMIS" 2>/dev/null | grep -q __asan_ || skip "the sanitizer has its own memory limits"
    documents 9 hoard 10 >in.jsonl
    run_out "$TAMIS" run fault.lua in.jsonl -j 1 -o out.jsonl --max-quarantined 1
    is 0
    same "$(wc -l <out.jsonl)" 8
}

@test "a leak blames nobody: the worker is replaced between documents, the output stays the same" {
    documents 60 leak 2 >in.jsonl
    run_out "$TAMIS" run fault.lua in.jsonl -j 1 -o out.jsonl
    is 0
    same "$(wc -l <out.jsonl)" 60
    has "$err" "grew by more than 1 GiB and"
    [[ "$err" != *died* ]] || { echo "$err"; return 1; }
    sed 's/@leak/at-leak/' in.jsonl >tame.jsonl
    "$TAMIS" run fault.lua tame.jsonl -q -o tame-out.jsonl
    cmp <(sed 's/@leak/at-leak/g;s/in.jsonl/tame.jsonl/' out.jsonl) tame-out.jsonl
}

# ---------------------------------------------------------------- open, enter, leave

open_pipeline() {
    echo 'return pipeline "x" { stage "tally" {}, stage "fault" { '"$1"' } }' >x.lua
    documents 9 "" 1 >in.jsonl
}

@test "a crash in open ends with 78 and names the stage, on check too" {
    for word in segv abort; do
        open_pipeline "open = '$word'"
        for verb in run check; do
            run_out "$TAMIS" $verb x.lua $([ $verb = check ] || echo in.jsonl -o out.jsonl)
            is 78
            has "$err" 'stage `fault` crashed in its `open`'
        done
        [ ! -e out.jsonl ]
    done
}

@test "a thread started in open is told, for no worker has it" {
    open_pipeline "open = 'thread'"
    run_out "$TAMIS" check x.lua
    is 0
    has "$err" 'fault: warning: it started a thread in `open`: workers are forked'
    open_pipeline "enter = 'thread'"
    run_out "$TAMIS" run x.lua in.jsonl -o out.jsonl
    is 0
    [[ "$err" != *"started a thread"* ]]
}

@test "an exit in open ends with 78 and names the stage" {
    for word in exit0 exit3; do
        open_pipeline "open = '$word'"
        run_out "$TAMIS" run x.lua in.jsonl -o out.jsonl
        is 78
        has "$err" 'stage `fault` called exit in its `open`'
    done
}

@test "a failure in open ends with 78, its message and the place in the pipeline" {
    open_pipeline "open = 'fail'"
    run_out "$TAMIS" run x.lua in.jsonl -o out.jsonl
    is 78
    has "$err" "as it was told"
    has "$err" "x.lua:1"
}

@test "a crash in enter, twice, ends with 70 and names the stage" {
    for word in segv abort exit0 exit3 kill; do
        open_pipeline "enter = '$word'"
        run_out "$TAMIS" run x.lua in.jsonl -j 2 -o out.jsonl
        is 70
        has "$err" 'stage `fault`'
        has "$err" "while entering, twice"
        [ ! -e out.jsonl ]
    done
}

@test "a failure in enter, twice, ends with 70 and its message" {
    open_pipeline "enter = 'fail'"
    for how in "-j 2" --in-process; do
        run_out "$TAMIS" run x.lua in.jsonl $how -o out.jsonl
        is 70
        has "$err" 'stage `fault` could not enter a worker: as it was told'
    done
}

@test "a crash in enter that does not happen again costs nothing" {
    open_pipeline "enter = 'segv', once = '$PWD/happened'"
    run_out "$TAMIS" run x.lua in.jsonl -j 2 -o out.jsonl
    is 0
    same "$(wc -l <out.jsonl)" 9
}

@test "a crash in leave costs nothing: the documents are written by then" {
    for word in segv abort exit3; do
        open_pipeline "leave = '$word'"
        run_out "$TAMIS" run x.lua in.jsonl -j 2 -o out.jsonl
        is 0
        same "$(wc -l <out.jsonl)" 9
    done
}

@test "a leave that hangs does not hold up the end for long" {
    open_pipeline "leave = 'hang'"
    run_out timeout 40 "$TAMIS" run x.lua in.jsonl -j 2 -o out.jsonl
    is 0
    same "$(wc -l <out.jsonl)" 9
}
