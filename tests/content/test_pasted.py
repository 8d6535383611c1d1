"""Text from word processors becomes plain structure on the server, whatever the browser did."""

from __future__ import annotations

from portal.content import sanitise

WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head>
<style>p.MsoNormal{margin:0cm}</style></head><body>
<!--StartFragment--><p class=MsoTitle><span lang=PL style='font-size:28.0pt'>Zebranie wiejskie<o:p></o:p></span></p>
<p class=MsoNormal style='mso-margin-top-alt:auto'><b style='mso-bidi-font-weight:normal'>Porządek:<o:p></o:p></b></p>
<p class=MsoListParagraphCxSpFirst style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]>
<span style='font-family:Symbol'><span style='mso-list:Ignore'>·
<span style='font:7.0pt "Times New Roman"'>&nbsp; </span>
</span></span><![endif]>Otwarcie <i>zebrania</i></p>
<p class=MsoListParagraphCxSpMiddle style='mso-list:l0 level2 lfo1'><!--[if !supportLists]--><span
style='mso-list:Ignore'>o </span><!--[endif]-->Wybór przewodniczącego</p>
<p class=MsoListParagraphCxSpLast style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·</span>Zamknięcie</p>
<p class=MsoListParagraph style='mso-list:l1 level1 lfo2'><span style='mso-list:Ignore'>1.</span>Pierwszy</p>
<p class=MsoNormal>Koniec &lt;3.<o:p></o:p></p><!--EndFragment--></body></html>"""

GOOGLE = (
    '<meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-1f"><h1 dir="ltr"><span>Ogłoszenie'
    '</span></h1><p dir="ltr" style="line-height:1.38"><span style="font-weight:400">Zwykły, </span>'
    '<span style="font-weight:700;font-style:italic">ważny</span> <a href="https://a.pl/" style="color:blue">adres</a>'
    "</p></b>"
)


def flat(markup: str) -> str:
    return "".join(line.strip() for line in markup.split("\n"))


def test_word_lists_become_lists_and_its_looks_go() -> None:
    cleaned = flat(sanitise.clean(WORD))
    assert "<h2>Zebranie wiejskie</h2>" in cleaned
    assert (
        "<ul><li>Otwarcie <i>zebrania</i><ul><li>Wybór przewodniczącego</li></ul></li><li>Zamknięcie</li></ul>"
        "<ol><li>Pierwszy</li></ol><p>Koniec &lt;3.</p>"
    ) in cleaned
    assert [sign for sign in ("mso", "Mso", "style", "·", "StartFragment", "font") if sign in cleaned] == []


def test_google_text_is_not_all_bold() -> None:
    cleaned = sanitise.clean(GOOGLE)
    assert cleaned.startswith("<h2>Ogłoszenie</h2>")
    assert "Zwykły, <strong><em>ważny</em></strong>" in cleaned
    assert cleaned.count("<strong>") == 1
    assert 'href="https://a.pl/"' in cleaned


def test_other_markup_stays_as_it_is() -> None:
    plain = "<p>Zwykły <b>tekst</b></p><ul><li><p>a</p></li></ul>"
    assert sanitise.clean(plain) == plain


def test_cells_of_a_heading_row_say_what_they_head() -> None:
    table = "<table><tr><th>Dzień</th><th>Godziny</th></tr><tr><th>Wtorek</th><td>8–16</td></tr></table>"
    cleaned = sanitise.clean(table)
    assert '<th scope="col">Dzień</th><th scope="col">Godziny</th>' in cleaned
    assert '<th scope="row">Wtorek</th>' in cleaned
