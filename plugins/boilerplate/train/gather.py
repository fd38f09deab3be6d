#!/usr/bin/env python3
"""Makes further labelled sets, in the form that prepare.py reads, from test pages of public projects.

  gather.py OUT REPOSITORIES EVAL

REPOSITORIES: a folder of git repositories (bare or not), each under its own name; which, at which commits and under
which licences is said in the README beside this folder. EVAL: the folder of naive_text.py (how a page becomes lines),
dev.jsonl.gz, fundus.jsonl.gz and html/, and html_fundus/ unpacked. Needs lxml 6.1.3, cssselect, node, and for what extractors
leave of pages trafilatura 2.3.1, justext 3.0.2 and readability-lxml 0.9. Node runs the
selector files of Postlight's repository as the JavaScript they are. Texts belong to their publishers: the sets are for
training, no part of this project. The same inputs give the same bytes."""
import collections, csv, gzip, io, json, logging, os, re, subprocess, sys
from prepare import group_of

OUT, REPOSITORIES, EVAL = sys.argv[1:4]
sys.path.insert(0, EVAL)
import naive_text as naive
from lxml.cssselect import CSSSelector

WORD = re.compile(r'[^\W_]+')
UNSPACED = re.compile(r'([\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff])')
FUNCTION_WORDS = {k: set(v.split()) for k, v in {
    'en': 'the of and to in is that for with on', 'fr': 'le les des est et que qui dans pour une',
    'de': 'der die und das ist nicht mit den von ein', 'es': 'el los las que por para con una del en',
    'it': 'il che di per con una non della sono gli', 'pt': 'que para com uma não os dos em por ao',
    'ja': 'の に は を た が で て と し', 'zh': '的 是 在 了 和 有 不 人 一', 'nl': 'de het een van en dat niet met voor zijn',
    'pl': 'i w na nie się z do że jest', 'ru': 'и в не на что с по как', 'fa': 'و در به از که این', 'he': 'של את על לא',
    'sv': 'och att det som en på är', 'id': 'yang dan di dengan untuk', 'cs': 'a v se na je že', 'ko': '이 그 수'}.items()}
SELECTORS = r"""
const git = (...a) => require('child_process').execFileSync('git', ['-C', process.argv[1], ...a], {encoding: 'utf8'});
const out = {};
for (const path of git('ls-tree', '-r', '--name-only', 'HEAD', 'src/extractors/custom').split('\n')) {
  if (!/custom\/[^/]+\/index.js$/.test(path)) continue;
  const code = git('show', 'HEAD:' + path).replace(/^import .*$/mg, '').replace(/export default.*$/mg, '');
  try { (0, eval)(code.replace(/export const (\w+) =/, 'globalThis.one =')); } catch (e) { continue; }
  const x = globalThis.one, c = x.content || {};
  for (const domain of [x.domain].concat(x.supportedDomains || []))
    out[domain] = {title: (x.title || {}).selectors, content: c.selectors, clean: c.clean};
}
console.log(JSON.stringify(out));
"""


def git(name, *arguments):
    return subprocess.run(['git', '-C', os.path.join(REPOSITORIES, name), *arguments], capture_output=True).stdout


def files(name, under, ending):
    listed = git(name, 'ls-tree', '-r', '--name-only', 'HEAD', under).decode().split('\n')
    return [p for p in listed if p.endswith(ending)]


def file(name, path):
    return git(name, 'show', 'HEAD:' + path)


def words(text):
    return WORD.findall(UNSPACED.sub(r' \1 ', text.lower()))


def language(text):
    seen = collections.Counter(words(text))
    return max(FUNCTION_WORDS, key=lambda k: sum(seen[w] for w in FUNCTION_WORDS[k]))


def record(source, name, lines, labels, **more):
    kept = '\n'.join(l for l, x in zip(lines, labels) if x == '1')
    return {'id': '%s/%s' % (source, name), 'source': source, 'lang': language(kept), 'text': '\n'.join(lines),
            'labels': labels, 'gold': kept, **more}


def by_share(shares):
    return ['1' if s > .6 else '0' if s < .3 else '-' for s in shares]


def marked_lines(root, wanted, unwanted):
    """lines as naive_text makes them, each with the share of its characters that stand in a wanted element; the
    innermost element that is named decides"""
    out, line = [], []

    def end():
        text = naive.WS.sub(' ', ''.join(t for t, _ in line)).strip()
        if text:
            size = sum(len(t.strip()) for t, _ in line)
            out.append((text, sum(len(t.strip()) for t, mine in line if mine) / max(1, size)))
        line.clear()

    def begin(element, tag, mine):
        if tag in ('br', 'hr') or tag not in naive.INLINE:
            end()
        for k, part in enumerate((element.text or '').split('\n') if tag in ('pre', 'textarea') else [element.text or '']):
            if k:
                end()
            line.append((part, mine))

    title = root.find('.//title')
    if title is not None and title.text_content().strip():
        line.append((title.text_content(), False))
        end()
    start = root.find('body') if root.find('body') is not None else root
    stack = [(start, True, False)]
    while stack:
        element, opens, state = stack.pop()
        tag = element.tag if isinstance(element.tag, str) else ''
        if opens and tag and tag not in naive.SKIP and tag not in ('head', 'title'):
            mine = element in wanted or (element not in unwanted and state)
            begin(element, tag, mine)
            stack.append((element, False, state))
            stack.extend((child, True, mine) for child in reversed(list(element)))
            continue
        if not opens and tag not in naive.INLINE:
            end()
        if element is not start and element.tail:
            line.append((element.tail, state))
    end()
    return out


def aligned(lines, gold):
    """labels of lines by the wanted text; None where it is not found"""
    known = {' '.join(words(g)) for g in gold}
    all_words = [w for g in gold for w in words(g)]
    triples, joined = set(zip(all_words, all_words[1:], all_words[2:])), ' %s ' % ' '.join(all_words)
    labels, own = [], [words(l) for l in lines]
    for w in own:
        if not w or ' '.join(w) in known or len(w) < 5:
            labels.append('-' if not w else '1' if ' '.join(w) in known else '?')
            continue
        share = sum(t in triples for t in zip(w, w[1:], w[2:])) / (len(w) - 2)
        labels.append('1' if share > .75 else '0' if share < .3 else '-')
    long = [i for i, l in enumerate(labels) if l == '1' and len(own[i]) >= 6]
    if not long:
        return None
    for i, l in enumerate(labels):
        if l == '?':
            inside = ' %s ' % ' '.join(own[i]) in joined and long[0] <= i <= long[-1]
            labels[i] = '-' if inside else '0'
        elif l == '1' and len(own[i]) < 6 and not long[0] - 3 <= i <= long[-1] + 3:
            labels[i] = '0'
    return labels


def select(root, selector):
    try:
        return CSSSelector(selector, translator='html')(root)
    except Exception:      # what CSS proper does not have
        return []


def content_of(root, selectors):
    for s in selectors or []:
        each = [select(root, one) for one in (s if isinstance(s, list) else [s])]
        found = [e for elements in each for e in elements]
        if isinstance(s, list) and not all(each):
            continue
        if not isinstance(s, list) and len(found) > 1 and len(found[0].text_content()) > 500:
            found = found[:1]
        if sum(len(e.text_content()) for e in found) > 400:
            return set(found)
    return set()


def title_of(root, selectors):
    for s in selectors or []:
        found = select(root, s) if isinstance(s, str) else []
        if found:
            return set(found[:1])
    heads = root.findall('.//h1')
    return set(heads) if len(heads) == 1 else set()


def postlight():
    """pages of publishers, with selectors written by hand for each; captions do not count"""
    rules = json.loads(subprocess.run(['node', '-e', SELECTORS, os.path.join(REPOSITORIES, 'parser')], capture_output=True).stdout)
    for path in files('parser', 'fixtures', '.html'):
        name = path.split('/')[1][:-5]
        domain = name.split('--')[0]
        rule = rules.get(domain) or rules.get('www.' + domain)
        if not rule or domain in ('www.reddit.com', 'twitter.com', 'www.youtube.com', 'pastebin.com', 'github.com', 'genius.com'):
            continue
        html = naive.decode(file('parser', path))
        root = naive.parse(html)
        wanted = content_of(root, rule.get('content')) if root is not None else set()
        if not wanted:
            continue
        unwanted = {e for s in rule.get('clean') or [] for e in select(root, s)}
        for e in root.iter('figcaption', 'nav', 'footer', 'form', 'button', 'figure', 'aside'):
            if any(a in wanted for a in e.iterancestors()):
                unwanted.add(e)
        lines = marked_lines(root, wanted | title_of(root, rule.get('title')), unwanted)
        labels = by_share(s for _, s in lines)
        if labels.count('1') >= 3 and sum(len(words(l)) for (l, _), x in zip(lines, labels) if x == '1') >= 80:
            yield record('postlight', name, [l for l, _ in lines], labels), html


def mozread():
    """pages with what a reader view is to show of them; captions are not told"""
    for path in files('readability', 'test/test-pages', '/source.html'):
        name, html = path.split('/')[2], naive.decode(file('readability', path))
        wanted = naive.decode(file('readability', path.replace('source', 'expected')))
        lines = naive.naive_lines(html)
        labels = aligned(lines, naive.naive_lines(wanted)) if len(lines) >= 25 else None
        if not labels:
            continue
        captions = {' '.join(words(e.text_content())) for e in naive.parse(wanted).iter('figcaption')}
        labels = ['-' if ' '.join(words(l)) in captions else x for l, x in zip(lines, labels)]
        if labels.count('1') >= 3 and labels.count('0') >= 5:
            yield record('mozread', name, lines, labels), html


def newspaper():
    for path in files('newspaper4k', 'tests/data/html', '.html'):
        name, html = path.split('/')[-1][:-5], naive.decode(file('newspaper4k', path))
        text = file('newspaper4k', 'tests/data/txt/%s.txt' % name).decode('utf-8', 'replace')
        lines = naive.naive_lines(html)
        labels = aligned(lines, [l for l in text.split('\n') if l.strip()]) if len(text) >= 300 else None
        if labels and labels.count('1') >= 3 and labels.count('0') >= 10:
            yield record('newspaper', name, lines, labels), html


def defuddle():
    for path in files('defuddle', 'tests/fixtures', '.html'):
        name, html = path.split('/')[-1][:-5], naive.decode(file('defuddle', path))
        text = file('defuddle', 'tests/expected/%s.md' % name).decode('utf-8', 'replace')
        text = re.sub(r'^```json.*?```', '', text, count=1, flags=re.S)
        text = re.sub(r'\[([^\]]*)\]\([^)]*\)', r'\1', re.sub(r'!\[([^\]]*)\]\([^)]*\)', '', text))
        lines = naive.naive_lines(html)
        gold = [re.sub(r'^[#>*\-\d. ]+', '', l) for l in text.split('\n') if l.strip()]
        labels = aligned(lines, gold) if len(lines) >= 40 else None
        if labels and labels.count('1') >= 5 and labels.count('0') >= 12:
            yield record('defuddle', name, lines, labels), None


def trends():
    """pages labelled by hand, a text node a row; names, dates and captions count there: short kept lines are not told"""
    for path in files('multitask-boilerplate-removal', 'data/googletrends', '.csv'):
        out, line, last = [], [], None
        for row in csv.DictReader(io.StringIO(file('multitask-boilerplate-removal', path).decode('utf-8', 'replace'))):
            tags = row['tag'].split()
            block = tags[:max([k + 1 for k, t in enumerate(tags) if t not in naive.INLINE], default=0)]
            if line and (block, tags)[0] == last[0] and tags != last[1]:
                line.append((row['content'] or '', row['label'] == '1'))
            else:
                out.append(line)
                line = [(row['content'] or '', row['label'] == '1')]
            last = block, tags
        out.append(line)
        texts = [(naive.WS.sub(' ', ' '.join(t for t, _ in l)).strip().replace('\n', ' ').replace('\r', ' '), l) for l in out]
        texts = [(t, sum(len(a) for a, mine in l if mine) / max(1, sum(len(a) for a, _ in l))) for t, l in texts if t]
        labels = by_share(s for _, s in texts)
        if labels.count('1') >= 3 and labels.count('0') >= 5:
            labels = ['-' if x == '1' and len(t.split()) < 8 else x for (t, _), x in zip(texts, labels)]
            yield record('trends', path.split('/')[-1][:-4], [t for t, _ in texts], labels), None


def wac():
    """French pages, and what an extractor left of them, a label a line; the Swedish ones may stand in TurkuNLP's other set"""
    for path, source in (('fr_html_annotated.txt', 'wacpage'), ('fr_trafilatura_annotated.txt', 'wac')):
        for text in re.split(r'^##ID ', file('WAC-XII', path).decode('utf-8'), flags=re.M)[1:]:
            lines, labels, name = [], [], text.split('\n')[0].strip()
            for l in text.split('\n')[2:]:
                mark = re.match(r'#(\d)(#?)3?', l)
                if not mark and (l.startswith('#') or not l.strip()):
                    continue
                lines.append((l[3:] if mark.group(2) else l[mark.end():]) if mark else l.strip())
                labels.append(mark.group(1) if mark and mark.group(1) in '01' else '-')
            if labels.count('1') >= (3 if source == 'wacpage' else 0) and len(labels) - labels.count('-') >= 3:
                yield record(source, name, lines, labels), None


def eval_pages():
    for path, folder, ending in (('dev', 'html', '.html.gz'), ('fundus', 'html_fundus', '.html')):
        with gzip.open('%s/%s.jsonl.gz' % (EVAL, path), 'rt', encoding='utf-8') as f:
            for r in map(json.loads, f):
                at = os.path.join(EVAL, folder, r['id'].replace('/', '_') + ending)
                if os.path.exists(at):
                    with (gzip.open if ending.endswith('gz') else open)(at, 'rb') as page:
                        yield r, naive.decode(page.read())


def extracted(r, html):
    """what extractors leave of a page, as lines"""
    import justext, readability, trafilatura
    tongues = {'en': 'English', 'fr': 'French', 'de': 'German', 'es': 'Spanish', 'it': 'Italian', 'nl': 'Dutch',
               'pl': 'Polish', 'ru': 'Russian', 'sv': 'Swedish', 'pt': 'Portuguese', 'cs': 'Czech', 'tr': 'Turkish',
               'da': 'Danish', 'no': 'Norwegian_Bokmal', 'lt': 'Lithuanian'}

    def by_trafilatura():
        text = trafilatura.extract(html, favor_recall=True, include_comments=True, include_tables=True)
        return [l for l in (text or '').split('\n') if l.strip()]

    def by_readability():
        return naive.naive_lines(readability.Document(html).summary())

    def by_justext():
        if r['lang'] not in tongues:
            return []
        parts = justext.justext(html.encode('utf-8'), justext.get_stoplist(tongues[r['lang']]), encoding='utf-8',
                                length_low=30, stopwords_low=.2, stopwords_high=.25)
        return [naive.WS.sub(' ', p.text).strip() for p in parts if not p.is_boilerplate]

    for name, run in (('traf', by_trafilatura), ('read', by_readability), ('just', by_justext)):
        try:
            lines = run()
        except Exception:      # a page that the extractor cannot read
            continue
        yield name, [re.sub(r'^(- |\| )', '- ', re.sub(r'[\r\n\t]', ' ', l)) for l in lines]


def ext(pages):
    for r, html in pages:
        exact, mine = {}, {'1': [], '0': []}
        for l, x in zip(r['text'].split('\n'), r['labels']):
            w = words(l)
            if w:
                exact[' '.join(w)] = x if exact.get(' '.join(w), x) == x else '-'
            mine.get(x, []).extend(w + ['|'])
        triples = {x: set(zip(w, w[1:], w[2:])) for x, w in mine.items()}
        seen = set()
        for name, lines in extracted(r, html):
            labels = []
            for w in map(words, lines):
                share = {x: sum(t in s for t in zip(w, w[1:], w[2:])) / max(1, len(w) - 2) for x, s in triples.items()}
                told = '1' if share['1'] > .75 else '0' if share['1'] < .2 and share['0'] > .5 else '-'
                labels.append(exact.get(' '.join(w)) or (told if len(w) >= 4 else '-'))
            good = 3 <= len(lines) <= 400 and labels.count('1') >= 3 and labels.count('0') >= 1
            if good and labels.count('-') <= .4 * len(lines) and tuple(lines) not in seen:
                seen.add(tuple(lines))
                yield dict(record('ext', '%s/%s' % (name, r['id']), lines, labels, site=group_of(r)), lang=r['lang'])


def main():
    logging.disable(logging.CRITICAL)
    os.makedirs(OUT, exist_ok=True)
    pages = list(eval_pages())
    for make in (postlight, mozread, newspaper, defuddle, trends, wac, lambda: ((r, None) for r in ext(pages))):
        name = make.__name__ if make.__name__ != '<lambda>' else 'ext'
        made = list(make())
        pages += [(r, html) for r, html in made if html]
        with open(os.path.join(OUT, name + '.jsonl'), 'w', encoding='utf-8') as f:
            f.writelines(json.dumps(r, ensure_ascii=False) + '\n' for r, _ in made)
        print('%s: %d documents' % (name, len(made)))


if __name__ == '__main__':
    main()
