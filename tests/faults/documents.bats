# A bad document costs itself: what crashes, exits or fails in `run` is lost alone, with its reason.

load common

# one WORD: that document is quarantined by stage `fault`, its neighbours are written. -> $why
one() {
    documents 9 "$1" 10 >in.jsonl
    rm -f out.jsonl*
    run_out "$TAMIS" run fault.lua in.jsonl -j 2 -o out.jsonl --max-quarantined 1
    is 0
    same "$(ids out.jsonl)" "good1 good3 good4 good5 good6 good7 good8 good9 "
    same "$(jq -r '[.id, .stage, .locator] | join(" ")' out.jsonl.quarantine.jsonl)" "bad2 fault in.jsonl#2"
    same "$(jq -r '.original | fromjson | .text' out.jsonl.quarantine.jsonl)" "now @$1 please"
    why=$(jq -r .error out.jsonl.quarantine.jsonl)
}

@test "a segmentation fault costs one document" {
    one segv
    has "$why" "2 times, in this stage"
    [[ "$why" == *"signal 11"* || "$why" == *"exit("* ]] # a sanitizer turns signals into exits
}

@test "an abort costs one document" {
    one abort
    has "$why" "signal 6"
}

@test "an endless recursion costs one document" {
    one stack
}

@test "exit with 0 costs one document" {
    one exit0
    has "$why" "exit("
}

@test "exit with 3 costs one document" {
    one exit3
    has "$why" "exit(3)"
}

@test "a worker that is killed from outside costs one document" {
    one kill
    has "$why" "signal 9"
}

@test "a stage that returns a failure costs one document, in the same worker" {
    one fail
    same "$why" "as it was told"
    [[ "$err" != *"died"* ]]
}

@test "a host call that failed costs the document though the stage returned OK" {
    one sticky
    has "$why" "past the end"
}

@test "a document that drops itself is no fault" {
    documents 9 drop 10 >in.jsonl
    run_out "$TAMIS" run fault.lua in.jsonl -j 2 -o out.jsonl
    is 0
    has "$err" "= 8 written + 1 dropped + 0 quarantined"
    [ ! -e out.jsonl.quarantine.jsonl ]
}

@test "what a stage wrote before it crashed is in no record" {
    one write
    [ "$(jq '[.spans[], .removed[]] | length' out.jsonl | sort -u)" = 0 ]
}

@test "a crash that does not happen again costs nothing" {
    echo 'return pipeline "o" { stage "fault" { once = "'"$PWD"'/happened" } }' >once.lua
    documents 9 segv 10 >in.jsonl
    run_out "$TAMIS" run once.lua in.jsonl -j 2 -o out.jsonl
    is 0
    same "$(jq -r .id out.jsonl | wc -l)" 9
    has "$err" "1 worker died"
}

@test "a hundred crashes of each kind cost a hundred documents, and the order stays" {
    for word in segv abort exit0 exit3 kill; do
        documents 400 $word 4 >in.jsonl
        run_out "$TAMIS" run fault.lua in.jsonl -j 2 -o out.jsonl --max-quarantined 100
        is 0
        same "$(wc -l <out.jsonl)" 300
        same "$(ids out.jsonl)" "$(seq 400 | awk '$1 % 4 != 2 { printf "good%d ", $1 }')"
        same "$(ids out.jsonl.quarantine.jsonl)" "$(seq 400 | awk '$1 % 4 == 2 { printf "bad%d ", $1 }')"
    done
}

@test "crashes in text files cost those files" {
    mkdir folder
    for i in 1 2 3 4 5 6; do echo "Text $i" >folder/$i.txt; done
    echo "now @segv" >folder/3.txt
    run_out "$TAMIS" run fault.lua folder -j 2 -o out.jsonl --max-quarantined 1
    is 0
    same "$(ids out.jsonl)" "1.txt 2.txt 4.txt 5.txt 6.txt "
    same "$(ids out.jsonl.quarantine.jsonl)" "3.txt "
}

@test "crashes in a stream cost those records" {
    documents 400 segv 100 >in.jsonl
    cat in.jsonl | "$TAMIS" run fault.lua - -j 2 -o out.jsonl -q --max-quarantined 4
    same "$(wc -l <out.jsonl)" 396
    same "$(jq -r '.locator' out.jsonl.quarantine.jsonl | tr '\n' ' ')" "-#2 -#102 -#202 -#302 "
}

@test "the quarantine file is read again, by a pipeline that is mended" {
    documents 40 segv 10 >in.jsonl
    "$TAMIS" run fault.lua in.jsonl -q -o out.jsonl --max-quarantined 4
    "$TAMIS" run empty.lua out.jsonl.quarantine.jsonl -q -o mended.jsonl
    same "$(ids mended.jsonl)" "bad2 bad12 bad22 bad32 "
    same "$(jq -r .text mended.jsonl | sort -u)" "now @segv please"
}

@test "every document in a row that crashes ends the run with 70 and says why" {
    documents 100 segv 1 >in.jsonl
    run_out "$TAMIS" run fault.lua in.jsonl -j 2 -o out.jsonl --max-quarantined 100%
    is 70
    has "$err" "20 workers ended and no document was finished between"
}

@test "a stage that says FATAL ends the run with 70 and its message" {
    documents 9 fatal 10 >in.jsonl
    run_out "$TAMIS" run fault.lua in.jsonl -j 2 -o out.jsonl
    is 70
    has "$err" 'stage `fault`: no run can go on'
    [ ! -e out.jsonl ]
    run_out "$TAMIS" run fault.lua in.jsonl --in-process -o out.jsonl
    is 70
    has "$err" "no run can go on"
}

@test "nothing of an ended run is left: no process, no temporary file" {
    documents 100 segv 1 >in.jsonl
    run_out "$TAMIS" run fault.lua in.jsonl -j 2 -o out.jsonl
    is 70
    same "$(ls | grep -v 'lua$' | tr '\n' ' ')" "err.txt in.jsonl "
    same "$(pgrep -f "run fault.lua in.jsonl -j 2 -o out.jsonl" || true)" ""
}

# ---------------------------------------------------------------- on_error

@test "on_error skip: a failure becomes a span of the document, which is written" {
    echo 'return pipeline "s" { stage "fault" { on_error = "skip" }, stage "tally" {} }' >skip.lua
    documents 9 fail 10 >in.jsonl
    run_out "$TAMIS" run skip.lua in.jsonl -j 2 -o out.jsonl --stats stats.json
    is 0
    same "$(wc -l <out.jsonl)" 9
    same "$(jq -c 'select(.id == "bad2") | [.errors, .status, (.spans[] | .type, .category, .value, .stage)]' out.jsonl)" \
        '[1,"written","error","E0506","as it was told","fault"]'
    same "$(jq .stages[1].totals.documents stats.json)" 9
}

@test "on_error skip: a stage that crashes is left out for that document alone" {
    echo 'return pipeline "s" { stage "fault" { on_error = "skip" }, stage "tally" {} }' >skip.lua
    for word in segv exit0 write; do
        documents 400 $word 100 >in.jsonl
        run_out "$TAMIS" run skip.lua in.jsonl -j 2 -o out.jsonl --stats stats.json
        is 0
        same "$(wc -l <out.jsonl)" 400
        same "$(jq -c 'select(.errors > 0) | [.id, (.spans[] | .type, .category, .stage)]' out.jsonl | tr '\n' ' ')" \
            '["bad2","error","E0508","fault"] ["bad102","error","E0508","fault"] ["bad202","error","E0508","fault"] ["bad302","error","E0508","fault"] '
        same "$(jq .stages[1].totals.documents stats.json)" 400
        same "$(jq .stages[0].skipped stats.json)" 4
    done
}

@test "a word that on_error does not know is told with those it does" {
    echo 'return pipeline "s" { stage "fault" { on_error = "ignore" } }' >bad.lua
    run_out "$TAMIS" run bad.lua in.jsonl
    is 78
    has "$err" "quarantine"
    has "$err" "skip"
}

@test "a guard that fails quarantines its document and no other" {
    cat >guard.lua <<'END'
return pipeline "g" { stage "tally" { when = function(doc) return doc.id == "bad2" and nothing.at.all or true end } }
END
    documents 9 segv 10 >in.jsonl
    run_out "$TAMIS" run guard.lua in.jsonl -j 2 -o out.jsonl --max-quarantined 1
    is 0
    same "$(jq -r .id out.jsonl.quarantine.jsonl)" bad2
    has "$(jq -r .error out.jsonl.quarantine.jsonl)" '`when`'
}

@test "random mixtures of documents, workers and ways of reading come out as they must" {
    command -v python3 >/dev/null || skip "no python3"
    python3 "$BATS_TEST_DIRNAME/mixtures.py" "$TAMIS" 0 25
}

@test "where there are no workers a crash is told with its stage before it ends the command" {
    for word in segv abort stack; do
        echo "now @$word please" >in.txt
        for command in "trace fault.lua in.txt" "explain fault.lua in.txt" "try -s fault in.txt" "run fault.lua in.txt --in-process"; do
            run_out "$TAMIS" $command
            [ "$status" -ge 128 ] || [ "$status" -eq 1 ] # a sanitizer turns signals into exits
            has "$err" 'tamis: stage `fault` crashed ('
        done
    done
    echo fine >in.txt
    run_out "$TAMIS" trace fault.lua in.txt
    is 0
}
