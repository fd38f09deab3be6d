#!/usr/bin/env python3
"""Writes labelled documents in the form that `train` reads (Python's standard library only).

  prepare.py OUT SET.jsonl[.gz] ... [--source NAME,...] [--folds N]

SET: one object a line, {"id", "source", "text", "labels"}: one label per line of text, 1 keep, 0 remove, any other: not told.

Titles: sets disagree about whether a page's title is content, and on many pages the <title> line carries the
label of the headline while the visible headline carries none, or the other way round. Where a visible
headline stands below, it is the one to keep and the <title> line goes; in sets whose gold leaves titles
out (--untitled) such lines are not told at all.

Groups (what must not be on both sides of a split) are sites: where the id tells the publisher it is that, and in any
case pages that share a few lines which few other pages have (menus, addresses, notices) are taken to be of one site.

Further copies of pages, each for a weight: --crop, what an extractor might have left of it; --clean, the wanted lines
alone; --mix, the article in the frame of another site's page of the same language, so that no layout is learnt by heart."""
import argparse, collections, gzip, hashlib, json, random, re

WORD = re.compile(r'[^\W_]+')


def records(path):
    with (gzip.open if path.endswith('.gz') else open)(path, 'rt', encoding='utf-8') as f:
        for l in f:
            if l.strip():
                yield json.loads(l)


def group_of(r):
    if 'site' in r:
        return r['site']
    parts = r['id'].split('/')
    if r['source'] == 'daniel':
        return 'daniel/' + parts[1].split('_')[1]
    if r['source'] == 'fundus':
        return '/'.join(parts[:2]) + '/' + parts[-1].split('-')[0]
    if r['source'] == 'trafseg':
        return 'trafseg/' + parts[-1].split('-')[0]
    return r['id']


def sites(rows, shared=4, rare=25):
    """id -> site: ids of one group, and pages with `shared` lines in common that at most `rare` pages have"""
    has, pairs, parent = collections.defaultdict(list), collections.Counter(), list(range(len(rows)))
    for k, r in enumerate(rows):
        for line in {re.sub(r'\d+', '0', l.strip().lower()) for l in r['text'].split('\n')}:
            if len(line) >= 20 and line.count(' ') >= 2:
                has[line].append(k)

    def root(k):
        while parent[k] != k:
            parent[k] = k = parent[parent[k]]
        return k
    for pages in has.values():
        if 2 <= len(pages) <= rare:
            pairs.update((a, b) for i, a in enumerate(pages) for b in pages[i + 1:])
    for (a, b), n in pairs.items():
        if n >= shared:
            parent[root(a)] = root(b)
    first = {}
    for k, r in enumerate(rows):
        g = group_of(r)
        parent[root(k)] = root(first.setdefault(g, k))
    names = {}
    for k, r in enumerate(rows):
        names.setdefault(root(k), r['id'])
    return {r['id']: names[root(k)] for k, r in enumerate(rows)}


def titles(labels, lines, titled):
    """labels with the title's copies settled"""
    words = [WORD.findall(l.lower()) for l in lines[:400]]
    if not words or len(words[0]) < 4:
        return labels
    head = set(words[0])
    copies = [i for i in range(1, len(words)) if len(words[i]) >= 3 and len(set(words[i]) & head) >= .8 * len(set(words[i])) and len(set(words[i]) & head) >= .5 * len(head)]
    if not copies:
        return labels if titled else ['-'] + labels[1:]
    if not titled:
        for i in [0] + copies:
            if labels[i] != '1':
                labels[i] = '-'
        return labels
    if any(labels[i] == '1' for i in [0] + copies):
        body = next((i for i in range(1, len(lines)) if labels[i] == '1' and i not in copies), len(lines))
        near = [i for i in copies if i < body] or copies[:1]
        for i in [0] + copies:
            if labels[i] == '0' or i == 0:
                labels[i] = '0'
        labels[near[-1]] = '1'
    return labels


def crop(key, labels, lines, glue=0):
    """what an extractor might have left of a page: the wanted lines, what stands among them, a little around them;
    long runs of furniture are cut short, and some, with chance `glue`, run together into one line, as menus and lists
    do where their items are not told apart. Half of the copies get a blank line between lines."""
    rng = random.Random(key)
    kept = [i for i, l in enumerate(labels) if l == '1']
    if len(kept) < 3:
        return None
    a, b = max(0, kept[0] - rng.choice((0, 0, 0, 1, 2))), min(len(lines), kept[-1] + 1 + rng.choice((0, 0, 1, 2, 4, 8)))
    out, run, most = [], 0, rng.choice((0, 1, 2, 3, 5))
    for i in range(a, b):
        run = 0 if labels[i] == '1' else run + 1
        if run <= most or rng.random() < .02:
            out.append((labels[i], lines[i]))
    if glue:
        out = glued(random.Random(key + '#glue'), labels, lines, out, kept, glue)
    if rng.random() < .5:
        out = [x for l, t in out for x in ((l, t), ('-', ''))]
    return [l for l, _ in out], [t for _, t in out]


def glued(rng, labels, lines, out, kept, glue):
    """with lines of furniture that ran together: before the text, behind it, and after one of its lines"""
    runs, run = [], []
    for l, t in list(zip(labels, lines)) + [('1', '')]:
        if l == '0' and t.strip() and len(t) < 100:
            run.append(t.strip())
            continue
        if len(run) >= 4:
            runs.append(run)
        run = []
    places = [0, len(out), rng.randrange(len(out) + 1)]
    for place in sorted(places, reverse=True):
        if not runs or rng.random() >= glue:
            continue
        run = rng.choice(runs)
        n = rng.choice((3, 5, 8, 12, 20, 30))
        at = rng.randrange(max(1, len(run) - n + 1))
        out = out[:place] + [('0', rng.choice(('', '', ' ', ' ')).join(run[at:at + n]))] + out[place:]
    return out


def sift(key, labels, lines):
    """what a crawl that keeps lines of a few words left of a whole page: short lines are gone, or run together where
    nothing parted them, and long runs of furniture are cut short"""
    rng = random.Random(key)
    if labels.count('1') < 3:
        return None
    least, join = rng.choice((2, 3, 4, 5, 5, 5)), rng.choice((0, .1, .3, .5))
    most, stray, out, run, i = rng.choice((3, 6, 12, 30)), rng.choice((0, .05, .1)), [], 0, 0
    while i < len(lines):
        label, text, n = labels[i], lines[i].strip(), 1
        if label == '0' and len(text.split()) < 8 and rng.random() < join:
            most_joined = rng.choice((2, 3, 4, 6, 10, 20))
            while n < most_joined and i + n < len(lines) and labels[i + n] == '0' and len(lines[i + n]) < 80:
                n += 1
            text = rng.choice((' ', ' ', '')).join(t.strip() for t in lines[i:i + n])
        i += n
        if len(text) < least * 6 and len(text.split()) < least and rng.random() >= stray:
            continue
        run = run + 1 if label != '1' else 0
        if run <= most:
            out.append((label, text))
    if [l for l, _ in out].count('1') < 2:
        return None
    return [l for l, _ in out], [t for _, t in out]


def mix(key, labels, lines, frames):
    """the article, from its first wanted line to its last, in the frame of another page: that page's lines before and
    behind its own article; the title line is the article's"""
    rng = random.Random(key)
    kept = [i for i, l in enumerate(labels) if l == '1' and i > 0]
    if len(kept) < 3 or not frames:
        return None
    other, others = rng.choice(frames)
    wanted = [i for i, l in enumerate(other) if l == '1' and i > 0]
    if len(wanted) < 3:
        return None
    a, b, c, d = kept[0], kept[-1] + 1, wanted[0], wanted[-1] + 1
    if c < 1:
        return None
    return (labels[:1] + other[1:c] + labels[a:b] + other[d:], lines[:1] + others[1:c] + lines[a:b] + others[d:])


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('out')
    ap.add_argument('sets', nargs='+')
    ap.add_argument('--source', default='', help='only these')
    ap.add_argument('--untitled', default='aeb,wcxb,mozread,newspaper,defuddle', help='sources whose gold leaves titles out')
    ap.add_argument('--asis', default='turku,wac,ext', help='sources whose labels stay as they are')
    ap.add_argument('--weights', default='', help='source=weight, source/type=weight or source/language=weight, ...')
    ap.add_argument('--folds', type=int, default=5)
    ap.add_argument('--by', default='group', choices=('group', 'source'), help='what the folds keep together')
    ap.add_argument('--crop', type=float, default=0, help='weight of cropped copies of pages; 0: none')
    ap.add_argument('--glue', type=float, default=0, help='chance of lines run together in cropped copies')
    ap.add_argument('--sift', type=float, default=0, help='weight of pages without their short lines; 0: none')
    ap.add_argument('--clean', type=float, default=0, help='weight of the wanted lines alone, all to keep; 0: none')
    ap.add_argument('--mix', type=float, default=0, help='weight of articles in other frames; 0: none')
    ap.add_argument('--mixes', type=int, default=1, help='how many frames each article gets')
    ap.add_argument('--pages', type=float, default=1, help='factor of the weight of pages; 0: none')
    ap.add_argument('--task', default='lines', choices=('lines', 'mode', 'judge'),
                    help='mode: label documents, 1 whole page, 0 extracted; judge: documents as they are')
    o = ap.parse_args()
    only = set(filter(None, o.source.split(',')))
    weight = dict((x.split('=')[0], float(x.split('=')[1])) for x in o.weights.split(',') if x)
    docs, sources, frames = [], {}, collections.defaultdict(list)
    rows = [r for path in o.sets for r in records(path) if r.get('labels')]
    site = sites(rows)      # over all sets, so that a document's fold is the same for each model
    rows = [r for r in rows if not only or r['source'] in only]
    for gathering in (True, False):
        for r in rows:
            lines = r['text'].split('\n')
            labels = [l if l in '01' else '-' for l in r['labels']]
            if len(labels) != len(lines):
                raise SystemExit('%s: %d labels for %d lines' % (r['id'], len(labels), len(lines)))
            if o.task != 'judge' and r['source'] not in o.asis.split(','):
                labels = titles(labels, lines, r['source'] not in o.untitled.split(','))
            g = site[r['id']]
            s = sources.setdefault(r['source'], len(sources))
            fold = s if o.by == 'source' else int(hashlib.sha1(g.encode()).hexdigest()[:6], 16) % o.folds
            w = weight.get('%s/%s' % (r['source'], r.get('type')), weight.get('%s/%s' % (r['source'], r.get('lang')), weight.get(r['source'], 1.0)))
            page = r['source'] not in o.asis.split(',')
            if gathering:
                if page and r['source'] != 'trafseg':
                    frames[fold, r.get('lang')].append((labels, lines))
                continue
            if not page or o.pages:
                docs.append((g, r['id'], fold, w * (o.pages if page else 1), labels, lines, page))
            cropped = page and o.crop and crop(r['id'], labels, lines, o.glue)
            if cropped:
                docs.append((g, r['id'] + '#crop', fold, w * o.crop) + cropped + (False,))
            sifted = page and o.sift and sift(r['id'] + '#sift', labels, lines)
            if sifted:
                docs.append((g, r['id'] + '#sift', fold, w * o.sift) + sifted + (False,))
            for turn in range(o.mixes if page and o.mix and r['source'] != 'trafseg' else 0):
                mixed = mix('%s#%d' % (r['id'], turn), labels, lines, frames[fold, r.get('lang')])
                if mixed:
                    docs.append((g, '%s#mix%d' % (r['id'], turn), fold, w * o.mix / o.mixes) + mixed + (True,))
            if o.clean and labels.count('1') >= 3:
                clean = [t for l, t in zip(labels, lines) if l == '1']
                docs.append((g, r['id'] + '#clean', fold, w * o.clean, ['1'] * len(clean), clean, False))
    docs.sort(key=lambda d: d[:2])
    with open(o.out, 'w', encoding='utf-8', newline='\n') as f:
        for g, i, fold, w, labels, lines, page in docs:
            if o.task == 'mode':
                first = next((k for k, t in enumerate(lines) if t.strip()), 0)
                labels = ['-'] * len(lines)
                labels[first] = '1' if page else '0'
                w = 1 if page else .3      # `train` weighs a document by what it keeps; this evens it out
            f.write('#\t%s\t%s\t%d\t%g\n' % (i, g, fold, w))
            for l, t in zip(labels, lines):
                f.write('%s\t%s\n' % (l, t))
    print('%d documents, %s' % (len(docs), sources))


if __name__ == '__main__':
    main()
