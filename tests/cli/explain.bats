# tamis explain: why a line went, why a span is there, what was let go.

load common

setup_file() { export ARTICLE=$BATS_TEST_DIRNAME/../../examples/articles/fr-salon-armement.txt; }

@test "of a line that was removed: stage, reason, rule, score, and both counts of its place" {
    number=$(grep -n 'Ce site utilise des cookies' "$ARTICLE" | cut -d: -f1)
    run_out "$TAMIS" explain arms-news "$ARTICLE:$number"
    is 0
    has "$output" "line $number"
    has "$output" "code points"
    has "$output" "Lua: bytes"
    [[ "$output" =~ removed\ .*\ as\ cookie ]]
    has "$output" "rule "
    has "$output" "did not see it: boilerplate had removed it"
}

@test "of a line with a quote: the span, who speaks, the rule" {
    number=$(grep -n 'Nous sommes prêts à fournir' "$ARTICLE" | cut -d: -f1)
    run_out "$TAMIS" explain arms-news "$ARTICLE:$number"
    is 0
    [[ "$output" =~ quote\ [0-9]+\ .*=\ Andreï\ Lomakine ]]
    has "$output" "weapon "
}

@test "--at takes a code point of the original text" {
    at=$(python3 - "$ARTICLE" <<'END' 2>/dev/null || true
import sys
print(open(sys.argv[1], encoding="utf-8").read().index("roquettes"))
END
)
    [ -n "$at" ] || skip "python3 is not installed"
    run_out "$TAMIS" explain arms-news "$ARTICLE" --at "$at"
    is 0
    has "$output" "code points $at to"
    has "$output" "weapon "
}

@test "--why-not finds the words" {
    run_out "$TAMIS" explain arms-news "$ARTICLE" --why-not 'pavillon imaginaire'
    is 65
    has "$err" "does not stand in"
    run_out "$TAMIS" explain arms-news "$ARTICLE" --why-not 'réfrigérateurs'
    is 0
    has "$output" "réfrigérateurs"
}

@test "of many things let go some are told, and all of them with -v" {
    echo 'return pipeline "p" { function(doc) for i = 1, 40 do doc:reject(1, 2, "try " .. i, "no") end end }' >p.lua
    run_out "$TAMIS" explain p.lua a.txt --why-not line
    [ "$(grep -c 'let go:' <<<"$output")" -eq 0 ]
    run_out "$TAMIS" explain p.lua a.txt --why-not 'A line'
    is 0
    [ "$(grep -c 'let go:' <<<"$output")" -eq 9 ]
    has "$output" "31 more, told with -v"
    has "$output" "try 40 of “A”: no"
    run_out "$TAMIS" explain -v p.lua a.txt --why-not 'A line'
    [ "$(grep -c 'let go:' <<<"$output")" -eq 40 ]
}

@test "without a place it tells every removal and span with its line" {
    run_out "$TAMIS" explain arms-news "$ARTICLE"
    is 0
    [ "$(grep -c 'removed .* as' <<<"$output")" -ge 5 ]
    [ "$(grep -c ' weapon ' <<<"$output")" -ge 5 ]
}

@test "-n and --id pick a document of a JSONL file" {
    run_out "$TAMIS" explain empty.lua two.jsonl --id two
    is 0
    has "$output" two
    run_out "$TAMIS" explain empty.lua two.jsonl -n 2
    is 0
    has "$output" two
    run_out "$TAMIS" explain empty.lua two.jsonl -n 3
    is 65
    run_out "$TAMIS" explain empty.lua two.jsonl --id nobody
    is 65
}

@test "a line that is not there is exit code 65" {
    run_out "$TAMIS" explain empty.lua a.txt:99
    is 65
    has "$err" "no line 99"
}

@test "a document that a stage drops is said to be dropped" {
    echo 'return pipeline "d" { function(doc) return drop "because" end }' >drop.lua
    run_out "$TAMIS" explain drop.lua a.txt
    is 0
    has "$output" "dropped: because"
}

@test "every line gets a verdict with its score and the threshold, and what the cues count is said" {
    run_out "$TAMIS" explain clean "$ARTICLE:13"
    has "$output" "saw verdict: goes as credit, named by rule credit, certainty "
    has "$output" ", where what is below "
    has "$output" "speaks for going"
    has "$output" "words = words of the line"
    number=$(grep -n 'Nous sommes prêts à fournir' "$ARTICLE" | cut -d: -f1)
    run_out "$TAMIS" explain clean "$ARTICLE:$number"
    has "$output" "saw verdict: stays: "
}

@test "words that stand in several places are told place by place" {
    run_out "$TAMIS" explain arms-news "$ARTICLE" --why-not "ministre"
    is 0
    places=$(grep -c '^line ' <<<"$output")
    [ "$places" -ge 3 ]
    [ "$(grep -c '^1. boilerplate' <<<"$output")" = "$places" ]
    printf 'a a a a a a a\n' >many.txt
    run_out "$TAMIS" explain empty.lua many.txt --why-not a
    [ "$(grep -c '^line ' <<<"$output")" = 5 ]
    has "$err" "only the first 5 places are told; FILE:LINE or --at asks for one"
}

@test "a note on a part of the place says which, spans carry the record's numbers, offsets are code points" {
    number=$(grep -n 'Nous sommes prêts à fournir' "$ARTICLE" | cut -d: -f1)
    run_out "$TAMIS" explain arms-news "$ARTICLE:$number"
    has "$output" "saw kind of “Nous sommes"
    has "$output" "above 0 is speech"
    span=$("$TAMIS" run arms-news "$ARTICLE" -q --emit quotes --format jsonl | jq -r 'select(.text | startswith("Nous sommes")) | .span')
    has "$output" "quote $span “Nous sommes"
    has "$output" " of $span,"
    outer=$("$TAMIS" run arms-news "$ARTICLE" -q --text original --nested |
        jq -r '.spans[] | select(.type == "quote" and (.text | startswith("Nous sommes"))) | .attrs.outer_start')
    has "$output" "outer_start $outer"
}

@test "where there are more documents it says that this is the first, and a line that is no number is told" {
    run_out "$TAMIS" explain empty.lua two.jsonl
    is 0
    has "$err" "the first document of two.jsonl; -n N or --id ID takes another"
    run_out "$TAMIS" trace empty.lua two.jsonl -n 1
    [ -z "$err" ]
    run_out "$TAMIS" explain empty.lua a.txt
    [ -z "$err" ]
    run_out "$TAMIS" explain empty.lua a.txt:x
    is 2
    has "$err" '`x` is no number of a line'
    run_out "$TAMIS" explain empty.lua a.txt:
    is 2
    run_out "$TAMIS" explain empty.lua gone.txt:4
    is 65
    has "$err" "cannot read gone.txt:"
}
