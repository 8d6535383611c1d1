"""A municipality's texts, made deterministically: resolutions, orders, notices, news and pages in real Polish.

Titles are act + object + place, so thousands differ in a word or two, as they do in a real bulletin. Bodies
mix the matter at hand with the boilerplate of offices, so most words of a question occur in many documents.
"""

# ruff: noqa: SIM905, E501 - lists of words are easier to read and to extend as texts
from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta

from search.index import PUBLIC, Attachment, Doc
from tests.search.grammar import phrase

ACTS = """budowa;remont;przebudowa;rozbudowa;modernizacja;wynajem;dzierżawa;sprzedaż;zakup;utrzymanie;likwidacja
utworzenie;rozbiórka;ubezpieczenie;konserwacja;wycena;otwarcie;nadzór;odbiór;projekt;termomodernizacja;wyposażenie
finansowanie;zabezpieczenie;udostępnienie;monitoring;rewitalizacja;przekazanie;oznakowanie;sprzątanie""".replace(
    "\n", ";"
).split(";")

OBJECTS = """świetlica wiejski;droga gminny;boisko szkolny;kanalizacja sanitarny;oświetlenie uliczny;plac|zabaw
remiza strażacki;biblioteka publiczny;przystanek autobusowy;chodnik|dla pieszych;ścieżka rowerowy;oczyszczalnia|ścieków
cmentarz komunalny;targowisko miejski;przedszkole samorządowy;żłobek gminny;stołówka szkolny;wiata przystankowy
lokal użytkowy;mieszkanie komunalny;budynek gospodarczy;wodociąg wiejski;studnia głębinowy;park zabytkowy
staw hodowlany;most drewniany;przepust drogowy;rów melioracyjny;zbiornik retencyjny;las komunalny;łąka kośny
pomnik|przyrody;kaplica cmentarny;stadion lekkoatletyczny;hala sportowy;pływalnia kryty;kotłownia gazowy
instalacja fotowoltaiczny;pompa cieplny;sieć ciepłowniczy;stacja|uzdatniania wody;składowisko|odpadów;kompostownia|bioodpadów
samochód pożarniczy;autobus szkolny;kosiarka samojezdny;agregat prądotwórczy;defibrylator przenośny;sala gimnastyczny
pracownia komputerowy;gabinet stomatologiczny;ośrodek|zdrowia;dom|kultury;klub|seniora;schronisko|dla zwierząt
wiatrak zabytkowy;muzeum regionalny;amfiteatr letni;kąpielisko miejski;przystań kajakowy;pole namiotowy
parking leśny;rondo turbinowy;sygnalizacja świetlny;ekran akustyczny;tablica informacyjny;kontener osiedlowy"""

PLACES = """Zalesie Borowa Dąbrówka Jeziorany Kamionka Lipowiec Łęgowo Marcinkowo Nadarzyn Olszanka Podgórze Radziejów
Sosnówka Topolno Wierzbica Wólka Zagórze Żurawiniec Bielawa Chełmce Drzewica Gołaszyn Grabowiec Jaworzno Krzywda
Leśniewo Mokrzyska Niedźwiedź Ostrowite Piaseczno Rudniki Siedlisko Trzebiel Ustronie Wysokie Zborów Brzeziny
Czarnolas Dobrzyca Głuchów Jastrzębie Kłodawa Lisewo Miłocin Orzechowo Pęcław Różanka Skrzypno Świerczów""".split()

STREETS = """Lipowej Polnej Szkolnej Ogrodowej Leśnej Kościuszki Mickiewicza Sienkiewicza Kwiatowej Słonecznej
Kolejowej Rynkowej Młyńskiej Piaskowej Klasztornej Strażackiej Wierzbowej Jesionowej Tęczowej Nadrzecznej""".split()

BOILERPLATE = """Na podstawie art. 18 ust. 2 pkt 15 ustawy z dnia 8 marca 1990 r. o samorządzie gminnym uchwala się, co następuje.
Wykonanie uchwały powierza się Wójtowi Gminy Wrotkowo.
Uchwała wchodzi w życie po upływie 14 dni od dnia ogłoszenia w Dzienniku Urzędowym Województwa.
Zarządzenie podlega ogłoszeniu na tablicy ogłoszeń Urzędu Gminy oraz w Biuletynie Informacji Publicznej.
Traci moc uchwała dotychczasowa wraz ze wszystkimi zmianami.
Skargi i wnioski przyjmuje się w godzinach pracy urzędu, w każdy poniedziałek do godziny siedemnastej.
Środki finansowe zabezpieczono w budżecie gminy na bieżący rok w dziale gospodarka komunalna.
Mieszkańcy mogą zgłaszać uwagi w terminie trzydziestu dni, na piśmie albo drogą elektroniczną.
Informacji udziela pracownik referatu pod numerem telefonu podanym na stronie internetowej urzędu.
Administratorem danych osobowych jest Wójt Gminy, a dane przetwarza się w celu prowadzenia postępowania.
Komisja rewizyjna pozytywnie zaopiniowała przedłożony projekt i wniosła o jego przyjęcie.
Radni zapoznali się ze sprawozdaniem i nie wnieśli zastrzeżeń do jego treści.
Od decyzji służy stronom odwołanie do Samorządowego Kolegium Odwoławczego w terminie czternastu dni.
Postępowanie prowadzi się zgodnie z przepisami Kodeksu postępowania administracyjnego.
Wadium należy wnieść w pieniądzu na rachunek bankowy urzędu najpóźniej trzy dni przed przetargiem.
Załącznikiem do uchwały jest mapa w skali jeden do tysiąca, stanowiąca jej integralną część.
Zebranie wiejskie wyraziło zgodę na przeznaczenie funduszu sołeckiego na to przedsięwzięcie.
Wykonawca udziela gwarancji na okres sześćdziesięciu miesięcy od dnia odbioru końcowego.
Opłatę za gospodarowanie odpadami komunalnymi uiszcza się bez wezwania do końca każdego miesiąca.
Podatek od nieruchomości, rolny i leśny opłaca się w czterech ratach proporcjonalnych.""".split("\n")

MATTERS = """Rada postanawia, że {g} we wsi {p} nastąpi do końca roku {y}.
Koszt, jaki pociąga za sobą {n}, oszacowano na {k} tysięcy złotych.
Prace obejmą {a} oraz teren przyległy przy ulicy {s}.
W sprawie {g} wpłynęły {k} wnioski mieszkańców sołectwa {p}.
Sołtys wsi {p} poinformował o stanie, w jakim znajduje się {n}.
Nad {i} czuwa inspektor nadzoru powołany zarządzeniem nr {k}/{y}.
Dyskutowano o {l} i o potrzebach mieszkańców ulicy {s}.
Wniosek dotyczący {g} rozpatrzono na posiedzeniu komisji w dniu {d}.""".split("\n")

ROMAN = "I II III IV V VI VII VIII IX X XI XII XIV XV XVIII XX XXI XXIV XXV XXIX XXX XXXII XXXV XL XLI XLV XLVIII L LII".split()
KINDS = (
    ("resolution", "Uchwała nr {r}/{k}/{y} Rady Gminy Wrotkowo w sprawie {matter}"),
    ("order", "Zarządzenie nr {k}/{y} Wójta Gminy Wrotkowo w sprawie {matter}"),
    ("notice", "Ogłoszenie o przetargu: {matter0}"),
    ("news", "{Matter0}"),
    ("page", "{Matter0} – informacja dla mieszkańców"),
)


def objects() -> list[str]:
    """Objects whose forms the dictionary has."""
    found = []
    for line in OBJECTS.replace("\n", ";").split(";"):
        try:
            for case in ("nom", "gen", "acc", "inst", "loc"):
                phrase(line, case)
        except LookupError:
            continue
        found.append(line)
    return found


def documents(count: int, *, seed: int = 1, words: int = 200, attachments: bool = True) -> Iterator[Doc]:
    """``count`` documents with bodies of about ``words`` words (from a third of it to twice as many)."""
    rng = random.Random(seed)
    things = objects()
    for number in range(count):
        yield _document(rng, number, things, words, attachments=attachments and number % 5 == 0)


def _document(rng: random.Random, number: int, things: list[str], words: int, *, attachments: bool) -> Doc:
    act, thing, place = rng.choice(ACTS), rng.choice(things), rng.choice(PLACES)
    day = date(2015, 1, 2) + timedelta(days=rng.randrange(4200))
    kind, title = KINDS[rng.choices(range(5), (5, 4, 3, 4, 2))[0]]
    named = {"y": day.year, "k": rng.randrange(1, 999), "r": rng.choice(ROMAN)}
    where = f" we wsi {place}" if rng.random() < 0.7 else f" przy ulicy {rng.choice(STREETS)} w miejscowości {place}"
    of = phrase(thing, "gen")
    matter0 = f"{phrase(act, 'nom')} {of}{where}"
    title = title.format(
        **named, matter=f"{phrase(act, 'gen')} {of}{where}", matter0=matter0, Matter0=matter0[0].upper() + matter0[1:]
    )
    signature = {
        "resolution": f"{named['r']}/{named['k']}/{named['y']}", "order": f"{named['k']}/{named['y']}",
    }.get(kind, f"GK.{rng.randrange(1000, 9999)}.{rng.randrange(1, 400)}.{day.year}")  # fmt: skip
    length = max(30, int(words * rng.choice((0.33, 0.5, 0.8, 1, 1.2, 2))))
    files: tuple[Attachment, ...] = ()
    if attachments:
        pages = tuple(_body(rng, rng.choice(ACTS), rng.choice(things), place, day, words // 2) for _ in range(2))
        files = (Attachment(f"zalacznik_{number}.pdf", pages),)
    return Doc(
        key=f"item:{number}", kind="item", title=title, body=_body(rng, act, thing, place, day, length),
        attachments=files, url=f"/dokument/{number}", breadcrumb=("Wrotkowo", kind), readers=frozenset({PUBLIC}),
        type=kind, year=day.year, organ="Rada Gminy" if kind == "resolution" else "Wójt Gminy", status="published",
        signature=signature, date=day,
    )  # fmt: skip


def _body(rng: random.Random, act: str, thing: str, place: str, day: date, length: int) -> str:
    of = phrase(thing, "gen")
    facts = {
        "n": f"{phrase(act, 'nom')} {of}", "g": f"{phrase(act, 'gen')} {of}", "a": f"{phrase(act, 'acc')} {of}",
        "i": f"{phrase(act, 'inst')} {of}", "l": f"{phrase(act, 'loc')} {of}", "p": place, "y": day.year,
        "d": day.strftime("%d.%m.%Y"),
    }  # fmt: skip
    lines: list[str] = []
    size = 0
    while size < length:
        if rng.random() < 0.3:
            line = rng.choice(MATTERS).format(**facts, k=rng.randrange(2, 900), s=rng.choice(STREETS))
        else:
            line = rng.choice(BOILERPLATE)
        lines.append(line)
        size += line.count(" ") + 1
    return "\n".join(lines)
