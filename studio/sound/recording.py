"""Inspect a recording: its properties, and whether it can be processed. The whole file is decoded
once, as a stream.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.errors import RecordingError, StudioError
from studio.file_access import open_file
from studio.messages.message import message
from studio.model.clock import RecordingMs, Span
from studio.model.sound import Layout, Loudness, Mix, RecordingFacts, TrackMix, weights_of_layout
from studio.progress import Progress, no_progress
from studio.sound.channels import ChannelRelation
from studio.sound.constant_sound import is_constant
from studio.sound.ffmpeg import Decoding, Header, read_header
from studio.sound.file_headers import missing_share
from studio.sound.frames import sound_in_tag, walk_frames
from studio.sound.hum import HumFinder
from studio.sound.loudness import GATE_LUFS, LOUDNESS_METER, loudness_from_log
from studio.sound.pcm_headers import read_understated
from studio.sound.tracks import TrackChoice, VoiceMeter, choose_tracks
from studio.sound.truepeak import TruePeakMeter
from studio.sound.wav import read_wav_claim

WHISPER_RATE_HZ = 16_000
# No conversation is longer; 10 MB can contain hundreds of hours of silence.
MAX_DURATION_MS = 24 * 3600 * 1000
MIN_DURATION_MS = 400  # one block of EBU R 128, the minimum for a loudness
CLAIM_MS = 500  # headers round and encoders pad: the tolerance of declared durations
# the minimum missing end that is reported: more than encoder delay
MIN_REPORTED_MS = 100
# A stopped recorder or browser loses its buffer: one or two seconds. A larger loss means an
# incomplete file.
LOST_MS = 2000
LOST_SHARE = 0.05
BESIDE_BYTES = 1 << 20  # what an uncompressed file may contain besides samples: markers, a picture
WINDOW_MS = 10
PIECE_BYTES = 1 << 20  # block size for reading a file of samples: whole pairs of float32
NOISE_WINDOWS = 5
QUIETEST_PERCENT = 5
DIGITAL_SILENCE_DB = -96.0  # below 16-bit resolution: no room is this quiet
SILENCE_MS = 1000
# A clipped peak: the minimum number of consecutive equal samples at full scale.
CLIPPED_SAMPLES = 4
CLIPPED_LEVEL = 0.985
CLIPPED_STEP = 5e-4
SUSTAINED_WINDOWS = 5  # the click of a recorder's button does not count as sound


def inspect_recording(
    path: Path,
    progress: Progress = no_progress,
    *,
    tracks: Sequence[int] = (),
    voice: VoiceMeter | None = None,
    heard_in: Path | None = None,
) -> RecordingFacts:
    """Decode the whole recording once and measure it. Memory use hardly grows with its length (4 kB
    per second).

    For more than two channels, or several tracks, the downmix is determined first, by an additional
    decoding, with two active tracks in memory as one channel each. Loudness is that of the original
    channels (more than two are mixed to one first).

    :param tracks: the numbers of the audio tracks to use, from 1; empty: those with speech.
    :param voice: finds the tracks with speech.
    :param heard_in: a file for the audio at Whisper's rate, written by the same decoding, for
        :func:`samples_of_file`; not written if several tracks or more than two channels are mixed.
    :raises RecordingError: it is missing, empty, without audio, truncated, shorter than 0.4 s,
        longer than a day, silent, or constant; or there is no such track.
    """
    header = read_header(path)
    _refuse_endless(path, header.duration_ms or 0)
    remarks = _compare_claim(path)
    if is_constant(path, header):
        raise RecordingError(
            path,
            message("says nothing: its sound never changes from its start to its end"),
            message("Check which microphone was recorded; give another file."),
        )
    # After cheap checks of headers, the whole recording is decoded once, and everything is measured
    # in the same pass.
    choice = _choice(path, header, tracks, voice, progress)
    meter, log = _measured(path, header, choice, heard_in, progress)
    duration_ms = round(meter.samples * 1000 / meter.rate_hz)
    longest_ms = max((duration_ms, *(track.duration_ms for track in choice.tracks)))
    remarks = remarks or _compare_length(path, header, longest_ms, log)
    _refuse_unusable(path, meter, duration_ms)
    loudness = _loudness(path, meter, log, has_others=len(choice.tracks) > 1)
    layout, levels_db = meter.classify_channels()
    start_ms, end_ms = meter.sounding_ms()
    used = [header.tracks[part.track] for part in choice.parts]
    mixed = choice.layout == "many"
    return RecordingFacts(
        duration_ms=RecordingMs(duration_ms),
        sample_rate_hz=meter.rate_hz,
        channels=sum(track.channels for track in used),
        codec=used[0].codec,
        loudness=loudness,
        sound_start_ms=RecordingMs(start_ms),
        sound_end_ms=RecordingMs(min(end_ms, duration_ms)),
        layout=choice.layout if mixed else layout,
        channel_levels_db=_levels_of(choice) if mixed else levels_db,
        noise_floor_db=meter.noise_floor_db(),
        clipped_peaks=meter.clipped_peaks,
        dc_offset=round(meter.dc_offset, 5),
        hum_hz=meter.hum.find(),
        silences=meter.silences(),
        tracks=choice.tracks if len(choice.tracks) > 1 else (),
        parts=choice.parts
        if mixed
        else (TrackMix(track=choice.parts[0].track, weights=weights_of_layout(layout)),),
        remarks=(*((choice.remark,) if choice.remark else ()), *remarks),
    )


def _compare_length(path: Path, header: Header, longest_ms: int, log: str) -> tuple[str, ...]:
    """Remarks on the recording's duration compared with its header."""
    return (
        _compare_duration(path, header, longest_ms, log)
        or _compare_file_size(path, longest_ms)
        or _compare_size(path, header, longest_ms)
    )


def _measured(
    path: Path,
    header: Header,
    choice: TrackChoice,
    heard_in: Path | None,
    progress: Progress,
) -> tuple[_RecordingMeter, str]:
    """Decode and measure the whole recording; also returns ffmpeg's log.

    :param heard_in: a file for the audio at Whisper's rate, written by the same decoding.
    """
    channels = 1 if choice.layout in {"mono", "many"} else 2
    rate_hz = header.tracks[choice.parts[0].track].sample_rate_hz
    meter = _RecordingMeter(rate_hz, channels)
    expected = (header.duration_ms or 0) * rate_hz / 1000
    plain = choice.layout != "many" and len(choice.parts) == 1
    with Decoding(
        path,
        sample_rate_hz=rate_hz,
        channels=channels,
        mix=choice.mix,
        filters=[LOUDNESS_METER],
        copies={WHISPER_RATE_HZ: heard_in} if heard_in is not None and plain else {},
    ) as decoding:
        for chunk in decoding:
            meter.feed(chunk)
            _refuse_endless(path, meter.samples * 1000 // rate_hz)
            progress(meter.samples, max(expected, meter.samples))
        log = decoding.log
    progress(meter.samples, meter.samples)
    return meter, log


def _loudness(path: Path, meter: _RecordingMeter, log: str, *, has_others: bool) -> Loudness:
    """The loudness of the recording.

    :param has_others: whether another audio track may be chosen instead.
    :raises RecordingError: it is silent.
    """
    meter.peaks.close()
    loudness = loudness_from_log(log, meter.peaks.highest_dbtp)
    if loudness.integrated_lufs is None or meter.is_silent:
        raise _is_silent(path, has_others=has_others)
    return loudness


def _refuse_unusable(path: Path, meter: _RecordingMeter, duration_ms: int) -> None:
    if duration_ms < MIN_DURATION_MS:
        raise RecordingError(
            path,
            message("lasts {duration_ms} ms, too short to be a recording", duration_ms=duration_ms),
            message("Give the whole recording."),
        )
    if not meter.has_finite_samples:
        raise RecordingError(
            path,
            message("contains samples that are not numbers"),
            message("Export it again with 24 bits a sample."),
        )


def _is_silent(path: Path, *, has_others: bool) -> RecordingError:
    """The error for a silent recording; ``has_others``: its file has unused tracks."""
    others = message(" (other tracks: `studio inspect` lists them)") if has_others else ""
    return RecordingError(
        path,
        message("is silent from its start to its end{others}", others=others),
        message("Check which microphone was recorded; give another file."),
    )


def read_samples(
    path: Path, *, sample_rate_hz: int = WHISPER_RATE_HZ, mix: Mix | None = None
) -> NDArray[np.float32]:
    """The whole recording as one channel, shape (samples,), full scale 1.0, for Whisper: one hour
    at 16 kHz is 230 MB, held once.

    :param mix: the downmix to one channel, if known; else it is determined by an additional
        decoding.
    :raises RecordingError: as :func:`read_header <studio.sound.ffmpeg.read_header>`, or it cannot
        be decoded.
    """
    mix = read_mix(path) if mix is None else mix
    weights = _weights(mix)
    content = bytearray()
    with Decoding(
        path, sample_rate_hz=sample_rate_hz, channels=max(1, len(weights)), mix=mix
    ) as decoding:
        for piece in decoding.bytes():
            content += _mixed(np.frombuffer(piece, "<f4"), weights).tobytes() if weights else piece
    return np.frombuffer(content, np.float32)


def samples_of_file(file: Path, mix: Mix) -> NDArray[np.float32] | None:
    """The samples that :func:`inspect_recording` wrote, as from :func:`read_samples`; None if it
    wrote nothing.
    """
    if not file.exists():
        return None
    weights = _weights(mix)
    if not weights:
        return np.fromfile(file, "<f4").astype(np.float32, copy=False)
    content = bytearray()
    with open_file(file) as stream:
        while piece := stream.read(PIECE_BYTES):
            content += _mixed(np.frombuffer(piece, "<f4"), weights).tobytes()
    return np.frombuffer(content, np.float32)


def _weights(mix: Mix) -> tuple[float, ...]:
    """The downmix weights of the two channels of one track; empty if there is nothing to mix, or
    ffmpeg does it.
    """
    weights = mix.parts[0].weights
    return weights if mix.of_one_track and len(weights) == 2 else ()


def _mixed(samples: NDArray[np.float32], weights: Sequence[float]) -> NDArray[np.float32]:
    """Mix two interleaved channels to one."""
    left, right = (np.float32(weight) for weight in weights)
    return samples[0::2] * left + samples[1::2] * right


def read_mix(path: Path, tracks: Sequence[int] = ()) -> Mix:
    """Determine the downmix of an audio file to one channel, so that no voice is lost. Files of one
    channel are not decoded for it.

    :param tracks: the numbers of the audio tracks to use, from 1; empty: all active ones.
    :raises RecordingError: as :func:`read_header <studio.sound.ffmpeg.read_header>`, or it cannot
        be decoded.
    """
    header = read_header(path)
    if len(header.tracks) == 1 and header.channels == 1 and not set(tracks) - {1}:
        return Mix(parts=(TrackMix(weights=weights_of_layout("mono")),))
    return choose_tracks(path, header, wanted=tracks).mix


def _choice(
    path: Path, header: Header, wanted: Sequence[int], voice: VoiceMeter | None, progress: Progress
) -> TrackChoice:
    """The track choice. If nothing is to be chosen or mixed, nothing is decoded."""
    if len(header.tracks) > 1 or header.channels > 2 or set(wanted) - {1}:
        return choose_tracks(path, header, wanted=wanted, voice=voice, progress=progress)
    layout: Layout = "mono" if header.channels == 1 else "stereo"
    return TrackChoice(
        tracks=(), parts=(TrackMix(weights=weights_of_layout(layout)),), layout=layout
    )


def _levels_of(choice: TrackChoice) -> tuple[float, ...]:
    """The level of every used channel."""
    return tuple(level for track in choice.tracks if not track.unused for level in track.levels_db)


class _RecordingMeter:
    """Measures chunk by chunk: the level of each window, channel relations, hum, clipped peaks."""

    def __init__(self, rate_hz: int, channels: int) -> None:
        self.rate_hz = rate_hz
        self.samples = 0
        self.clipped_peaks = 0
        self.hum = HumFinder(rate_hz)
        self.peaks = TruePeakMeter(channels)
        self._channels = channels
        self._window = max(1, rate_hz * WINDOW_MS // 1000)
        self._rest: NDArray[np.float32] | None = None
        self._levels: list[NDArray[np.float32]] = []
        self._balance = ChannelRelation()
        self._numbers = True
        self._loudest = 0.0
        self._sum = 0.0

    @property
    def has_finite_samples(self) -> bool:
        """Whether all samples are finite: NaN would silence all later filters."""
        return self._numbers

    @property
    def is_silent(self) -> bool:
        """Whether no window exceeds the gate of EBU R 128, ignoring DC offset."""
        return self._loudest < 10 ** (GATE_LUFS / 20)

    @property
    def dc_offset(self) -> float:
        """The largest DC offset of all channels."""
        return self._sum / max(1, self.samples)

    def feed(self, chunk: NDArray[np.float32]) -> None:
        """Add samples, shape (samples, channels)."""
        self.samples += len(chunk)
        self.peaks.feed(chunk)
        # Channel by channel: numpy is much faster on contiguous memory.
        planes = np.ascontiguousarray(chunk.T)
        sums = planes.sum(axis=1, dtype=np.float64)
        self._sum += float(sums[np.abs(sums).argmax()])
        self.hum.feed(planes.mean(axis=0))
        self.clipped_peaks += sum(_flat_peaks(plane) for plane in planes)
        self.compare(planes)

    def compare(self, planes: NDArray[np.float32]) -> None:
        """Add only levels and channel relations, from shape (channels, samples)."""
        if self._rest is not None:
            planes = np.concatenate((self._rest, planes), axis=1)
        whole = planes.shape[1] // self._window * self._window
        self._rest = planes[:, whole:]
        windows = planes[:, :whole].reshape(self._channels, -1, self._window)
        # The deviation from the window's mean, without DC offset.
        windows = windows - windows.mean(axis=2, keepdims=True)
        levels = np.sqrt(
            np.einsum("cws,cws->cw", windows, windows).max(axis=0) / np.float32(self._window)
        )
        if len(levels):
            self._loudest = max(self._loudest, float(levels.max()))
            self._numbers = self._numbers and bool(np.isfinite(levels).all())
            if self._channels == 2:
                self._balance.feed(windows)
        self._levels.append(levels)

    def classify_channels(self) -> tuple[Layout, tuple[float, ...]]:
        """The channel layout, and the level of each in dBFS."""
        if self._channels == 2:
            return self._balance.classify()
        power = float(np.square(np.concatenate(self._levels).astype(np.float64)).mean())
        return "mono", (round(10 * math.log10(max(power, 1e-12)), 1),)

    def noise_floor_db(self) -> float | None:
        """The 5th percentile of 50 ms windows, without digital silence."""
        powers = np.square(np.concatenate(self._levels).astype(np.float64))
        whole = len(powers) // NOISE_WINDOWS * NOISE_WINDOWS
        moments_db = 10 * np.log10(
            np.maximum(powers[:whole].reshape(-1, NOISE_WINDOWS).mean(axis=1), 1e-12)
        )
        audible = moments_db[moments_db > DIGITAL_SILENCE_DB]
        # A recording with digital silence in its pauses has no noise floor: the rest is words.
        if len(audible) < len(moments_db) * (1 - QUIETEST_PERCENT / 100):
            return None
        return round(float(np.percentile(audible, QUIETEST_PERCENT)), 1)

    def silences(self) -> tuple[Span, ...]:
        """All long silences between the first sound and the last."""
        window_ms = self._window * 1000 / self.rate_hz
        sounding = self._sounding()
        edges = np.flatnonzero(np.diff(np.concatenate(([True], sounding, [True])).astype(np.int8)))
        spans = []
        for start, end in zip(edges[::2], edges[1::2], strict=True):
            if (end - start) * window_ms >= SILENCE_MS and start > 0 and end < len(sounding):
                spans.append(
                    Span(
                        start_ms=RecordingMs(round(start * window_ms)),
                        end_ms=RecordingMs(round(end * window_ms)),
                    )
                )
        return tuple(spans)

    def sounding_ms(self) -> tuple[int, int]:
        """The first and the last time at which the recording is not silent, in ms.

        The threshold adapts to the recording: 6 dB above its 5th percentile, but between 35 and 10
        dB below its loud parts, and if possible at most −60 dBFS; so a quiet recording is not
        silent and a noisy room is not speech.
        """
        sustained = np.flatnonzero(self._sounding())
        if not len(sustained):
            return 0, round(self.samples * 1000 / self.rate_hz)
        window_ms = self._window * 1000 / self.rate_hz
        return math.floor(int(sustained[0]) * window_ms), math.ceil(
            (int(sustained[-1]) + 1) * window_ms
        )

    def _sounding(self) -> NDArray[np.bool_]:
        """The windows of sounds of a minimum duration, shape (windows,)."""
        levels_db = 20 * np.log10(np.maximum(np.concatenate(self._levels), 1e-6))
        audible = levels_db[levels_db > -80]
        if not len(audible):
            return np.zeros(len(levels_db), np.bool_)
        loud_db = float(np.percentile(audible, 95))
        quiet_db = float(np.percentile(levels_db, 5))
        threshold_db = min(max(-60.0, loud_db - 35, quiet_db + 6), loud_db - 10)
        sounding = (levels_db > threshold_db).astype(np.int8)
        needed = min(SUSTAINED_WINDOWS, len(sounding))
        starts = np.convolve(sounding, np.ones(needed, np.int8), "valid") == needed
        return np.convolve(starts, np.ones(needed, np.int8)) > 0


def _flat_peaks(samples: NDArray[np.float32]) -> int:
    """The number of clipped peaks of a channel. A peak across two chunks may count twice or not at
    all.
    """
    if not len(samples) or float(np.abs(samples).max()) < CLIPPED_LEVEL:
        return 0
    flat = (np.abs(samples[1:]) >= CLIPPED_LEVEL) & (np.abs(np.diff(samples)) < CLIPPED_STEP)
    edges = np.flatnonzero(np.diff(np.concatenate(([False], flat, [False])).astype(np.int8)))
    return int(np.count_nonzero(edges[1::2] - edges[::2] >= CLIPPED_SAMPLES - 1))


def _compare_duration(path: Path, header: Header, duration_ms: int, log: str) -> tuple[str, ...]:
    """Compare the declared with the decoded duration. Returns remarks.

    :raises RecordingError: a large part is missing, and the declaration is reliable.
    """
    said_ms = header.duration_ms if header.alone else None
    if said_ms is not None and duration_ms > said_ms + CLAIM_MS:
        return (_understated(said_ms, duration_ms),)
    lost_ms = 0 if said_ms is None else said_ms - duration_ms
    if said_ms is not None and lost_ms > _tolerated_ms(said_ms):
        if not _ends_with_a_whole_frame(path, header):
            raise _truncated(path, duration_ms, said_ms)
        return (
            message(
                "its header says that it lasts {said_ms}, but is older than its sound, "
                "which lasts {duration_ms}",
                said_ms=_clock(said_ms),
                duration_ms=_clock(duration_ms),
            ),
        )
    if lost_ms >= MIN_REPORTED_MS or any(
        complaint in log for complaint in ("partial file", "File ended prematurely")
    ):
        promise = (
            ""
            if said_ms is None or lost_ms < MIN_REPORTED_MS
            else message(" of {said_ms}", said_ms=_clock(said_ms))
        )
        return (
            message(
                "its end is missing: {duration_ms}{promise} can be read",
                duration_ms=_clock(duration_ms),
                promise=promise,
            ),
        )
    return ()


def _compare_file_size(path: Path, duration_ms: int) -> tuple[str, ...]:
    """The same for formats whose decoder does not notice a missing end.

    :raises RecordingError: more is missing than a stopped recorder loses.
    """
    said_ms = round(duration_ms / (1 - missing_share(path)))
    lost_ms = said_ms - duration_ms
    if lost_ms > _tolerated_ms(said_ms):
        raise _truncated(path, duration_ms, said_ms)
    return (_end_is_missing(duration_ms, said_ms),) if lost_ms >= MIN_REPORTED_MS else ()


def _compare_size(path: Path, header: Header, duration_ms: int) -> tuple[str, ...]:
    """Whether an uncompressed file (AIFF, CAF, AU) is much larger than what its header makes a
    decoder read.
    """
    bits = re.fullmatch(r"pcm_[a-z]+(\d+)[a-z]*", header.codec)
    if bits is None or len(header.tracks) != 1 or not header.alone:
        return ()
    second_bytes = header.sample_rate_hz * header.channels * int(bits[1]) // 8
    room_ms = (path.stat().st_size - BESIDE_BYTES) * 1000 // second_bytes
    if room_ms <= duration_ms + LOST_MS or room_ms <= duration_ms * (1 + LOST_SHARE):
        return ()
    return (
        message(
            "{duration_ms} can be read, but it is large enough for {room_ms}: export it as "
            "WAV if sound is missing",
            duration_ms=_clock(duration_ms),
            room_ms=_clock(room_ms),
        ),
    )


def _tolerated_ms(claimed_ms: int) -> float:
    """The tolerated missing part of this duration."""
    return max(CLAIM_MS, min(LOST_MS, LOST_SHARE * claimed_ms))


def _ends_with_a_whole_frame(path: Path, header: Header) -> bool:
    """Whether it is a shortened MP3: cutting tools leave whole frames, and often the old Xing
    frame.
    """
    if header.codec != "mp3":
        return False
    try:
        return walk_frames(path).stray_bytes == 0
    except StudioError:
        return False  # MP3 inside another container


def _truncated(path: Path, duration_ms: int, said_ms: int) -> RecordingError:
    what = message(
        "is truncated: its sound stops at {duration_ms} although it says that it lasts {said_ms}",
        duration_ms=_clock(duration_ms),
        said_ms=_clock(said_ms),
    )
    return RecordingError(path, what, message("Copy or export it again, whole."))


def _end_is_missing(present_ms: int, claimed_ms: int) -> str:
    return message(
        "its end is missing: {present_ms} of {claimed_ms} can be read",
        present_ms=_clock(present_ms),
        claimed_ms=_clock(claimed_ms),
    )


def _understated(said_ms: int, duration_ms: int) -> str:
    return message(
        "its header says that it lasts {said_ms}, but it holds {duration_ms}: the whole file "
        "is used",
        said_ms=_clock(said_ms),
        duration_ms=_clock(duration_ms),
    )


def _clock(moment_ms: int) -> str:
    """Hours, minutes, seconds: ``0:03:35.6``."""
    tenths = moment_ms // 100
    return f"{tenths // 36000}:{tenths // 600 % 60:02}:{tenths // 10 % 60:02}.{tenths % 10}"


def _refuse_endless(path: Path, duration_ms: int) -> None:
    if duration_ms > MAX_DURATION_MS:
        raise RecordingError(
            path,
            message("lasts more than {hours} hours", hours=MAX_DURATION_MS // 3_600_000),
            message("Give the recording of one interview."),
        )


def _compare_claim(path: Path) -> tuple[str, ...]:
    """The same for headers that declare less than the file contains: WAV, and AIFF, CAF and W64.

    :raises RecordingError: more is missing than a stopped recorder loses.
    """
    if (other := read_understated(path)) is not None:
        return (_understated(other.claimed_ms, other.present_ms),) if other.understates else ()
    if sound_in_tag(path) is not None:
        return (message("its ID3 tag is damaged and claims sound as its own: all of it is taken"),)
    claim = read_wav_claim(path)
    if claim is None or claim.claimed_ms is None:
        return ()
    if claim.in_pieces:
        raise RecordingError(
            path,
            message(
                "holds its sound in two pieces: one of {claimed_ms}, and another one",
                claimed_ms=_clock(claim.claimed_ms),
            ),
            message(
                "Export it again with the program that wrote it, or import it into Audacity as raw "
                "data."
            ),
        )
    if claim.sound_follows:
        return (_understated(claim.claimed_ms, claim.present_ms),)
    lost_ms = claim.claimed_ms - claim.present_ms
    if lost_ms > _tolerated_ms(claim.claimed_ms):
        raise _truncated(path, claim.present_ms, claim.claimed_ms)
    if lost_ms >= WINDOW_MS:
        return (_end_is_missing(claim.present_ms, claim.claimed_ms),)
    return ()
