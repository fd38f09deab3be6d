#!/usr/bin/env python3
"""Scores tamis on sentences with marked mentions: language TAB text with [category:mention].

  score.py TAMIS SENTENCES SCRATCH [--least-f1 X] [--least-category X] [--each-language X] [--most-traps X]

A mention is met by a span of its very bytes, or by spans for its head and its name apart. Exit 1 below a floor."""
import argparse
import collections
import json
import os
import re
import subprocess
import sys


def read(path):
    with open(path, encoding='utf-8') as f:
        for number, line in enumerate(f):
            if line.startswith('#') or not line.strip():
                continue
            lang, marked = line.rstrip('\n').split('\t')
            text, mentions, at = b'', [], 0
            for m in re.finditer(r'\[([a-z.]+):([^\]]*)\]', marked):
                text += marked[at:m.start()].encode()
                mentions.append((len(text), len(text) + len(m[2].encode()), m[1], m[2]))
                text += m[2].encode()
                at = m.end()
            yield str(number), lang, (text + marked[at:].encode()).decode(), mentions


def tag(tamis, scratch, sentences):
    pipeline, given, out = (os.path.join(scratch, n) for n in ('weapons.lua', 'given.jsonl', 'out.jsonl'))
    with open(pipeline, 'w') as f:
        f.write('return pipeline "sentences" { stage "language" {}, stage "weapons" {} }\n')
    with open(given, 'w', encoding='utf-8') as f:
        for number, _, text, _ in sentences:
            f.write(json.dumps({'id': number, 'text': text}, ensure_ascii=False) + '\n')
    subprocess.run([tamis, 'run', pipeline, given, '-o', out, '--text', 'original', '--offsets', 'byte',
                    '--with-dropped'], check=True, stderr=subprocess.DEVNULL)
    with open(out, encoding='utf-8') as f:
        return {r['id']: r['spans'] for r in map(json.loads, f)}


def take(found, start, end, category):
    """the span that meets a mention, taken out of `found`"""
    span = found.pop((start, end), None)
    if span:
        return span
    inside = sorted(k for k in found if start <= k[0] and k[1] <= end)
    if len(inside) < 2 or inside[0][0] != start or inside[-1][1] != end:
        return None
    parts = [found.pop(k) for k in inside]
    return next((p for p in parts if p['category'] == category), parts[0])


def f1(n):
    return 2 * n['met'] / max(1, 2 * n['met'] + n['missed'] + n['extra'])


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument('tamis')
    arguments.add_argument('sentences')
    arguments.add_argument('scratch')
    for floor in ('--least-f1', '--least-category', '--each-language', '--most-traps'):
        arguments.add_argument(floor, type=float)
    o = arguments.parse_args()
    sentences = list(read(o.sentences))
    spans = tag(o.tamis, o.scratch, sentences)
    all_, by_language = collections.Counter(), collections.defaultdict(collections.Counter)
    for number, lang, text, mentions in sentences:
        n = collections.Counter()
        found = {(s['source_start'], s['source_end']): s for s in spans[number] if s['type'] == 'weapon'}
        n['traps'] += not mentions
        n['traps hit'] += not mentions and bool(found)
        for start, end, category, words in mentions:
            span = take(found, start, end, category)
            n['met' if span else 'missed'] += 1
            n['category'] += bool(span) and span['category'] == category
            if not span or span['category'] != category:
                print(lang, 'missed' if not span else 'as ' + span['category'], category, words)
        n['extra'] += len(found)
        for span in found.values():
            print(lang, 'extra', span['text'], '|', text)
        all_ += n
        by_language[lang] += n
    print('F1 %.3f, category right %.3f, traps hit %d of %d; %s' % (
        f1(all_), all_['category'] / max(1, all_['met']), all_['traps hit'], all_['traps'],
        ' '.join('%s %.2f' % (lang, f1(n)) for lang, n in by_language.items())))
    short = [f1(all_) < (o.least_f1 or 0), all_['category'] < (o.least_category or 0) * all_['met'],
             all_['traps hit'] > (1 if o.most_traps is None else o.most_traps) * all_['traps']]
    short += [f1(n) < (o.each_language or 0) for n in by_language.values()]
    sys.exit(any(short))


if __name__ == '__main__':
    main()
