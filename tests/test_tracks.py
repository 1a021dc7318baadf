"""An interview recorded as several microphones: laid together, distinguished, mixed."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from numpy.typing import NDArray
from support.made_sounds import (
    REAL_RECORDING,
    conversation,
    decoded,
    recorded_apart,
    silence,
    talk,
    write_wav,
)

from studio.cli import main
from studio.errors import RecordingError
from studio.model.clock import RecordingMs, Span
from studio.model.microphones import OpenSpan
from studio.model.transcript import Segment, Transcript
from studio.sound.automix import microphones_from, mix_microphones
from studio.sound.crosstalk import (
    FramePowers,
    are_microphones,
    find_crosstalk,
    read_frame_powers,
)
from studio.sound.ffmpeg import TrackDecoding
from studio.sound.microphone_preview import preview_microphones
from studio.sound.multitrack import join_tracks, replace_channel
from studio.sound.recording import inspect_recording, read_samples
from studio.sound.synchronisation import TrackOffset, synchronise_tracks
from studio.speakers.microphone_names import (
    contradicted_names,
    names_from_files,
    unnamed_people,
)
from studio.speakers.speaker_names import resolved_names
from studio.workspace.layout import Workspace

pytestmark = pytest.mark.slow

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


def placed(*files: Path, offsets_ms: tuple[float, ...] = ()) -> tuple[TrackOffset, ...]:
    return synchronise_tracks(
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


def refused(root: Path, *sounds: Path) -> str:
    """What ``new`` says of these files, of which it makes nothing."""
    run = CliRunner()
    assert run.invoke(main, ["init", str(root), "--title", "Essai"]).exit_code == 0
    named = [word for sound in sounds for word in ("--recording", str(sound))]
    said = run.invoke(main, ["-C", str(root), "new", "--article", str(ARTICLE), *named])
    assert said.exit_code == 1, said.output
    assert not list((root / "episodes").iterdir())
    return " ".join(said.output.split())


def test_a_silent_file_and_one_that_is_noise_alone(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    """A microphone that was not switched on: no mix is made without its speaker."""
    dead = write_wav(tmp_path / "mort.wav", silence(60, rate_hz=RATE_HZ), rate_hz=RATE_HZ)
    said = refused(tmp_path / "one", files[0], dead)
    assert "mort.wav: is silent from its start to its end" in said
    hiss = np.random.default_rng(3).standard_normal((60 * RATE_HZ, 1)) * 0.002
    noise = write_wav(tmp_path / "souffle.wav", hiss, rate_hz=RATE_HZ)
    said = refused(tmp_path / "two", files[0], noise)
    assert "souffle.wav: contains only noise" in said
    assert "leave the file out" in said


def test_the_same_file_twice(files: tuple[Path, Path], tmp_path: Path) -> None:
    copy = tmp_path / "copie.wav"
    copy.write_bytes(files[0].read_bytes())
    assert "copie.wav: is the same sound as hôte.wav" in refused(tmp_path / "show", files[0], copy)


def test_a_recorder_that_was_started_again(tmp_path: Path) -> None:
    """One microphone in two pieces is one channel; what is between them is silence."""
    (host, guest), _ = conversation(100)
    pieces = (guest[: 45 * RATE_HZ], guest[52 * RATE_HZ :])
    files = [
        write_wav(tmp_path / name, sound, rate_hz=RATE_HZ)
        for name, sound in zip(
            ("hôte.wav", "invité 1.wav", "invité 2.wav"), (host, *pieces), strict=True
        )
    ]
    recordings = [(file, inspect_recording(file)) for file in files]
    placings = placed(*files)
    assert placings[2].offset_ms == pytest.approx(52_000, abs=3)
    target = tmp_path / "joined.flac"
    assert join_tracks(recordings, target, placings) == ((0,), (1, 2))
    heard = channels_of(target, 2)
    assert not heard[round(45.1 * RATE_HZ) : round(51.9 * RATE_HZ), 1].any()
    for start_s in (20, 70):
        part = slice(start_s * RATE_HZ, (start_s + 4) * RATE_HZ)
        assert np.std(heard[part, 1]) == pytest.approx(float(np.std(guest[part])), rel=0.05)
    shown = preview_microphones(recordings)
    assert shown is not None
    assert shown.files == ("hôte.wav", "invité 1.wav + invité 2.wav")


def test_inspect_shows_microphones(files: tuple[Path, Path], tmp_path: Path) -> None:
    """Where each begins, its clock, who speaks into it, its bleed, with a picture of it."""
    drawn = tmp_path / "micros.svg"
    run = CliRunner()
    said = run.invoke(main, ["inspect", *map(str, files), "--picture", str(drawn)])
    assert said.exit_code == 0, said.output
    told = " ".join(said.output.split())
    assert "invité.wav: begins at 7.30" in told
    assert "bleed of hôte.wav -18 dB" in told
    picture = drawn.read_text(encoding="utf-8")
    assert "hôte.wav" in picture
    assert "invité.wav" in picture
    assert picture.count('stroke-width="10"') == 2
    said = run.invoke(main, ["inspect", *map(str, files), "--json", "--offset", "7.5"])
    shown = json.loads(said.stdout.splitlines()[-1])["microphones"]
    assert [one["offset_ms"] for one in shown["placings"]] == [0, 7500]
    assert run.invoke(main, ["inspect", str(files[0]), "--offset", "1"]).exit_code == 2


def test_one_of_three_hears_only_its_neighbour() -> None:
    """Placings follow from each other."""
    outer = TrackOffset(offset_ms=5000, drift_ppm=50)
    inner = TrackOffset(offset_ms=1000, drift_ppm=-20)
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
    heard = find_crosstalk(read_frame_powers(joined, 2).powers)
    assert are_microphones(heard)
    assert np.allclose(10 * np.log10(heard.bleed[[0, 1], [1, 0]]), -18, atol=2)
    _, speaks = conversation(75)
    # The middle of each second; the guest's recorder has not begun yet in the first.
    middles = heard.active[50::100][: len(speaks)]
    assert (middles == speaks[: len(middles)])[8:].mean() >= 0.98


def test_a_blip_in_a_microphone_is_nobody() -> None:
    """One loud syllable of bleed opens no second microphone; a short word does, and one that is
    said while nobody else speaks.
    """
    powers = np.full((3000, 2), 1e-7)
    powers[100:2000] = (1e-2, 1e-2 * 10**-1.8)
    powers[2100:2900] = (1e-2 * 10**-1.8, 1e-2)
    for start, frames in ((500, 8), (1000, 20), (1500, 40), (2050, 12)):
        powers[start : start + frames, 1] = 1e-2
    active = find_crosstalk(powers.astype(np.float32)).active
    assert active[200:1900, 0].all()
    assert [bool(active[start + 4, 1]) for start in (500, 1000, 1500, 2050)] == [
        False,
        True,
        True,
        True,
    ]


def room_powers(
    turns: list[tuple[int, int]], levels: tuple[float, ...], bleed_db: float, microphones: int
) -> tuple[NDArray[np.float32], NDArray[np.int_]]:
    """What microphones hear of turns (who, frames), with the unrest of a room and of speech, and
    who speaks in each frame (−1 in the pauses).
    """
    random = np.random.default_rng(7)
    bleed = np.full((microphones, len(levels)), 10 ** (bleed_db / 10))
    np.fill_diagonal(bleed, 1)
    powers, who = [], []
    for speaker, frames in turns:
        syllables = np.repeat(random.normal(-4, 4, frames // 10 + 1), 10)[:frames]
        unrest = np.repeat(random.normal(0, 2, (frames // 5 + 1, microphones)), 5, axis=0)[:frames]
        heard_db = syllables[:, None] + unrest + 10 * np.log10(bleed[:, speaker])
        powers.append(levels[speaker] * 10 ** (heard_db / 10) + 1e-8)
        powers.append(np.full((40, microphones), 1e-8))
        who += [speaker] * frames + [-1] * 40
    return np.concatenate(powers).astype(np.float32), np.array(who)


def test_who_seldom_speaks_and_is_softer_than_what_bleeds() -> None:
    """A soft host who says six per cent: in their microphone most frames are louder with the
    guest, whom it hears 8 dB softer than the guest's own does.
    """
    turns = [(0, 250), (1, 4000), (0, 120), (1, 2500)] * 2
    powers, who = room_powers(turns, (1e-2 * 10**-0.6, 1e-2), -8, 2)
    heard = find_crosstalk(powers)
    assert np.allclose(10 * np.log10(heard.bleed[[0, 1], [1, 0]]), -8, atol=3)
    for speaker in (0, 1):
        spoken = heard.active[who == speaker]
        assert spoken[:, speaker].mean() > 0.9
        assert not (spoken[:, 1 - speaker] & ~spoken[:, speaker]).any()


@pytest.mark.parametrize("turned_db", [-30, 15])
def test_a_microphone_that_is_turned_down_is_one_of_its_own(turned_db: float) -> None:
    """Its speaker is louder in the other one then, as is everybody: that says nothing."""
    turns = [(0, 600), (1, 1500), (0, 400), (1, 1800)] * 2
    powers, who = room_powers(turns, (1e-2, 1e-2), -16, 2)
    powers[:, 1] *= 10 ** (turned_db / 10)
    heard = find_crosstalk(powers)
    assert are_microphones(heard)
    told = microphones_from(heard, ["hôte.wav", "invité.wav"], FramePowers(powers, (1.0, 1.0)))
    assert told.remarks == ()
    for speaker in (0, 1):
        assert heard.active[who == speaker][:, speaker].mean() > 0.9


def test_who_speaks_while_one_does_not_record_is_not_known_where_all_hear_them_alike() -> None:
    """The guest's recorder begins after three sentences, which the soft host's hears as loudly as
    the host: it is said, and nobody is told to have said them by how loud it is.
    """
    turns = [(1, 300), (0, 300), (1, 400), (0, 600), (1, 3000)]
    for host_db, known in ((-6, False), (0, True)):
        bleed_db = -8 if not known else -20
        powers, _ = room_powers(turns, (1e-2 * 10 ** (host_db / 10), 1e-2), bleed_db, 2)
        powers[:1100, 1] = 0
        frames = FramePowers(powers, (1.0, 1.0))
        told = microphones_from(find_crosstalk(powers), ["hôte.wav", "invité.wav"], frames)
        assert len(told.remarks) == 1
        assert told.remarks[0].startswith("invité.wav does not record at 0:00–0:11")
        assert ("recognised by their voices only" in told.remarks[0]) is not known
        absent = [Span(start_ms=RecordingMs(0), end_ms=RecordingMs(11_000))]
        assert list(told.ambiguous_spans) == ([] if known else absent)


def test_two_others_tell_who_speaks_while_one_does_not_record() -> None:
    """A third voice is as loud in either as the soft speaker there, but nearly alike in both."""
    turns = [(2, 300), (0, 300), (2, 400), (1, 300), (2, 800), (0, 600), (1, 600), (2, 2000)]
    powers, who = room_powers(turns, (1e-2, 1e-2 * 10**-0.5, 1e-2), -7, 3)
    powers[:1400, 2] = 0
    heard = find_crosstalk(powers)
    for speaker in range(3):
        # The edges of turns apart: neighbours of half a second count.
        spoken = heard.active[:1400][who[:1400] == speaker]
        assert spoken[:, speaker].mean() > 0.85
    frames = FramePowers(powers, (1.0, 1.0, 1.0))
    (told,) = microphones_from(heard, ["a", "b", "c"], frames).remarks
    assert told.startswith("c does not record at 0:00–0:14: what its speaker says then is taken")


@pytest.mark.parametrize("bleed_db", [-8, -12, -20])
def test_nobody_speaks_into_a_microphone_that_hears_the_others(bleed_db: float) -> None:
    """It has a voice's sound from start to end, and no voice of its own."""
    turns = [(0, 700), (1, 1500), (0, 400), (1, 1800)] * 2
    powers, who = room_powers(turns, (1e-2, 1e-2), bleed_db, 3)
    heard = find_crosstalk(powers)
    assert list(heard.levels > 0) == [True, True, False]
    for speaker in (0, 1):
        assert heard.active[who == speaker][:, speaker].mean() > 0.9


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
    # The guest speaks from 5 s on, their recorder runs from 7.3 s on.
    assert [remark.partition(":")[0] for remark in told.remarks] == ["b does not record at 0"]
    assert all(one.spoken_ms > 20_000 for one in told.microphones)


def test_who_speaks_before_their_own_recorder_runs(tmp_path: Path) -> None:
    """The host's recorder runs from 12 s on, the guest's until 58 s: what each says meanwhile is
    theirs, is as loud in the mix as the rest, and it is said.
    """
    (host, guest), speaks = conversation(70)
    whole = np.hstack((host, guest)).T.copy()
    host[: 12 * RATE_HZ], guest[58 * RATE_HZ :] = 0, 0
    path = write_wav(tmp_path / "two.wav", np.hstack((host, guest)), rate_hz=RATE_HZ)
    told = mix_microphones(path, ["a", "b"], tmp_path / "mix.flac", sample_rate_hz=RATE_HZ)
    assert [remark.partition(":")[0] for remark in told.remarks] == [
        "a does not record at 0",
        "b does not record at 0",
    ]
    assert "0:00–0:12" in told.remarks[0]
    assert "0:58–1:10" in told.remarks[1]
    found = []
    for second, spoken in enumerate(speaks):
        middle = second * 1000 + 500
        now = {one.microphone for one in told.spans if one.start_ms <= middle < one.end_ms}
        assert now <= set(np.flatnonzero(spoken)), second
        found.append(now == set(np.flatnonzero(spoken)))
    assert np.mean(found) >= 0.98
    mix = decoded(tmp_path / "mix.flac", rate_hz=RATE_HZ)[:, 0]
    gains_db = [
        10 * np.log10(np.square(mix[part]).mean() / np.square(whole[place, part]).mean())
        for place, start_s in ((0, 0), (0, 10), (0, 20), (1, 45), (1, 65))
        for part in [slice(start_s * RATE_HZ, (start_s + 4) * RATE_HZ)]
    ]
    assert max(gains_db) - min(gains_db) < 4


def test_a_noise_gate_is_no_stopped_recorder() -> None:
    """A microphone that is digitally silent whenever its speaker is gives nothing away."""
    powers = np.full((6000, 2), 1e-7)
    for start in range(0, 6000, 1000):
        powers[start : start + 400, 0] = 1e-2
        powers[start : start + 500, 1] = 0
        powers[start + 500 : start + 900] = (1e-4, 1e-2)
        # The host's softer sentence, as soft as the guest's bleed.
        powers[start + 200 : start + 300, 0] = 1e-4
    heard = find_crosstalk(powers.astype(np.float32))
    assert not heard.absent.any()
    assert heard.active[100:350, 0].all()
    assert not heard.active[100:350, 1].any()


def test_a_silent_microphone_and_a_pair(tmp_path: Path) -> None:
    """Nobody speaks into one; two hear the same: both are said."""
    (host, guest), _ = conversation(40)
    room = np.random.default_rng(1).standard_normal(host.shape) * 0.0005
    path = write_wav(tmp_path / "three.wav", np.hstack((host, guest, room)), rate_hz=RATE_HZ)
    told = mix_microphones(path, ["a", "b", "c"], tmp_path / "m.flac", sample_rate_hz=RATE_HZ)
    assert told.remarks == ("c has no speech: it is left out",)
    assert told.microphones[2].level_db is None
    pair = write_wav(tmp_path / "pair.wav", np.hstack((host, host * 0.9 + room)), rate_hz=RATE_HZ)
    assert not are_microphones(find_crosstalk(read_frame_powers(pair, 2).powers))


def test_an_echo_and_feedback_are_told(tmp_path: Path) -> None:
    """The guest's telephone hears the host 240 ms late, 20 dB softer, and howls for three
    seconds; a room's bleed is neither.
    """
    (host, guest), _ = conversation(40)
    plain = write_wav(
        tmp_path / "plain.wav", np.concatenate((host, guest), axis=1), rate_hz=RATE_HZ
    )
    frames = read_frame_powers(plain, 2)
    assert frames.echoes == ()
    assert frames.howls == ()
    late = round(0.24 * RATE_HZ)
    guest = guest.copy()
    guest[late:] += 0.1 * host[:-late]
    moments = np.arange(3 * RATE_HZ) / RATE_HZ
    guest[20 * RATE_HZ : 23 * RATE_HZ, 0] += 0.4 * np.sin(2 * np.pi * 1300 * moments)
    both = write_wav(tmp_path / "both.wav", np.concatenate((host, guest), axis=1), rate_hz=RATE_HZ)
    frames = read_frame_powers(both, 2)
    assert [(one.microphone, one.source) for one in frames.echoes] == [(1, 0)]
    assert frames.echoes[0].late_ms == pytest.approx(240, abs=1)
    assert [(one.microphone, one.frequency_hz) for one in frames.howls] == [(1, 1300)]
    told = mix_microphones(
        both, ["hôte.wav", "invité.wav"], tmp_path / "mix.flac", sample_rate_hz=RATE_HZ
    ).remarks
    assert any("invité.wav picks up hôte.wav 240 ms late" in one for one in told)
    assert any("invité.wav has a steady tone" in one and "0:20 (1300 Hz)" in one for one in told)


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
    said = run.invoke(main, ["-C", str(root), "run", "002-stephane-soto", "--stage", "programme"])
    assert said.exit_code == 0, said.output
    built = workspace.episode("002-stephane-soto")
    assert inspect_recording(built.mix).channels == 1
    assert built.microphones.is_file()
    # Another recording takes its place, then none: nothing is made of less than was said.
    kept = built.mix.read_bytes()
    recording = built.folder / "recording.flac"
    recording.write_bytes(kept)
    programme = ["-C", str(root), "run", "002-stephane-soto", "--stage", "programme"]
    said = run.invoke(main, programme)
    assert said.exit_code == 1
    assert "has 1 channels, and episode.toml names 2 microphones" in " ".join(said.output.split())
    recording.unlink()
    said = run.invoke(main, programme)
    assert said.exit_code == 1
    assert "recording.flac" in said.output
    assert built.mix.read_bytes() == kept
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
    """A name that a person wrote is not given to another voice, who gets what is left; what a file
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
        assert resolved_names(found, known, hinted, people=people, language="fr") == names


def test_swapped_files_and_a_shared_microphone() -> None:
    """What files are called is not believed against the article; whoever has no microphone is
    told.
    """
    moments = [(RecordingMs(0), RecordingMs(4000)), (RecordingMs(4000), RecordingMs(9000))]
    transcript = Transcript(
        language="fr",
        segments=tuple(
            Segment(id=f"s{place}", speaker=name, start_ms=start, end_ms=end, words=())
            for place, (name, (start, end)) in enumerate(
                zip(("Ana Roy", "Léo Blanc"), moments, strict=True)
            )
        ),
    )
    spans = [
        OpenSpan(microphone=place, start_ms=start, end_ms=end)
        for place, (start, end) in enumerate(moments)
    ]
    files = ["leo.wav", "ana.wav"]
    swapped = contradicted_names(transcript, spans, files, {0: "Léo Blanc", 1: "Ana Roy"})
    assert [told.split(" is named")[0] for told in swapped] == files
    assert not contradicted_names(transcript, spans, files, {0: "Ana Roy"})
    people = ["Ana Roy", "Léo Blanc", "Zoé Petit"]
    (told,) = unnamed_people(transcript, 2, people)
    assert "3 people speak into 2 microphones" in told
    assert "Zoé Petit" in told
    assert not unnamed_people(transcript, 3, people)
    assert not unnamed_people(transcript, 2, people[:2])


@pytest.fixture(scope="module")
def real_microphones(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """A minute of a real interview as its host's and its guest's microphone hear it, and the
    guest's by another recorder: brighter, begun 4.2 s later, its clock 40 ppm fast.
    """
    folder = tmp_path_factory.mktemp("real")
    samples = read_samples(REAL_RECORDING)[: 62 * RATE_HZ].astype(float)
    truth = json.loads((Path(__file__).parent / "truth" / "002-stephane-soto.json").read_text())
    own = {"I": np.zeros(len(samples)), "G": np.zeros(len(samples))}
    for one in truth["utterances"]:
        stretch = slice(round(one["start"] * RATE_HZ), round(one["end"] * RATE_HZ))
        own[one["speaker"]][stretch] = samples[stretch]
    noise = np.random.default_rng(3).standard_normal((3, len(samples))) * 3e-4
    bleed, late = 10 ** (-18 / 20), round(0.005 * RATE_HZ)
    host = own["I"] + bleed * np.roll(own["G"], late) + noise[0]
    guest = own["G"] + bleed * np.roll(own["I"], late) + noise[1]
    better = 1.5 * (own["G"] - 0.4 * np.roll(own["G"], 1)) + bleed * np.roll(own["I"], late)
    other = recorded_apart((better + noise[2])[:, None], late_s=4.2, drift_ppm=40)
    return (
        write_wav(folder / "hôte.wav", host[:, None], rate_hz=RATE_HZ),
        write_wav(folder / "invité.wav", guest[:, None], rate_hz=RATE_HZ),
        write_wav(folder / "secours.wav", other, rate_hz=RATE_HZ),
    )


def test_one_microphone_of_several_is_replaced(
    real_microphones: tuple[Path, Path, Path], files: tuple[Path, Path], tmp_path: Path
) -> None:
    """On the recording's clock: what people marked stays, the other microphone is the same to the
    sample, and what does not fit changes nothing.
    """
    host, guest, better = real_microphones
    root, run = tmp_path / "show", CliRunner()
    assert run.invoke(main, ["init", str(root), "--title", "Essai"]).exit_code == 0
    new = ["-C", str(root), "new", "--article", str(ARTICLE)]
    said = run.invoke(main, [*new, "--recording", str(host), "--recording", str(guest)])
    assert said.exit_code == 0, said.output
    workspace = Workspace(root)
    files_of = workspace.episode("002-stephane-soto")
    assert run.invoke(main, ["-C", str(root), "run", "--stage", "programme"]).exit_code == 0
    cut = '\n[[cuts]]\nstart_ms = 20000\nend_ms = 21000\nreason = ""\n'
    settings = files_of.settings.read_text(encoding="utf-8")
    files_of.settings.write_text(settings + cut, encoding="utf-8")
    before = workspace.load_episode("002-stephane-soto")
    kept = files_of.settings.read_bytes()
    replace = ["-C", str(root), "replace", "002-stephane-soto", "--recording"]
    for arguments, told in (
        ([str(better)], "--microphone hôte.wav | invité.wav"),
        ([str(better), "--microphone", "3"], "has no microphone “3”"),
        ([str(files[0]), "--microphone", "2"], "shares no sound with"),
    ):
        said = run.invoke(main, [*replace, *arguments])
        assert said.exit_code == 1
        assert told in " ".join(said.output.split())
        assert files_of.settings.read_bytes() == kept
    old = decoded_channels(files_of.recording(before.recording))
    said = run.invoke(main, [*replace, str(better), "--microphone", "Invité.wav"])
    assert said.exit_code == 0, said.output
    assert "secours.wav begins at 4." in said.output
    after = workspace.load_episode("002-stephane-soto")
    assert after.cuts == before.cuts
    assert [one.file for one in after.microphones] == ["hôte.wav", "secours.wav"]
    assert after.microphones[1].offset_ms == pytest.approx(4200, abs=10)
    made = decoded_channels(files_of.recording(after.recording))
    assert not files_of.recording(before.recording).exists()
    assert np.array_equal(made[: len(old), 0], old[: len(made), 0])
    # The new microphone is where the old one was, to 10 ms, at its begin and its end.
    for start_s in (8, 30, 50):
        stretch = slice(start_s * RATE_HZ, (start_s + 10) * RATE_HZ)
        assert abs(lag_ms(made[stretch, 1], old[stretch, 1])) <= 10
    again = run.invoke(main, ["-C", str(root), "run", "--stage", "programme"])
    assert again.exit_code == 0, again.output


def test_a_replaced_microphone_that_began_before_the_others(tmp_path: Path) -> None:
    """What it has before them is left out: the clock stays."""
    (host, guest), _ = conversation(60)
    began = 6 * RATE_HZ
    both = np.concatenate((host[began:], guest[began:]), axis=1)
    recording = write_wav(tmp_path / "both.wav", both, rate_hz=RATE_HZ)
    track = write_wav(tmp_path / "guest.wav", 0.7 * guest, rate_hz=RATE_HZ)
    target = tmp_path / "made.flac"
    placing = replace_channel(
        recording, inspect_recording(recording), 1, (track, inspect_recording(track)), target
    )
    assert placing.offset_ms == pytest.approx(-6000, abs=4)
    made = decoded_channels(target)
    assert len(made) == pytest.approx(len(both), abs=RATE_HZ // 100)
    stretch = slice(10 * RATE_HZ, 30 * RATE_HZ)
    assert abs(lag_ms(made[stretch, 1], both[stretch, 1].astype(np.float32))) <= 4
    assert np.allclose(made[: len(both), 0][stretch], both[stretch, 0], atol=1e-4)


def decoded_channels(path: Path) -> NDArray[np.float32]:
    with TrackDecoding(path, track=0, sample_rate_hz=RATE_HZ, channels=2) as decoding:
        return np.concatenate(list(decoding))


def lag_ms(later: NDArray[np.float32], first: NDArray[np.float32]) -> float:
    """How much later one sound is than another one, by correlation."""
    size = 2 * len(later)
    spectrum = np.fft.rfft(later, size) * np.conj(np.fft.rfft(first, size))
    found = int(np.argmax(np.fft.irfft(spectrum, size)))
    return (found if found < size // 2 else found - size) * 1000 / RATE_HZ
