#!/usr/bin/env bats
# tamis gazetteer import: other sources' files become gazetteers that a stage can read.

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
}

@test "import wikidata: a query's answer as CSV becomes rows with categories" {
    printf '%s\n' 'item,itemLabel,classLabel,lang,label,aliases' \
        'Q1,Example 2,main battle tank,de,Beispiel 2,"Kampfpanzer Beispiel 2|Bsp 2"' \
        'Q2,Herring,species of fish,en,Herring,' >answer.csv
    run "$TAMIS" gazetteer import wikidata answer.csv -q
    [ "$status" -eq 0 ]
    [ "${lines[1]}" = "# source: Wikidata, https://www.wikidata.org, CC0 1.0" ]
    [ "${lines[2]}" = "de	Beispiel 2	Example 2	armour.tank	named" ]
    [ "${lines[4]}" = "de	Bsp 2	Example 2	armour.tank	named" ]
    [ "${#lines[@]}" -eq 5 ]
}

@test "import wikidata: lines of a dump give labels and aliases of the languages that tamis knows" {
    printf '[\n%s,\n]\n' '{"labels":{"en":{"value":"Example howitzer"},"fr":{"value":"Obusier d\u2019exemple"},"nl":{"value":"x y"}},"aliases":{"en":[{"value":"EX-777"}]},"descriptions":{"en":{"value":"towed howitzer"}}}' >dump.json
    run "$TAMIS" gazetteer import wikidata dump.json -q
    [ "$status" -eq 0 ]
    [ "${lines[2]}" = "en	Example howitzer	Example howitzer	artillery.gun	named" ]
    [ "${lines[3]}" = "en	EX-777	Example howitzer	artillery.gun	named" ]
    [ "${lines[4]}" = "fr	Obusier d’exemple	Example howitzer	artillery.gun	named" ]
    [ "${#lines[@]}" -eq 5 ]
}

@test "import oryx: counts, remarks and unknown systems are taken off" {
    printf '%s\n' 'country,equipment,system,destroyed' 'X,Tanks,3 EX-62M Obr. 2022,1' \
        "X,UAV,'EX-20' reconnaissance UAV,1" 'X,Trucks,(Unknown) truck,9' >losses.csv
    run "$TAMIS" gazetteer import oryx losses.csv -o out.tsv
    [ "$status" -eq 0 ]
    [ "$(sed -n 3p out.tsv)" = "mul	EX-62M	EX-62M	armour.tank	named" ]
    [ "$(sed -n 4p out.tsv)" = "mul	EX-20	EX-20	uav.recon	named" ]
    [ "$(wc -l <out.tsv)" -eq 4 ]
    run "$TAMIS" gazetteer check out.tsv
    [ "$status" -eq 0 ]
}

@test "import: what is imported is found by the stage" {
    printf '%s\n' 'item,itemLabel,classLabel,lang,label,aliases' \
        'Q1,Zorgblat 9,main battle tank,en,Zorgblat 9,' >answer.csv
    "$TAMIS" gazetteer import wikidata answer.csv -q -o mine.tsv
    printf 'return pipeline "p" { stage "weapons" { extra = "mine.tsv" } }\n' >p.lua
    printf 'The army paraded a Zorgblat 9 on Monday.\n' >a.txt
    run "$TAMIS" explain p.lua a.txt
    [ "$status" -eq 0 ]
    [[ "$output" == *"Zorgblat 9"*"armour.tank"* ]]
}

@test "import: an unknown kind, a path as kind and a broken file are refused" {
    printf '{"results" "bindings"' >bad.json
    run "$TAMIS" gazetteer import ../oryx bad.json
    [ "$status" -eq 2 ]
    run "$TAMIS" gazetteer import nothing bad.json
    [ "$status" -eq 65 ]
    run "$TAMIS" gazetteer import wikidata bad.json
    [ "$status" -eq 65 ]
    [[ "$output" == *"not JSON"* ]]
}
