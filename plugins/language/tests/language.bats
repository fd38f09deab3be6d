# The stage `language` as a user meets it: options, spans, what stays `und`. All texts are written for these
# tests.

load ../../../tests/cli/common

pipeline() { # options
    printf 'return pipeline "p" { stage "language" { %s } }\n' "$1" >p.lua
}

# "VALUE start-end" of each span of a text given on stdin.
spans() {
    cat >t.txt
    "$TAMIS" run p.lua t.txt --format jsonl --text original 2>/dev/null |
        jq -r '.spans[] | "\(.value) \(.start)-\(.end)"'
}

value() { # jq filter on the record of a text given on stdin
    cat >t.txt
    "$TAMIS" run p.lua t.txt --format jsonl --text original 2>/dev/null | jq -r "$1"
}

@test "a wrong code is refused with the nearest one" {
    pipeline 'languages = { "fr", "Germn" }'
    run "$TAMIS" check p.lua
    [ "$status" -eq 78 ]
    [[ "$output" == *"did you mean 'de' (German)?"* ]]
}

@test "tags, ISO codes and English names mean the same" {
    for name in de deu German; do
        pipeline "languages = { \"$name\", \"fr\" }, min_score = 0"
        [ "$(echo 'Das Boot fährt morgen wieder hinaus.' | value .lang)" = de ]
    done
}

@test "a group has one label, its members have none" {
    pipeline 'groups = true'
    [ "$(echo 'Vlada je juče donijela novu odluku o porezima u zemlji.' | value .lang)" = sh ]
    [ "$(echo 'Statsministeren sa at møtet varer til i morgen kveld.' | value .lang)" = no ]
}

@test "a heading in capitals, lost accents, hashtags and entities change nothing" {
    pipeline ''
    [ "$(echo 'LE GOUVERNEMENT REFUSE DE NÉGOCIER AVEC LES SYNDICATS' | value .lang)" = fr ]
    [ "$(echo 'Le gouvernement a refuse de negocier avec les syndicats, a declare le ministre.' | value .lang)" = fr ]
    [ "$(echo '#El #gobierno #no quiere &nbsp; negociar &amp; los sindicatos<br>esperan' | value .lang)" = es ]
}

@test "numbers, addresses, hashes and names of platforms are no language" {
    pipeline ''
    for text in '2024-06-19 07:41:49' 'https://www.example.org/a/b?id=17' '+33 1 23 45 67 89' \
        'd41d8cd98f00b204e9800998ecf8427e' 'ADVERTISEMENT' 'LinkedIn'; do
        [ "$(echo "$text" | value .lang)" = und ] || { echo "$text"; false; }
    done
}

@test "furniture in another language and an advertisement are told from the article" {
    pipeline ''
    spans >got <<'TEXT'
El ministro llegó el martes al puerto para hablar con los pescadores de la huelga. No quiso decir cuándo volverá a la capital.

Los barcos siguen en el muelle y nadie sabe quién pagará el combustible de esta semana.

Leave a Reply

Your email address will not be published.
TEXT
    [ "$(cat got)" = "$(printf 'es 0-217\nen 217-274')" ] || { cat got; false; }
}

@test "unit = line labels each line, document the whole" {
    pipeline 'unit = "line"'
    [ "$(printf 'Bonjour à tous les amis. Merci beaucoup.\nGood morning to all of my friends.\n' | spans)" = \
        "$(printf 'fr 0-41\nen 41-76')" ]
    pipeline 'unit = "document"'
    [ "$(printf 'Bonjour à tous les amis. Merci beaucoup pour hier.\nGood morning.\n' | spans)" = 'fr 0-65' ]
}

@test "what is below min_score is und, and at 0 letters always have a language" {
    pipeline 'min_score = 1'
    [ "$(echo 'mara tolo' | value .lang)" = und ]
    pipeline 'min_score = 0, unit = "document"'
    [ "$(echo 'mara tolo' | value .lang)" != und ]
}

@test "two paragraphs of two languages are two spans" {
    pipeline ''
    run value '.spans | map(.value) | unique | join(" ")' <<'TEXT'
Das Schiff liegt seit gestern im Hafen, und niemand weiß, wann es wieder ausläuft.

The ship has been in the harbour since yesterday, and nobody knows when it will leave.
TEXT
    [ "$output" = "de en" ]
}
