"""Mastering: the programme at its target loudness, as an MP3 of constant bit rate without tags,
verified by decoding.

The sound is heard twice. The first time it is only surveyed: from the survey follow the gain of
each speaker's turns, the gain that all share and what the limiter has to do, together with the
loudness that will come of it. Its beginning is then encoded as a rehearsal, which tells what
cleaning and encoding change of that loudness. The second time everything is multiplied with that
gain and encoded, and what a decoder makes of the MP3 is measured while it is written. The few
granules in which a peak still passes the ceiling are turned down where they lie in the file. Only
where the loudness is not as it must be, the programme is encoded again.

The first 1105 samples (25 ms) of the programme are left out, because an MP3 decoder gives
everything as much late and the header that could tell players so is the one that makes them seek
badly. From there on each moment of the programme is heard at its own time, and chapters and
captions are exact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.errors import RecordingError, WorkspaceError
from studio.messages.message import message
from studio.model.clock import Programme
from studio.model.episode import EpisodeSound
from studio.model.loudness_targets import PRESETS, LoudnessTarget
from studio.model.record import replace_fields
from studio.model.sound import (
    FIRST_TRACK,
    Loudness,
    MasterFacts,
    Mix,
    RecordingFacts,
    Repair,
    SpeakerTurn,
    episode_channels,
)
from studio.progress import Progress, no_progress
from studio.sound.alternate_enclosure import keep_programme
from studio.sound.cleaning_filters import (
    AUDIBLE_FLOOR_DB,
    cleaning_filters,
    noise_filters,
    repair_filters,
    repairs_from_log,
)
from studio.sound.decoded_copy import DecodedCopy
from studio.sound.ducking import RAMP_MS, PlacedJingle, hold_level, mix_jingles, place_jingles
from studio.sound.ffmpeg import Decoding, closing_sound
from studio.sound.frames import walk_frames
from studio.sound.gain import GainCurve, factors_from_db
from studio.sound.levelling import Levelled, level_turns, levelling_gains_db, speaker_levels
from studio.sound.loudness_analysis import BLOCKS_PER_S, LoudnessAnalysis, gated_loudness_lufs
from studio.sound.mp3 import (
    BITRATES_KBPS,
    DECODER_DELAY_SAMPLES,
    Encoded,
    encode_mp3,
    encoder_gain_db,
    soften_peaks,
)
from studio.sound.programme import FADE_MS, CleanedSound, ramp, render_speech, samples_from_ms

CLOSE_LU = 0.15  # of what is shown with one digit
SURE_DB = 0.05  # so far under the ceiling no meter that rounds shows a peak above it
# Encoding raises peaks: as much room keeps nearly all of them under the ceiling, and the others are
# turned down one by one.
OVERSHOOT_DB = 0.8
ATTEMPTS = 3
# So much of its beginning is encoded beforehand to hear how loud it comes out. A short episode is
# sooner encoded twice.
REHEARSAL_MS = 20_000
LONG_MS = 30 * REHEARSAL_MS
DEFAULT_SOUND = EpisodeSound()
DEFAULT_LOUDNESS = PRESETS["podcast"]


def master_recording(
    recording: Path,
    facts: RecordingFacts,
    programme: Programme,
    target: Path,
    *,
    turns: Sequence[SpeakerTurn] = (),
    opening: Path | None = None,
    closing: Path | None = None,
    sound: EpisodeSound = DEFAULT_SOUND,
    loudness: LoudnessTarget = DEFAULT_LOUDNESS,
    bitrate_kbps_mono: int = 96,
    bitrate_kbps_stereo: int = 128,
    lossless: Path | None = None,
    cleaned: CleanedSound | None = None,
    copy: DecodedCopy | None = None,
    progress: Progress = no_progress,
) -> MasterFacts:
    """Write the programme to ``target`` as MP3, and measure what was written. The same input gives
    the same bytes.

    The episode is mono unless the recording has two channels that differ. Its rate is 48 kHz for
    recordings of that family (8, 16, 24, 48, 96 kHz…), else 44.1 kHz. Opening and closing are
    brought to the loudness of the speech, and ducked where they lie under it. Where the target
    cannot be reached, the figures say so.

    :param facts: what :func:`~studio.sound.recording.inspect_recording` said.
    :param target: where to write; an existing file is written over, so give a temporary name.
    :param turns: who speaks when, ascending, as far as it is known.
    :param opening: a sound file that lasts ``programme.opening_ms`` and the overlap; None when the
        former is 0.
    :param closing: a sound file that lasts ``programme.closing_ms`` and the overlap; None when the
        former is 0.
    :param sound: which of the steps are wanted.
    :param loudness: how loud it shall be.
    :param lossless: where to keep what the encoder gets, as a FLAC, for other codecs; None for
        nowhere.
    :param cleaned: the recording without its noise; it takes the place of any other noise
        reduction.
    :param copy: where the recording's sound is kept from its first decoding on; the caller removes
        it. Without one it is decoded each time that it is heard.
    :raises RecordingError: recording or a jingle cannot be decoded, or what is kept of the
        recording is silent.
    :raises WorkspaceError: MP3 has no such bit rate.
    :raises DiskError: the target cannot be written.
    """
    _check_jingles(programme, opening, closing)
    shape = _mp3_shape(facts, mono_kbps=bitrate_kbps_mono, stereo_kbps=bitrate_kbps_stereo)
    steps = _Steps(progress, samples_from_ms(programme.duration_ms, shape["sample_rate_hz"]))
    steps.expect(2)
    filters = cleaning_filters(facts, hum=sound.hum)
    repairs, said = repair_filters(sound), list[str]()
    speech = partial(
        _speech,
        recording,
        programme,
        shape,
        mix=facts.mix,
        repairs=repairs,
        cleaned=cleaned,
        copy=copy,
    )
    jingles = place_jingles(
        opening,
        closing,
        programme,
        sample_rate_hz=shape["sample_rate_hz"],
        channels=shape["channels"],
    )
    turns = turns_on_programme(turns, programme) if sound.level else ()
    levels = _levels(
        speech(filters, report=said.append if repairs else None),
        jingles,
        turns,
        steps,
        target,
        programme=programme,
        recording=recording,
        shape=shape,
    )
    # From the first pass follow the gain, and with it how much of the noise is audible.
    aim_lufs = loudness.lufs(shape["channels"]) - levels.encoder_db
    gain = levels.gain(aim_lufs, loudness)
    if sound.noise_cleaning == "steady" and cleaned is None:
        filters = (*filters, *_noise_filters(levels.analysis, gain))
    _mix_in_ducked(levels.analysis, levels.held)

    def gained(gain: GainCurve) -> Iterator[NDArray[np.float32]]:
        mixed = mix_jingles(speech(filters), levels.held)
        return _begin_late(gain.apply(mixed), samples_from_ms(FADE_MS, shape["sample_rate_hz"]))

    # The rehearsal: what cleaning and encoding change of the loudness that was computed.
    if programme.duration_ms >= LONG_MS:
        change_lu = _rehearsed_change_lu(
            levels.analysis, gain, gained(gain), target=target, programme=programme, shape=shape
        )
        aim_lufs -= 0.0 if change_lu is None else change_lu - levels.encoder_db
    # The second pass, as often as the loudness asks for it.
    encoded = _encode(
        partial(levels.gain, loudness=loudness),
        gained,
        target,
        steps,
        shape,
        aim_lufs=aim_lufs,
        loudness=loudness,
        lossless=lossless,
    )
    return _master_facts(
        encoded,
        levels,
        loudness,
        target,
        shape,
        before=facts.loudness,
        filters=(*repairs, *filters),
        repairs=repairs_from_log(repairs, "\n".join(said)),
    )


class _Levels(NamedTuple):
    """How loud the programme is before any gain, and what brings its parts to one loudness.

    :param analysis: of the programme without what lies under speech.
    :param encoder_db: what the encoder adds by itself.
    :param levelled: the turns that are brought to one loudness.
    :param passages_db: the gain of turns and jingles, for each cell of the analysis.
    :param held: the jingles, ducked and as loud as the speech.
    """

    analysis: LoudnessAnalysis
    encoder_db: float
    levelled: tuple[Levelled, ...]
    passages_db: NDArray[np.float32]
    held: list[PlacedJingle]

    def gain(self, aim_lufs: float, loudness: LoudnessTarget) -> GainCurve:
        """The gain that brings the programme to a loudness, with room for what encoding adds."""
        limit_dbtp = loudness.ceiling_dbtp - OVERSHOOT_DB - self.encoder_db
        return GainCurve(self.analysis, self.passages_db, aim_lufs, limit_dbtp)


def _levels(
    speech: Iterator[NDArray[np.float32]],
    jingles: Sequence[PlacedJingle],
    turns: Sequence[SpeakerTurn],
    steps: _Steps,
    target: Path,
    *,
    programme: Programme,
    recording: Path,
    shape: Mapping[str, int],
) -> _Levels:
    """The first pass over the programme.

    :param turns: those to be levelled, on the programme's clock.
    :raises RecordingError: what is kept of the recording is silent.
    """
    # What lies under speech comes later: it must count neither for how loud the speech is nor for
    # its noise.
    apart = mix_jingles(speech, [jingle.apart for jingle in jingles])
    analysis, encoder_db = _surveyed(apart, steps, target, shape)
    levelled = level_turns(analysis, turns) if turns else ()
    passages_db = _passages_db(analysis, levelled, programme, recording)
    held = [hold_level(jingle, passages_db, analysis) for jingle in jingles]
    return _Levels(analysis, encoder_db, levelled, passages_db, held)


def _master_facts(
    encoded: _Encoding,
    levels: _Levels,
    loudness: LoudnessTarget,
    target: Path,
    shape: Mapping[str, int],
    *,
    before: Loudness,
    filters: tuple[str, ...],
    repairs: tuple[Repair, ...],
) -> MasterFacts:
    """What was done to the sound, and what the MP3 is."""
    factors = encoded.gain.factors * factors_from_db(np.float32(levels.encoder_db))
    return MasterFacts(
        target_lufs=loudness.lufs(shape["channels"]),
        ceiling_dbtp=loudness.ceiling_dbtp,
        gain_db=round(encoded.gain.gain_db + levels.encoder_db, 2),
        before=before,
        after=encoded.made.loudness,
        channels=shape["channels"],
        sample_rate_hz=shape["sample_rate_hz"],
        bitrate_kbps=shape["bitrate_kbps"],
        duration_ms=walk_frames(target).duration_ms,
        limited_db=round(encoded.gain.limited_db, 1),
        filters=filters,
        repairs=repairs,
        speakers=speaker_levels(levels.analysis, levels.levelled, factors),
        softened=encoded.made.softened,
        attempts=encoded.attempts,
    )


def _mix_in_ducked(analysis: LoudnessAnalysis, held: Sequence[PlacedJingle]) -> None:
    """What lies under speech counts for the limiter."""
    for under in (jingle.under for jingle in held):
        if len(under.samples):
            analysis.mix_in(under.samples, under.start)


def _check_jingles(programme: Programme, opening: Path | None, closing: Path | None) -> None:
    if (opening is None) != (programme.opening_ms == 0) or (closing is None) != (
        programme.closing_ms == 0
    ):
        raise ValueError("the programme and its jingles belong together")


def _mp3_shape(facts: RecordingFacts, *, mono_kbps: int, stereo_kbps: int) -> dict[str, int]:
    """Sample rate, channels and bit rate of the MP3, as the encoder takes them.

    :raises WorkspaceError: MP3 has no such bit rate.
    """
    channels = episode_channels(facts.layout)
    bitrate_kbps = mono_kbps if channels == 1 else stereo_kbps
    if bitrate_kbps not in BITRATES_KBPS:
        raise WorkspaceError(
            message("{bitrate_kbps} kbps", bitrate_kbps=bitrate_kbps),
            message("is not a bit rate that MP3 has"),
            message("Choose 96 or 128 for mono, 128, 160 or 192 for stereo."),
        )
    rate_hz = 48_000 if facts.sample_rate_hz % 8_000 == 0 else 44_100
    return {"sample_rate_hz": rate_hz, "channels": channels, "bitrate_kbps": bitrate_kbps}


def _speech(
    recording: Path,
    programme: Programme,
    shape: Mapping[str, int],
    filters: tuple[str, ...],
    *,
    mix: Mix,
    repairs: tuple[str, ...],
    cleaned: CleanedSound | None,
    copy: DecodedCopy | None,
    report: Callable[[str], None] | None = None,
) -> Iterator[NDArray[np.float32]]:
    """The speech of the programme; silence where the jingles are alone."""
    rate_hz, channels = shape["sample_rate_hz"], shape["channels"]
    before, after = (
        samples_from_ms(around_ms, rate_hz)
        for around_ms in (programme.opening_ms, programme.closing_ms)
    )
    if before:
        yield np.zeros((before, channels), np.float32)
    yield from render_speech(
        recording,
        programme,
        sample_rate_hz=rate_hz,
        channels=channels,
        mix=mix,
        filters=filters,
        repairs=repairs,
        cleaned=cleaned,
        copy=copy,
        report=report,
    )
    if after:
        yield np.zeros((after, channels), np.float32)


def _surveyed(
    chunks: Iterator[NDArray[np.float32]], steps: _Steps, target: Path, shape: Mapping[str, int]
) -> tuple[LoudnessAnalysis, float]:
    """How loud the programme is, moment by moment, and what the encoder adds to it in dB."""
    analysis = LoudnessAnalysis(shape["sample_rate_hz"], shape["channels"])
    with ThreadPoolExecutor(max_workers=1) as beside:
        probe = beside.submit(encoder_gain_db, target, **shape)
        with closing_sound(chunks) as apart:
            for chunk in steps.follow(apart):
                analysis.feed(chunk)
    analysis.close()
    return analysis, probe.result()


def _rehearsed_change_lu(
    analysis: LoudnessAnalysis,
    gain: GainCurve,
    chunks: Iterator[NDArray[np.float32]],
    *,
    target: Path,
    programme: Programme,
    shape: Mapping[str, int],
) -> float | None:
    """Encode the programme's beginning, and tell what that changes of its loudness; None where
    nothing can be heard in it.

    :param chunks: the programme, with the gain.
    """
    start_ms = programme.opening_ms
    edges = (start_ms, start_ms + REHEARSAL_MS)
    stretch = range(*(samples_from_ms(edge_ms, shape["sample_rate_hz"]) for edge_ms in edges))
    with closing_sound(chunks) as beginning:
        encode_mp3(_first(beginning, stretch.stop), target, **shape)
    return _heard_change_lu(analysis, gain, target, stretch, shape)


def _passages_db(
    analysis: LoudnessAnalysis,
    levelled: Sequence[Levelled],
    programme: Programme,
    recording: Path,
) -> NDArray[np.float32]:
    """The gain that makes turns and jingles as loud as each other, moment by moment.

    :raises RecordingError: what is kept of the recording is silent.
    """
    passages_db = levelling_gains_db(levelled, len(analysis.cell_peaks), analysis.cells_per_s)
    if not _match_jingles(analysis, passages_db, programme):
        raise RecordingError(
            recording,
            message("is silent wherever it is kept in the episode"),
            message("Check the episode's cuts."),
        )
    return passages_db


class _Encoding(NamedTuple):
    """The MP3 that was written, the gain that was needed for it, and at which attempt."""

    made: Encoded
    gain: GainCurve
    attempts: int


def _encode(
    gain_for: Callable[[float], GainCurve],
    gained: Callable[[GainCurve], Iterator[NDArray[np.float32]]],
    target: Path,
    steps: _Steps,
    shape: Mapping[str, int],
    *,
    aim_lufs: float,
    loudness: LoudnessTarget,
    lossless: Path | None,
) -> _Encoding:
    """Encode the programme until it is as loud as it must be.

    :param gain_for: the gain that brings the programme to a loudness.
    :param gained: the programme with a gain.
    """
    target_lufs = loudness.lufs(shape["channels"])
    sure_dbtp = loudness.ceiling_dbtp - SURE_DB
    for attempt in range(1, ATTEMPTS + 1):
        gain = gain_for(aim_lufs)
        heard = gained(gain)
        if lossless is not None:
            heard = keep_programme(
                heard,
                lossless,
                sample_rate_hz=shape["sample_rate_hz"],
                channels=shape["channels"],
            )
        with closing_sound(heard):
            made = encode_mp3(steps.follow(heard), target, ceiling_dbtp=sure_dbtp, **shape)
        if abs(_short_lu(made, target_lufs)) <= CLOSE_LU or attempt == ATTEMPTS:
            made = soften_peaks(target, made, channels=shape["channels"], ceiling_dbtp=sure_dbtp)
            if abs(_short_lu(made, target_lufs)) <= CLOSE_LU:
                break
        if attempt < ATTEMPTS:
            aim_lufs += _short_lu(made, target_lufs)
            steps.expect(1)
    return _Encoding(made, gain, attempt)


def _short_lu(made: Encoded, target_lufs: float) -> float:
    """How much louder the MP3 should be; silence has no loudness and needs none."""
    return (
        0.0
        if made.loudness.integrated_lufs is None
        else target_lufs - made.loudness.integrated_lufs
    )


def turns_on_programme(
    turns: Sequence[SpeakerTurn], programme: Programme
) -> tuple[SpeakerTurn, ...]:
    """The turns at the times at which they are heard in the episode; what was cut out is
    missing.
    """
    moved = (
        replace_fields(
            turn,
            start_ms=programme.programme_from_recording(turn.start_ms),
            end_ms=programme.programme_from_recording(turn.end_ms),
        )
        for turn in turns
    )
    return tuple(turn for turn in moved if turn.start_ms < turn.end_ms)


def _match_jingles(
    analysis: LoudnessAnalysis, passages_db: NDArray[np.float32], programme: Programme
) -> bool:
    """Give opening and closing the gain that makes them as loud as the speech between them. False:
    there is no speech, only silence.
    """
    places = np.arange(len(analysis.block_powers)) * (1000 // BLOCKS_PER_S)
    closing_ms = programme.duration_ms - programme.closing_ms
    # Where music is on its way down or up, it does not tell how loud it is.
    sinking_ms, rising_ms = (
        RAMP_MS if overlap_ms else 0
        for overlap_ms in (programme.opening_overlap_ms, programme.closing_overlap_ms)
    )
    levels_lufs = [
        gated_loudness_lufs(
            analysis.block_powers * analysis.block_gains(factors_from_db(passages_db)), blocks
        )
        for blocks in (
            (places >= programme.opening_ms) & (places < closing_ms),
            places + 1000 // BLOCKS_PER_S <= programme.opening_ms - sinking_ms,
            places >= closing_ms + rising_ms,
        )
    ]
    speech_lufs, opening_lufs, closing_lufs = levels_lufs
    if speech_lufs is None:
        return False
    edges = [
        round(moment * analysis.cells_per_s / 1000) for moment in (programme.opening_ms, closing_ms)
    ]
    if opening_lufs is not None:
        passages_db[: edges[0]] += speech_lufs - opening_lufs
    if closing_lufs is not None:
        passages_db[edges[1] :] += speech_lufs - closing_lufs
    return True


def _heard_change_lu(
    analysis: LoudnessAnalysis, gain: GainCurve, mp3: Path, samples: range, shape: Mapping[str, int]
) -> float | None:
    """By how much a stretch of the episode is louder in the MP3 than the survey and the gain say:
    noise is gone, and what MP3 leaves out.

    None where nothing can be heard in it.

    :param mp3: the episode's beginning, encoded.
    :param samples: the stretch.
    """
    heard = LoudnessAnalysis(shape["sample_rate_hz"], shape["channels"])
    with Decoding(
        mp3, sample_rate_hz=shape["sample_rate_hz"], channels=shape["channels"], mix=FIRST_TRACK
    ) as decoding:
        for chunk in decoding:
            heard.feed(chunk)
    heard.close()
    block = analysis.cell_samples * analysis.cells_per_block
    places = np.arange(len(analysis.block_powers))
    inside = (places * block >= samples.start) & ((places + 1) * block <= samples.stop)
    expected_lufs = analysis.loudness_lufs(gain.factors, inside)
    heard_lufs = heard.loudness_lufs(blocks=inside[: len(heard.block_powers)])
    return None if expected_lufs is None or heard_lufs is None else heard_lufs - expected_lufs


def _first(chunks: Iterable[NDArray[np.float32]], samples: int) -> Iterator[NDArray[np.float32]]:
    """Exactly this many samples."""
    left = samples
    for chunk in chunks:
        yield chunk[:left]
        left -= len(chunk)
        if left <= 0:
            return


def _noise_filters(analysis: LoudnessAnalysis, gain: GainCurve) -> tuple[str, ...]:
    """Noise reduction, where the pauses would be heard."""
    made_db, found_db = (
        analysis.floor_db(gain.factors),
        analysis.floor_db(np.ones_like(gain.factors)),
    )
    if made_db is None or found_db is None or made_db < AUDIBLE_FLOOR_DB:
        return ()
    return noise_filters(found_db, analysis.sample_rate_hz)


class _Steps:
    """Progress over passes of the same length: one surveys, one encodes, and one more for each
    further attempt.
    """

    def __init__(self, progress: Progress, length: int) -> None:
        self._progress = progress
        self._length = length
        self._finished = 0
        self._expected = 0

    def expect(self, passes: int) -> None:
        """Announce further passes."""
        self._expected += passes

    def follow(self, chunks: Iterable[NDArray[np.float32]]) -> Iterator[NDArray[np.float32]]:
        """The same chunks, counted; a pass is over when they are."""
        samples = 0
        for chunk in chunks:
            yield chunk
            samples += len(chunk)
            self._print(samples)
        self._finished += 1
        self._print(0)

    def _print(self, samples: int) -> None:
        self._progress(
            self._finished * self._length + min(samples, self._length),
            self._expected * self._length,
        )


def _begin_late(chunks: Iterable[NDArray[np.float32]], fade: int) -> Iterator[NDArray[np.float32]]:
    """Leave out what the decoder's delay stands for, and fade in what follows."""
    gain = ramp(fade)
    place = -DECODER_DELAY_SAMPLES
    for chunk in chunks:
        heard = chunk[max(0, -place) :]
        start = max(0, place)
        place += len(chunk)
        if len(heard) and start < fade:
            heard = heard.copy()
            faded = min(fade - start, len(heard))
            heard[:faded] *= gain[start : start + faded]
        if len(heard):
            yield heard
