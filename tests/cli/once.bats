# tamis run --once: what was done is not done again, and what changed is.

load common

# once FLAGS…: a run with --once, with what it says in $err.
once() { run_out "$TAMIS" run "${pipeline:-empty.lua}" two.jsonl a.txt --once -o out.jsonl "$@"; }
skipped() { is 0; has "$err" "nothing to do"; }
ran() { is 0; [[ "$err" != *"nothing to do"* ]] || { echo "$err"; return 1; }; }

@test "a run of the same does nothing, with any number of workers" {
    once; ran
    before=$(stat -c %i:%Y out.jsonl)
    once; skipped
    has "$err" "same 3 documents"
    once -j 1; skipped
    once --in-process -q; is 0; [ -z "$err" ]
    [ "$(stat -c %i:%Y out.jsonl)" = "$before" ]
}

@test "the mark says of what the output was made" {
    once; ran
    [ "$(jq -r 'keys_unsorted | join(" ")' out.jsonl.done.json)" = \
        "schema tamis inputs pipeline command documents written dropped quarantined outputs" ]
    [ "$(jq -c '[.documents, .written, .outputs[0].path, .outputs[0].bytes]' out.jsonl.done.json)" = \
        "[3,3,\"out.jsonl\",$(stat -c %s out.jsonl)]" ]
}

@test "another input, pipeline, data file, flag or output is run anew" {
    once; ran
    echo '{"text":"more"}' >>two.jsonl; once; ran; once; skipped
    sed -i 's/First/Furst/' two.jsonl; once; ran; once; skipped
    echo 'return pipeline "other" { stage "length_filter" {} }' >empty.lua; once; ran; once; skipped
    once -D length_filter.min_words=1; ran
    once --offsets byte; ran
    once --shard 1/2; ran
    once; ran; once; skipped
    echo >>out.jsonl; once; ran
    rm out.jsonl; once; ran; once; skipped
    printf 'term\nalpha\n' >words.txt
    echo 'return pipeline "words" { rules { { name = "w", terms = "words.txt", type = "w" } } }' >words.lua
    pipeline=words.lua
    once; ran; once; skipped
    echo beta >>words.txt; once; ran
}

@test "a run that fails, is interrupted or quarantines too many leaves no mark" {
    once; ran
    echo '{"text":' >>two.jsonl
    once --max-quarantined 0; is 1
    [ ! -e out.jsonl.done.json ]
    once --max-quarantined 1; ran
    [ -e out.jsonl.done.json ]
    once --max-quarantined 1; skipped
}

@test "the quarantine belongs to what was done" {
    echo '{"text":' >>two.jsonl
    once --max-quarantined 1; ran
    once --max-quarantined 1; skipped
    rm out.jsonl.quarantine.jsonl
    once --max-quarantined 1; ran
    [ -s out.jsonl.quarantine.jsonl ]
}

@test "a mark that cannot be read is none" {
    once; ran
    for bad in '' '{' '[]' '{"schema":"tamis-done/1"}' null; do
        echo "$bad" >out.jsonl.done.json
        once; ran
    done
    once; skipped
}

@test "without an output file, with a pipe or --watch it is told what is missing" {
    run_out "$TAMIS" run empty.lua a.txt --once
    is 2; has "$err" "name one with -o"
    run_out bash -c "cat two.jsonl | '$TAMIS' run empty.lua - --once -o out.jsonl"
    is 2; has "$err" "pipe"
    run_out "$TAMIS" run empty.lua a.txt --once --watch -o out.jsonl
    is 2
}
