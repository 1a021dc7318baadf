"""Pages as the builders of sites save them: the interview whole, and nothing of the site in it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from studio.article.read import ParsedArticle, parsed_article_from_file

TITLE = "3 questions à Maëlle Kerouan"
QUOTE = "On n’apprend pas la mer dans un bureau"
INTRODUCTION = "Maëlle Kerouan dirige le chantier naval des Embiez, qui répare des voiliers."
ASKED = ("Comment êtes-vous arrivée ?", "Parlez-nous de votre équipe.", "Et dans dix ans ?")
ANSWERED = (
    "Par hasard, un été, pour remplacer un ami. Qui l’aurait cru ?",
    "Nous sommes quatorze, dont six apprentis. Le plus jeune a dix-sept ans.",
    "Ici, sans doute, avec une deuxième cale. La région nous prête 250 000 €.",
)
# What is the site's has this word in it.
SITE = "INTRUS"


class Builder(NamedTuple):
    """What a builder of sites puts before the questions, how it shows each, what it puts after."""

    before: str
    each: str
    after: str = ""


BUILDERS = {
    "Elementor": Builder(
        "<h1 class='elementor-heading-title'>{t}</h1><div class='elementor-widget-text-editor'>"
        "<p>« {q} »</p><p>{i}</p></div><div class='elementor-accordion' role='tablist'>",
        "<div class='elementor-accordion-item'><div class='elementor-tab-title' role='button' "
        "aria-controls='c{n}'><a class='elementor-accordion-title'>{asked}</a></div>"
        "<div id='c{n}' class='elementor-tab-content' role='tabpanel' style='display:none'>"
        "<p>{answered}</p></div></div>",
        "</div><div class='elementor-widget-author-box'><h4>INTRUS</h4><p>INTRUS écrit.</p></div>",
    ),
    "Wix": Builder(
        "<article data-hook='post'><span data-hook='user-name'>INTRUS</span><ul "
        "data-hook='post-metadata'><li><span data-hook='time-ago'>INTRUS 3 mai</span></li></ul>"
        "<h1 data-hook='post-title'>{t}</h1><section data-hook='post-description'>"
        "<blockquote>« {q} »</blockquote><p>{i}</p>",
        "<div><h3><span style='font-weight:700'>{asked}</span></h3></div><p>{answered}</p>",
        "</section><footer data-hook='post-footer'>INTRUS</footer></article><section "
        "data-hook='related-posts'><h2>Posts récents</h2><article>INTRUS ?</article></section>",
    ),
    "Ghost": Builder(
        "<article><header><h1 class='gh-article-title'>{t}</h1></header><section "
        "class='gh-content'><blockquote>{q}</blockquote><p>{i}</p>",
        "<h3>{asked}</h3><p>{answered}</p>",
        "<div class='kg-card kg-callout-card'><div class='kg-callout-text'>INTRUS</div></div>"
        "<figure class='kg-card kg-bookmark-card'><a>INTRUS</a></figure>"
        "<div class='kg-card kg-signup-card'>INTRUS</div></section></article>",
    ),
    "Medium": Builder(
        "<article><h1 class='pw-post-title' data-testid='storyTitle'>{t}</h1><div>"
        "<a rel='author' data-testid='authorName'>INTRUS</a> <span "
        "data-testid='storyReadTime'>3 min read</span><span "
        "data-testid='storyPublishDate'>May 3, 2026</span></div><blockquote><p>{q}</p>"
        "</blockquote><p>{i}</p>",
        "<h2>{asked}</h2><p>{answered}</p>",
        "</article><footer>INTRUS</footer><div><h2>Recommended from Medium</h2><h2>INTRUS ?</h2>"
        "<p>INTRUS</p></div>",
    ),
    "Notion": Builder(
        "<article class='page sans'><h1 class='page-title'>{t}</h1><table class='properties'>"
        "<tbody><tr><th>Statut</th><td>INTRUS</td></tr><tr><th>Date</th><td>INTRUS</td></tr>"
        "</tbody></table><blockquote>{q}</blockquote><p>{i}</p>",
        "<ul class='toggle'><li><details open=''><summary>{asked}</summary><p>{answered}</p>"
        "</details></li></ul>",
        "<figure class='block-color-gray callout'><div>💡</div><div>INTRUS à valider</div>"
        "</figure></article>",
    ),
    "Google Docs": Builder(
        "<p class='title'>{t}</p><p>« {q} »</p><p>{i}<sup><a href='#cmnt1' id='cmnt_ref1'>[a]</a>"
        "</sup></p>",
        "<p><b>{asked}</b></p><p>{answered}<sup><a href='#ftnt{n}' id='ftnt_ref{n}'>[{n}]</a>"
        "</sup></p>",
        "<hr><div><p><a href='#ftnt_ref1' id='ftnt1'>[1]</a> INTRUS une note.</p></div>"
        "<div><p><a href='#cmnt_ref1' id='cmnt1'>[a]</a>INTRUS à vérifier ?</p></div>",
    ),
    "LibreOffice": Builder(
        "<p><font size='5'><b>{t}</b></font></p><p><i>« {q} »</i></p><p>{i}</p>",
        "<p><font color='#c9211e'><b>{asked}</b></font></p><p>{answered}<sup><a "
        "class='sdfootnoteanc' name='sdfootnote{n}anc' href='#sdfootnote{n}sym'><sup>{n}</sup></a>"
        "</sup></p>",
        "<div id='sdfootnote1'><p><a name='sdfootnote1sym' href='#sdfootnote1anc'>1</a>INTRUS</p>"
        "</div><div title='footer'><p>INTRUS page 1</p></div>",
    ),
    "Substack": Builder(
        "<article><h1 class='post-title'>{t}</h1><h3 class='subtitle'>« {q} »</h3><div "
        "class='byline-wrapper'>INTRUS</div><div class='post-ufi'>INTRUS</div><div "
        "class='body markup'><p>{i}</p><div class='subscription-widget-wrap'><p>INTRUS</p></div>",
        "<h4>{asked}</h4><p>{answered}<a id='footnote-anchor-{n}' class='footnote-anchor' "
        "href='#footnote-{n}'>{n}</a></p>",
        "<p class='button-wrapper'><a class='button primary'><span>INTRUS</span></a></p><div "
        "class='footnote'><a id='footnote-1' href='#footnote-anchor-1'>1</a><div><p>INTRUS</p>"
        "</div></div></div></article>",
    ),
    "SPIP": Builder(
        "<div class='hentry'><h1 class='entry-title'>{t}</h1><p class='info-publi'>INTRUS samedi "
        "3 mai 2026</p><div class='chapo'><p>« {q} »</p><p>{i}</p></div><div class='texte'>",
        "<h3 class='spip'>{asked}</h3><p>{answered}<span class='spip_note_ref'> [<a href='#nb{n}' "
        "id='nh{n}'>{n}</a>]</span></p>",
        "</div><div class='ps'><h2>P.-S.</h2><p>INTRUS</p></div><div class='notes'><h2>Notes</h2>"
        "<div id='nb1'><p>[<a href='#nh1'>1</a>] INTRUS</p></div></div><div class='liste'>"
        "<h2>Dans la même rubrique</h2><ul><li>INTRUS Qui ?</li></ul></div></div>",
    ),
    "Drupal": Builder(
        "<article class='node'><h1>{t}</h1><div class='field--name-field-chapo'><p>« {q} »</p>"
        "</div><div class='field--name-body'><p>{i}</p>",
        "<p><b>{asked}</b></p><p>{answered}</p>",
        "</div><div class='field field--name-field-tags'><div>Étiquettes</div><div>INTRUS</div>"
        "</div><div class='views'><div>Sur le même sujet</div><h3>INTRUS Comment réparer ?</h3>"
        "</div></article>",
    ),
    "HubSpot": Builder(
        "<div class='blog-post'><h1>{t}</h1><div class='blog-post__timestamp'>INTRUS 3 mai</div>"
        "<div class='blog-post__body'><p>« {q} »</p><p>{i}</p>",
        "<h3>{asked}</h3><p>{answered}</p>",
        "<div class='hs-cta-embed'><a>INTRUS Télécharger</a></div></div></div>",
    ),
    "a newspaper": Builder(
        "<article><h1>{t}</h1><blockquote>{q}</blockquote><p>{i}</p><p class='meta__publisher'>"
        "INTRUS Publié le 3 mai 2026 à 06h00</p><section>",
        "<p><strong>{asked}</strong></p><p>{answered}</p>",
        "<section class='catcher catcher--inread'><span>Lire aussi |</span><a>INTRUS</a></section>"
        "<p>Il vous reste 0% de cet article à lire.</p></section></article>",
    ),
    "Webflow": Builder(
        "<nav class='w-nav-menu'>INTRUS</nav><h1>{t}</h1><div class='w-richtext'><blockquote>{q}"
        "</blockquote><p>{i}</p></div>",
        "<div class='w-dropdown'><div class='w-dropdown-toggle' role='button' aria-controls='l{n}' "
        "aria-expanded='false'><div>{asked}</div></div><nav class='w-dropdown-list' id='l{n}'>"
        "<p>{answered}</p></nav></div>",
    ),
    "Squarespace": Builder(
        "<h1 class='entry-title'>{t}</h1><figure><blockquote><span>“</span>{q}<span>”</span>"
        "</blockquote><figcaption class='source'>— Maëlle Kerouan</figcaption></figure><p>{i}</p>",
        "<li class='accordion-item'><h4><button aria-expanded='false' aria-controls='d{n}'><span>"
        "{asked}</span></button></h4><div class='accordion-item__dropdown' id='d{n}'><p>{answered}"
        "</p></div></li>",
        "<section class='item-pagination'><h2>INTRUS ?</h2></section>",
    ),
    "Bootstrap": Builder(
        "<main><h1>{t}</h1><blockquote>{q}</blockquote><p>{i}</p>",
        "<button class='accordion-header collapsed' data-bs-target='#x{n}' aria-expanded='false'>"
        "{asked}</button><div id='x{n}' class='collapse'><p>{answered}</p></div>",
        "</main>",
    ),
    "tabs": Builder(
        "<main><h1>{t}</h1><blockquote>{q}</blockquote><p>{i}</p>",
        "<div role='tab' id='t{n}' aria-selected='false'>{asked}</div>"
        "<div role='tabpanel' aria-labelledby='t{n}' hidden><p>{answered}</p></div>",
        "</main>",
    ),
    "a published notebook": Builder(
        "<div class='notion-page-block'><h1>{t}</h1></div><div class='notion-quote-block'><div>{q}"
        "</div></div><div class='notion-text-block'>{i}</div>",
        "<div class='notion-sub_header-block'><h3>{asked}</h3></div>"
        "<div class='notion-text-block'>{answered}</div>",
        "<div class='notion-callout-block'><div>💡</div><div>INTRUS</div></div>",
    ),
    "a mailing": Builder(
        "<div style='display:none'>INTRUS</div><table role='presentation'><tr><td><a>Voir la "
        "version en ligne</a></td></tr><tr><td>Si vous ne visualisez pas cet e-mail, INTRUS</td>"
        "</tr><tr><td><h1>{t}</h1><p>« {q} »</p><p>{i}</p></td></tr>",
        "<tr><td><h3>{asked}</h3></td></tr><tr><td><p>{answered}</p></td></tr>",
        "<tr><td><p>INTRUS et Cie</p><p>12 rue INTRUS, 13002 Marseille</p><p>Cet email a été "
        "envoyé à INTRUS</p><p>Vous l’avez reçu car INTRUS.</p><p><a>Se désinscrire</a> | "
        "<a>INTRUS</a></p></td></tr></table>",
    ),
    "a wiki": Builder(
        "<div class='wiki-content'><h1>{t}</h1><div class='page-metadata'>INTRUS</div><div "
        "class='information-macro'><p>INTRUS</p></div><blockquote>{q}</blockquote><p>{i}</p>",
        "<div class='expand-control' role='button' aria-controls='e{n}'>{asked}</div>"
        "<div class='expand-content' id='e{n}'><p>{answered}</p></div>",
        "</div>",
    ),
    "a reader's view": Builder(
        "<div class='reader-header'><a class='reader-domain'>intrus.INTRUS</a><h1>{t}</h1><div "
        "class='reader-credits'>INTRUS</div><div class='reader-estimated-time'>3 INTRUS</div></div>"
        "<blockquote>{q}</blockquote><p>{i}</p>",
        "<p><strong>{asked}</strong></p><p>{answered}</p>",
    ),
    "a line over the title": Builder(
        "<article><p class='article__kicker'>INTRUS</p><h1>{t}</h1><blockquote>{q}</blockquote>"
        "<div class='ez-toc-container'><p>INTRUS</p></div><p>{i}</p>",
        "<h2>{asked}</h2><p>{answered}</p>",
        "<div class='ad-slot'>INTRUS</div><div class='wp-block-embed'>INTRUS</div><div class='kg-file-card'>INTRUS</div>"
        "<div class='tr-caption'>INTRUS</div></article>",
    ),
    "terms and quotation marks of the browser": Builder(
        "<main><h1>{t}</h1><p><q>{q}</q></p><p>{i}</p><dl>",
        "<dt>{asked}</dt><dd>{answered}</dd>",
        "</dl></main>",
    ),
}


def read(folder: Path, builder: Builder) -> ParsedArticle:
    each = "".join(
        builder.each.format(n=number, asked=asked, answered=answered)
        for number, (asked, answered) in enumerate(zip(ASKED, ANSWERED, strict=True), 1)
    )
    before = builder.before.format(t=TITLE, q=QUOTE, i=INTRODUCTION)
    path = folder / "page.html"
    path.write_text(
        f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{TITLE}</title></head>"
        f"<body>{before}{each}{builder.after}</body></html>",
        encoding="utf-8",
    )
    return parsed_article_from_file(path)


@pytest.mark.parametrize("name", BUILDERS)
def test_the_interview_and_nothing_of_the_site(tmp_path: Path, name: str) -> None:
    reading = read(tmp_path, BUILDERS[name])
    article = reading.article
    assert [
        (one.question, "\n".join(paragraph.text for paragraph in one.answer))
        for one in article.exchanges
    ] == list(zip(ASKED, ANSWERED, strict=True))
    assert article.guests == ("Maëlle Kerouan",)
    assert article.quote == QUOTE
    assert article.introduction == (INTRODUCTION,)
    assert SITE not in repr(article)
    assert reading.doubtful == ()


@pytest.mark.parametrize(
    "box",
    [
        "<div class='callout'>💬 Où êtes-vous née ?</div><p>À Toulon.</p>",
        "<figure class='callout'><div>💬</div><div>Où êtes-vous née ?</div></figure>"
        "<p>À Toulon.</p>",
    ],
)
def test_a_question_may_stand_in_a_box(tmp_path: Path, box: str) -> None:
    page = f"<main><h1>{TITLE}</h1><p>{INTRODUCTION}</p>{box}{box}</main>"
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    article = parsed_article_from_file(tmp_path / "page.html").article
    assert [one.question for one in article.exchanges] == ["Où êtes-vous née ?"] * 2


@pytest.mark.parametrize("over", ["Épisode 12", "3 questions à…", "Saison 2"])
def test_a_line_over_the_title_that_counts_episodes_stays(tmp_path: Path, over: str) -> None:
    page = f"<p class='kicker'>{over}</p><h1>Maëlle Kerouan</h1><p>{INTRODUCTION}</p>"
    page += "".join(f"<h2>{one}</h2><p>{two}</p>" for one, two in zip(ASKED, ANSWERED, strict=True))
    (tmp_path / "page.html").write_text(f"<main>{page}</main>", encoding="utf-8")
    reading = parsed_article_from_file(tmp_path / "page.html")
    told = (reading.article.title, reading.article.number, reading.season)
    assert told in {
        ("Maëlle Kerouan", 12, None),
        ("3 questions à… Maëlle Kerouan", None, None),
        ("Maëlle Kerouan", None, 2),
    }


def test_links_to_headings_and_back_are_no_notes(tmp_path: Path) -> None:
    page = (
        f"<main><h1 id='top'>{TITLE}</h1><p>{INTRODUCTION}</p>"
        "<h2 id='a'><a href='#top'>1</a> Où êtes-vous née ?</h2><p>À Toulon, en 1980.</p>"
        "<h2 id='b'><a href='#top'>2</a> Et demain ?</h2><p>Ici.</p></main>"
    )
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    article = parsed_article_from_file(tmp_path / "page.html").article
    assert [one.question for one in article.exchanges] == ["Où êtes-vous née ?", "Et demain ?"]
