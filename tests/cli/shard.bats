# tamis run --shard: parts of the inputs, on one machine and as tasks of an array job.

load common

inputs() {
    mkdir texts
    for i in 1 2 3 4 5 6 7; do printf 'Text %d\n%*s\n' "$i" $((i * 37 % 200)) x >"texts/$i.txt"; done
    : >texts/empty.txt
    for i in $(seq 1 300); do
        printf '{"text":"Line %d %*s"}\n' "$i" $((i * 53 % 400)) x
        [ $((i % 17)) -ne 0 ] || echo
    done >texts/z.jsonl
    { printf '{"id":"a","text":"first"}\n{"id":"b","text":"'; head -c 3000 /dev/zero | tr '\0' y
      printf '"}\n{"id":"c","text":"no end of line"}'; } >more.jsonl
}

# parts N FLAGS…: the outputs of all parts, one behind the other.
parts() {
    local n=$1; shift
    for i in $(seq 1 "$n"); do
        "$TAMIS" run empty.lua texts more.jsonl -q --shard "$i/$n" -o "part.$i.jsonl" "$@" || return 1
        cat "part.$i.jsonl"
    done
}

@test "the outputs of the shards, one behind the other, are that of the whole" {
    inputs
    "$TAMIS" run empty.lua texts more.jsonl -q -o whole.jsonl
    [ "$(wc -l <whole.jsonl)" -eq 311 ]
    for n in 1 2 3 7 40 1000; do
        parts "$n" -j 1 --in-process >all.jsonl
        cmp whole.jsonl all.jsonl || { echo "of $n"; return 1; }
    done
    parts 5 -j 2 >all.jsonl
    cmp whole.jsonl all.jsonl
}

@test "shards are alike in bytes" {
    inputs
    "$TAMIS" run empty.lua texts/z.jsonl -q -o whole.jsonl
    for i in 1 2 3 4; do
        "$TAMIS" run empty.lua texts/z.jsonl -q --shard "$i/4" -o part.jsonl
        [ "$(wc -l <part.jsonl)" -gt 60 ]
        [ "$(wc -l <part.jsonl)" -lt 90 ]
    done
}

@test "a record that cannot be read is quarantined in one shard, with its line" {
    inputs
    echo '{"text": broken' >>texts/z.jsonl
    for i in 1 2 3; do
        "$TAMIS" run empty.lua texts -q --shard "$i/3" -o "part.$i.jsonl" --max-quarantined 1
    done
    got=$(cat part.*.quarantine.jsonl | jq -r .locator)
    [ "$got" = "texts/z.jsonl#318" ] || { echo "$got"; return 1; }
}

@test "packed files are whole in one shard" {
    inputs
    gzip -k texts/z.jsonl
    "$TAMIS" run empty.lua texts -q -o whole.jsonl
    for i in 1 2 3; do
        "$TAMIS" run empty.lua texts -q --shard "$i/3" -o part.jsonl
        cat part.jsonl
    done >all.jsonl
    cmp whole.jsonl all.jsonl
}

@test "auto is the task of an array job" {
    inputs
    export SLURM_ARRAY_TASK_ID=7 SLURM_ARRAY_TASK_COUNT=3 SLURM_ARRAY_TASK_MIN=3 SLURM_ARRAY_TASK_STEP=2
    "$TAMIS" run empty.lua texts -q --shard auto -o auto.jsonl
    "$TAMIS" run empty.lua texts -q --shard 3/3 -o third.jsonl
    cmp auto.jsonl third.jsonl
    SLURM_ARRAY_TASK_ID=6 run_out "$TAMIS" run empty.lua texts --shard auto
    is 2; has "$err" "not numbered evenly"
    unset SLURM_ARRAY_TASK_ID
    AWS_BATCH_JOB_ARRAY_INDEX=2 AWS_BATCH_JOB_ARRAY_SIZE=3 "$TAMIS" run empty.lua texts -q --shard auto -o auto.jsonl
    cmp auto.jsonl third.jsonl
    JOB_COMPLETION_INDEX=2 run_out "$TAMIS" run empty.lua texts --shard auto
    is 2; has "$err" 'JOB_COMPLETION_INDEX + 1'
    run_out "$TAMIS" run empty.lua texts --shard auto
    is 2; has "$err" "no array job"
}

@test "what is no part is told, and so is a pipe" {
    inputs
    for wrong in 0/3 4/3 3 a/b 1/ /2 1/2/3 -1/2 1/9999999; do
        run_out "$TAMIS" run empty.lua texts --shard "$wrong"
        is 2; has "$err" "--shard"
    done
    run_out bash -c "cat more.jsonl | '$TAMIS' run empty.lua - --shard 1/2"
    is 2; has "$err" "standard input is a pipe"
}

@test "counts of shards become the table of the whole" {
    inputs
    for i in 1 2 3; do
        "$TAMIS" frequencies texts/z.jsonl --least 1 --shard "$i/3" -o "$i.freq" -q
    done
    "$TAMIS" frequencies 1.freq 2.freq 3.freq -o all.freq -q
    "$TAMIS" frequencies texts/z.jsonl -o whole.freq -q
    cmp all.freq whole.freq
}
