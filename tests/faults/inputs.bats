# Inputs as the world has them: unreadable, broken, cut off, in the wrong encoding, huge, empty.

load common

@test "a broken JSONL line costs itself, whatever is broken" {
    {
        echo '{"id":"a","text":"fine"}'
        echo '{"id":"b","text":"no end}'
        echo '{"id":"c","text":"trailing"} rubbish'
        echo '{"id":"d","text":"twice","text":"the same"}'
        echo '[1,2]'
        echo 'no JSON'
        echo '{"id":"e","text":7}'
        echo '{"id":"f","text":"number","n":-01}'
        echo '{"id":"g","text":"bad escape \x"}'
        printf '{"id":"h","text":"control \001"}\n'
        echo '{"id":"i"}'
        echo ''
        echo '   '
        echo '{"id":"z","text":"fine"}'
    } >in.jsonl
    run_out "$TAMIS" run empty.lua in.jsonl -o out.jsonl --max-quarantined 100%
    is 0
    good=$(ids out.jsonl)
    has "$good" "a "
    has "$good" "z "
    for id in b c f g e i; do [[ "$good" != *"$id "* ]] || { echo "$id was taken: $good"; return 1; }; done
    same "$(jq -s 'map(.error | length > 0) | all' out.jsonl.quarantine.jsonl)" true
    same "$(($(wc -l <out.jsonl) + $(wc -l <out.jsonl.quarantine.jsonl)))" 12
    has "$(jq -r .locator out.jsonl.quarantine.jsonl | tr '\n' ' ')" "in.jsonl#2 in.jsonl#3 "
}

@test "a last line without its end is a line, a cut one is quarantined" {
    printf '{"id":"a","text":"one"}\n{"id":"b","text":"two"}' >in.jsonl
    "$TAMIS" run empty.lua in.jsonl -q -o out.jsonl
    same "$(ids out.jsonl)" "a b "
    printf '{"id":"a","text":"one"}\n{"id":"b","te' >in.jsonl
    "$TAMIS" run empty.lua in.jsonl -q -o out.jsonl --max-quarantined 1
    same "$(ids out.jsonl)" "a "
    same "$(jq -r .original out.jsonl.quarantine.jsonl)" '{"id":"b","te'
}

@test "bytes that are no UTF-8 become U+FFFD, counted and located, never a stop" {
    printf 'good \xff and \xc3( and \xed\xa0\x80 end' >bad.txt
    run_out "$TAMIS" run empty.lua bad.txt -q
    is 0
    same "$(jq -r .text <<<"$output")" "$(printf 'good \xef\xbf\xbd and \xef\xbf\xbd( and \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd end')"
    same "$(jq '.errors > 0 and (.spans | length > 0)' <<<"$output")" true
    same "$(jq -c '[.spans[0] | .type, .start, .end]' <<<"$output")" '["error",5,6]'
}

@test "a JSONL line that is no UTF-8 is a record, or is kept byte by byte in the quarantine" {
    printf '{"id":"a","text":"one"}\n{"id":"b","text":"\xff\xfe"}\n' >in.jsonl
    run_out "$TAMIS" run empty.lua in.jsonl -o out.jsonl --max-quarantined 1
    is 0
    if [ "$(wc -l <out.jsonl)" = 1 ]; then
        same "$(jq -r .original_base64 out.jsonl.quarantine.jsonl | base64 -d)" "$(sed -n 2p in.jsonl)"
    else
        same "$(jq -c 'select(.id == "b") | .errors > 0' out.jsonl)" true
    fi
}

@test "what is no UTF-8 and fails comes back from the quarantine byte by byte" {
    printf 'caf\xe9 @fail' >latin.txt
    "$TAMIS" run fault.lua latin.txt -q -o out.jsonl --max-quarantined 1
    same "$(jq -r .original out.jsonl.quarantine.jsonl)" null
    jq -r .original_base64 out.jsonl.quarantine.jsonl | base64 -d | cmp - latin.txt
    "$TAMIS" run empty.lua out.jsonl.quarantine.jsonl -q -o again.jsonl
    "$TAMIS" run empty.lua latin.txt -q -o once.jsonl
    same "$(jq -r .text again.jsonl)" "$(jq -r .text once.jsonl)"
}

@test "byte order marks and UTF-16 are honoured, --encoding reads legacy texts" {
    printf '\xef\xbb\xbfna\xc3\xafve' >utf8.txt
    printf '\xff\xfen\0a\0\xef\0v\0e\0' >utf16le.txt
    printf '\xfe\xff\0n\0a\0\xef\0v\0e' >utf16be.txt
    "$TAMIS" run empty.lua utf8.txt utf16le.txt utf16be.txt -q -o out.jsonl
    same "$(jq -r .text out.jsonl | sort -u)" "naïve"
    printf 'na\xefve \xa4' >latin.txt
    "$TAMIS" run empty.lua latin.txt -q --encoding ISO-8859-15 -o out.jsonl
    same "$(jq -r .text out.jsonl)" "naïve €"
}

@test "NUL, CRLF, right-to-left text, combining marks and emoji come out as they went in" {
    printf 'a\0b' >nul.txt
    printf 'one\r\ntwo\r\n' >crlf.txt
    printf '\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d \xe2\x80\x8fabc\xe2\x80\x8e' >rtl.txt
    printf 'e\xcc\x81 \xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7' >marks.txt
    for f in nul crlf rtl marks; do
        "$TAMIS" run empty.lua $f.txt -q -o out.jsonl
        jq -j .text out.jsonl | cmp - $f.txt
        # the same text through a JSONL record
        jq -c '{id, text}' out.jsonl >in.jsonl
        "$TAMIS" run empty.lua in.jsonl -q | jq -j .text | cmp - $f.txt
    done
}

@test "an empty file is an empty document, an empty JSONL file is none" {
    : >empty.txt; : >none.jsonl; printf '\n\n' >lines.jsonl
    run_out "$TAMIS" run empty.lua empty.txt -q
    is 0
    same "$(jq -c '[.id, .text, .status]' <<<"$output")" '["empty.txt","","written"]'
    for f in none.jsonl lines.jsonl; do
        run_out "$TAMIS" run empty.lua $f -o out.jsonl
        is 0
        [ -e out.jsonl ] && [ ! -s out.jsonl ]
        has "$err" "no document"
    done
    run_out bash -c '"$0" run empty.lua - -q </dev/null' "$TAMIS"
    [ "$status" -eq 0 ] || [ "$status" -eq 65 ]
    [ -z "$output" ] || same "$(jq -r .text <<<"$output")" ""
}

@test "a single line of 50 MB is one document, from a file, a JSONL record and a stream" {
    yes 'words upon words, ' | tr -d '\n' | head -c 50000000 >big.txt
    same "$("$TAMIS" run empty.lua big.txt -q -j 2 | jq -r '.text | length')" 50000000
    { printf '{"id":"big","text":"'; cat big.txt; printf '"}\n{"id":"small","text":"x"}\n'; } >big.jsonl
    "$TAMIS" run empty.lua big.jsonl -q -j 2 -o out.jsonl
    same "$(jq -c '[.id, (.text | length)]' out.jsonl | tr '\n' ' ')" '["big",50000000] ["small",1] '
    cat big.jsonl | "$TAMIS" run empty.lua - -q -j 2 | cmp <(sed 's/"input":"big.jsonl"/"input":"-"/' out.jsonl) -
}

@test "a document above --max-document is quarantined by locator, its neighbours are written" {
    head -c 300000 /dev/zero | tr '\0' 'x' >big.txt
    { echo '{"id":"a","text":"x"}'; printf '{"id":"b","text":"'; cat big.txt; printf '"}\n{"id":"c","text":"x"}\n'; } >in.jsonl
    for how in "in.jsonl -j 2" "in.jsonl --in-process" "- -j 2"; do
        run_out "$TAMIS" run empty.lua $how --max-document 100k -o out.jsonl --max-quarantined 1 <in.jsonl
        is 0
        same "$(ids out.jsonl)" "a c "
        same "$(jq -c '[.original, .original_base64]' out.jsonl.quarantine.jsonl)" '[null,null]'
        has "$(jq -r .locator out.jsonl.quarantine.jsonl)" "#2"
        has "$(jq -r .error out.jsonl.quarantine.jsonl)" "--max-document"
    done
    run_out "$TAMIS" run empty.lua big.txt --max-document 100k -o out.jsonl --max-quarantined 1
    is 0
    same "$(wc -l <out.jsonl)" 0
}

@test "a file that cannot be read is exit code 65 where it was named, and quarantined within a folder" {
    [ "$(id -u)" -ne 0 ] || skip "root may read everything"
    mkdir folder; echo one >folder/a.txt; echo two >folder/b.txt; chmod 000 folder/a.txt
    run_out "$TAMIS" run empty.lua folder/a.txt -o out.jsonl
    is 65
    has "$err" "folder/a.txt"
    run_out "$TAMIS" run empty.lua folder -o out.jsonl --max-quarantined 1
    has "$err" "a.txt"
    chmod 600 folder/a.txt
}

@test "a folder in a folder that cannot be read costs itself, and the run goes on" {
    mkdir folder; echo one >folder/a.txt; echo two >folder/z.txt
    mkdir -p "folder/$(printf 'n/%.0s' {1..70})"
    run_out "$TAMIS" run empty.lua folder -o out.jsonl --max-quarantined 1
    is 0
    same "$(jq -r .text out.jsonl | tr '\n' ' ')" "one  two  "
    has "$(jq -r .error out.jsonl.quarantine.jsonl)" "nested too deeply"
    has "$(jq -r .locator out.jsonl.quarantine.jsonl)" "folder/n/n/"
    [ "$(id -u)" -ne 0 ] || return 0 # root may read everything
    rm -r folder/n; mkdir folder/n; chmod 000 folder/n
    run_out "$TAMIS" run empty.lua folder -o out.jsonl --max-quarantined 1
    is 0
    has "$(jq -r .error out.jsonl.quarantine.jsonl)" "Permission denied"
    chmod 700 folder/n
}

@test "a file that goes away after it was listed costs itself" {
    mkdir folder; for i in 1 2 3; do echo "Text $i" >folder/$i.txt; done
    ln -s nowhere folder/link.txt
    mkfifo gate
    # The first input is a pipe: while it is open, nothing behind it is read.
    "$TAMIS" run empty.lua --from text gate folder -q -j 1 -o out.jsonl --max-quarantined 2 3>&- &
    child=$!
    exec 7>gate
    echo first >&7
    sleep 0.5; rm folder/2.txt
    exec 7>&-
    wait $child
    same "$(jq -r .text out.jsonl | tr '\n' ' ')" "first  Text 1  Text 3  "
    same "$(jq -r .locator out.jsonl.quarantine.jsonl)" folder/2.txt
}

@test "a folder is no JSONL file, a missing input stops before anything is written" {
    mkdir folder
    for bad in gone.jsonl folder/gone.txt; do
        run_out "$TAMIS" run empty.lua "$bad" -o out.jsonl
        is 65
        has "$err" "$bad"
        [ ! -e out.jsonl ]
    done
}

@test "folders are read in byte order, without hidden files, links and files of other kinds" {
    mkdir -p folder/b folder/.git
    for f in folder/a.txt folder/B.txt folder/b/c.md folder/b.txt folder/.hidden.txt folder/.git/x.txt folder/picture.png; do
        echo "$f" >$f
    done
    ln -s a.txt folder/link.txt
    run_out "$TAMIS" run empty.lua folder -o folder/out.jsonl
    is 0
    same "$(ids folder/out.jsonl)" "B.txt a.txt b.txt b/c.md "
    run_out "$TAMIS" run empty.lua folder -o folder/out.jsonl # its own output is no input
    same "$(wc -l <folder/out.jsonl)" 4
    run_out "$TAMIS" run empty.lua folder/.hidden.txt folder/picture.png -q
    same "$(jq -r .id <<<"$output" | tr '\n' ' ')" "folder/.hidden.txt folder/picture.png "
}

@test "an id is the input's as text, else FILE#LINE, else -#LINE, and repeated ones are told" {
    printf '{"text":"x"}\n{"id":7,"text":"y"}\n{"id":"","text":"z"}\n{"id":null,"text":"w"}\n' >in.jsonl
    same "$("$TAMIS" run empty.lua in.jsonl -q | jq -r .id | tr '\n' ' ')" "in.jsonl#1 7 in.jsonl#3 in.jsonl#4 "
    same "$("$TAMIS" run empty.lua - -q <in.jsonl | jq -r .id | sed -n 1p)" "-#1"
    printf '{"id":"a","text":"x"}\n{"id":"a","text":"y"}\n' >in.jsonl
    run_out "$TAMIS" run empty.lua in.jsonl -o out.jsonl
    has "$err" "1 document had an id that came before, as a"
    long=$(printf 'é%.0s' {1..60})
    printf '{"id":"%s","text":"x"}\n' "$long" "$long" "$long" >in.jsonl
    run_out "$TAMIS" run empty.lua in.jsonl -o out.jsonl
    has "$err" "2 documents had an id that came before, as ééééééééé"
    has "$err" "é…"
}

@test "lines are numbered right in the middle of a large file, whoever reads them" {
    { documents 30000 "" 1 | sed 's/"id":"[^"]*",//'; } >in.jsonl
    "$TAMIS" run empty.lua in.jsonl -q -j 3 -o out.jsonl
    cmp <(jq -r .id out.jsonl) <(seq 30000 | sed 's/^/in.jsonl#/')
    "$TAMIS" run empty.lua - -q -j 3 <in.jsonl | jq -r .id | cmp - <(seq 30000 | sed 's/^/-#/')
}

@test "a stream from a slow writer gives its documents as they come" {
    mkfifo pipe
    "$TAMIS" run empty.lua - -q -j 2 <pipe >out.jsonl 3>&- &
    child=$!
    exec 7>pipe
    echo '{"id":"a","text":"first"}' >&7
    for _ in $(seq 100); do [ -s out.jsonl ] && break; sleep 0.05; done
    same "$(ids out.jsonl)" "a "
    echo '{"id":"b","text":"second"}' >&7
    exec 7>&-
    wait $child
    same "$(ids out.jsonl)" "a b "
}

# ---------------------------------------------------------------- packed files

@test "packed files give what they hold, by suffix and by content, alone and in folders" {
    documents 2000 "" 1 >in.jsonl
    "$TAMIS" run empty.lua in.jsonl -q -o plain.jsonl
    found=0
    for tool in gzip:gz zstd:zst xz:xz bzip2:bz2; do
        command -v ${tool%:*} >/dev/null || continue
        found=$((found + 1)) name=in.jsonl.${tool#*:}
        ${tool%:*} -c <in.jsonl >$name
        for how in "-j 2" --in-process; do
            "$TAMIS" run empty.lua $name -q $how | sed "s/\"input\":\"$name\"/\"input\":\"in.jsonl\"/" | cmp - plain.jsonl
        done
        cp $name disguised
        "$TAMIS" run empty.lua disguised -q | jq -r .id | cmp - <(jq -r .id plain.jsonl)
    done
    [ $found -gt 0 ]
    mkdir folder; mv in.jsonl.gz folder/b.jsonl.gz; echo "a text" | gzip >folder/a.txt.gz; echo more >folder/c.txt
    "$TAMIS" run empty.lua folder -q -j 2 -o out.jsonl
    same "$(wc -l <out.jsonl)" 2002
    same "$(head -n 1 out.jsonl | jq -r '.id + " " + .text')" "a.txt.gz a text"
    same "$(tail -n 1 out.jsonl | jq -r .id)" c.txt
}

@test "a packed file that broke off gives what it still holds, and one quarantine line for the rest" {
    documents 20000 "" 1 | gzip | head -c 40000 >cut.jsonl.gz
    echo more >z.txt
    for how in "-j 2" --in-process; do
        run_out "$TAMIS" run empty.lua cut.jsonl.gz z.txt $how -o out.jsonl --max-quarantined 1
        is 0
        n=$(wc -l <out.jsonl)
        [ "$n" -gt 100 ]
        same "$(tail -n 1 out.jsonl | jq -r .id)" z.txt
        same "$(wc -l <out.jsonl.quarantine.jsonl)" 1
        same "$(jq -r .locator out.jsonl.quarantine.jsonl)" "cut.jsonl.gz#$n"
        has "$(jq -r .error out.jsonl.quarantine.jsonl)" "unpack"
    done
    echo "no gzip at all" >wrong.txt.gz
    run_out "$TAMIS" run empty.lua wrong.txt.gz -o out.jsonl --max-quarantined 1
    is 0
    documents 9 "" 1 >not.jsonl.gz # by its content it is not packed
    same "$("$TAMIS" run empty.lua not.jsonl.gz -q | wc -l)" 9
}

@test "a tool that is not installed is exit code 65 with its name" {
    documents 9 "" 1 | gzip >in.jsonl.gz
    run_out env PATH=/nowhere "$TAMIS" run empty.lua in.jsonl.gz -o out.jsonl
    is 65
    has "$err" '`gzip`'
}

@test "the summary says when documents are no text, with one of them and what was wrong" {
    printf 'caf\xe9 tr\xe8s\n' >latin.txt
    printf 'fine\n' >fine.txt
    run_out "$TAMIS" run empty.lua fine.txt latin.txt --stats stats.json
    is 0
    has "$err" "warning: 1 document held bytes that are no text, as latin.txt: 1 byte that is no UTF-8 (0xE9), at byte 3 of the file"
    has "$err" "--encoding names the encoding"
    same "$(jq .faulty stats.json)" 1
    run_out "$TAMIS" run empty.lua fine.txt latin.txt --encoding latin1
    [[ "$err" != *warning* ]] || { echo "$err"; return 1; }
    run_out "$TAMIS" run empty.lua fine.txt latin.txt -q
    same "$err" ""
}

@test "what is no text at all is called by its name, and read all the same" {
    printf '%%PDF-1.7\n1 0 obj\n' >a.pdf
    printf 'PK\003\004\024\000' >a.docx
    printf '\n<!DOCTYPE html>\n<p>Hi</p>\n' >a.html
    printf 'WARC/1.0\r\nWARC-Type: warcinfo\r\n' >a.warc
    printf 'H\0a\0l\0l\0o\0' >a.txt
    for pair in "a.pdf:a PDF file" "a.docx:a ZIP archive" "a.html:the source of a web page" "a.warc:a WARC file" "a.txt:UTF-16LE"; do
        run_out "$TAMIS" run empty.lua "${pair%%:*}"
        is 0
        has "$err" "warning: 1 document held bytes that are no text, as ${pair%%:*}: "
        has "$err" "${pair#*:}"
        same "$(jq -r '[.spans[] | select(.type == "error")][0].category' <<<"$output")" E0509
    done
    printf 'Hallo' | iconv -t UTF-16 >marked.txt
    run_out "$TAMIS" run empty.lua marked.txt
    [[ "$err" != *warning* ]] || { echo "$err"; return 1; }
    run_out "$TAMIS" run empty.lua a.txt --encoding UTF-16LE
    same "$(jq -r .text <<<"$output")" Hallo
    same "$(jq .errors <<<"$output")" 0
}

@test "the summary names a record that could not be read by file and line, and tells why in full" {
    printf '{"id":"a","text":"one"}\n{"text":"two}\n' >in.jsonl
    run_out "$TAMIS" run empty.lua in.jsonl -o out.jsonl --max-quarantined 1
    has "$err" "a string is not closed (as in in.jsonl#2)"
    run_out "$TAMIS" run empty.lua - -o out.jsonl --max-quarantined 1 <in.jsonl
    has "$err" "a string is not closed (as in -#2)"
    long=$(printf 'a reason of many words, %.0s' {1..7})
    echo "return pipeline \"p\" { function(doc) error(\"${long}to its end\", 0) end }" >long.lua
    run_out "$TAMIS" run long.lua in.jsonl -o out.jsonl --max-quarantined 9
    has "$err" "${long}to its end (as in a)"
    echo "return pipeline \"p\" { function(doc) error((\"é\"):rep(400), 0) end }" >cut.lua
    run_out "$TAMIS" run cut.lua in.jsonl -o out.jsonl --max-quarantined 9
    has "$err" "éé… (as in a)"
}

@test "a document that is too large says which limit takes it, and that limit does" {
    head -c 1100000 /dev/zero | tr '\0' a >big.txt
    printf '{"id":"a","text":"%s"}\n' "$(cat big.txt)" >big.jsonl
    for file in big.txt big.jsonl; do
        run_out "$TAMIS" run empty.lua "$file" --max-document 1M -o out.jsonl
        is 1
        has "$err" "allows (1048576): --max-document 2M takes it"
        run_out "$TAMIS" run empty.lua "$file" --max-document 2M -o out.jsonl
        is 0
    done
}
