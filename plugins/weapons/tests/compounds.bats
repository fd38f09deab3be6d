# German compounds are looked for 64 bytes at once: one is found wherever it stands, whatever is around it.

setup() {
    [ -n "$TAMIS" ] || skip "TAMIS is the command to test"
    cd "$BATS_TEST_TMPDIR"
    echo 'return pipeline "w" { function(doc) doc:set("lang", "de") end, stage "weapons" {} }' >w.lua
}

# found WORD BEFORE BEHIND: documents with the word 0 to 139 bytes into the text, in how many it is a compound
found() {
    local pad="" i
    : >in.jsonl
    for ((i = 0; i < 140; i++)); do
        printf '{"id": "%d", "text": "%s%s%s%s der Regierung lag gestern in der Stadt."}\n' "$i" "$pad" "$2" "$1" "$3" >>in.jsonl
        case $((i % 7)) in 3 | 6) pad="$pad " ;; *) pad="${pad}x" ;; esac
    done
    "$TAMIS" run w.lua in.jsonl --emit spans --format tsv >out.tsv 2>/dev/null
    grep -c "	weapon	.*	$1	" out.tsv || true
}

@test "a compound is found at every place of a block, behind a gap of any kind" {
    for word in Testgewehr Übungsmörser ÜBUNGSGESCHÜTZ; do
        for before in " " " „" " (" "\\n" " «"; do
            [ "$(found "$word" "$before" ",")" -eq 140 ] || { echo "$word behind '$before'"; false; }
        done
    done
}

@test "what is joined to a word before or behind it is no compound of its own" {
    for before in " x" " ä" " 7" " э"; do
        [ "$(found Testgewehr "$before" ",")" -eq 0 ] || { echo "behind '$before'"; false; }
    done
    [ "$(found Testgewehr " " "x")" -eq 0 ]
    [ "$(found Testgewehr " " "ä")" -eq 0 ]
}
