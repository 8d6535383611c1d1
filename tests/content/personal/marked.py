"""Invented passages in which every piece of personal data is marked, and sentences in which there is none.

People and numbers are made up (numbers with true check digits); forms of names are written by hand or by the rules
of declension below, not by the dictionary that the detector asks. ``‹kind|text›`` marks what must be found.
"""

# ruff: noqa: SIM905, E501 - lists of words and sentences are easier to read as texts
from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from search.measure import corpus

CASES = "nom gen dat acc inst loc".split()
MEN = """Jan Jana Janowi Jana Janem Janie;Piotr Piotra Piotrowi Piotra Piotrem Piotrze;Marek Marka Markowi Marka Markiem Marku
Paweł Pawła Pawłowi Pawła Pawłem Pawle;Zbigniew Zbigniewa Zbigniewowi Zbigniewa Zbigniewem Zbigniewie;Jerzy Jerzego Jerzemu Jerzego Jerzym Jerzym
Krzysztof Krzysztofa Krzysztofowi Krzysztofa Krzysztofem Krzysztofie;Tadeusz Tadeusza Tadeuszowi Tadeusza Tadeuszem Tadeuszu
Grzegorz Grzegorza Grzegorzowi Grzegorza Grzegorzem Grzegorzu;Bartłomiej Bartłomieja Bartłomiejowi Bartłomieja Bartłomiejem Bartłomieju
Wacław Wacława Wacławowi Wacława Wacławem Wacławie;Mykoła Mykoły Mykole Mykołę Mykołą Mykole;Oleh Oleha Olehowi Oleha Olehem Olehu"""
WOMEN = """Anna Anny Annie Annę Anną Annie;Maria Marii Marii Marię Marią Marii;Katarzyna Katarzyny Katarzynie Katarzynę Katarzyną Katarzynie
Zofia Zofii Zofii Zofię Zofią Zofii;Halina Haliny Halinie Halinę Haliną Halinie;Barbara Barbary Barbarze Barbarę Barbarą Barbarze
Agnieszka Agnieszki Agnieszce Agnieszkę Agnieszką Agnieszce;Danuta Danuty Danucie Danutę Danutą Danucie;Ewa Ewy Ewie Ewę Ewą Ewie
Bożena Bożeny Bożenie Bożenę Bożeną Bożenie;Oksana Oksany Oksanie Oksanę Oksaną Oksanie;Nadia Nadii Nadii Nadię Nadią Nadii"""
SURNAMES_M = """Kowalski Kowalskiego Kowalskiemu Kowalskiego Kowalskim Kowalskim;Zając Zająca Zającowi Zająca Zającem Zającu
Nowak Nowaka Nowakowi Nowaka Nowakiem Nowaku;Wróbel Wróbla Wróblowi Wróbla Wróblem Wróblu;Kozioł Kozła Kozłowi Kozła Kozłem Koźle
Dudek Dudka Dudkowi Dudka Dudkiem Dudku;Sikora Sikory Sikorze Sikorę Sikorą Sikorze;Wójcik Wójcika Wójcikowi Wójcika Wójcikiem Wójciku
Szewczenko Szewczenki Szewczence Szewczenkę Szewczenką Szewczence;Biały Białego Białemu Białego Białym Białym;Kot Kota Kotowi Kota Kotem Kocie
Mazur Mazura Mazurowi Mazura Mazurem Mazurze;Stępień Stępnia Stępniowi Stępnia Stępniem Stępniu;Górski Górskiego Górskiemu Górskiego Górskim Górskim
Pietrzykowski Pietrzykowskiego Pietrzykowskiemu Pietrzykowskiego Pietrzykowskim Pietrzykowskim;Müller Müllera Müllerowi Müllera Müllerem Müllerze
Chrząszcz Chrząszcza Chrząszczowi Chrząszcza Chrząszczem Chrząszczu;Nguyen Nguyena Nguyenowi Nguyena Nguyenem Nguyenie;Wilk Wilka Wilkowi Wilka Wilkiem Wilku
Gwizdalski Gwizdalskiego Gwizdalskiemu Gwizdalskiego Gwizdalskim Gwizdalskim;Hryhoruk Hryhoruka Hryhorukowi Hryhoruka Hryhorukiem Hryhoruku"""
SURNAMES_F = """Kowalska Kowalskiej Kowalskiej Kowalską Kowalską Kowalskiej;Nowak Nowak Nowak Nowak Nowak Nowak;Wróbel Wróbel Wróbel Wróbel Wróbel Wróbel
Wiśniewska Wiśniewskiej Wiśniewskiej Wiśniewską Wiśniewską Wiśniewskiej;Zielińska Zielińskiej Zielińskiej Zielińską Zielińską Zielińskiej
Kaczmarek Kaczmarek Kaczmarek Kaczmarek Kaczmarek Kaczmarek;Sikora Sikory Sikorze Sikorę Sikorą Sikorze;Szczepaniuk Szczepaniuk Szczepaniuk Szczepaniuk Szczepaniuk Szczepaniuk
Nowak-Wróbel Nowak-Wróbel Nowak-Wróbel Nowak-Wróbel Nowak-Wróbel Nowak-Wróbel;Mroczek Mroczek Mroczek Mroczek Mroczek Mroczek
Cicha-Nowacka Cichej-Nowackiej Cichej-Nowackiej Cichą-Nowacką Cichą-Nowacką Cichej-Nowackiej;Pawlak Pawlak Pawlak Pawlak Pawlak Pawlak
Bondarenko Bondarenko Bondarenko Bondarenko Bondarenko Bondarenko;Czapla Czapli Czapli Czaplę Czaplą Czapli;Lis Lis Lis Lis Lis Lis;Gruszka Gruszki Gruszce Gruszkę Gruszką Gruszce"""


def _table(text: str) -> list[dict[str, str]]:
    return [dict(zip(CASES, row.split(), strict=True)) for row in text.replace("\n", ";").split(";")]


_GIVEN = (_table(MEN), _table(WOMEN))
_FAMILY = (_table(SURNAMES_M), _table(SURNAMES_F))
STREETS = (
    "Lipowa",
    "Długa",
    "Jana Pawła II",
    "3 Maja",
    "Kościuszki",
    "gen. Władysława Andersa",
    "Krótka",
    "Nad Strugą",
    "Marii Konopnickiej",
    "1 Maja",
)
PLACES = ("Wrotkowo", "Podlesie", "Nowa Wieś", "Borowa", "Stare Pole")


@dataclass(frozen=True)
class Passage:
    """A text, and the stretches of it (start, end, kind) that must be found."""

    text: str
    marks: tuple[tuple[int, int, str], ...]


def parse(marked: str) -> Passage:
    """Take the marks out of a text."""
    text, marks, at = "", [], 0
    for match in re.finditer(r"‹(\w+)\|([^›]*)›", marked):
        text += marked[at : match.start()]
        marks.append((len(text), len(text) + len(match[2]), match[1]))
        text, at = text + match[2], match.end()
    return Passage(text + marked[at:], tuple(marks))


class Inventor:
    """Makes up people and numbers; the same seed makes the same ones."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)

    def digits(self, count: int) -> str:
        return "".join(self.chance.choice("0123456789") for _ in range(count))

    def pesel(self) -> str:
        year, month, day = self.chance.randrange(40, 99), self.chance.randrange(1, 13), self.chance.randrange(1, 29)
        first = f"{year:02}{month:02}{day:02}{self.digits(4)}"
        total = sum(int(d) * w for d, w in zip(first, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3), strict=True))
        return self._spaced(f"{first}{-total % 10}", 0.25, " ")

    def _spaced(self, digits: str, share: float, by: str) -> str:
        if self.chance.random() > share:
            return digits
        return self.chance.choice(
            [
                by.join(digits),
                f"{digits[:6]}{by}{digits[6:]}",
                digits[:4] + "\u00ad" + digits[4:],
                "".join(chr(ord(d) + 0xFEE0) for d in digits),
            ]
        )

    def nip(self) -> str:
        while True:
            first = f"{self.chance.randrange(1, 9)}{self.digits(8)}"
            rest = sum(int(d) * w for d, w in zip(first, (6, 5, 7, 2, 3, 4, 5, 6, 7), strict=True)) % 11
            if rest < 10:
                n = f"{first}{rest}"
                return self.chance.choice(
                    [n, f"{n[:3]}-{n[3:6]}-{n[6:8]}-{n[8:]}", f"{n[:3]} {n[3:6]} {n[6:8]} {n[8:]}"]
                )

    def account(self) -> str:
        rest = self.digits(24)
        whole = f"{98 - int(rest + '252100') % 97:02}{rest}"
        grouped = " ".join([whole[:2], *(whole[n : n + 4] for n in range(2, 26, 4))])
        return self.chance.choice(
            [grouped, whole, f"PL{grouped}", grouped.replace(" ", "\u00a0"), grouped.replace(" ", "-")]
        )

    def card(self, passport: bool = False) -> str:
        letters = "".join(self.chance.choice("ABCDEFGHJKLMNPRSTUWZ") for _ in range(2 if passport else 3))
        rest = self.digits(6 if passport else 5)
        weights = (7, 3, 1, 7, 3, 1, 7, 3)
        values = [ord(c) - 55 for c in letters] + [int(d) for d in rest]
        check = sum(v * w for v, w in zip(values, weights, strict=True)) % 10
        return f"{letters}{'' if passport else self.chance.choice([' ', ''])}{check}{rest}"

    def land(self) -> str:
        court = self.chance.choice(["WA1M", "KR1P", "PO1P", "LU1I", "OL1C"])
        body = court + f"000{self.digits(5)}"
        values = ["0123456789XABCDEFGHIJKLMNOPRSTUWYZ".index(c) for c in body]
        check = sum(v * (1, 3, 7)[n % 3] for n, v in enumerate(values)) % 10
        slash = self.chance.choice(["/", "/", " / "])
        return f"{court}{slash}{body[4:]}{slash}{check}"

    def phone(self) -> str:
        n = self.chance.choice("5678") + self.digits(8)
        three = " ".join((n[:3], n[3:6], n[6:]))
        return self.chance.choice([three, f"+48 {three}", three.replace(" ", "-"), f"+48{n}", three.replace(" ", ".")])

    def mail(self) -> str:
        user = self.chance.choice(
            ["jkowalski", "anna.nowak", "zofia_k", "m.zajac85", "Krysia-Lis", "tadeusz+dom", "oleh.h"]
        )
        host = self.chance.choice(["poczta.example.pl", "example.com", "skrzynka.example.org", "mail.example.eu"])
        at = self.chance.choice(["@", "@", "@", " @ ", "(at)", "[at]"])
        return f"{user}{at}{host}"

    def address(self) -> str:
        street = self.chance.choice(["ul.", "ul. ", "ulicy ", "al. ", "os. "]) + self.chance.choice(STREETS)
        house = self.chance.choice(["4/2", "12 m. 3", "7", "15A", "101 lok. 8", "3b/14"])
        return f"{street.replace('.', '. ').replace('  ', ' ').replace('gen. ', 'gen. ')} {house}"

    def person(self, case: str, style: str = "") -> str:
        woman = self.chance.random() < 0.5
        given, family = self.chance.choice(_GIVEN[woman])[case], self.chance.choice(_FAMILY[woman])[case]
        second = self.chance.choice(_GIVEN[woman])[case]
        shown = {
            "turned": f"{family} {given}", "capitals": f"{given} {family}".upper(), "initial": f"{given[0]}. {family}",
            "second": f"{given} {second} {family}", "turned_capitals": f"{family.upper()} {given}", "broken": f"{given}\n{family}",
        }  # fmt: skip
        return shown.get(style, f"{given} {family}")

    def fill(self, template: str) -> str:
        """A template with its slots made up: ``{gen}``, ``{nom.turned}``, ``{pesel}``."""

        def slot(match: re.Match[str]) -> str:
            what, _, style = match[1].partition(".")
            if what in CASES:
                return f"‹name|{self.person(what, style)}›"
            made = (
                self.card(passport=True)
                if what == "passport"
                else getattr(
                    self, {"identity_card": "card", "land_register": "land", "email": "mail"}.get(what, what)
                )()
            )
            return f"‹{what}|{made}›"

        return re.sub(r"\{([\w.]+)\}", slot, template)


TEMPLATES = """Po rozpatrzeniu wniosku {gen} z dnia 12 marca 2026 r., PESEL {pesel}, orzekam jak niżej.
Decyzję otrzymują: 1) {nom}, {address}; 2) {nom.second}; 3) a/a.
Umowę zawarto z {inst}, legitymującą się dowodem osobistym {identity_card}, zamieszkałą przy {address}.
Zawiadamiam {acc}, że postępowanie w sprawie działki objętej księgą wieczystą {land_register} zostało wszczęte.
W odpowiedzi na petycję złożoną przez {acc} w imieniu mieszkańców informuję, że prace rozpoczną się wiosną.
Zwrot nadpłaty nastąpi na rachunek {account} należący do {gen}.
Wnioskodawca: {nom.turned}, tel. {phone}, e-mail: {email}
LISTA KANDYDATÓW: {nom.turned_capitals}, {nom.turned_capitals}, {nom.turned}.
Stroną jest {nom.capitals}, numer PESEL: {pesel}.
W sprawie {gen} przeciwko Gminie sąd nie wydał jeszcze orzeczenia, o czym rozmawiano z {inst} w urzędzie.
Pełnomocnik, adwokat {nom}, wniósł odwołanie w imieniu {gen.second}.
Właścicielką nieruchomości o numerze {land_register} jest {nom}, a współwłaścicielem {nom.broken}.
Prosimy o kontakt z sąsiadem pod numerem {phone} albo na adres {email}.
Skarga {gen.initial} na przewlekłe prowadzenie sprawy, wniesiona 3 maja, jest zasadna.
Pani {nom} prowadzi działalność jako osoba fizyczna, NIP {nip}, i nie zalega z podatkami.
Paszport nr {passport} wydano {dat}; kserokopię dołączono do akt.
Świadczenie przyznano {dat} na okres roku, przelewem na konto {account}.
Rozmawiałem z {inst.second} o wycince drzew; zgody nie wyrażono.
Opinię o {loc} wydał zespół; zainteresowany mieszka przy {address}.
Oświadczam, że ja, niżej podpisany {nom}, PESEL {pesel}, nr dowodu {identity_card}, wyrażam zgodę.
Wezwano {acc.broken} do usunięcia braków; odpowiedź przyszła z adresu {email}.
Dzierżawcami są państwo {nom} i {nom}, kontakt: {phone}.
Lokal przy {address} zajmuje {nom} wraz z dziećmi.
Numer rachunku do zwrotu wadium: {account}, odbiorca {nom.turned}.
Dane: {nom}; {pesel}; {address}; {phone}; {email}; {identity_card}; {account}.
Kierowca {nom.initial} nie przyznał się do winy, obwiniony {nom} złożył wyjaśnienia.
Zgromadzenie zgłosiła {nom}, telefon {phone}, przewidywana liczba uczestników 40.
Odwołanie wniósł {nom.turned} oraz {nom.turned_capitals}, nie zgadzając się z ustaleniami.
Nagrodę odebrała Pani {nom}; gratulujemy także {dat}.
Faktura dla {gen}, NIP: {nip}, płatna przelewem na {account}.""".split("\n")

HAND_MADE = """Zgłaszający ‹name|Leszek Bartoszewicz› oraz jego żona ‹name|Żaneta›.
Decyzją ustalono warunki zabudowy dla ‹name|Wiesławy i Edwarda Śmigielskich›.
Pozwolenie wydano na rzecz ‹name|Bogumiły Trzeciak-Kot›.
Odpowiadając na wystąpienie ‹name|Ireneusza Grzybka› z 4 maja.
Użytkownik wieczysty: ‹name|SZYMAŃSKI Zenon›, s. ‹name|Antoniego›.
Postanowienie doręcza się: ‹name|Mirosława Pędziwiatr›, ‹name|Łucja Gąska›, ‹name|Iga Okoń›.
Umowa z dnia 3.02.2026 r., zawarta z ‹name|Krystianem Bąkiem› prowadzącym gospodarstwo.
Na sesji głos zabrał mieszkaniec sołectwa, pan ‹name|Stefan Huk›.
Właściciel psa, p. ‹name|Ryszard Zawadzki›, został ukarany.
Dotyczy: skargi ‹name|M. Karpińskiej› na dyrektora szkoły.
Na liście znaleźli się ‹name|Hubert Kosmala› i ‹name|Liliana Wrzosek›.
Darowizny dokonali ‹name|Elżbieta oraz Tomasz Rak›.
Za zmarłego ‹name|Feliksa Czubaka› opłaty uiściła córka.
Ponaglenie strony – ‹name|Reginy Pałki› – uznano za zasadne.
Pełnomocnictwa udzielono mec. ‹name|Oldze Wilczyńskiej›.
Biegły ‹name|Cezary Dziura› sporządził operat.
Wpłynęło pismo od ‹name|Jagody Mech› w sprawie hałasu.
‹name|Bronisław Kądziołka› wygrał przetarg ustny.
Najwyższą cenę zaoferował ‹name|Aleksander Żyła›, a następną ‹name|Barbara Dec›.
Cudzoziemka ‹name|Thi Hoa Pham› otrzymała zezwolenie.
Zezwala się ‹name|Svitlanie Kravchuk› na zajęcie pasa drogowego.
Oświadczenie złożył ‹name|Nikodem Wszędobylski›.
Ob. ‹name|Dzwonek Maria› zgłosiła usterkę.
Pan ‹name|Zdzisław Bąk›, ur. ‹birth|14.02.1961› w Łodzi, zam. ‹address|Podlesie 14›, prosi o umorzenie zaległości.
Urodzona ‹birth|3 maja 1974› r., córka ‹name|Henryka› i ‹name|Wandy›.
Szanowna Pani ‹name|Grażyno Mróz›, dziękujemy za zgłoszenie.
Podatnik zamieszkały pod adresem ‹address|11-222 Wrotkowo›, ‹address|ul. Kwiatowa 3/5›.
Do wiadomości: ‹name|Krystyna Sowa-Malinowska›, ‹name|Adam Bury›.
Samochód marki Skoda o nr rej. ‹plate|WA 12345› należy do ‹name|Janusza Gołębia›.
Pojazd ‹plate|KR 7AB21› usunięto z drogi; właściciel ‹name|Nowicki Robert›.
Radca prawny ‹name|Iwona Jeleń› działa w imieniu skarżącej, pani ‹name|Borkowskiej›.
PESEL: ‹pesel|85O2l412345› (odczyt z kopii).
Mail do mnie: ‹email|jan . kowalski @ poczta . pl›, dzwonić wieczorem ‹phone|600100200›, tel. jak wyżej.
Telefon do syna: tel. ‹phone|22 123 45 67›, ‹name|Marcin Dąb›.
Pismo doręczono ‹name|Marii Skłodowskiej›, a nie jej mężowi ‹name|Piotrowi›.
Sąsiad ‹name|Kazimierz Wielki-Mały› nie wniósł uwag.
Ob. ‹name|Pyrek› wniosła sprzeciw, ob. ‹name|Stasiak› go poparł.
Księga ‹land_register|LU1I/00123456/7› i ‹land_register|LU1I / 00123457 / 4› zostały zamknięte.
Wpłat dokonał ‹name|T. Rybicki› z rachunku ‹account|61 1090 1014 0000 0712 1981 2874›.
Ankieta: imię i nazwisko: ‹name|Lech Wrona›; telefon: ‹phone|(+48) 501 502 503›; poczta: ‹email|lech.wrona@example.pl›
Małżonkowie ‹name|Ewa i Adam Ptak› nabyli działkę.
Zeznał ‹name|Filip Jaworowicz›, że widział ‹name|Jaworowiczową› i brata.
Za zgodą ‹name|Stanisława Ryby› publikujemy jego list.
Mieszkanka, pani ‹name|Orzeł›, pytała o chodnik.
Adres e-mail zgłaszającego: ‹email|KRYSTYNA.LIS@EXAMPLE.COM›
Nauczycielka ‹name|Jolanta Kos› uczy tu od 1999 roku.
Wniosła ‹name|Nowak-Wrób-\nlewska Anna›, zamieszkała w miejscu.
Dowód osobisty seria i numer: ‹identity_card|A B S 1 2 3 4 5 6›.
Osoba o numerze ‹pesel|４４０５１４０１３５９› nie figuruje w rejestrze.
Rachunek IBAN ‹account|PL 61 1090 1014 0000 0712 1981 2874› podano omyłkowo.
W załączeniu list ‹name|Oleny Kowalczuk› z Ukrainy.
Rozstrzelono druk: ‹name|J a n   K o w a l s k i› nie stawił się; ‹name|A N N A   N O W A K› tak.
Wnoszę o wypłatę na ręce brata, ‹name|Jakuba Szpaka›, nr paszportu ‹passport|ZS0000177›.
Mieszka z matką, ‹name|Heleną Szpak›, przy ‹address|Alejach Jerozolimskich 44/7›.""".replace("\\n", "\u0001").split(
    "\n"
)

CLEAN = """Przedmiotem przetargu jest działka ewidencyjna nr 245/7 o pow. 0,0845 ha, obręb Stara Wieś.
Wody Polskie, Zarząd Zlewni w Sokołowie Podlaskim, prowadzą prace na rzece Liwiec.
Spółka Eko-Kom Sp. z o.o. z siedzibą w Siedlcach złożyła ofertę na kwotę 234 567,00 zł brutto.
Gminny Ośrodek Kultury zaprasza na koncert kolęd w kościele pw. Świętej Trójcy.
Projekt współfinansowany z Europejskiego Funduszu Rozwoju Regionalnego, nr RPMA.04.02.00-14-5678/19.
Grupa VIII: Mała Wieś, Stok, Wólka Dobryńska, Kozły, Polatycze.
Czyszczenie studzienek przy ul. Warszawskiej i ul. Brzeskiej potrwa tydzień.
Boże Ciało, Wszystkich Świętych i Nowy Rok są dniami wolnymi.
Szkoła Podstawowa im. Orła Białego w Kozłach, ul. Szkolna 3, tel. 83 345 67 89.
Muzeum Andrzeja Struga oraz Izba Pamięci Józefa Ignacego Kraszewskiego są zamknięte.
Linia energetyczna 110 kV Biała Podlaska – Wisznice zostanie przebudowana.
Patronem szkoły jest Jan Paweł II, a ulicę nazwano imieniem Marii Konopnickiej.
Remont ulicy Tadeusza Kościuszki potrwa do maja.
Przy rondzie Romana Dmowskiego powstanie przejście dla pieszych.
Szkoła Podstawowa nr 2 im. Mikołaja Kopernika zaprasza na dzień otwarty.
Parafia św. Jana Chrzciciela organizuje festyn w Dąbrowie.
Urząd Gminy, ul. Rynek 1, 11-222 Wrotkowo, tel. 22 123 45 67, e-mail: sekretariat@wrotkowo.example.
Znak sprawy OSR.6131.12.2026, pozycja RPW/1234/2026.
Uchwała nr XLV/312/2026 Rady Gminy Wrotkowo z dnia 24 listopada 2026 r. wchodzi w życie po 14 dniach.
Na zadanie przeznaczono 1 234 567,89 zł, z czego 123 456 789 zł pochodzi z budżetu państwa.
Działka nr 123/4 o powierzchni 0,1234 ha położona jest w obrębie Zalesie.
Na podstawie Dz. U. z 2024 r. poz. 1465, 1572 i 1907 zarządza się, co następuje.
Wydawnictwo ukaże się pod numerem ISBN 978-83-01-00000-1.
Spółka Zieleń sp. z o.o., NIP 525-22-48-481, złożyła najkorzystniejszą ofertę.
Gmina Wrotkowo, NIP 525-22-48-481, REGON 123456785, jest zamawiającym.
Fundacja Nasz Las (KRS 0000123456) poprowadzi zajęcia.
Pani Wójt przyjmuje interesantów w poniedziałki.
Rada Gminy rozpatrzy skargę na najbliższej sesji.
Maj był najcieplejszym miesiącem, a w marcu spadło 123 mm deszczu.
Róża, Lilia i Kalina rosną w parku przy ulicy Polnej.
Dom Kultury we Wrotkowie pokaże film o Wiśle i Narwi.
Termin składania ofert upływa 15.12.2026 o godzinie 10:00.
Kod CPV 45233140-2 dotyczy robót drogowych.
Kościół pod wezwaniem św. Piotra i Pawła wpisano do rejestru pod numerem A-1234.
Wójt Gminy ogłasza przetarg na sprzedaż lokalu użytkowego.
Wypożyczalnia ma Pana Tadeusza Adama Mickiewicza w nowym wydaniu.
Droga powiatowa nr 1234B prowadzi z Nowej Wsi do Starego Pola.
Temperatura spadła do 12 stopni, a wiatr wiał od Bugu.
Sąd Rejonowy w Dąbrowie Górniczej prowadzi księgi wieczyste dla tej gminy.
Ośrodek Zdrowia, tel. 600 100 200, czynny od 8 do 18.
Zamek Książ i pałac w Wilanowie zwiedziło 12 345 678 osób.
Ustawa z dnia 6 września 2001 r. o dostępie do informacji publicznej nie przewiduje opłat.
Numer postępowania 2026/BZP 00123456/01 podano w ogłoszeniu.
Wpłaty przyjmuje kasa urzędu w godzinach od 7:30 do 15:00.
Nowa Wieś, Borowa i Podlesie otrzymają dotacje po 50 000 zł.
Województwo Mazowieckie przekazało środki 12 maja.
Kodeks postępowania administracyjnego, art. 104 § 1 i art. 107, stosuje się odpowiednio.
Pojazd strażacki Volvo kupiono w 2024 roku.
Emilia Plater jest patronką hufca, a imienia Emilii Plater jest też skwer.
W Wólce, Zagórzu i Żurawińcu zamontowano 120 lamp.
Kierownik Referatu Gospodarki Komunalnej udziela informacji w pokoju 12.
Wykaz obejmuje nieruchomości o numerach 12, 14/2, 15 oraz 101/7.
Sesja odbędzie się w sali nr 5, porządek obrad liczy 11 punktów.
Most Józefa Piłsudskiego zostanie zamknięty od poniedziałku.
Wyszukiwarka czyta pliki PDF i DOCX do 25 MB.
Podatek od psów wynosi 50 zł, a opłata targowa 12 zł.
Biblioteka im. Henryka Sienkiewicza wydłuża godziny otwarcia.
Identyfikator ePUAP urzędu to skrytka podana na stronie głównej.
Zespół Ludowy Wrotkowianie wystąpi na dożynkach w Topolnie.
Wnioski można składać od 1 do 30 września 2026 r.
Suma bilansowa wynosi 12 345 678 901 zł.""".split("\n")


def passages() -> list[Passage]:
    """The marked set: every template eleven times over, and the hand-made ones."""
    inventor = Inventor(2026)
    made = [inventor.fill(template) for _ in range(11) for template in TEMPLATES]
    return [parse(text) for text in [*made, *(line.replace("\u0001", "\n") for line in HAND_MADE)]]


def clean() -> list[str]:
    """A thousand sentences without personal data: hand-made counter-examples, and a municipality's corpus."""
    seen = dict.fromkeys(CLEAN)
    for sentence in _sentences():
        seen.setdefault(sentence)
        if len(seen) == 1000:
            break
    return list(seen)


def _sentences() -> Iterator[str]:
    for doc in islice(corpus.documents(400), 400):
        for text in (doc.title, *re.split(r"(?<=[.!?])\s+|\n", doc.body)):
            if len(text.split()) >= 4:
                yield text.strip()
