# Where results go wrong: the same bytes for any -j, interrupts, closed pipes, full disks.

load common

# A pipeline that removes, writes spans and drops, so that records differ in size.
work_pipeline() {
    cat >work.lua <<'END'
return pipeline "work" {
  function(doc)
    local i, j = doc.text:find("number %d+,")
    if i then doc:remove(i, j, "number") end
  end,
  function(doc)
    for i, j in doc.text:gmatch("()%a+()") do doc:span("word", i, j - 1, { value = doc.id }) end
    if doc.id:find("77$") then return drop "seventy-seven" end
  end,
  stage "fault" {},
}
END
}

@test "the output is the same bytes for any number of workers, in one process, and through a pipe" {
    work_pipeline
    documents 20000 fail 500 >in.jsonl
    for how in "-j 1" "-j 2" "-j 4" "-j 9" --in-process; do
        "$TAMIS" run work.lua in.jsonl -q $how -o out.jsonl --emit docs --emit spans=spans.csv \
            --dropped dropped.jsonl --max-quarantined 40
        for f in out.jsonl spans.csv dropped.jsonl out.jsonl.quarantine.jsonl; do
            if [ -e first.$f ]; then cmp first.$f $f; else mv $f first.$f; fi
        done
    done
    "$TAMIS" run work.lua in.jsonl -q -j 2 --quarantine q.jsonl --max-quarantined 40 | cmp - first.out.jsonl
    "$TAMIS" run work.lua in.jsonl -q -j 2 --in-process --quarantine q.jsonl --max-quarantined 40 | cmp - first.out.jsonl
}

@test "the output is the same bytes when workers crash on the way" {
    work_pipeline
    documents 4000 segv 400 >in.jsonl
    for how in "-j 1" "-j 2" "-j 4"; do
        "$TAMIS" run work.lua in.jsonl -q $how -o out.jsonl --max-quarantined 10
        "$TAMIS" run work.lua in.jsonl -q $how --quarantine q.jsonl --max-quarantined 10 | cmp - out.jsonl
        if [ -e first.jsonl ]; then cmp first.jsonl out.jsonl; else mv out.jsonl first.jsonl; fi
    done
    same "$(wc -l <first.jsonl)" "$((4000 - 10 - $(grep -c '77"' in.jsonl)))"
}

@test "--unordered gives the same records in some order" {
    work_pipeline
    documents 20000 "" 1 >in.jsonl
    "$TAMIS" run work.lua in.jsonl -q -j 3 -o ordered.jsonl
    "$TAMIS" run work.lua in.jsonl -q -j 3 --unordered -o some.jsonl
    cmp <(sort ordered.jsonl) <(sort some.jsonl)
}

@test "a record larger than a slot comes through whole and in its place" {
    head -c 9000000 /dev/zero | tr '\0' 'x' >big.txt
    echo small >a.txt; echo small >z.txt
    "$TAMIS" run empty.lua a.txt big.txt z.txt -q -j 2 -o out.jsonl
    same "$(jq -c '[.id, (.text | length)]' out.jsonl | tr '\n' ' ')" '["a.txt",6] ["big.txt",9000000] ["z.txt",6] '
    "$TAMIS" run empty.lua a.txt big.txt z.txt -q -j 2 | cmp - out.jsonl
}

# ---------------------------------------------------------------- interrupts

# interrupted SIGNAL FLAGS…: a run over an endless stream, stopped by a signal once something is written.
interrupted() {
    local signal=$1; shift
    mkfifo pipe
    { while documents 500 "" 1; do sleep 0.02; done 2>/dev/null; } >pipe 3>&- &
    feeder=$!
    # A shell starts what runs in the background with SIGINT ignored.
    env --default-signal=INT "$TAMIS" run empty.lua - "$@" <pipe >stdout 2>err.txt 3>&- &
    child=$!
    for _ in $(seq 300); do
        [ -n "$(find . -maxdepth 1 \( -name stdout -o -name '*out.jsonl*' \) -size +100k)" ] && break
        sleep 0.1
    done
    kill -$signal $child
    status=0; wait $child || status=$?
    kill $feeder 2>/dev/null || true
    wait $feeder 2>/dev/null || true
    err=$(cat err.txt) output=
}

@test "SIGINT leaves OUT.partial, whole lines of it, and ends with 130" {
    echo keep >out.jsonl
    interrupted INT -j 2 -o out.jsonl
    is 130
    same "$(cat out.jsonl)" keep
    jq -e .id out.jsonl.partial >/dev/null
    same "$(tail -c 1 out.jsonl.partial | od -An -c | tr -d ' ')" '\n'
    [ "$(wc -l <out.jsonl.partial)" -gt 100 ]
    has "$err" "interrupted"
    has "$err" "what was written stands in out.jsonl.partial"
}

@test "SIGTERM does the same" {
    interrupted TERM -j 2 -o out.jsonl
    is 130
    jq -e .id out.jsonl.partial >/dev/null
    [ ! -e out.jsonl ]
}

@test "SIGINT on a run in one process leaves OUT.partial too" {
    interrupted INT --in-process -o out.jsonl
    is 130
    jq -e .id out.jsonl.partial >/dev/null
}

@test "SIGINT on a run into a pipe leaves whole lines there" {
    interrupted INT -j 2
    is 130
    jq -e .id stdout >/dev/null
    same "$(tail -c 1 stdout | od -An -c | tr -d ' ')" '\n'
}

@test "a second SIGINT ends a run whose stage hangs, at once" {
    documents 9 sleep 10 >in.jsonl
    env --default-signal=INT "$TAMIS" run fault.lua in.jsonl -j 2 -o out.jsonl 2>err.txt 3>&- &
    child=$!
    sleep 0.5; kill -INT $child; sleep 0.3; kill -INT $child
    for _ in $(seq 50); do kill -0 $child 2>/dev/null || break; sleep 0.1; done
    ! kill -0 $child 2>/dev/null
    status=0; wait $child || status=$?
    is 130
}

@test "workers end with their parent, however it ends" {
    documents 9 sleep 10 >in.jsonl
    "$TAMIS" run fault.lua in.jsonl -j 2 -o orphan.jsonl 2>err.txt 3>&- &
    child=$!
    sleep 0.5
    workers=$(pgrep -P $child | tr '\n' ' ')
    [ -n "$workers" ]
    kill -KILL $child; wait $child || true
    for _ in $(seq 50); do
        left=; for w in $workers; do kill -0 $w 2>/dev/null && [ "$(ps -o stat= -p $w | cut -c1)" != Z ] && left=$w; done
        [ -z "$left" ] && break; sleep 0.1
    done
    [ -z "$left" ]
}

# ---------------------------------------------------------------- pipes and disks

@test "a reader that closes the pipe ends the run quietly, workers and all" {
    documents 200000 "" 1 >in.jsonl
    for how in "-j 2" --in-process; do
        { status=0; "$TAMIS" run empty.lua in.jsonl $how --quarantine q.jsonl 2>err.txt || status=$?; echo $status >code; } | head -n 3 >first.jsonl
        same "$(wc -l <first.jsonl)" 3
        same "$(cat code)" 141
        [ ! -s err.txt ] || { cat err.txt; return 1; }
    done
    same "$(pgrep -f "$PWD" || true)" ""
}

@test "a full device is exit code 74 and named, from workers and in one process" {
    [ -c /dev/full ] || skip "no /dev/full"
    documents 20000 "" 1 >in.jsonl
    for how in "-j 2" --in-process; do
        run_out "$TAMIS" run empty.lua in.jsonl $how -o /dev/full
        is 74
        has "$err" "/dev/full"
        has "$err" "No space left on device"
        run_out bash -c '"$0" run empty.lua in.jsonl -q '"$how"' >/dev/full' "$TAMIS"
        is 74
    done
}

@test "a file that cannot grow is exit code 74, and leaves nothing behind" {
    documents 20000 "" 1 >in.jsonl
    for how in "-j 2" --in-process; do
        run_out bash -c 'ulimit -f 64; "$0" run empty.lua in.jsonl '"$how"' -o out.jsonl' "$TAMIS"
        is 74
        has "$err" "out.jsonl"
        same "$(ls out* 2>/dev/null || true)" ""
    done
}

@test "a quarantine file or a file of dropped documents that cannot be written is exit code 74" {
    [ -c /dev/full ] || skip "no /dev/full"
    documents 40 fail 4 >in.jsonl
    run_out "$TAMIS" run fault.lua in.jsonl -o out.jsonl --quarantine /dev/full
    is 74
    documents 40 drop 4 >in.jsonl
    run_out "$TAMIS" run fault.lua in.jsonl -o out.jsonl --dropped /dev/full
    is 74
    [ ! -e out.jsonl ]
}

@test "a stale quarantine file is removed by a run that needs none" {
    documents 9 fail 10 >in.jsonl
    "$TAMIS" run fault.lua in.jsonl -q -o out.jsonl --max-quarantined 1
    [ -s out.jsonl.quarantine.jsonl ]
    "$TAMIS" run empty.lua in.jsonl -q -o out.jsonl
    [ ! -e out.jsonl.quarantine.jsonl ]
}

@test "the counts add up however documents end" {
    { documents 300 fail 10; documents 300 drop 10; documents 300 segv 100; echo '{"text": '; } >in.jsonl
    for how in "-j 1" "-j 3"; do
        "$TAMIS" run fault.lua in.jsonl -q $how -o out.jsonl --stats stats.json --max-quarantined 50%
        same "$(jq -c '[.docs, .written, .dropped, .quarantined]' stats.json)" "[901,837,30,34]"
        same "$(wc -l <out.jsonl)" 837
        same "$(wc -l <out.jsonl.quarantine.jsonl)" 34
    done
}

# ---------------------------------------------------------------- poor surroundings

@test "closed standard descriptors spoil no result, and are errors where they are needed" {
    documents 300 "" 1 >in.jsonl
    "$TAMIS" run empty.lua in.jsonl -q -o good.jsonl
    "$TAMIS" run empty.lua in.jsonl -o out.jsonl <&-
    cmp good.jsonl out.jsonl
    "$TAMIS" run empty.lua in.jsonl -o out2.jsonl 2>&-
    cmp good.jsonl out2.jsonl
    "$TAMIS" run empty.lua in.jsonl -o out3.jsonl <&- >&- 2>&-
    cmp good.jsonl out3.jsonl
    run_out bash -c '"$0" run empty.lua in.jsonl >&-' "$TAMIS"
    is 74
    run_out bash -c '"$0" run empty.lua - <&-' "$TAMIS"
    is 65
}

@test "an empty environment, another folder and one that cannot be written are enough" {
    documents 300 "" 1 >in.jsonl
    "$TAMIS" run empty.lua in.jsonl -q >good.jsonl
    env -i "$TAMIS" run empty.lua in.jsonl -q | cmp - good.jsonl
    mkdir narrow; chmod 555 narrow
    (cd narrow; "$TAMIS" run ../empty.lua ../in.jsonl -q) | sed 's|"input":"../in|"input":"in|' | cmp - good.jsonl
}

@test "little address space and few descriptors will do, too little of them is told with the mend" {
    ! nm "$TAMIS" 2>/dev/null | grep -q __asan_ || skip "the sanitizer needs all address space"
    documents 300 "" 1 >in.jsonl
    "$TAMIS" run empty.lua in.jsonl -q >good.jsonl
    (ulimit -v 3000000; "$TAMIS" run empty.lua in.jsonl -q -j 2) | cmp - good.jsonl
    (ulimit -n 16; "$TAMIS" run empty.lua in.jsonl -q -j 2) | cmp - good.jsonl
    run_out bash -c 'ulimit -v 1000000; "$0" run empty.lua in.jsonl -q -j 30' "$TAMIS"
    is 70
    has "$err" "--max-document"
    run_out bash -c 'ulimit -n 8; "$0" run empty.lua in.jsonl -q -j 4' "$TAMIS"
    is 70
    has "$err" "Too many open files"
}

@test "a worker that finishes far ahead of all others loses none of its results" {
    feed() { # as many documents as others pause on, then one after the other for the worker that is left
        for i in $(seq 11); do echo "{\"id\":\"p$i\",\"text\":\"wait @pause please\"}"; sleep 0.1; done
        for i in $(seq 14); do echo "{\"id\":\"q$i\",\"text\":\"quick\"}"; sleep 0.1; done
    }
    feed | timeout 60 "$TAMIS" run fault.lua - -j 12 -o out.jsonl 2>err.txt
    ! grep died err.txt
    same "$(wc -l <out.jsonl)" 25
}
