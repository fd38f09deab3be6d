# tamis stubs: types for editors name all that Lua files find. And the Lua that ships has no fault that a linter finds.

load common

@test "stubs writes the types, those of the stages' options and a .luarc.json" {
    run_out "$TAMIS" stubs
    is 0
    grep -q 'class (exact) tamis.stage.quotes' .tamis/stages.d.lua
    grep -q -- '---@field kinds? ("direct"|' .tamis/stages.d.lua
    grep -q 'overload fun(name: "dates"): fun(options: tamis.stage.dates)' .tamis/stages.d.lua
    cmp "$ROOT/lua/stubs/tamis.d.lua" .tamis/tamis.d.lua
    jq -e '.["workspace.library"] == [".tamis"]' .luarc.json
    echo '{}' >.luarc.json
    "$TAMIS" stubs -o types
    [ -s types/stages.d.lua ]
    [ "$(cat .luarc.json)" = '{}' ]
}

@test "stubs names every option that show names" {
    "$TAMIS" stubs
    for stage in $("$TAMIS" plugins | awk 'NR > 1 && /^[a-z]/ { print $1 }'); do
        for option in $("$TAMIS" show "$stage" --as jsonschema | jq -r '.properties | keys[]'); do
            case $option in as | when | on_error | time | memory) continue ;; esac
            sed -n "/^---@class (exact) tamis.stage.$stage:/,/^$/p" .tamis/stages.d.lua |
                grep -qE "^---@field $option\?? " || { echo "$stage.$option"; return 1; }
        done
    done
}

@test "every function that scripts find has its type" {
    "$TAMIS" stubs -q >/dev/null
    cat .tamis/*.d.lua >all.lua
    stub=all.lua
    missing=
    need() { # registered with functions of this prefix, written so
        for name in $(grep -ohE "\{\"[a-z_]+\",\s*$1[a-z_0-9]+\}" "$ROOT"/core/script/*.c | sed -E 's/\{"([a-z_]+)".*/\1/'); do
            grep -qE "^function $2$name\(" "$stub" || missing+=" $2$name"
        done
    }
    need doc_ document: ; need re_ '(regex:|re\.)'; need terms_ '(list:)?'; need data_ 'data\.'
    need log_ 'log\.'; need json_ 'json\.'; need make_ ''
    [ -z "$missing" ] || { echo "missing:$missing"; return 1; }
    for name in $(grep -ohE 'lua_setfield\(L, -2, "(hash|fold|measure|terms)"\)' "$ROOT"/core/script/*.c | sed -E 's/.*"(.*)".*/\1/'); do
        grep -qE "^function $name\(" "$stub"
    done
}

@test "luacheck finds nothing in examples/ and lua/" {
    command -v luacheck >/dev/null || skip "luacheck is not installed (Debian: lua-check)"
    cd "$ROOT"
    run luacheck -q --no-color --no-cache examples lua
    is 0
}

@test "the language server finds nothing in examples/ and lua/" {
    command -v lua-language-server >/dev/null || skip "lua-language-server is not installed"
    cp -r "$EXAMPLES" "$ROOT/lua" .
    rm -rf examples/new lua/stubs
    "$TAMIS" stubs
    run lua-language-server --check "$PWD" --checklevel=Warning --logpath="$PWD/log"
    is 0
}

@test "plugins and show know the stages of the Lua library" {
    run_out "$TAMIS" plugins
    is 0
    [ -z "$err" ]
    has "$output" "keep_languages"
    run_out "$TAMIS" show keep_languages
    is 0
    has "$output" "langs (required)"
    run_out "$TAMIS" show keep_langages
    is 2
    has "$err" "did you mean \`keep_languages\`?"
}
