"""Transcripts as other programs and people send them back: what is not said stays out, and every
word keeps its voice.
"""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import docx
import pytest
from support.small_show import add_episode, make_show

from studio.captions.plain_lines import lines_in_one_form
from studio.captions.sound_events import without_sound_events
from studio.captions.speaker_labels import KnownSpeakers
from studio.cli.import_ import _repeated_words
from studio.errors import WorkspaceError
from studio.model.clock import RecordingMs
from studio.model.record import bytes_from_record
from studio.model.transcript import Segment, Transcript, Word
from studio.transcript.retiming import retime_transcript
from studio.transcript_formats import lines
from studio.transcript_formats.formats import format_of_file
from studio.transcript_formats.markup import lines_from_html
from studio.transcript_formats.transcript_io import read_transcript
from studio.workspace.layout import Workspace
from studio.workspace.sources import EpisodeSources, ShowSources

CASES = Path(__file__).parent / "cases" / "imports"
HOST, GUEST = "Camille Renaud", "Inès Delorme"
BAKER = "Hélène Garnier"
Said = Sequence[tuple[str, int, str]]
_STAMPED = re.compile(r"\[(\d+):(\d+)\] ([^:]+) : (.*)")
_CUE = re.compile(r"(\d+):(\d+):(\d+),(\d+) --> .*\n((?:.+\n?)+)")


def transcript_of(said: Said) -> Transcript:
    """Whose words begin at these milliseconds, 60 ms a word."""
    segments = []
    for place, (speaker, start_ms, text) in enumerate(said, 1):
        words = [
            Word(
                text=word,
                start_ms=RecordingMs(start_ms + 60 * step),
                end_ms=RecordingMs(start_ms + 60 * step + 50),
                probability=0.9,
            )
            for step, word in enumerate(text.split())
        ]
        segments.append(
            Segment(
                id=f"s{place:04}",
                speaker=speaker,
                start_ms=words[0].start_ms,
                end_ms=words[-1].end_ms,
                words=tuple(words),
            )
        )
    return Transcript(language="fr", segments=tuple(segments))


def vineyard() -> Said:
    lines = (CASES / "lo.txt").read_text(encoding="utf-8-sig").splitlines()
    matches = [match for line in lines if (match := _STAMPED.fullmatch(line))]
    said: list[tuple[str, int, str]] = []
    for match in matches:
        start_ms = 60_000 * int(match[1]) + 1000 * int(match[2])
        floor = said[-1][1] + 60 * len(said[-1][2].split()) if said else 0
        said.append((match[3], max(start_ms, floor), match[4]))
    return said


def bakery() -> Said:
    text = (CASES / "rhet.srt").read_text(encoding="utf-8")
    said: list[tuple[str, int, str]] = []
    speaker = HOST
    for hours, minutes, seconds, ms, payload in _CUE.findall(text):
        joined = " ".join(payload.split())
        for name in (HOST, BAKER):
            if joined.startswith(f"{name}: "):
                speaker, joined = name, joined.removeprefix(f"{name}: ")
        said.append(
            (
                speaker,
                3_600_000 * int(hours) + 60_000 * int(minutes) + 1000 * int(seconds) + int(ms),
                joined,
            )
        )
    return said


def sources_with(root: Path, said: Said, guest: str) -> EpisodeSources:
    workspace = make_show(root)
    add_episode(
        workspace, "012-x", number=12, title=f"{guest} : « Le vin, c’est d’abord de la météo »"
    )
    files = Workspace(root).episode("012-x")
    files.settings.write_text(
        files.settings.read_text(encoding="utf-8").replace("Stéphane Soto", guest), encoding="utf-8"
    )
    article = (
        f"# Épisode 12 – 3 questions à {guest}\n\n## 💬 Comment le numérique est-il entré dans "
        "vos vignes ?\n\nOui.\n\n"
    )
    article += "## 💬 Que change le logiciel dans le quotidien des vignerons ?\n\nTout.\n\n"
    article += "## 💬 Vous avez choisi un logiciel libre. Était-ce évident ?\n\nNon.\n\n"
    article += "## 💬 Quel regard portez-vous sur les aides publiques ?\n\nAucun.\n"
    files.article.write_text(article, encoding="utf-8")
    files.transcript.write_bytes(bytes_from_record(transcript_of(said)))
    return ShowSources(Workspace(root)).episode("012-x")


@pytest.fixture(scope="module")
def vines(tmp_path_factory: pytest.TempPathFactory) -> EpisodeSources:
    return sources_with(tmp_path_factory.mktemp("vines"), vineyard(), GUEST)


@pytest.fixture(scope="module")
def bread(tmp_path_factory: pytest.TempPathFactory) -> EpisodeSources:
    return sources_with(tmp_path_factory.mktemp("bread"), bakery(), BAKER)


def come_back(sources: EpisodeSources, content: bytes, form: str) -> Transcript:
    return retime_transcript(
        sources.transcript(), read_transcript(sources, content, form, f"x.{form}")
    )


def spoken(transcript: Transcript) -> list[tuple[str | None, str]]:
    return [
        (segment.speaker, word.text) for segment in transcript.segments for word in segment.words
    ]


def plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()


# What whoever sent these corrected: the words that are new.
CORRECTED = {"épisode", "douze", "vigne", "cents", "sondes", "mildiou", "le", "vendanges"}


def new_words(old: Transcript, new: Transcript) -> set[str]:
    known = {plain(word.text) for word in old.words}
    return {plain(word.text) for word in new.words} - known - CORRECTED - {""}


def voices_kept(old: Transcript, new: Transcript) -> float:
    """The share of the words with their own times that still have their voice."""
    was = {
        (word.text, word.start_ms): segment.speaker
        for segment in old.segments
        for word in segment.words
    }
    now = {
        (word.text, word.start_ms): segment.speaker
        for segment in new.segments
        for word in segment.words
    }
    both = was.keys() & now.keys()
    return sum(was[key] == now[key] for key in both) / len(both)


@pytest.mark.parametrize(
    "name",
    sorted(
        path.name
        for path in CASES.iterdir()
        if path.name not in {"c_caps.srt", "d_dialog_dash.srt", "rhet.srt"}
    ),
)
def test_nothing_but_words_of_the_vineyard_comes_in(vines: EpisodeSources, name: str) -> None:
    old = vines.transcript()
    new = come_back(vines, (CASES / name).read_bytes(), Path(name).suffix[1:])
    assert new_words(old, new) == set()
    assert {segment.speaker for segment in new.segments} == {HOST, GUEST}
    assert voices_kept(old, new) > 0.99
    assert len(new.words) >= len(old.words) - 8


@pytest.mark.parametrize("name", ["c_caps.srt", "d_dialog_dash.srt", "rhet.srt"])
def test_nothing_but_words_of_the_bakery_comes_in(bread: EpisodeSources, name: str) -> None:
    old = bread.transcript()
    new = come_back(bread, (CASES / name).read_bytes(), "srt")
    assert [plain(word.text) for word in new.words] == [plain(word.text) for word in old.words]
    assert spoken(new) == spoken(old)


def turns() -> list[tuple[str, int, str]]:
    """Speaker, second, what is said until another person speaks."""
    joined: list[tuple[str, int, str]] = []
    for speaker, start_ms, text in vineyard():
        if joined and joined[-1][0] == speaker:
            joined[-1] = (speaker, joined[-1][1], f"{joined[-1][2]} {text}")
        else:
            joined.append((speaker, start_ms // 1000, text))
    return joined


def clock(second: int) -> str:
    return f"{second // 60:02}:{second % 60:02}"


# Each form with the speaker's ``name``, its short and counted forms, the clock of the turn's start
# and a second later, and what is said.
DRESSES = {
    "otranscribe": "{clock} {name} : {text}\n\n",
    "otranscribe without names": "{clock} {text}\n\n",
    "otter": "{counted}  {clock}\n{text}\n\n",
    "otter with names": "{name}  {clock}  \n{text} \n\n",
    "descript": "{name}: [00:{clock}] {text}\n\n",
    "descript before": "[00:{clock}] {name}: {text}\n\n",
    "whisperx": "[00:{clock}.000 --> 00:{after}.250] {text}\n",
    "whisperx voices": "[00:{clock}.000 --> 00:{after}.250] [{spk}]: {text}\n",
    "whisperx voices bare": "[{clock}.000 --> {after}.250] {spk} {text}\n",
    "f4": "#00:{clock}-6# {name}: {text}\n\n",
    "word online": "00:{clock} {counted}\n{text}\n\n",
    "happy scribe": "[00:{clock}.12] - {counted}\n{text}\n\n",
    "capitals": "{upper} : {text}\n\n",
    "first names": "{first} : {text}\n\n",
    "initials": "{short} : {text}\n\n",
    "initials with stops": "{stops} : {text}\n\n",
    "name on its own line": "{name} :\n{text}\n\n",
    "name and time": "{name} ({clock}) : {text}\n\n",
    "laughter": "[rires] {name} : {text}\n\n",
    "emphasis": "**{name} :** {text}\n\n",
    "emphasis outside": "**{name}** : {text}\n\n",
    "dashes": "– {text}\n\n",
    "long dashes": "— {text}\n",
    "nothing": "{text}\n\n",
    "one block": "{text} ",
    "counted voices": "{counted} : {text}\n\n",
    "french voices": "{voice} : {text}\n\n",
    "trint": "{counted} [00:{clock}]\n{text}\n\n",
    "rev": "{name} (00:{clock}):\n{text}\n\n",
    "premiere": "00:{clock}:12 - 00:{after}:10\n{name}\n{text}\n\n",
    "fireflies": "{clock} - {after}\n{name}\n{text}\n\n",
    "amberscript": "{counted} (00:{clock}): {text}\n\n",
    "deepgram": "[Speaker:{place}] {text}\n\n",
    "noscribe": "[00:{clock}] S0{place}: {text}\n\n",
    "a table of words": "{milliseconds}\t{milliseconds}\t{text}\n",
    "columns": "{name}\t{clock}\t{text}\n",
    "columns, time first": "{clock}\t{name}\t{text}\n",
    "bars": "{name} | {clock} | {text}\n",
    "letters": "{letter} : {text}\n\n",
    "letters with stops": "{letter}. {text}\n\n",
    "what they do": "{task} : {text}\n\n",
    "courtesy": "Mme {last} : {text}\n\n",
    "first name and initial": "{first} {last_initial}. : {text}\n\n",
    "surname first": "{LAST} {first} : {text}\n\n",
    "numbered": "{number}. {name} : {text}\n\n",
    "numbered lines": "{number:04} {name} : {text}\n",
    "brackets": "[{short}] {text}\n\n",
    "voice tags": "<v {name}>{text}</v>\n\n",
    "guillemet": "{name} » {text}\n\n",
    "dash after the name": "{upper} — {text}\n\n",
    "stop and dash": "{name}. – {text}\n\n",
    "at": "@{first}: {text}\n\n",
    "headings": "### {name}\n\n{text}\n\n",
    "names in bold": "**{name}**\n\n{text}\n\n",
    "names in bold, times in italics": "**{name}** *[{clock}]*\n{text}\n\n",
    "function": "{name} (Medinsoft) : {text}\n\n",
    "function after a comma": "{name}, au micro : {text}\n\n",
    "emoji": "🎙️ {name} : {text}\n\n",
    "bullets": "• {text}\n",
    "block quotes": "> {name} : {text}\n\n",
    "minutes in letters": "[0 min {second:02} s] {name} : {text}\n\n",
    "how sure": "{name} ({clock}) [95 %] : {text}\n\n",
    "zoom": "[{name}] 00:{clock}\n{text}\n\n",
    "teams": "0:0:{second}.120 --> 0:0:{second}.920\n{name}\n{text}\n\n",
    "youtube read aloud": "{clock}\n0 minute et {second} secondes\n{text}\n",
    "macwhisper": "{name} • {clock}\n{text}\n\n",
    "points between columns": "{name} · {clock} · {text}\n",
    "columns of spaces": "{name}     {text}\n",
    "two times": "00:{clock}:00 00:{after}:20\n{text}\n\n",
    "name and time in a column": "{name}  [00:{clock}]\t{text}\n\n",
    "quotation marks": "{name} : « {text} »\n\n",
    "hours in letters": "00h00m{second:02}s {name} : {text}\n\n",
    "primes": "({second}'00\") {name} : {text}\n\n",
    "time codes": "TC 00:{clock} – {name} : {text}\n\n",
    "slashes": "{name} / {text}\n\n",
    "signs of equality": "{name} = {text}\n\n",
    "directions": "\u202a{name}\u202c : {text}\n\n",
    "seconds": "[{second}s] {name}: {text}\n",
    "a range of seconds": "{second}.00 - {second}.90: {text}\n",
    "at a time": "@{clock} - {name}\n{text}\n\n",
    "pauses": "{name} [00:{clock}] {text} [3.4s]\n\n",
    "crosses": "#{first}# {text}\n\n",
    "a play": "{upper}, souriant. {text}\n\n",
    "capitals without a sign": "{upper} {text}\n\n",
    "columns, name last": "{number}\t{clock} - {after}\t{text}\t{name}\n",
    "rows": "| {clock} | {name} | {text} |\n",
    "frames": "00;{frames};12 - 00;{frames};20\n{counted}\n{text}\n\n",
    "captions as a text": "{number}\n00:{clock},000 --> 00:{after},000\n{name} : {text}\n\n",
    "a time that is a link": "[{clock}](https://x.example/?t={second}) {name}: {text}\n\n",
    "a chat": "<{first}> {text}\n",
    "a name in brackets on its own line": "[{upper}]\n{text}\n\n",
    "emoji after the name": "{name} 🎤 : {text}\n\n",
    "tags of a forum": "[b]{name}[/b] : {text}\n\n",
    "tags of a page": "<b>{name}</b> : {text}<br>\n",
    "numbered letters": "{letter}{number} : {text}\n\n",
    "points": "{name} ..... {text}\n\n",
    "quoted cells": '"{name}","{clock}","{text}"\n',
    "cells": "{clock};{name};{text}\n",
    "first initial": "{initial}. {last} : {text}\n\n",
    "roles in capitals": "{role} – {text}\n\n",
    "a name in quotation marks": '"{name}": {text}\n\n',
    "counted voices with a time": "LOC{number_of_voice} ({clock}) : {text}\n\n",
    "from whom": "{clock} De  {name} : {text}\n",
    "tags of times": "<Sync {second}.0> {name}: {text}\n",
    "frames after a time": "00:{clock}:05 - 00:{after}:10\n{counted}\n{text}\n\n",
    "a time between crosses at the end": "{name}: {text} #00:{clock}-3#\n\n",
    "frequencies": "{second}.000000\t{second}.900000\t{text}\n\\\t100.0\t4000.0\n",
    "a comma before the time": "{name}, {clock} — {text}\n\n",
    "chevrons after a time": "00:{clock} >> {name}: {text}\n\n",
    "chevrons": ">> {text}\n\n",
    "a tab after the colon": "{upper} :\t{text}\n\n",
    "a name over a range": "{name}\n00:{clock} - 00:{after}\n{text}\n\n",
    "a time before a first name and a dash": "({clock}) {first} – {text}\n\n",
    "the name behind": "{text} — {name}\n\n",
    "counted voices without a space": "Intervenant{number_of_voice}: {text}\n\n",
    "voices in brackets": "[{spk}] {text}\n\n",
    "bars, initials last": "{clock} | {short} | {text}\n",
    "voices of either sex": "Locuteur·rice {number_of_voice} : {text}\n\n",
    "a time and a first name": "{clock} {first}: {text}\n",
    "angles around the time": "<00:{clock}> {name}: {text}\n\n",
    "a pronoun in brackets": "{name} (elle) : {text}\n\n",
    "braces around the time": "{name} {{{clock}}} {text}\n\n",
    "initials in bold": "**{short}** {text}\n\n",
    "a list of names in bold": "- **{first}** : {text}\n",
    "a numbered list of names in bold": "{number}. **{name}** – {text}\n",
    "a table of names": "| **{name}** | {text} |\n",
    "a quotation under the name": "{name} :\n\n> {text}\n\n",
    "headings with times": "### [{clock}] {name}\n\n{text}\n\n",
    "columns of two spaces": "{clock}  {upper}  {text}\n",
    "numbers before names and times": "#{number} {name} {clock}\n{text}\n\n",
    "numbered letters with a time": "{letter}{number} ({clock}) : {text}\n\n",
    "a name at a time": "{name} @ {clock}\n{text}\n\n",
    "name and time in brackets": "[{name} | {clock}] {text}\n\n",
    "an arrow of signs": "{name} -> {text}\n\n",
    "an arrow": "{first} → {text}\n\n",
    "a range with an arrow": "{clock} → {after} {name} : {text}\n\n",
    "a first name and a range over the words": "{first} ({clock}–{after})\n{text}\n\n",
    "T and seconds": "T={second}s {name}: {text}\n\n",
    "two tabs": "{name}\t\t{text}\n",
    "initials and time in brackets": "[{short} – {clock}] {text}\n\n",
    "people counted by letters": "P{number_of_voice} : {text}\n\n",
    "counted voices in French": "Voix {number_of_voice} : {text}\n\n",
    "voices counted by letters": "S{number_of_voice}: {text}\n\n",
    "callouts": "> [!quote] {name}\n> {text}\n\n",
    "cells parted by commas": "{clock},{name},{text}\n",
    "milliseconds before a name": "{clock}.250 {name}\n{text}\n\n",
    "tildes": "~ {first} ~ {text}\n\n",
    "two bars": "{name} || {text}\n\n",
    "a function between dashes": "{name} – invité – {text}\n\n",
    "points after the time": "{clock} .... {name} : {text}\n\n",
    "underlines": "_{name}_ : {text}\n\n",
    "a time as code": "`{clock}` **{name}** {text}\n\n",
    "tags of a page around time and name": "<p><time>{clock}</time> <cite>{name}</cite> {text}</p>\n",
    "lyrics": "[{clock}.00]{text}\n",
    "lyrics with names": "[{clock}.00]{name}: {text}\n",
    "captions of YouTube as a text": "0:{clock}.000,0:{after}.000\n{text}\n\n",
    "captions of YouTube as a text, with names": "0:{clock}.000,0:{after}.000\n{upper}: {text}\n\n",
}


def dressed(dress: str, name: str, second: int, text: str, number: int = 1) -> str:
    place = [HOST, GUEST].index(name)
    initials = "".join(word[0] for word in name.split())
    return DRESSES[dress].format(
        name=name,
        upper=name.upper(),
        first=name.split(maxsplit=1)[0],
        last=name.rsplit(maxsplit=1)[-1],
        LAST=name.rsplit(maxsplit=1)[-1].upper(),
        last_initial=name.rsplit(maxsplit=1)[-1][0],
        letter="QR"[place],
        initial=name[0],
        role=("LA JOURNALISTE", "L’INVITÉE")[place],
        task=("Intervieweuse", "Interviewée")[place],
        number=number,
        place=place,
        second=second,
        milliseconds=1000 * second,
        short=initials,
        stops=".".join(initials) + ".",
        counted=f"Speaker {place + 1}",
        voice=f"Intervenant {place + 1}",
        spk=f"SPEAKER_0{place}",
        number_of_voice=place + 1,
        clock=clock(second),
        after=clock(second + 1),
        frames=clock(second).replace(":", ";"),
        text=text,
    )


@pytest.mark.parametrize("dress", DRESSES)
@pytest.mark.parametrize("form", ["txt", "md"])
def test_whatever_dress_nothing_changes(vines: EpisodeSources, dress: str, form: str) -> None:
    old = vines.transcript()
    text = "".join(dressed(dress, *turn, number) for number, turn in enumerate(turns(), 1))
    new = come_back(vines, text.encode(), form)
    aside = {"[rires]"} if dress == "laughter" else set()
    assert [pair for pair in spoken(new) if pair[1] not in aside] == spoken(old)


@pytest.mark.parametrize(
    ("head", "foot"),
    [
        ("Date : 12 juin 2026\nDurée : 3 min 20\nParticipants : Camille Renaud, Inès Delorme", ""),
        (
            "Fichier : entretien.m4a\nLangue : français",
            "Transcrit par un programme\nhttps://a.example",
        ),
        ("", "Fin de la transcription"),
        ("Réunion (12 juin 2026) – Transcription\nParticipants\nCamille Renaud, Inès Delorme", ""),
        ("Entretien – Inès.m4a", "La transcription s’est terminée au bout de 00:03:20"),
        ("Transcribed with noScribe vers. 0.6.2", "Sonix is an automated transcription platform."),
        ("---\ntitle: x\n---", "Transcribed by https://otter.ai"),
        (
            "Réunion-20260105_100200-Enregistrement de la réunion\nCamille Renaud a commencé la "
            "transcription",
            "Camille Renaud a arrêté la transcription",
        ),
        (
            "Inès Delorme - entretien",
            "Fin de la réunion après 00:03:12 👋\nCette transcription modifiable a été générée par "
            "un ordinateur et peut contenir des erreurs. Les utilisateurs peuvent également "
            "modifier le texte après sa création.",
        ),
        (
            "Sonix is the world’s most advanced automated transcription, translation and subtitling "
            "platform.",
            "(Ce fichier est long. Passez à la version illimitée sur TurboScribe.ai pour des "
            "fichiers de 10 heures.)",
        ),
        (
            "Entretien - January 05\nVIEW RECORDING - 3 mins: https://video.example/x",
            "Français (générés automatiquement)",
        ),
    ],
)
def test_head_and_foot_of_a_program_are_no_speech(
    vines: EpisodeSources, head: str, foot: str
) -> None:
    text = "\n\n".join([head, *(f"{name} : {said}" for name, _, said in turns()), foot])
    assert spoken(come_back(vines, text.encode(), "txt")) == spoken(vines.transcript())


def test_a_sentence_before_the_first_name_stays(vines: EpisodeSources) -> None:
    text = "\n\n".join(["Bienvenue à toutes.", *(f"{name} : {said}" for name, _, said in turns())])
    new = come_back(vines, text.encode(), "txt")
    assert [word for _, word in spoken(new)][:3] == ["Bienvenue", "à", "toutes."]
    said = [f"{name} : {said}" for name, _, said in turns()]
    first = said[0].partition(" : ")[2].partition(".")[0]
    text = "\n\n".join([first, said[0].replace(first, "", 1), *said[1:]])
    assert [word for _, word in spoken(come_back(vines, text.encode(), "txt"))][:2] == ["Et", "pis"]


@pytest.mark.parametrize(
    "head",
    ["Speaker Name,Start Time,End Time,Text", "nom;début;fin;texte", "speaker\tstart\tend\ttext"],
)
@pytest.mark.parametrize("counted", [False, True])
def test_tables_of_other_programs(vines: EpisodeSources, head: str, counted: bool) -> None:
    delimiter = max(",;\t", key=head.count)
    rows = [head.split(delimiter)]
    for name, second, said in turns():
        shown = f"Speaker {1 + [HOST, GUEST].index(name)}" if counted else name
        rows.append([shown, clock(second), clock(second + 1), said])
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter).writerows(rows)
    new = come_back(vines, stream.getvalue().encode(), "csv")
    assert spoken(new) == spoken(vines.transcript())


@pytest.mark.parametrize(
    ("key", "said_in", "speakers"),
    [
        ("segments", "text", ("SPEAKER_00", "SPEAKER_01")),
        ("utterances", "text", ("A", "B")),
        ("utterances", "transcript", (0, 1)),
        ("transcription", "text", (None, None)),
        ("segments", "text", (HOST, GUEST)),
    ],
)
def test_segments_of_other_programs(
    vines: EpisodeSources, key: str, said_in: str, speakers: tuple[object, object]
) -> None:
    segments = [
        {said_in: f" {said}", "start": second, "speaker": speakers[[HOST, GUEST].index(name)]}
        for name, second, said in turns()
    ]
    new = come_back(vines, json.dumps({key: segments}).encode(), "json")
    assert spoken(new) == spoken(vines.transcript())


def test_labels_of_each_voice_that_nothing_recognises_are_doubted(vines: EpisodeSources) -> None:
    """« C1 Bonjour » in one turn, « I2 Bonjour » in the next: each in a quarter of the passages."""
    labels = {HOST: "C1", GUEST: "I2"}
    text = "".join(f"{labels[name]} {said}\n\n" for name, _, said in turns())
    before = vines.transcript()
    assert _repeated_words(before, come_back(vines, text.encode(), "txt")) == [("C1", 7), ("I2", 7)]
    text = "".join(f"{name} : {said}\n\n" for name, _, said in turns())
    assert _repeated_words(before, come_back(vines, text.encode(), "txt")) == []


def test_json_that_is_no_transcript_is_refused_with_a_remedy(vines: EpisodeSources) -> None:
    with pytest.raises(WorkspaceError, match="Give the JSON file that Studio wrote"):
        come_back(vines, b'{"segments": [{"start": 1}]}', "json")


@pytest.mark.parametrize(
    "text", ['File type = "ooTextFile"\nxmin = 0', "Scenarist_SCC V1.0", "{\\rtf1 a", "%PDF-1.7"]
)
def test_other_programs_forms_as_text_are_refused(vines: EpisodeSources, text: str) -> None:
    with pytest.raises(WorkspaceError, match=r"export it as \.srt or \.docx"):
        come_back(vines, text.encode(), "txt")


def test_a_table_on_a_page(vines: EpisodeSources) -> None:
    rows = "".join(
        f"<tr><td>{clock(second)}</td><td>{name}</td><td>{said}</td></tr>"
        for name, second, said in turns()
    )
    head = "<tr><th>Temps</th><th>Qui</th><th>Texte</th></tr>"
    page = f"<body><table>{head}{rows}</table><footer>Mentions</footer></body>"
    assert spoken(come_back(vines, page.encode(), "html")) == spoken(vines.transcript())


@pytest.mark.parametrize("form", ["{} (Medinsoft)", "{last} {first}", "SPEAKER_0{place}"])
def test_voice_tags_in_whatever_form(vines: EpisodeSources, form: str) -> None:
    parts = []
    for name, _, said in turns():
        first, last = name.split()
        place = [HOST, GUEST].index(name)
        voice = form.format(name, first=first, last=last.upper(), place=place)
        parts.append(f"<v {voice}>{said}</v>")
    vtt = b"WEBVTT\n\n" + cues(parts).replace(b",000", b".000")
    assert spoken(come_back(vines, vtt, "vtt")) == spoken(vines.transcript())


def test_our_own_document_saved_as_text_or_html(vines: EpisodeSources) -> None:
    from studio.article.word import blocks_from_word
    from studio.transcript_formats.transcript_io import export_transcript

    old = vines.transcript()
    texts = [block.text for block in blocks_from_word(export_transcript(vines, "docx"), "x")]
    assert spoken(come_back(vines, "\n".join(texts).encode(), "txt")) == spoken(old)
    assert spoken(
        come_back(vines, "\ufeff".encode() + "\r\n".join(texts).encode(), "txt")
    ) == spoken(old)
    page = (
        "<html><body>"
        + "".join(f"<p class=western><font>{text}</font></p>\n" for text in texts)
        + "</body></html>"
    )
    assert spoken(come_back(vines, page.encode(), "html")) == spoken(old)


def cues(parts: Sequence[str]) -> bytes:
    stamps = [f"00:0{place // 60}:{place % 60:02},000" for place in range(len(parts) + 1)]
    return "".join(
        f"{place + 1}\n{stamps[place]} --> {stamps[place + 1]}\n{part}\n\n"
        for place, part in enumerate(parts)
    ).encode()


@pytest.mark.parametrize(
    "form",
    [
        "[{short}] {text}",
        "({name}) {text}",
        "{upper} — {text}",
        "{name} (hors champ) : {text}",
        "@{first} : {text}",
        "{upper} {text}",
        ">> {upper}: {text}",
        ">> {text}",
    ],
)
def test_names_in_cues_in_whatever_form(vines: EpisodeSources, form: str) -> None:
    cues = []
    for number, (name, second, text) in enumerate(turns(), 1):
        short = "".join(word[0] for word in name.split())
        payload = form.format(
            short=short, name=name, upper=name.upper(), first=name.split(maxsplit=1)[0], text=text
        )
        cues.append(f"{number}\n00:{clock(second)},000 --> 00:{clock(second)},900\n{payload}\n\n")
    new = come_back(vines, "".join(cues).encode(), "srt")
    assert spoken(new) == spoken(vines.transcript())
    vtt = "WEBVTT\n\n" + "".join(cues).replace(",000", ".000").replace(",900", ".900")
    assert spoken(come_back(vines, vtt.encode(), "vtt")) == spoken(vines.transcript())


def test_two_names_in_a_cue(vines: EpisodeSources) -> None:
    parts = [f"{speaker}: {text}" for speaker, _, text in turns()]
    pairs = ["\n".join(parts[place : place + 2]) for place in range(0, len(parts), 2)]
    assert spoken(come_back(vines, cues(pairs), "srt")) == spoken(vines.transcript())
    joined = [" ".join(parts[place : place + 2]) for place in range(0, len(parts), 2)]
    new = come_back(vines, cues(joined), "srt")
    assert [word for _, word in spoken(new) if word.rstrip(":") in {"Camille", "Renaud"}] == []


@pytest.mark.parametrize(
    "sound",
    [
        "[Musique]",
        "[rires]",
        "(applaudissements)",
        "(il rit)",
        "[MUSIQUE DOUCE EN FOND]",
        "[♪♪♪]",
        "♪ Musique entraînante ♪",
        "[inaudible]",
        "*rires*",
        "[BLANK_AUDIO]",
        "(Rires du public.)",
        "[Générique]",
    ],
)
def test_what_captions_tell_of_sounds_is_no_speech(vines: EpisodeSources, sound: str) -> None:
    old = spoken(vines.transcript())
    said = [f"{speaker}: {text}" for speaker, _, text in turns()]
    alone = [sound, *said[:2], sound, *said[2:], sound]
    assert spoken(come_back(vines, cues(alone), "srt")) == old
    vtt = b"WEBVTT\n\n" + cues(alone).replace(b",000", b".000")
    assert spoken(come_back(vines, vtt, "vtt")) == old
    assert spoken(come_back(vines, "\n\n".join(alone).encode(), "txt")) == old
    for number, between in enumerate((f"{sound} ", f" {sound}")):
        inside = [
            f"{speaker}: {between}{text}" if number == 0 else f"{speaker}: {text}{between}"
            for speaker, _, text in turns()
        ]
        assert spoken(come_back(vines, cues(inside), "srt")) == old
        assert spoken(come_back(vines, "\n\n".join(inside).encode(), "txt")) == old
    before = [f"{sound} {part}" for part in said]
    assert spoken(come_back(vines, cues(before), "srt")) == old
    unnamed = [sound, *(text for _, _, text in turns()), sound]
    assert spoken(come_back(vines, cues(unnamed), "srt")) == old


def test_what_is_said_of_sounds_stays() -> None:
    said = "le silence, la musique (celle de Bach) et les rires"
    assert without_sound_events(said, frozenset(said.split())) == said
    assert without_sound_events("[rires] oui", frozenset({"[rires]", "oui"})) == "[rires] oui"
    assert without_sound_events("*musique*", frozenset({"musique"})) == "*musique*"
    assert without_sound_events("Oui [rires], bien sûr.", frozenset()) == "Oui, bien sûr."
    assert without_sound_events("(la musique des vignes)", frozenset()) == "(la musique des vignes)"


def test_an_empty_line_in_a_cue(vines: EpisodeSources) -> None:
    parts = [f"{speaker}: " + text.replace(" ", "\n\n", 1) for speaker, _, text in turns()]
    assert spoken(come_back(vines, cues(parts), "srt")) == spoken(vines.transcript())


def test_an_empty_line_under_the_number_of_a_cue(vines: EpisodeSources) -> None:
    srt = re.sub(rb"(?m)^([0-9]+)\n(?=.*-->)", rb"\1\n\n", cues([text for _, _, text in turns()]))
    assert spoken(come_back(vines, srt, "srt")) == spoken(vines.transcript())


def test_a_name_before_a_tab_in_word(vines: EpisodeSources) -> None:
    document = docx.Document()
    for name, _, text in turns():
        paragraph = document.add_paragraph()
        paragraph.add_run(f"{name}\t").bold = True
        paragraph.add_run(text)
    stream = io.BytesIO()
    document.save(stream)
    assert spoken(come_back(vines, stream.getvalue(), "docx")) == spoken(vines.transcript())


def test_moments_that_link_to_the_sound(vines: EpisodeSources) -> None:
    text = "\n\n".join(
        f"[{clock(second)}](https://a.example/v?t={second}) **{name}** : {said}"
        for name, second, said in turns()
    )
    assert spoken(come_back(vines, text.encode(), "md")) == spoken(vines.transcript())


def test_dashes_of_dialogue_in_cues(vines: EpisodeSources) -> None:
    parts = [f"- {text}" for _, _, text in turns()]
    pairs = ["\n".join(parts[place : place + 2]) for place in range(0, len(parts), 2)]
    assert spoken(come_back(vines, cues(pairs), "srt")) == spoken(vines.transcript())
    vtt = b"WEBVTT\n\nNOTE a\n\nSTYLE\n::cue { color: red }\n\n" + cues(pairs).replace(
        b",000", b".000"
    )
    assert spoken(come_back(vines, vtt, "vtt")) == spoken(vines.transcript())


def test_names_before_a_colon_in_webvtt(vines: EpisodeSources) -> None:
    parts = [f"{speaker.upper()}: {text}" for speaker, _, text in turns()]
    vtt = b"WEBVTT\n\n" + cues(parts).replace(b",000", b".000")
    assert spoken(come_back(vines, vtt, "vtt")) == spoken(vines.transcript())


def test_signs_where_another_person_speaks_in_cues(vines: EpisodeSources) -> None:
    said = [
        part for _, _, text in turns() for part in f">> {text}".replace(". ", ".\n").split("\n")
    ]
    assert 2 * len(turns()) < len(said)
    assert spoken(come_back(vines, cues(said), "srt")) == spoken(vines.transcript())


def test_letters_that_pages_write_in_cues(vines: EpisodeSources) -> None:
    parts = [
        html.escape(f"{name}: {text}").replace("é", "&eacute;").replace("à", "&#224;")
        for name, _, text in turns()
    ]
    assert spoken(come_back(vines, cues(parts), "srt")) == spoken(vines.transcript())


def test_a_number_inside_a_line_is_said(vines: EpisodeSources) -> None:
    """Also where names on lines of their own are numbered."""
    text = "".join(
        f"{number}. {name}\n{said}\n\n" for number, (name, _, said) in enumerate(turns(), 1)
    )
    assert " 10 " in text
    assert spoken(come_back(vines, text.encode(), "txt")) == spoken(vines.transcript())


def test_emphasis_in_markdown_is_no_sign(vines: EpisodeSources) -> None:
    text = "\n\n".join(f"**{speaker} :** *{said}*" for speaker, _, said in turns())
    assert spoken(come_back(vines, text.encode(), "md")) == spoken(vines.transcript())
    text = "\n\n".join(
        f"_{speaker}_ : {said.replace('vigne', '__vigne__')}" for speaker, _, said in turns()
    )
    assert spoken(come_back(vines, text.encode(), "md")) == spoken(vines.transcript())


@pytest.mark.parametrize(
    "dress", ["capitals", "descript", "otranscribe", "counted voices", "name on its own line"]
)
def test_a_host_whom_only_the_file_names_gets_the_name(vines: EpisodeSources, dress: str) -> None:
    old = vines.transcript()
    text = (
        "".join(dressed(dress, *turn) for turn in turns())
        .replace(HOST, "Zoé Le Goff")
        .replace(HOST.upper(), "ZOÉ LE GOFF")
    )
    new = come_back(vines, text.encode(), "txt")
    named = HOST if dress == "counted voices" else "Zoé Le Goff"
    assert spoken(new) == [
        (named if speaker == HOST else speaker, word) for speaker, word in spoken(old)
    ]
    if dress in {"capitals", "descript"}:
        parts = [
            part.split("\n", 1)[0] for part in text.replace("[00:", "(0:").split("\n\n") if part
        ]
        assert {speaker for speaker, _ in spoken(come_back(vines, cues(parts), "srt"))} == {
            named,
            GUEST,
        }


def test_a_word_that_is_like_a_part_of_a_name_is_speech(vines: EpisodeSources) -> None:
    text = "".join(
        f"[00:00:{second:02}.000 --> 00:00:{second:02}.900] {word}\n"
        for second, word in enumerate(["Inès", "À", "Camille", "CR"])
    )
    assert [word for _, word in spoken(come_back(vines, text.encode(), "txt"))] == [
        "Inès",
        "À",
        "Camille",
        "CR",
    ]


def _clock(moment_ms: int, sign: str = ".") -> str:
    seconds, rest = divmod(moment_ms, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{sign}{rest:03}"


# How one passage is written, and the surrounding text all of them; by the file's ending.
OTHER_FILES = {
    "sbv": ("{start},{end}\n{text}\n\n", "{}"),
    "lrc": ("[{short}]{text}\n", "{}"),
    "ttml": (
        '<p begin="{start}" end="{end}">{text}</p>',
        '<?xml version="1.0"?><tt xmlns="http://www.w3.org/ns/ttml"><head><metadata><ttm:title>Vigne'
        "</ttm:title></metadata></head><body><div>{}</div></body></tt>",
    ),
    "srv3": ('<p t="5" d="7">{text}</p>', "<timedtext><body>{}</body></timedtext>"),
    "srv1": ('<text start="5" dur="7">{text}</text>', "<transcript>{}</transcript>"),
    "smi": ("<SYNC Start=5><P Class=FRCC>{text}\n", "<SAMI><HEAD></HEAD><BODY>{}</BODY></SAMI>"),
    "dfxp": (
        '<tt:p begin="{start}" end="{end}">{text}</tt:p>',
        '<tt:tt xmlns:tt="http://www.w3.org/ns/ttml"><tt:body><tt:div>{}</tt:div></tt:body></tt:tt>',
    ),
    "ass": (
        "Dialogue: 0,{ass},{ass},Default,{speaker},0,0,0,,{{\\an8\\i1}}{text}{{\\i0}}\n",
        "[Script Info]\nTitle: Vigne\n\n[V4+ Styles]\nFormat: Name, Fontname\nStyle: Default,Arial\n\n"
        "[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
        "Comment: 0,0:00:00.00,0:00:05.00,Default,,0,0,0,,à relire\n{}",
    ),
    "ssa": (
        "Dialogue: Marked=0,{ass},{ass},Default,,0000,0000,0000,,{text}\n",
        "[Events]\nFormat: Marked, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n{}",
    ),
    "otr": (
        '<p><span class=\\"timestamp\\">{short}</span> {speaker} : {text}<br /></p>',
        '{{"text": "{}", "media": "vigne.mp3", "media-time": 1.5}}',
    ),
    "txt": ("{seconds:.6f}\t{seconds:.6f}\t{speaker} : {text}\n", "{}"),  # labels of Audacity
    "text": ("{speaker} [{start}] {text}\n\n", "{}\nLa réunion s'est terminée à 00:02:24 👋\n"),
}


@pytest.mark.parametrize("ending", OTHER_FILES)
def test_files_of_other_programs(vines: EpisodeSources, ending: str) -> None:
    each, around = OTHER_FILES[ending]
    transcript = vines.transcript()
    content = around.format(
        "".join(
            each.format(
                start=_clock(one.start_ms),
                end=_clock(one.end_ms),
                short=_clock(one.start_ms)[3:8],
                ass=_clock(one.start_ms)[1:-1],
                seconds=one.start_ms / 1000,
                speaker=one.speaker,
                text=one.text,
            )
            for one in transcript.segments
        )
    )
    form = format_of_file(f"vigne.{ending}")
    assert form is not None
    assert spoken(come_back(vines, content.encode(), form.name)) == spoken(transcript)


def test_what_is_no_tag_is_words() -> None:
    """And is not looked for the end of a tag that is not there: a megabyte of it took minutes."""
    assert lines_from_html("<b>Un</b> : 3 < 4 </ <p <a b='", "here") == ["Un : 3 < 4 </ <p <a b='"]


def test_what_has_more_tags_than_any_transcript_is_refused() -> None:
    with pytest.raises(WorkspaceError, match="more tags than a transcript"):
        lines_from_html("<p>" * 200_001, "here")


def test_marked_sections_are_no_words() -> None:
    lines = lines_from_html("<p>Oui<![if !vml]> bien<![endif]> sûr<![ <![1]>.</p>", "here")
    assert "".join(lines) == "Oui bien sûr."


def test_captions_that_roll_up_are_told_once(vines: EpisodeSources) -> None:
    old = vines.transcript()
    vtt, before = "WEBVTT\nKind: captions\nLanguage: fr\n\n", " "
    for one in old.segments:
        words = "".join(f"<{_clock(word.start_ms)}><c> {word.text}</c>" for word in one.words[1:])
        start, end = _clock(one.start_ms), _clock(one.end_ms)
        vtt += f"{start} --> {end} align:start\n{before}\n{one.words[0].text}{words}\n\n"
        vtt += f"{end} --> {end} align:start\n{one.text}\n \n\n"
        before = one.text
    assert spoken(come_back(vines, vtt.encode(), "vtt")) == spoken(old)


def test_the_foot_of_captions_without_names_is_no_speech(vines: EpisodeSources) -> None:
    parts = [text for _, _, text in turns()]
    foot = "Sous-titres réalisés par la communauté d’Amara.org"
    assert spoken(come_back(vines, cues([*parts, foot]), "srt")) == spoken(vines.transcript())


def test_surnames_first_in_voice_tags(vines: EpisodeSources) -> None:
    parts = [f"<v {name.split()[1]}, {name.split()[0]}>{said}</v>" for name, _, said in turns()]
    vtt = b"WEBVTT\n\n" + cues(parts).replace(b",000", b".000")
    assert spoken(come_back(vines, vtt, "vtt")) == spoken(vines.transcript())


@pytest.mark.parametrize(
    "form",
    [
        "{name} : {said}",
        "[\\[00:05\\]]{{.small}} **{name} :** {said}",
        "<span class=small>\\[00:05\\]</span> **{name} :** {said}",
    ],
)
def test_markdown_that_a_converter_wrote(vines: EpisodeSources, form: str) -> None:
    body = "\n\n".join(
        form.format(name=name, said=said.replace("'", "\\'").replace("...", "\\..."))
        for name, _, said in turns()
    )
    text = f'---\nlang: fr\ntitle: "Inès Delorme : la météo"\n---\n\n{body}\n'
    assert spoken(come_back(vines, text.encode(), "md")) == spoken(vines.transcript())


def _heard(word: Word, number: int) -> dict[str, object]:
    return {"word": word.text.lower(), "punctuated_word": word.text, "speaker": number}


Numbered = Sequence[tuple[int, Segment]]
JSON_FILES: dict[str, Callable[[Numbered], object]] = {
    "whole text": lambda told: {"text": " ".join(one.text for _, one in told)},
    "chunks": lambda told: {"chunks": [{"timestamp": [0, 1], "text": one.text} for _, one in told]},
    "channels of words": lambda told: {
        "results": {
            "channels": [
                {
                    "alternatives": [
                        {
                            "transcript": " ".join(one.text for _, one in told),
                            "words": [_heard(word, n) for n, one in told for word in one.words],
                        }
                    ]
                }
            ]
        }
    },
    "elements": lambda told: {
        "monologues": [
            {
                "speaker": number,
                "elements": [
                    {"type": kind, "value": value}
                    for word in one.words
                    for kind, value in (("text", word.text), ("punct", " "))
                ],
            }
            for number, one in told
        ]
    },
    "items": lambda told: {
        "results": {
            "transcripts": [{"transcript": " ".join(one.text for _, one in told)}],
            "items": [
                {"type": "pronunciation", "alternatives": [{"content": word.text}]}
                for _, one in told
                for word in one.words
            ],
        }
    },
    "the best of several": lambda told: {
        "recognizedPhrases": [
            {"speaker": number, "nBest": [{"lexical": one.text.lower(), "display": one.text}]}
            for number, one in told
        ]
    },
    "events": lambda told: {
        "events": [
            {"tStartMs": 5, "segs": [{"utf8": f"{word.text} "} for word in one.words]}
            for _, one in told
        ]
    },
    "transcripts with models": lambda told: {
        "speech": {
            "transcripts": [
                {"transcript": one.text, "speaker_model_label": one.speaker} for _, one in told
            ]
        }
    },
    "words with speakers": lambda told: {
        "results": [
            {"type": "word", "alternatives": [{"content": word.text, "speaker": f"S{number}"}]}
            for number, one in told
            for word in one.words
        ]
    },
    "blocks": lambda told: {
        "blocks": [{"text": one.text, "data": {"speaker": one.speaker}} for _, one in told]
    },
}


@pytest.mark.parametrize("program", JSON_FILES)
def test_json_of_whatever_program(vines: EpisodeSources, program: str) -> None:
    old = vines.transcript()
    told = [(1 + [HOST, GUEST].index(str(one.speaker)), one) for one in old.segments]
    content = json.dumps(JSON_FILES[program](told)).encode()
    assert spoken(come_back(vines, content, "json")) == spoken(old)


def test_json_a_line(vines: EpisodeSources) -> None:
    old = vines.transcript()
    lines = [json.dumps({"speaker": one.speaker, "text": one.text}) for one in old.segments]
    assert spoken(come_back(vines, "\n".join(lines).encode(), "json")) == spoken(old)


def test_spaces_without_end_are_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """300 kB of them took twelve seconds: no pattern of a line sees them."""
    seen: list[str] = []
    form = lines_in_one_form

    def looked_at(given: Sequence[str], *rest: object) -> Sequence[str]:
        seen.extend(given)
        return form(given, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(lines, "lines_in_one_form", looked_at)
    gap = " " * 300_000
    (part,) = lines.parts_from_lines([f"Claire :{gap}Oui{gap}"], ["Claire"])
    assert seen == ["Claire : Oui "]
    assert part is not None
    assert (part.speaker, part.text) == ("Claire", "Oui")


@pytest.mark.parametrize(
    ("line", "is_said"),
    [
        ("Retrouvez-nous sur www.exemple.fr", True),
        ("Et notre transcription est faite avec Otter.ai, comme toujours", True),
        ("Exporté depuis www.exemple.fr", False),
        ("https://www.exemple.fr/retrouvez", False),
        ("Transcrit automatiquement par Sonix", False),
    ],
)
@pytest.mark.parametrize("timed", [False, True])
def test_a_last_line_that_is_said_is_no_programs(line: str, *, is_said: bool, timed: bool) -> None:
    said = (
        "Bonjour Claire . Voilà , retrouvez-nous sur exemple point fr et notre transcription est "
        "faite avec Otter.ai comme toujours"
    )
    lines = ["Claire : Bonjour Claire.", "Yanis : Voilà,", line]
    read = lines_in_one_form(lines, KnownSpeakers(("Claire", "Yanis")), said.split(), timed=timed)
    assert (read[-1] == line) is is_said
    assert bool(read[-1]) is is_said
