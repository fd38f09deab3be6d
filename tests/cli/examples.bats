# The tests that stand beside the examples and the Lua that ships pass.

load common

@test "the tests of the example rules and pipelines pass, and each rule fires in one" {
    run_out "$TAMIS" test "$EXAMPLES/rules" "$EXAMPLES/pipelines"
    is 0
    has "$output" "0 failed"
    [[ "$output" != *"no case fired"* ]]
}

@test "the tests of the Lua library pass" {
    run_out "$TAMIS" test "$ROOT/lua"
    is 0
    has "$output" " 0 failed"
}

@test "every example pipeline is fine" {
    for file in "$EXAMPLES"/pipelines/*.lua; do
        case $file in *.test.lua) continue ;; esac
        run_out "$TAMIS" check "$file"
        is 0
    done
}
