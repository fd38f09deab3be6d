# Lists of terms of one's own: what the command says of them, how they merge, what a stage makes of them.

load common

gazetteers() {
    printf 'term\tlang\tvalue\tcategory\tnotes\nAcme Corp\t\tAcme\tparty.x\tinfl=ACME\nacme corp\t\tAcme\tparty.x\t\nACME\t\tOther\tparty.y\t\nAcme Bank\t\t\texclude\t\nAcme Bank\t\tBank\tp.q\t\n\t\tx\t\t\nZeta\ten\tZ\tp.q\tinf=a|b\n' >mine.tsv
    printf 'term,lang,value,category\n"Acme Corp",,"Acme, ""the"" SA",party.z\nOmega Ltd,,Omega,party.z\n' >more.csv
    echo 'return pipeline "t" { stage "terms" { as = "sanctions", gazetteer = { "mine.tsv", "more.csv" }, type = "sanction" } }' >t.lua
}

@test "gazetteer check names bad rows, rows written twice and rows never found, at file:line" {
    gazetteers
    run_out "$TAMIS" gazetteer check mine.tsv
    is 78
    has "$output" "mine.tsv:7: left out: the cell \`term\` is empty"
    has "$output" "mine.tsv:8: left out:"
    has "$output" "mine.tsv:2: \`Acme Corp\` (Acme) is written again at mine.tsv:3"
    has "$output" "mine.tsv:2: \`ACME\` (Acme) is never found: another value stands for it at mine.tsv:4 (Other)"
    has "$output" "mine.tsv:5: \`Acme Bank\` (exclude) excludes nothing: the same words are a term at mine.tsv:6"
}

@test "gazetteer check tells a term that an exclusion of the same words takes out" {
    printf 'term\tlang\tcategory\nhot dog\ten\tfood\nhot dog\ten\texclude\n' >g.tsv
    run_out "$TAMIS" gazetteer check g.tsv
    is 0
    has "$output" "g.tsv:2: \`hot dog\` (food) is never found: excluded by the same words at g.tsv:3"
}

@test "gazetteer check of clean files finds nothing, and counts what later files override" {
    printf 'term\tvalue\nalpha\tA\nbeta\tB\n' >a.tsv
    printf 'term\tvalue\nalpha\tC\n' >b.tsv
    run_out "$TAMIS" gazetteer check a.tsv b.tsv
    is 0
    [ "$output" = "3 rows, 1 spelling overridden by later files, 0 left out, 0 findings" ]
}

@test "gazetteer check of a file without the column term, or of none, fails" {
    printf 'word\tvalue\nalpha\tA\n' >a.tsv
    run_out "$TAMIS" gazetteer check a.tsv
    is 78
    has "$err" "term"
    run_out "$TAMIS" gazetteer check missing.tsv
    is 65
    run_out "$TAMIS" gazetteer
    is 2
}

@test "check tells what is odd in the gazetteers of a pipeline, and not in those that ship" {
    gazetteers
    run_out "$TAMIS" check t.lua
    is 0
    has "$err" "mine.tsv:2: \`ACME\` (Acme) is never found"
    has "$output" "2 spellings overridden by later files"
    has "$output" "2 warnings"
    echo 'return pipeline "w" { stage "weapons" {} }' >w.lua
    run_out "$TAMIS" check w.lua
    is 0
    [ -z "$err" ]
}

@test "a bad row costs itself, later files override earlier ones, TSV and CSV mix" {
    gazetteers
    echo "Acme Corp and ACME and Omega Ltd met Acme Bank." >t.txt
    run_out "$TAMIS" run t.lua t.txt --emit spans --format tsv
    is 0
    has "$output" 'Acme, "the" SA'
    has "$output" "Omega"
    has "$output" "mine.tsv:4"
    has "$output" "Bank"
    has "$err" "mine.tsv:7"
}

@test "a gazetteer of one's own takes the place of the one that ships, or comes on top of it" {
    printf 'term\tlang\tvalue\tcategory\nzorgblaster\t\tZorg\tsalw.rifle\n' >mine.tsv
    echo 'return pipeline "w" { stage "weapons" {} }' >w.lua
    echo "A zorgblaster and a Kalashnikov." >t.txt
    run_out "$TAMIS" run w.lua t.txt --emit spans --format tsv -D weapons.gazetteer=mine.tsv
    is 0
    has "$output" "Zorg"
    [[ "$output" != *Kalashnikov* ]]
    run_out "$TAMIS" run w.lua t.txt --emit spans --format tsv -D weapons.extra=mine.tsv
    is 0
    has "$output" "Zorg"
    has "$output" "Kalashnikov"
}

@test "explain --why-not names the row, the exclusion, the address, the missing cue" {
    printf 'term\tlang\tvalue\tcategory\tnotes\ntank\ten\tT\tarmour.tank\tamb\nfish tank\ten\t\texclude\t\nmissile\ten\tM\tmissile.generic\t\nZircon\tmul\tZ\tmissile.generic\tcs; need=missile\n' >g.tsv
    echo 'return pipeline "w" { stage "weapons" { gazetteer = "g.tsv" } }' >w.lua
    echo "His fish tank is new. The tank was empty; see http://example.org/missile now. He wore a Zircon ring." >t.txt
    run_out "$TAMIS" explain w.lua t.txt --why-not "fish tank"
    has "$output" "g.tsv:3 excludes “fish tank”"
    run_out "$TAMIS" explain w.lua t.txt --why-not "missile"
    has "$output" "within a URL"
    run_out "$TAMIS" explain w.lua t.txt --why-not "Zircon"
    has "$output" "g.tsv:5"
    run_out "$TAMIS" explain w.lua t.txt --why-not "ring"
    has "$output" "no row has \`ring\`"
    echo "They are antimissiles." >u.txt
    printf 'term\tlang\tvalue\tcategory\nmissiles\ten\tM\tmissile.generic\n' >g.tsv
    run_out "$TAMIS" explain w.lua u.txt --why-not "antimissiles"
    has "$output" "\`missiles\` (row g.tsv:2) is only a part of this word"
}

@test "gazetteer compile writes the image of its files, and none where a row is left out" {
    mkdir images
    printf 'term\tvalue\nF-16\tA\n' >g.tsv
    run_out "$TAMIS" gazetteer compile g.tsv -o images
    is 0
    [ "$(ls images | wc -l)" -eq 1 ]
    printf 'term\tvalue\n\tA\n' >bad.tsv
    run_out "$TAMIS" gazetteer compile bad.tsv -o images
    is 78
    [ "$(ls images | wc -l)" -eq 1 ]
    run_out "$TAMIS" gazetteer compile g.tsv -o nowhere
    is 74
    run_out "$TAMIS" gazetteer compile g.tsv
    is 2
}
