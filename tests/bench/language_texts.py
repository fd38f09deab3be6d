#!/usr/bin/env python3
"""Makes the texts that language_bench labels, from the development sets (../shared/eval, or $TAMIS_EVAL).

    tests/bench/language_texts.py OUT [MB]      OUT/NAME.nul: texts with a NUL between them, 16 MB each

sentences  single sentences of 75 languages
docs       10 to 60 news sentences, a paragraph each, in 17 languages; fra: in French
news       news as a run sees it: paragraphs of 1 to 4 sentences in 17 languages, mixed articles among them, 1.5 to 12 kB
pages      web pages with all their furniture, as extracted: lines of 50 bytes
one        all lines of the first pages, 1.3 MB, as one text: must not be slower a byte than the same pages apart
apart      the same, page by page
Those without a set are left out, and said to be. The same texts come out at every call."""
import glob, gzip, json, os, random, sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../..')
EVAL = os.environ.get('TAMIS_EVAL') or os.path.join(ROOT, '../shared/eval')
NEWS = 'fra eng deu spa ita por nld rus ukr pol ara fas zho jpn kor heb tur'.split()


def rows(pattern):
    for path in sorted(glob.glob(os.path.join(EVAL, pattern))):
        with (gzip.open if path.endswith('.gz') else open)(path, 'rt', encoding='utf-8') as f:
            yield from (json.loads(l) for l in f if l.strip())


def write(out, name, texts, most, draw):
    texts = [t.encode().replace(b'\0', b' ') for t in texts]
    if not texts:
        print('%s: no set to make it of' % name)
        return
    chosen, n = [], 0
    while n < most:
        draw.shuffle(texts)
        for t in texts:
            if n >= most:
                break
            chosen.append(t)
            n += len(t) + 1
    with open(os.path.join(out, name + '.nul'), 'wb') as f:
        f.write(b'\0'.join(chosen))
    print('%-10s %6d texts of %d bytes' % (name, len(chosen), n // len(chosen)))


def articles(news, languages, least, most, longest, count, draw):
    """`count` articles a language: `least` to `most` sentences in a row, in paragraphs of up to `longest`"""
    for language in languages:
        s = news.get(language, [])
        for _ in range(count if s else 0):
            k = draw.randint(least, most)
            at = draw.randrange(max(1, len(s) - k))
            part, paragraphs = s[at:at + k], []
            while part:
                n = draw.randint(1, longest)
                paragraphs.append(' '.join(part[:n]))
                part = part[n:]
            yield '\n\n'.join(paragraphs)


def main():
    out, most = sys.argv[1], int(float(sys.argv[2] if len(sys.argv) > 2 else 16) * 1e6)
    os.makedirs(out, exist_ok=True)
    draw = random.Random(5)
    write(out, 'sentences', [r['text'] for r in rows('lang/dev_sentences.*')], most, draw)
    news = {}
    for r in rows('lang/dev_news.*'):
        news.setdefault(r['lang'], []).append(r['text'])
    write(out, 'docs', list(articles(news, NEWS, 10, 60, 1, 200, draw)), most, draw)
    write(out, 'fra', list(articles(news, ['fra'], 10, 60, 1, 200, draw)), most, draw)
    seen = list(articles(news, NEWS, 12, 60, 4, 120, draw)) + [r['text'] for r in rows('lang/dev_mixnews.*')]
    write(out, 'news', [t for t in seen if 1500 <= len(t.encode()) <= 12000], most, draw)
    pages = [r['text'] for r in rows('boilerplate/*.jsonl*') if r.get('text')]
    write(out, 'pages', pages, most, draw)
    few, n = [], 0
    for t in pages:
        few.append(t)
        n += len(t.encode())
        if n > 1300000:
            break
    write(out, 'apart', few, n, random.Random(0))
    write(out, 'one', ['\n'.join(few)] if few else [], 0 if not few else 1, draw)


main()
