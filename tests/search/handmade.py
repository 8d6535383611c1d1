"""Thirty questions by hand: every word in another form than in the title of the document that is meant."""

from __future__ import annotations

from datetime import date

from search.index import PUBLIC, Doc
from tests.search.questions import Question

TABLE = """
Uchwała nr XLV/312/2021 w sprawie określenia wysokości stawek podatku od nieruchomości|Określa się stawki roczne od gruntów, budynków i budowli położonych na terenie gminy.|stawka podatków od nieruchomość
Wydanie dowodu osobistego|Wniosek składa się osobiście w urzędzie, wraz z aktualną fotografią.|dowody osobiste wydawanie
Zezwolenie na sprzedaż napojów alkoholowych|Przedsiębiorca składa wniosek i wnosi opłatę za korzystanie z zezwolenia.|zezwolenia napój alkoholowy
Usuwanie drzew i krzewów z terenu posesji|Właściciel zgłasza zamiar wycinki; urzędnik ogląda drzewo w ciągu 21 dni.|usuwaniem drzewa i krzewu
Harmonogram odbioru odpadów wielkogabarytowych|Meble, wersalki i opony należy wystawić przed posesję do godziny szóstej.|odpad wielkogabarytowy harmonogramy
Dodatek mieszkaniowy – kto może go otrzymać|Świadczenie przysługuje osobom o niskich dochodach, mającym tytuł do lokalu.|dodatki mieszkaniowe
Nabór na wolne stanowisko urzędnicze: inspektor do spraw księgowości|Wymagane wykształcenie wyższe i trzyletni staż.|stanowiska inspektora księgowość
Budżet obywatelski: głosowanie mieszkańców|Każdy, kto mieszka w gminie, może oddać głos na trzy pomysły.|budżetem obywatelskim głosowań
Rejestracja urodzenia dziecka|Zgłoszenia dokonuje matka lub ojciec w ciągu 21 dni od sporządzenia karty.|urodzenia dzieci rejestrowanie rejestracją
Zasiłek celowy na zakup opału|Pomoc przyznaje się decyzją po przeprowadzeniu wywiadu środowiskowego.|zasiłki celowe opał
Opłata za psa|Stawka wynosi 50 zł rocznie; zwolnione są osoby powyżej 65 lat.|opłaty za psy
Regulamin cmentarza komunalnego w Wierzbicy|Groby ziemne, murowane i urnowe; opłata za miejsce na lat dwadzieścia.|regulaminy cmentarzy komunalnych
Zmiana miejscowego planu zagospodarowania przestrzennego wsi Olszanka|Wyłożenie projektu do wglądu; uwagi można wnosić przez 21 dni.|plany miejscowe Olszanki zmiany
Petycja o budowę progów zwalniających przy szkole|Autorzy proszą o bezpieczną drogę uczniów do szkoły.|petycje progi zwalniające
Sprawozdanie z wykonania programu współpracy z organizacjami pozarządowymi|Dotacje otrzymało siedemnaście stowarzyszeń i fundacji.|sprawozdania współpraca organizacja pozarządowa
Zakaz palenia węglem brunatnym|Mieszkańcy wymienią piece do końca roku; przewidziano dopłaty.|zakazy paleń węgiel brunatny
Karta dużej rodziny|Ulgi na baseny, muzea i przejazdy dla rodziców z trojgiem dzieci.|karty dużych rodzin
Zimowe utrzymanie dróg powiatowych|Piaskarki wyjeżdżają po opadach śniegu przekraczających dwa centymetry.|zimowym utrzymaniem drogi powiatowej
Rekrutacja do przedszkoli samorządowych|Rodzice wskazują trzy placówki w kolejności od najbardziej pożądanej.|rekrutacje przedszkole samorządowe
Stypendium dla uzdolnionych uczniów|Wójt nagradza laureatów olimpiad i zawodów sportowych.|stypendia uzdolniony uczeń
Wykaz nieruchomości przeznaczonych do dzierżawy|Działki rolne o powierzchni od pół hektara wywieszono na tablicy.|wykazy dzierżawa nieruchomość
Ślub poza urzędem|Kierownik może przyjąć oświadczenia w plenerze, jeśli miejsce zachowuje powagę.|śluby poza urzędami
Przydomowe oczyszczalnie ścieków – dofinansowanie|Gmina zwraca połowę poniesionych nakładów, nie więcej niż pięć tysięcy.|dofinansowania oczyszczalnia przydomowa
Ostrzeżenie meteorologiczne: burze z gradem|Przewiduje się porywy wiatru do stu kilometrów na godzinę.|ostrzeżenia burza grad
Oświadczenie majątkowe sekretarza gminy|Zgromadzone środki, samochód osobowy, mieszkanie o powierzchni 60 metrów.|oświadczenia majątkowe sekretarz
Protokół z sesji rady w sprawie absolutorium|Radni jednogłośnie udzielili absolutorium po dyskusji nad raportem o stanie gminy.|protokoły sesja absolutoriów
Konsultacje społeczne dotyczące podziału sołectwa Łęgowo|Ankiety można składać u sołtysa i w świetlicy.|konsultacjom społecznym sołectw Łęgowa
Godziny otwarcia kas i punktu podawczego|Kasa nie przyjmuje wpłat w ostatnim dniu roku.|kasa punkty podawcze godzina
Odszkodowanie za uszkodzenie auta na dziurawej jezdni|Zarządca drogi rozpatruje roszczenie w ciągu trzydziestu dni.|odszkodowania dziurawe jezdnie
Łowieckie szkody w uprawach rolnych – szacowanie|Rolnik zgłasza dziki i jelenie do dzierżawcy obwodu.|szkoda łowiecka uprawa rolna
"""


def documents() -> list[Doc]:
    """The documents that are meant."""
    return [
        Doc(
            f"page:{number}", "page", title, body, url=f"/strona/{number}", readers=frozenset({PUBLIC}),
            type="page", organ="Wójt Gminy", status="published", date=date(2024, 1, 1 + number),
        )
        for number, (title, body, _) in enumerate(_rows())
    ]  # fmt: skip


def questions() -> list[Question]:
    """What is typed to find them."""
    return [Question(asked, frozenset({f"page:{number}"})) for number, (_, _, asked) in enumerate(_rows())]


def _rows() -> list[tuple[str, str, str]]:
    rows = [line.split("|") for line in TABLE.strip().split("\n")]
    return [(title, body, asked) for title, body, asked in rows]
