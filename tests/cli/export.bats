# tamis export and tamis diff: records as other programs read them, and two runs side by side.

load common

record() { # text, spans, removed
    printf '{"schema":"tamis/1","id":"d","input":"d.txt","status":"written","reason":"","text":%s,"text_kind":"clean","offset_unit":"codepoint","lang":"en","lang_score":0.9,"errors":0,"spans":%s,"removed":%s,"meta":"{}"}\n' "$1" "$2" "$3"
}

span() { # number, type, source start, source end, value, ref, role
    printf '{"span":%s,"type":"%s","start":0,"end":0,"source_start":%s,"source_end":%s,"text":"","value":"%s","category":null,"lang":null,"score":null,"stage":"s","rule":"r","ref":%s,"role":%s,"attrs":"{}"}' "$@"
}

GONE='{"start":0,"end":5,"text":"Menu\n","reason":"nav","rule":"nav.path","score":1.0,"stage":"b","placeholder":""}'

@test "brat: text as it was read, annotations that slice it, relations" {
    record '"Hé 🚀 says Bo."' "[$(span 1 weapon 8 9 rocket null null),$(span 2 speaker 15 17 Bo 1 '"speaker"')]" "[$GONE]" >r.jsonl
    run_out "$TAMIS" export brat r.jsonl -o brat
    is 0
    [ "$(cat brat/d.txt)" = "$(printf 'Menu\nHé 🚀 says Bo.')" ]
    grep -q $'^T1\tweapon 8 9\t🚀$' brat/d.ann
    grep -q $'^T2\tspeaker 15 17\tBo$' brat/d.ann
    grep -q $'^R1\tspeaker Arg1:T2 Arg2:T1$' brat/d.ann
    grep -q $'^T3\tremoved 0 4\tMenu$' brat/d.ann
    grep -qx weapon brat/annotation.conf
}

@test "w3c: one annotation a line with position and words" {
    record '"Hé 🚀 says Bo."' "[$(span 1 weapon 8 9 rocket null null)]" "[$GONE]" >r.jsonl
    run_out "$TAMIS" export w3c r.jsonl
    is 0
    [ "$(wc -l <<<"$output")" -eq 2 ]
    [ "$(head -n 1 <<<"$output" | jq -c '.target.selector | [.[0].start, .[0].end, .[1].exact, .[1].prefix]')" = \
        '[8,9,"🚀","Menu\nHé "]' ]
}

@test "an unknown format says what was meant, brat without a folder is a usage error" {
    run_out "$TAMIS" export bart two.jsonl; is 2; has "$err" 'did you mean `brat`?'
    run_out "$TAMIS" export brat two.jsonl; is 2; has "$err" '-o FOLDER'
}

@test "diff of a file with itself finds all alike" {
    record '"Hello."' "[$(span 1 weapon 0 5 x null null)]" "[]" >a.jsonl
    run_out "$TAMIS" diff a.jsonl a.jsonl
    is 0
    [ "$output" = "1 document in both, 1 alike; 0 only in A, 0 only in B" ]
}

@test "diff tells what was lost, gained and changed, by rule" {
    record '"Hello you."' "[$(span 1 weapon 0 5 x null null),$(span 2 cue 6 9 y null null)]" "[]" >a.jsonl
    record '"Hello you."' "[$(span 1 weapon 0 5 z null null),$(span 2 quote 6 9 y null null)]" "[]" >b.jsonl
    run_out "$TAMIS" diff a.jsonl b.jsonl
    is 0
    has "$output" "weapon r: 0 lost, 0 gained, 1 changed"
    has "$output" "“Hello”  x → z"
    has "$output" "cue r: 1 lost, 0 gained, 0 changed"
    has "$output" "quote r: 0 lost, 1 gained, 0 changed"
}

@test "diff matches documents by id, in whatever order" {
    { record '"One."' "[]" "[]" | sed 's/"id":"d"/"id":"1"/'; record '"Two."' "[]" "[]" | sed 's/"id":"d"/"id":"2"/'; } >a.jsonl
    { tac a.jsonl; record '"Three."' "[]" "[]" | sed 's/"id":"d"/"id":"3"/'; } >b.jsonl
    run_out "$TAMIS" diff a.jsonl b.jsonl
    has "$output" "2 documents in both, 2 alike; 0 only in A, 1 only in B"
}
