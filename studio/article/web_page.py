"""The adapter of beautifulsoup4: the article in a saved web page, without the boilerplate of the
site.

The page is first read from top to bottom, without the parts whose tags and class names show that
they are not the article. Then the part with the questions is found; it ends the article, and the
text before it from the title on (summary, pull quote) begins it.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from bs4 import BeautifulSoup, Tag
from bs4.element import CData, Comment, NavigableString
from typing_extensions import TypeIs

from studio.article.block import ORDINARY, ArticleBlock, Formatting, Run, blocks_from_runs
from studio.article.byline import read_byline
from studio.article.characters import clean_text, has_words
from studio.article.encoding import text_from_bytes
from studio.article.footnotes import linked_notes
from studio.article.illustration import (
    Illustration,
    missing_picture,
    picture_of_page,
)
from studio.article.linked_data import authors_in_linked_data
from studio.article.outline import is_marked
from studio.article.panels import (
    Panels,
    attribute_of,
    opened_ids,
    panels_of_page,
    put_tabs_before_panels,
    says_more_than_menu,
)
from studio.article.stylesheet import class_rules, declarations_in, formatting_with
from studio.article.tables import are_facts
from studio.article.title import (
    announces_questions,
    guests_from_title,
    names_alone,
    read_title_line,
    season_alone,
)
from studio.errors import ArticleError
from studio.messages.message import message

_DECLARED = re.compile(
    rb"<meta[^>]{0,200}?charset\s{0,9}=\s{0,9}[\"']?([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE
)
_XML_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*>")
_WRONG_BREAK = re.compile(r"</br\s*>", re.IGNORECASE)
_BODY = re.compile(r"<body\b", re.IGNORECASE)
_NEWER_TAG = re.compile(
    r"<(?:article|main|section|header|nav|aside|figure|footer|hgroup|details|dialog)\b",
    re.IGNORECASE,
)
_DEEPEST = 512  # where browsers stop too
# BeautifulSoup takes 2 kB a tag; the heaviest pages of newspapers have some 20,000 (an end tag
# counts as well).
_MAX_TAGS = 60_000
# Total number of ancestors of all blocks, which the search for the article visits several times.
_MAX_STEPS = 1_500_000
# Outside of quotation marks. libxml2 compares each attribute of a tag with those before it.
_MAX_TAG = 4_000
# This many parts of a tag, in and outside of quotation marks, are matched at once, and no
# possessive quantifier: Python before 3.11.5 matches these wrongly (CPython issue 106052).
_TAG = re.compile(r"<[A-Za-z](?:[^\"'>]+|\"[^\"]*\"|'[^']*'){0,20000}")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_SCRIPT = re.compile(r"<(script|style)\b.*?</\1", re.IGNORECASE | re.DOTALL)
# An emoji that is hidden from readers aloud, with the spaces around it.
_MAX_MARK = 100
# « saved from url=(0029)https://… » of browsers, « Page saved with SingleFile  url: https://… »
_SAVED_FROM = re.compile(
    r"\A\s*(?:saved from url=\([0-9]+\)|Page saved with SingleFile\s+url:\s*)(?P<address>https?://\S+)"
)
_COPY_TEXT = message("Copy the article's text from the browser into a .txt file.")

# Tags without text for readers; then tags whose text is the site’s and not the article’s.
_CODE = (
    "head",
    "script",
    "style",
    "noscript",
    "template",
    "svg",
    "math",
    "iframe",
    "object",
    "canvas",
)
_AROUND_TAGS = frozenset(
    [
        *[
            "nav",
            "footer",
            "aside",
            "form",
            "button",
            "input",
            "select",
            "textarea",
            "audio",
            "video",
            "dialog",
            "menu",
            "figcaption",
        ],
        *["del", "s", "time", "cite"],  # the last two are kept inside a sentence
    ]
)
_AROUND_ROLES = frozenset(
    [
        "navigation",
        "banner",
        "contentinfo",
        "complementary",
        "search",
        "dialog",
        "alertdialog",
        "menu",
        "toolbar",
    ]
)
_AROUND_NAMES = re.compile(
    r"(?:nav|menu|widget|meta|social|tags|authors?|auteure?s?|autrices?|bio|comments|hidden|breadcrumbs?|ad|ads|banner|ps)|"
    r"(?:.*[-_])?(?:navigation|navbar|breadcrumbs?|ariane|arbo|cookies?|consent|gdpr|rgpd|tarteaucitron|axeptio|didomi|onetrust|cmplz|"
    r"share|sharing|shares|sharedaddy|news-list-view|partage|partager|addtoany|sidebar|related|relatedposts|similaires?|connexes|lire-aussi|read-also|"
    r"respond|comments|newsletter|subscribe|popup|modal|preheader|footer|colophon|pagination|byline|advert|advertisement|promo|skip-link|"
    r"screen-reader-text|sr-only|visually-hidden|notes|keywords|mots-cles|[ée]tiquettes?|field-tags|article-tag|"
    r"post-(?:metadata|stats|footer|ufi)|info-publi|publisher|read(?:ing)?-?time|time-to-read|view-?counts?|"
    r"subscription|abonnement|cta|sign-?up|(?:bookmark|embed|file|product)-card|block-embed|hs-cta|"
    r"meta|hyperlien|follow(?:-(?:us|block|buttons?|links?))?|bookmark|"
    r"form-(?:done|fail|success|error)|(?:success|error)-message|"
    # Lists of other articles.
    r"query|(?:latest|recent|more|other|similar)-(?:posts?|articles?|stories)|post-template|"
    r"(?:posts?|articles?|blog)-(?:list|grid|feed|loop|carousel)|widget-(?:loop-grid|posts)|dyn-list|"
    r"summary-(?:block|v2-block|item)|read-(?:more|next)|next-(?:post|article)|recommended|recommendations?|recommandations?|suggestions?|"
    r"speechify-ignore|to-do-list|socials|ads?|ad[-_](?:slot|unit|zone|container|wrapper)|adsbygoogle|publicit[ée]|toc|table-of-contents|estimated-time|reader-(?:domain|credits)|page-metadata|information-macro|tr-caption|catcher|inread|paywall|"
    r"(?:entry|post|article|node|item|blog|news|story)[-_]{0,2}(?:meta|infos?|tags|date|author|auteurs?|signatures?|nav)|posted-on|field(?:__|-)label(?![-_])|doc_(?:titre|descriptif|credits)|(?:cat|tags?)-(?:links|line)|"
    r"(?:post|article|entry|page|main|share)[-_](?:[a-z]+[-_])?actions|"
    r"citation-box|cite-this|how-to-cite|(?:suite|site|top|main)[-_]nav|"
    r"saboxplugin|authors?[-_]?(?:box(?:es)?|bio|info|card|name|profile|details|avatar)|user-name|wp-caption-text|l[ée]gende|encadr[ée]|encart|infobox|likes?|reactions?|(?:twitter|instagram|tiktok|bluesky)-(?:tweet|media|embed)|(?:image|photo|picture|img|figure|media)[-_]{0,2}(?:caption|legend|legende|credits?)|"
    r"comments?-(?:area|list|form|respond|wrapper|section|thread|block|body|content|author)|social[-_](?:icons?|links?|share|media))(?:[-_].*)?",
    re.IGNORECASE,
)
_DATE_NAMES = re.compile(
    r"(?:.*[-_])?(?:dates?|timestamp|time-ago|publish-?date|story-?publish-?date)(?:[-_].*)?",
    re.IGNORECASE,
)
# A line over the title: a section of the site, unless it is the show or the episode's number.
_KICKER_NAMES = re.compile(
    r"(?:.*[-_])?(?:kicker|eyebrow|overline|surtitre|rubrique|categor(?:y|ies)|cat[ée]gories?"
    r"|taxonomy|post-terms)(?:[-_].*)?",
    re.IGNORECASE,
)
_DESCRIPTION_NAMES = re.compile(r"(?:.*[-_])?(?:desc(?:ription)?|alt)(?:[-_].*)?", re.I)
_MAX_LEGEND = 200  # characters
_MAX_KICKER = 60
_MAX_FORM = 250  # characters of a box in which readers subscribe
_MAX_FORMS = 20
_FRAME_TAGS = frozenset({"html", "body", "main", "article"})
# A box with an icon: under a question it is the site's or the writers' own; a question may be in
# one.
_BOX_NAMES = re.compile(r"(?:.*[-_])?callout(?:[-_].*)?", re.IGNORECASE)
# A frame of the page (« has-sidebar ») or a page in one form is kept: a part with this share of all
# letters is content.
_SHARE_OF_ORNAMENTS = 0.4

_PARAGRAPHS = frozenset(
    [
        *[
            "address",
            "article",
            "blockquote",
            "body",
            "center",
            "dd",
            "details",
            "div",
            "dl",
            "dt",
            "fieldset",
            "figure",
            "header",
            "hgroup",
        ],
        *[
            "hr",
            "html",
            "li",
            "main",
            "ol",
            "p",
            "pre",
            "section",
            "summary",
            "table",
            "tbody",
            "td",
            "tfoot",
            "th",
            "thead",
            "tr",
            "ul",
        ],
    ]
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_QUOTATION_NAMES = re.compile(
    r"(?:.*[-_])?(?:pull-?quote|blockquote|quote-block|exergue|citation|testimonial)(?:[-_].*)?",
    re.IGNORECASE,
)
_BUTTON_NAMES = re.compile(
    r"(?:.*[-_]|mcn)?(?:button|btn|cta)(?:[-_](?:link|primary|secondary|text|wrapper)|__link)?",
    re.IGNORECASE,
)
_NOTES_NAMES = re.compile(
    r"(?:.*[-_])?(?:footnotes?|endnotes?|notes-de-bas-de-page)(?:[-_].*)?|MsoCommentReference",
    re.IGNORECASE,
)
_NOTES_ROLES = frozenset(
    {"doc-footnote", "doc-endnotes", "doc-endnote", "doc-noteref", "doc-backlink"}
)
_PANEL_NAMES = re.compile(
    r"(?:.*[-_])?(?:accordion|accordeon|collapse|collapsible|panel|toggle|faq|answer|reponse|tab-content|tab-pane|spoiler)(?:[-_].*)?",
    re.IGNORECASE,
)
_DATE_LINE = re.compile(
    r"\W*(?:publiée?|mise? à jour|mise? en "
    r"ligne|modifiée?|postée?|posted|updated|published|le|par|écrit)\b[^.!?]{0,80}",
    re.IGNORECASE,
)
# A note's mark in superscript: « 1 », « [2] », « (a) », « * ». « 1er » and « m² » have a letter in
# it, or a short unit before it.
_NOTE_MARK = re.compile(r"\s*[\[(]?(?:[0-9]{1,3}|[*†‡]{1,3}|(?<=[\[(])[a-z])[\])]?\s*")
_UNIT = re.compile(r"(?:^|[^\w])[a-zµ]{1,2}$", re.IGNORECASE)
# This many letters at the end of a paragraph tell whether a unit is there; spaces after it are
# looked over, this many at most.
_END_LETTERS, _END_SPACES = 4, 100
# What Word keeps of comments is hidden from readers too.
_HIDDEN_STYLE = re.compile(
    r"(?:display\s*:\s*none|visibility\s*:\s*hidden|mso-element\s*:\s*comment)", re.IGNORECASE
)
_DIGITS = re.compile(r"[0-9]+")
# « relatedPosts », but not « psK3f », which a program made up.
_WORDS_JOINED = re.compile(r"[A-Za-z][a-z]{2,}(?:[A-Z][a-z]{2,})+")
_INNER_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NAMING = (
    "class",
    "id",
    "itemprop",
    "data-hook",
    "data-testid",
    "data-test-id",
    "data-automation-id",
    "rel",
)
# « # », « ¶ », « 🔗 » beside a heading, which lead to it.
_MAX_ANCHOR = 3
_SITE_NAME = re.compile(r"\s+[|•·»–—-]\s+[^|•·»–—]{1,60}$")

# Whom the text of the page says to have written it, as builders of sites mark it; and the row of a
# notebook's table.
_AUTHORS = (
    "[rel~=author], [itemprop=author], [class*=author], [class*=auteur], [class*=byline] a, "
    "[class*=byline] span, "
    "[data-hook=user-name], .reader-credits, [class*=createdby], [class*=created-by], "
    "[class*=signature], [class*=meta] a[href*='/author/'], [class*=meta] a[href*='/auteur/'], "
    "tr:has(> th:-soup-contains('Auteur')) > td, tr:has(> th:-soup-contains('Autrice')) > td"
)
_MAX_AUTHORS = 20
# Who wrote something else on the page.
_OF_OTHERS = re.compile(r"comment|related|similaire|recent|sidebar|footer|reply", re.IGNORECASE)
_FRAMES = "article, main, [role=main], [itemprop=articleBody]"
_MAX_CALL = 120  # characters of a link that is all of a paragraph
_SHARE_OF_FRAME = 0.5
_SHARE_OF_TEXT = 0.85


class _TagFormatting(NamedTuple):
    """The formatting of text at one place of the page."""

    type: Formatting = ORDINARY
    linked: bool = False
    listed: bool = False
    item: bool = False
    tabular: bool = False
    boxed: bool = False
    level: int | None = None
    quoted: bool = False
    preformatted: bool = False


Rules = Mapping[str, Mapping[str, str]]
"""Class name → what the page's style sheet declares for it."""


@dataclass(frozen=True, slots=True)
class _Found:
    """One block, the tags that it is in (outermost first), and how many of its characters are not
    in links.
    """

    block: ArticleBlock
    path: tuple[Tag, ...]
    letters: int


def blocks_from_page(content: bytes, where: object) -> list[ArticleBlock]:
    """The blocks of the article in an HTML page.

    :raises ArticleError: the bytes are no text, or nested as no page is.
    """
    page = _parsed(content, where)
    titles = _page_titles(page)
    rules = class_rules(sheet.get_text() for sheet in page.find_all("style"))
    for tag in page.find_all(_CODE):
        tag.decompose()
    put_tabs_before_panels(page)
    found = list(_read(page, rules, where))
    blocks = _article_blocks(found, set(map(id, page.select(_FRAMES))))
    if not blocks or not titles or any(map(_is_title, blocks)):
        return blocks
    shown = next(
        (index for index, block in enumerate(blocks) if block.text == titles[0].text), None
    )
    return [*titles, *blocks] if shown is None else [*blocks[:shown], *titles, *blocks[shown + 1 :]]


def surroundings_of_page(content: bytes, path: Path) -> tuple[str, Illustration | None, str, str]:
    """The address of a saved page, the article's picture if it was saved too, else its file name;
    and the author in the page's head.
    """
    page = _parsed(content, path)
    picture = picture_of_page(page, path)
    missing = "" if picture is not None else missing_picture(page)
    return _address_of_page(page), picture, missing, _author_of_page(page)


def _author_of_page(page: BeautifulSoup) -> str:
    """One whole name; not « admin » or the name of the site."""
    heads = (page.find("meta", attrs={"name": name}) for name in ("author", "twitter:data1"))
    contents = [str(tag.get("content", "")) for tag in heads if isinstance(tag, Tag)]
    scripts = page.find_all("script", type="application/ld+json")
    contents += authors_in_linked_data(script.get_text() for script in scripts)
    contents += (
        tag.get_text(" ")
        for tag in page.select(_AUTHORS, limit=_MAX_AUTHORS)
        if not any(map(_is_of_others, (tag, *tag.parents)))
    )
    for text in map(clean_text, contents):
        names = names_alone(read_byline(text) or text)
        if len(names) == 1:
            return names[0]
    return ""


def _is_of_others(tag: Tag) -> bool:
    # The foot of the article itself, and no class below it, may name its author: « p-author » is a
    # microformat's.
    if tag.name == "footer":
        return tag.select_one(".p-author") is None or tag.find_parent("article") is None
    return tag.name == "aside" or (
        tag.name not in {"html", "body"} and any(map(_OF_OTHERS.search, _names(tag)))
    )


def _parsed(content: bytes, where: object) -> BeautifulSoup:
    declared = _DECLARED.search(content)
    text = text_from_bytes(
        content, where, declared=declared[1].decode("ascii") if declared else None
    )
    _check_tags(text, where)
    # lxml forgets a « </br> », which browsers show as a line break; nothing outside the file is
    # ever read.
    text = _WRONG_BREAK.sub("<br>", _XML_DECLARATION.sub("", text))
    # A page may leave <body> out (HTML, 13.1.2.4); lxml would keep in the head what begins with a
    # tag that it does not know.
    if _BODY.search(text) is None:
        text = _NEWER_TAG.sub(lambda tag: f"<body>{tag[0]}", text, count=1)
    return BeautifulSoup(text, "lxml")


def _check_tags(text: str, where: object) -> None:
    """Refuse a document with far more tags than a page, before it is processed.

    :raises ArticleError: there are too many tags, or one of too many attributes.
    """
    if text.count("<") > _MAX_TAGS:
        text = _SCRIPT.sub("", text)
    too_many = text.count("<") > _MAX_TAGS
    if too_many or any(
        len(tag[0]) > _MAX_TAG and len(_QUOTED.sub("", tag[0])) > _MAX_TAG
        for tag in _TAG.finditer(text)
    ):
        raise ArticleError(
            where, message("has far more tags than the page of an article"), _COPY_TEXT
        )


def _is_title(block: ArticleBlock) -> bool:
    return (
        block.level == 1
        or read_title_line(block.text) is not None
        or announces_questions(block.text)
        or (block.level is not None and bool(guests_from_title(block.text)))
    )


def _page_titles(page: BeautifulSoup) -> list[ArticleBlock]:
    """The title that the page's head gives, without the site's name at its end."""
    shared = page.find("meta", property="og:title")
    title = (
        str(shared.get("content") or "") if shared else page.title.get_text() if page.title else ""
    )
    return list(
        blocks_from_runs(
            [(_SITE_NAME.sub("", clean_text(title)), ORDINARY)], message("page title"), level=1
        )
    )


def _is_note_sign(node: Tag, runs: Sequence[tuple[str, _TagFormatting]]) -> bool:
    """Whether this is the raised sign of a footnote, after what was read of the paragraph."""
    if node.name not in {"a", "sup"}:
        return False
    before = _end_of(runs)
    if node.name == "a" and attribute_of(node, "href").startswith("#"):
        # Some sites raise it by their style sheets.
        return before[-1:].isalpha() and _DIGITS.fullmatch(node.get_text()) is not None
    return node.name == "sup" and _is_note_mark(node, before)


def _end_of(runs: Sequence[tuple[str, _TagFormatting]]) -> str:
    """The end of a paragraph: at least a unit, and a letter before any spaces."""
    found = ""
    for text, _ in reversed(runs):
        found = f"{text}{found}"
        if len(found.strip()) >= _END_LETTERS or len(found) > _END_SPACES:
            break
    return found


def _begins_note(
    node: Tag, runs: Sequence[tuple[str, _TagFormatting]], signs: Container[str]
) -> bool:
    """Whether a paragraph that begins with this is a footnote: a raised sign that follows a word
    above.
    """
    return (
        node.name == "sup"
        and not any(has_words(text) for text, _ in runs)
        and node.get_text().strip() in signs
    )


def _read(page: BeautifulSoup, rules: Rules, where: object) -> Iterator[_Found]:
    """Every block of the page in order."""
    return _PageReader(page, rules, where).blocks()


class _PageReader:
    """Traverses a page in order, with its own stack, because pages may be nested deeper than
    Python's recursion limit.
    """

    def __init__(self, page: BeautifulSoup, rules: Rules, where: object) -> None:
        self._rules, self._where = rules, where
        self._letters_of = _text_lengths(page)
        self._all_letters = self._letters_of[id(page)]
        self._panels = panels_of_page(page)._replace(forms=_forms(page, self._letters_of))
        self._notes = linked_notes(page)
        # The open tags, each with its remaining children and the look of text in it.
        self._stack: list[tuple[Tag, Iterator[object], _TagFormatting]] = [
            (page, iter(page.children), _TagFormatting())
        ]
        # The text of the current paragraph.
        self._runs: list[tuple[str, _TagFormatting]] = []
        self._count = self._steps = 0
        self._asked = self._in_note = False
        self._signs: set[str] = set()

    def blocks(self) -> Iterator[_Found]:
        """Every block of the page; call it once."""
        while self._stack:
            tag, children, look = self._stack[-1]
            node = next(children, None)
            # The end of a tag ends its paragraph, or its quotation.
            if node is None:
                if _breaks(tag):
                    yield from self._paragraph()
                elif tag.name == "q":
                    self._runs.append((" »", look))
                self._stack.pop()
            # Text joins the paragraph; a line break in the source is a space, except in <pre>.
            elif _is_text(node):
                text = str(node)
                if not look.preformatted:
                    text = text.replace("\n", " ").replace("\r", " ")
                self._runs.append((text, look))
            elif _is_tag(node):
                yield from self._begin(node, look)

    def _begin(self, node: Tag, look: _TagFormatting) -> Iterator[_Found]:
        """Begin a tag: yields the text that it adds, or the tag itself with its children."""
        if node.name == "br":
            self._runs.append(("\n", look))
        elif node.name == "img":
            self._runs.append((_emoji(node), look))
        elif _begins_note(node, self._runs, self._signs):
            self._in_note = True
        elif id(node) in self._notes or (self._asked and _is_box(node)):
            pass
        elif _is_note_sign(node, self._runs):
            self._signs.add(node.get_text().strip())
        # Only boilerplate is skipped.
        elif not _is_around(
            node, look, self._letters_of[id(node)], self._all_letters, self._panels
        ):
            if len(self._stack) > _DEEPEST:
                raise self._too_deep()
            if _breaks(node):
                yield from self._paragraph()
            elif node.name == "q":
                self._runs.append(("« ", look))
            self._stack.append((node, iter(node.children), _look_inside(node, look, self._rules)))

    def _paragraph(self) -> Iterator[_Found]:
        """The blocks of the text so far; a footnote's text is dropped."""
        runs = self._runs
        if self._in_note:
            runs.clear()
            self._in_note = False
        if has_words("".join(text for text, _ in runs)) or any(
            is_marked(text.strip()) for text, _ in runs
        ):
            self._count += 1
            path = tuple(tag for tag, _, _ in self._stack)
            self._steps += len(path)
            if self._steps > _MAX_STEPS:
                raise self._too_deep()
            for found in _blocks_of_paragraph(runs, path, self._count):
                self._asked = self._asked or found.block.text.endswith("?")
                yield found
        runs.clear()

    def _too_deep(self) -> ArticleError:
        return ArticleError(self._where, message("is nested deeper than any page"), _COPY_TEXT)


def _blocks_of_paragraph(
    runs: Sequence[tuple[str, _TagFormatting]], path: tuple[Tag, ...], count: int
) -> Iterator[_Found]:
    """The blocks of one paragraph of the page, the ``count``-th that has words."""
    letters = sum(len(clean_text(text)) for text, look in runs if not look.linked)
    level = next((look.level for _, look in runs if look.level is not None), None)
    plain_runs: list[Run] = [(text, look.type) for text, look in runs]
    looks = [look for _, look in runs]
    for block in blocks_from_runs(
        plain_runs,
        message("paragraph {count}", count=count),
        level=level,
        quoted=any(look.quoted for look in looks),
        listed=any(look.listed for look in looks),
        item=any(look.item for look in looks),
        tabular=any(look.tabular for look in looks),
        boxed=any(look.boxed for look in looks),
    ):
        yield _Found(block, path, letters)


def _text_lengths(page: BeautifulSoup) -> dict[int, int]:
    """How many characters are inside each tag, by the tag's id. One walk: to ask each tag for its
    text would take a nested page minutes.
    """
    lengths = {id(page): 0}
    tags: list[Tag] = [page]
    for node in page.descendants:
        if _is_tag(node):
            lengths[id(node)] = 0
            tags.append(node)
        elif _is_text(node):
            lengths[id(node.parent)] += len(str(node))
    for tag in reversed(tags[1:]):  # children come after their parent
        lengths[id(tag.parent)] += lengths[id(tag)]
    return lengths


def _is_text(node: object) -> bool:
    return type(node) in {NavigableString, CData}


def _is_tag(node: object) -> TypeIs[Tag]:
    return isinstance(node, Tag)


def _breaks(tag: Tag) -> bool:
    """Whether text before and after the tag's edge belongs to different paragraphs."""
    return tag.name in _PARAGRAPHS or tag.name in _HEADINGS


def _look_inside(tag: Tag, look: _TagFormatting, rules: Rules) -> _TagFormatting:
    type_ = look.type
    role = attribute_of(tag, "role")
    # First what the tag itself means; then its classes, and last its own style, as in CSS.
    opens = role == "tab" or ((tag.name == "button" or role == "button") and bool(opened_ids(tag)))
    if opens or tag.name in {"b", "strong", "dt", "summary"}:
        type_ = type_._replace(bold=True)
    elif tag.name in {"i", "em"}:
        type_ = type_._replace(italic=True)
    elif tag.name in {"u", "ins"}:
        type_ = type_._replace(underlined=True)
    elif tag.name in {"small", "big"}:
        type_ = type_._replace(size=tag.name)
    elif tag.name == "mark":
        type_ = type_._replace(highlight="mark")
    elif tag.name == "font":
        said = {"color": attribute_of(tag, "color"), "font-size": attribute_of(tag, "size")}
        type_ = formatting_with(
            type_, {name: value.lower() for name, value in said.items() if value}
        )
    for name in attribute_of(tag, "class").split():
        if name in rules:
            type_ = formatting_with(type_, rules[name])
    type_ = formatting_with(type_, declarations_in(attribute_of(tag, "style")))
    if named := _named(tag):
        type_ = type_._replace(named=named)
    return _TagFormatting(
        type=type_,
        linked=look.linked or (tag.name == "a" and attribute_of(tag, "href")[:1] not in {"", "#"}),
        listed=(
            look.listed or (tag.name == "li" and tag.parent is not None and tag.parent.name == "ol")
        )
        and tag.name != "ul",
        item=look.item or tag.name == "li",
        boxed=look.boxed or _is_box(tag),
        tabular=look.tabular or (tag.name == "table" and _is_data(tag)),
        level=_HEADINGS.get(tag.name, look.level),
        quoted=look.quoted
        or tag.name == "blockquote"
        or any(map(_QUOTATION_NAMES.fullmatch, _names(tag))),
        preformatted=look.preformatted or tag.name == "pre",
    )


def _named(tag: Tag) -> str:
    """The classes of a tag, without counters; for a table's cell, its column."""
    if tag.name in {"td", "th"}:
        return f"column {len(tag.find_previous_siblings(['td', 'th'])) + 1}"
    return _DIGITS.sub("", attribute_of(tag, "class"))


def _is_data(table: Tag) -> bool:
    """Whether a table holds facts, and does not only lay out the page: its author says so, or does
    not say it, and words are in several rows and columns of it.
    """
    if attribute_of(table, "role") in {"presentation", "none"} or table.find("table") is not None:
        return False
    rows = [
        [clean_text(cell.get_text(" ")) for cell in row.find_all(["td", "th"])]
        for row in table.find_all("tr")
    ]
    has_heads = table.find(["th", "caption"]) is not None
    return are_facts(rows, has_heads=has_heads)


def _is_note_mark(sup: Tag, before: str) -> bool:
    """Whether raised text is a footnote's mark: it links to one, or is a number after a word («
    Medinsoft¹ », but « m² »).
    """
    text = sup.get_text()
    if _NOTE_MARK.fullmatch(text) is None:
        return False
    return sup.find("a") is not None or (
        bool(before.strip()) and _UNIT.search(before.rstrip()) is None
    )


def _is_around(
    tag: Tag, look: _TagFormatting, letters: int, all_letters: int, panels: Panels
) -> bool:
    """Whether the tag contains parts of the site or hidden content instead of the article."""
    if tag.name in _FRAME_TAGS:
        return False
    if tag.name == "button" and (look.level is not None or _opens_panel(tag, panels)):
        return False  # the heading of an accordion
    if tag.name == "nav" and attribute_of(tag, "id") in panels.asked:
        return False  # its answer, as some builders of sites mark the lists that drop down
    if tag.name == "cite" and not look.quoted:
        return False
    if tag.name == "a" and look.level is not None and _is_anchor(tag):
        return True
    if tag.name == "time" and _is_in_sentence(tag):
        return False
    if tag.name == "div" and attribute_of(tag, "title") in {"header", "footer"}:
        return True  # as LibreOffice saves headers and footers
    names = _names(tag)
    if any(map(_NOTES_NAMES.fullmatch, names)) or attribute_of(tag, "role") in _NOTES_ROLES:
        return True
    suspect = (
        tag.name in _AROUND_TAGS
        or (letters <= _MAX_LEGEND and _is_legend(tag, names))
        or (any(map(_DATE_NAMES.fullmatch, names)) and not _is_in_sentence(tag))
        or attribute_of(tag, "role") in _AROUND_ROLES
        or any(_AROUND_NAMES.fullmatch(name) for name in names if name != "hidden")
        or (letters <= _MAX_KICKER and _is_kicker(tag, names))
        or id(tag) in panels.forms
        or (
            tag.name in {"a", "div", "p", "span"}
            and any(map(_BUTTON_NAMES.fullmatch, names))
            and not _answers(tag, panels)
        )
        or (
            attribute_of(tag, "role") == "button"
            and look.level is None
            and not tag.has_attr("aria-controls")
            and "?" not in tag.get_text()
        )
        or (_is_hidden(tag) and not _answers(tag, panels))
    )
    return suspect and letters < _SHARE_OF_ORNAMENTS * all_letters


def _opens_panel(button: Tag, panels: Panels) -> bool:
    """Whether a button opens a panel of the text and contains a question, more than « Menu »."""
    return not panels.asked.isdisjoint(opened_ids(button)) and says_more_than_menu(button)


def _forms(page: BeautifulSoup, letters_of: Mapping[int, int]) -> frozenset[int]:
    """The ids of the boxes around a form in which readers leave their e-mail address: the largest
    that hold little else, and no question.
    """
    boxes = set()
    for field in page.select("form input[type=email]", limit=_MAX_FORMS):
        parents = itertools.takewhile(
            lambda tag: letters_of[id(tag)] <= _MAX_FORM and tag.name not in _FRAME_TAGS,
            field.parents,
        )
        box = next(reversed(list(parents)), None)
        if box is not None and "?" not in box.get_text():
            boxes.add(id(box))
    return frozenset(boxes)


def _is_kicker(tag: Tag, names: Sequence[str]) -> bool:
    """Whether a line over the title names a section of the site: « Économie »."""
    if not any(map(_KICKER_NAMES.fullmatch, names)):
        return False
    text = clean_text(tag.get_text())
    return not (
        text.endswith("?")
        or read_title_line(text)
        or announces_questions(text)
        or season_alone(text) is not None
    )


def _is_legend(tag: Tag, names: Sequence[str]) -> bool:
    """Whether a tag describes the picture beside it, in a box that holds both and nothing else."""
    box = tag.parent
    return (
        any(map(_DESCRIPTION_NAMES.fullmatch, names))
        and box is not None
        and box.find("img") is not None
        and clean_text(box.get_text()) == clean_text(tag.get_text())
        and "?" not in tag.get_text()
    )


def _is_box(tag: Tag) -> bool:
    """Whether the tag is a box beside the text, and holds no question."""
    if not any(map(_BOX_NAMES.fullmatch, _names(tag))):
        return False
    text = clean_text(tag.get_text())
    return not text.endswith("?") and not is_marked(text)


def _is_anchor(link: Tag) -> bool:
    """Whether a link is only an anchor sign of the heading beside it."""
    text = "".join(itertools.islice(link.stripped_strings, 2))
    return (
        len(text) <= _MAX_ANCHOR
        and not has_words(text)
        and not is_marked(text)
        and "#" in attribute_of(link, "href")
    )


def _is_hidden(tag: Tag) -> bool:
    return (
        tag.has_attr("hidden")
        or _HIDDEN_STYLE.search(attribute_of(tag, "style")) is not None
        or "hidden" in _names(tag)
        or (attribute_of(tag, "aria-hidden") == "true" and not _is_lone_mark(tag))
    )


def _is_lone_mark(tag: Tag) -> bool:
    """Whether a tag holds only the mark of a question. Only its first strings are read: to ask each
    tag of a nested page for its text would take minutes.
    """
    text = "".join(itertools.islice(tag.stripped_strings, 2))
    return len(text) < _MAX_MARK and is_marked(text)


def _answers(tag: Tag, panels: Panels) -> bool:
    """Whether a hidden part is a panel that readers open: something opens it, or it is called so,
    or a question comes before it.
    """
    if (
        attribute_of(tag, "id") in panels.ids
        or attribute_of(tag, "role") == "tabpanel"
        or any(map(_PANEL_NAMES.fullmatch, _names(tag)))
    ):
        return True
    before = tag.find_previous_sibling()
    if before is None and tag.parent is not None and tag.name not in _HEADINGS:
        before = tag.parent.find_previous_sibling() if _is_hidden(tag.parent) else None
    return (
        before is not None and _is_heading(before) and clean_text(before.get_text()).endswith("?")
    )


def _is_heading(tag: Tag) -> bool:
    """Whether a tag is a heading of any kind, not a paragraph that happens to end with « ? »."""
    heads = ["dt", "summary", "button", "b", "strong", "a", *_HEADINGS]
    if (
        tag.name in heads
        or tag.has_attr("aria-expanded")
        or any(map(_PANEL_NAMES.fullmatch, _names(tag)))
    ):
        return True
    text = clean_text(tag.get_text())
    return any(clean_text(inner.get_text()) == text for inner in tag.find_all(heads))


def _is_in_sentence(tag: Tag) -> bool:
    """Whether a date stands among other words of its paragraph, and these do not only say when the
    page was published.
    """
    paragraph = tag.find_parent(["p", "li", "blockquote", "td", "dd", *_HEADINGS])
    if paragraph is None:
        return False
    others = clean_text(paragraph.get_text().replace(tag.get_text(), " "))
    return has_words(others) and _DATE_LINE.fullmatch(others) is None


def _names(tag: Tag) -> list[str]:
    """The names of a tag: its classes, its id, its data attributes of site builders; «
    relatedPosts » also as « related-Posts ».
    """
    names = " ".join(attribute_of(tag, name) for name in _NAMING).split()
    return names + [
        _INNER_CAPITAL.sub("-", name) for name in names if _WORDS_JOINED.fullmatch(name)
    ]


def _emoji(image: Tag) -> str:
    """The emoji that a site shows as a picture, else empty."""
    alternative = attribute_of(image, "alt").strip()
    return alternative if alternative and not has_words(alternative) else ""


def _article_blocks(found: Sequence[_Found], frames: set[int]) -> list[ArticleBlock]:
    """The blocks from the beginning of the article's frame, or its title, to the end of the part
    with its questions and answers.
    """
    letters: Counter[int] = Counter()
    for item in found:
        for tag in item.path:
            letters[id(tag)] += item.letters
    total = sum(item.letters for item in found)
    marked = [index for index, item in enumerate(found) if is_marked(item.block.text)]
    if marked:
        text = _common_path([found[index].path for index in marked])
        # A question alone is not a part of the page: go up until it has an answer.
        while len(text) > 1 and not any(_is_in(item, text) for item in found[marked[-1] + 1 :]):
            text = text[:-1]
    else:
        text = _densest_path(found, letters, frames, total)
    inside = [index for index, item in enumerate(found) if _is_in(item, text)]
    if not inside:
        return []
    begin = inside[0]
    frame = next(
        (text[:depth] for depth in range(len(text), 0, -1) if id(text[depth - 1]) in frames), None
    )
    if frame:
        begin = next(index for index, item in enumerate(found) if _is_in(item, frame))
    if not any(_is_title(item.block) for item in found[begin : inside[-1] + 1]):
        begin = next(
            (index for index in range(begin - 1, -1, -1) if _is_title(found[index].block)), begin
        )
    # Links only, before the text (categories, breadcrumbs), are the site's.
    before = [
        item.block
        for item in found[begin : inside[0]]
        if item.letters or item.block.level is not None
    ]
    return [*before, *_without_calls([found[index] for index in inside])]


def _without_calls(found: Sequence[_Found]) -> list[ArticleBlock]:
    """The blocks without short ones that are a link and nothing else: calls to go elsewhere. One
    under a question answers it.
    """
    kept: list[ArticleBlock] = []
    for item in found:
        block = item.block
        is_call = (
            not item.letters
            and block.level is None
            and len(block.text) <= _MAX_CALL
            and not block.text.endswith(("?", ":"))
            and not is_marked(block.text)
            and not names_alone(block.text)  # the speaker is under it
        )
        above = kept[-1] if kept else None
        if not is_call or not above or above.text.endswith("?") or above.level or above.bold:
            kept.append(block)
    return kept


def _densest_path(
    found: Sequence[_Found], letters: Counter[int], frames: set[int], total: int
) -> tuple[Tag, ...]:
    """Down from the frame of the article, or the page, to the smallest part that has nearly all of
    its words.
    """
    paths = {
        id(item.path[depth]): item.path[: depth + 1]
        for item in found
        for depth in range(len(item.path))
    }
    inside: dict[int, list[tuple[Tag, ...]]] = {}
    for path in paths.values():
        inside.setdefault(id(path[-2]) if len(path) > 1 else 0, []).append(path)
    framed = [
        path
        for tag, path in paths.items()
        if tag in frames and letters[tag] >= _SHARE_OF_FRAME * total
    ]
    densest = max(framed, key=len, default=found[0].path[:1] if found else ())
    while densest:
        part = max(
            inside.get(id(densest[-1]), []), key=lambda path: letters[id(path[-1])], default=()
        )
        if not part or letters[id(part[-1])] < _SHARE_OF_TEXT * letters[id(densest[-1])]:
            break
        densest = part
    return densest


def _common_path(paths: Sequence[tuple[Tag, ...]]) -> tuple[Tag, ...]:
    """The common ancestors of all of these, outermost first."""
    depth = 0
    for tags in zip(*paths, strict=False):
        if any(tag is not tags[0] for tag in tags):
            break
        depth += 1
    return paths[0][:depth]


def _is_in(item: _Found, path: tuple[Tag, ...]) -> bool:
    return len(item.path) >= len(path) > 0 and item.path[len(path) - 1] is path[-1]


def _address_of_page(page: BeautifulSoup) -> str:
    """The address of a saved page: its canonical one, else the one that the saving program wrote
    before it.
    """
    canonical = page.find("link", rel="canonical")
    shared = page.find("meta", property="og:url")
    exported = page.select_one("a.p-canonical[href]")
    for tag, name in ((canonical, "href"), (shared, "content"), (exported, "href")):
        address = str(tag.get(name) or "").strip() if tag else ""
        if re.match(r"https?://[^\s/]+\.[^\s/]", address):
            return address
    saved = (_SAVED_FROM.search(note) for note in page.find_all(string=_is_comment))
    return next((match["address"] for match in saved if match), "")


def _is_comment(text: object) -> bool:
    return isinstance(text, Comment)
