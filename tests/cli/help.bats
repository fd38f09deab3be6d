# Help, version, man page and completions come from one table and hold together.

load common

@test "--help names every verb, the environment and the exit codes, on stdout" {
    run_out "$TAMIS" --help
    is 0
    for word in run check explain plugins show new help TAMIS_PLUGIN_PATH NO_COLOR 65 130; do
        has "$output" "$word"
    done
    [ -z "$err" ]
}

@test "tamis alone shows usage on stderr and exits with 2" {
    run_out "$TAMIS"
    is 2
    [ -z "$output" ]
    has "$err" "Usage:"
}

@test "every verb has help, short and long, and the long one holds an example" {
    for verb in $("$TAMIS" --help | sed -nE 's/^  ([a-z]+)  +[A-Z].*/\1/p'); do
        "$TAMIS" "$verb" -h >short
        "$TAMIS" "$verb" --help >long
        grep -q "Usage: tamis $verb" short
        grep -q "^  tamis $verb" long
        [ "$(wc -c <long)" -gt "$(wc -c <short)" ]
    done
}

@test "--version names the versions of the plugin ABI and of Lua" {
    run "$TAMIS" --version
    is 0
    [[ "$output" =~ ^tamis\ [0-9.]+\ \(plugin\ ABI\ [0-9.]+,\ Lua\ 5\.4\.[0-9]+\)$ ]]
}

@test "--help does nothing before it answers: no plugin is looked for" {
    # How long it takes is measured in tests/bench.
    echo "no shared object" >broken.so
    TAMIS_PLUGIN_PATH=$PWD run_out "$TAMIS" --help
    is 0
    [ -z "$err" ]
    TAMIS_PLUGIN_PATH=$PWD run_out "$TAMIS" plugins
    has "$output" "broken.so"
}

@test "help of a topic, of a code, of a verb" {
    run "$TAMIS" help offsets; is 0; has "$output" "code point"
    run "$TAMIS" help E0107; is 0; has "$output" "unknown option"
    run "$TAMIS" help run; is 0; has "$output" "Usage: tamis run"
    run "$TAMIS" help exit-codes; is 0; has "$output" "130  interrupted"
}

@test "every topic and every code that is listed can be shown" {
    for topic in $("$TAMIS" help topics | sed -nE 's/^tamis help ([a-z-]+) .*/\1/p' | grep -v bash); do
        "$TAMIS" help "$topic" >shown
        [ -s shown ]
    done
    for code in $("$TAMIS" help codes | cut -d' ' -f1); do
        "$TAMIS" help "$code" | grep -q "^$code: "
    done
}

@test "a flag is told as what it is to the verb" {
    has "$("$TAMIS" run --help)" "Stop after N documents"
    has "$("$TAMIS" explain --help)" "Take the Nth document (1)"
    has "$("$TAMIS" view --help)" "Show the first N documents"
    has "$("$TAMIS" diff --help)" "Show N samples"
    has "$("$TAMIS" stubs --help)" "The folder to write into"
    has "$("$TAMIS" help man)" "diff: Show N samples"
    has "$("$TAMIS" help zsh)" "Show N samples"
}

@test "no group of flags comes twice in a verb's help" {
    for verb in $("$TAMIS" --help | sed -n 's/^  \([a-z]*\) .*/\1/p' | grep -vx tamis); do
        twice=$("$TAMIS" "$verb" --help | grep -E '^[A-Z][a-z]+:$' | sort | uniq -d)
        [ -z "$twice" ] || { echo "$verb: $twice"; return 1; }
    done
}

@test "-n 0 is all documents, and no document to take" {
    run_out "$TAMIS" try -e '/text/' two.jsonl -n 0
    is 0
    has "$err" "2 found in 2 of 2 documents"
    "$TAMIS" run empty.lua two.jsonl -q -o two.out.jsonl
    run_out "$TAMIS" view two.out.jsonl -n 0
    is 0
    has "$output" 'Second text'
    run_out "$TAMIS" explain empty.lua two.jsonl -n 0
    is 2
    has "$err" "counted from 1"
}

@test "help on nothing known says what was meant" {
    run "$TAMIS" help ofsets
    is 2
    has "$output" "did you mean \`offsets\`?"
}

@test "the man page names every flag and has no fault that man finds" {
    "$TAMIS" help man >tamis.1
    for flag in $("$TAMIS" run --help | grep -oE '^ +(-., )?--[a-z-]+' | grep -oE '\--[a-z-]+'); do
        grep -q -- "$(printf '%s' "$flag" | sed 's/-/\\\\-/g')" tamis.1 || { echo "$flag is missing"; return 1; }
    done
    command -v man >/dev/null || skip "man is not installed: the page was not rendered"
    LC_ALL=C.UTF-8 MANWIDTH=80 man --warnings -l tamis.1 2>warnings >page
    cat warnings
    [ ! -s warnings ]
    grep -q 'max-quarantined' page
}

@test "the bash completion completes verbs, flags and words" {
    "$TAMIS" help bash >tamis.bash
    cat >try.bash <<'END'
source ./tamis.bash
complete_line() { # words; the last one is being completed
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
    _tamis
    echo "${COMPREPLY[*]}"
}
complete_line tamis ch
complete_line tamis run --form
complete_line tamis run --format c
complete_line tamis help offs
END
    run bash try.bash
    is 0
    [ "${lines[0]}" = check ]
    [ "${lines[1]}" = --format ]
    [ "${lines[2]}" = csv ]
    [ "${lines[3]}" = offsets ]
}

@test "the zsh completion parses" {
    command -v zsh >/dev/null || skip "zsh is not installed"
    "$TAMIS" help zsh >_tamis
    zsh -n _tamis
}

@test "the fish completion parses and completes a verb" {
    command -v fish >/dev/null || skip "fish is not installed"
    "$TAMIS" help fish >tamis.fish
    fish --no-config -c 'source tamis.fish; complete -C "tamis ch"' | grep -q '^check'
}

@test "what a run's figures, scores and table columns mean is a topic each, and every column is in it" {
    run "$TAMIS" help summary; is 0; has "$output" "docs/s"; has "$output" "p99"; has "$output" "skipped"
    run "$TAMIS" help scores; is 0; has "$output" "weapon"; has "$output" "toss-up"
    run "$TAMIS" help scripts; is 0; has "$output" "tamis new stage"
    tables=$("$TAMIS" help tables)
    printf '« Nous partons », a dit Paul.\n' >q.txt
    for column in $("$TAMIS" run empty.lua q.txt -q --emit quotes --format csv | head -1 | tr , ' '); do
        has "$tables" "$column"
    done
}

@test "a name that is a verb and a topic shows both" {
    run "$TAMIS" help plugins
    has "$output" "Usage: tamis plugins"
    has "$output" "overrides a stage that is there already"
}
