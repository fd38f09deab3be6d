# tamis run --watch: a save of any file that the pipeline is made of runs the document anew, and mistakes do not end it.

load common

setup_watch() {
    cat >p.lua <<'END'
return pipeline "p" { script "s.lua" {}, rules "r.lua" }
END
    echo 'return function(doc) end' >s.lua
    echo 'return { { name = "one", type = "hit", pattern = "tanks" } }' >r.lua
    printf 'They have tanks.\nShare this\n' >t.txt
    "$TAMIS" run --watch p.lua t.txt >out.txt 2>&1 3>&- &
    WATCH=$!
    until_says "watching"
}

teardown() { [ -z "${WATCH-}" ] || kill "$WATCH" 2>/dev/null || true; }

# Waits until the watch has said the words, 30 s at most.
until_says() {
    for _ in {1..300}; do
        grep -qF -- "$1" out.txt && return 0
        sleep 0.1
    done
    echo "never said: $1"; cat out.txt; return 1
}

@test "the first run shows what rules find, each save what it changed" {
    setup_watch
    until_says "They have [hit:tanks]."
    echo 'return { { name = "one", type = "hit", pattern = "have" } }' >r.lua
    until_says "gained 1 hit; lost 1 hit"
    until_says "[hit:have]"
    sed -i 's/end$/ local i, j = doc.text:find("Share this"); if i then doc:remove(i, j, "share") end end/' s.lua
    until_says "gained 1 removed as share"
    until_says "-     2 │ Share this"
    printf 'They have one tank.\n' >t.txt
    until_says "the text is another"
    until_says "[hit:have] one tank"
}

@test "mistakes are shown with their place, and the watch goes on" {
    setup_watch
    echo 'return { { name = "one", type = "hit", pattern = "have(" } }' >r.lua
    until_says "E0119"
    echo 'return pipeline "p" {{' >p.lua
    until_says "E0102"
    echo 'return pipeline "p" { rules "r.lua" }' >p.lua
    echo 'return { { name = "one", type = "hit", pattern = "have" } }' >r.lua
    until_says "[hit:have]"
    echo 'return pipeline "p" { function(doc) error("no good") end }' >p.lua
    until_says "no good"
    echo 'return pipeline "p" { rules "r.lua", rules "later.lua" }' >p.lua
    until_says "later.lua"
    echo 'return { { name = "two", type = "late", pattern = "They" } }' >later.lua
    until_says "gained 1 late"
}

@test "an editor that writes another file and renames it is seen" {
    setup_watch
    echo 'return { { name = "one", type = "other", pattern = "tanks" } }' >.r.lua.swp
    mv .r.lua.swp r.lua
    until_says "gained 1 other"
    mv r.lua r.lua~
    echo 'return { { name = "one", type = "third", pattern = "tanks" } }' >r.lua
    until_says "gained 1 third"
}

@test "--watch takes one pipeline and one file" {
    run_out "$TAMIS" run --watch empty.lua
    is 2
    run_out "$TAMIS" run --watch empty.lua a.txt two.jsonl
    is 2
}
