"""Words of the sets in ``heldout``: invented people, the ways they write their numbers, documents of an office."""

# ruff: noqa: E501 - documents are easier to read as texts
from __future__ import annotations

MEN_2 = """Andrzej Andrzeja Andrzejowi Andrzeja Andrzejem Andrzeju;Stanisław Stanisława Stanisławowi Stanisława Stanisławem Stanisławie
Łukasz Łukasza Łukaszowi Łukasza Łukaszem Łukaszu;Mateusz Mateusza Mateuszowi Mateusza Mateuszem Mateuszu
Wojciech Wojciecha Wojciechowi Wojciecha Wojciechem Wojciechu;Kacper Kacpra Kacprowi Kacpra Kacprem Kacprze
Dariusz Dariusza Dariuszowi Dariusza Dariuszem Dariuszu;Tomasz Tomasza Tomaszowi Tomasza Tomaszem Tomaszu
Szymon Szymona Szymonowi Szymona Szymonem Szymonie;Ignacy Ignacego Ignacemu Ignacego Ignacym Ignacym
Antoni Antoniego Antoniemu Antoniego Antonim Antonim;Bohdan Bohdana Bohdanowi Bohdana Bohdanem Bohdanie
Serhij Serhija Serhijowi Serhija Serhijem Serhiju;Taras Tarasa Tarasowi Tarasa Tarasem Tarasie
Thomas Thomasa Thomasowi Thomasa Thomasem Thomasie;Ahmed Ahmeda Ahmedowi Ahmeda Ahmedem Ahmedzie
Zenon Zenona Zenonowi Zenona Zenonem Zenonie;Lech Lecha Lechowi Lecha Lechem Lechu"""
WOMEN_2 = """Joanna Joanny Joannie Joannę Joanną Joannie;Małgorzata Małgorzaty Małgorzacie Małgorzatę Małgorzatą Małgorzacie
Teresa Teresy Teresie Teresę Teresą Teresie;Krystyna Krystyny Krystynie Krystynę Krystyną Krystynie
Beata Beaty Beacie Beatę Beatą Beacie;Urszula Urszuli Urszuli Urszulę Urszulą Urszuli
Weronika Weroniki Weronice Weronikę Weroniką Weronice;Hanna Hanny Hannie Hannę Hanną Hannie
Olha Olhy Olzie Olhę Olhą Olzie;Iryna Iryny Irynie Irynę Iryną Irynie;Kinga Kingi Kindze Kingę Kingą Kindze
Jadwiga Jadwigi Jadwidze Jadwigę Jadwigą Jadwidze;Aleksandra Aleksandry Aleksandrze Aleksandrę Aleksandrą Aleksandrze
Natalia Natalii Natalii Natalię Natalią Natalii;Genowefa Genowefy Genowefie Genowefę Genowefą Genowefie
Yulia Yulii Yulii Yulię Yulią Yulii"""
SURNAMES_M_2 = """Lewandowski Lewandowskiego Lewandowskiemu Lewandowskiego Lewandowskim Lewandowskim;Woźniak Woźniaka Woźniakowi Woźniaka Woźniakiem Woźniaku
Król Króla Królowi Króla Królem Królu;Mazurek Mazurka Mazurkowi Mazurka Mazurkiem Mazurku;Jabłoński Jabłońskiego Jabłońskiemu Jabłońskiego Jabłońskim Jabłońskim
Wieczorek Wieczorka Wieczorkowi Wieczorka Wieczorkiem Wieczorku;Bednarz Bednarza Bednarzowi Bednarza Bednarzem Bednarzu
Gołąb Gołębia Gołębiowi Gołębia Gołębiem Gołębiu;Kołodziej Kołodzieja Kołodziejowi Kołodzieja Kołodziejem Kołodzieju
Zięba Zięby Ziębie Ziębę Ziębą Ziębie;Kukuła Kukuły Kukule Kukułę Kukułą Kukule;Kędziora Kędziory Kędziorze Kędziorę Kędziorą Kędziorze
Chmiel Chmiela Chmielowi Chmiela Chmielem Chmielu;Gąsior Gąsiora Gąsiorowi Gąsiora Gąsiorem Gąsiorze;Tkaczenko Tkaczenki Tkaczence Tkaczenkę Tkaczenką Tkaczence
Melnyk Melnyka Melnykowi Melnyka Melnykiem Melnyku;Schmidt Schmidta Schmidtowi Schmidta Schmidtem Schmidcie;Duda Dudy Dudzie Dudę Dudą Dudzie
Mądry Mądrego Mądremu Mądrego Mądrym Mądrym;Piech Piecha Piechowi Piecha Piechem Piechu;Bury Burego Buremu Burego Burym Burym
Cieślik Cieślika Cieślikowi Cieślika Cieślikiem Cieśliku;Dąbek Dąbka Dąbkowi Dąbka Dąbkiem Dąbku;Żak Żaka Żakowi Żaka Żakiem Żaku
Wnuk Wnuka Wnukowi Wnuka Wnukiem Wnuku;Hajduk Hajduka Hajdukowi Hajduka Hajdukiem Hajduku;Rossi Rossiego Rossiemu Rossiego Rossim Rossim"""
SURNAMES_F_2 = """Lewandowska Lewandowskiej Lewandowskiej Lewandowską Lewandowską Lewandowskiej;Woźniak Woźniak Woźniak Woźniak Woźniak Woźniak
Król Król Król Król Król Król;Zięba Zięby Ziębie Ziębę Ziębą Ziębie;Jabłońska Jabłońskiej Jabłońskiej Jabłońską Jabłońską Jabłońskiej
Bednarz Bednarz Bednarz Bednarz Bednarz Bednarz;Kędziora Kędziory Kędziorze Kędziorę Kędziorą Kędziorze;Chmiel Chmiel Chmiel Chmiel Chmiel Chmiel
Tkaczenko Tkaczenko Tkaczenko Tkaczenko Tkaczenko Tkaczenko;Petrenko Petrenko Petrenko Petrenko Petrenko Petrenko;Mądra Mądrej Mądrej Mądrą Mądrą Mądrej
Sroka Sroki Sroce Srokę Sroką Sroce;Cebula Cebuli Cebuli Cebulę Cebulą Cebuli;Wnuk Wnuk Wnuk Wnuk Wnuk Wnuk;Jasińska Jasińskiej Jasińskiej Jasińską Jasińską Jasińskiej
Kamińska-Zięba Kamińskiej-Zięby Kamińskiej-Ziębie Kamińską-Ziębę Kamińską-Ziębą Kamińskiej-Ziębie;Król-Mazurek Król-Mazurek Król-Mazurek Król-Mazurek Król-Mazurek Król-Mazurek
Rutkowska Rutkowskiej Rutkowskiej Rutkowską Rutkowską Rutkowskiej;Piątek Piątek Piątek Piątek Piątek Piątek;Schmidt Schmidt Schmidt Schmidt Schmidt Schmidt
Bielecka Bieleckiej Bieleckiej Bielecką Bielecką Bieleckiej;Grzyb Grzyb Grzyb Grzyb Grzyb Grzyb"""

WAYS_2 = {
    "pesel": [
        "###########",
        "###########",
        "###########",
        "######_#####",
        "###### #####",
        "######-#####",
        "## ## ## #####",
        "######|#####",
        "# # # # # # # # # # #",
    ],
    "nip": [
        "##########",
        "###-###-##-##",
        "### ### ## ##",
        "###-##-##-###",
        "PL##########",
        "PL ###-###-##-##",
        "PL_##########",
        "###_###_##_##",
    ],
    "account": [
        "PL## #### #### #### #### #### ####",
        "## #### #### #### #### #### ####",
        "##########################",
        "PL##########################",
        "##_####_####_####_####_####_####",
        "##-####-####-####-####-####-####",
        "## #### #### ####|#### #### ####",
        "PL ## #### #### #### #### #### ####",
    ],
    "identity_card": ["@@@######", "@@@ ######", "@@@_######", "@@@-######", "@@@ nr ######", "@@@ ### ###"],
    "passport": ["@@#######", "@@ #######", "@@_#######", "@@ nr #######"],
    "land_register": [
        "@@@@/########/#",
        "@@@@ / ######## / #",
        "@@@@/########/#",
        "@@@@-########-#",
        "@@@@ ######## #",
    ],
    "phone": [
        "### ### ###",
        "###-###-###",
        "#########",
        "+48 ### ### ###",
        "+48#########",
        "0048 ### ### ###",
        "(+48) ###-###-###",
        "### ## ## ##",
        "###.###.###",
        "###_###_###",
    ],
    "email": [
        "beata.zieba@op.pl",
        "t_kolodziej@skrzynka.online",
        "krol.kinga (at) wp.pl",
        "mazurek77[małpa]interia.pl",
        "a.chmiel@dom.info.pl",
        "HANNA.WNUK@ONET.EU",
        "serhij-t@ukr.net",
        "lech.zak+gmina@gmail.com",
        "urszula.sroka @ o2.pl",
        "j.bury@poczta.museum",
        "wojtek@zieba.name",
        "s.duda(at)vp.pl",
        "cebula_b@tlen.pl",
    ],
    "address": [
        "ul. Leśna 5 m. 3",
        "ul.Leśna 5/3",
        "al. Wolności 12a lok. 4",
        "pl. Zamkowy 3",
        "os. Słoneczne 12/45",
        "ul. ks. Jerzego Popiełuszki 8",
        "ulicy Polnej 17",
        "ul. 11 Listopada 4/6",
        "al. Jana Pawła II 101/12",
        "ul. Kard. Wyszyńskiego 2",
        "ul. Bł. Karoliny 9",
        "ul. Armii Krajowej 33C/7",
        "ul. Św. Ducha 1",
    ],
    "birth": ["3.04.1958", "12-11-1979", "7 lipca 1991", "1985-02-28", "01.01.1960"],
}
DOCUMENTS_2 = """DECYZJA Nr 14/2026
Na podstawie art. 104 ustawy z dnia 14 czerwca 1960 r. Kodeks postępowania administracyjnego (Dz. U. z 2024 r. poz. 572), po rozpatrzeniu wniosku {gen}, zam. {address}, o wydanie zezwolenia na usunięcie drzewa z działki nr 231/4 w obrębie Podlesie,
orzekam
zezwolić {dat} na usunięcie jednego drzewa gatunku jesion wyniosły o obwodzie pnia 146 cm.
Uzasadnienie
W dniu 2 marca 2026 r. wpłynął wniosek, do którego dołączono tytuł prawny: odpis księgi wieczystej {land_register}. Oględziny przeprowadzono w obecności {gen.second}.
Otrzymują:
1. {nom}, {address}
2. aa
----
Protokół nr XIX/2026
z sesji Rady Gminy z dnia 12 maja 2026 r. W obradach uczestniczyło 14 radnych. Głos zabrała mieszkanka, p. {nom}, która zapytała o remont drogi. Odpowiedzi udzielił sołtys {nom}. Następnie mieszkaniec {nom.initial} zwrócił uwagę na hałas. Przewodniczący obrad zamknął dyskusję o godz. 14:35.
----
Lp. | Imię i nazwisko | PESEL | Adres | Kwota
1 | {nom} | {pesel} | {address} | 1 250,00 zł
2 | {nom.turned} | {pesel} | {address} | 980,50 zł
3 | {nom.second} | {pesel} | {address} | 2 100,00 zł
Razem | | | | 4 330,50 zł
----
LISTA OSÓB ZAKWALIFIKOWANYCH
1) {nom.turned_capitals}
2) {nom.turned_capitals}
3) {nom.turned}
4) {nom.comma}
Lista rezerwowa: {nom.turned}, {nom.turned}
----
Szanowna Pani {nom},
w odpowiedzi na Pani e-mail wysłany z adresu {email} informuję, że termin załatwienia sprawy upływa 30 czerwca. W razie pytań oddzwonimy pod wskazany numer {phone}.
Z poważaniem
{nom}
podinspektor
----
UMOWA DZIERŻAWY zawarta w dniu 4 kwietnia 2026 r. pomiędzy Gminą Wrotkowo a Panem {inst}, legitymującym się dowodem osobistym {identity_card}, PESEL: {pesel}, zwanym dalej Dzierżawcą. Czynsz płatny jest do 10. dnia miesiąca. Kaucja zostanie zwrócona na rachunek Dzierżawcy {account}. Do kontaktów w sprawie umowy Dzierżawca podaje tel. {phone}.
----
Notatka służbowa. Dzwonił p. {nom.surname} ({phone}) w spr. awarii wodociągu przy {address}. Przekazano do ZGK. Oddzwonić do {gen}.
----
Postanowienie. Wzywam {acc}, ur. {birth}, córkę {gen.surname}, do usunięcia braków wniosku w terminie 7 dni pod rygorem pozostawienia bez rozpoznania.
----
OŚWIADCZENIE
Ja, niżej podpisana {nom}, zamieszkała {address}, nr PESEL {pesel}, legitymująca się paszportem {passport}, oświadczam, że wyrażam zgodę na przetwarzanie moich danych. Kontakt: {email}
----
Podpisy członków komisji:
{nom}
{nom}
{nom.initial}
Wrotkowo, dnia 3 marca 2026 r.
----
Zwrot wadium: {nom}, nr r-ku {account}. Przelew nr 44/2026 z dn. 5.05.2026 r.
----
Faktura wystawiona przez: {nom} prowadzącą działalność gospodarczą, NIP {nip}, za usługi sprzątania, 3 450,00 zł brutto. Płatne na konto {account}.
----
Obwieszczenie o wszczęciu postępowania. Zawiadamia się strony, w tym nieznanych spadkobierców po zmarłym {loc}, że na wniosek {gen.hard} wszczęto postępowanie dotyczące nieruchomości objętej KW nr {land_register}.
----
Skarga na działalność kierownika GOPS
Skarżący {nom.second} zarzuca, że nie udzielono mu pomocy. Rada ustaliła, że {dat} odmówiono zasiłku, ponieważ dochód {gen.surname} przekraczał kryterium. Skargę uznaje się za bezzasadną.
----
W załączeniu przesyłam akt notarialny, Rep. A nr 1234/2025, którym {nom.broken} nabyła od {gen.broken} lokal przy {address}, KW {land_register}.
----
Rejestr zgłoszeń (wyciąg): 14.03 – {nom.surname}, tel. {phone} – pies bez opieki; 15.03 – {nom}, {email} – nieoświetlona ulica; 16.03 – {nom.initial}, tel. {phone} – dziura w jezdni.
----
Wniosek o udostępnienie informacji publicznej złożył pan {nom} drogą elektroniczną ({email}). Wnioskodawcy {dat.surname} odpowiedziano w terminie.
----
Świadek {nom.capitals} zeznał: "Widziałem {acc} i {acc} przy drodze". Protokół podpisano.
----
Komisja w składzie: przewodnicząca {nom}, członkowie: {nom}, {nom}, {nom}. Oferty złożyli: {nom}, {address}; {nom}, {address}.
----
OCR: URZAD GM1NY. Dotyczy: wniosku {gen} z dn. 3.O2.2026. Adres do doreczen: {address}. N r PESEL: {pesel}. Telefon :{phone}.
----
Pełnomocnictwo. Upoważniam {acc.double}, dowód osobisty {identity_card}, do reprezentowania mnie przed Urzędem. Pełnomocnik: adw. {nom}. Mocodawca: {nom.two_initials}.
----
Zawiadomienie o zbiegu egzekucji. Dłużnik: {nom.all_turned}, NIP: {nip}, PESEL {pesel}. Wierzyciel: Wójt Gminy. Rachunek dłużnika: {account}.
----
Decyzja o warunkach zabudowy dla inwestora – {gen}, reprezentowanego przez {acc}. Stronami są także: {nom}, {nom.turned}, Gmina Wrotkowo.
----
Nagrody Wójta otrzymali uczniowie: {nom} (kl. VIII), {nom} (kl. VII), {nom} (kl. VII). Opiekunem jest pani {nom}.
----
Wyniki naboru: w wyniku naboru na stanowisko ds. oświaty wybrano {acc}. Kandydaturę {gen} odrzucono. Kandydatka {nom} nie stawiła się na rozmowę.
----
Do wiadomości: {nom.surname} {nom.surname}; mec. {nom}; mgr inż. {nom}.
----
Dziecko {gen}, ur. {birth}, uczęszcza do przedszkola. Matka: {nom}, ojciec: {nom}. Tel. do matki {phone}, do ojca {phone}.
----
Najemca lokalu przy {address} – {nom.turned} – zalega z opłatami od 03.2025. Wezwanie wysłano {dat} listem poleconym nr 00359007731234567890.
----
Pismo z dnia 8.06.2026 r. Nadawca: {nom.tight}, Adresat: {nom.tight}. Sprawę prowadzi: {nom}, pok. 12.
----
Cudzoziemiec {nom}, paszport seria i numer {passport}, ur. {birth}, prosi o nadanie nr. PESEL. Tłumaczem była {nom}.
----
Potwierdzenie: wpłaty dokonał(a) {nom.after} tytułem "czynsz {nom.surname} 05/2026". Zwrot nadpłaty: {account}, właściciel {nom}.
----
Petycję w imieniu mieszkańców wniosła {nom} (kontakt: {email}, tel. {phone}). Podpisali ją m.in. {nom}, {nom} i {nom}."""

MEN_3 = """Rafał Rafała Rafałowi Rafała Rafałem Rafale;Sebastian Sebastiana Sebastianowi Sebastiana Sebastianem Sebastianie
Henryk Henryka Henrykowi Henryka Henrykiem Henryku;Bogusław Bogusława Bogusławowi Bogusława Bogusławem Bogusławie
Franciszek Franciszka Franciszkowi Franciszka Franciszkiem Franciszku;Karol Karola Karolowi Karola Karolem Karolu
Eugeniusz Eugeniusza Eugeniuszowi Eugeniusza Eugeniuszem Eugeniuszu;Miłosz Miłosza Miłoszowi Miłosza Miłoszem Miłoszu
Damian Damiana Damianowi Damiana Damianem Damianie;Artur Artura Arturowi Artura Arturem Arturze
Witold Witolda Witoldowi Witolda Witoldem Witoldzie;Roman Romana Romanowi Romana Romanem Romanie
Vitalij Vitalija Vitalijowi Vitalija Vitalijem Vitaliju;Mychajło Mychajła Mychajłowi Mychajła Mychajłem Mychajle
David Davida Davidowi Davida Davidem Davidzie;Jerzy Jerzego Jerzemu Jerzego Jerzym Jerzym"""
WOMEN_3 = """Monika Moniki Monice Monikę Moniką Monice;Dorota Doroty Dorocie Dorotę Dorotą Dorocie
Irena Ireny Irenie Irenę Ireną Irenie;Grażyna Grażyny Grażynie Grażynę Grażyną Grażynie
Sylwia Sylwii Sylwii Sylwię Sylwią Sylwii;Paulina Pauliny Paulinie Paulinę Pauliną Paulinie
Stefania Stefanii Stefanii Stefanię Stefanią Stefanii;Lucyna Lucyny Lucynie Lucynę Lucyną Lucynie
Eliza Elizy Elizie Elizę Elizą Elizie;Wiktoria Wiktorii Wiktorii Wiktorię Wiktorią Wiktorii
Daria Darii Darii Darię Darią Darii;Maja Mai Mai Maję Mają Mai;Olena Oleny Olenie Olenę Oleną Olenie
Anastasiia Anastasii Anastasii Anastasię Anastasią Anastasii;Zuzanna Zuzanny Zuzannie Zuzannę Zuzanną Zuzannie
Marianna Marianny Mariannie Mariannę Marianną Mariannie"""
SURNAMES_M_3 = """Adamczyk Adamczyka Adamczykowi Adamczyka Adamczykiem Adamczyku;Sadowski Sadowskiego Sadowskiemu Sadowskiego Sadowskim Sadowskim
Bąk Bąka Bąkowi Bąka Bąkiem Bąku;Kasprzak Kasprzaka Kasprzakowi Kasprzaka Kasprzakiem Kasprzaku;Szulc Szulca Szulcowi Szulca Szulcem Szulcu
Czech Czecha Czechowi Czecha Czechem Czechu;Kubiak Kubiaka Kubiakowi Kubiaka Kubiakiem Kubiaku;Konieczny Koniecznego Koniecznemu Koniecznego Koniecznym Koniecznym
Sowa Sowy Sowie Sowę Sową Sowie;Kania Kani Kani Kanię Kanią Kani;Marczuk Marczuka Marczukowi Marczuka Marczukiem Marczuku
Gajda Gajdy Gajdzie Gajdę Gajdą Gajdzie;Prokop Prokopa Prokopowi Prokopa Prokopem Prokopie;Śliwa Śliwy Śliwie Śliwę Śliwą Śliwie
Kwiecień Kwietnia Kwietniowi Kwietnia Kwietniem Kwietniu;Bezruk Bezruka Bezrukowi Bezruka Bezrukiem Bezruku;Romanenko Romanenki Romanence Romanenkę Romanenką Romanence
Weber Webera Weberowi Webera Weberem Weberze;Pająk Pająka Pająkowi Pająka Pająkiem Pająku;Rogalski Rogalskiego Rogalskiemu Rogalskiego Rogalskim Rogalskim
Dziedzic Dziedzica Dziedzicowi Dziedzica Dziedzicem Dziedzicu;Kmieć Kmiecia Kmieciowi Kmiecia Kmieciem Kmieciu"""
SURNAMES_F_3 = """Adamczyk Adamczyk Adamczyk Adamczyk Adamczyk Adamczyk;Sadowska Sadowskiej Sadowskiej Sadowską Sadowską Sadowskiej
Sowa Sowy Sowie Sowę Sową Sowie;Kania Kani Kani Kanię Kanią Kani;Szulc Szulc Szulc Szulc Szulc Szulc;Konieczna Koniecznej Koniecznej Konieczną Konieczną Koniecznej
Gajda Gajdy Gajdzie Gajdę Gajdą Gajdzie;Śliwa Śliwy Śliwie Śliwę Śliwą Śliwie;Romanenko Romanenko Romanenko Romanenko Romanenko Romanenko
Marczuk Marczuk Marczuk Marczuk Marczuk Marczuk;Głowacka Głowackiej Głowackiej Głowacką Głowacką Głowackiej;Weber Weber Weber Weber Weber Weber
Rogalska-Bąk Rogalskiej-Bąk Rogalskiej-Bąk Rogalską-Bąk Rogalską-Bąk Rogalskiej-Bąk;Witkowska Witkowskiej Witkowskiej Witkowską Witkowską Witkowskiej
Kura Kury Kurze Kurę Kurą Kurze;Bojko Bojko Bojko Bojko Bojko Bojko;Pietras Pietras Pietras Pietras Pietras Pietras;Kmieć Kmieć Kmieć Kmieć Kmieć Kmieć"""
WAYS_3 = {
    "pesel": [
        "###########",
        "###########",
        "#### #### ###",
        "###-###-###-##",
        "###### ## ###",
        "## #### #####",
        "###########",
        "###_###_###_##",
        "########|###",
    ],
    "nip": ["##########", "###-###-##-##", "PL-##########", "PL###-##-##-###", "### ## ## ###", "###_##_##_###"],
    "account": [
        "##########################",
        "PL##_####_####_####_####_####_####",
        "## ######## ################",
        "##-########-################",
        "## #### #### #### #### ####|####",
        "PL##-####-####-####-####-####-####",
    ],
    "identity_card": ["@@@######", "@@@ ######", "@@@ Nr ######", "@@@/######", "@@@ ## ## ##"],
    "passport": ["@@#######", "@@ #######", "@@ Nr #######", "@@-#######"],
    "land_register": [
        "@@@@/########/#",
        "@@@@/########/#",
        "@@@@ /########/ #",
        "@@@@_/_########_/_#",
        "@@@@########/#",
    ],
    "phone": [
        "### ### ###",
        "### ######",
        "###-######",
        "+48-###-###-###",
        "(48) ### ### ###",
        "#########",
        "+48 (##) ### ## ##",
        "##-###-##-##",
        "### ### ###",
        "+48_###_###_###",
    ],
    "email": [
        "monika.kania@proton.me",
        "r.czech@firma-kania.com.pl",
        "gajda(małpa)wp.pl",
        "kura_d [at] onet.pl",
        "artur.k@mail.ua",
        "witold1950@poczta.fm",
        "SYLWIA.S@INTERIA.EU",
        "olena.b@i.ua",
        "dorota-sliwa@autograf.pl",
        "e.weber@uni-potsdam.de",
        "pietras.j(at)gazeta.pl",
        "zuza.k@amorki.pl",
        "m.p@x.technology",
    ],
    "address": [
        "ul. Rynek 12/3",
        "os. Tysiąclecia 5/17",
        "ul. Gen. St. Maczka 4/6",
        "al. 1000-lecia 3",
        "ul. Żwirki i Wigury 22",
        "pl. Wolności 7 m 2",
        "ul. Brzozowa 2 lok. 11",
        "ul. Prof. Jana Miodka 6a",
        "ul. Na Skarpie 14",
        "ulicy Słowackiego 30/2",
        "ul. ppłk. Cieplińskiego 8",
        "ul. Dworcowa 1B m.5",
    ],
    "birth": ["24.12.1949", "2 maja 2003", "1977-10-15", "5.9.1983"],
}
DOCUMENTS_3 = """Wrotkowo, 7 lipca 2026 r.
{nom}
{address}
11-222 Wrotkowo
Dotyczy: zwrotu podatku akcyzowego
Informuję, że zwrot należny {dat} przekazano na rachunek nr {account}. Od decyzji służy odwołanie do SKO za pośrednictwem Wójta w terminie 14 dni.
----
Załącznik nr 2 do protokołu kontroli
Kontrolę przeprowadzili: {nom} i {nom}. Wyjaśnień udzielała główna księgowa {nom}. W toku kontroli ustalono, że {nom.surname} podpisał listę obecności za {acc}.
----
WYKAZ DŁUŻNIKÓW
{nom.all_turned}; {pesel}; {address}
{nom.all_turned}; {pesel}; {address}
{nom.all_turned}; {pesel}; {address}
----
Informacja o wyniku przetargu: nabywcą działki 55/3 została {nom}, cena osiągnięta 88 200 zł. Wadium wpłacili: {nom}, {nom}, {nom.initial}.
----
Zgłoszenie nr 887. Zgłaszający: {nom.turned}. Kontakt – {phone}, {email}. Opis: przy {address} leży gruz.
----
W imieniu {gen} wnoszę o rozłożenie zaległości na raty. Mój dowód: {identity_card}. Proszę o telefon ({phone}) albo list na {address}.
----
Lista obecności, zebranie wiejskie w Borowej:
1. {nom.turned} 2. {nom.turned} 3. {nom.turned} 4. {nom.turned_capitals} 5. {nom}
Zebranie prowadził sołtys {nom}, protokołowała {nom}.
----
Sąd ustalił, że powódka {nom}, urodzona {birth}, zawarła z pozwanym {inst} umowę pożyczki. Zeznania {gen.surname} są wiarygodne.
----
Akt nadania: nieruchomość opisana w {land_register} należy do {gen} (PESEL {pesel}) oraz do {gen} (PESEL {pesel}).
----
Odpowiedź na interpelację. Radna {nom} pytała o oświetlenie. Wniosek podobnej treści złożyli państwo {nom.surname} i {nom.surname}.
----
Dane do umowy zlecenia: imię i nazwisko {nom}, data urodzenia {birth}, NIP {nip}, adres {address}, nr konta {account}, e-mail {email}, tel. kom. {phone}.
----
Zaświadcza się, że {nom}, legitymująca się paszportem nr {passport}, nie figuruje w ewidencji. Zaświadczenie wydano na wniosek {gen.double}.
----
Zarządzenie w sprawie powołania komisji: powołuję {acc}, {acc} oraz {acc}. Sekretarzem komisji będzie {nom}.
----
Biegły rzeczoznawca {nom} oszacował lokal na 210 000 zł. Właścicielem jest {nom.second}, a użytkownikiem {nom.two_initials}.
----
Sprostowanie. Zamiast „{nom}” powinno być „{nom}”. Numer dowodu {identity_card} wpisano prawidłowo, numer rachunku {account} błędnie.
----
Przyjęto ustnie do protokołu od {gen.hard}, nr tel. {phone}: sąsiad, {nom}, spala odpady. Sąsiadka {nom} potwierdza.
----
Stypendia otrzymują: {nom.comma} – 300 zł; {nom.comma} – 300 zł; {nom.comma} – 450 zł.
----
Pokwitowanie. Odebrałam osobiście – {nom.initial}, PESEL {pesel}. Wydał: {nom.initial}.
----
Wójt Gminy uprzejmie informuje, iż Pani {nom.surname} oraz Pan {nom.surname} nie są stronami. Pismo Pana {gen.surname} pozostawiono w aktach.
----
Ogłoszenie o zaginięciu dokumentów: unieważnia się dowód osobisty seria {identity_card} wydany {dat}; znalazcę prosimy o kontakt pod nr {phone} lub {email}."""

CLEAN = """Uchwała nr XXI/188/2026 Rady Gminy Wrotkowo w sprawie zmiany budżetu na rok 2026. Na podstawie art. 18 ust. 2 pkt 4 ustawy z dnia 8 marca 1990 r. o samorządzie gminnym uchwala się, co następuje: § 1. Zwiększa się dochody o kwotę 1 234 567,89 zł. § 2. Wykonanie uchwały powierza się Wójtowi Gminy.
----
Dział 600 rozdział 60016 paragraf 6050 plan 123 456 789,00 zł wykonanie 98 765 432,10 zł, tj. 80,0 %. Dział 700 rozdział 70005 paragraf 4300 plan 500 100 200 zł.
----
Harmonogram odbioru odpadów: Wrotkowo, Podlesie, Stare Pole – 12.01, 09.02, 09.03; Nowa Wieś, Borowa – 13.01, 10.02, 10.03. Pojemniki wystawiamy do godz. 6:00.
----
Zamawiający: Gmina Wrotkowo, ul. Rynek 1, 11-222 Wrotkowo, NIP 5252248481, REGON 123456785, tel. 22 123 45 67, e-mail: przetargi@wrotkowo.example. Numer ogłoszenia: 2026/BZP 00123456/01. Kod CPV 45233140-2.
----
Miejscowy plan zagospodarowania obejmuje działki nr 12/1, 12/2, 13, 14/5, 123/4, 123/5 obręb 0007 Zalesie. Linia zabudowy 6 m od drogi klasy L. Symbol 4MN/U, powierzchnia 12,4567 ha.
----
Szkoła Podstawowa nr 3 im. Marii Dąbrowskiej, ul. Juliusza Słowackiego 12, przyjmuje wnioski do 31 marca. Sekretariat: 22 345 67 89, sp3@wrotkowo.example.
----
Ulice: Adama Mickiewicza, Jana Kochanowskiego, Marii Konopnickiej, Stefana Żeromskiego i Władysława Reymonta będą zamknięte. Objazd ulicą Ignacego Paderewskiego.
----
Wykonawca: Drogi i Mosty Sp. z o.o., ul. Fabryczna 4, 08-110 Siedlce, KRS 0000456789, NIP 821-10-11-121, kapitał zakładowy 500 000 zł.
----
Koncert w kościele pw. św. Jana Nepomucena: w programie Bach, Chopin, Moniuszko. Wystąpi Orkiestra Dęta OSP oraz chór Cantate.
----
Sołectwa: Kozły, Wilki, Sikory, Lisy, Zające, Gołębie, Kruki. W każdym odbędzie się zebranie. Wieś Kowale leży przy drodze powiatowej 1234W.
----
Informacja o jakości wody: wodociąg Nowa Wieś, próbka nr 2026/0412/W, pH 7,4, żelazo 120 µg/l, mętność 0,35 NTU. Woda przydatna do spożycia.
----
Wójt Gminy ogłasza pierwszy przetarg ustny nieograniczony. Cena wywoławcza 145 000,00 zł, wadium 14 500,00 zł płatne na konto gminy w Banku Spółdzielczym.
----
Terminy: Boże Narodzenie, Wielkanoc, Zielone Świątki i Wszystkich Świętych. W Wielki Piątek urząd czynny do 13:00. Sylwester Miejski na rynku.
----
Program Czyste Powietrze, Mój Prąd, Maluch Plus i Polski Ład. Nabór w programie Senior Plus trwa do 15 listopada. Wnioski przez ePUAP, skrytka urzędu.
----
Rozporządzenie Rady Ministrów z dnia 18 stycznia 2007 r. (Dz. U. Nr 10, poz. 68), rozporządzenie Ministra Cyfryzacji, ustawa Prawo zamówień publicznych, dyrektywa 2016/2102 Parlamentu Europejskiego i Rady (UE).
----
Biblioteka poleca: Pan Tadeusz, Ania z Zielonego Wzgórza, Ogniem i mieczem Henryka Sienkiewicza, Ferdydurke Witolda Gombrowicza, Lalka Bolesława Prusa.
----
Przystanki: Wrotkowo Rynek, Wrotkowo Szkoła, Podlesie Las, Stare Pole Kapliczka. Linia 23 kursuje co 40 minut, linia 105 tylko w dni robocze.
----
Zbiór danych: rejestr umów 2026, 1 204 wiersze, identyfikator 00001234567, format CSV, kodowanie UTF-8. Wersja 2.13.4, suma kontrolna a94a8fe5ccb19ba61c4c0873d391e987.
----
Drzewa: dąb szypułkowy, lipa drobnolistna, brzoza brodawkowata, jesion wyniosły. Pomnik przyrody „Dąb Bartek” nie leży w gminie. Park Narodowy Bory Tucholskie.
----
Pan Wójt i Pani Skarbnik przyjmują w poniedziałki. Radni dyżurują we wtorki. Przewodniczący Rady przyjmuje po uzgodnieniu terminu w Biurze Rady, pok. 21.
----
Numer sprawy OR.1431.27.2026, RPW/4512/2026, UNP 2026-123456, nr ewid. 45/26, rep. 12/2026, dziennik 88. Znak: GK.6220.4.2026.AB.
----
Zespół Szkół Rolniczych, Dom Pomocy Społecznej „Jesień”, Klub Sportowy Orzeł Wrotkowo, Koło Gospodyń Wiejskich Kalina, OSP Wilczyce, Stowarzyszenie Zielona Dolina.
----
Stawki podatku od nieruchomości: 1,15 zł od 1 m2 budynków mieszkalnych, 33,10 zł od budynków związanych z działalnością, 0,73 zł od gruntów pozostałych. Razem 12 500 000 zł.
----
Mecz Legia Warszawa – Lech Poznań obejrzymy w świetlicy. Turniej im. Kazimierza Deyny odbędzie się w sobotę na boisku Orlik, ul. Sportowa 2.
----
Sejm, Senat, Rzecznik Praw Obywatelskich i Najwyższa Izba Kontroli. Wojewoda Mazowiecki, Marszałek Województwa, Starosta Powiatu. Krajowa Administracja Skarbowa.
----
Kościół św. Anny, kaplica Matki Boskiej Częstochowskiej, cmentarz przy ulicy Cmentarnej, plac Jana Pawła II, rondo Ofiar Katynia, most Marii Skłodowskiej-Curie.
----
Długość odcinka 1 245,30 m, szerokość jezdni 5,50 m, km 0+000 do 1+245. Beton C30/37, stal B500SP, rury PVC 315 SN8. Zbrojenie fi 12 co 15 cm.
----
Nr telefonu alarmowego: 112, straż 998, pogotowie 999, policja 997. Infolinia podatkowa 22 330 03 30. Pogotowie wodociągowe: 600 700 800.
----
Wybory: obwód nr 1 Wrotkowo, obwód nr 2 Borowa. Lista nr 4 – Komitet Wyborczy Wyborców Razem dla Gminy. Frekwencja 54,32 %, uprawnionych 4 812.
----
Zagrożenie powodziowe: stan rzeki Liwiec w Wólce 245 cm, stan alarmowy 260 cm. Bug we Włodawie 198 cm. Prognoza: Wisła i Narew opadają."""
