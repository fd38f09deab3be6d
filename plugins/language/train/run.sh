#!/bin/sh
# run.sh IN WORK: from the published sources under IN (paths: sources.tsv) to ../data/*.model, by way
# of WORK. Two rounds: WORK/tenths is trained on eight of ten folds of the divided sources, which
# gives sharpness, balance and the figures of the header on folds that its weights have not seen;
# WORK/all is trained on all of them with these settings, and is what ships. 35 minutes on two
# cores, 8 GB of memory.
#
# FOLDS="0 5" run.sh IN WORK: the first round alone, once for each of these folds (0 to 9), into
# WORK/tenths.FOLD: figures held out, and nothing is shipped. LEARNT=1: what WORK has learnt is packed
# and measured again, after a change of the settings below.
set -e
here=$(cd "$(dirname "$0")" && pwd)
in=$1 work=$2 threads=${THREADS:-2}
[ -n "$work" ] || { echo "usage: [FOLDS='0 1 …'] run.sh IN WORK" >&2; exit 2; }
mkdir -p "$work" "$in/own/code"
cd "$work"
cc=${CC:-cc}
flags="-std=c11 -D_GNU_SOURCE -O3 -march=native -Wall -Wextra"
rooms=
for file in "$here"/../*.c; do [ "${file##*/}" = language.c ] || rooms="$rooms $file"; done
$cc $flags -ffast-math -o train "$here/train.c" "$here/roughen.c" "$here/../text.c" -lm -lpthread
$cc $flags -o ngrams "$here/ngrams.c" -lm
$cc $flags -o pack "$here/pack.c" -lm
$cc $flags -o check "$here/check.c" $rooms -lm

cp "$here/background.tsv" "$here/interface.tsv" "$in/own/"
for file in "$here"/../../../core/*/*.[ch]; do cp "$file" "$in/own/code/$(echo "$file" | md5sum | cut -c1-12).c"; done
[ -s ngrams.tsv ] || sh "$here/ngrams.sh" "$here/labels.tsv" "$in/lgo/language-models" ngrams.tsv 100000 7

divided="sentences pairs words tatoeba aosp lineage"
accurate_only="everyday lineage" # the rows of the fast tier are few: with these it loses pairs of words
parts() { # FOLDER PART: files of a part of the sources that settings and figures are taken on
    for name in sentences pairs words tatoeba; do echo "$1/tsv/$name.$2.tsv"; done
}

texts() { # FOLDER NAME:WEIGHT…: what the weights are learnt from
    folder=$1
    shift
    for text in "$@"; do echo "$folder/tsv/${text%%:*}.train.tsv:${text#*:}"; done
}

prepare() { # FOLDER FOLD
    mkdir -p "$1/tsv"
    lua5.4 "$here/prepare.lua" "$here/sources.tsv" "$here/labels.tsv" "$in" "$1/tsv" "$2"
}

learn() { # FOLDER
    cat "$1/tsv/aosp.train.tsv" "$1/tsv/lineage.train.tsv" >"$1/tsv/strings.train.tsv"
    both="sentences:3:3 pairs:3 words:3 tatoeba:2:1 tico19:0.5:1 udhr:1:2 bible:0.5:1 background:12 interface:4
        code:1 noise:1 voice:0.5:1 android:1 lighthouse:0.25:1 editor:1 names:0.25 guides:0.5:1 novels:0.5:1"
    ./train fast "$1/fast.f32" "$here/labels.tsv" 15 10 1.5 "$threads" \
        $(texts "$1" $both aosp:1:1 signs:0.25) ngrams.tsv:0.15 -- $(parts "$1" tune)
    ./train accurate "$1/accurate.f32" "$here/labels.tsv" 3600000:1800000:60000 3x2 1.5 "$threads" \
        $(texts "$1" $both everyday:1:1 strings:0.5:1 signs:0.15) ngrams.tsv:0.3 -- $(parts "$1" tune)
}

header() { # TIER SHARE FIGURES
    echo "tamis language model, format 3, tier $1"
    echo "made $(date +%Y-%m-%d) by plugins/language/train/run.sh, share: $2"
    echo "licence of the weights: CC-BY-2.0-FR where Tatoeba is named, else Apache-2.0; name the sources"
    echo
    echo "sources (licence): what"
    [ "$1" = fast ] && without="$accurate_only" || without=
    awk -F '\t' -v without=" $without " '!/^#/ && !index(without, " " $1 " ") {
        printf "- %s (%s): %s\n", $1, $5, $6 }' "$here/sources.tsv"
    echo
    cat "$3"
}

pack() { # FOLDER TIER SHARE FIGURES [BALANCE]
    header "$2" "$3" "$4" >"$1/$2.txt"
    [ "$2" = fast ] && background=1.15 || background=1.3
    ./pack "$1/$2.f32" "$1/$2.txt" "$1/$2.model" 247500 .8 $background .4 .4 "$here/labels.tsv" $5
}

held_out() { # FOLDER FOLD
    if [ -z "$LEARNT" ]; then
        prepare "$1" "$2"
        learn "$1"
    fi
    for tier in fast accurate; do
        [ $tier = fast ] && pair="$1/fast.model -" || pair="- $1/accurate.model"
        pack "$1" $tier tenths /dev/null
        ./check $pair fit $(parts "$1" tune)
        ./check $pair balance "$1/$tier.balance" $(parts "$1" tune | grep -v tatoeba)
        pack "$1" $tier tenths /dev/null "$1/$tier.balance"
        ./check $pair fit $(parts "$1" tune)
    done
    {
        echo "figures in per cent, taken $(date +%Y-%m-%d) on the tenth of each divided source that the weights had"
        echo "not seen (share: tenths); macro accuracy over the 75 languages of the test files, and over all:"
        for tier in fast accurate auto; do
            echo "tier $tier"
            case $tier in
            fast) pair="$1/fast.model -" ;;
            accurate) pair="- $1/accurate.model" ;;
            *) pair="$1/fast.model $1/accurate.model" ;;
            esac
            ./check $pair measure $(parts "$1" test) | tr -s ' ' | sed 's/\.test\.tsv//'
        done
    } >"$1/figures.txt"
    cat "$1/figures.txt"
}

if [ -n "$FOLDS" ]; then
    for fold in $FOLDS; do held_out "tenths.$fold" "$fold"; done
    exit 0
fi
held_out tenths 0
if [ -z "$LEARNT" ]; then
    prepare all 0
    for name in $divided; do
        cat "all/tsv/$name.tune.tsv" "all/tsv/$name.test.tsv" >>"all/tsv/$name.train.tsv"
    done
    learn all
fi
for tier in fast accurate; do
    pack all $tier all tenths/figures.txt "tenths/$tier.balance"
    # Sharpness must be fitted on texts that the weights did not see.
    [ $tier = fast ] && pair="tenths/fast.model -" || pair="- tenths/accurate.model"
    ./check $pair copy "all/$tier.model"
    cp "all/$tier.model" "$here/../data/"
done
