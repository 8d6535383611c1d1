"""Every type of page, by who opens it. A new page is a new row: it is then checked and photographed with the rest."""

from __future__ import annotations

VISITOR, EDITOR, CLERK, ADMINISTRATOR = "", "redaktor", "referent", "administrator"

PAGES: dict[str, dict[str, str]] = {
    VISITOR: {
        "strona-glowna": "/",
        "dzial": "/o-gminie",
        "aktualnosci": "/aktualnosci",
        "mapa-strony": "/mapa-strony",
        "kontakt-po-angielsku": "/kontakt-en",
        "galeria": "/galeria",
        "obraz": "/galeria/most",
        "kalendarz": "/kalendarz",
        "wydarzenie": "/kalendarz/sesja-rady",
        "zestawienie": "/najblizsze-wydarzenia",
        "plik": "/do-pobrania/regulamin-swietlicy",
        "podstrona-szkoly": "/szkola",
        "strona-szkoly": "/szkola/plan-lekcji",
        "wyszukiwarka": "/szukaj?q=podatek",
        "biuletyn": "/bip/",
        "dzial-biuletynu": "/bip/ogloszenia/obwieszczenia",
        "rejestr-zmian": "/bip/rejestr-zmian",
        "redakcja-biuletynu": "/bip/redakcja",
        "mapa-biuletynu": "/bip/mapa",
        "jak-sprawdzic-biuletyn": "/bip/jak-sprawdzic",
        "statystyki-biuletynu": "/bip/statystyki",
        "dla-programow": "/dla-programow",
        "wydzialy": "/wydzialy",
        "wyszukiwarka-biuletynu": "/szukaj?q=uchwala&gdzie=bip",
        "wyszukiwarka-nic": "/szukaj?q=qwxyzz",
        "biuletyn-na-dzien": "/bip/na-dzien/",
        "biuletyn-dawniej": "/bip/na-dzien/2099-01-01/",
        "dzial-dawniej": "/bip/na-dzien/2099-01-01/prawo-lokalne/uchwaly",
        "dane-biuletynu": "/bip/dane",
    },
    EDITOR: {
        "biurko-redakcji": "/redakcja/",
        "nowa-strona": "/redakcja/nowa?typ=page&w=/o-gminie",
        "kosz": "/redakcja/kosz",
        "wyszukiwarka-strojenie": "/redakcja/wyszukiwarka?dla=basen",
        "dziennik-biuletynu": "/redakcja/biuletyn/dziennik",
        "odnosniki": "/redakcja/odnosniki/",
        "wgraj-pliki": "/redakcja/strona/1/wgraj",
        "do-akceptacji": "/redakcja/do-akceptacji?kto=wszyscy",
        "wersje-robocze": "/redakcja/szkice?kto=wszyscy",
        "wybierz": "/redakcja/wybierz",
        "zastepstwa": "/redakcja/zastepstwa",
        "strona-w-redakcji": "/redakcja/strona/2",
        "kto-co-moze": "/redakcja/strona/2/kto",
        "zawartosc-dzialu": "/redakcja/strona/2/zawartosc",
        "historia-w-redakcji": "/redakcja/strona/2/historia",
        "podglad": "/redakcja/strona/3/podglad",
        "linki-do-podgladu": "/redakcja/strona/3/linki",
        "statystyki-portalu": "/redakcja/statystyki?adres=/aktualnosci",
        "klucze-dostepu": "/konto/dostep",
    },
    CLERK: {
        "wyszukiwarka-biura": "/szukaj?q=chodnik&gdzie=biuro",
        "interesant": "/biuro/interesanci/1",
    },
    ADMINISTRATOR: {
        "ustawienia-dzialu": "/redakcja/strona/1/ustawienia",
        "przenoszenie-tresci": "/redakcja/przenoszenie",
    },
}
"""Log-in (empty: a visitor) → name of the picture → address in the demonstration's town."""
