"""Pictures are asked for what they show: where the lines stand, and that every viewer can read
them.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from click.testing import CliRunner
from support.made_sounds import real_speech, silence, speechlike, tone, write_wav
from support.spans import spans

from studio.cli import main
from studio.model.clock import Programme, RecordingMs
from studio.model.sound import FIRST_TRACK, SpeakerTurn
from studio.sound.mastering import master_recording
from studio.sound.mastering_preview import preview_mastering
from studio.sound.overview import overview_in_programme, read_overview
from studio.sound.pictures import COLOURS, LEFT, loudness_svg, noise_svg, stacked_svg, waveform_svg
from studio.sound.recording import inspect_recording

SVG = "{http://www.w3.org/2000/svg}"


def turn(speaker: int, start: int, end: int) -> SpeakerTurn:
    return SpeakerTurn(speaker=speaker, start_ms=RecordingMs(start), end_ms=RecordingMs(end))


def test_a_course_tells_level_and_noise(tmp_path: Path) -> None:
    noise = 10 ** (-60 / 20) * np.random.default_rng(0).standard_normal((48_000 * 12, 1))
    sound = np.concatenate((silence(4), tone(4, hz=997, level=0.1), silence(4))) + noise
    course = read_overview(write_wav(tmp_path / "a.wav", sound), FIRST_TRACK)
    assert len(course.peaks) == len(course.short_term_lufs) == 120
    assert course.short_term_lufs[60] == pytest.approx(-23.0, abs=0.2)
    assert course.peaks[60] == pytest.approx(0.1, abs=0.01)
    assert 10 * np.log10((10 ** (course.noise_db / 10)).sum()) == pytest.approx(
        -60 - 1.7, abs=1
    )  # white: a third lies over 16 kHz
    thirds = np.diff(course.noise_db[4:])
    assert thirds.mean() == pytest.approx(
        1.0, abs=0.2
    )  # white noise rises by 1 dB a third of an octave


def test_pictures_stand_alone_and_show_who_speaks(tmp_path: Path) -> None:
    course = read_overview(
        write_wav(tmp_path / "a.wav", np.concatenate((speechlike(4), speechlike(4, level_db=-35)))),
        FIRST_TRACK,
    )
    wave = waveform_svg(
        course,
        title="Onde <de> Zoé",
        turns=[turn(0, 0, 4000), turn(1, 4000, 8000)],
        names=["Zoé & co", "Ève"],
    )
    loud = loudness_svg([("avant", course), ("après", course)], title="Niveau", target_lufs=-19.0)
    noise = noise_svg([("avant", course)], title="Bruit")
    for picture in (wave, loud, noise, stacked_svg([wave, loud, noise])):
        root = ElementTree.fromstring(picture)
        assert root.tag == f"{SVG}svg"
        assert root.iter(f"{SVG}title")
        assert not re.search(r"href|url\(|nan|inf", picture)
    drawn = ElementTree.fromstring(wave)
    columns = {
        path.get("stroke"): [int(column) for column in re.findall(r"M(\d+)", path.get("d") or "")]
        for path in drawn.iter(f"{SVG}path")
        if not path.get("stroke-width")  # the legend's
    }
    assert max(columns[COLOURS[0]]) < LEFT + 445
    assert min(columns[COLOURS[1]]) > LEFT + 435
    assert [text.text for text in drawn.iter(f"{SVG}text") if text.text in {"Zoé & co", "Ève"}]


def test_the_recording_is_drawn_at_the_times_of_the_episode(tmp_path: Path) -> None:
    sound = np.concatenate((tone(2, level=0.1), tone(3, level=0.4), tone(5, level=0.2)))
    course = read_overview(write_wav(tmp_path / "a.wav", sound), FIRST_TRACK)
    programme = Programme(kept=spans((0, 2000), (5000, 9000)), opening_ms=1500, closing_ms=500)
    heard = overview_in_programme(course, programme)
    assert len(heard.peaks) == len(heard.short_term_lufs) == 80
    assert heard.peaks[:15].max() == 0
    assert heard.peaks[75:].max() == 0
    assert heard.peaks[16:34] == pytest.approx(0.1, abs=0.01)
    assert heard.peaks[36:75] == pytest.approx(0.2, abs=0.01)
    assert heard.short_term_lufs[60] == pytest.approx(course.short_term_lufs[75])


def test_in_the_dark_every_colour_changes_and_in_print_none(tmp_path: Path) -> None:
    course = read_overview(write_wav(tmp_path / "a.wav", speechlike(4)), FIRST_TRACK)
    picture = loudness_svg(
        [("avant", course), ("après", course)], title="Niveau", target_lufs=-19.0
    )
    style = re.findall(r"@media screen and \(prefers-color-scheme:dark\)\{(.*)\}</style>", picture)[
        0
    ]
    classes = set(re.findall(r'class="([^"]+)"', picture)) - {"sound-picture"}
    assert classes >= {"paper", "grid", "band", "good", "line-0", "line-1"}
    assert all(f".sound-picture .{name}{{" in style for name in classes)


def test_short_and_silent_sounds_have_pictures_too(tmp_path: Path) -> None:
    for sound in (tone(0.5), silence(3)):
        course = read_overview(write_wav(tmp_path / "a.wav", sound), FIRST_TRACK)
        for picture in (
            waveform_svg(course, title="a"),
            loudness_svg([("a", course)], title="a", target_lufs=-19),
            noise_svg([("a", course)], title="a"),
        ):
            ElementTree.fromstring(picture)


def test_the_forecast_comes_true(tmp_path: Path) -> None:
    recording = real_speech(tmp_path, 8)
    facts = inspect_recording(recording)
    forecast = preview_mastering(facts, read_overview(recording, facts.mix))
    made = master_recording(recording, facts, Programme(kept=spans((0, 8000))), tmp_path / "m.mp3")
    assert forecast.gain_db == pytest.approx(made.gain_db, abs=1.0)
    assert forecast.limited_db == pytest.approx(made.limited_db, abs=1.0)
    assert forecast.denoised == any("afftdn" in step for step in made.filters)


def test_inspect_says_what_a_file_is(tmp_path: Path) -> None:
    voice = speechlike(6)
    hum = np.sum([tone(6, hz=50.0 * number, level=0.01) for number in (1, 2, 3)], axis=0)
    recording = write_wav(tmp_path / "entrevue été.wav", np.hstack((voice + hum, silence(6))))
    said = CliRunner().invoke(
        main, ["inspect", str(recording), "--picture", str(tmp_path / "p.svg")]
    )
    assert said.exit_code == 0, said.output
    for told in (
        "0:06",
        "the right channel has no signal",
        "50",
        "100",
        "150",
        "hum are removed",
        "Next: studio new",
    ):
        assert told in said.output
    ElementTree.parse(tmp_path / "p.svg")
    record = json.loads(CliRunner().invoke(main, ["inspect", str(recording), "--json"]).output)
    assert record["recording"]["layout"] == "left"
    assert record["mastering"]["channels"] == 1


def test_inspect_refuses_what_is_no_sound(tmp_path: Path) -> None:
    text = tmp_path / "a.txt"
    text.write_text("bonjour", encoding="utf-8")
    said = CliRunner().invoke(main, ["inspect", str(text)])
    assert said.exit_code == 1
    assert "is not readable audio" in said.output
