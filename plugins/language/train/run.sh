#!/bin/sh
# run.sh IN WORK: from the published sources under IN (paths: sources.tsv) to ../data/*.model, by way
# of WORK. About ten minutes on two cores, 6 GB of memory for the accurate tier.
#
# SHARE=tenths trains on eight tenths of the divided sources and prints figures on the other two;
# SHARE=all (default) trains on all of them; the figures in the header are then those of a run with
# SHARE=tenths, kept in figures.txt.
set -e
here=$(cd "$(dirname "$0")" && pwd)
in=$1 work=$2 share=${SHARE:-all} threads=${THREADS:-2}
[ -n "$work" ] || { echo "usage: run.sh IN WORK" >&2; exit 2; }
mkdir -p "$work/tsv" "$in/own/code"
cc=${CC:-cc}
flags="-std=c11 -D_GNU_SOURCE -O3 -march=native -Wall -Wextra"
rooms="$here/../text.c $here/../model.c $here/../scan.c $here/../lanes.c $here/../fast.c $here/../accurate.c"
$cc $flags -ffast-math -o "$work/train" "$here/train.c" "$here/../text.c" -lm -lpthread
$cc $flags -o "$work/ngrams" "$here/ngrams.c" -lm
$cc $flags -o "$work/pack" "$here/pack.c" -lm
$cc $flags -o "$work/check" "$here/check.c" $rooms -lm

cp "$here/background.tsv" "$here/interface.tsv" "$in/own/"
for file in "$here"/../../../core/*/*.[ch]; do cp "$file" "$in/own/code/$(echo "$file" | md5sum | cut -c1-12).c"; done
lua5.4 "$here/prepare.lua" "$here/sources.tsv" "$here/labels.tsv" "$in" "$work/tsv"
cd "$work"
sh "$here/ngrams.sh" "$here/labels.tsv" "$in/lgo/language-models" tsv/ngrams.train.tsv 100000 7
if [ "$share" = all ]; then
    for name in sentences pairs words tatoeba; do
        cat tsv/$name.tune.tsv tsv/$name.test.tsv >>tsv/$name.train.tsv
    done
fi

texts="tsv/sentences.train.tsv:3:3 tsv/pairs.train.tsv:3 tsv/words.train.tsv:3
    tsv/tatoeba.train.tsv:1:1 tsv/tico19.train.tsv:0.5:1 tsv/udhr.train.tsv:1:2
    tsv/bible.train.tsv:0.5:1 tsv/background.train.tsv:12 tsv/interface.train.tsv:4
    tsv/code.train.tsv:1 tsv/noise.train.tsv:1 tsv/voice.train.tsv:0.5:1
    tsv/android.train.tsv:1 tsv/guides.train.tsv:0.5:1"
tune="tsv/sentences.tune.tsv tsv/pairs.tune.tsv tsv/words.tune.tsv tsv/tatoeba.tune.tsv"
test="tsv/sentences.test.tsv tsv/pairs.test.tsv tsv/words.test.tsv tsv/tatoeba.test.tsv"
./train fast fast.f32 "$here/labels.tsv" 15 4 1.5 "$threads" $texts tsv/ngrams.train.tsv:0.15 -- $tune
./train accurate accurate.f32 "$here/labels.tsv" 3600000:1800000:60000 3 1.5 "$threads" \
    $texts tsv/ngrams.train.tsv:0.3 -- $tune

header() { # TIER
    echo "tamis language model, format 1, tier $1"
    echo "made $(date +%Y-%m-%d) by plugins/language/train/run.sh, share: $share"
    echo "licence of the weights: CC-BY-2.0-FR where Tatoeba is named, else Apache-2.0; name the sources"
    echo
    echo "sources (licence): what"
    awk -F '\t' '!/^#/ { printf "- %s (%s): %s\n", $1, $5, $6 }' "$here/sources.tsv"
    echo
    cat "$here/figures.txt"
}
header fast >fast.txt
header accurate >accurate.txt
common=0.8 background=1.2 wide=0.2
widely=eng,spa,fra,deu,ita,por,nld,pol,rus,ukr,tur,ara,fas,zho,jpn,kor,vie,ind,ces,swe,ron,ell,hun
./pack fast.f32 fast.txt fast.model .7 "$common" "$background" "$wide" "$widely"
./pack accurate.f32 accurate.txt accurate.model 245000 "$common" "$background" "$wide" "$widely"
# The sharpness must be fitted on texts that the weights did not see: with SHARE=all it is taken from
# a run with SHARE=tenths, by copying that run's models to WORK/tenths.
if [ "$share" = all ]; then
    ./check tenths/fast.model - copy fast.model
    ./check - tenths/accurate.model copy accurate.model
else
    ./check fast.model - fit $tune
    ./check - accurate.model fit $tune
    ./check fast.model - measure $test
    ./check - accurate.model measure $test
fi
cp fast.model accurate.model "$here/../data/"
