"""A newsletter block, as HTML for mail programs and as plain text."""

from __future__ import annotations

from html import escape

from studio.announce.posts import timestamped_address
from studio.announce.sourced_lines import Material, SourcedLine
from studio.model.record import Record

# Most mail programs only support inline styles.
_FONT = "font-family:Georgia,serif;color:#1d2329"
_WIDTH_PX = 600


class Newsletter(Record, frozen=True):
    """The block in both formats, and its sentences with their sources."""

    html: str
    text: str
    lines: tuple[SourcedLine, ...]


def newsletter_from_material(
    material: Material, *, page: str, card: str, show: str, language: str
) -> Newsletter:
    """The block: picture, title, quote, introduction, questions, each with a link to the episode.

    :param page: the address of the episode's page; ``card`` of its share card.
    :param show: the show's name; ``language`` its language.
    """
    quote = material.quote or next(iter(material.spoken), None)
    link = timestamped_address(page, None if quote is None else quote.start_ms)
    texts = [material.title, *([quote] if quote else []), *material.introduction]
    texts += [*material.questions, *([material.notice] if material.notice else [])]
    # Styles are inline, because mail programs drop style sheets.
    parts = [
        f'<a href="{escape(page)}"><img src="{escape(card)}" alt="{escape(material.title.text)}" '
        f'width="{_WIDTH_PX}" style="display:block;width:100%;max-width:{_WIDTH_PX}px;height:auto;'
        'border:0"></a>',
        f'<p style="margin:16px 0 4px;font:14px sans-serif;color:#565f68">{escape(show)}</p>',
        f'<h2 style="margin:0 0 12px;font-size:24px;line-height:1.25">'
        f'<a href="{escape(page)}" style="color:#20368f">{escape(material.title.text)}</a></h2>',
    ]
    if quote:
        parts.append(
            f'<p style="margin:0 0 12px;font-size:19px;font-style:italic">'
            f'<a href="{escape(link)}" style="color:#b23a1a">{escape(quote.text)}</a></p>'
        )
    if material.introduction:
        sentences = " ".join(escape(line.text) for line in material.introduction)
        parts.append(f'<p style="margin:0 0 12px;font-size:17px;line-height:1.5">{sentences}</p>')
    if material.questions:
        rows = "".join(
            f'<li><a href="{escape(timestamped_address(page, line.start_ms))}" '
            f'style="color:#20368f">'
            f"{escape(line.text)}</a></li>"
            for line in material.questions
        )
        parts.append(f'<ul style="margin:0 0 12px;padding-left:20px;font-size:17px">{rows}</ul>')
    if material.notice:
        parts.append(f'<p style="margin:0;font-size:14px">{escape(material.notice.text)}</p>')
    body = "\n  ".join(parts)
    text = [show, material.title.text, *([quote.text] if quote else [])]
    text += [" ".join(line.text for line in material.introduction)]
    text += ["\n".join(f"– {line.text}" for line in material.questions)]
    text += [*([material.notice.text] if material.notice else []), link]
    return Newsletter(
        html=f'<div lang="{escape(language)}" style="max-width:{_WIDTH_PX}px;{_FONT}">\n  '
        f"{body}\n</div>\n",
        text="\n\n".join(filter(None, text)) + "\n",
        lines=tuple(texts),
    )
