#!/usr/bin/env python3
"""Prints what decisions are worth beside keeping everything (Python's standard library only).

  report.py SET.jsonl[.gz] ... -- DECISIONS ...

SET: as in prepare.py, with "gold", the wanted text, where it is known. DECISIONS: what `decide` wrote.
Token F1 is that of the multisets of words (characters in scripts without blanks), the mean over documents; P and R
are those of removed lines, over all labelled lines."""
import collections, re, sys, unicodedata
from prepare import records

UNSPACED = re.compile(r'([\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff])')
WORD = re.compile(r'[^\W_]+')


def bag(text):
    if not text.isascii():
        text = UNSPACED.sub(r' \1 ', unicodedata.normalize('NFKC', text))
    return collections.Counter(WORD.findall(text.lower()))


def f1(a, b):
    return 2 * sum((a & b).values()) / max(1, sum(a.values()) + sum(b.values()))


def groups_of(r):
    yield r['source']
    if r['source'] in ('turku', 'fundus', 'daniel'):
        yield '%s/%s' % (r['source'], r.get('lang'))
    if r.get('type'):
        yield '%s/%s' % (r['source'], r['type'])


def main():
    cut = sys.argv.index('--')
    gone = {}
    for path in sys.argv[cut + 1:]:
        with open(path, encoding='utf-8') as f:
            for l in f:
                cells = l.rstrip('\n').split('\t')
                gone[cells[0]] = {int(c.split(':')[0]) for c in cells[1:] if c.split(':')[1] == '1'}
    total = collections.defaultdict(lambda: [0, 0., 0., 0, 0, 0])
    for path in sys.argv[1:cut]:
        for r in records(path):
            if r['id'] not in gone:
                continue
            lines, out, row = r['text'].split('\n'), gone[r['id']], None
            if r.get('gold'):
                gold = bag(r['gold'])
                row = f1(bag(r['text']), gold), f1(bag('\n'.join(l for k, l in enumerate(lines) if k not in out)), gold)
            labelled = [(l, k in out) for k, l in enumerate(r['labels']) if l in '01']
            hit, lost = labelled.count(('0', True)), labelled.count(('1', True))
            for g in groups_of(r):
                t = total[g]
                if row:
                    t[0], t[1], t[2] = t[0] + 1, t[1] + row[0], t[2] + row[1]
                t[3], t[4], t[5] = t[3] + hit, t[4] + lost, t[5] + labelled.count(('0', False))
    languages = [t for g, t in total.items() if g.startswith('turku/')]
    print('%-22s %5s %9s %9s %8s %8s' % ('set', 'texts', 'keep-all', 'token F1', 'P', 'R'))
    for g, (n, keep, mine, hit, lost, missed) in sorted(total.items()):
        if n >= 5 or '/' not in g:
            print('%-22s %5d %9.4f %9.4f %8.3f %8.3f' % (g, n, keep / max(1, n), mine / max(1, n), hit / max(1, hit + lost), hit / max(1, hit + missed)))
    if languages:
        n = len(languages)
        print('%-22s %5d %9.4f %9.4f' % ('turku, languages', n, sum(t[1] / t[0] for t in languages) / n, sum(t[2] / t[0] for t in languages) / n))


if __name__ == '__main__':
    main()
