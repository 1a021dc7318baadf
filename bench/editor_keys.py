"""How many keys and clicks a person needs on the editor's page until the transcript is right, and
how many words and names are wrong before, after the doubts, and at the end. Needs Chromium.

    python -m bench.editor_keys [--interviews FOLDER] [--alternatives] WORKSPACE …

A workspace holds one episode that ``studio run`` has made of the interview whose truth is
FOLDER/NAME/truth.json, where NAME is what the workspace's folder is called. It is worked on in a
copy, and begins without a journal.

The scripted person knows what was said, and does what a careful one does: goes through the doubts
with N's own order, keeps what is right (G), takes a proposal that is right (R), else, with
``--alternatives``, asks for other wordings (D, once) and takes the one that is right by its number,
else types (T): chooses the words that differ (↑, ↓), changes some letters or all, and takes words
that are offered (Tab); then reads through the text, and changes what is still wrong there, a few
letters or what the mouse chooses; with ``--alternatives``, what would take many letters is asked
for and answered like a doubt (Alt+D). A key is one press, with modifiers; a click is one press of
the mouse's button.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import jiwer
from playwright.sync_api import Page, sync_playwright
from rapidfuzz.distance import Prefix
from support.edit_session import served, way_in
from support.editor_page import written
from support.judges import need
from support.manuscript_page import box_of

from bench.scores import missing_names, plain, words_in, wrong_words
from studio.temporary_folder import temporary_folder
from studio.workspace.layout import Workspace

# More than anybody has patience for: a place that does not become right ends the reading.
MAX_DOUBTS = 500
MAX_PLACES = 500
# Of these kinds no words are asked for: a person speaks or not, is this one or that one.
WITHOUT_WORDS = {"voice", "absent", "uncertain", "quote", "unheard"}
MAX_S = 300
# Signs at a word's edge: they stay where a person writes another word.
MARKS = ".,!?…;:"
# Of a word of which no more keys than that make another one, letters are changed, not all of it.
MAX_LETTERS = 5
# What is offered saves so many letters, or is not looked at.
MIN_SAVED = 2


@dataclass(frozen=True)
class Difference:
    """Words of the transcript, by their places, that are other ones in truth.

    :param before: the place of the last word before them that is right; -1 where there is none.
    """

    places: tuple[int, ...]
    right: tuple[str, ...]
    before: int


def tokens_of(words: Sequence[str]) -> tuple[list[str], list[int]]:
    """The words as they are compared, and of which word each is a part."""
    found = [(token, place) for place, word in enumerate(words) for token in plain(word).split()]
    return [token for token, _ in found], [place for _, place in found]


def differences(said: Sequence[str], written_words: Sequence[str]) -> list[Difference]:
    """Where the words are not what was said, in order. A word counts as right when all of it is."""
    (said_tokens, said_owners), (tokens, owners) = tokens_of(said), tokens_of(written_words)
    equal = [
        (said_owners[chunk.ref_start_idx + step], owners[chunk.hyp_start_idx + step])
        for chunk in jiwer.process_words(" ".join(said_tokens), " ".join(tokens)).alignments[0]
        if chunk.type == "equal"
        for step in range(chunk.ref_end_idx - chunk.ref_start_idx)
    ]
    wrong_said = _incomplete(said_owners, [one for one, _ in equal])
    wrong_written = _incomplete(owners, [one for _, one in equal])
    is_settled = False
    while not is_settled:
        is_settled = True
        for one, other in equal:
            if (one in wrong_said) != (other in wrong_written):
                wrong_said.add(one)
                wrong_written.add(other)
                is_settled = False
    right = sorted({pair for pair in equal if pair[0] not in wrong_said})
    bounds = [(-1, -1), *right, (len(said), len(written_words))]
    heard, told = set(said_owners), set(owners)
    return [
        Difference(places, tuple(said[one] for one in missing), before)
        for (said_before, before), (said_after, after) in pairwise(bounds)
        for missing in [[one for one in range(said_before + 1, said_after) if one in heard]]
        for places in [tuple(one for one in range(before + 1, after) if one in told)]
        if missing or places
    ]


def _incomplete(owners: Sequence[int], equal: Sequence[int]) -> set[int]:
    """The words with a token without a counterpart."""
    found = Counter(equal)
    return {one for one, count in Counter(owners).items() if found[one] < count}


@dataclass
class Person:
    """Who works on the page, and what of it costs work."""

    page: Page
    keys: int = 0
    clicks: int = 0
    did: Counter[str] = field(default_factory=Counter)

    def press(self, key: str) -> None:
        """One key."""
        self.keys += 1
        self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        """A key a letter."""
        self.keys += len(text)
        self.page.keyboard.type(text, delay=5)

    def click(self, x: float, y: float, *, count: int = 1, shift: bool = False) -> None:
        """The mouse's button, at a place of the window."""
        self.clicks += count
        if shift:
            self.page.keyboard.down("Shift")
        self.page.mouse.click(x, y, click_count=count)
        if shift:
            self.page.keyboard.up("Shift")

    def ask(self, path: str) -> Any:
        """What the server answers: looking costs nothing."""
        return self.page.evaluate(f"async () => (await fetch('api/{path}')).json()")

    def settle(self) -> None:
        """Wait until everything is saved."""
        self.page.wait_for_timeout(350)
        self.wait_until("document.querySelector('#saved').textContent.includes('Enregistré')")
        written(self.page)

    def wait_until(self, expression: str) -> None:
        """Wait until this is true on the page. Asked from outside: its security policy forbids the
        evaluation that Playwright's own waiting needs.
        """
        until_s = time.monotonic() + MAX_S
        while not self.page.evaluate(expression):
            if time.monotonic() > until_s:
                raise TimeoutError(expression)
            self.page.wait_for_timeout(50)

    @property
    def segments(self) -> list[dict[str, Any]]:
        """The text as it is saved."""
        return list(self.ask("state")["segments"])

    @property
    def typed(self) -> str:
        """The text in the field of a doubt."""
        return self.page.locator("#typed").input_value()


def words_of(segments: Sequence[dict[str, Any]]) -> list[tuple[int, int, str]]:
    """Each word, with its segment's place and its own there."""
    return [
        (place, at, word["text"])
        for place, segment in enumerate(segments)
        for at, word in enumerate(segment["words"])
    ]


def text_of(segments: Sequence[dict[str, Any]]) -> str:
    """The whole text."""
    return " ".join(word for *_, word in words_of(segments))


def go_through_doubts(person: Person, said: Sequence[str], *, hears: bool) -> None:
    """Answer each doubt that is shown."""
    person.press("n")
    answered: set[str] = set()
    for _ in range(MAX_DOUBTS):
        person.page.wait_for_timeout(150)
        if not person.page.locator("#doubt").is_visible():
            return
        person.settle()
        doubt = _shown_doubt(person, answered)
        if doubt is not None:
            answered.add(doubt["key"])
        right = None if doubt is None else _right_answer(person.segments, doubt, said)
        if doubt is None or right is None:
            person.did["kept"] += 1
            person.press("g")
        elif doubt["proposal"] and plain(doubt["proposal"]) == plain(right):
            person.did["proposal taken"] += 1
            person.press("r")
        elif not (hears and _takes_alternative(person, doubt, right)):
            person.did["typed"] += 1
            person.press("t")
            person.wait_until("document.activeElement.id === 'typed'")
            others = [text for _, text in _offered_wordings(person)]
            known = [*others, doubt["proposal"], *doubt["candidates"]]
            bases = list(dict.fromkeys(filter(None, [doubt["text"], *known])))
            _type_answer(person, bases, right)
            person.press("Enter")


def _shown_doubt(person: Person, answered: set[str]) -> dict[str, Any] | None:
    """The doubt that is shown, among those that the server lists."""
    shown = person.page.locator("#doubt-text").inner_text()
    moment = person.page.locator("#doubt-place").inner_text().split(" ·")[0]
    alike = [
        doubt
        for doubt in person.ask("doubts")["doubts"]
        if doubt["text"] == shown and doubt["key"] not in answered
    ]

    def is_there(doubt: dict[str, Any]) -> bool:
        seconds = doubt["start_ms"] // 1000
        return f"{seconds // 60}:{seconds % 60:02}" == moment

    return next(filter(is_there, alike), alike[0] if alike else None)


def _right_answer(
    segments: Sequence[dict[str, Any]], doubt: dict[str, Any], said: Sequence[str]
) -> str | None:
    """The right words for the doubt; None if they are right already, no words are asked for, or the
    error reaches beyond them: that is left for reading.
    """
    if not doubt["segment"] or doubt["kind"] in WITHOUT_WORDS:
        return None
    words = words_of(segments)
    place = next(at for at, one in enumerate(segments) if one["id"] == doubt["segment"])
    reach = range(doubt["word"], doubt["word"] + doubt["count"])
    chosen = [
        at for at, (segment, word, _) in enumerate(words) if segment == place and word in reach
    ]
    touching = [
        one
        for one in differences(said, [word for *_, word in words])
        if set(one.places) & set(chosen)
        or (not one.places and {one.before, one.before + 1} <= set(chosen))
    ]
    if not touching or not all(set(one.places) <= set(chosen) for one in touching):
        return None
    right: list[str] = []
    for at in chosen:
        wrong = [one for one in touching if at in one.places]
        if not wrong:
            right.append(words[at][2])
        # Once, in place of the first of several words; or after the word behind which it is missing.
        for one in touching:
            if one.places[:1] == (at,) or (not one.places and one.before == at):
                right += one.right
    return " ".join(right)


def _takes_alternative(person: Person, doubt: dict[str, Any], right: str) -> bool:
    """Decode it again and take the right wording; whether there was one."""
    # Once a person asked, the next doubts are heard beforehand, unless something is proposed.
    asks = bool(doubt["proposal"]) or not person.did["heard again"]
    if asks:
        person.press("d")
        person.did["heard again"] += 1
    return _takes_offered(person, right)


def _takes_offered(person: Person, right: str) -> bool:
    """Wait for the wordings, and take the right one by its number; whether there was one."""
    person.wait_until(
        "document.querySelector('#alternatives-found').children.length > 0 || "
        "/\\.$/.test(document.querySelector('#alternatives-told').textContent)"
    )
    for number, text in _offered_wordings(person):
        if plain(text) == plain(right):
            person.did["alternative taken"] += 1
            person.press(str(number))
            return True
    return False


def _offered_wordings(person: Person) -> list[tuple[int, str]]:
    """What Whisper heard else, by its number."""
    texts = person.page.locator("#alternatives-found button").all_inner_texts()
    if not person.page.locator("#alternatives").is_visible():
        return []
    wordings = [text.replace("plus probable", "").partition(" ")[2].strip() for text in texts]
    return list(enumerate(wordings, 1))


def _type_answer(person: Person, bases: Sequence[str], right: str) -> None:
    """Write it into the field, which has the least sure of the words that stand chosen, the first
    of ``bases``; the others come there one after the other (Page down). Only what differs is
    written, or all of it where that cannot be.
    """
    wanted = right.split()

    def work(place: int) -> int:
        """About how many keys it takes."""
        former = bases[place].split()
        first, last = _edges_alike(former, wanted)
        chosen = max(1, len(former) - last - first)
        letters = len(" ".join(wanted[first : len(wanted) - last]))
        return letters + chosen + (place + min(first, last) if place else 0)

    turns = min(range(len(bases)), key=work)
    for _ in range(turns):
        person.press("PageDown")
    person.did["wording changed"] += bool(turns)
    former = bases[turns].split()
    first, last = _edges_alike(former, wanted)
    new = " ".join(wanted[first : len(wanted) - last])
    _choose_words(person, former, first, len(former) - last)
    _change_chosen(person, " ".join(former[first : len(former) - last]), new, before=first > 0)
    if plain(person.typed) == plain(right):
        person.did["typed in part"] += 1
        return
    person.press("Control+a")
    person.press("Delete")
    _type_words(person, right)


def _edges_alike(former: Sequence[str], wanted: Sequence[str]) -> tuple[int, int]:
    """How many words are the same at the beginning, and how many at the end."""
    most = min(len(former), len(wanted))
    first = next((at for at in range(most) if plain(former[at]) != plain(wanted[at])), most)
    last = next(
        (at for at in range(most - first) if plain(former[-1 - at]) != plain(wanted[-1 - at])),
        most - first,
    )
    return first, last


def _choose_words(person: Person, words: Sequence[str], first: int, end: int) -> None:
    """Choose the words from ``first`` to ``end`` (excluded); of none, the one that comes before, or
    else the first.
    """
    if first == end:
        first, end = (first - 1, end) if first else (0, 1)
    at, to = person.page.locator("#typed").evaluate(
        "field => [field.selectionStart, field.selectionEnd]"
    )
    place = max(0, len(" ".join(words)[: at + 1].split()) - 1)
    if at == 0 and to == len(" ".join(words)) and len(words) > 1:
        # All are chosen: from there the first or the last is the nearest one.
        is_near_end = len(words) - end < first
        person.press("ArrowUp" if is_near_end else "ArrowDown")
        place = len(words) - 1 if is_near_end else 0
    for _ in range(place - (end - 1)):
        person.press("ArrowUp")
    for _ in range(first - place):
        person.press("ArrowDown")
    place = min(max(place, first), end - 1)
    for _ in range(place - first):
        person.press("Shift+ArrowUp")
    for _ in range(end - 1 - place):
        person.press("Shift+ArrowDown")


def _change_chosen(person: Person, old: str, new: str, *, before: bool) -> None:
    """Write words in place of those that are chosen, which are ``old``; of none, beside them."""
    old, new = old.strip(MARKS), new.strip(MARKS) or new
    kept = Prefix.similarity(old, new)
    if not old:
        person.press("ArrowRight" if before else "ArrowLeft")
        _type_words(person, f" {new}" if before else f"{new} ")
    elif not new:
        person.press("Delete")
    elif kept and 1 + len(old) - kept + len(new) - kept <= MAX_LETTERS:
        person.did["letters"] += 1
        person.press("ArrowRight")
        for _ in range(len(old) - kept):
            person.press("Backspace")
        person.type(new[kept:])
    else:
        _type_words(person, new)


def _type_words(person: Person, text: str) -> None:
    """Type, and take what is offered once it is right and saves two letters."""
    offer = person.page.locator("#typed-completion")
    text = text.replace("’", "'")
    done = 0
    while done < len(text):
        offered = ""
        if offer.is_visible():
            offered = offer.inner_text().removeprefix("Tab").strip().replace("’", "'")
        begun = re.search(r"[\w-]*$", text[:done])
        start = begun.start() if begun else done
        for follows in (text[start:], text[done:].removeprefix(" ")):
            ends = not re.match(r"\w", follows[len(offered) :])
            saves = len(offered) - (done - start if follows == text[start:] else -1)
            if offered and follows.startswith(offered) and ends and saves >= MIN_SAVED:
                person.did["completion taken"] += 1
                person.press("Tab")
                done = len(text) - len(follows) + len(offered)
                break
        else:
            person.type(text[done])
            done += 1


def read_through(person: Person, said: Sequence[str], *, hears: bool) -> None:
    """Choose what is still wrong in the text with the mouse, and type over it."""
    given_up = 0
    for _ in range(MAX_PLACES):
        words = words_of(person.segments)
        left = differences(said, [word for *_, word in words])
        if given_up >= len(left):
            return
        _write_over(person, words, left[given_up], hears=hears)
        person.settle()
        after = [word for *_, word in words_of(person.segments)]
        given_up += len(differences(said, after)) >= len(left)


def _write_over(
    person: Person,
    words: Sequence[tuple[int, int, str]],
    difference: Difference,
    *,
    hears: bool,
) -> None:
    """Put right what differs at one place; of several passages, in the first one."""
    text = " ".join(difference.right)
    if not difference.places:
        if difference.before >= 0:
            _, end = _ends_of(person, *words[difference.before][:2])
            person.click(end["right"] - 0.5, end["y"])
            person.type(f" {text}")
        return
    first = words[difference.places[0]]
    last = words[max(one for one in difference.places if words[one][0] == first[0])]
    is_word = first == last and first[2].rstrip(MARKS).isalnum()
    new = text.rstrip(MARKS) or text
    kept = Prefix.similarity(first[2].rstrip(MARKS), new)
    if is_word and kept and len(first[2].rstrip(MARKS)) - kept + len(new) - kept <= MAX_LETTERS:
        _, end = _ends_of(person, *first[:2], marks=False)
        person.click(end["right"] - 0.5, end["y"])
        for _ in range(len(first[2].rstrip(MARKS)) - kept):
            person.press("Backspace")
        person.type(new[kept:])
        return
    start, _ = _ends_of(person, *first[:2])
    asks = hears and len(text) > MAX_LETTERS
    if is_word and asks:
        person.click(start["left"] + 2, start["y"])
    elif is_word:
        person.click(start["left"] + 2, start["y"], count=2)
        text = new
    else:
        person.click(start["left"] + 1, start["y"])
        _, end = _ends_of(person, *last[:2])
        person.click(end["right"] - 0.5, end["y"], shift=True)
    if asks:
        _answer_chosen(person, text)
    elif text:
        person.type(text)
    else:
        person.press("Delete")


def _answer_chosen(person: Person, right: str) -> None:
    """Ask for other wordings of the words chosen in the text; take the right one, or type it."""
    person.press("Alt+d")
    person.did["read and heard again"] += 1
    person.wait_until("!document.querySelector('#doubt').hidden")
    if _takes_offered(person, right):
        return
    person.press("t")
    person.wait_until("document.activeElement.id === 'typed'")
    others = [text for _, text in _offered_wordings(person)]
    was = person.page.locator("#doubt-text").inner_text()
    _type_answer(person, list(dict.fromkeys([was, *others])), right)
    person.press("Enter")


def _ends_of(
    person: Person, place: int, word: int, *, marks: bool = True
) -> tuple[dict[str, float], dict[str, float]]:
    """Where the first and the last sign of a word are drawn, in the middle of the window; the last
    letter, without ``marks``.
    """
    drawn = person.page.evaluate(
        """async (place) => {
          const { all, rangeOf, textIn } = await import(new URL('manuscript.js', location.href));
          const one = all()[place];
          const { startContainer } = rangeOf(one.from, one.from + 1);
          startContainer.parentElement.scrollIntoView({ block: 'center' });
          return textIn(one);
        }""",
        place,
    )
    found = list(re.finditer(r"\S+", drawn))[word]
    end = found.end() if marks else found.start() + len(found[0].rstrip(MARKS))
    return box_of(person.page, place, found.start()), box_of(person.page, place, end - 1)


def measure(workspace: Workspace, truth: dict[str, Any], *, hears: bool) -> None:
    """Have the person work on the episode, and print what it took."""
    (slug,) = workspace.slugs()
    shutil.rmtree(workspace.episode(slug).journal.parent, ignore_errors=True)
    reference = " ".join(one["text"] for one in truth["utterances"])
    options = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required", "--mute-audio"]
    with (
        served(workspace, slug=slug) as (address, _),
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=need("chromium"), args=options) as browser,
    ):
        page = browser.new_page(viewport={"width": 1280, "height": 900}, locale="fr-FR")
        page.set_default_timeout(120_000)
        page.goto(way_in(address))
        page.wait_for_selector("html[data-ready]")
        person = Person(page)

        def tell(when: str) -> None:
            text = text_of(person.segments)
            wrong = wrong_words(reference, text)
            missing = missing_names({"names": _names_said(truth, reference)}, text)
            print(
                f"{workspace.root.name:10} {when:14} {wrong:4} wrong words "
                f"({100 * wrong / words_in(reference):.1f} %), {len(missing)} names missing, "
                f"{person.keys} keys, {person.clicks} clicks",
                flush=True,
            )

        tell("before")
        go_through_doubts(person, reference.split(), hears=hears)
        person.settle()
        tell("after doubts")
        read_through(person, reference.split(), hears=hears)
        person.settle()
        tell("at the end")
        print(", ".join(f"{what} {count}" for what, count in sorted(person.did.items())))


def _names_said(truth: dict[str, Any], reference: str) -> list[str]:
    """The names that were said: those that are only printed cannot be missing."""
    unsaid = missing_names(truth, reference)
    return [name for name in truth.get("names", []) if name not in unsaid]


def main() -> None:
    """As the module says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workspaces", nargs="+", type=Path, metavar="WORKSPACE")
    parser.add_argument("--interviews", type=Path, default=Path("shared/recordings"))
    parser.add_argument("--alternatives", action="store_true")
    options = parser.parse_args()
    for folder in options.workspaces:
        path = options.interviews / folder.resolve().name / "truth.json"
        truth = json.loads(path.read_text(encoding="utf-8"))
        with temporary_folder() as temporary:
            copy = temporary / folder.resolve().name
            shutil.copytree(folder, copy)
            measure(Workspace(copy), truth, hears=options.alternatives)


if __name__ == "__main__":
    main()
