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
