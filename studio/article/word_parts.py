"""Parts of a Word document that are not part of its text: tables of contents, form prompts, text
boxes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from docx.oxml.xmlchemy import BaseOxmlElement

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_CONTENTS = frozenset({"Table of Contents", "Table of Figures", "Bibliographies"})


def is_contents(paragraph: BaseOxmlElement, style_names: list[str]) -> bool:
    """Whether a paragraph is a line of a table of contents, by its style or the part that it is
    in.
    """
    if any(name.lower().startswith(("toc ", "tm ", "contents ")) for name in style_names):
        return True
    galleries = (
        control.find(f"{_W}sdtPr/{_W}docPartObj/{_W}docPartGallery")
        for control in paragraph.iterancestors()
        if control.tag == f"{_W}sdt"
    )
    return any(
        gallery is not None and gallery.get(f"{_W}val") in _CONTENTS for gallery in galleries
    )


def is_prompt(element: BaseOxmlElement) -> bool:
    """Whether an element is a content control that still shows what to type into it."""
    control = (
        element
        if element.tag == f"{_W}sdt"
        else next((one for one in element.iterancestors() if one.tag == f"{_W}sdt"), None)
    )
    return control is not None and control.find(f"{_W}sdtPr/{_W}showingPlcHdr") is not None


def is_in_text_box(paragraph: BaseOxmlElement) -> bool:
    """Whether a paragraph is in a text box."""
    return any(ancestor.tag == f"{_W}txbxContent" for ancestor in paragraph.iterancestors())


def bases_of_ruby(ruby: BaseOxmlElement) -> list[BaseOxmlElement]:
    """The runs of a text that has its pronunciation above it."""
    bases = ruby.findall(f"{_W}rubyBase")
    return [run for base in bases for run in cast("list[BaseOxmlElement]", list(base))]


def frame_of_paragraph(paragraph: BaseOxmlElement) -> str:
    """A paragraph's layout on the page, if its author set it: indent, shading, alignment, lines
    around it, column of a table.
    """
    properties = paragraph.find(f"{_W}pPr")
    looks: list[str] = []
    if properties is not None:
        indent = properties.find(f"{_W}ind")
        shading = properties.find(f"{_W}shd")
        alignment = properties.find(f"{_W}jc")
        left = None if indent is None else indent.get(f"{_W}left") or indent.get(f"{_W}start")
        looks += [] if left in {None, "0"} else [f"indent {left}"]
        looks += [] if shading is None else [f"shading {shading.get(f'{_W}fill')}"]
        side = None if alignment is None else alignment.get(f"{_W}val")
        looks += [] if side in {None, "left", "start"} else [f"alignment {side}"]
        looks += [] if properties.find(f"{_W}pBdr") is None else ["borders"]
    cell = next(paragraph.iterancestors(f"{_W}tc"), None)
    looks += [] if cell is None else [f"column {len(list(cell.itersiblings(preceding=True)))}"]
    return " ".join(looks)
