# tamis test: cases with marks in their text, what differs, --update, reports for programs.

load common

rules_and() { # the lines of the cases
    cat >offers.lua <<'END'
return {
  { name = "offer.en", type = "offer", within = "quote", pattern = [[(?i)\bready to (?<verb>sell|deliver)\b]] },
  { name = "offer.idle", type = "offer", pattern = [[zzzz]] },
  { name = "notice", remove = "notice", pattern = [[(?m)^All rights reserved$]] },
}
END
    { printf 'return test {\n  rules = "offers.lua",\n  given = { "quote" },\n'; cat; echo '}'; } >offers.test.lua
}

@test "cases that hold pass, and rules that none fired are listed" {
    rules_and <<'END'
  { "inside", "[quote:We are [offer,verb=sell:ready to sell] tanks[1]], he said [sic]." },
  { "outside", "They are ready to sell tanks." },
  { "removal", "Text.\n[-notice:All rights reserved-]\n", clean = "Text.\n\n" },
END
    run_out "$TAMIS" test
    is 0
    has "$output" "3 cases in 1 file: 3 passed, 0 failed"
    has "$output" "offer.idle"
    [[ "$output" != *offer.en* ]]
}

@test "what differs is shown at file and line, as expected and as found, with the rule" {
    rules_and <<'END'
  { "inside", "[quote:We are ready to [offer:sell] tanks]" },
  { "value", "[quote:[offer,verb=deliver:ready to sell] tanks]" },
END
    run_out "$TAMIS" test offers.test.lua
    is 1
    has "$output" "offers.test.lua:4 inside"
    has "$output" "expected  [quote:We are ready to [offer:sell] tanks]"
    has "$output" "found     [quote:We are [offer:ready to sell] tanks]"
    has "$output" "rule offer.en"
    has "$output" "offers.test.lua:5 value"
    has "$output" "0 passed, 2 failed"
    run_out "$TAMIS" test offers.test.lua --color always
    has "$output" $'\e[31m[offer:sell]'
    has "$output" $'\e[32m[offer:ready to sell]'
}

@test "--update writes the marks as found, keeps the rest of the file, and then all passes" {
    rules_and <<'END'
  -- this comment stays
  { "short", '[quote:It\'s "ready to sell"]', lang = "en" },
  { "long", [=[
[quote:We [offer:are] ready to deliver tanks[1]]
All rights reserved
]=] },
  { "good",   "nothing here" },
END
    cp offers.test.lua before
    run_out "$TAMIS" test --update
    is 0
    has "$output" "1 passed, 0 failed, 2 updated"
    cat >after <<'END'
return test {
  rules = "offers.lua",
  given = { "quote" },
  -- this comment stays
  { "short", '[quote:It\'s "[offer,verb=sell:ready to sell]"]', lang = "en" },
  { "long", [=[
[quote:We are [offer:ready to deliver] tanks[1]]
[-notice:All rights reserved-]
]=] },
  { "good",   "nothing here" },
}
END
    sed -i 's/offer,verb=sell:/offer:/' after
    diff after offers.test.lua
    run_out "$TAMIS" test
    is 0
    [ ! -e offers.test.lua.part ]
}

@test "--update leaves a text alone that is no plain literal, and says so" {
    rules_and <<'END'
  { "joined", "[quote:ready " .. "to sell]" },
END
    cp offers.test.lua before
    run_out "$TAMIS" test --update
    is 1
    has "$output" "not updated"
    cmp before offers.test.lua
}

@test "marks that cross are written with numbers and read back" {
    cat >cross.test.lua <<'END'
return test {
  rules = { { name = "a", type = "a", pattern = "one two" }, { name = "b", type = "b", pattern = "two three" } },
  { "cross", "one two three" },
}
END
    run_out "$TAMIS" test --update
    is 0
    grep -qF '"[a:one [b#1:two] three#1]"' cross.test.lua
    run_out "$TAMIS" test
    is 0
}

@test "drop, fails, set, clean, lang, meta and options of a case" {
    cat >s.lua <<'END'
return {
  options = { least = { type = "int", default = 3 } },
  run = function(doc, options)
    if doc.text == "boom" then error("no good") end
    if #doc.text < options.least then return drop("too short") end
    doc:set("first", doc:meta("url") or doc.lang or "none")
  end,
}
END
    cat >s.test.lua <<'END'
return test {
  script = "s.lua",
  { "drop with its reason", "a", drop = "too short" },
  { "any drop", "a", drop = true },
  { "words of the failure", "boom", fails = "no good" },
  { "attribute from meta", "text", meta = { url = "http://x" }, set = { first = "http://x" } },
  { "attribute from lang", "text", lang = "fr", set = { first = "fr" } },
  { "options of the case", "a", options = { least = 1 }, set = { first = "none" } },
}
END
    run_out "$TAMIS" test
    is 0
    has "$output" "6 passed"
    sed -i 's/drop = "too short"/drop = "too long"/; s/fails = "no good"/fails = "nothing"/; s/first = "fr"/first = "de"/; s/drop = true/clean = "b"/' s.test.lua
    run_out "$TAMIS" test
    is 1
    has "$output" "dropped as “too short”, expected “too long”"
    has "$output" "the document was dropped: too short"
    has "$output" "without the words “nothing”"
    has "$output" "first is fr, expected de"
    has "$output" "2 passed, 4 failed"
}

@test "a pipeline is tested by file, by list of stages and by the name of a shipped one" {
    cat >three.test.lua <<'END'
return test {
  pipeline = { stage "quotes" {}, rules { { name = "o", type = "offer", within = "quote", pattern = "ready" } } },
  types = { "offer" },
  { "in the quote", "He said: “We are [offer:ready] to go home with you.”" },
  { "not outside of it", "They were ready to go home with you." },
}
END
    echo 'return test { pipeline = "empty.lua", types = { "quote" }, { "finds nothing", "“Nothing at all”, he said." } }' >file.test.lua
    echo 'return test { pipeline = "clean", { "goes through", "A text.", set = { none = false } } }' >shipped.test.lua
    run_out "$TAMIS" test .
    is 0
    has "$output" "4 cases in 3 files: 4 passed"
}

@test "mistakes in a test file are told at their places, all at once, with exit code 78" {
    cat >bad.test.lua <<'END'
return test {
  stage = "qotes", types = { 1 },
  { "no text" },
  { "unknown", "text", dorp = true },
}
END
    run_out "$TAMIS" test
    is 78
    has "$err" "bad.test.lua:2:11"
    has "$err" "did you mean \`quotes\`?"
    has "$err" "a span type stands in quotes"
    has "$err" "bad.test.lua:3:3"
    has "$err" "did you mean \`drop\`?"
    has "$output" "1 file could not be loaded"
}

@test "a case that checks nothing and a mark that stays open are told" {
    echo 'return test { pipeline = "empty.lua", { "nothing", "A text." } }' >a.test.lua
    run_out "$TAMIS" test a.test.lua
    is 78
    has "$err" "the case checks nothing"
    echo 'return test { stage = "quotes", { "open", "A [quote:text." } }' >b.test.lua
    run_out "$TAMIS" test b.test.lua
    is 1
    has "$output" "is never closed"
}

@test "TAP and JUnit tell each case; a file that cannot be loaded is a failed case" {
    rules_and <<'END'
  { "good & <fine>", "nothing" },
  { "bad", "[offer:nothing]" },
END
    echo 'return 1' >broken.test.lua
    run_out "$TAMIS" test --format tap
    is 78
    has "$output" "1..3"
    has "$output" "not ok 1 - broken.test.lua"
    has "$output" "ok 2 - offers.test.lua: good & <fine>"
    has "$output" "not ok 3 - offers.test.lua: bad"
    rm broken.test.lua
    run_out "$TAMIS" test --format junit -o report.xml
    is 1
    [ -z "$output" ]
    command -v python3 >/dev/null || skip "python3 is not installed"
    python3 - <<'END'
import xml.etree.ElementTree as tree
root = tree.parse("report.xml").getroot()
cases = root.findall("testsuite/testcase")
assert [c.get("name") for c in cases] == ["good & <fine>", "bad"]
assert root.get("failures") == "1" and cases[1].find("failure") is not None and cases[1].get("line") == "5"
END
}

@test "--only picks cases by words of their names" {
    rules_and <<'END'
  { "one", "[offer:x]" },
  { "two", "x" },
END
    run_out "$TAMIS" test --only two
    is 0
    has "$output" "1 case in 1 file: 1 passed"
    run_out "$TAMIS" test --only three
    is 65
}

@test "no test at all is told" {
    run_out "$TAMIS" test
    is 65
    has "$err" ".test.lua"
}
