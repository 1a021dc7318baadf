"""Mastering: the programme at its target loudness, as an MP3 of constant bit rate without tags,
verified by decoding.

The sound is processed in two passes. The first pass only measures: it gives the gain of each
speaker's turns, the common gain, the work of the limiter and the resulting loudness. The beginning
of the programme is then encoded once to measure how cleaning and encoding change this loudness.
The second pass applies the gain and encodes, and the decoded MP3 is measured while it is written.
A granule whose peak still exceeds the ceiling is attenuated in the MP3 file. The programme is
encoded again only if its loudness misses the target.

The first 1105 samples (25 ms) of the programme are left out: an MP3 decoder delays everything by
that much, and the header that could tell players about the delay makes them seek badly. From there
on, decoded times are those of the programme, so that chapters and captions are exact.
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
    limit_encoded_peaks,
)
from studio.sound.programme import FADE_MS, CleanedSound, ramp, render_speech, samples_from_ms

CLOSE_LU = 0.15  # for values displayed with one decimal
SURE_DB = 0.05  # at this distance below the ceiling, a rounding meter shows no peak above it
# Encoding raises peaks: this headroom keeps nearly all of them below the ceiling, and the others
# are attenuated one by one.
OVERSHOOT_DB = 0.8
ATTEMPTS = 3
# The length of the beginning that is encoded first to measure its loudness. Encoding a short
# episode twice is faster.
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
    """Write the programme to ``target`` as MP3, and measure the result. Deterministic.

    The episode is mono unless the recording has two channels that differ. Its rate is 48 kHz for
    recordings of that family (8, 16, 24, 48, 96 kHz…), else 44.1 kHz. Opening and closing are
    brought to the loudness of the speech, and ducked under speech. The returned figures show
    whether the target was reached.

    :param facts: the result of :func:`~studio.sound.recording.inspect_recording`.
    :param target: the file to write; an existing file is overwritten, so give a temporary name.
    :param turns: speaker turns, ascending, as far as known.
    :param opening: a sound file that lasts ``programme.opening_ms`` and the overlap; None when the
        former is 0.
    :param closing: a sound file that lasts ``programme.closing_ms`` and the overlap; None when the
        former is 0.
    :param sound: the steps to apply.
    :param loudness: the target loudness.
    :param lossless: a FLAC file for the encoder's input, for other codecs; None to write none.
    :param cleaned: the recording without its noise; it replaces any other noise reduction.
    :param copy: a copy of the decoded recording, made by the first pass; the caller removes it.
        Without one, every pass decodes the recording.
    :raises RecordingError: the recording or a jingle cannot be decoded, or the kept part of the
        recording is silent.
    :raises WorkspaceError: MP3 has no such bit rate.
    :raises DiskError: the target cannot be written.
    """
    # Both passes share the shape of the MP3, and the speech after the recording's own filters.
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
    # First pass: measure the loudness of speech, music and noise over time.
    levels = _levels(
        speech(filters, report=said.append if repairs else None),
        (opening, closing),
        turns_on_programme(turns, programme) if sound.level else (),
        steps,
        target,
        programme=programme,
        recording=recording,
        shape=shape,
    )
    # Second pass: apply the gain, encode, measure the result; repeat until it is right.
    encoded, filters = _encoded_programme(
        speech,
        filters,
        levels,
        target,
        steps=steps,
        shape=shape,
        programme=programme,
        loudness=loudness,
        softens_noise=sound.noise_cleaning == "steady" and cleaned is None,
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
    """The loudness of the programme before any gain, and the gain that evens out its parts.

    :param analysis: of the programme without music under speech.
    :param encoder_db: the gain of the encoder itself.
    :param levelled: the turns that are brought to the same loudness.
    :param passages_db: the gain of turns and jingles, for each cell of the analysis.
    :param held: the jingles, ducked and as loud as the speech.
    """

    analysis: LoudnessAnalysis
    encoder_db: float
    levelled: tuple[Levelled, ...]
    passages_db: NDArray[np.float32]
    held: list[PlacedJingle]

    def gain(self, aim_lufs: float, loudness: LoudnessTarget) -> GainCurve:
        """The gain that brings the programme to a loudness, with headroom for encoding."""
        limit_dbtp = loudness.ceiling_dbtp - OVERSHOOT_DB - self.encoder_db
        return GainCurve(self.analysis, self.passages_db, aim_lufs, limit_dbtp)


def _levels(
    speech: Iterator[NDArray[np.float32]],
    music: tuple[Path | None, Path | None],
    turns: Sequence[SpeakerTurn],
    steps: _Steps,
    target: Path,
    *,
    programme: Programme,
    recording: Path,
    shape: Mapping[str, int],
) -> _Levels:
    """The first pass over the programme.

    :param music: the files of opening and closing.
    :param turns: those to be levelled, on the programme's clock.
    :raises RecordingError: the kept part of the recording is silent.
    """
    jingles = place_jingles(
        *music, programme, sample_rate_hz=shape["sample_rate_hz"], channels=shape["channels"]
    )
    # Music under speech is added later: it must affect neither the measured loudness of the speech
    # nor that of its noise.
    apart = mix_jingles(speech, [jingle.apart for jingle in jingles])
    analysis, encoder_db = _surveyed(apart, steps, target, shape)
    levelled = level_turns(analysis, turns) if turns else ()
    passages_db = _passages_db(analysis, levelled, programme, recording)
    held = [hold_level(jingle, passages_db, analysis) for jingle in jingles]
    return _Levels(analysis, encoder_db, levelled, passages_db, held)


def _encoded_programme(
    speech: Callable[[tuple[str, ...]], Iterator[NDArray[np.float32]]],
    filters: tuple[str, ...],
    levels: _Levels,
    target: Path,
    *,
    steps: _Steps,
    shape: Mapping[str, int],
    programme: Programme,
    loudness: LoudnessTarget,
    softens_noise: bool,
    lossless: Path | None,
) -> tuple[_Encoding, tuple[str, ...]]:
    """The second pass: the programme at its loudness, with music, as MP3.

    :param speech: the speech of the programme after some filters.
    :param softens_noise: whether background noise is reduced where it would be audible.
    :returns: what was written, and the filters that were used for it.
    """
    # The first pass gives the gain, and so the audible level of the noise.
    aim_lufs = loudness.lufs(shape["channels"]) - levels.encoder_db
    gain = levels.gain(aim_lufs, loudness)
    if softens_noise:
        filters = (*filters, *_noise_filters(levels.analysis, gain))
    _mix_in_ducked(levels.analysis, levels.held)

    def gained(gain: GainCurve) -> Iterator[NDArray[np.float32]]:
        mixed = mix_jingles(speech(filters), levels.held)
        return _begin_late(gain.apply(mixed), samples_from_ms(FADE_MS, shape["sample_rate_hz"]))

    # The trial encoding measures how cleaning and encoding change the computed loudness.
    if programme.duration_ms >= LONG_MS:
        change_lu = _rehearsed_change_lu(
            levels.analysis, gain, gained(gain), target=target, programme=programme, shape=shape
        )
        aim_lufs -= 0.0 if change_lu is None else change_lu - levels.encoder_db
    # Encoding is repeated until the loudness is right.
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
    return encoded, filters


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
    """The processing that was applied, and the properties of the MP3."""
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
    """Add the music under speech for the limiter."""
    for under in (jingle.under for jingle in held):
        if len(under.samples):
            analysis.mix_in(under.samples, under.start)


def _check_jingles(programme: Programme, opening: Path | None, closing: Path | None) -> None:
    if (opening is None) != (programme.opening_ms == 0) or (closing is None) != (
        programme.closing_ms == 0
    ):
        raise ValueError("the programme and its jingles belong together")


def _mp3_shape(facts: RecordingFacts, *, mono_kbps: int, stereo_kbps: int) -> dict[str, int]:
    """The sample rate, channels and bit rate of the MP3 for the encoder.

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
    """The speech of the programme; silence where only the jingles play."""
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
    """The loudness of the programme over time, and the gain of the encoder in dB."""
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
    """Encode the programme's beginning, and return the change in loudness; None if it is silent.

    :param chunks: the programme, with the gain applied.
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
    """The gain over time that makes turns and jingles equally loud.

    :raises RecordingError: the kept part of the recording is silent.
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
    """The written MP3, its gain, and the number of attempts."""

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
    """Encode the programme until its loudness is right.

    :param gain_for: the gain that brings the programme to a loudness.
    :param gained: the programme with a gain applied.
    """
    target_lufs = loudness.lufs(shape["channels"])
    sure_dbtp = loudness.ceiling_dbtp - SURE_DB
    for attempt in range(1, ATTEMPTS + 1):
        gain = gain_for(aim_lufs)
        processed = gained(gain)
        if lossless is not None:
            processed = keep_programme(
                processed,
                lossless,
                sample_rate_hz=shape["sample_rate_hz"],
                channels=shape["channels"],
            )
        with closing_sound(processed):
            made = encode_mp3(steps.follow(processed), target, ceiling_dbtp=sure_dbtp, **shape)
        # Peaks are limited in the MP3 only at the right loudness, or at the last attempt:
        # otherwise the file is encoded again anyway.
        if abs(_short_lu(made, target_lufs)) <= CLOSE_LU or attempt == ATTEMPTS:
            made = limit_encoded_peaks(
                target, made, channels=shape["channels"], ceiling_dbtp=sure_dbtp
            )
            if abs(_short_lu(made, target_lufs)) <= CLOSE_LU:
                break
        if attempt < ATTEMPTS:
            aim_lufs += _short_lu(made, target_lufs)
            steps.expect(1)
    return _Encoding(made, gain, attempt)


def _short_lu(made: Encoded, target_lufs: float) -> float:
    """The loudness that the MP3 lacks; silence has no loudness and lacks none."""
    return (
        0.0
        if made.loudness.integrated_lufs is None
        else target_lufs - made.loudness.integrated_lufs
    )


def turns_on_programme(
    turns: Sequence[SpeakerTurn], programme: Programme
) -> tuple[SpeakerTurn, ...]:
    """The turns on the episode's clock, without the parts that were cut out."""
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
    """Give opening and closing the gain that makes them as loud as the speech between them. False
    if there is only silence and no speech.
    """
    # Start of each loudness block in ms on the programme clock.
    places = np.arange(len(analysis.block_powers)) * (1000 // BLOCKS_PER_S)
    closing_ms = programme.duration_ms - programme.closing_ms
    # The loudness of music is not measured during its fades.
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
    # The gain is stored per cell; opening and closing get theirs up to and from these cells.
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
    """The difference between a stretch's loudness in the MP3 and the computed one: cleaning removes
    noise, and MP3 removes some of the sound.

    None if the stretch is silent.

    :param mp3: the episode's beginning, encoded.
    :param samples: the stretch.
    """
    decoded = LoudnessAnalysis(shape["sample_rate_hz"], shape["channels"])
    with Decoding(
        mp3, sample_rate_hz=shape["sample_rate_hz"], channels=shape["channels"], mix=FIRST_TRACK
    ) as decoding:
        for chunk in decoding:
            decoded.feed(chunk)
    decoded.close()
    block = analysis.cell_samples * analysis.cells_per_block
    places = np.arange(len(analysis.block_powers))
    inside = (places * block >= samples.start) & ((places + 1) * block <= samples.stop)
    expected_lufs = analysis.loudness_lufs(gain.factors, inside)
    heard_lufs = decoded.loudness_lufs(blocks=inside[: len(decoded.block_powers)])
    return None if expected_lufs is None or heard_lufs is None else heard_lufs - expected_lufs


def _first(chunks: Iterable[NDArray[np.float32]], samples: int) -> Iterator[NDArray[np.float32]]:
    """The first samples of a stream of chunks, and no more."""
    left = samples
    for chunk in chunks:
        yield chunk[:left]
        left -= len(chunk)
        if left <= 0:
            return


def _noise_filters(analysis: LoudnessAnalysis, gain: GainCurve) -> tuple[str, ...]:
    """Noise reduction, if the pauses would be audibly noisy."""
    made_db, found_db = (
        analysis.floor_db(gain.factors),
        analysis.floor_db(np.ones_like(gain.factors)),
    )
    if made_db is None or found_db is None or made_db < AUDIBLE_FLOOR_DB:
        return ()
    return noise_filters(found_db, analysis.sample_rate_hz)


class _Steps:
    """Progress over passes of the same length: one measures, one encodes, and each further attempt
    adds one.
    """

    def __init__(self, progress: Progress, length: int) -> None:
        self._progress = progress
        self._length = length
        self._finished = 0
        self._expected = 0

    def expect(self, passes: int) -> None:
        """Add passes to the expected total of the progress."""
        self._expected += passes

    def follow(self, chunks: Iterable[NDArray[np.float32]]) -> Iterator[NDArray[np.float32]]:
        """The same chunks, counted; the pass ends with them."""
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
    """Leave out the length of the decoder's delay, and fade in the rest."""
    gain = ramp(fade)
    place = -DECODER_DELAY_SAMPLES
    for chunk in chunks:
        kept = chunk[max(0, -place) :]
        start = max(0, place)
        place += len(chunk)
        if len(kept) and start < fade:
            kept = kept.copy()
            faded = min(fade - start, len(kept))
            kept[:faded] *= gain[start : start + faded]
        if len(kept):
            yield kept
