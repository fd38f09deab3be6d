import re
# ---------- Slavic
RU_ADJ=re.compile(r'(ый|ий|ой|ая|яя|ое|ее|ые|ие)$')
def ru_adj(w):
    m=re.match(r'(.*?)(ый|ий|ой|ая|яя|ое|ее|ые|ие)$',w)
    if not m: return None
    s,e=m.groups()
    k=s and s[-1] in 'гкхжчшщ'
    soft=(e in('ий','яя','ее','ие') and not k)
    if e=='ее' and not soft and s[-1] in 'жчшщ': k=True
    y='и' if (soft or k) else 'ы'
    o='е' if (soft or (k and s[-1] in 'жчшщ' and e!='ой')) else 'о'
    a='я' if soft else 'а'; u='ю' if soft else 'у'
    M=[w if e in('ый','ий','ой') else s+(y+'й'),s+o+'го',s+o+'му',None,s+y+'м',s+o+'м']
    Fm=[s+a+'я',s+o+'й',s+o+'й',s+u+'ю',s+o+'й',s+o+'й']
    N=[s+o+'е',s+o+'го',s+o+'му',s+o+'е',s+y+'м',s+o+'м']
    P=[s+y+'е',s+y+'х',s+y+'м',s+y+'е',s+y+'ми',s+y+'х']
    M[3]=M[0]
    return {'m':M,'f':Fm,'n':N,'p':P}
def ru_noun(w):
    """(gender, singular[6], plural[6] lists of alternatives)"""
    v='аеёиоуыэюя'
    s=w[:-1]
    if w.endswith('ия'): s=w[:-2]; return 'f',[w,s+'ии',s+'ии',s+'ию',s+'ией',s+'ии'],[s+'ии',s+'ий',s+'иям',s+'ии',s+'иями',s+'иях']
    if w.endswith('ие'): s=w[:-2]; return 'n',[w,s+'ия',s+'ию',w,s+'ием',s+'ии'],[s+'ия',s+'ий',s+'иям',s+'ия',s+'иями',s+'иях']
    if w.endswith('а'):
        k=s[-1] in 'гкхжчшщ'; y='и' if k else 'ы'
        g=s
        if w.endswith('ка') and len(s)>2 and s[-2] not in v: g=s[:-1]+('е' if s[-2] in 'жчшщй' else 'о')+'к'
        if w.endswith('йка'): g=s[:-2]+'ек'
        ins=s+('ей' if s[-1] in 'жчшщц' else 'ой')
        return 'f',[w,s+y,s+'е',s+'у',ins,s+'е'],[s+y,g,s+'ам',s+y,s+'ами',s+'ах']
    if w.endswith('я'): return 'f',[w,s+'и',s+'е',s+'ю',s+'ей',s+'е'],[s+'и',s+'ь',s+'ям',s+'и',s+'ями',s+'ях']
    if w.endswith('о'): return 'n',[w,s+'а',s+'у',w,s+'ом',s+'е'],[s+'а',s,s+'ам',s+'а',s+'ами',s+'ах']
    if w.endswith('ьё') or w.endswith('ье'): s=w[:-1]; return 'n',[w,s+'я',s+'ю',w,s+'ём',s+'е'],[s+'я',s[:-1]+'ей',s+'ям',s+'я',s+'ями',s+'ях']
    if w.endswith('е'): return 'n',[w,s+'а',s+'у',w,s+'ем',s+'е'],[s+'а',s,s+'ам',s+'а',s+'ами',s+'ах']
    if w.endswith('ость') or w.endswith('сеть') or w.endswith('ль') and w.endswith(('модель',)) : return 'f',[w,s+'и',s+'и',w,w+'ю',s+'и'],[s+'и',s+'ей',s+'ям',s+'и',s+'ями',s+'ях']
    if w.endswith('ь'): return 'm',[w,s+'я',s+'ю',w,s+'ем',s+'е'],[s+'и',s+'ей',s+'ям',s+'и',s+'ями',s+'ях']
    if w.endswith('й'): return 'm',[w,s+'я',s+'ю',w,s+'ем',s+'е'],[s+'и',s+'ев',s+'ям',s+'и',s+'ями',s+'ях']
    if w.endswith('ец'): s=w[:-2]+('ь' if w[-3]=='л' else '')+'ц'; return 'm',[w,s+'а',s+'у',w,s+'ем',s+'е'],[s+'ы',s+'ев',s+'ам',s+'ы',s+'ами',s+'ах']
    k=w[-1] in 'гкхжчшщ'; y='и' if k else 'ы'
    gp=w+('ей' if w[-1] in 'жчшщ' else 'ев' if w[-1]=='ц' else 'ов')
    return 'm',[w,w+'а',w+'у',w,w+('ем' if w[-1] in 'жчшщц' else 'ом'),w+'е'],[w+y,gp,w+'ам',w+y,w+'ами',w+'ах']
def slavic(phrase,noun,adj,is_adj):
    ws=phrase.split(' ')
    i=0
    while i<len(ws)-1 and is_adj(ws[i]): i+=1
    h=ws[i]
    if not re.search(r'[а-яёіїєґa-ząćęłńóśźż]$',h) or h.isupper(): return []
    pre=''
    if '-' in h and not is_adj(h):
        a,b=h.rsplit('-',1)
        if b and b[0].islower(): pre,h=a+'-',b
    g,S,P=noun(h)
    out=set()
    for num,forms in (('s',S),('p',P)):
        for c in range(len(forms)):
            fs=forms[c] if isinstance(forms[c],(list,tuple)) else [forms[c]]
            for f in fs:
                A=[]
                for w in ws[:i]:
                    p=adj(w); A.append((p['p'] if num=='p' else p[g])[c])
                out.add(' '.join(A+[pre+f]+ws[i+1:]))
    # plural of acc animate = genitive covered
    out.discard(phrase); return sorted(out)
def ru(p):
    # given plural adjectives as nominal heads are left alone
    return slavic(p,ru_noun,ru_adj,lambda w:bool(RU_ADJ.search(w)) and not w.endswith(('ие',)) )
def uk_adj(w):
    m=re.match(r'(.*?)(ий|ій|а|я|е|є|і|ї)$',w); s,e=m.groups()
    soft=e in('ій','я','є','ї')
    if soft: return {'m':[s+'ій',s+'ього',s+'ьому',s+'ій',s+'ім',s+'ьому'],'f':[s+'я',s+'ьої',s+'ій',s+'ю',s+'ьою',s+'ій'],'n':[s+'є',s+'ього',s+'ьому',s+'є',s+'ім',s+'ьому'],'p':[s+'і',s+'іх',s+'ім',s+'і',s+'іми',s+'іх']}
    return {'m':[s+'ий',s+'ого',s+'ому',s+'ий',s+'им',s+'ому'],'f':[s+'а',s+'ої',s+'ій',s+'у',s+'ою',s+'ій'],'n':[s+'е',s+'ого',s+'ому',s+'е',s+'им',s+'ому'],'p':[s+'і',s+'их',s+'им',s+'і',s+'ими',s+'их']}
def uk_noun(w):
    v='аеєиіїоуюя'; s=w[:-1]
    alt={'г':'з','к':'ц','х':'с'}
    if w.endswith('ія'): s=w[:-2]; return 'f',[w,s+'ії',s+'ії',s+'ію',s+'ією',s+'ії'],[s+'ії',s+'ій',s+'іям',s+'ії',s+'іями',s+'іях']
    if w.endswith('ння') or w.endswith('ття'): return 'n',[w,w,s+'ю',w,s+'ям',s+'і'],[w,s[:-1]+'ь',s+'ям',w,s+'ями',s+'ях']
    if w.endswith('а'):
        y='і' if s[-1] in 'жчшщ' else 'и'
        d=s[:-1]+alt.get(s[-1],s[-1])+'і'
        g=s
        if w.endswith('ка') and s[-2] not in v: g=s[:-1].rstrip('ь')+'ок'
        return 'f',[w,s+y,d,s+'у',s+('ею' if s[-1] in 'жчшщ' else 'ою'),d],[s+y,g,s+'ам',s+y,s+'ами',s+'ах']
    if w.endswith('оя'): return 'f',[w,s+'ї',s+'ї',s+'ю',s+'єю',s+'ї'],[s+'ї',s[:-1]+'ой',s+'ям',s+'ї',s+'ями',s+'ях']
    if w.endswith('ель') and w.endswith(('корабель','вертель')): s=w[:-3]+'л'; return 'm',[w,s+'я',[s+'ю',s+'еві'],w,s+'ем',s+'і'],[s+'і',s+'ів',s+'ям',s+'і',s+'ями',s+'ях']
    if w.endswith('я'): return 'f',[w,s+'і',s+'і',s+'ю',s+'ею',s+'і'],[s+'і',s+'ь',s+'ям',s+'і',s+'ями',s+'ях']
    if w.endswith('о'): return 'n',[w,s+'а',s+'у',w,s+'ом',s+'і'],[s+'а',s,s+'ам',s+'а',s+'ами',s+'ах']
    if w.endswith('ець'): s=w[:-3]+('ь' if w[-4]=='л' else '')+'ц'; return 'm',[w,s+'я',s+'ю',w,s+'ем',s+'і'],[s+'і',s+'ів',s+'ям',s+'і',s+'ями',s+'ях']
    if w.endswith('іль'): s2=w[:-3]+'ел'; return 'm',[w,s2+'я',s2+'ю',w,s2+'ем',s2+'і'],[s2+'і',s2+'ів',s2+'ям',s2+'і',s2+'ями',s2+'ях']
    if w.endswith('ь'): return 'm',[w,s+'я',[s+'ю',s+'еві'],w,s+'ем',s+'і'],[s+'і',s+'ів',s+'ям',s+'і',s+'ями',s+'ях']
    if w.endswith('й'): return 'm',[w,s+'я',[s+'ю',s+'єві'],w,s+'єм',s+'ї'],[s+'ї',s+'їв',s+'ям',s+'ї',s+'ями',s+'ях']
    y='і' if w[-1] in 'жчшщ' else 'и'
    return 'm',[w,[w+'а',w+'у'],[w+'у',w+'ові'],w,w+'ом',[w+'і',w+'у']],[w+y,w+'ів',w+'ам',w+y,w+'ами',w+'ах']
def uk(p):
    N={'ракета','бомба','торпеда','міна','граната','гармата','машина','система','зброя','установка','авіабомба','гвинтівка','гаубиця','пускова','куля','вибухівка','сила','ядро'}
    return slavic(p,uk_noun,uk_adj,lambda w:w not in N and bool(re.search(r'(ий|ій|[нвктлчр]а|не|ве|ке|ча|ня|нє|те)$',w)))
def pl_adj(w):
    m=re.match(r'(.*?)(y|i|a|e)$',w); s,e=m.groups()
    k=s.endswith(('k','g')); i='i' if (e=='i' or k) else 'y'
    if e=='i' and not k: s2=s+'i'
    else: s2=s
    si=s2 if e=='i' and not k else (s+'i' if k else s)
    return {'m':[w if e in 'yi' else s+i,si+'ego',si+'emu',w if e in 'yi' else s+i,s+i+'m',s+i+'m'],'f':[(si if e=='i' and not k else s)+'a',si+'ej',si+'ej',(si if e=='i' and not k else s)+'ą',(si if e=='i' and not k else s)+'ą',si+'ej'],'n':[si+'e',si+'ego',si+'emu',si+'e',s+i+'m',s+i+'m'],'p':[si+'e',s+i+'ch',s+i+'m',si+'e',s+i+'mi',s+i+'ch']}
PLALT={'t':'ci','d':'dzi','n':'ni','b':'bi','p':'pi','w':'wi','m':'mi','s':'si','z':'zi','r':'rz','ł':'l','k':'c','g':'dz'}
def pl_noun(w):
    s=w[:-1]
    def loc(s):
        if s.endswith('st'): return s[:-2]+'ście'
        a=PLALT.get(s[-1]); 
        return s+'e' if a is None else s[:-1]+a+'e'
    if w.endswith('ja') or w.endswith('ia'): return 'f',[w,s+'i',s+'i',s+'ę',s+'ą',s+'i'],[[s+'e',s+'i'],s+'i',s+'om',s+'e',s+'ami',s+'ach']
    if w.endswith('a'):
        y='i' if s[-1] in 'kg' else 'y'
        d=loc(s)
        if s[-1] in 'kg': d=s[:-1]+{'k':'c','g':'dz'}[s[-1]]+'e'
        g=s
        if w.endswith('ka') and len(s)>2 and s[-2] not in 'aeiouyóąę': g=s[:-1]+'ek'
        return 'f',[w,s+y,d,s+'ę',s+'ą',d],[s+y,g,s+'om',s+y,s+'ami',s+'ach']
    if w.endswith('ie'): return 'n',[w,w[:-1]+'a',w[:-1]+'u',w,w[:-1]+'em',w[:-1]+'u'],[w[:-1]+'a',w[:-2].rstrip('n')+'ń' if w.endswith('nie') else w[:-2],w[:-1]+'om',w[:-1]+'a',w[:-1]+'ami',w[:-1]+'ach']
    if w.endswith('o'): return 'n',[w,s+'a',s+'u',w,s+'em',[loc(s),s+'u']],[s+'a',s,s+'om',s+'a',s+'ami',s+'ach']
    if w.endswith('ść') or w.endswith('ź') or w.endswith('ń'): 
        st=w[:-1]+{'ć':'ci','ź':'zi','ń':'ni'}[w[-1]]
        return 'f',[w,st,st,w,st+'ą',st],[[st+'e',st],st,st+'om',st+'e',st+'ami',st+'ach']
    if w.endswith('iec'): s=w[:-3]+'c'; return 'm',[w,s+'a',s+'owi',w,s+'em',s+'u'],[s+'e',s+'ów',s+'om',s+'e',s+'ami',s+'ach']
    if w.endswith('ek') and len(w)>4: s=w[:-2]+'k'; return 'm',[w,[s+'a',s+'u'],s+'owi',w,s+'iem',s+'u'],[s+'i',s+'ów',s+'om',s+'i',s+'ami',s+'ach']
    if w.endswith('rz') or w[-1] in 'ljcż' or w.endswith(('cz','sz')): return 'm',[w,w+'a',[w+'owi',w+'u'],w,w+'em',w+'u'],[[w+'e'],[w+'y',w+'i',w+'ów'],w+'om',w+'e',w+'ami',w+'ach']
    y='i' if w[-1] in 'kg' else 'y'
    em=w+('iem' if w[-1] in 'kg' else 'em')
    return 'm',[w,[w+'u',w+'a'],w+'owi',[w,w+'a'],em,[w+'u' if w[-1] in 'kg' else loc(w)]],[w+y,w+'ów',w+'om',w+y,w+'ami',w+'ach']
def pl(p):
    ws=p.split(' ')
    # noun first, adjectives after: inflect both
    if len(ws)>=2 and re.search(r'(y|i|a|e)$',ws[1]) and not ws[1].endswith(('cji','ści','rii','gi')) and len(ws[1])>3:
        g,S,P=pl_noun(ws[0]); out=set(); a=pl_adj(ws[1])
        for num,forms in (('s',S),('p',P)):
            for c,f in enumerate(forms):
                for x in (f if isinstance(f,list) else [f]): out.add(' '.join([x,(a['p'] if num=='p' else a[g])[c]]+ws[2:]))
        out.discard(p); return sorted(out)
    g,S,P=pl_noun(ws[0]); out=set()
    for f in S+P:
        for x in (f if isinstance(f,list) else [f]): out.add(' '.join([x]+ws[1:]))
    out.discard(p); return sorted(out)
# ---------- Turkish
def tr(p):
    ws=p.split(' '); w=ws[-1]; pre=' '.join(ws[:-1]); pre=pre+' ' if pre else ''
    V='aıoueiöü'
    def last(s): 
        for c in reversed(s):
            if c in V: return c
        return 'e'
    def hi(s): return {'a':'ı','ı':'ı','o':'u','u':'u','e':'i','i':'i','ö':'ü','ü':'ü'}[last(s)]
    def lo(s): return 'a' if last(s) in 'aıou' else 'e'
    def d(s): return 't' if s[-1] in 'çfhkpsşt' else 'd'
    def soft(s): return s[:-1]+{'k':'ğ','p':'b','ç':'c','t':'d'}[s[-1]] if s[-1] in 'kpç' and len(s)>4 else s
    out=set()
    def cases(s,poss=False):
        vow=s[-1] in V; b=s if vow else soft(s)
        y='n' if poss else 'y'
        out.update([s,b+(y if vow else '')+hi(s),b+(y if vow else '')+lo(s),s+('n' if poss else '')+('d' if poss else d(s))+lo(s),s+('n' if poss else '')+('d' if poss else d(s))+lo(s)+'n',b+('n' if vow else '')+hi(s)+'n',s+('y' if vow else '')+'l'+lo(s)])
    def case(stem,poss=False): cases(stem,poss)
    cases(w)
    if w[-1] in V: ps=w+'s'+hi(w)
    else: ps=soft(w)+hi(w)
    cases(ps,True)
    plr=w+'l'+lo(w)+'r'; cases(plr); cases(plr+hi(plr),True)
    return sorted(pre+x for x in out if pre+x!=p)
def tr_poss(p):
    """already a possessive compound: füze sistemi"""
    ws=p.split(' '); w=ws[-1]; pre=' '.join(ws[:-1])+' ' if len(ws)>1 else ''
    V='aıoueiöü'
    s=w; v=s[-1]; lo='a' if v in 'aıou' else 'e'
    stem=s[:-1]; 
    if stem.endswith('s') and stem[-2] in V: root=stem[:-1]
    else: root=stem.replace('ğ','k') if stem.endswith('ğ') else stem
    pl='lar' if v in 'ıu' else 'ler'; pv='ı' if v in 'ıu' else 'i'
    out=[s+'n'+v,s+'n'+lo,s+'nd'+lo,s+'nd'+lo+'n',s+'n'+v+'n',s+'yl'+lo]
    P=root+pl+pv; lo2='a' if pv=='ı' else 'e'
    out+=[P,P+'n'+pv,P+'n'+lo2,P+'nd'+lo2,P+'nd'+lo2+'n',P+'n'+pv+'n',P+'yl'+lo2]
    return [pre+x for x in out]
# ---------- Romance and Germanic
PREP={'fr':"de du des d' à au aux en pour sans sur par contre avec non".split(),'es':'de del a al en para sin sobre por contra con no tierra aire'.split(),'it':"di da del dello della dell' d' a al in per senza su con anti".split(),'pt':'de do da a ao à em para sem sobre por contra com não'.split()}
INV={'antichar','antinavire','sol-air','sol-sol','air-air','air-sol','laser','radar','tierra-aire','aire-aire','terra-aria','aria-aria','terra-ar','ar-ar','antitanque','antibuque','anticarro','antinave','antinavio','kamikaze','suicide','suicida','bomba','pompe','cluster','sniper','cruise','stealth'}
def fr_pl(w):
    if w in INV or w[-1] in 'sxz': return [w]
    if w.endswith('al'): return [w[:-2]+'aux']
    if w.endswith('eau'): return [w+'x']
    return [w+'s']
def es_pl(w):
    if w in INV or w.endswith('s'): return [w]
    if w.endswith('z'): return [w[:-1]+'ces']
    if w.endswith('ón'): return [w[:-2]+'ones']
    if w.endswith(('án','én','ín','ún')): return [w[:-2]+{'á':'a','é':'e','í':'i','ú':'u'}[w[-2]]+'nes']
    return [w+'s'] if w[-1] in 'aeiouáéó' else [w+'es']
def it_pl(w):
    if w=='arma': return ['armi']
    if w in INV or w[-1] in 'àèéìòùlrnkst': return [w]
    if w.endswith('ca'): return [w[:-1]+'he']
    if w.endswith('ga'): return [w[:-1]+'he']
    if w.endswith('cia') or w.endswith('gia'): return [w[:-2]+'e',w[:-1]+'e']
    if w.endswith('ista'): return [w[:-1]+'i',w[:-1]+'e']
    if w.endswith('a'): return [w[:-1]+'e']
    if w.endswith('co'): return [w[:-1]+'i',w[:-1]+'hi']
    if w.endswith('go'): return [w[:-1]+'hi',w[:-1]+'i']
    if w.endswith('io'): return [w[:-1]]
    if w[-1] in 'oe': return [w[:-1]+'i']
    return [w]
def pt_pl(w):
    if w in INV or w.endswith('s'): return [w]
    if w.endswith('ão'): return [w[:-2]+'ões']
    if w.endswith('al') or w.endswith('ol') or w.endswith('ul'): return [w[:-1]+'is']
    if w.endswith('el'): return [w[:-2]+'éis',w[:-2]+'eis']
    if w.endswith('ável') or w.endswith('ível'): return [w[:-2]+'eis']
    if w.endswith('il'): return [w[:-2]+'is',w[:-2]+'eis']
    if w.endswith('m'): return [w[:-1]+'ns']
    if w[-1] in 'rz': return [w+'es']
    return [w+'s']
def romance(lang,p,plw):
    toks=re.findall(r"[^ ]+",p); out=[[]]; stop=False
    for t in toks:
        base=re.match(r"(d'|dell'|l')",t)
        if stop or t.lower() in PREP[lang] or base or t.isupper() or re.search(r'\d',t): stop=True; out=[o+[t] for o in out]; continue
        if '-' in t and t not in INV:
            a,b=t.split('-',1)
            opts={t}
            if a in('sous','porte','lance','mini','anti','contre','avant','pare','porta','lança','quasi','non','semi','auto','ultra','micro'): opts={a+'-'+x for x in plw(b)}
            else: opts={x+'-'+y for x in plw(a) for y in plw(b)}|{x+'-'+b for x in plw(a)}
            out=[o+[x] for o in out for x in sorted(opts)]
        else: out=[o+[x] for o in out for x in plw(t)]
    r={' '.join(o) for o in out}; r.discard(p); return sorted(r)
def fr(p): return romance('fr',p,fr_pl)
def es(p): return romance('es',p,es_pl)
def it(p): return romance('it',p,it_pl)
def pt(p): return romance('pt',p,pt_pl)
def en(p):
    ws=p.split(' '); w=ws[-1]
    if w.isupper(): return [p+'s']
    if w.endswith('s') and not w.endswith('ss'): return []
    if w.endswith(('ss','sh','ch','x')): q=w+'es'
    elif w.endswith('y') and w[-2] not in 'aeiou': q=w[:-1]+'ies'
    elif w.endswith('man'): q=w[:-3]+'men'
    elif w in('aircraft','ammunition','ammo','weaponry','artillery','equipment','materiel','armour','armor','napalm','anthrax','sarin','ricin','plutonium','spacecraft','hovercraft'): return []
    elif w.endswith('craft'): return []
    elif w.endswith('fe'): q=w[:-2]+'ves'
    else: q=w+'s'
    out=[' '.join(ws[:-1]+[q])]
    return out
def de(p):
    ws=p.split(' '); w=ws[-1]
    suf=['e','en','n','er','ern','s','es'] if not w.endswith(('e','en','er','el')) else (['n'] if w.endswith('e') else ['s'] if w.endswith('en') else ['n','s'])
    if w.isupper(): suf=['s']
    nouns=[w]+[w+x for x in suf]
    if w.endswith('nis'): nouns+=[w+'se',w+'sen']
    if len(ws)==1: return nouns[1:]
    adj=ws[:-1]
    if len(adj)==1 and adj[0][0].islower() and adj[0].endswith('e'):
        a=adj[0][:-1]; return [a+x+' '+n for x in ('e','en','er','es','em') for n in nouns if (a+x+' '+n)!=p]
    return [' '.join(adj+[n]) for n in nouns[1:]]
AR=['']
def ar(p):
    ws=p.split(' ')
    out=set()
    def noun(w): 
        r=[w]
        if not w.startswith('ال') and w[-1] not in 'ةاء': r.append(w+'ا')
        r+=[w[:-1]+'تين' if w.endswith('ة') else w+'ين', w[:-1]+'تان' if w.endswith('ة') else w+'ان']
        if len(ws)==1:
            for s in ('ه','ها','هم','نا','ك','ي'): r.append((w[:-1]+'ت' if w.endswith('ة') else w)+s)
        return r
    if len(ws)==1: out.update(noun(ws[0]))
    elif len(ws)==2:
        a,b=ws
        out.update([a+' ال'+b if not b.startswith('ال') else p,'ال'+a+' ال'+b if not b.startswith('ال') else p])
        if b[-1] not in 'ةاء' : out.update([a+'ا '+b+'ا',a+'ا '+b])
        if b.endswith('ة') and not b.startswith('ال'): out.update([a+' '+b])
        if not a.startswith('ال') and not b.startswith('ال') and len(a)>2 and ' ' not in b:
            if a.endswith('ة'):
                out.update([a[:-1]+'تي '+b])  # of two, before a noun
                if b.endswith('ة'): out.update([a[:-1]+'تين '+b[:-1]+'تين', a[:-1]+'تان '+b[:-1]+'تان'])
            elif b[-1] not in 'ةاء' and a[-1] not in 'اءىتي':
                out.update([a+'ين '+b+'ين', a+'ان '+b+'ان'])
    out.discard(p); return sorted(out)
INFLECT=dict(ru=ru,uk=uk,pl=pl,tr=tr,fr=fr,es=es,it=it,pt=pt,en=en,de=de,ar=ar)
if __name__=='__main__':
    for l,ps in dict(ru=['крылатая ракета','авиабомба','эсминец','зенитный ракетный комплекс','пистолет-пулемёт','оружие','боевая машина пехоты'],uk=['крилата ракета','озброєння','зброя','винищувач','корабель'],pl=['pocisk manewrujący','rakieta','moździerz','amunicja','czołg','broń','karabin maszynowy'],tr=['füze','silah','mühimmat','tank','roket','uçak'],fr=['char de combat','missile antichar',"sous-marin nucléaire d'attaque"],es=['misil balístico','cañón','fusil de asalto'],it=['missile balistico','mitragliatrice','obice','arma batteriologica'],pt=['míssil balístico','canhão','fuzil'],de=['ballistische Rakete','Haubitze','Panzer'],en=['cruise missile','battery']).items():
        for p in ps: print(l,p,INFLECT[l](p))
    print(tr_poss('hava savunma sistemi'))
