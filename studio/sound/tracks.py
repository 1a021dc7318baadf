"""Choose the audio of a file: one track of several (cameras, OBS), or the mix of those with
speech.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.errors import RecordingError
from studio.messages.message import joined_messages, message, plural_message
from studio.model.record import Record, replace_fields
from studio.model.sound import Layout, Mix, SoundTrack, TrackMix
from studio.progress import Progress, no_progress
from studio.sound.ffmpeg import Decoding, Header, TrackDecoding, TrackHeader
from studio.sound.microphones import ChannelAnalysis

# A function that returns the duration of speech in a mono recording at 16 kHz, in ms.
VoiceMeter = Callable[["NDArray[np.float32]"], int]

VOICE_RATE_HZ = 16_000
SURVEY_RATE_HZ = 8_000
# Less is a cough, or bleed of headphones.
MIN_VOICE_MS = 1000
# Tracks are compared at a sample rate sufficient for voices.
COMPARED_RATE_HZ = 4_000
# A track is contained in another one if that has its audio at half its amplitude or more, and not
# much else at that time. Bleed of a voice in another microphone is quieter.
CONTAINED_GAIN = 0.5
CONTAINED_SIMILARITY = 0.5
LOUD_DB = -25.0


class TrackChoice(Record, frozen=True):
    """The tracks of a file that are used, and how they are mixed.

    :param tracks: all of its sound tracks.
    :param parts: the mix of the used tracks.
    :param layout: of the two channels of a single track, or *mono*; else *many*.
    :param remark: the decision, if there was a choice; else empty.
    """

    tracks: tuple[SoundTrack, ...]
    parts: tuple[TrackMix, ...]
    layout: Layout
    remark: str = ""

    @property
    def mix(self) -> Mix:
        """The mix for decoding."""
        return Mix(parts=self.parts)


class _Heard(Record, frozen=True):
    """One track with its measurements."""

    track: SoundTrack
    mix: TrackMix
    layout: Layout
    sounds: bool


def _refuse_missing(path: Path, wanted: Sequence[int], *, tracks: int) -> None:
    """Check that all chosen tracks exist.

    :raises RecordingError: one does not.
    """
    for number in wanted:
        if not 1 <= number <= tracks:
            known = plural_message("{count} sound track", "{count} sound tracks", tracks)
            raise RecordingError(
                path,
                message("has {known}, and no track {number}", known=known, number=number),
                message("Choose one of those that `studio inspect` lists."),
            )


def _decode_all(path: Path, header: Header, progress: Progress) -> list[_Heard]:
    """Analyse each track, with common progress."""
    expected = (header.duration_ms or 0) * len(header.tracks)
    analysed: list[_Heard] = []
    for number, track in enumerate(header.tracks):
        before_ms = sum(one.track.duration_ms for one in analysed)

        def report(done_ms: float, before_ms: int = before_ms) -> None:
            progress(before_ms + done_ms, max(expected, before_ms + done_ms))

        analysed.append(_analyse_track(path, number, track, report))
    return analysed


def choose_tracks(
    path: Path,
    header: Header,
    *,
    wanted: Sequence[int] = (),
    voice: VoiceMeter | None = None,
    progress: Progress = no_progress,
) -> TrackChoice:
    """Decode every track and choose which to use.

    :param wanted: the numbers of the chosen tracks, from 1; empty: those with speech.
    :param voice: distinguishes speech from music and noise; without it, every track with sound
        counts.
    :raises RecordingError: there is no such track, or none can be decoded.
    """
    tracks = header.tracks
    _refuse_missing(path, wanted, tracks=len(tracks))
    analysed = _decode_all(path, header, progress)
    if all(not one.track.levels_db for one in analysed):
        raise RecordingError(
            path, message("cannot be decoded"), message("Copy or export it again.")
        )
    if wanted:
        chosen = {number - 1 for number in wanted}
        reasons: dict[int, str] = {
            number: message("not chosen") for number in range(len(analysed)) if number not in chosen
        }
    else:
        reasons = _unused(path, tracks, analysed, voice)
        chosen = set(range(len(analysed))) - set(reasons)
    parts = tuple(
        TrackMix(
            track=number,
            weights=tuple(
                round(weight / len(chosen), 6) for weight in analysed[number].mix.weights
            ),
        )
        for number in sorted(chosen)
    )
    listed = tuple(
        replace_fields(one.track, unused=reasons.get(number, ""))
        for number, one in enumerate(analysed)
    )
    layout = analysed[min(chosen)].layout if len(chosen) == 1 else "many"
    return TrackChoice(
        tracks=listed,
        parts=parts,
        layout=layout,
        remark=_remark(listed) if len(listed) > 1 and not wanted else "",
    )


def _analyse_track(
    path: Path, number: int, track: TrackHeader, report: Callable[[float], None]
) -> _Heard:
    """Decode one track with all of its channels. An undecodable track has no levels."""
    analysis = ChannelAnalysis(SURVEY_RATE_HZ, max(1, track.channels))
    decoded = track.sample_rate_hz > 0
    if decoded:
        try:
            with TrackDecoding(
                path, track=number, sample_rate_hz=SURVEY_RATE_HZ, channels=track.channels
            ) as decoding:
                for chunk in decoding:
                    analysis.feed(chunk)
                    report(analysis.samples * 1000 / SURVEY_RATE_HZ)
        except RecordingError:
            decoded = False
        analysis.close()
    layout, weights = analysis.classify()
    if track.ambisonic_order is not None:
        weights = _ambisonic_weights(track)
    return _Heard(
        track=SoundTrack(
            number=number + 1,
            codec=track.codec,
            sample_rate_hz=track.sample_rate_hz,
            channels=track.channels,
            duration_ms=analysis.samples * 1000 // SURVEY_RATE_HZ,
            levels_db=analysis.levels_db if decoded else (),
            name=track.name,
        ),
        mix=TrackMix(track=number, weights=weights),
        layout=layout,
        sounds=decoded and any(analysis.sounding),
    )


def _ambisonic_weights(track: TrackHeader) -> tuple[float, ...]:
    """The first channel is omnidirectional; there may be additional channels after the sound
    field.
    """
    field = ((track.ambisonic_order or 0) + 1) ** 2
    used = [channel == 0 or channel >= field for channel in range(track.channels)]
    return tuple(round(one / sum(used), 6) for one in used)


def _unused(
    path: Path, tracks: Sequence[TrackHeader], analysed: Sequence[_Heard], voice: VoiceMeter | None
) -> dict[int, str]:
    """The unused tracks with reasons. At least one track is used."""
    reasons: dict[int, str] = {
        number: message("silent") if one.track.levels_db else message("cannot be decoded")
        for number, one in enumerate(analysed)
        if not one.sounds
    }
    left = [number for number in range(len(analysed)) if number not in reasons]
    if not left:
        # All silent: use the first decodable one.
        del reasons[next(number for number, one in enumerate(analysed) if one.track.levels_db)]
        return reasons
    if len(left) == 1:
        return reasons
    sounds: dict[int, NDArray[np.int16]] = {}
    voices_ms: dict[int, int] = {}
    for number in left:
        sounds[number], voices_ms[number] = _listen(path, analysed[number].mix, voice)
    if any(voice_ms >= MIN_VOICE_MS for voice_ms in voices_ms.values()):
        reasons |= {
            number: message("no speech") for number in left if voices_ms[number] < MIN_VOICE_MS
        }
        left = [number for number in left if number not in reasons]
    for number in reversed(left):
        for other in left:
            shift_ms = tracks[number].start_ms - tracks[other].start_ms
            if (
                other != number
                and other not in reasons
                and _contains(sounds[other], sounds[number], shift_ms)
            ):
                reasons[number] = message("its sound is in track {other}", other=other + 1)
                break
    return reasons


def _listen(path: Path, mix: TrackMix, voice: VoiceMeter | None) -> tuple[NDArray[np.int16], int]:
    """A track as one channel, at the rate for comparing tracks, and its duration of speech in
    ms.
    """
    content = bytearray()
    with Decoding(
        path, sample_rate_hz=VOICE_RATE_HZ, channels=1, mix=Mix(parts=(mix,))
    ) as decoding:
        for piece in decoding.bytes():
            content += piece
    samples = np.frombuffer(content, np.float32)
    voice_ms = MIN_VOICE_MS if voice is None else voice(samples)
    step = VOICE_RATE_HZ // COMPARED_RATE_HZ
    whole = len(samples) // step * step
    coarse = samples[:whole].reshape(-1, step).mean(axis=1)
    return (np.clip(coarse, -1, 1) * 32767).astype(np.int16), voice_ms


def _contains(outer: NDArray[np.int16], inner: NDArray[np.int16], shift_ms: int) -> bool:
    """Whether one track's audio is contained in another's.

    :param shift_ms: delay of the inner one's start.
    """
    shift = shift_ms * COMPARED_RATE_HZ // 1000
    outer, inner = outer[max(0, shift) :], inner[max(0, -shift) :]
    # What is beyond the outer track's end is missing in it.
    missing, inner = inner[len(outer) :], inner[: len(outer)]
    whole = min(len(outer), len(inner)) // COMPARED_RATE_HZ * COMPARED_RATE_HZ
    if not whole:
        return False
    one, other = (
        sound[:whole].reshape(-1, COMPARED_RATE_HZ).astype(np.float64) for sound in (outer, inner)
    )
    powers = np.square(other).sum(axis=1)
    loudest = float(np.percentile(powers, 95)) * 10 ** (LOUD_DB / 10)
    if (
        len(missing) >= COMPARED_RATE_HZ
        and float(np.square(missing.astype(np.float64)).sum()) > loudest
    ):
        return False
    loud = (powers > loudest) & (powers > 0)
    if not loud.any():
        return False
    shared = float((one * other).sum(axis=1)[loud].sum())
    own, outers = float(powers[loud].sum()), float(np.square(one).sum(axis=1)[loud].sum())
    return shared >= CONTAINED_GAIN * own and shared >= CONTAINED_SIMILARITY * (own * outers) ** 0.5


def _remark(tracks: Sequence[SoundTrack]) -> str:
    """The decision, in a sentence."""
    used = ", ".join(str(track.number) for track in tracks if not track.unused)
    several = sum(not track.unused for track in tracks) > 1
    others = joined_messages(
        "; ",
        (
            joined_messages(": ", (str(track.number), track.unused))
            for track in tracks
            if track.unused
        ),
    )
    count = len(tracks)
    if others:
        return (
            message(
                "of {count} sound tracks, tracks {heard} are mixed ({others})",
                count=count,
                heard=used,
                others=others,
            )
            if several
            else message(
                "of {count} sound tracks, track {heard} is used ({others})",
                count=count,
                heard=used,
                others=others,
            )
        )
    return message("of {count} sound tracks, tracks {heard} are mixed", count=count, heard=used)
