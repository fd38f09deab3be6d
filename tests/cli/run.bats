# tamis run: what goes in, what comes out, what is told, and the exit code of each end.

load common

@test "text files, a JSONL file and a folder become one record a document" {
    mkdir -p folder/sub
    echo one >folder/b.txt; echo two >folder/sub/a.txt; cp two.jsonl folder/c.jsonl
    run_out "$TAMIS" run empty.lua a.txt folder -q
    is 0
    [ "$(wc -l <<<"$output")" -eq 5 ]
    [ "$(jq -r .id <<<"$output" | tr '\n' ' ')" = "a.txt b.txt one two sub/a.txt " ] ||
        { jq -r .id <<<"$output"; return 1; }
}

@test "standard input is JSONL if its first line is an object, else one text" {
    run_out "$TAMIS" run empty.lua - -q <two.jsonl
    is 0
    [ "$(wc -l <<<"$output")" -eq 2 ]
    run_out "$TAMIS" run empty.lua -q <a.txt
    is 0
    [ "$(jq -r .text <<<"$output")" = "$(cat a.txt)" ]
}

@test "empty standard input is no document, from a pipe and from a file" {
    for blank in '' '\n' ' \n\n'; do
        printf "$blank" | "$TAMIS" run empty.lua 2>err.txt >out.jsonl
        [ ! -s out.jsonl ]
        has "$(cat err.txt)" "warning: no document in the inputs"
    done
    run_out "$TAMIS" run empty.lua -q </dev/null
    is 0
    [ -z "$output" ]
    : >nothing
    run_out "$TAMIS" run empty.lua - -q <nothing
    is 0
    [ -z "$output" ]
    run_out "$TAMIS" run empty.lua - -q --from text </dev/null # as it was asked
    [ "$(jq -r .id <<<"$output")" = - ]
}

@test "a folder with nothing to read in it is exit code 65, and nothing is written" {
    mkdir -p bare/deeper other
    echo '<p>a page' >other/page.html; echo hidden >other/.note.txt
    run_out "$TAMIS" run empty.lua a.txt bare -o out.jsonl
    is 65
    has "$err" "the folder bare is empty"
    [ ! -e out.jsonl ]
    run_out "$TAMIS" run empty.lua other
    is 65
    has "$err" "nothing to read in the folder other: 2 files left alone: no known suffix"
    : >other/none.jsonl
    run_out "$TAMIS" run empty.lua other
    is 0
    has "$err" "warning: no document in the inputs"
}

@test "further members come out digit for digit" {
    run_out "$TAMIS" run empty.lua two.jsonl --nested -q
    is 0
    has "$output" '"meta":{"n":9007199254740993}'
}

@test "-o writes the file whole, and nothing to standard output" {
    run_out "$TAMIS" run empty.lua two.jsonl -o out.jsonl
    is 0
    [ -z "$output" ]
    [ "$(wc -l <out.jsonl)" -eq 2 ]
    has "$err" "2 documents"
    has "$err" "= 2 written + 0 dropped + 0 quarantined"
    [ "$(ls)" = "$(printf 'a.txt\nempty.lua\nerr.txt\nout.jsonl\ntwo.jsonl')" ] || { ls; return 1; }
}

@test "a pipe gets JSONL and -q leaves standard error empty" {
    run_out "$TAMIS" run empty.lua two.jsonl -q
    is 0
    [ -z "$err" ]
    jq -e . <<<"$output" >/dev/null
}

@test "the suffix of -o chooses the format, --format overrules it" {
    "$TAMIS" run empty.lua two.jsonl -q -o out.csv
    head -n 1 out.csv | grep -q ','
    ! jq -e . out.csv >/dev/null 2>&1
    "$TAMIS" run empty.lua two.jsonl -q -o out2.csv --format jsonl
    jq -e . out2.csv >/dev/null
}

@test "--emit gives each kind its file beside the main output" {
    run_out "$TAMIS" run empty.lua two.jsonl -q -o out.jsonl --emit spans=spans.csv --emit quotes=quotes.tsv
    is 0
    [ "$(wc -l <out.jsonl)" -eq 2 ]
    head -n 1 spans.csv | grep -q type
    head -n 1 quotes.tsv | grep -q speaker
}

@test "--emit with a file and no -o writes that file alone" {
    run_out "$TAMIS" run empty.lua two.jsonl -q --emit docs=docs.jsonl
    is 0
    [ -z "$output" ]
    [ "$(wc -l <docs.jsonl)" -eq 2 ]
}

@test "-n takes the first documents, --id the one" {
    run_out "$TAMIS" run empty.lua two.jsonl -q -n 1
    [ "$(jq -r .id <<<"$output")" = one ]
    run_out "$TAMIS" run empty.lua two.jsonl -q --id two
    [ "$(jq -r .id <<<"$output")" = two ]
}

@test "an id that no document has is exit code 65" {
    run_out "$TAMIS" run empty.lua two.jsonl --id three
    is 65
    has "$err" 'no document has the id `three`'
    [[ "$err" != *"no document in the inputs"* ]]
}

@test "the output is the same for any number of workers" {
    for i in $(seq 500); do printf '{"id":"d%d","text":"Text number %d."}\n' $i $i; done >many.jsonl
    "$TAMIS" run empty.lua many.jsonl -q -j 1 -o one.jsonl
    "$TAMIS" run empty.lua many.jsonl -q -j 3 -o three.jsonl
    "$TAMIS" run empty.lua many.jsonl -q --in-process -o none.jsonl
    cmp one.jsonl three.jsonl
    cmp one.jsonl none.jsonl
}

@test "a dropped document is counted by its reason, and written where that is asked" {
    cat >drop.lua <<'END'
return pipeline "d" { function(doc) if doc.text:find("Second") then return drop "second" end end }
END
    run_out "$TAMIS" run drop.lua two.jsonl -o out.jsonl
    is 0
    has "$err" "= 1 written + 1 dropped + 0 quarantined"
    [[ "$err" =~ 1\ +.*second ]]
    run_out "$TAMIS" run drop.lua two.jsonl -q --with-dropped
    [ "$(jq -r .status <<<"$output" | tr '\n' ' ')" = "written dropped " ]
    run_out "$TAMIS" run drop.lua two.jsonl -q --dropped dropped.jsonl
    [ "$(jq -r .reason dropped.jsonl)" = second ]
}

@test "a document on which a stage fails goes to quarantine and past the allowance the exit code is 1" {
    cat >fail.lua <<'END'
return pipeline "f" { function(doc) if doc.id == "two" then error "no" end end }
END
    run_out "$TAMIS" run fail.lua two.jsonl -o out.jsonl
    is 1
    has "$err" "1 quarantined"
    [ "$(wc -l <out.jsonl)" -eq 1 ]
    run ls
    has "$output" "quarantine.jsonl"
    run_out "$TAMIS" run fail.lua two.jsonl -o out.jsonl --max-quarantined 1
    is 0
    run_out "$TAMIS" run fail.lua two.jsonl -o out.jsonl --max-quarantined 50%
    is 0
    run_out "$TAMIS" run fail.lua two.jsonl -o out.jsonl --quarantine bad.jsonl --max-quarantined 49%
    is 1
    run_out "$TAMIS" run empty.lua bad.jsonl -q
    is 0
    [ "$(jq -r .id <<<"$output")" = two ]
    [ "$(jq -r .text <<<"$output")" = "Second text." ]
}

@test "what fails and is kept nowhere is exit code 1, with the mend" {
    echo 'return pipeline "f" { function(doc) error "no" end }' >fail.lua
    run_out "$TAMIS" run fail.lua two.jsonl
    is 1
    has "$err" "--quarantine FILE"
    for i in $(seq 300); do printf '{"text":"%d"}\n' $i; done >many.jsonl
    echo 'return pipeline "f" { function(doc) if doc.text == "7" then error "no" end end }' >one.lua
    run_out "$TAMIS" run one.lua many.jsonl
    is 1
    run_out "$TAMIS" run one.lua many.jsonl --quarantine q.jsonl
    is 0
}

@test "--stats writes one object with the keys that are promised" {
    run_out "$TAMIS" run clean two.jsonl -q --stats stats.json
    is 0
    [ "$(jq -r 'keys_unsorted | join(" ")' stats.json)" = "docs bytes seconds written dropped quarantined faulty reasons stages identity" ]
    [ "$(jq -r '.stages[0] | keys_unsorted | join(" ")' stats.json)" = \
        "name calls skipped bytes cpu_seconds p50 p99 spans removals" ]
    [ "$(jq -c '[.docs, .written, .dropped, .quarantined]' stats.json)" = "[2,2,0,0]" ]
    [ "$(jq -c '[.stages[].calls]' stats.json)" = "[2,2]" ]
}

@test "--stats has one identity for equal pipelines, another once an option or a file of data differs" {
    identity() { "$TAMIS" run "$@" two.jsonl -q -o /dev/null --stats stats.json && jq -r .identity stats.json; }
    printf 'term\tvalue\nfirst\tA\n' >terms.tsv
    echo 'return pipeline "p" { stage "terms" { gazetteer = "./terms.tsv", type = "find" } }' >terms.lua
    first=$(identity terms.lua)
    [[ "$first" =~ ^[0-9a-f]{16}$ ]]
    [ "$(identity terms.lua -j 2)" = "$first" ]
    [ "$(identity terms.lua -D terms.type=other)" != "$first" ]
    printf 'term\tvalue\nfirst\tB\n' >terms.tsv
    [ "$(identity terms.lua)" != "$first" ]
}

@test "a line that a stage says again and again is counted, and -q hides the count as it hides the line" {
    local page='{"id":"a","text":"Home\nContact\nShare\nTweet\nThe minister said on Monday that the bridge would stay closed.\nCookies\n"}'
    printf '%s\n%s\n' "$page" "$page" >pages.jsonl
    run_out "$TAMIS" run clean pages.jsonl -o out.jsonl -D boilerplate.max_removed=0 -D boilerplate.mode=page -v
    is 0
    has "$err" "only what is certain goes (2 times)"
    run_out "$TAMIS" run clean pages.jsonl -o out.jsonl -D boilerplate.max_removed=0 -D boilerplate.mode=page -q
    is 0
    [ -z "$err" ]
}

@test "a file of -D that is nowhere is told with every folder that was looked in" {
    run_out "$TAMIS" run arms-news a.txt -D weapons.gazetteer=none.tsv
    is 78
    has "$err" "no file \`none.tsv\`"
    has "$err" "looked in the working folder, in \`"
    has "$err" "weapons/data"
}

@test "the summary has a line a stage with calls, time and share" {
    run_out "$TAMIS" run clean two.jsonl -o out.jsonl
    is 0
    [[ "$err" =~ boilerplate\ +2\ +0\ .*% ]]
    [[ "$err" =~ language\ +2\ +0\ .*% ]]
}

@test "-D sets an option of a stage and a parameter of the file" {
    echo 'local least = param("least", 3) return pipeline "p" { function(doc) if #doc.text < least then return drop "short" end end }' >p.lua
    run_out "$TAMIS" run p.lua two.jsonl -o out.jsonl -D least=1000
    is 0
    has "$err" "0 written + 2 dropped"
    run_out "$TAMIS" run p.lua two.jsonl -o out.jsonl -D leest=1
    is 78
    has "$err" "leest"
}

# ---------------------------------------------------------------- what is wrong with inputs

@test "a missing input is exit code 65 and named" {
    run_out "$TAMIS" run empty.lua gone.txt -o out.jsonl
    is 65
    has "$err" "gone.txt"
    [ ! -e out.jsonl ]
}

@test "a folder without documents is told" {
    mkdir hollow; touch hollow/picture.png
    run_out "$TAMIS" run empty.lua hollow -o out.jsonl
    is 65
    has "$err" "nothing to read in the folder hollow: 1 file left alone"
}

@test "a file that is no text costs its bytes, not the run" {
    head -c 4096 /dev/urandom >noise.bin
    run_out "$TAMIS" run empty.lua noise.bin -q
    is 0
    [ "$(jq '.errors > 0' <<<"$output")" = true ]
}

@test "a bad JSON line costs itself" {
    printf '{"text":"good"}\n{"text": broken}\n{"text":"good too"}\n' >bad.jsonl
    run_out "$TAMIS" run empty.lua bad.jsonl -o out.jsonl --max-quarantined 1
    is 0
    [ "$(wc -l <out.jsonl)" -eq 2 ]
    has "$err" "1 quarantined"
}

@test "a first record without the text key is exit code 65, and its keys are listed" {
    printf '{"body":"x","title":"y"}\n' >keys.jsonl
    run_out "$TAMIS" run empty.lua keys.jsonl -o out.jsonl
    is 65
    has "$err" "body"
    has "$err" "title"
    run_out "$TAMIS" run empty.lua keys.jsonl -q --text-key body --id-key title
    is 0
    [ "$(jq -r .id <<<"$output")" = y ]
}

@test "an input that may not be read is exit code 65" {
    [ "$(id -u)" -ne 0 ] || skip "root may read everything"
    chmod 000 a.txt
    run_out "$TAMIS" run empty.lua a.txt
    is 65
}

@test "an output that is an input, or the pipeline, is refused before anything is touched" {
    cp two.jsonl before
    ln -s two.jsonl link.jsonl
    for out in two.jsonl ./two.jsonl link.jsonl empty.lua; do
        run_out "$TAMIS" run empty.lua two.jsonl -o "$out"
        is 2
        has "$err" "would be written"
    done
    run_out "$TAMIS" run empty.lua two.jsonl -q --stats two.jsonl
    is 2
    cmp two.jsonl before
}

@test "a type that no stage writes is told with the one that was meant" {
    run_out "$TAMIS" run arms-news a.txt --types weapn
    is 0
    has "$err" 'did you mean `weapon`?'
}

@test "an encoding that is none is told" {
    run_out "$TAMIS" run empty.lua a.txt --encoding latin9000
    is 2
    has "$err" "latin9000"
}

@test "an output that cannot be written is exit code 74" {
    run_out "$TAMIS" run empty.lua a.txt -o no/such/folder/out.jsonl
    is 74
    has "$err" "no/such/folder"
}

@test "a full disk is exit code 74" {
    [ -c /dev/full ] || skip "no /dev/full"
    run_out "$TAMIS" run empty.lua two.jsonl -o /dev/full
    is 74
}

# ---------------------------------------------------------------- what is wrong with pipelines

@test "a missing pipeline is exit code 78 and a shipped name is suggested" {
    run_out "$TAMIS" run gone.lua a.txt
    is 78
    has "$err" "gone.lua"
    run_out "$TAMIS" run arms-mews a.txt
    is 78
    has "$err" 'did you mean `arms-news`?'
}

@test "broken Lua is exit code 78 with file and line" {
    printf 'return pipeline "x" {\n  stage "language" {\n}\n' >broken.lua
    run_out "$TAMIS" run broken.lua a.txt
    is 78
    [[ "$err" =~ broken\.lua:[0-9]+ ]]
}

@test "all mistakes of a pipeline are told at once, with what was meant" {
    cat >wrong.lua <<'END'
return pipeline "x" {
  stage "langauge" {},
  stage "boilerplate" { max_remved = 0.5 },
}
END
    run_out "$TAMIS" run wrong.lua a.txt
    is 78
    has "$err" 'did you mean `language`?'
    has "$err" 'did you mean `max_removed`?'
    has "$err" 'wrong.lua:2'
    has "$err" 'wrong.lua:3'
}

@test "a plugin folder that is not there is exit code 78" {
    run_out "$TAMIS" run empty.lua a.txt --plugin-dir nowhere
    is 78
    has "$err" nowhere
}

@test "an interrupt ends with 130" {
    mkfifo pipe
    sleep 30 >pipe &
    holder=$!
    # A shell starts what runs in the background with SIGINT ignored.
    env --default-signal=INT "$TAMIS" run empty.lua - -q <pipe >out.jsonl 2>err.txt &
    child=$!
    sleep 0.5
    kill -INT $child
    status=0; wait $child || status=$?
    kill $holder
    is 130
}

@test "a reader of the output that goes away ends the run quietly" {
    for i in $(seq 20000); do printf '{"text":"Text number %d."}\n' $i; done >many.jsonl
    "$TAMIS" run empty.lua many.jsonl -q 2>err.txt | head -n 1 >first.jsonl
    jq -e . first.jsonl >/dev/null
    [ ! -s err.txt ]
}

@test "a stage written out in the pipeline runs, with its name and options; another table is an error" {
    cat >own.lua <<'EOF'
return pipeline "own" {
  { name = "first", options = { n = 3 }, writes = { "span:start" },
    run = function(doc, options) doc:span("start", 1, options.n) end },
}
EOF
    printf 'abcdef\n' >own.txt
    run_out "$TAMIS" run own.lua own.txt -D first.n=2 --format jsonl
    [ "$status" = 0 ]
    [[ "$output" == *'"text":"ab","value":null,"category":null,"lang":null,"score":null,"stage":"first"'* ]]
    echo 'return pipeline "p" { function(doc) end, function(doc) end, function(doc) return drop "third" end }' >line.lua
    run_out "$TAMIS" run line.lua own.txt -q --with-dropped --format jsonl
    [[ "$output" == *'"status":"dropped","reason":"third"'* ]]
    sed 's/run =/ran =/' own.lua >wrong.lua
    run "$TAMIS" check wrong.lua
    [ "$status" = 78 ]
    [[ "$output" == *"and no \`run\` is no stage"* ]]
}
