"""An interview recorded as several microphones: laid together, told apart, mixed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from made_sounds import conversation, decoded, recorded_apart, silence, talk, write_wav

from studio.alignment.microphone_names import names_from_files
from studio.alignment.speaker_names import settled_names
from studio.cli import main
from studio.errors import RecordingError
from studio.sound.automix import mix_microphones
from studio.sound.crosstalk import are_microphones, find_crosstalk, read_course
from studio.sound.ffmpeg import TrackDecoding
from studio.sound.multitrack import join_tracks
from studio.sound.recording import inspect_recording
from studio.sound.synchronisation import Placing, place_tracks
from studio.workspace.layout import Workspace

RATE_HZ = 16_000
ARTICLE = Path(__file__).parent / "article" / "002-stephane-soto.txt"
LATE_S = 7.3
DRIFT_PPM = 90.0


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The guest's recorder began later and runs fast."""
    folder = tmp_path_factory.mktemp("tracks")
    (host, guest), _ = conversation(75)
    late = recorded_apart(guest, late_s=LATE_S, drift_ppm=DRIFT_PPM)
    return (
        write_wav(folder / "hôte.wav", host, rate_hz=RATE_HZ),
        write_wav(folder / "invité.wav", late, rate_hz=RATE_HZ),
    )


def placed(*files: Path, offsets_ms: tuple[float, ...] = ()) -> tuple[Placing, ...]:
    return place_tracks(
        [(file, inspect_recording(file).mix) for file in files], offsets_ms=offsets_ms
    )


def test_tracks_are_laid_together(files: tuple[Path, Path]) -> None:
    """To 3 ms at both ends, in whatever order they are named: whoever began first gives the clock,
    so that nothing is cut off.
    """
    host, guest = files
    for order in ((host, guest), (guest, host)):
        found = dict(zip(order, placed(*order), strict=True))
        assert found[host].offset_ms == 0 == found[host].drift_ppm
        for own_s in (0, 60):
            true_ms = LATE_S * 1000 + own_s * 1000 / (1 + DRIFT_PPM * 1e-6)
            assert abs(found[guest].moment_ms(own_s * 1000) - true_ms) < 3


def test_tracks_that_share_nothing(files: tuple[Path, Path], tmp_path: Path) -> None:
    """An interview and a microphone of another one: nothing is written, and what helps is said."""
    other = write_wav(tmp_path / "autre.wav", talk(60, seed=99), rate_hz=RATE_HZ)
    with pytest.raises(RecordingError, match=r"shares no sound with hôte\.wav") as refused:
        placed(files[0], other)
    assert "--offset" in str(refused.value)
    root = tmp_path / "show"
    run = CliRunner()
    assert run.invoke(main, ["init", str(root), "--title", "Essai"]).exit_code == 0
    new = ["-C", str(root), "new", "--article", str(ARTICLE)]
    sounds = ["--recording", str(files[0]), "--recording", str(other)]
    said = run.invoke(main, [*new, *sounds])
    assert said.exit_code == 1
    assert "--offset" in said.output
    assert not list((root / "episodes").iterdir())
    assert run.invoke(main, [*new, *sounds, "--offset", "1", "--offset", "2"]).exit_code == 2
    said = run.invoke(main, [*new, *sounds, "--offset", "-1.5"])
    assert said.exit_code == 0, said.output
    microphones = Workspace(root).load_episode("002-stephane-soto").microphones
    assert [one.offset_ms for one in microphones] == [1500, 0]


def test_one_of_three_hears_only_its_neighbour() -> None:
    """Placings follow from each other."""
    outer = Placing(offset_ms=5000, drift_ppm=50)
    inner = Placing(offset_ms=1000, drift_ppm=-20)
    both = inner.on(outer)
    assert both.moment_ms(10_000) == pytest.approx(outer.moment_ms(inner.moment_ms(10_000)))
    back = both.seen_from(outer)
    assert back.moment_ms(10_000) == pytest.approx(inner.moment_ms(10_000))


@pytest.fixture(scope="module")
def joined(files: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("joined") / "recording.flac"
    join_tracks([(file, inspect_recording(file)) for file in files], target, placed(*files))
    return target


def channels_of(path: Path, count: int) -> np.ndarray:
    with TrackDecoding(path, track=0, sample_rate_hz=RATE_HZ, channels=count) as decoding:
        return np.concatenate(list(decoding))


def test_the_joined_channels_are_on_one_clock(joined: Path) -> None:
    """The bleed is where the voice is, at the beginning and at the end, to 10 ms."""
    heard = channels_of(joined, 2)
    for start_s in (10, 60):
        one, other = heard[start_s * RATE_HZ : (start_s + 4) * RATE_HZ].T
        size = 1 << 18
        cross = np.fft.irfft(np.fft.rfft(one, size) * np.conj(np.fft.rfft(other, size)), size)
        lag = int(np.argmax(np.concatenate((cross[-800:], cross[:800])))) - 800
        assert abs(lag) <= 0.010 * RATE_HZ


def test_who_speaks_into_which_microphone(joined: Path) -> None:
    heard = find_crosstalk(read_course(joined, 2).powers)
    assert are_microphones(heard)
    assert np.allclose(10 * np.log10(heard.bleed[[0, 1], [1, 0]]), -18, atol=2)
    _, speaks = conversation(75)
    # The middle of each second; the guest's recorder has not begun yet in the first.
    middles = heard.active[50::100][: len(speaks)]
    assert (middles == speaks[: len(middles)])[8:].mean() >= 0.98


def test_the_bleed_is_down_in_the_mix(joined: Path, tmp_path: Path) -> None:
    """While one speaks, the mix is that microphone and next to nothing of the other: no comb
    filter; plain adding up has one.
    """
    told = mix_microphones(joined, ["a", "b"], tmp_path / "mix.flac", sample_rate_hz=RATE_HZ)
    mix, heard = decoded(tmp_path / "mix.flac", rate_hz=RATE_HZ)[:, 0], channels_of(joined, 2)
    assert len(mix) == len(heard)
    for place, start_s in ((0, 10), (1, 15), (0, 60)):
        part = slice(start_s * RATE_HZ + 4000, (start_s + 4) * RATE_HZ - 4000)
        own, bled = heard[part, place], heard[part, 1 - place]
        for sound, most_db in ((mix[part], -40), (own + bled, None)):
            factor = float(sound @ own / (own @ own))
            rest_db = 20 * np.log10(np.std(sound - factor * own) / np.std(factor * own))
            assert (rest_db < most_db) if most_db is not None else (rest_db > -25)
    assert not told.remarks
    assert all(one.spoken_ms > 20_000 for one in told.microphones)


def test_a_silent_microphone_and_a_pair(tmp_path: Path) -> None:
    """Nobody speaks into one; two hear the same: both are said."""
    (host, guest), _ = conversation(40)
    room = np.random.default_rng(1).standard_normal(host.shape) * 0.0005
    path = write_wav(tmp_path / "three.wav", np.hstack((host, guest, room)), rate_hz=RATE_HZ)
    told = mix_microphones(path, ["a", "b", "c"], tmp_path / "m.flac", sample_rate_hz=RATE_HZ)
    assert told.remarks == ("nobody speaks into c: it is not heard",)
    assert told.microphones[2].level_db is None
    pair = write_wav(tmp_path / "pair.wav", np.hstack((host, host * 0.9 + room)), rate_hz=RATE_HZ)
    assert not are_microphones(find_crosstalk(read_course(pair, 2).powers))


def test_an_episode_of_two_microphones(files: tuple[Path, Path], tmp_path: Path) -> None:
    """Its settings name them; a run mixes them; an episode of one microphone knows nothing of
    it.
    """
    root = tmp_path / "show"
    run = CliRunner()
    assert run.invoke(main, ["init", str(root), "--title", "Essai"]).exit_code == 0
    new = ["-C", str(root), "new", "--article", str(ARTICLE)]
    said = run.invoke(main, [*new, "--recording", str(files[1]), "--recording", str(files[0])])
    assert said.exit_code == 0, said.output
    assert "begins at 7.30" in said.output
    workspace = Workspace(root)
    microphones = workspace.load_episode("002-stephane-soto").microphones
    assert [one.file for one in microphones] == ["invité.wav", "hôte.wav"]
    assert microphones[0].drift_ppm == pytest.approx(DRIFT_PPM, abs=20)
    said = run.invoke(main, ["-C", str(root), "run", "002-stephane-soto", "--stage", "arrange"])
    assert said.exit_code == 0, said.output
    built = workspace.episode("002-stephane-soto")
    assert inspect_recording(built.mix).channels == 1
    assert built.microphones.is_file()
    alone = write_wav(tmp_path / "one.wav", talk(5), rate_hz=RATE_HZ)
    more = ["--number", "3", "--recording", str(alone)]
    assert run.invoke(main, [*new, *more]).exit_code == 0
    assert b"microphones" not in (root / "episodes/003-stephane-soto/episode.toml").read_bytes()


def test_one_file_with_a_voice_on_each_side(tmp_path: Path) -> None:
    root = tmp_path / "show"
    (host, guest), _ = conversation(40)
    both = write_wav(tmp_path / "both.wav", np.hstack((host, guest)), rate_hz=RATE_HZ)
    run = CliRunner()
    assert run.invoke(main, ["init", str(root), "--title", "Essai"]).exit_code == 0
    new = ["-C", str(root), "new", "--article", str(ARTICLE), "--recording", str(both)]
    said = run.invoke(main, new)
    assert said.exit_code == 0, said.output
    assert len(Workspace(root).load_episode("002-stephane-soto").microphones) == 2


def test_a_file_that_begins_after_the_other_ended(tmp_path: Path) -> None:
    """Silence, then its sound: where the offset is told."""
    one = write_wav(tmp_path / "one.wav", talk(2), rate_hz=RATE_HZ)
    other = write_wav(tmp_path / "other.wav", talk(2, seed=1), rate_hz=RATE_HZ)
    placings = placed(one, other, offsets_ms=(3000.0,))
    target = tmp_path / "joined.flac"
    join_tracks([(file, inspect_recording(file)) for file in (one, other)], target, placings)
    heard = channels_of(target, 2)
    assert len(heard) == 5 * RATE_HZ
    assert not heard[2 * RATE_HZ + 100 :, 0].any()
    assert not heard[: 3 * RATE_HZ - 100, 1].any()
    assert len(silence(1)) == 48_000


@pytest.mark.parametrize(
    ("files", "names"),
    [
        (("hôte.wav", "invité.wav"), {0: "Ana Roy", 1: "Léo Blanc"}),
        (("Piste 1 - Léo.flac", "ana_roy.flac"), {0: "Léo Blanc", 1: "Ana Roy"}),
        (("recording-I.flac", "recording-G.flac"), {}),
        (("both.wav", "both.wav"), {}),
        (("Ana et Léo.wav", "guest.wav"), {1: "Léo Blanc"}),
    ],
)
def test_names_of_files(files: tuple[str, ...], names: dict[int, str]) -> None:
    assert names_from_files(files, host="Ana Roy", guests=["Léo Blanc"]) == names


def test_known_names_count() -> None:
    """A name that somebody wrote is not given to another voice, who gets what is left; what a file
    is called names only whom nobody else is.
    """
    people = ["Ana Roy", "Léo Blanc"]
    by_article = {"0": "Ana Roy", "1": "Léo Blanc"}
    unsure = {"0": "Ana Roy", "1": "Voix 2"}
    for found, known, hinted, names in (
        (by_article, {"0": "Léo Blanc"}, {}, {"0": "Léo Blanc", "1": "Ana Roy"}),
        (unsure, {}, {"0": "Léo Blanc", "1": "Léo Blanc"}, {"0": "Ana Roy", "1": "Léo Blanc"}),
        (unsure, {}, {"1": "Ana Roy"}, unsure),
    ):
        assert settled_names(found, known, hinted, people=people, language="fr") == names
