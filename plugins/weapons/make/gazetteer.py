import collections,os,re
from inflect import INFLECT,tr_poss,tr,ru_noun,uk_noun,pl_noun,ru,uk
HERE=os.path.dirname(os.path.abspath(__file__))
BASE=os.path.join(HERE,'base.tsv')
FIGSETS={'missile','bomb','landmine','rocket','battle tank','artillery shell','grenade','firearm','artillery piece','mortar','torpedo','cartridge','pistol','radar','warhead','shotgun','submarine','drone','corvette'}
def cyr(s): return bool(re.search('[а-яА-ЯіїєґІЇЄҐёЁ]',s))
def arab(s): return bool(re.search('[\u0600-\u06ff]',s))
rows=[]; seen={}
def fold(s): return s.lower().replace('ё','е')
def add(lang,term,canon,cat,unroca='-',forms=(),flags=(),keep=True):
    forms=[f for f in dict.fromkeys(forms) if f and f!=term]
    rows.append(dict(lang=lang,term=term,canon=canon,cat=cat,unroca=unroca,forms=forms,flags=list(dict.fromkeys(flags))))
UN={}
# ---- base
for i,l in enumerate(open(BASE)):
    if i==0: continue
    lang,term,canon,cat,un,notes=l.rstrip('\n').split('\t')
    UN.setdefault(cat,un)
    parts=[p.strip() for p in notes.split(';') if p.strip()]
    forms=[];flags=[]
    for p in parts:
        if p.startswith('infl='): forms=p[5:].split('|')
        elif p.startswith('suppress='): pass
        else: flags.append(p)
    if cat!='exclude' and 'named' not in flags and 'cs' not in flags and lang in INFLECT and cat!='exclude':
        try: forms+=INFLECT[lang](term)
        except Exception as e: pass
    if canon in FIGSETS and 'named' not in flags and ' ' not in term: flags.append('fig')
    if cat=='exclude' and 'cs' not in flags and lang in('fr','en','es','it','pt') and re.search('[A-Z]',term): flags.append('cs')
    if 'named' in flags and 'cs' in flags and re.match(r'[A-Z][a-z]+$',term): forms.append(term.upper())
    if 'named' in flags and re.search(r'\d$',term) and lang=='mul' and not cyr(term): forms.append(term+'s')
    if term=='Patriot' or term=='Patriots': flags.append('not=parc/expo/park/act/pavillon/парк/politic/partei/partid/football/quarterback/nfl')
    add(lang,term,canon,cat,un,forms,flags)
base_n=len(rows)
# ---- concepts
cur=None
for l in open(os.path.join(HERE,'concepts.txt')):
    l=l.rstrip('\n')
    if not l or l.startswith('#'): continue
    m=re.match(r'(fr|en|es|it|pt|de|ru|uk|pl|tr|ar): (.*)$',l)
    if not m:
        c=[x.strip() for x in l.split('|')]; cur=c; continue
    lang,items=m.groups()
    for it in items.split(','):
        it=it.strip()
        if not it: continue
        forms=[]; 
        explicit='=' in it
        if explicit: it,f=it.split('=',1); forms=[x for x in f.split('|') if x]
        flags=[]; noinf=False; plus=False
        while it and it[-1] in '~!^*+':
            if it[-1]=='~': flags.append('fig')
            if it[-1]=='!': flags.append('amb')
            if it[-1]=='^': flags.append('cs')
            if it[-1]=='*': noinf=True
            if it[-1]=='+': plus=True
            it=it[:-1]
        it=it.strip()
        if plus: forms+=tr_poss(it)
        elif 'cs' in flags:
            if not noinf: forms+=[it+'s'] if lang in('en','de') else []
        elif not noinf and not explicit:
            try: forms+=INFLECT[lang](it)
            except Exception as e: print('infl?',lang,it,e)
        if 'class' in cur[2:3]: flags.append('class')
        if lang=='ar' and noinf and it.startswith('ال'): pass
        if lang=='de' and 'cs' not in flags and ' ' not in it and re.match('[A-ZÄÖÜ]',it) and len(it)>=5 and 'amb' not in flags: flags.append('head')
        add(lang,it,cur[0],cur[1],UN.get(cur[1],'-'),forms,flags)
# ---- systems
MAKERS={'Su':['Sukhoi','Soukhoï','Soukhoi','Suchoi','Sujói','Suhoj','Sukhoï','Suchoj'],'Mi':['Mil','Mila'],'Ka':['Kamov','Kamow'],'Tu':['Tupolev','Tupolew','Touplev','Tupoljew','Túpolev'],'Il':['Ilyushin','Iljuschin','Iliouchine','Iliushin','Ilushin','Iljušin'],'An':['Antonov','Antonow'],'MiG':['Mikoyan'],'Yak':['Yakovlev','Jakowlew']}
RUMK={'Су':'Сухой','Ил':'Ильюшин','Ту':'Туполев','Ан':'Антонов','Ми':'Миль'}
def named(term,canon,cat,amb,need,cs,ship=False):
    if arab(term): 
        noinf=term.endswith('*'); term=term.rstrip('*'); lang='ar'; forms=[]
    elif cyr(term): 
        lang='mul'; forms=[]
        w=term.split(' ')[-1]
        if re.match(r'^[А-ЯІЇЄҐ][а-яіїєґё’\']+$',w) and len(w)>3:
            for fn in (ru_noun,uk_noun):
                try:
                    g,S,P=fn(w.lower()); 
                    for f in S+P:
                        for x in (f if isinstance(f,list) else [f]): forms.append(term[:-len(w)]+x[0].upper()+x[1:])
                except Exception: pass
    else:
        lang='mul'; forms=[]
        if re.search(r'\d$',term): forms.append(term+'s')
        w=term.split(' ')[-1]
        if re.match(r'^[A-Z][a-z]+$',w) and len(w)>3 and not amb:
            forms.append(term+'s') if not w.endswith('s') else None
            try:
                g,S,P=pl_noun(w.lower())
                pf=[]
                for f in S+P:
                    for x in (f if isinstance(f,list) else [f]): pf.append(term[:-len(w)]+x[0].upper()+x[1:])
                forms+=pf
            except Exception: pass
            forms.append(term.upper())
        if amb and re.match(r'^[A-Z][a-z]+$',term): forms.append(term.upper())
    flags=['named']
    if ship: flags+=['cs','ship']
    elif cs: flags.append('cs')
    if amb:
        flags.append('amb')
        if not arab(term): flags.append('cs')
    if need: flags.append('need='+need)
    add(lang,term,canon,cat,UN.get(cat,'-'),forms,flags)
    m=re.match(r'(Su|Mi|Ka|Tu|Il|An|Yak)-(\d+\w*)$',term)
    if m:
        for k in MAKERS[m[1]]:
            add('mul',k+' '+term,canon,cat,UN.get(cat,'-'),[],['named'])
            if m[1] in('Su','Tu','Il','An'): add('mul',k+'-'+m[2],canon,cat,UN.get(cat,'-'),[],['named'])
        # polish inflection of the prefix is rare; french spelling
    m=re.match(r'(Су|Ил|Ту|Ан|Ми)-(\d+\w*)$',term)
    if m: add('mul',RUMK[m[1]]+' '+term,canon,cat,UN.get(cat,'-'),[],['named'])
for l in open(os.path.join(HERE,'systems.txt')):
    l=l.rstrip('\n')
    if not l: continue
    canon,cat,fl,vs=l.split('|')
    ship='ship' in fl
    amb0='!' in fl; need=re.search(r'need=(.*)',fl); need=need[1] if need else None
    names=[v for v in vs.split(',') if v]
    for v in names:
        a=amb0; cs=False; nd=need
        while v[-1] in '!^':
            if v[-1]=='!': a=True
            if v[-1]=='^': cs=True
            v=v[:-1]
        if re.search(r'\d',v) or ' ' in v: # digits or several words: sure
            if amb0 and not re.search(r'\d',v) and ' ' in v: a=False; nd=None
            if re.search(r'\d',v) and not need: a=amb0
            if re.search(r'\d',v) and re.search('[A-Za-z]{2,} ',v): nd=None; a=False
        named(v,canon,cat,a,nd,cs,ship)
# ---- exclusions
for l in open(os.path.join(HERE,'exclusions.txt')):
    m=re.match(r'(\w\w): (.*)$',l.rstrip('\n'))
    if not m: continue
    lang,items=m.groups()
    for it in items.split(','):
        it=it.strip()
        if not it or it.endswith('!'): continue
        if it in('in arms','javelot','cheetah','fuchs','archery','мин','gol','cold war'): continue
        flags=[]
        if lang in('fr','en','es','it','pt') and re.search('[A-Z]',it): flags.append('cs')
        add(lang,it,'-','exclude','-',[],flags)
# extra patches
for r in rows:
    if r['cat']=='exclude': continue
    if r['lang']=='de' and r['term']=='Raketenwerfer': r['canon'],r['cat']='multiple rocket launcher','artillery.mrl'
    if r['lang']=='en' and r['term'] in('arms','gun','shell'): pass
# merge rows of equal (lang, folded term, cs): later wins, union of forms
merged={}; order=[]
for r in rows:
    k=(r['lang'],fold(r['term']),'cs' in r['flags'] and r['term'])
    if k in merged:
        o=merged[k]
        if o['cat']=='exclude' and r['cat']!='exclude': o.update(r); continue
        if r['cat']=='exclude': 
            o.update(r) if o['cat']!='exclude' else None
            continue
        if o['canon']!=r['canon'] and not (r['canon'] in('weapon',) ): pass
        o['forms']=list(dict.fromkeys(o['forms']+r['forms']))
        o['canon'],o['cat'],o['unroca']=(o['canon'],o['cat'],o['unroca']) if 'named' in o['flags'] and 'named' not in r['flags'] else (r['canon'],r['cat'],r['unroca'])
        keepneed=[f for f in o['flags'] if f.startswith(('need=','not='))]
        extra=[f for f in r['flags'] if not f.startswith('need=')]
        if o['term'] in('Patriot','Patriots') : pass
        o['flags']=list(dict.fromkeys([f for f in o['flags']]+extra))
    else:
        merged[k]=r; order.append(k)
# forms that equal another row's term of same language but other canonical: drop the form
terms={}
for k in order:
    r=merged[k]; terms.setdefault((r['lang'],fold(r['term'])),r)
out=['lang\tterm\tcanonical\tcategory\tunroca\tnotes']
nf=0
for k in order:
    r=merged[k]
    fs=[f for f in r['forms'] if not((r['lang'],fold(f)) in terms and terms[(r['lang'],fold(f))] is not r) and f!=r['term']]
    nf+=1+len(fs)
    notes=([ 'infl='+'|'.join(fs)] if fs else [])+r['flags']
    # base keeps `named` first
    out.append('\t'.join([r['lang'],r['term'],r['canon'],r['cat'],r['unroca'],'; '.join(notes)]))
open(os.path.join(HERE,'../data/gazetteer.tsv'),'w').write('\n'.join(out)+'\n')
c=collections.Counter(r['lang'] for r in merged.values())
print(len(out)-1,'rows',nf,'forms',dict(c), len({r['canon'] for r in merged.values() if 'named' in r['flags']}),'named systems')
