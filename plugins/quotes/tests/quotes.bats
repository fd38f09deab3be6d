# The quotes stage through the command: the table, the record, options, other stages' spans, explain.

setup() {
    TAMIS=${TAMIS:-$BATS_TEST_DIRNAME/../../../build/tamis}
    [ -x "$TAMIS" ] || { echo "no command at $TAMIS: build first" >&2; return 1; }
    cd "$BATS_TEST_TMPDIR"
    echo 'return pipeline "t" { stage "quotes" {} }' >q.lua
    printf '%s\n' '« Le pont ouvrira avant l’hiver », a déclaré Anne Meunier, maire de Lindre. Le film « La Rive » sort vendredi. « Enfin », a-t-elle ajouté.' >fr.txt
}

rows() {
    "$TAMIS" run "$@" --emit quotes --format csv 2>err.txt | tail -n +2
}

# The text holds the words, literally.
has() {
    [[ "$1" == *"$2"* ]] || { printf 'missing: %s\nin: %s\n' "$2" "$1"; return 1; }
}

hasnt() {
    [[ "$1" != *"$2"* ]] || { printf 'not wanted: %s\nin: %s\n' "$2" "$1"; return 1; }
}

@test "the table has speaker, cue, quote, language and offsets, without the language stage" {
    output=$(rows q.lua fr.txt)
    has "$output" 'direct,Anne Meunier,Anne Meunier,a déclaré,Le pont ouvrira avant l’hiver,fr,'
    has "$output" 'direct,elle,Anne Meunier,a-t-elle ajouté,Enfin,fr,'
    [ "$(echo "$output" | cut -d, -f3,4 | head -1)" = "2,31" ]
}

@test "a title has no speaker, and is no piece of the utterance before it" {
    output=$(rows q.lua fr.txt | grep 'La Rive')
    has "$output" 'title,,,,La Rive,fr,'
    has "$output" 'fr.title,'
}

@test "explain tells what was seen, what each weighs, and who spoke by which rule" {
    output=$("$TAMIS" explain q.lua fr.txt:1)
    has "$output" 'cue-after+'
    has "$output" 'naming-'
    has "$output" 'Anne Meunier; the verb stands behind the quotation'
    has "$output" 'direct; its cues sum to '
}

@test "pieces of one utterance have one group, one speaker span, one cue span" {
    printf '%s\n' '“We told them in March,” Mr Hobson said, “and we told them again in June.”' >en.txt
    "$TAMIS" run q.lua en.txt --format jsonl 2>/dev/null >en.jsonl
    [ "$(grep -o '"type":"speaker"' en.jsonl | wc -l)" -eq 1 ]
    [ "$(grep -o '"type":"cue"' en.jsonl | wc -l)" -eq 1 ]
    [ "$(grep -o '"type":"quote"' en.jsonl | wc -l)" -eq 2 ]
    has "$(cat en.jsonl)" '\"group\":1'
}

@test "a paragraph that goes on is a continuation; what is never closed says so" {
    printf '%s\n%s\n' '“The first paragraph ends here and the speech does not.' '“It goes on in the second one,” Senator Ruth Hale said.' >en.txt
    "$TAMIS" run q.lua en.txt --format jsonl 2>/dev/null >en.jsonl
    has "$(cat en.jsonl)" '"category":"continuation"'
    has "$(cat en.jsonl)" '\"unclosed\":true'
}

@test "nested writes what stands within quotations, with its depth and its own speaker" {
    printf '%s\n' '« Le ministre m’a dit : “La route est coupée depuis lundi”, et je l’ai cru », raconte Anne Meunier.' >n.txt
    output=$(rows q.lua n.txt)
    [ "$(echo "$output" | wc -l)" -eq 1 ]
    output=$(rows q.lua n.txt -D quotes.nested=true)
    [ "$(echo "$output" | wc -l)" -eq 2 ]
    has "$output" 'Le ministre,Le ministre,a dit,La route est coupée depuis lundi'
}

@test "kinds leaves out what is not wanted" {
    output=$(rows q.lua fr.txt -D quotes.kinds=direct -D quotes.kinds=continuation)
    has "$output" 'Enfin'
    hasnt "$output" 'La Rive'
}

@test "a user's cue file adds verbs to a language without recompiling" {
    printf '%s\n' 'Le vieux scaphandrier brima que la mer « monte toujours trop vite ».' >u.txt
    hasnt "$(rows q.lua u.txt)" 'brima'
    printf 'language\tfr\nsay\t-\tbrima\nrole\tm\tscaphandrier\n' >mine.tsv
    echo 'return pipeline "t" { stage "quotes" { cues = { "./mine.tsv" } } }' >u.lua
    has "$(rows u.lua u.txt)" 'direct,Le vieux scaphandrier,Le vieux scaphandrier,brima,'
}

@test "explain tells who else may have been meant, and what was seen of each" {
    printf '%s\n' 'La alcaldesa Carmen Rueda presentó el jueves el plan de obras. Rueda dijo que el puente abrirá en mayo.' 'La oposición no acudió al acto. “Es el proyecto que esta ciudad necesitaba desde hace veinte años”.' >e.txt
    output=$("$TAMIS" explain q.lua e.txt:2)
    has "$output" 'Carmen Rueda +'
    has "$output" 'as nothing: person+'
    has "$output" 'as nothing: rules+'
}

@test "reference is a table of one's own that says whom a speaker stands for; its mistakes are told" {
    printf '%s\n' 'La alcaldesa Carmen Rueda presentó el jueves el plan de obras. Rueda dijo que el puente abrirá en mayo.' 'La oposición no acudió al acto. “Es el proyecto que esta ciudad necesitaba desde hace veinte años”.' >e.txt
    has "$(rows q.lua e.txt)" 'direct,Rueda,Carmen Rueda,'
    printf '# the rules alone\nrules\t*\t1000\n' >mine.tsv
    echo 'return pipeline "t" { stage "quotes" { reference = "./mine.tsv" } }' >u.lua
    has "$(rows u.lua e.txt)" 'direct,,,,Es el proyecto'
    printf 'rules\t*\t1000\nrules\tshe\t5\n' >mine.tsv
    run "$TAMIS" run u.lua e.txt --emit quotes --format csv
    [ "$status" -ne 0 ]
    has "$output" 'mine.tsv:2: nothing that is asked for'
    printf 'charm\t*\t5\n' >mine.tsv
    run "$TAMIS" run u.lua e.txt --emit quotes --format csv
    [ "$status" -ne 0 ]
    has "$output" 'mine.tsv:1: no such feature'
}

@test "a user's cue file adds a language" {
    printf '%s\n' '"Kahvi on kylmää ja tee on lopussa", murahti Aino Virta.' >fi.txt
    printf 'language\tfi\nsay\t-\tmurahti\nconj\t-\tja\nadv\t-\ton\n' >fi.tsv
    echo 'return pipeline "t" { stage "quotes" { cues = { "./fi.tsv" } } }' >u.lua
    has "$(rows u.lua fi.txt)" 'direct,Aino Virta,Aino Virta,murahti,Kahvi on kylmää ja tee on lopussa,fi,'
}

@test "a mistake in a cue file is told with file and line" {
    printf 'language\tfr\nsay\t-\tbrima\nverbe\t-\tfoo\n' >bad.tsv
    echo 'return pipeline "t" { stage "quotes" { cues = { "./bad.tsv" } } }' >u.lua
    run "$TAMIS" run u.lua fr.txt
    [ "$status" -eq 78 ]
    has "$output" 'bad.tsv:3: no such class'
}

@test "persons that an earlier stage found are speakers, whatever their letters" {
    printf '%s\n' '« Je pars demain matin », a dit ouragan bleu, un joueur de la ligue.' >p.txt
    cat >names.lua <<'END'
return {
  name = "names",
  writes = { "span:person" },
  run = function(doc)
    local i, j = doc.text:find("ouragan bleu", 1, true)
    if i then doc:span("person", i, j) end
  end,
}
END
    echo 'return pipeline "t" { script "names.lua" {}, stage "quotes" {} }' >p.lua
    hasnt "$(rows q.lua p.txt)" 'direct,ouragan bleu,'
    has "$(rows p.lua p.txt)" 'direct,ouragan bleu,ouragan bleu,'
}

@test "who speaks is null where nothing says so" {
    printf '%s\n' 'Les travaux ont repris lundi dans le port.' '« Une route, un pont, une gare, et personne pour les payer : voilà le pays. »' >w.txt
    output=$(rows q.lua w.txt)
    has "$output" 'direct,,,,"Une route'
}

@test "where nobody is said to speak, whom the paragraph is about is named, of the one above if asked for" {
    printf '%s\n' 'Anne Petit a donné des conseils samedi.' \
        '« N’oubliez pas de boire avant de partir courir. » La course dure une heure.' >w.txt
    echo 'return pipeline "t" { stage "quotes" { guess = true } }' >g.lua
    has "$(rows q.lua w.txt)" 'direct,,,,N’oubliez'
    tr '\n' ' ' <w.txt >one.txt
    has "$(rows q.lua one.txt)" 'direct,Anne Petit,Anne Petit,,N’oubliez'
    output=$(rows g.lua w.txt)
    has "$output" 'direct,Anne Petit,Anne Petit,,N’oubliez'
    has "$output" ',fr.topic,'
    has "$("$TAMIS" explain g.lua w.txt:2)" 'whom the sentences before are about'
}

@test "each quotation takes the tables of the language that the language stage found" {
    printf '%s\n' 'Le maire est venu. « Nous ouvrons lundi matin », a déclaré Anne Meunier.' \
        'The mayor of the other town came as well. “We are going to open on Tuesday,” said Joan Parry, who runs it.' >two.txt
    echo 'return pipeline "t" { stage "language" {}, stage "quotes" {} }' >l.lua
    output=$(rows l.lua two.txt)
    has "$output" 'Nous ouvrons lundi matin,fr,'
    has "$output" 'We are going to open on Tuesday'
    has "$output" 'Joan Parry'
    has "$output" ',en,'
}

@test "mode fiction takes for speech what news would not" {
    printf '%s\n' '“No, no” – and she turned to the window.' >f.txt
    has "$(rows q.lua f.txt)" ',scare,'
    has "$(rows q.lua f.txt -D quotes.mode=fiction)" ',direct,'
}

LANGUAGE='return pipeline "t" { stage "language" {}, stage "quotes" {} }'

@test "the language of a quotation is that of its text, not of the table that served" {
    printf '%s\n' 'The minister came to the harbour on Monday with her whole staff and spoke to the press. “Við höfum beðið lengi eftir þessari brú og nú kemur hún loksins til okkar allra í bænum”, said Joan Parry, who then went home to her family in the north.' >is.txt
    echo "$LANGUAGE" >l.lua
    wanted=$(rows l.lua is.txt)
    has "$wanted" 'Við höfum'
    has "$wanted" ',en.'
    hasnt "$wanted" 'bænum,en,'
    has "$wanted" ',is,'
}

@test "where a language has no table, no other serves: marks pair, and nobody is guessed" {
    printf '%s\n' 'Brúin verður opnuð fyrir veturinn, segir borgarstjórinn í viðtali við blaðið á mánudag. „Við höfum beðið lengi eftir þessari brú og nú kemur hún loksins,“ segir Anna Jónsdóttir í samtali við fréttamann.' >is.txt
    echo "$LANGUAGE" >l.lua
    output=$(rows l.lua is.txt)
    has "$output" 'direct,,,,"Við höfum beðið lengi eftir þessari brú og nú kemur hún loksins,",is,'
    has "$output" ',none,'
}

@test "in a language without a table a full name and a colon say who speaks, one word does not" {
    printf '%s\n' 'Brúin verður opnuð fyrir veturinn, segir borgarstjórinn í viðtali við blaðið á mánudag.' 'Anna Jónsdóttir: „Við höfum beðið lengi eftir þessari brú og nú kemur hún loksins til okkar allra.“' 'Mánudagur: „Enginn veit hvað verður um gömlu brúna þegar sú nýja hefur verið opnuð í haust.“' >is.txt
    echo "$LANGUAGE" >l.lua
    output=$(rows l.lua is.txt)
    has "$output" 'direct,Anna Jónsdóttir,Anna Jónsdóttir,:,Við höfum'
    has "$output" 'direct,,,,Enginn veit'
}

@test "who is much spoken of is not taken for the speaker without a cue" {
    printf '%s\n' 'Many lamps have Bluetooth. Few like Bluetooth at home, yet Bluetooth is cheap, and Bluetooth is old.' '“We have never had to change the battery of this thing in all those years.”' >g.txt
    has "$(rows q.lua g.txt)" 'direct,,,,We have never'
}

@test "speech in the two paragraphs after a quotation with a cue goes on as its speaker's" {
    printf '%s\n' '“We have waited for this bridge for years,” said Joan Parry on Monday.' '“Nobody in the town hall has ever told us what it will cost us all.”' '“And nobody will tell us when it is going to be open to the public.”' >s.txt
    output=$(rows q.lua s.txt)
    has "$output" ',Joan Parry,,Nobody in'
    has "$output" ',Joan Parry,,And nobody'
}

@test "the English I is a pronoun, and nobody stands for it" {
    printf '%s\n' 'Joan Parry was late. “When will the bridge be open to the public?” I asked her.' >i.txt
    output=$(rows q.lua i.txt)
    has "$output" 'direct,I,,asked,When will'
}
