import os
out=['term\tlang\tcategory\tmin\tmax\tunit\tnotes']
def add(lang,kind,words,mn='',mx='',unit=''):
    for w in words.split(','):
        w=w.strip()
        if not w: continue
        f=w.split('|'); out.append('\t'.join([f[0],lang,kind,str(mn),str(mx),unit,'infl='+'|'.join(f[1:]) if len(f)>1 else '']))
def nums(lang,s):
    for part in s.split():
        v,w=part.split(':'); add(lang,'number',w.replace('_',' ').replace('/','|'),v,v)
nums('fr','2:deux 3:trois 4:quatre 5:cinq 6:six 7:sept 8:huit 9:neuf 10:dix 11:onze 12:douze 13:treize 14:quatorze 15:quinze 16:seize 17:dix-sept 18:dix-huit 19:dix-neuf 20:vingt 30:trente 40:quarante 50:cinquante 60:soixante 70:soixante-dix 80:quatre-vingts/quatre-vingt 90:quatre-vingt-dix')
nums('en','1:one 2:two 3:three 4:four 5:five 6:six 7:seven 8:eight 9:nine 10:ten 11:eleven 12:twelve 13:thirteen 14:fourteen 15:fifteen 16:sixteen 17:seventeen 18:eighteen 19:nineteen 20:twenty 30:thirty 40:forty 50:fifty 60:sixty 70:seventy 80:eighty 90:ninety')
nums('de','2:zwei 3:drei 4:vier 5:fünf 6:sechs 7:sieben 8:acht 9:neun 10:zehn 11:elf 12:zwölf 13:dreizehn 14:vierzehn 15:fünfzehn 16:sechzehn 17:siebzehn 18:achtzehn 19:neunzehn 20:zwanzig 30:dreißig 40:vierzig 50:fünfzig 60:sechzig 70:siebzig 80:achtzig 90:neunzig')
nums('es','2:dos 3:tres 4:cuatro 5:cinco 6:seis 7:siete 8:ocho 9:nueve 10:diez 11:once 12:doce 13:trece 14:catorce 15:quince 16:dieciséis 17:diecisiete 18:dieciocho 19:diecinueve 20:veinte 30:treinta 40:cuarenta 50:cincuenta 60:sesenta 70:setenta 80:ochenta 90:noventa 100:cien/ciento 200:doscientos/doscientas 300:trescientos/trescientas 400:cuatrocientos/cuatrocientas 500:quinientos/quinientas 600:seiscientos/seiscientas 700:setecientos 800:ochocientos 900:novecientos')
nums('it','2:due 3:tre 4:quattro 5:cinque 6:sei 7:sette 8:otto 9:nove 10:dieci 11:undici 12:dodici 13:tredici 14:quattordici 15:quindici 16:sedici 17:diciassette 18:diciotto 19:diciannove 20:venti 30:trenta 40:quaranta 50:cinquanta 60:sessanta 70:settanta 80:ottanta 90:novanta 100:cento 200:duecento 300:trecento 400:quattrocento 500:cinquecento')
nums('pt','2:dois/duas 3:três 4:quatro 5:cinco 6:seis 7:sete 8:oito 9:nove 10:dez 11:onze 12:doze 13:treze 14:catorze/quatorze 15:quinze 16:dezasseis/dezesseis 17:dezassete/dezessete 18:dezoito 19:dezanove/dezenove 20:vinte 30:trinta 40:quarenta 50:cinquenta 60:sessenta 70:setenta 80:oitenta 90:noventa 100:cem/cento 200:duzentos/duzentas 300:trezentos/trezentas 400:quatrocentos 500:quinhentos')
nums('ru','2:два/две/двух/двум/двумя 3:три/трёх/трём/тремя 4:четыре/четырёх/четырьмя 5:пять/пяти/пятью 6:шесть/шести/шестью 7:семь/семи/семью 8:восемь/восьми/восемью 9:девять/девяти/девятью 10:десять/десяти/десятью 11:одиннадцать/одиннадцати 12:двенадцать/двенадцати 13:тринадцать/тринадцати 14:четырнадцать 15:пятнадцать/пятнадцати 16:шестнадцать 17:семнадцать 18:восемнадцать 19:девятнадцать 20:двадцать/двадцати 30:тридцать/тридцати 40:сорок/сорока 50:пятьдесят/пятидесяти 60:шестьдесят 70:семьдесят 80:восемьдесят 90:девяносто 100:сто/ста 200:двести/двухсот 300:триста/трёхсот 400:четыреста 500:пятьсот')
nums('uk','2:два/дві/двох/двома 3:три/трьох/трьома 4:чотири/чотирьох 5:п’ять/п’яти 6:шість/шести 7:сім/семи 8:вісім/восьми 9:дев’ять/дев’яти 10:десять/десяти 11:одинадцять 12:дванадцять 13:тринадцять 14:чотирнадцять 15:п’ятнадцять 16:шістнадцять 17:сімнадцять 18:вісімнадцять 19:дев’ятнадцять 20:двадцять/двадцяти 30:тридцять 40:сорок 50:п’ятдесят 60:шістдесят 70:сімдесят 80:вісімдесят 90:дев’яносто 100:сто/ста 200:двісті 300:триста')
nums('pl','2:dwa/dwie/dwóch/dwoma 3:trzy/trzech 4:cztery/czterech 5:pięć/pięciu 6:sześć/sześciu 7:siedem/siedmiu 8:osiem/ośmiu 9:dziewięć/dziewięciu 10:dziesięć/dziesięciu 11:jedenaście 12:dwanaście 15:piętnaście 20:dwadzieścia 30:trzydzieści 40:czterdzieści 50:pięćdziesiąt 100:sto 200:dwieście 300:trzysta')
nums('tr','2:iki 3:üç 4:dört 5:beş 6:altı 7:yedi 8:sekiz 9:dokuz 10:on 20:yirmi 30:otuz 40:kırk 50:elli 60:altmış 70:yetmiş 80:seksen 90:doksan')
nums('ar','3:ثلاث/ثلاثة 4:أربع/أربعة 5:خمس/خمسة 6:ست/ستة 7:سبع/سبعة 8:ثماني/ثمانية 9:تسع/تسعة 10:عشر/عشرة')
def scales(lang,s):
    for part in s.split():
        v,w=part.split(':'); add(lang,'scale',w.replace('_',' ').replace('/','|'),v,v)
scales('fr','100:cent/cents 1000:mille 1000000:million/millions 1000000000:milliard/milliards')
scales('en','100:hundred 1000:thousand 1000000:million/mln/mn 1000000000:billion/bn 1000000000000:trillion')
scales('de','100:hundert 1000:tausend 1000000:Million/Millionen/Mio 1000000000:Milliarde/Milliarden/Mrd')
scales('es','1000:mil 1000000:millón/millones')
add('es','scale','mil millones',10**9,10**9); add('pt','scale','mil milhões',10**9,10**9)
scales('it','1000:mille/mila 1000000:milione/milioni 1000000000:miliardo/miliardi')
scales('pt','1000:mil 1000000:milhão/milhões 1000000000:bilhão/bilhões')
scales('ru','1000:тысяча/тысячи/тысяч/тыс/тысячами 1000000:миллион/миллиона/миллионов/млн 1000000000:миллиард/миллиарда/миллиардов/млрд')
scales('uk','1000:тисяча/тисячі/тисяч/тис 1000000:мільйон/мільйона/мільйонів/млн 1000000000:мільярд/мільярда/мільярдів/млрд')
scales('pl','1000:tysiąc/tysiące/tysięcy/tys 1000000:milion/miliony/milionów/mln 1000000000:miliard/miliardy/miliardów/mld')
scales('tr','100:yüz 1000:bin 1000000:milyon 1000000000:milyar')
scales('ar','100:مئة/مائة 1000:ألف/آلاف 1000000:مليون/ملايين 1000000000:مليار/مليارات')
def apx(lang,tens,hundreds,thousands,more=''):
    add(lang,'approx',tens,20,99); add(lang,'approx',hundreds,200,999); add(lang,'approx',thousands,2000,9999)
apx('fr','dizaines','centaines','milliers'); add('fr','approx','dizaine',9,11); add('fr','approx','douzaine',12,12); add('fr','approx','douzaines',24,99); add('fr','approx','quinzaine',14,16); add('fr','approx','vingtaine',18,22); add('fr','approx','trentaine',28,32); add('fr','approx','quarantaine',38,42); add('fr','approx','cinquantaine',45,55); add('fr','approx','soixantaine',55,65); add('fr','approx','centaine',90,110); add('fr','approx','millier',900,1100)
apx('en','dozens,scores,tens','hundreds','thousands'); add('en','approx','dozen',12,12); add('en','approx','millions',2000000,9999999)
apx('de','Dutzende|Dutzenden','Hunderte|Hunderten|hunderte','Tausende|Tausenden|tausende|Abertausende'); add('de','approx','Dutzend',12,12)
apx('es','decenas,docenas','cientos,centenares,centenas','miles,millares'); add('es','approx','decena',9,11); add('es','approx','docena',12,12); add('es','approx','quincena',14,16); add('es','approx','veintena',18,22); add('es','approx','treintena',28,32); add('es','approx','centenar',90,110)
apx('it','decine,dozzine','centinaia','migliaia'); add('it','approx','decina',9,11); add('it','approx','dozzina',12,12); add('it','approx','quindicina',14,16); add('it','approx','ventina',18,22); add('it','approx','trentina',28,32); add('it','approx','cinquantina',45,55); add('it','approx','centinaio',90,110); add('it','approx','migliaio',900,1100)
apx('pt','dezenas,dúzias','centenas','milhares'); add('pt','approx','dezena',9,11); add('pt','approx','dúzia',12,12); add('pt','approx','vintena',18,22); add('pt','approx','centena',90,110); add('pt','approx','milhar',900,1100)
apx('ru','десятки|десятков|десятками|десяткам','сотни|сотен|сотнями|сотням','тысячи единиц'); add('ru','approx','десяток',9,11); add('ru','approx','сотня|сотню',90,110)
apx('uk','десятки|десятків|десятками','сотні|сотень|сотнями','тисячі одиниць'); add('uk','approx','десяток',9,11); add('uk','approx','сотня|сотню',90,110)
apx('pl','dziesiątki|dziesiątek|kilkadziesiąt','setki|setek|kilkaset','kilka tysięcy'); add('pl','approx','kilkanaście|kilkunastu',11,19)
apx('tr','onlarca,düzinelerce','yüzlerce','binlerce'); apx('ar','عشرات,العشرات','مئات,المئات','آلاف'); 
def words(kind,**kw):
    for l,w in kw.items(): add(l,kind,w)
words('vague',fr='plusieurs,beaucoup,de nombreux|de nombreuses|nombreux|nombreuses,quelques,certains|certaines,divers|diverses,un grand nombre,bon nombre,la plupart,nombre de,une grande quantité,de grandes quantités,une quantité,quantité,une poignée,une multitude,un lot,une série,un stock,des stocks',
 en='several,many,numerous,some,a number,a few,few,various,a handful,handful,lots,a lot,plenty,countless,large quantities,a large number,large numbers,most,a batch,a shipment,a cache,a stockpile,a large quantity,a trove',
 de='mehrere|mehrerer|mehreren,viele|vieler|vielen,einige|einiger|einigen,zahlreiche|zahlreicher|zahlreichen,etliche,diverse,ein paar,die meisten,eine Reihe,unzählige',
 es='varios|varias,muchos|muchas,numerosos|numerosas,algunos|algunas,unos cuantos,la mayoría,diversos|diversas,gran cantidad,una gran cantidad,un gran número,un puñado',
 it='diversi|diverse,molti|molte,numerosi|numerose,alcuni|alcune,parecchi|parecchie,qualche,vari|varie,un gran numero,una grande quantità,una manciata',
 pt='vários|várias,muitos|muitas,numerosos|numerosas,alguns|algumas,diversos|diversas,uma série,um grande número,grande quantidade,um punhado',
 ru='несколько|нескольких|несколькими,много,многие|многих,некоторые|некоторых,многочисленные|многочисленных,ряд,большинство,множество,большое количество,партия|партию|партии',
 uk='кілька|кількох|декілька|декількох,багато,численні|численних,деякі|деяких,низка|низку,більшість,безліч,велика кількість,партія|партію',
 pl='kilka|kilku,wiele|wielu,liczne|licznych,niektóre,większość',tr='birkaç,çok sayıda,birçok,bazı,çeşitli',ar='عدة,عدد من,عدد كبير من,العديد من,بعض,كمية من,كميات من')
out+=['\t'.join([t,l,'vague','','','share','']) for l,ts in {'fr':['une partie importante','une grande partie','une bonne partie','une partie','la moitié','le tiers','un tiers','un quart','l’essentiel','la majorité','la majeure partie'],'en':['a large part','part','half','a third','a quarter','the bulk','the majority','two thirds','a large share'],'de':['ein Großteil','die Hälfte','ein Teil','ein Drittel','ein Viertel'],'es':['una parte importante','gran parte','la mitad','un tercio','una parte'],'it':['gran parte','la metà','un terzo','una parte','una parte importante'],'pt':['grande parte','metade','um terço','uma parte importante','parte'],'ru':['половина','половину','часть','большая часть','значительная часть','треть'],'uk':['половина','половину','частина','частину','значна частина','третина']}.items() for t in ts]
words('about',fr='environ,près de,quelque,à peu près,autour de,une estimation de',en='about,around,some,roughly,approximately,nearly,almost,an estimated',de='etwa,rund,ungefähr,circa,ca,knapp,an die,annähernd,gut',es='unos|unas,alrededor de,aproximadamente,cerca de,casi,en torno a',it='circa,quasi,all’incirca,intorno a,approssimativamente',pt='cerca de,aproximadamente,quase,em torno de,uns|umas,perto de',ru='около,примерно,порядка,почти,приблизительно,до',uk='близько,приблизно,майже,орієнтовно,до',pl='około,ok,blisko,prawie,niemal',tr='yaklaşık,civarında,takriben',ar='نحو,حوالي,قرابة,زهاء')
words('floor',fr='plus de,au moins,pas moins de,au-delà de',en='more than,at least,over,no fewer than,upwards of',de='mehr als,mindestens,über,nicht weniger als',es='más de,al menos,por lo menos,no menos de',it='più di,oltre,almeno,non meno di',pt='mais de,pelo menos,ao menos,não menos de',ru='более,больше,не менее,свыше,как минимум',uk='понад,більше,більш ніж,щонайменше,не менше',pl='ponad,więcej niż,co najmniej,przynajmniej',tr='en az,aşkın,fazla',ar='أكثر من,ما لا يقل عن')
words('ceiling',fr='jusqu’à,moins de,au plus',en='up to,fewer than,less than,at most',de='bis zu,weniger als,höchstens',es='hasta,menos de,como máximo',it='fino a,meno di,al massimo',pt='até,menos de,no máximo',ru='менее,не более,максимум',uk='менше,не більше,максимум',pl='do,mniej niż')
words('range',fr='à,et,ou',en='to,and,or',de='bis,und,oder,sowie',es='a,y,e,o',it='a,e,o,ed',pt='a,e,ou',ru='и,или,а также',uk='та,і,й,або',pl='i,oraz,lub',tr='ve,veya,ile',ar='و')
words('of',fr='de,d',es='de',it='di,d',pt='de,do',en='of',de='von,an')
cur={'USD':dict(fr='dollars|dollar|dollars américains',en='dollars|dollar|USD',de='Dollar|US-Dollar',es='dólares|dólar',it='dollari|dollaro',pt='dólares|dólar',ru='долларов|доллара|доллар|долл',uk='доларів|долара|долар|дол',pl='dolarów|dolara',tr='dolar|dolarlık',ar='دولار|دولارات'),
'EUR':dict(fr='euros|euro',en='euros|euro|EUR',de='Euro',es='euros|euro',it='euro',pt='euros|euro',ru='евро',uk='євро',pl='euro',tr='euro|euroluk|avro',ar='يورو'),
'GBP':dict(fr='livres sterling|livre sterling|livres',en='pounds|pounds sterling|pound sterling',de='Pfund|Pfund Sterling',es='libras esterlinas|libras',it='sterline',pt='libras esterlinas|libras',ru='фунтов стерлингов|фунтов',uk='фунтів стерлінгів|фунтів'),
'RUB':dict(fr='roubles',en='roubles|rubles',de='Rubel',es='rublos',it='rubli',pt='rublos',ru='рублей|рубля|руб',uk='рублів'),
'UAH':dict(en='hryvnias|hryvnia',ru='гривен|гривны',uk='гривень|гривні|грн'),'JPY':dict(fr='yens',en='yen',de='Yen'),'CNY':dict(fr='yuans',en='yuan',de='Yuan',ru='юаней'),'KRW':dict(fr='wons',en='won'),'BRL':dict(pt='reais|real'),'PLN':dict(pl='złotych|złote|zł'),'TRY':dict(tr='lira|liralık'),'CHF':dict(fr='francs suisses',de='Franken'),'ILS':dict(en='shekels',fr='shekels')}
for u,d in cur.items():
    for l,w in d.items(): add(l,'currency',w,unit=u)
units={'types':dict(fr='types|type|sortes|modèles|catégories',en='types|kinds|models|varieties',de='Arten|Typen',es='tipos|clases',it='tipi|modelli',pt='tipos|modelos',ru='видов|типов|образцов',uk='видів|типів|зразків'),
'tonnes':dict(fr='tonnes|tonne',en='tonnes|tons|metric tons',de='Tonnen|Tonne',es='toneladas|tonelada',it='tonnellate|tonnellata',pt='toneladas|tonelada',ru='тонн|тонны',uk='тонн|тонни',pl='ton|tony',tr='ton'),
'kg':dict(fr='kilos|kilogrammes|kilo|kg',en='kilograms|kilos|kg',de='Kilogramm|Kilo|kg',es='kilos|kilogramos|kg',it='chili|chilogrammi|kg',pt='quilos|quilogramas|kg',ru='килограммов|килограмма|кг',uk='кілограмів|кг',pl='kilogramów|kg',tr='kilo|kilogram'),
'pieces':dict(fr='unités|exemplaires|pièces|unité',en='units|pieces|copies|items',de='Stück|Exemplare|Einheiten',es='unidades|piezas|ejemplares',it='unità|esemplari|pezzi',pt='unidades|peças|exemplares',ru='единиц|единицы|штук|штуки|шт',uk='одиниць|одиниці|штук',pl='sztuk|sztuki',tr='adet|tane'),
'rounds':dict(fr='coups',en='rounds',de='Schuss',ru='выстрелов'),
'batteries':dict(fr='batteries|batterie',en='batteries|battery',de='Batterien|Batterie',es='baterías|batería',it='batterie|batteria',pt='baterias|bateria',ru='батарей|батареи|дивизионов',uk='батарей|батареї'),
'boxes':dict(fr='caisses|conteneurs|cartons',en='crates|boxes|containers|cases',de='Kisten|Container',es='cajas|contenedores',it='casse|container',pt='caixas|contentores',ru='ящиков|контейнеров',uk='ящиків|контейнерів')}
for u,d in units.items():
    for l,w in d.items(): add(l,'unit',w,unit=u)
words('worth',fr='pour,d’une valeur de,d’un montant de,à hauteur de,valant,évalués à,évaluées à',en='worth,valued at,for,totaling,totalling,at a cost of,costing',de='im Wert von,im Umfang von,für',es='por valor de,por un valor de,valoradas en,valorados en,por',it='per un valore di,del valore di,per',pt='no valor de,por,avaliados em,avaliadas em',ru='на сумму,стоимостью,на',uk='на суму,вартістю,на',pl='o wartości,za',tr='değerinde',ar='بقيمة')
words('break',fr='le,la,les,un,une,des,du,au,aux,ce,ces,cette,cet,son,sa,ses,leur,leurs,en,dans,sur,avec,par,depuis,contre,sans,que,qui,est,sont,a,ont,se,ans,an,jours,mois,heures,minutes,km,kilomètres,mm,mètres,cm,personnes,soldats,morts,blessés,janvier,février,mars,avril,mai,juin,juillet,août,septembre,octobre,novembre,décembre,pays,États,il,elle,ils,ses',
 en='the,a,an,this,that,these,those,his,her,its,their,our,in,on,with,by,from,for,at,against,without,is,are,was,were,be,has,have,had,years,year,days,months,hours,minutes,km,kilometers,miles,mm,meters,people,soldiers,troops,dead,wounded,countries,which,who,year-old,percent,January,February,March,April,May,June,July,August,September,October,November,December,when,if,it,they,he,she',
 de='der,die,das,den,dem,des,ein,eine,einen,einem,einer,dieser,diese,dieses,sein,seine,ihre,ihren,in,im,am,auf,mit,bei,für,aus,seit,gegen,ohne,ist,sind,war,waren,hat,haben,Jahre,Jahren,Tage,Monate,Stunden,Kilometer,Meter,mm,km,Menschen,Soldaten,Tote,Prozent,Januar,Februar,März,April,Mai,Juni,Juli,August,September,Oktober,November,Dezember,zum,zur,vom,als,dass',
 es='el,la,los,las,un,una,este,esta,estos,estas,su,sus,en,con,por,para,desde,contra,sin,que,es,son,fue,ha,han,años,año,días,meses,horas,kilómetros,metros,mm,km,personas,soldados,muertos,al,del,se',
 it='il,lo,la,i,gli,le,un,una,uno,questo,questa,questi,suo,sua,suoi,loro,in,nel,nella,con,per,da,dal,su,contro,senza,che,è,sono,ha,hanno,anni,anno,giorni,mesi,ore,chilometri,metri,mm,km,persone,soldati,morti,del,della,dei,degli,delle,al,si',
 pt='o,os,as,um,uma,este,esta,seu,sua,seus,em,no,na,nos,nas,com,por,para,desde,contra,sem,que,é,são,foi,tem,anos,ano,dias,meses,horas,quilômetros,quilómetros,metros,mm,km,pessoas,soldados,mortos,da,dos,das,ao,se',
 ru='в,на,с,из,от,по,для,за,против,без,что,это,этот,эти,его,её,их,лет,год,года,году,годов,дней,месяцев,часов,километров,метров,мм,км,человек,солдат,января,февраля,марта,апреля,мая,июня,июля,августа,сентября,октября,ноября,декабря',
 uk='в,у,на,з,із,від,по,для,за,проти,без,що,це,цей,ці,його,її,їх,років,рік,року,році,днів,місяців,годин,кілометрів,метрів,мм,км,осіб,солдатів,січня,лютого,березня,квітня,травня,червня,липня,серпня,вересня,жовтня,листопада,грудня',
 pl='w,na,z,od,po,dla,przeciw,bez,że,to,ten,te,jego,ich,lat,rok,roku,dni,osób,km,mm',tr='bir,bu,o,yıl,gün,kişi,km,mm')
open(os.path.join(os.path.dirname(os.path.abspath(__file__)),'../data/numbers.tsv'),'w').write('\n'.join(out)+'\n'); print(len(out))
