"""The proof that a guest signs: every word that is heard is in it, nothing is loaded, and what comes
back is taken as text alone.
"""

from __future__ import annotations

import base64
import json
import random
import re
import string
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page, expect, sync_playwright
from support.aligned import aligned
from support.interviews import INTERVIEWS, article_of, said_transcript, truth_of
from support.judges import NODE as JUDGES
from support.judges import ask_html_validate, ask_w3c, missing, need
from support.small_show import SLUG, copied

from studio.cli import main
from studio.doubts.doubt import Doubt, is_settled
from studio.editor.edit_session import EditSession
from studio.editor.edits import Decide, Request, SetText
from studio.errors import WorkspaceError
from studio.model.clock import Programme, RecordingMs, Span
from studio.model.episode import Cut
from studio.model.record import json_from_plain
from studio.proof import stored_proofs
from studio.proof.answer import (
    BEGIN,
    END,
    MAX_BYTES,
    answer_from_bytes,
    readable_text,
)
from studio.proof.page import MAX_BYTES as MAX_PAGE_BYTES
from studio.proof.page import make_proof
from studio.proof.remarks import remarks_of_episode
from studio.proof.rows import ProofRow, proof_rows
from studio.proof.stored_proofs import shown_proofs, store_answer, stored_answers
from studio.sound.mail_copy import BEST_KBPS, MIN_KBPS, bitrate_for
from studio.workspace.disk import write_file
from studio.workspace.layout import Workspace
from studio.workspace.sources import EpisodeSources, ShowSources

HOSTILE = (
    "</script><script>document.title='hacked'</script><img src=x onerror=document.title='hacked'>"
)


def words_of(rows: tuple[ProofRow, ...]) -> list[str]:
    return [word.text for row in rows for turn in row.turns for word in turn.words]


def whole(end_ms: int) -> Programme:
    return Programme(kept=(Span(start_ms=RecordingMs(0), end_ms=RecordingMs(end_ms)),))


# --- what it shows


@pytest.mark.parametrize("interview", INTERVIEWS)
def test_every_word_that_is_heard_is_in_exactly_one_row(interview: str) -> None:
    article = article_of(interview)
    transcript = said_transcript(truth_of(interview)["utterances"])
    alignment = aligned(transcript, article)
    rows = proof_rows(article, transcript, alignment, whole(10_000_000))
    assert sorted(words_of(rows)) == sorted(word.text for word in transcript.words)
    printed = list(article.introduction)
    printed += [one.text for exchange in article.exchanges for one in exchange.answer]
    assert [row.printed for row in rows if row.printed] == printed
    assert [row.question for row in rows if row.question] == [
        exchange.question for exchange in article.exchanges
    ]
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))


def test_what_is_cut_is_in_no_row_and_told_by_its_length() -> None:
    article = article_of("atelier")
    transcript = said_transcript(truth_of("atelier")["utterances"])
    alignment = aligned(transcript, article)
    gone = transcript.segments[3]
    cut = Cut(start_ms=gone.start_ms, end_ms=gone.end_ms)
    end = transcript.words[-1].end_ms
    programme = Programme(
        kept=(
            Span(start_ms=RecordingMs(0), end_ms=cut.start_ms),
            Span(start_ms=cut.end_ms, end_ms=RecordingMs(end)),
        )
    )
    rows = proof_rows(article, transcript, alignment, programme, cuts=[cut])
    assert len(words_of(rows)) == len(transcript.words) - len(gone.words)
    marked = [
        (word.text, word.cut_ms)
        for row in rows
        for turn in row.turns
        for word in turn.words
        if word.cut_ms
    ]
    assert marked == [(transcript.segments[4].words[0].text, cut.end_ms - cut.start_ms)]


def test_words_that_are_doubted_are_marked() -> None:
    article = article_of("atelier")
    transcript = said_transcript(truth_of("atelier")["utterances"])
    segment = transcript.segments[2]
    doubt = Doubt(
        key="k", kind="unsure", weight=0.5, text="", start_ms=segment.start_ms,
        end_ms=segment.end_ms, segment=segment.id, word=1, count=2,
    )  # fmt: skip
    rows = proof_rows(
        article, transcript, aligned(transcript, article), whole(10_000_000), doubts=[doubt]
    )
    marked = [
        word.text for row in rows for turn in row.turns for word in turn.words if word.doubted
    ]
    assert marked == [word.text for word in segment.words[1:3]]


@pytest.mark.parametrize(
    ("minutes", "kbps"), [(4, BEST_KBPS), (30, 22), (58, MIN_KBPS), (600, MIN_KBPS)]
)
def test_the_sound_is_as_good_as_a_mail_can_carry(minutes: int, kbps: int) -> None:
    assert bitrate_for(minutes * 60_000, (MAX_PAGE_BYTES - 1_000_000) * 3 // 4) == kbps


# --- the answer, without a browser


def written(answer: dict[str, Any], *, text: str = "BON À TIRER") -> str:
    """As proof.js writes it."""
    payload = json.dumps(answer, ensure_ascii=False).encode()
    block = base64.urlsafe_b64encode(payload).decode().rstrip("=") + f"{zlib.crc32(payload):08x}"
    lines = re.findall(".{1,64}", block)
    return "\n".join([text, "Ce qui suit…", BEGIN, *lines, END, ""])


ANSWER: dict[str, Any] = {
    "proof": "f" * 64,
    "key": "k",
    "slug": SLUG,
    "name": "Stéphane Soto",
    "at": "2026-11-28T21:00:00.000Z",
    "rows": [{"number": 1, "verdict": "ok"}, {"number": 2, "verdict": "change", "text": "Non."}],
    "note": "Merci !",
    "text": "BON À TIRER\nCe qui suit…",
}


def test_an_answer_is_read_as_it_was_written() -> None:
    answer, besides = answer_from_bytes(written(ANSWER).encode(), "here")
    assert (answer.name, answer.note, answer.accepted) == ("Stéphane Soto", "Merci !", (1,))
    assert [(row.number, row.text) for row in answer.remarks] == [(2, "Non.")]
    assert besides == ""


def test_a_mail_that_quotes_the_answer_is_read_and_what_was_added_is_told() -> None:
    quoted = "\r\n".join("> " + line for line in written(ANSWER).splitlines())
    mail = f"Bonjour, voici ma réponse.\r\n\r\n{quoted}\r\n\r\nP.-S. Pas avant lundi !\r\n"
    answer, besides = answer_from_bytes(mail.encode(), "here")
    assert len(answer.rows) == 2
    assert besides == "Bonjour, voici ma réponse.\nP.-S. Pas avant lundi !"


@given(st.data())
def test_a_changed_or_shortened_answer_is_refused(data: st.DataObject) -> None:
    text = written(ANSWER)
    begin, end = text.index(BEGIN) + len(BEGIN) + 1, text.index(END) - 1
    place = data.draw(st.integers(begin, end - 1).filter(lambda at: text[at] != "\n"))
    if data.draw(st.booleans()):
        other = data.draw(st.sampled_from("abcXYZ019-_").filter(lambda sign: sign != text[place]))
        changed = text[:place] + other + text[place + 1 :]
    else:
        changed = text[:place] + text[end:]
    with pytest.raises(WorkspaceError):
        answer_from_bytes(changed.encode(), "here")


@pytest.mark.parametrize("padding", range(3))
def test_bits_that_nothing_is_read_from_are_those_that_the_page_wrote(padding: int) -> None:
    text = written({**ANSWER, "note": "x" * padding})
    begin, end = text.index(BEGIN) + len(BEGIN), text.index(END)
    # Eight signs of the checksum follow the last one of the answer.
    place = [at for at in range(begin, end) if not text[at].isspace()][-9]
    for other in set(string.ascii_letters + string.digits + "-_") - {text[place]}:
        changed = text[:place] + other + text[place + 1 :]
        with pytest.raises(WorkspaceError):
            answer_from_bytes(changed.encode(), "here")


@given(st.binary(max_size=400))
def test_any_file_is_an_answer_or_an_error(content: bytes) -> None:
    for whole_file in (content, f"{BEGIN}\n".encode() + content + f"\n{END}".encode()):
        with pytest.raises(WorkspaceError):
            answer_from_bytes(whole_file, "here")


@pytest.mark.parametrize(
    "change",
    [
        {"rows": [{"number": 1, "verdict": "ok"}, {"number": 1, "verdict": "ok"}]},
        {"rows": [{"number": 1, "verdict": "sign everything"}]},
        {"rows": [{"number": 1, "verdict": "change", "text": "x" * 5_001}]},
        {"note": "x" * 5_001},
        {"name": "x" * 201},
        {"rows": [{"number": number, "verdict": "ok"} for number in range(2_001)]},
        {"rows": "all"},
    ],
)
def test_what_the_page_never_writes_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(WorkspaceError):
        answer_from_bytes(written({**ANSWER, **change}).encode(), "here")


def test_what_people_can_read_of_a_refused_file_is_shown() -> None:
    assert readable_text("Désolé, très occupé.\x1b[31m".encode()) == "Désolé, très occupé.[31m"
    assert "occup" in readable_text("Désolé, très occupé jusqu’à lundi.".encode("cp1252"))
    assert readable_text(f"Voilà.\n{BEGIN}\nAAAA\n{END}\nMerci".encode()) == "Voilà.\n\nMerci"
    assert readable_text(f"Voilà.\n{BEGIN}\nAAAA".encode()) == "Voilà."
    assert readable_text(random.Random(1).randbytes(5_000)) == ""


def test_a_file_that_is_too_large_or_no_answer_is_refused() -> None:
    with pytest.raises(WorkspaceError, match="larger"):
        answer_from_bytes(b"x" * (MAX_BYTES + 1), "here")
    with pytest.raises(WorkspaceError, match="not contain an answer"):
        answer_from_bytes(b"Bonjour, tout me va.", "here")


def test_nothing_that_a_terminal_obeys_is_left() -> None:
    note = "a\x1b[2Jb\u202ec\x07\x00"
    answer, _ = answer_from_bytes(written({**ANSWER, "note": note, "name": note}).encode(), "here")
    assert (answer.note, answer.name) == ("a[2Jbc", "a[2Jbc")


# --- the command, and what becomes of the answer


@pytest.fixture
def show(built_show: Workspace, tmp_path: Path) -> Workspace:
    return copied(built_show, tmp_path / "émission")


def sources_of(show: Workspace) -> EpisodeSources:
    return ShowSources(Workspace(show.root)).episode(SLUG)


def studio_says(show: Workspace, *words: str, code: int = 0) -> str:
    result = CliRunner().invoke(main, ["-C", str(show.root), *words])
    assert result.exit_code == code, result.output
    return result.output


def answered(show: Workspace, **changes: Any) -> str:
    """An answer to the proof that was made last: everything is accepted."""
    shown = shown_proofs(sources_of(show))[-1]
    rows = [{"number": row.number, "verdict": "ok"} for row in shown.rows]
    return written(
        {**ANSWER, "proof": shown.id, "key": shown.key, "rows": rows, "note": "", **changes}
    )


def file_with(show: Workspace, text: str) -> str:
    path = show.root / "reponse.txt"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_the_command_makes_one_file_that_loads_nothing(show: Workspace) -> None:
    told = studio_says(show, "proof", SLUG)
    path = show.episode(SLUG).proof
    assert str(path) in told
    assert path.stat().st_size < MAX_PAGE_BYTES
    text = path.read_text(encoding="utf-8")
    soup = BeautifulSoup(text, "lxml")
    assert not soup.select("link, img, iframe, script[src], [style], [onclick]")
    assert {str(one["src"])[:16] for one in soup.select("[src]")} == {"data:audio/mp4;b"}
    assert all(str(one["href"])[:1] in "#m" for one in soup.select("[href]"))
    policy = str(soup.select_one("meta[http-equiv]")["content"])  # type: ignore[index]
    assert "default-src 'none'" in policy
    assert "http" not in policy
    # Made again of the same, it is the same proof.
    studio_says(show, "proof", SLUG)
    assert path.read_text(encoding="utf-8") == text
    assert len(shown_proofs(sources_of(show))) == 1


def test_the_proof_of_an_english_show_is_english(show: Workspace) -> None:
    with show.settings.open("a", encoding="utf-8") as settings:
        settings.write('\nlanguage = "en-GB"\n')
    path, shown = make_proof(sources_of(show), [])
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\b_\(", text)
    assert not re.search(
        "Merci encore|paragraphe|revoir|Écouter|réponse|reponse-|Tout est|Voix", text
    )
    page = BeautifulSoup(text, "lxml")
    assert (page.html or page)["lang"] == "en-GB"
    assert (page.body or page)["data-file"] == f"answer-{SLUG}.txt"
    for said in ("Dear ", "Read and listen to each paragraph.", "The whole episode", "To change"):
        assert said in page.get_text()
    answer = answered(show, rows=[{"number": 1, "verdict": "change", "text": ""}])
    store_answer(sources_of(show), answer_from_bytes(answer.encode(), "here")[0], "here")
    (remark,) = remarks_of_episode(sources_of(show), sources_of(show).transcript())
    assert remark.note == "Stéphane Soto: (to change)"
    assert len(shown.rows) == len(page.select(".row"))


def test_what_is_not_built_is_not_shown(show: Workspace) -> None:
    with show.episode(SLUG).article.open("a", encoding="utf-8") as article:
        article.write("\nUne phrase de plus.\n")
    assert f" run {SLUG}`" in studio_says(show, "proof", SLUG, code=1)
    assert not show.episode(SLUG).proof.exists()
    assert shown_proofs(sources_of(show)) == ()


def test_two_answers_that_are_taken_at_once_are_both_kept(
    show: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio_says(show, "proof", SLUG)
    one, other = (
        answer_from_bytes(answered(show, name=name).encode(), "here")[0] for name in ("Ada", "Zoé")
    )
    second = threading.Thread(target=store_answer, args=(sources_of(show), other, "here"))

    def while_the_other_tries(path: Path, content: bytes) -> None:
        monkeypatch.setattr(stored_proofs, "write_file", write_file)
        second.start()
        second.join(0.3)
        write_file(path, content)

    monkeypatch.setattr(stored_proofs, "write_file", while_the_other_tries)
    store_answer(sources_of(show), one, "here")
    second.join()
    assert {taken.answer.name for taken in stored_answers(sources_of(show))} == {"Ada", "Zoé"}


def test_what_was_accepted_whole_is_signed_until_something_changes(show: Workspace) -> None:
    assert "proof" not in studio_says(show, "status")
    studio_says(show, "proof", SLUG)
    assert "no answer yet; the episode to be published is the one that was shown" in studio_says(
        show, "status"
    )
    told = studio_says(show, "proof", SLUG, "--take", file_with(show, answered(show)))
    signed = "signed by Stéphane Soto"
    assert signed in told
    assert "the episode to be published is the one that was signed off" in studio_says(
        show, "status"
    )
    # Taken again, it is kept once.
    studio_says(show, "proof", SLUG, "--take", file_with(show, answered(show)))
    assert len(stored_answers(sources_of(show))) == 1
    record = json.loads(studio_says(show, "status", "--json").splitlines()[-1])
    assert (record["state"], record["changed"]) == ("signed", [])

    files = show.episode(SLUG)
    transcript = files.transcript.read_text(encoding="utf-8")
    files.transcript.write_text(transcript.replace("logiciels", "progiciels"), encoding="utf-8")
    told = studio_says(show, "status")
    assert signed in told
    assert "since it was shown, words have changed" in told
    files.transcript.write_text(transcript, encoding="utf-8")
    article = files.article.read_text(encoding="utf-8")
    files.article.write_text(article.replace("Gafam", "GAFAM"), encoding="utf-8")
    assert "since it was shown, article has changed" in studio_says(show, "status")
    files.article.write_text(article, encoding="utf-8")
    assert "the episode to be published is the one that was signed off" in studio_says(
        show, "status"
    )


def test_each_remark_is_a_doubt_beside_its_words_until_it_is_settled(show: Workspace) -> None:
    studio_says(show, "proof", SLUG)
    sources = sources_of(show)
    shown = shown_proofs(sources)[-1]
    row = next(row for row in shown.rows if row.recorded is not None)
    quoted = sources.transcript().segments[1].words[2:4]
    said = " ".join(word.text for word in quoted)
    row = next(
        row
        for row in shown.rows
        if row.recorded is not None
        and row.recorded.start_ms <= quoted[0].start_ms < row.recorded.end_ms
    )
    rows = [{"number": row.number, "verdict": "change", "text": f"« {said} » est faux. {HOSTILE}"}]
    told = studio_says(
        show, "proof", SLUG, "--take", file_with(show, answered(show, rows=rows, note="Merci."))
    )
    assert "2 remarks (2 not settled)" in told
    told = studio_says(show, "status")
    assert "  Stéphane Soto : Merci." in told.partition("To look at")[2]

    beside, note = remarks_of_episode(sources, sources.transcript())
    assert (beside.kind, beside.text, beside.count) == ("remark", said, 2)
    assert (beside.start_ms, beside.end_ms) == (quoted[0].start_ms, quoted[-1].end_ms)
    assert beside.note == f"Stéphane Soto : « {said} » est faux. {HOSTILE}"
    assert (note.segment, note.note) == ("", "Stéphane Soto : Merci.")

    session = EditSession(sources_of(show))
    segment = sources.transcript().segments[1]
    session.apply(Request(client="p", id="1", since=1, edits=(
        SetText(segment=segment.id, was=segment.text, text=segment.text.replace(said, "autre chose")),
        Decide(key=beside.key, outcome="mended"),
    )))  # fmt: skip
    assert f"« {said} »" not in studio_says(show, "status").partition("To look at")[2]
    assert "2 remarks (1 not settled); since it was shown, words have changed" in studio_says(
        show, "status"
    )
    # The remark itself stays beside what is there now, for whoever looks again.
    again, _ = remarks_of_episode(sources_of(show), session.transcript())
    assert again.key == beside.key


def test_a_remark_is_settled_by_nothing_but_itself() -> None:
    remark = Doubt(
        key="remark:a:1", kind="remark", weight=1, text="les deux", start_ms=RecordingMs(1000),
        end_ms=RecordingMs(2000),
    )  # fmt: skip
    assert not is_settled(remark, {"900:dans les deux cas"})
    assert is_settled(remark, {"remark:a:1"})


@pytest.mark.parametrize(
    ("changes", "why", "remedy"),
    [
        ({"proof": "0" * 64}, "not made in this workspace", "make a new proof"),
        ({"key": "guessed"}, "not made in this workspace", "make a new proof"),
        ({"slug": "003-autre"}, "another episode", "Take it with that episode's name."),
        (
            {"rows": [{"number": 999, "verdict": "ok"}]},
            "paragraphs that were not shown",
            "Ask the guest to send the page's answer once more.",
        ),
    ],
)
def test_an_answer_to_something_else_is_refused_and_shown_as_text_until_the_right_one_comes(
    show: Workspace, changes: dict[str, Any], why: str, remedy: str
) -> None:
    studio_says(show, "proof", SLUG)
    text = answered(show, **changes)
    told = studio_says(show, "proof", SLUG, "--take", file_with(show, text), code=1)
    assert why in told
    assert remedy in told
    assert "| BON À TIRER" in told
    assert stored_answers(sources_of(show)) == ()
    assert remarks_of_episode(sources_of(show), sources_of(show).transcript()) == ()
    # Where the version was another one, a new proof is made, and that one is answered.
    studio_says(show, "proof", SLUG)
    studio_says(show, "proof", SLUG, "--take", file_with(show, answered(show)))
    assert len(stored_answers(sources_of(show))) == 1


def test_where_the_recording_was_replaced_a_remark_has_no_place(show: Workspace) -> None:
    studio_says(show, "proof", SLUG)
    rows = [{"number": 1, "verdict": "change", "text": "Non."}]
    studio_says(show, "proof", SLUG, "--take", file_with(show, answered(show, rows=rows)))
    recording = sources_of(show).recording
    recording.write_bytes(recording.read_bytes()[:-1000])
    (remark,) = remarks_of_episode(sources_of(show), sources_of(show).transcript())
    assert (remark.segment, remark.note) == ("", "Stéphane Soto : Non.")


def test_an_episode_takes_its_proofs_along_under_another_name(show: Workspace) -> None:
    studio_says(show, "proof", SLUG)
    studio_says(show, "rename", SLUG, "002-autre")
    sources = ShowSources(Workspace(show.root)).episode("002-autre")
    assert len(shown_proofs(sources)) == 1


# --- in a browser, as the guest sees it


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required", "--mute-audio"]
        browser = playwright.chromium.launch(executable_path=need("chromium"), args=options)
        yield browser
        browser.close()


@pytest.fixture
def guest(chromium: Browser, show: Workspace) -> Iterator[Page]:
    """The file, opened from the disk without a network. What it complains about is an error."""
    studio_says(show, "proof", SLUG)
    context = chromium.new_context(viewport={"width": 390, "height": 844}, locale="fr-FR")
    context.set_offline(True)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(show.episode(SLUG).proof.as_uri())
    page.wait_for_selector("html[data-ready]")
    yield page
    assert complaints == []
    context.close()


@pytest.mark.judge
def test_a_guest_hears_answers_and_what_comes_back_is_taken(guest: Page, show: Workspace) -> None:
    guest.locator(".listen").first.click()
    first = float(guest.locator(".turn [data-s]").first.get_attribute("data-s") or "")
    for _ in range(400):
        if guest.evaluate("document.getElementById('sound').currentTime") > first:
            break
        guest.wait_for_timeout(25)
    else:
        raise AssertionError("nothing is heard")
    guest.locator("[aria-current]").wait_for()
    guest.locator(".listen").first.click()
    assert guest.evaluate("document.getElementById('sound').paused")

    guest.locator(".row .ok").nth(0).click()
    guest.locator(".row .change").nth(1).click()
    guest.locator(".row textarea").nth(1).fill(f"À retirer, « s’il vous plaît ». 🙂 {HOSTILE}")
    total = guest.locator(".row").count()
    expect(guest.locator("#count")).to_have_text(f"2 sur {total} relus")
    # The page is closed and opened again: nothing is lost.
    guest.reload()
    expect(guest.locator("#count")).to_have_text(f"2 sur {total} relus")
    guest.locator("#rest").click()
    guest.locator("#note").fill("Merci à vous !")
    expect(guest.locator("#told")).to_have_text(
        "Tout est relu : 1 paragraphe est à revoir. Merci !"
    )
    with guest.expect_download() as downloading:
        guest.locator("#download").click()
    file = show.root / downloading.value.suggested_filename
    downloading.value.save_as(file)
    assert file.name == f"reponse-{SLUG}.txt"

    told = studio_says(show, "proof", SLUG, "--take", str(file))
    assert "answered by Stéphane Soto on" in told
    assert f"{total - 1} of {total} paragraphs accepted, 2 remarks" in told
    assert "Also in the file" not in told
    (taken,) = stored_answers(sources_of(show))
    assert taken.answer.remarks[0].text == f"À retirer, « s’il vous plaît ». 🙂 {HOSTILE}"
    assert taken.answer.note == "Merci à vous !"
    assert "document.title" not in guest.title()


@pytest.mark.judge
def test_the_text_for_a_mail_is_the_answer_too(guest: Page, show: Workspace) -> None:
    guest.locator("#rest").click()
    expect(guest.locator("#told")).to_have_text(
        "Tout est relu, et tout vous convient. Merci beaucoup !"
    )
    guest.locator("summary").click()
    text = guest.locator("#text").input_value()
    assert "Tous les paragraphes me conviennent." in text
    told = studio_says(show, "proof", SLUG, "--take", file_with(show, f"Bonjour,\n\n{text}"))
    assert "signed by Stéphane Soto" in told


@pytest.mark.judge
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_no_barrier_and_nothing_is_off_the_page(
    chromium: Browser, show: Workspace, scheme: Any, width: int
) -> None:
    axe = JUDGES / "node_modules" / "axe-core" / "axe.min.js"
    if not axe.is_file():
        missing("npm's axe-core")
    studio_says(show, "proof", SLUG)
    context = chromium.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True
    )
    page = context.new_page()
    page.goto(show.episode(SLUG).proof.as_uri())
    page.locator(".change").first.click()
    page.locator("summary").click()
    page.evaluate(axe.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run()")
    assert len(found["passes"]) > 15
    assert [
        (one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]
    ] == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.emulate_media(media="print")
    assert page.locator(".paper").first.is_visible()
    assert not page.locator(".bar").is_visible()
    context.close()


@pytest.mark.judge
def test_without_scripts_it_can_be_read_heard_and_answered_by_mail(
    chromium: Browser, show: Workspace
) -> None:
    studio_says(show, "proof", SLUG)
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(show.episode(SLUG).proof.as_uri())
    assert page.locator("audio").is_visible()
    assert page.get_by_text("en citant le numéro du paragraphe").is_visible()
    assert not page.locator(".choice").first.is_visible()
    context.close()


@pytest.mark.judge
def test_the_html_is_valid_and_nobodys_text_is_run(show: Workspace, tmp_path: Path) -> None:
    files = show.episode(SLUG)
    transcript = json.loads(files.transcript.read_text(encoding="utf-8"))
    transcript["segments"][0]["words"][0]["text"] = HOSTILE.replace(" ", "_")
    transcript["segments"][0]["speaker"] = HOSTILE
    files.transcript.write_bytes(json_from_plain(transcript))
    path, _ = make_proof(sources_of(show), [])
    text = path.read_text(encoding="utf-8")
    assert text.count("<script>") == 1
    small = tmp_path / "small.html"
    # The checker reckons no fingerprints of scripts, and takes them for forbidden.
    text = re.sub(r" *<meta http-equiv[^>]+>\n", "", text)
    small.write_text(re.sub(r"base64,[^\"]+", "base64,AAAA", text), encoding="utf-8")
    assert ask_w3c(small) == ""
    assert ask_html_validate([small], tmp_path) == ""
