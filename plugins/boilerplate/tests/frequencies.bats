# tamis frequencies and what the stage makes of its table; HTML blocks as further cues. All texts are written
# for these tests.

load ../../../tests/cli/common

# Six pages of one paper: the same frame around six stories; a seventh of another paper.
pages() {
    local i=0 story
    while read -r story; do
        i=$((i + 1))
        printf '{"id":"p%s","url":"https://www.harbour-post.example/%s","text":"The harbour at dawn\\n%s\\nOur readers keep the lights of this paper burning through the long nights of the year.\\nNobody at the office of the port would say how long it was going to last, and the reporter of page %s did not ask again."}\n' \
            $i $i "$story" $i
    done <<'STORIES'
A crane was repaired by two men from the yard on Monday, while the ships waited outside the mole.
The ferry left an hour late with forty passengers and a piano for the island school on board.
An old rope museum opens its doors again in spring, with a roof that keeps out the rain at last.
Divers found a bell under the second pier and carried it up the hill to the church of the sailors.
Fishermen voted against the new nets after an evening of speeches that nobody wanted to shorten.
The lighthouse keeper retired on Friday, and his daughter will climb the stairs in his place now.
STORIES
    printf '{"id":"q","url":"https://other.example/q","text":"Another paper\\nOur readers keep the lights of this paper burning through the long nights of the year.\\nThe baker of the square gave his bread away on Sunday, and nobody knew the reason for it."}\n'
}

pipeline() { # options
    printf 'return pipeline "p" { stage "boilerplate" { %s } }\n' "$1" >p.lua
}

@test "tables of shards, merged, are the table of one pass" {
    pages >all.jsonl
    head -n 3 all.jsonl >one.jsonl
    tail -n +4 all.jsonl >two.jsonl
    for least in 1 2 4; do
        run_out "$TAMIS" frequencies all.jsonl -o whole.freq --least $least; is 0
        for part in one two; do
            run_out "$TAMIS" frequencies $part.jsonl -o $part.freq --least 1; is 0
        done
        run_out "$TAMIS" frequencies one.freq two.freq -o merged.freq --least $least; is 0
        cmp whole.freq merged.freq
    done
}

@test "documents and tables may be counted together" {
    pages >all.jsonl
    head -n 3 all.jsonl >one.jsonl
    tail -n +4 all.jsonl >two.jsonl
    "$TAMIS" frequencies -q all.jsonl -o whole.freq
    "$TAMIS" frequencies -q one.jsonl -o one.freq --least 1
    "$TAMIS" frequencies -q one.freq two.jsonl -o both.freq
    cmp whole.freq both.freq
}

@test "a pruned table is refused as a shard, an output must be named" {
    pages >all.jsonl
    "$TAMIS" frequencies -q all.jsonl -o pruned.freq
    run_out "$TAMIS" frequencies pruned.freq -o again.freq; is 65; has "$err" '--least 1'
    [ ! -e again.freq ]
    run_out "$TAMIS" frequencies all.jsonl; is 2; has "$err" '-o'
    run_out "$TAMIS" frequencies; is 2; has "$err" 'no input'
}

@test "a line that a site repeats goes, the same line elsewhere stays" {
    pages >all.jsonl
    "$TAMIS" frequencies -q all.jsonl -o all.freq
    pipeline 'frequencies = "./all.freq"'
    run_out "$TAMIS" run p.lua all.jsonl -o out.jsonl; is 0
    [ "$(jq -r 'select(.id == "p3") | .text' out.jsonl | grep -c 'Our readers keep')" -eq 0 ]
    [ "$(jq -r 'select(.id == "q") | .text' out.jsonl | grep -c 'Our readers keep')" -eq 1 ]
    [ "$(jq -r .text out.jsonl | grep -cE '^(A crane|The ferry|An old rope|Divers|Fishermen|The lighthouse)')" -eq 6 ]
    jq -r 'select(.id == "p3") | .removed[].rule' out.jsonl | grep -q '^frequent-sentence$'
}

@test "without a table nothing is known of other documents" {
    pages >all.jsonl
    pipeline ''
    run_out "$TAMIS" run p.lua all.jsonl -o out.jsonl; is 0
    [ "$(jq -r .text out.jsonl | grep -c 'Our readers keep')" -eq 7 ]
}

@test "what is no table is refused" {
    echo nonsense >bad.freq
    pipeline 'frequencies = "./bad.freq"'
    run_out "$TAMIS" check p.lua; is 78; has "$err" 'not a table of'
}
