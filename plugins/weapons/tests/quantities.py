#!/usr/bin/env python3
"""Checks what tamis reads of quantities: quantities.py TAMIS QUANTITIES SCRATCH. Prints what is wrong; exit 1 if any is.

A line of QUANTITIES is right if the weapon named, or one that overlaps it, has a quantity of just that least and most."""
import json
import os
import subprocess
import sys


def read(path):
    with open(path, encoding='utf-8') as f:
        for line in f:
            if line.strip() and not line.startswith('#'):
                lang, text, weapon, least, most = line.rstrip('\n').split('\t')
                yield text, weapon, None if least == '-' else float(least), None if most == '-' else float(most)


def run(tamis, texts, scratch):
    pipeline, source, records = (os.path.join(scratch, n) for n in ('q.lua', 'q.jsonl', 'q.out.jsonl'))
    with open(pipeline, 'w') as f:
        f.write('return pipeline "quantities" { stage "language" {}, stage "weapons" {} }\n')
    with open(source, 'w', encoding='utf-8') as f:
        for i, text in enumerate(texts):
            f.write(json.dumps({'id': str(i), 'text': text}, ensure_ascii=False) + '\n')
    subprocess.run([tamis, 'run', pipeline, source, '-o', records, '--with-dropped', '--nested'], check=True,
                   stderr=subprocess.DEVNULL)
    with open(records, encoding='utf-8') as f:
        return {int(r['id']): r['spans'] for r in map(json.loads, f)}


def quantities(spans, weapon):
    named = {s['span'] for s in spans if s['type'] == 'weapon' and (weapon in s['text'] or s['text'] in weapon)}
    return [(s['attrs'].get('min'), s['attrs'].get('max')) for s in spans if s['type'] == 'quantity' and s['ref'] in named]


def main():
    tamis, path, scratch = sys.argv[1:4]
    cases = list(read(path))
    found = run(tamis, [c[0] for c in cases], scratch)
    wrong = 0
    for i, (text, weapon, least, most) in enumerate(cases):
        got = quantities(found.get(i, []), weapon)
        if (least, most) not in got:
            wrong += 1
            print('%s: %s wants %s to %s, got %s' % (text, weapon, least, most, got))
    print(len(cases) - wrong, 'of', len(cases), 'right')
    sys.exit(1 if wrong or not cases else 0)


if __name__ == '__main__':
    main()
