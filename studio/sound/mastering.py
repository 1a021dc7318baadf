"""The master: the programme at its target loudness, as an MP3 of constant bit rate without tags, proved by decoding it.

Gain is plain, the same from start to end; only peaks that would pass the ceiling meet a limiter. What counts is what a listener's
decoder gives, so the finished MP3 is decoded and measured, and gain and limit are corrected until that is right.

An MP3 decoder gives everything 1105 samples late (576 of the encoder, 529 of its own), and the header that could tell players so is
the one that makes them seek badly. So the first 1105 samples (25 ms) of the programme are left out: from there on each moment of the
programme is heard at its own time, and chapters and captions are exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from studio.errors import RecordingError, WorkspaceError
from studio.model.clock import Programme
from studio.model.sound import Loudness, MasterFacts, RecordingFacts, episode_channels
from studio.progress import Progress, no_progress
from studio.sound.ffmpeg import Encoding, url_from_path
from studio.sound.loudness import measure_file, measure_samples
from studio.sound.programme import FADE_MS, ramp, render_opening, render_speech, samples_from_ms

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TARGET_LUFS = {1: -19.0, 2: -16.0}
CEILING_DBTP = -1.0
TOLERANCE_LU = 0.1
BITRATES_KBPS = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
DECODER_DELAY_SAMPLES = 1105
# Encoding raises peaks by about this much: leave them the room at the first attempt.
ENCODER_OVERSHOOT_DB = 0.7
ATTEMPTS = 6
SMALLEST_SHARE = 0.25
METER_STEP = 0.1  # the meter's last digit
OVERSAMPLING = 4


def master_recording(
    recording: Path,
    facts: RecordingFacts,
    programme: Programme,
    target: Path,
    *,
    opening: Path | None = None,
    bitrate_kbps_mono: int = 96,
    bitrate_kbps_stereo: int = 128,
    progress: Progress = no_progress,
) -> MasterFacts:
    """Write the programme to ``target`` as MP3, and measure what was written. The same input gives the same bytes.

    The episode is mono unless the recording has two channels that differ. Its rate is 48 kHz for recordings of that family (8, 16, 24,
    48, 96 kHz…), else 44.1 kHz. An opening is brought to the loudness of the speech.
    Where the target cannot be reached, the figures say so.

    :param facts: what :func:`~studio.sound.recording.inspect_recording` said.
    :param target: where to write; an existing file is written over, so give a temporary name.
    :param opening: a sound file that lasts ``programme.opening_ms``; None when that is 0.
    :raises RecordingError: recording or opening cannot be decoded, or what is kept of the recording is silent.
    :raises WorkspaceError: MP3 has no such bit rate.
    :raises DiskError: the target cannot be written.
    """
    if (opening is None) != (programme.opening_ms == 0):
        raise ValueError("the programme and the opening belong together")
    channels = episode_channels(facts.layout)
    bitrate_kbps = bitrate_kbps_mono if channels == 1 else bitrate_kbps_stereo
    if bitrate_kbps not in BITRATES_KBPS:
        raise WorkspaceError(
            f"{bitrate_kbps} kbps", "is no bit rate that MP3 has", "Choose 96 or 128 for mono, 128, 160 or 192 for stereo."
        )
    rate_hz = 48_000 if facts.sample_rate_hz % 8_000 == 0 else 44_100
    length = samples_from_ms(programme.duration_ms, rate_hz)
    steps = _Steps(progress, length)
    steps.expect(3)

    def speech() -> Iterator[NDArray[np.float32]]:
        return render_speech(recording, programme, sample_rate_hz=rate_hz, channels=channels)

    measured = measure_samples(steps.follow(speech()), sample_rate_hz=rate_hz, channels=channels)
    if measured.integrated_lufs is None:
        raise RecordingError(recording, "is silent wherever it is kept in the episode", "Check the episode's cuts.")
    peak_dbtp = measured.true_peak_dbtp
    lead: NDArray[np.float32] | None = None
    if opening is not None:
        samples = render_opening(opening, programme, sample_rate_hz=rate_hz, channels=channels)
        jingle = measure_samples([samples], sample_rate_hz=rate_hz, channels=channels)
        gain_db = 0.0 if jingle.integrated_lufs is None else measured.integrated_lufs - jingle.integrated_lufs
        lead = samples * 10 ** (gain_db / 20)
        peak_dbtp = max(peak_dbtp, jingle.true_peak_dbtp + gain_db)

    def episode() -> Iterator[NDArray[np.float32]]:
        sounds = speech() if lead is None else chain([lead], speech())
        return _begin_late(_lengthen(sounds, length, channels), samples_from_ms(FADE_MS, rate_hz))

    aim = _Aim(TARGET_LUFS[channels], measured.integrated_lufs)
    for attempt in range(ATTEMPTS):
        steps.expect(2 if attempt else 0)
        graph = _level(aim.gain_db, aim.limit_dbtp if peak_dbtp + aim.gain_db > aim.limit_dbtp else None, rate_hz)
        _encode(steps.follow(episode()), graph, target, sample_rate_hz=rate_hz, channels=channels, bitrate_kbps=bitrate_kbps)
        after, decoded = measure_file(target, sample_rate_hz=rate_hz, channels=channels, heard=steps.hear)
        steps.close()
        if aim.is_hit(after) or attempt + 1 == ATTEMPTS:
            break
        aim.correct(after)
    return MasterFacts(
        target_lufs=TARGET_LUFS[channels],
        ceiling_dbtp=CEILING_DBTP,
        gain_db=round(aim.gain_db, 2),
        before=facts.loudness,
        after=after,
        channels=channels,
        sample_rate_hz=rate_hz,
        bitrate_kbps=bitrate_kbps,
        duration_ms=round(decoded * 1000 / rate_hz),
    )


class _Aim:
    """Gain and limit of the next attempt, corrected by what the last one gave.

    :param measured_lufs: the loudness at a gain of 0 dB.
    """

    def __init__(self, target_lufs: float, measured_lufs: float) -> None:
        self.gain_db = target_lufs - measured_lufs
        self.limit_dbtp = CEILING_DBTP - ENCODER_OVERSHOOT_DB
        self._target_lufs = target_lufs
        self._last: tuple[float, float] | None = None

    def is_hit(self, after: Loudness) -> bool:
        """Whether loudness and peak are as they must be."""
        return abs(self._short_lu(after)) < TOLERANCE_LU + METER_STEP / 2 and self._over_db(after) < METER_STEP / 2

    def correct(self, after: Loudness) -> None:
        """Aim again. Where the limiter takes back a part of the gain, more of it is needed: two attempts tell how much."""
        short_lu = self._short_lu(after)
        reached_lufs = self._target_lufs - short_lu
        share = 1.0
        if self._last is not None and self.gain_db != self._last[0]:
            share = min(1.0, max(SMALLEST_SHARE, (reached_lufs - self._last[1]) / (self.gain_db - self._last[0])))
        self._last = (self.gain_db, reached_lufs)
        self.gain_db += short_lu / share
        if self._over_db(after) > 0:
            self.limit_dbtp -= self._over_db(after) + METER_STEP

    def _short_lu(self, after: Loudness) -> float:
        return 0.0 if after.integrated_lufs is None else self._target_lufs - after.integrated_lufs

    def _over_db(self, after: Loudness) -> float:
        # The meter rounds, so a peak just over the ceiling could be shown as on it.
        return after.true_peak_dbtp - (CEILING_DBTP - METER_STEP)


class _Steps:
    """Progress over passes of the same length: one measures, two encode and check, and two more for each further attempt."""

    def __init__(self, progress: Progress, length: int) -> None:
        self._progress = progress
        self._length = length
        self._finished = 0
        self._expected = 0

    def expect(self, passes: int) -> None:
        """So many more passes are to come."""
        self._expected += passes

    def hear(self, samples: int) -> None:
        """So many samples of this pass are done."""
        self._progress(self._finished * self._length + min(samples, self._length), self._expected * self._length)

    def close(self) -> None:
        """One pass is over."""
        self._finished += 1
        self.hear(0)

    def follow(self, chunks: Iterable[NDArray[np.float32]]) -> Iterator[NDArray[np.float32]]:
        """The same chunks, counted; a pass is over when they are."""
        samples = 0
        for chunk in chunks:
            yield chunk
            samples += len(chunk)
            self.hear(samples)
        self.close()


def _lengthen(chunks: Iterable[NDArray[np.float32]], length: int, channels: int) -> Iterator[NDArray[np.float32]]:
    """The same chunks, then silence until all is as long as the programme: its closing, which nothing fills yet."""
    import numpy as np

    samples = 0
    for chunk in chunks:
        samples += len(chunk)
        yield chunk
    yield np.zeros((max(0, length - samples), channels), np.float32)


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


def _level(gain_db: float, limit_dbtp: float | None, rate_hz: int) -> str:
    """The filter graph: plain gain, then a limiter that sees the peaks between samples because it works on four times as many."""
    graph = [f"volume={gain_db:.4f}dB:precision=float"]
    if limit_dbtp is not None:
        limiter = f"alimiter=limit={10 ** (limit_dbtp / 20):.6f}:level=false:latency=true"
        graph += [f"aresample={rate_hz * OVERSAMPLING}", limiter, f"aresample={rate_hz}"]
    return ",".join(graph)


def _encode(
    chunks: Iterable[NDArray[np.float32]], graph: str, target: Path, *, sample_rate_hz: int, channels: int, bitrate_kbps: int
) -> None:
    """Write an MP3 of nothing but frames: no tags, no Xing header."""
    codec = ["-c:a", "libmp3lame", "-b:a", f"{bitrate_kbps}k", "-threads", "1", "-bitexact"]
    bare = ["-map_metadata", "-1", "-write_xing", "0", "-id3v2_version", "0", "-write_id3v1", "0"]
    arguments = ["-af", graph, *codec, *bare, "-f", "mp3", "-y", url_from_path(target)]
    with Encoding(arguments, sample_rate_hz=sample_rate_hz, channels=channels, where=target) as encoder:
        for chunk in chunks:
            encoder.write(chunk)
        encoder.finish()
