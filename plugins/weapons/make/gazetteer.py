#!/usr/bin/env python3
"""Writes ../data/gazetteer.tsv, or the file named, from base.tsv, concepts.txt, systems.txt, doubtful.txt and
exclusions.txt.

Every source gives rows (language, term, canonical name, category, forms, flags). Rows of the same language and
term are merged: forms and flags add up, the later name and category win, a word that is a weapon in one source
is not excluded by another. See README.md for the notation of each file."""
import collections
import os
import re
import sys
import unicodedata

from inflect import INFLECT, pl_noun, ru_noun, tr_poss, uk_noun

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.path.join(HERE, '..', 'data', 'gazetteer.tsv')
LANGUAGES = 'fr en es it pt de ru uk pl tr ar'.split()

# Words for things that people also hit, throw, cook and bet on: a counter-cue in the sentence silences them.
FIGURATIVE = {
    'missile', 'bomb', 'landmine', 'rocket', 'battle tank', 'artillery shell', 'grenade', 'firearm',
    'artillery piece', 'mortar', 'torpedo', 'cartridge', 'pistol', 'radar', 'warhead', 'shotgun', 'submarine',
    'drone', 'corvette', 'bomber', 'destroyer', 'explosive', 'artillery'}

# A plain word of war of these classes is sure of itself, unless its sentence speaks against it (`mild`).
MILD = ('arms', 'armour', 'artillery', 'air', 'uav', 'naval', 'missile', 'salw', 'munition')

# What designers' names look like in front of their designators.
MAKERS = {
    'Su': 'Sukhoi Soukhoï Soukhoi Suchoi Sujói Suhoj Sukhoï Suchoj Suhoy', 'Mi': 'Mil Mila',
    'Ka': 'Kamov Kamow', 'Tu': 'Tupolev Tupolew Tupoljew Túpolev Toupolev', 'An': 'Antonov Antonow',
    'Il': 'Ilyushin Iljuschin Iliouchine Iliushin Ilushin Iljušin Iliuszyn', 'MiG': 'Mikoyan',
    'Yak': 'Yakovlev Jakowlew'}
WHOLE_NAMES = ('Su', 'Tu', 'Il', 'An')  # "Sukhoi-25" is said as well as "Sukhoi Su-25"
MAKERS_RU = {'Су': 'Сухой', 'Ил': 'Ильюшин', 'Ту': 'Туполев', 'Ан': 'Антонов', 'Ми': 'Миль'}

MARKS = {'~': 'fig', '!': 'amb', '^': 'cs'}


def path(name):
    return os.path.join(HERE, name)


def lines(name):
    with open(path(name), encoding='utf-8') as f:
        for line in f:
            line = line.rstrip('\n')
            if line and not line.startswith('#'):
                yield line


def is_cyrillic(text):
    return bool(re.search('[а-яА-ЯіїєґІЇЄҐёЁ]', text))


def is_arabic(text):
    return bool(re.search('[\u0600-\u06ff]', text))


# Letters that the matcher takes for others, besides those that Unicode takes apart.
ALIKE = str.maketrans({
    'ø': 'o', 'ł': 'l', 'đ': 'd', 'ı': 'i', 'æ': 'ae', 'œ': 'oe', 'ß': 'ss', 'ґ': 'г', 'ى': 'ي', 'ة': 'ه'})


def fold(text):
    """The words of a term as the matcher sees them: letters and digits apart, no case, no accents."""
    text = unicodedata.normalize('NFKD', text.lower().translate(ALIKE).casefold())
    text = ''.join(c for c in text if not unicodedata.combining(c) and c not in '\u00ad\u0640')
    text = ''.join(str(unicodedata.digit(c)) if c.isdigit() else c for c in text)
    return tuple(re.findall(r'\d+|[^\W\d_]+', text))


def unique(items):
    return list(dict.fromkeys(i for i in items if i))


def inflect(lang, term):
    return list(INFLECT[lang](term)) if lang in INFLECT else []


class Gazetteer:
    def __init__(self):
        self.rows = []
        self.weak = False  # behind @keep, up to @override
        self.unroca = {}
        self.doubtful, self.sure, self.figurative, self.wary = set(), set(), set(), set()
        self.notes = collections.defaultdict(list)  # by language and term
        for line in lines('doubtful.txt'):
            kind, words = line.split(': ', 1)
            if '=' in kind:
                for word in words.split(','):
                    self.notes[word.strip()].append(kind)
                continue
            getattr(self, kind).update(w.strip() for w in words.split(','))

    def add(self, lang, term, canonical, category, forms=(), flags=(), unroca=None):
        flags = unique(flags)
        if term in self.doubtful and 'amb' not in flags and category != 'exclude':
            flags.append('amb')
        if re.fullmatch('[A-ZА-ЯІЇЄҐ]{2,6}', term) and 'cs' not in flags:
            flags.append('cs')
        self.rows.append({
            'lang': lang, 'term': term, 'canonical': canonical, 'category': category,
            'unroca': unroca or self.unroca.get(category, '-'),
            'forms': unique(f for f in forms if f != term), 'flags': flags, 'weak': self.weak})

    # ---------------------------------------------------------------- base.tsv

    def read_base(self):
        for number, line in enumerate(lines('base.tsv')):
            if number == 0:
                continue
            lang, term, canonical, category, unroca, notes = line.split('\t')
            self.unroca.setdefault(category, unroca)
            forms, flags = [], []
            for note in (n.strip() for n in notes.split(';')):
                if note.startswith('infl='):
                    forms = note[5:].split('|')
                elif note and not note.startswith('suppress='):
                    flags.append(note)
            self.complete(lang, term, canonical, category, forms, flags)
            self.add(lang, term, canonical, category, forms, flags, unroca)
            if 'named' in flags:
                self.add_makers(term, canonical, category)

    @staticmethod
    def complete(lang, term, canonical, category, forms, flags):
        """forms and flags that the first list left to the reader"""
        named, cased = 'named' in flags, 'cs' in flags
        if category == 'exclude':
            if not cased and lang in ('fr', 'en', 'es', 'it', 'pt') and re.search('[A-Z]', term):
                flags.append('cs')
            return
        if not named and not cased:
            forms += inflect(lang, term)
        if canonical in FIGURATIVE and not named and ' ' not in term:
            flags.append('fig')
        if named and cased and re.fullmatch('[A-Z][a-z]+', term):
            forms.append(term.upper())
            forms += Gazetteer.latin_forms(term)
        if named and re.search(r'\d$', term) and not is_cyrillic(term):
            forms.append(term + 's')
        if term in ('Patriot', 'Patriots'):
            flags.append('not=parc/expo/park/act/pavillon/парк/politic/partei/partid/football/quarterback/nfl')

    # ---------------------------------------------------------------- concepts.txt

    def read_concepts(self):
        concept, self.weak = None, False
        for line in lines('concepts.txt'):
            if line in ('@keep', '@override'):
                self.weak = line == '@keep'
                continue
            match = re.match('(%s): (.*)$' % '|'.join(LANGUAGES), line)
            if not match:
                concept = [c.strip() for c in line.split('|')]
                continue
            for item in match[2].split(','):
                if item.strip():
                    self.add_concept(match[1], item.strip(), concept)
        self.weak = False

    def add_concept(self, lang, item, concept):
        item, explicit, written = item.partition('=')
        forms = written.split('|') if written else []
        flags, fixed, possessive = [], False, False
        while item and item[-1] in '~!^*+':
            fixed |= item[-1] == '*'
            possessive |= item[-1] == '+'
            if item[-1] in MARKS:
                flags.append(MARKS[item[-1]])
            item = item[:-1]
        term = item.strip()
        if possessive:
            forms += tr_poss(term)
        elif 'cs' in flags:
            forms += [term + 's'] if lang in ('en', 'de') and not fixed else []
        elif not fixed and not explicit:
            forms += inflect(lang, term)
        if 'class' in concept[2:3]:
            flags.append('class')
        if lang == 'de' and re.match('[A-ZÄÖÜ]\\S{4,}$', term) and not {'cs', 'amb'} & set(flags) and term != 'Sarin':
            flags.append('head')
        flags += [f for f in concept[3:] if f]
        self.add(lang, term, concept[0], concept[1], forms, flags)

    # ---------------------------------------------------------------- systems.txt

    def read_systems(self):
        for line in lines('systems.txt'):
            if line == '@keep':
                self.weak = True
                continue
            canonical, category, marks, names = line.split('|')
            doubt = '!' in marks
            need = re.search('need=(.*)', marks)
            for name in (n for n in names.split(',') if n):
                self.add_spelling(name, canonical, category, doubt, need and need[1], marks)
        self.weak = False

    def add_spelling(self, name, canonical, category, doubt, need, marks):
        ambiguous, cased, fixed = doubt, False, False
        while name[-1] in '!^' or (name[-1] == '*' and not is_arabic(name)):
            ambiguous |= name[-1] == '!'
            cased |= name[-1] == '^'
            fixed |= name[-1] == '*'
            name = name[:-1]
        digits, words = re.search(r'\d', name), ' ' in name
        if doubt and words and not digits:  # "Javelin missile" is sure where "Javelin" is not
            ambiguous, need = False, None
        elif digits and re.search('[A-Za-z]{2,} ', name):
            ambiguous, need = False, None
        elif digits and not need:
            ambiguous = doubt
        self.add_name(name, canonical, category, ambiguous, need, cased, marks, fixed)

    def add_name(self, term, canonical, category, ambiguous, need, cased, marks, fixed=False):
        lang, forms = 'mul', []
        if is_arabic(term):
            lang, term = 'ar', term.rstrip('*')
        elif fixed:
            pass
        elif is_cyrillic(term):
            forms = self.cyrillic_forms(term)
        else:
            forms = self.latin_forms(term)
        flags = ['named']
        if 'ship' in marks:
            flags += ['cs', 'ship']
        if 'prefix' in marks:
            flags += ['cs', 'prefix']
        if cased:
            flags.append('cs')
        if ambiguous:
            flags.append('amb')
            if lang != 'ar':
                flags.append('cs')
        if need:
            flags.append('need=' + need)
        self.add(lang, term, canonical, category, forms, flags)
        self.add_makers(term, canonical, category)

    @staticmethod
    def declined(term, word, paradigm):
        _, singular, plural = paradigm(word.lower())
        found = []
        for cell in singular + plural:
            for form in cell if isinstance(cell, list) else [cell]:
                found.append(term[:len(term) - len(word)] + form[0].upper() + form[1:])
        return found

    def cyrillic_forms(self, term):
        word = term.split(' ')[-1]
        if len(word) <= 2 or not re.fullmatch('[А-ЯІЇЄҐ][а-яіїєґё’\']+', word):
            return []
        forms = []
        for paradigm in (ru_noun, uk_noun):
            try:
                forms += self.declined(term, word, paradigm)
            except IndexError:  # too short for that paradigm
                pass
        return forms

    @staticmethod
    def latin_forms(term):
        word = term.split(' ')[-1]
        forms = [term + 's'] if re.search(r'\d$', term) else []
        if re.fullmatch('[A-ZĆŁŚŹŻ][a-ząćęłńóśźż]{3,}', word):
            if not word.endswith('s'):
                forms.append(term + 's')
            if word == term:
                forms.append(term.upper())
                if not word.endswith(('a', 'o', 'i', 'e', 'u')):
                    forms += Gazetteer.declined(term, word, pl_noun)
        return forms

    def add_makers(self, term, canonical, category):
        match = re.fullmatch(r'(%s)-(\d+\w*)' % '|'.join(MAKERS), term)
        if match:
            for maker in MAKERS[match[1]].split():
                self.add('mul', maker + ' ' + term, canonical, category, flags=['named'])
                if match[1] in WHOLE_NAMES:
                    self.add('mul', maker + '-' + match[2], canonical, category, flags=['named'])
                    if maker[-1] == 'i':
                        self.add('mul', maker[:-1] + 'ï-' + match[2], canonical, category, flags=['named'])
        match = re.fullmatch(r'(%s)-(\d+\w*)' % '|'.join(MAKERS_RU), term)
        if match:
            self.add('mul', MAKERS_RU[match[1]] + ' ' + term, canonical, category, flags=['named'])

    # ---------------------------------------------------------------- exclusions.txt

    def read_exclusions(self):
        for line in lines('exclusions.txt'):
            match = re.match(r'(\w\w|mul): (.*)$', line)
            for term in (t.strip() for t in match[2].split(',')):
                if term:
                    cased = match[1] in ('fr', 'en', 'es', 'it', 'pt') and re.search('[A-Z]', term)
                    self.add(match[1], term, '-', 'exclude', flags=['cs'] if cased else [], unroca='-')

    # ---------------------------------------------------------------- one row a term

    @staticmethod
    def merge(old, new):
        if (old['category'] == 'exclude') != (new['category'] == 'exclude'):
            if old['category'] == 'exclude':
                old.update(new)
            return
        old['forms'] = unique(old['forms'] + [new['term']] + new['forms'])
        if not new['weak'] and not ('named' in old['flags'] and 'named' not in new['flags']):
            for key in ('canonical', 'category', 'unroca'):
                old[key] = new[key]
        if ' ' in old['term'] and 'amb' not in new['flags']:  # several words that one source is sure of
            old['flags'] = [f for f in old['flags'] if f != 'amb']
        old['flags'] = unique(old['flags'] + [f for f in new['flags'] if not f.startswith('need=')])

    def merged(self):
        rows = self.merged_by(self.rows, lambda row: row['canonical'])
        # what is written alike, and cased alike where case tells, is one row; the later name stands
        return self.merged_by(rows, lambda row: ''.join('A' if c.isupper() else 'a' for c in row['term'] if c.isalpha()))

    def merged_by(self, source, of_cased):
        rows = {}
        for row in source:
            key = (row['lang'], fold(row['term']), 'cs' in row['flags'] and of_cased(row))
            if key in rows:
                self.merge(rows[key], row)
            else:
                rows[key] = row
        return list(rows.values())

    def settle(self, row):
        name = row['lang'] + ':' + row['term']
        if name in self.sure or name in self.figurative:
            row['flags'] = [f for f in row['flags'] if f not in ('amb', 'fig')]
        if name in self.figurative:
            row['flags'].append('fig')
        if (row['category'].split('.')[0] in MILD and not {'named', 'cs'} & set(row['flags'])
                and len(fold(row['term'])) == 1):
            row['flags'] = unique(row['flags'] + ['mild'])
        if name in self.wary:
            row['flags'] = unique(row['flags'] + ['amb', 'fig'])
        if {'amb', 'fig'} & set(row['flags']):
            row['flags'] = [f for f in row['flags'] if f != 'mild']
        for note in self.notes.get(name, ()):
            row['flags'] = [f for f in row['flags'] if not note.startswith('need=') or not f.startswith('need=')]
            row['flags'].append(note)

    @staticmethod
    def spell_once(rows):
        """A form belongs to the row whose term it is, else to the last row that has it."""
        def place(row, form):
            return row['lang'], fold(form), 'cs' in row['flags'] and form
        owner = {}
        for row in rows:
            for form in row['forms']:
                owner[place(row, form)] = row
        for row in rows:
            owner[place(row, row['term'])] = row
        for row in rows:
            row['forms'] = [f for f in row['forms'] if owner[place(row, f)] is row and f != row['term']]

    def write(self, out):
        rows = self.merged()
        for row in rows:
            self.settle(row)
        self.spell_once(rows)
        count = 0
        with open(out, 'w', encoding='utf-8') as f:
            f.write('lang\tterm\tcanonical\tcategory\tunroca\tnotes\n')
            for row in rows:
                forms = row['forms']
                notes = (['infl=' + '|'.join(forms)] if forms else []) + row['flags']
                f.write('\t'.join([row['lang'], row['term'], row['canonical'], row['category'], row['unroca'],
                                   '; '.join(notes)]) + '\n')
                count += 1 + len(forms)
        return rows, count


def main():
    gazetteer = Gazetteer()
    gazetteer.read_base()
    gazetteer.read_concepts()
    gazetteer.read_systems()
    gazetteer.read_exclusions()
    rows, forms = gazetteer.write(sys.argv[1] if len(sys.argv) > 1 else OUT)
    by_language = collections.Counter(r['lang'] for r in rows)
    named = {r['canonical'] for r in rows if 'named' in r['flags']}
    print(len(rows), 'rows,', forms, 'forms,', len(named), 'named systems;',
          ' '.join('%s %d' % (l, by_language[l]) for l in ['mul'] + LANGUAGES))


if __name__ == '__main__':
    main()
