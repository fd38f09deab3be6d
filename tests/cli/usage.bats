# A wrong command line: exit code 2, one line that says what is wrong, and what was meant.

load common

usage() { # words that must be told, then the command
    local told=$1; shift
    run_out "$TAMIS" "$@" </dev/null
    is 2
    has "$err" "$told"
    [ -z "$output" ]
}

@test "an unknown verb is told with the one that was meant" { usage 'did you mean `run`?' rnu; }
@test "an unknown flag is told with the one that was meant" { usage 'did you mean `--format`?' run --formt csv; }
@test "an unknown letter is told" { usage 'unknown flag `-Z`' run -Z; }
@test "a word that a flag does not take is told with the one that was meant" {
    usage 'did you mean `csv`?' run empty.lua a.txt --format cvs
}
@test "a flag without its value is told" { usage '--output needs a value' run empty.lua a.txt --output; }
@test "a switch with a value is told" { usage '--nested takes no value' run empty.lua a.txt --nested=yes; }
@test "a flag of another verb is told" { usage '`tamis check` does not take --jobs' check empty.lua --jobs 2; }
@test "a flag ahead of the verb that belongs behind it is told" { usage 'belongs behind a verb' --jobs 2 run; }
@test "more workers than there can be are told, not cut down" { usage 'at most 1024' run empty.lua a.txt -j 5000; }
@test "a number that is none is told" { usage 'whole number' run empty.lua a.txt -j two; }
@test "a size that is none is told" { usage 'a size such as 64M' run empty.lua a.txt --max-document big; }
@test "a share that is none is told" { usage '10 or 1%' run empty.lua a.txt --max-quarantined some; }
@test "a kind of output that is none is told" { usage 'did you mean `quotes`?' run empty.lua a.txt --emit quots; }
@test "two kinds for one output are told" { usage 'two kinds for one output' run empty.lua a.txt --emit docs --emit spans; }
@test "run without a pipeline is told" { usage 'no pipeline' run; }
@test "a pipeline among the inputs is told" { usage 'is a pipeline, not an input' run empty.lua a.txt empty.lua; }
@test "a pipeline as verb is told" { usage 'tamis run empty.lua' empty.lua; }
@test "check of two pipelines is told" { usage 'one pipeline' check empty.lua empty.lua; }
@test "explain without a file is told" { usage 'tamis explain PIPELINE FILE' explain empty.lua; }
@test "show of nothing is told" { usage 'show what?' show; }
@test "new of nothing known is told" { usage 'did you mean `plugin`?' new plugn x; }
@test "new with a name that is none is told" { usage 'is no name' new stage Big; }

@test "standard input that is a terminal is a usage error" {
    command -v script >/dev/null || skip "script(1) is not installed"
    run script -qec "'$TAMIS' run empty.lua -" /dev/null </dev/null
    is 2
    has "$output" "no input"
}

@test "flags may stand anywhere, joined or apart, and -- ends them" {
    cp a.txt ./-odd.txt
    run_out "$TAMIS" run -qj1 --format=jsonl empty.lua -- -odd.txt
    is 0
    has "$output" '"A line.'
}

@test "colours come when they are asked for, never otherwise" {
    "$TAMIS" --help >plain
    "$TAMIS" --help --color always >bright
    NO_COLOR=1 "$TAMIS" --help --color auto >none
    ! grep -q $'\033' plain
    grep -q $'\033' bright
    cmp plain none
}

@test "a text or a folder where the pipeline should stand is told so, with the pipelines that ship" {
    mkdir articles
    for operand in a.txt ./a.txt two.jsonl articles; do
        run_out "$TAMIS" run "$operand"
        is 78
        has "$err" "error[E0101]: \`$operand\` is no pipeline"
        has "$err" "the pipeline comes first, then what it reads: a .lua file, or one that ships (arms-news, "
    done
    run_out "$TAMIS" run <(cat empty.lua) a.txt -q
    is 0
}

@test "an output whose suffix promises what run does not write is refused, with what to do" {
    run_out "$TAMIS" run empty.lua a.txt -o out.jsonl.gz
    is 2
    has "$err" '`out.jsonl.gz`: `run` writes no .gz: write to the pipe instead: tamis run … | gzip > FILE'
    run_out "$TAMIS" run empty.lua a.txt --format jsonl -o out.zst
    is 2
    run_out "$TAMIS" run empty.lua a.txt -o Out.XLSX
    is 2
    has "$err" "name it .csv, which spreadsheets open"
    run_out "$TAMIS" run empty.lua a.txt --emit docs --emit quotes=report.html
    is 2
    has "$err" "tamis view FILE.jsonl -o PAGE.html"
    [ ! -e out.jsonl.gz ] && [ ! -e report.html ]
    run_out "$TAMIS" run empty.lua a.txt --format pretty -o page.html -q
    is 0
    run_out "$TAMIS" run empty.lua a.txt -o out.json -q
    is 0
}

# on_terminal COLUMNS COMMAND: what a terminal of that width shows, without colours.
on_terminal() {
    command -v script >/dev/null || skip "script is not installed: nothing was shown on a terminal"
    NO_COLOR=1 TERM=xterm script -qec "stty cols $1 2>/dev/null; $2" /dev/null </dev/null | tr -d '\r'
}

# The columns of the longest line.
widest() { LC_ALL=C.UTF-8 wc -L; }

@test "on a terminal long lines are broken between words, elsewhere not at all" {
    article=$EXAMPLES/articles/fr-salon-armement.txt
    for command in "try -s quotes" "explain arms-news --why-not roquettes" "trace arms-news -v"; do
        shown=$(on_terminal 70 "'$TAMIS' $command '$article'")
        [ "$(widest <<<"$shown")" -le 70 ] || { echo "$command: $shown"; return 1; }
        [ "$(on_terminal 300 "'$TAMIS' $command '$article'" | widest)" -gt 70 ]
        words() { sed 's/[0-9.]* [µm]*s  *//' | tr -s ' \n' '\n\n' | grep -v '[…“”]'; }
        wide=$("$TAMIS" $command "$article" 2>&1 | words | sort -u)
        broken=$(words <<<"$shown" | sort -u | comm -13 <(echo "$wide") -)
        [ "$(wc -w <<<"$broken")" -le 3 ] || { echo "$command: not words: $broken"; return 1; }
    done
}

@test "a warning is broken between words, behind its first one" {
    printf '{"id":"a-rather-long-name-of-a-document","text":"x"}\n%.0s' 1 2 >twins.jsonl
    shown=$(on_terminal 60 "'$TAMIS' run empty.lua twins.jsonl -o out.jsonl")
    has "$shown" "warning: 1 document had an id that came before, as
         a-rather-long-name-of-a-document"
}
