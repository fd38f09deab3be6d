# The Lua stages that ship: their own tests, what a linter says, and that they are found by name, built and installed.

load ../cli/common

@test "the library's own tests hold" {
    run "$TAMIS" test "$ROOT/lua"
    echo "$output" | grep -v '^ok' || true
    [ "$status" -eq 0 ]
}

@test "each stage of the library has tests beside it" {
    for file in "$ROOT"/lua/*.lua; do
        case $file in *.test.lua) continue ;; esac
        [ -f "${file%.lua}.test.lua" ] || { echo "no tests: $file"; false; }
    done
}

@test "luacheck finds nothing in the library and the examples" {
    command -v luacheck >/dev/null || skip "luacheck is not installed"
    cd "$ROOT"
    run luacheck --no-color -q lua examples/pipelines
    echo "$output"
    [ "$status" -eq 0 ]
}

@test "a stage of the library is found by its name, from any folder" {
    printf 'return pipeline "p" { stage "dates" {} }\n' >p.lua
    printf 'On June 19, 2024 it rained.\n' >a.txt
    run_out "$TAMIS" run p.lua a.txt -q
    is 0
    has "$output" '"value":"2024-06-19"'
}

@test "and in an installed tree, with its data" {
    [ -f "$TAMIS_BUILD/cmake_install.cmake" ] || skip "no build folder"
    cmake --install "$TAMIS_BUILD" --prefix "$PWD/there" >/dev/null
    printf 'return pipeline "p" { stage "dates" {}, stage "sentences" {} }\n' >p.lua
    printf 'Dr. Klein came on June 19, 2024. It rained.\n' >a.txt
    run_out ./there/bin/tamis run p.lua a.txt -q
    is 0
    has "$output" '"value":"2024-06-19"'
    has "$output" '"text":"Dr. Klein came on June 19, 2024."'
    run_out ./there/bin/tamis check p.lua
    has "$output" "share/tamis/lua/dates.lua"
}

@test "a name that is nearly one of the library's is told" {
    printf 'return pipeline "p" { stage "sentenses" {} }\n' >p.lua
    run_out "$TAMIS" check p.lua
    is 78
    has "$err" 'did you mean `sentences`?'
}

@test "check shows the options of Lua stages and what their \$names become" {
    printf 'return pipeline "p" { stage "dates" { type = "day" } }\n' >p.lua
    run_out "$TAMIS" check p.lua
    is 0
    has "$output" "yearless = true"
    has "$output" "writes: span:day"
}

@test "an option that a Lua stage does not know is told at its place" {
    printf 'return pipeline "p" { stage "dates" {\n  yearles = false } }\n' >p.lua
    run_out "$TAMIS" check p.lua
    is 78
    has "$err" "p.lua:2:3"
    has "$err" 'did you mean `yearless`?'
}

@test "a type that a rule misspells is told at the rule, with the one that was meant" {
    printf 'return pipeline "p" { stage "quotes" {}, rules {\n  { name = "a", type = "t", pattern = "x", within = "quotes" },\n} }\n' >p.lua
    run_out "$TAMIS" check p.lua
    is 0
    has "$err" "p.lua:2:12"
    has "$err" 'did you mean `quote`?'
}

@test "-D sets the options of a Lua stage, paths from the working folder" {
    mkdir -p there
    printf 'term\nrain\n' >words.tsv
    printf 'return pipeline "p" { stage "kwic" {} }\n' >there/p.lua
    printf 'The rain came.\n' >a.txt
    run_out "$TAMIS" run there/p.lua a.txt -q -D kwic.file=words.tsv -D kwic.width=0
    is 0
    has "$output" '"text":"rain","value":"rain"'
}

@test "no stage of the library stumbles over random text" {
    awk 'BEGIN {
        n = split("a|b |\\r\\n|\\n|\\r|. |«|»|é|и|Д|。|！|1|2024-01-02 |3 mai |$|€| 5|%|@|x.y|\\u00a0|\\u202f|\\\"|…|(|)|+33 1 23|ا|؟|\\ud83d\\udc4d|\\u0301|\\u200d|\\t|-|/|de |million |A.|Dr. ", pool, "|")
        srand(7)
        for (i = 0; i < 400; i++) {
            text = ""
            for (k = int(rand() * 150); k > 0; k--) text = text pool[1 + int(rand() * n)]
            printf "{\"text\":\"%s\"}\n", text
        }
    }' >in.jsonl
    cat >p.lua <<'LUA'
return pipeline "p" {
  stage "near_duplicate_title" { min_words = 1 }, stage "mask_emails" {}, stage "mask_phones" {},
  stage "quality_c4" { min_sentences = 0, filler = false, braces = false },
  stage "sentences" {}, stage "dates" {}, stage "amounts" {}, stage "kwic" { words = { "a", "de", "и", "x y" } },
  stage "length_filter" { min_sentences = 1 }, stage "tag_url" {}, stage "sample" { share = 1 },
  stage "quality_gopher" { min_words = 0, min_word_length = 0, max_word_length = 0, max_symbols = 0, max_bullets = 0,
                           max_ellipses = 0, min_alphabetic = 0 },
  stage "ratio_filter" { min_letters = 0, max_digits = 1, max_symbols = 1 },
}
LUA
    run_out "$TAMIS" run p.lua in.jsonl -o out.jsonl --max-quarantined 0
    [ "$status" -eq 0 ] || { cat err.txt; head -c 1000 out.jsonl.quarantine.jsonl; false; }
    [ "$(wc -l <out.jsonl)" -gt 200 ]
}
