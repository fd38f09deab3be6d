#!/usr/bin/env bats
# The tagger on sentences of our own (sentences.tsv): eleven languages, a third of them traps. The floors are
# what it reached when they were written, less a little; a change that loses more is seen here.

setup() {
    [ -n "$TAMIS" ] || skip "TAMIS is the command to test"
    command -v python3 >/dev/null || skip "needs python3"
    here="$BATS_TEST_DIRNAME"
}

score() { # SET: the part of sentences.tsv whose head comment holds it
    python3 "$here/score.py" "$TAMIS" "$here/sentences.tsv" "$BATS_TEST_TMPDIR" "$@"
}

@test "weapons: mentions in eleven languages are found, traps left alone" {
    run score --least-f1 0.95 --least-category 0.97
    echo "$output"
    [ "$status" -eq 0 ]
}

@test "weapons: no language falls far behind the others" {
    run score --each-language 0.88
    echo "$output"
    [ "$status" -eq 0 ]
}

@test "weapons: of the sentences without a mention one in twenty is marked at most" {
    run score --most-traps 0.05
    echo "$output"
    [ "$status" -eq 0 ]
}

@test "weapons: numbers, ranges, dozens and sums of money are read in eleven languages" {
    run python3 "$here/quantities.py" "$TAMIS" "$here/quantities.tsv" "$BATS_TEST_TMPDIR"
    echo "$output"
    [ "$status" -eq 0 ]
}

@test "weapons: the gazetteer is what its sources make" {
    run python3 "$here/../make/gazetteer.py" "$BATS_TEST_TMPDIR/gazetteer.tsv"
    echo "$output"
    [ "$status" -eq 0 ]
    cmp "$BATS_TEST_TMPDIR/gazetteer.tsv" "$here/../data/gazetteer.tsv"
}

@test "weapons: the gazetteer has each row once" {
    run "$TAMIS" gazetteer check "$here/../data/gazetteer.tsv"
    echo "$output" | grep "is written again at\|is never found" > "$BATS_TEST_TMPDIR/twice" || true
    cat "$BATS_TEST_TMPDIR/twice"
    [ ! -s "$BATS_TEST_TMPDIR/twice" ]
    echo "$output" | grep -q "rows, 0 left out"
}

# values SENTENCE: the canonical names of what is found in it.
values() {
    local pipeline=$BATS_TEST_TMPDIR/weapons.lua
    echo 'return pipeline "weapons" { stage "language" {}, stage "weapons" { profile = "all" } }' >"$pipeline"
    echo "$1" | "$TAMIS" run "$pipeline" - --from text -q --emit spans --types weapon | jq -r .value | paste -sd,
}

@test "weapons: a system is called by its own name, not by a sister's" {
    [ "$(values 'The army lost a Borisoglebsk-2 and a Murmansk-BN.')" = Borisoglebsk-2,Murmansk-BN ]
    [ "$(values 'The USS Nimitz sailed past HMS Ark Royal.')" = "USS Nimitz,HMS Ark Royal" ]
    [ "$(values 'They dropped a GBU-43 and a GBU-28.')" = GBU-43,GBU-28 ]
}

@test "weapons: a speaker's surname is no weapon, the weapon of that name is one" {
    marked() { echo "$1" | "$TAMIS" run arms-news - --from text -q --emit spans --types weapon | jq -r .text | paste -sd,; }
    [ "$(marked 'Le maire, Olav Sten, se souvient des soldats et de leurs mitrailleuses : « Ils sont partis sans rien dire. »')" = mitrailleuses ]
    [ "$(marked 'Le soldat portait un pistolet-mitrailleur Sten, a dit Olav Brun : « Il était vieux. »')" = pistolet-mitrailleur,Sten ]
}
