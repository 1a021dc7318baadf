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

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

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
    MasterFacts,
    RecordingFacts,
    SpeakerTurn,
    episode_channels,
)
from studio.progress import Progress, no_progress
from studio.sound.alternate_enclosure import keep_programme
from studio.sound.cleaning_filters import AUDIBLE_FLOOR_DB, cleaning_filters, noise_filters
from studio.sound.decoded_copy import DecodedCopy
from studio.sound.ducking import RAMP_MS, hold_level, mix_jingles, place_jingles
from studio.sound.ffmpeg import Decoding, closing_sound
from studio.sound.frames import walk_frames
from studio.sound.gain import Gain, factors_from_db
from studio.sound.levelling import level_turns, levelling_gains_db, speaker_levels
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
    if (opening is None) != (programme.opening_ms == 0) or (closing is None) != (
        programme.closing_ms == 0
    ):
        raise ValueError("the programme and its jingles belong together")
    channels = episode_channels(facts.layout)
    bitrate_kbps = bitrate_kbps_mono if channels == 1 else bitrate_kbps_stereo
    if bitrate_kbps not in BITRATES_KBPS:
        raise WorkspaceError(
            message("{bitrate_kbps} kbps", bitrate_kbps=bitrate_kbps),
            message("is not a bit rate that MP3 has"),
            message("Choose 96 or 128 for mono, 128, 160 or 192 for stereo."),
        )
    rate_hz = 48_000 if facts.sample_rate_hz % 8_000 == 0 else 44_100
    length = samples_from_ms(programme.duration_ms, rate_hz)
    steps = _Steps(progress, length)
    steps.expect(2)
    filters = cleaning_filters(facts, hum=sound.hum)
    jingles = place_jingles(opening, closing, programme, sample_rate_hz=rate_hz, channels=channels)

    def speech() -> Iterator[NDArray[np.float32]]:
        """Silence where the jingles are alone."""
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
            mix=facts.mix,
            filters=filters,
            cleaned=cleaned,
            copy=copy,
        )
        if after:
            yield np.zeros((after, channels), np.float32)

    shape = {"sample_rate_hz": rate_hz, "channels": channels, "bitrate_kbps": bitrate_kbps}
    survey = LoudnessAnalysis(rate_hz, channels)
    with ThreadPoolExecutor(max_workers=1) as beside:
        probe = beside.submit(encoder_gain_db, target, **shape)
        # What lies under speech comes later: it must count neither for how loud the speech is nor
        # for its noise.
        with closing_sound(mix_jingles(speech(), [jingle.apart for jingle in jingles])) as apart:
            for chunk in steps.follow(apart):
                survey.feed(chunk)
    survey.close()
    levelled = level_turns(survey, turns_on_programme(turns, programme)) if sound.level else ()
    passages_db = levelling_gains_db(levelled, len(survey.cell_peaks), survey.cells_per_s)
    if not _match_jingles(survey, passages_db, programme):
        raise RecordingError(
            recording,
            message("is silent wherever it is kept in the episode"),
            message("Check the episode's cuts."),
        )
    held = [hold_level(jingle, passages_db, survey) for jingle in jingles]
    encoder_db = probe.result()
    target_lufs = loudness.lufs(channels)
    aim_lufs, limit_dbtp = (
        target_lufs - encoder_db,
        loudness.ceiling_dbtp - OVERSHOOT_DB - encoder_db,
    )
    sure_dbtp = loudness.ceiling_dbtp - SURE_DB
    gain = Gain(survey, passages_db, aim_lufs, limit_dbtp)
    if sound.noise_cleaning == "steady" and cleaned is None:
        filters = (*filters, *_noise_filters(survey, gain))
    for under in (jingle.under for jingle in held):
        if len(under.samples):
            survey.mix_in(under.samples, under.start)

    def gained() -> Iterator[NDArray[np.float32]]:
        return _begin_late(
            gain.apply(mix_jingles(speech(), held)), samples_from_ms(FADE_MS, rate_hz)
        )

    if programme.duration_ms >= LONG_MS:
        stretch = range(
            *(
                samples_from_ms(programme.opening_ms + moment, rate_hz)
                for moment in (0, REHEARSAL_MS)
            )
        )
        with closing_sound(gained()) as beginning:
            encode_mp3(_first(beginning, stretch.stop), target, **shape)
        change_lu = _heard_change_lu(survey, gain, target, stretch, shape)
        aim_lufs -= 0.0 if change_lu is None else change_lu - encoder_db
    for attempt in range(1, ATTEMPTS + 1):
        gain = Gain(survey, passages_db, aim_lufs, limit_dbtp)
        heard = (
            gained()
            if lossless is None
            else keep_programme(gained(), lossless, sample_rate_hz=rate_hz, channels=channels)
        )
        with closing_sound(heard):
            made = encode_mp3(steps.follow(heard), target, ceiling_dbtp=sure_dbtp, **shape)
        if abs(_short_lu(made, target_lufs)) <= CLOSE_LU or attempt == ATTEMPTS:
            made = soften_peaks(target, made, channels=channels, ceiling_dbtp=sure_dbtp)
            if abs(_short_lu(made, target_lufs)) <= CLOSE_LU:
                break
        if attempt < ATTEMPTS:
            aim_lufs += _short_lu(made, target_lufs)
            steps.expect(1)
    return MasterFacts(
        target_lufs=target_lufs,
        ceiling_dbtp=loudness.ceiling_dbtp,
        gain_db=round(gain.gain_db + encoder_db, 2),
        before=facts.loudness,
        after=made.loudness,
        channels=channels,
        sample_rate_hz=rate_hz,
        bitrate_kbps=bitrate_kbps,
        duration_ms=walk_frames(target).duration_ms,
        limited_db=round(gain.limited_db, 1),
        filters=filters,
        speakers=speaker_levels(
            survey, levelled, gain.factors * factors_from_db(np.float32(encoder_db))
        ),
        softened=made.softened,
        attempts=attempt,
    )


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
    survey: LoudnessAnalysis, passages_db: NDArray[np.float32], programme: Programme
) -> bool:
    """Give opening and closing the gain that makes them as loud as the speech between them. False:
    there is no speech, only silence.
    """
    places = np.arange(len(survey.block_powers)) * (1000 // BLOCKS_PER_S)
    closing_ms = programme.duration_ms - programme.closing_ms
    # Where music is on its way down or up, it does not tell how loud it is.
    sinking_ms, rising_ms = (
        RAMP_MS if overlap_ms else 0
        for overlap_ms in (programme.opening_overlap_ms, programme.closing_overlap_ms)
    )
    levels_lufs = [
        gated_loudness_lufs(
            survey.block_powers * survey.block_gains(factors_from_db(passages_db)), blocks
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
        round(moment * survey.cells_per_s / 1000) for moment in (programme.opening_ms, closing_ms)
    ]
    if opening_lufs is not None:
        passages_db[: edges[0]] += speech_lufs - opening_lufs
    if closing_lufs is not None:
        passages_db[edges[1] :] += speech_lufs - closing_lufs
    return True


def _heard_change_lu(
    survey: LoudnessAnalysis, gain: Gain, mp3: Path, samples: range, shape: Mapping[str, int]
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
    block = survey.cell_samples * survey.cells_per_block
    places = np.arange(len(survey.block_powers))
    inside = (places * block >= samples.start) & ((places + 1) * block <= samples.stop)
    told_lufs = survey.loudness_lufs(gain.factors, inside)
    heard_lufs = heard.loudness_lufs(blocks=inside[: len(heard.block_powers)])
    return None if told_lufs is None or heard_lufs is None else heard_lufs - told_lufs


def _first(chunks: Iterable[NDArray[np.float32]], samples: int) -> Iterator[NDArray[np.float32]]:
    """Exactly this many samples."""
    left = samples
    for chunk in chunks:
        yield chunk[:left]
        left -= len(chunk)
        if left <= 0:
            return


def _noise_filters(survey: LoudnessAnalysis, gain: Gain) -> tuple[str, ...]:
    """Noise reduction, where the pauses would be heard."""
    made_db, found_db = survey.floor_db(gain.factors), survey.floor_db(np.ones_like(gain.factors))
    if made_db is None or found_db is None or made_db < AUDIBLE_FLOOR_DB:
        return ()
    return noise_filters(found_db, survey.sample_rate_hz)


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
        """So many more passes are to come."""
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
