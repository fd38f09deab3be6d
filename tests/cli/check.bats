# tamis check: the code of run up to the first document, and what the run would be made of.

load common

@test "check prints stages, options in effect and that all is fine" {
    run_out "$TAMIS" check arms-news
    is 0
    for word in "pipeline arms-news" "1. boilerplate" "2. language" "3. quotes" "4. weapons" "fine: 4 stages"; do
        has "$output" "$word"
    done
    has "$output" "max_removed"
}

@test "check shows what -D sets" {
    run_out "$TAMIS" check clean -D boilerplate.max_removed=0.25
    is 0
    has "$output" "max_removed = 0.25"
}

@test "check refuses what run refuses, with the same words" {
    echo 'return pipeline "x" { stage "boilerplate" { max_removed = 7 } }' >range.lua
    run_out "$TAMIS" check range.lua
    is 78
    told=$err
    run_out "$TAMIS" run range.lua a.txt
    is 78
    has "$err" "range.lua:1"
    has "$told" "max_removed"
    [ "$(head -n 5 <<<"$told")" = "$(head -n 5 <<<"$err")" ]
}

@test "check tells when the sandbox is off" {
    echo 'return pipeline "x" { sandbox = false }' >open.lua
    run_out "$TAMIS" check open.lua
    is 0
    has "$output" "sandbox = false"
}

@test "check of a file that is no pipeline is exit code 78" {
    echo 'return 7' >seven.lua
    run_out "$TAMIS" check seven.lua
    is 78
    has "$err" "seven.lua"
}

@test "every pipeline that ships is fine" {
    for file in "$EXAMPLES"/pipelines/*.lua; do
        run_out "$TAMIS" check "$file"
        is 0
        [ -z "$err" ] || { echo "$err"; return 1; }
    done
}

@test "check of a stage or of rules says how they are used, not how a pipeline ends" {
    echo 'return { run = function(doc) end }' >stage.lua
    run_out "$TAMIS" check stage.lua
    is 78
    has "$err" 'it returns a stage: try it with `tamis try -s stage.lua FILE`, or put script "stage.lua" {} into a pipeline'
    echo 'return function(doc) end' >bare.lua
    run_out "$TAMIS" check bare.lua
    has "$err" 'it returns a stage'
    echo 'return { { name = "a", type = "x", pattern = "x" } }' >rules.lua
    run_out "$TAMIS" check rules.lua
    has "$err" 'put rules "rules.lua" {} into a pipeline'
}

@test "a script without a version shows none" {
    echo 'return { run = function(doc) end }' >stage.lua
    echo 'return pipeline "p" { script "stage.lua" {} }' >p.lua
    run_out "$TAMIS" check p.lua
    is 0
    has "$output" "(Lua script)"
}

@test "a language that is no tag is refused in rules and in when" {
    echo 'return pipeline "p" {
  stage "quotes" { when = { lang = { "fr", "French" } } },
  rules { { name = "a", type = "x", pattern = "x", lang = "fr_FR" }, { name = "b", type = "x", pattern = "x", lang = { "fr", "zh-Hant" } } },
}' >p.lua
    run_out "$TAMIS" check p.lua
    is 78
    has "$err" 'p.lua:2:44'
    has "$err" '`when` of stage `quotes`: a language is told by its tag'
    has "$err" 'rule `a`: a language is told by its tag: "fr", "en", "zh-Hant"'
    [[ "$err" != *'rule `b`'* ]]
}

@test "what a stage says that it reads or writes is checked for slips" {
    echo 'return { reads = { "veiw", "?attr:lang" }, writes = { "spam:x", "span:y" }, run = function(doc) end }' >s.lua
    echo 'return pipeline "p" { script "s.lua" {} }' >p.lua
    run_out "$TAMIS" check p.lua
    is 0
    has "$err" 'stage `s` says that it reads `veiw`'
    has "$err" 'did you mean `view`?'
    has "$err" 'stage `s` says that it writes `spam:x`'
    has "$err" 'there are view, meta, span:TYPE and attr:KEY'
    [ "$(grep -c E0112 <<<"$err")" = 2 ]
}

@test "a missing comma is asked after" {
    echo 'return pipeline "p" { stage "quotes" {} stage "weapons" {} }' >p.lua
    run_out "$TAMIS" check p.lua
    is 78
    has "$err" "is a comma missing ahead of it, or are quotes around it?"
}

@test "a byte order mark ahead of Lua is no syntax error, and columns do not count it" {
    printf '\xef\xbb\xbfreturn pipeline "p" { stage "boilerplat" {} }\n' >p.lua
    run_out "$TAMIS" check p.lua
    has "$err" "p.lua:1:29"
    printf '\xef\xbb\xbfreturn pipeline "p" {}\r\n' >p.lua
    run_out "$TAMIS" check p.lua
    is 0
}

@test "check tells what is odd in the user's gazetteer, not what is odd among the rows that ship" {
    printf 'term\tlang\tvalue\tcategory\nBlimp-9\tmul\tBlimp-9\tair.other\nBlimp-9\tmul\tBlimp 9\tair.other\n' >mine.tsv
    run_out "$TAMIS" check arms-news -D weapons.extra=mine.tsv
    is 0
    has "$err" "mine.tsv:"
    [[ "$err" != *"gazetteer.tsv"* ]] || { echo "$err"; return 1; }
}

@test "a name that no shipped pipeline has is answered with those that ship" {
    run_out "$TAMIS" check nothing-alike
    is 78
    has "$err" 'no shipped pipeline is called `nothing-alike`'
    has "$err" 'these ship: arms-news, arms-offers, clean; a pipeline of your own is named by its file: `./nothing-alike.lua`'
}
