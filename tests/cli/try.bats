# tamis try and tamis trace: what a rule finds, what each stage changed.

load common

@test "try takes a pattern between slashes and shows the lines it finds something in" {
    printf 'No number here.\nThey sold 12 Tonnes of it.\n' >t.txt
    run_out "$TAMIS" try -e '/\d+ tonnes/i' t.txt
    is 0
    has "$output" "+     2 │ They sold [match:12 Tonnes] of it."
    [[ "$output" != *"No number"* ]]
    has "$err" "1 found in 1 of 1 document"
}

@test "try takes a rule, with stages ahead of it, and a rule to try needs no name" {
    printf 'They are ready to sell. He said: “We are ready to sell all of our tanks.”\n' >t.txt
    run_out "$TAMIS" try -s quotes -e '{ type = "offer", within = "quote", pattern = "ready to (?<verb>sell)" } -- a comment' t.txt
    is 0
    has "$output" "They are ready to sell. He said: “We are [offer:ready to sell] all"
    has "$err" "1 found"
    run_out "$TAMIS" try -e '{ pattern = "sell" }' t.txt
    is 0
    has "$err" "2 found"
}

@test "try takes Lua over doc, constructors of pipeline files and standard input" {
    echo "Short." >short
    run_out "$TAMIS" try -e 'if #doc.text < 20 then return drop "too short" end' <short
    is 0
    has "$output" "dropped: too short"
    echo "A red word." >t.txt
    run_out "$TAMIS" try -e 'function(doc) local i, j = doc.text:find("red"); doc:remove(i, j, "colour") end' t.txt
    has "$output" "A [-colour:red-] word."
    run_out "$TAMIS" try -e 'rules { { name = "x", type = "y", pattern = "red" } }' t.txt
    has "$output" "A [y:red] word."
    run_out "$TAMIS" try -s quotes "$EXAMPLES/articles/en-border-seizure.txt"
    has "$output" "[cue:said]"
}

@test "try names documents where there may be more than one" {
    run_out "$TAMIS" try -e '/Second/' two.jsonl a.txt
    is 0
    [ "${output%%$'\n'*}" = two ]
    has "$err" "1 found in 1 of 3 documents"
}

@test "try shows mistakes in the code at their places, and failures by document" {
    run_out "$TAMIS" try -e '/[0-9+/' a.txt
    is 78
    has "$err" "missing terminating ]"
    has "$err" "^"
    run_out "$TAMIS" try -e 'local x = = 3' a.txt
    is 78
    has "$err" "E0102"
    run_out "$TAMIS" try -e 'error("no good")' a.txt
    is 0
    has "$output" "no good"
    run_out "$TAMIS" try -e 'two words' a.txt
    is 78
    has "$err" "-e '/two words/'"
    run_out "$TAMIS" try a.txt
    is 2
    run_out "$TAMIS" try -s quots a.txt
    is 78
    has "$err" "did you mean \`quotes\`?"
}

@test "try stops a piece of code that never ends" {
    run_out timeout 60 "$TAMIS" try -e 'while true do end' a.txt
    is 0
    has "$output" "time limit"
}

tracing() {
    cat >p.lua <<'END'
return pipeline "p" {
  rules { { name = "share", remove = "share", pattern = [[(?m)^Share this$\n?]] } },
  function(doc) doc:set("words", 3) end,
  stage "quotes" { as = "never", when = { lang = { "xx" } } },
  rules { { name = "tank", type = "weapon", pattern = "tanks?", value = "tank" }, as = "mine" },
}
END
    printf 'A headline\n\nShare this\nThey have tanks and more tanks.\n' >t.txt
}

@test "trace shows stage by stage what went, what came, and by which rule" {
    tracing
    run_out "$TAMIS" trace p.lua t.txt
    is 0
    has "$output" "-     3 │ Share this"
    has "$output" "removed as share, rule share"
    has "$output" "words = 3"
    has "$output" "3. never  did not run: its \`when\` said no"
    has "$output" "+     4 │ They have [weapon=tank:tanks] and more [weapon=tank:tanks]."
    has "$output" "2 weapon"
    has "$output" "weapon, rule tank"
    [[ "$output" != *headline* ]]
    run_out "$TAMIS" trace p.lua t.txt --color always
    has "$output" $'\e[31m-     3 │ Share this'
    has "$output" $'\e[32m[weapon=tank:tanks]'
}

@test "trace tells a drop and what did not run after it" {
    echo 'return pipeline "p" { function(doc) return drop "enough" end, stage "quotes" {} }' >p.lua
    run_out "$TAMIS" trace p.lua a.txt
    is 0
    has "$output" "2. quotes  did not run"
    has "$output" "dropped: enough"
}

@test "trace shortens long lines around what it shows, and -v does not" {
    { printf 'x%.0s ' {1..300}; printf 'tanks'; printf ' y%.0s' {1..300}; echo; } >t.txt
    echo 'return pipeline "p" { rules { { name = "tank", type = "weapon", pattern = "tanks" } } }' >p.lua
    run_out "$TAMIS" trace p.lua t.txt
    has "$output" "x [weapon:tanks] y"
    has "$output" " … "
    run_out "$TAMIS" trace -v p.lua t.txt
    [[ "$output" != *…* ]]
}

@test "trace picks a document by id or number" {
    echo 'return pipeline "p" { rules { { name = "w", type = "w", pattern = "text" } } }' >p.lua
    run_out "$TAMIS" trace p.lua two.jsonl --id two
    has "$output" "Second [w:text]"
    run_out "$TAMIS" trace p.lua two.jsonl -n 1
    has "$output" "First [w:text]"
}

@test "what a script prints is shown where somebody works on it, and hidden by -q" {
    run_out "$TAMIS" try -e 'print("length", #doc)' a.txt
    has "$err" "info: length 22"
    run_out "$TAMIS" try -q -e 'print("length", #doc)' a.txt
    [[ "$err" != *length* ]]
    echo 'return pipeline "p" { function(doc) print("length", #doc) end }' >p.lua
    run_out "$TAMIS" trace p.lua a.txt
    has "$err" "length 22"
    run_out "$TAMIS" run p.lua a.txt
    [[ "$err" != *"length 22"* ]]
    run_out "$TAMIS" run -v p.lua a.txt
    has "$err" "length 22"
}

@test "a wrong field of a span is called by its name" {
    run_out "$TAMIS" try -e 'doc:span("x", 1, 1, { score = "high" })' a.txt
    has "$output" '`score` is a string: it is a number from 0 to 1'
    run_out "$TAMIS" try -e 'doc:span("x", 1, 1, { ref = "one" })' a.txt
    has "$output" '`ref` is a string: it is a span, or the number that doc:span returned'
    run_out "$TAMIS" try -e 'doc:remove(1, 1)' a.txt
    has "$output" 'a removal has a reason: doc:remove(first, last, "notice")'
}

@test "a script that asks for an option it has not is told so, at its line" {
    cat >odd.lua <<'END'
return {
  options = { near = 9, type = "odd" },
  run = function(doc, options)
    for name in pairs(options) do assert(options[name]) end
    doc:span(options.type, 1, options.naer)
  end,
}
END
    run_out "$TAMIS" try -s odd.lua a.txt
    has "$output" 'odd.lua:5: the stage has no option `naer`: did you mean `near`?'
    sed -i 's/naer/width/' odd.lua
    run_out "$TAMIS" try -s odd.lua a.txt
    has "$output" 'odd.lua:5: the stage has no option `width`: declare it under `options`'
    sed -i 's/width/near/' odd.lua
    run_out "$TAMIS" try -s odd.lua a.txt
    has "$output" '[odd:A line.'
    run_out "$TAMIS" try -e 'function(doc, options) doc:span(options.type, 1, 2) end' a.txt
    has "$output" 'the stage has no option `type`: declare it'
}
