"""The samples of the programme: the kept stretches of the recording, joined without clicks, with
the jingles around them.

Everything is streamed, and every sample is at its position by
:class:`~studio.model.clock.Programme`, to half a sample: each stretch's position is computed from
the programme's start, so that rounding errors do not add up over a thousand cuts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.errors import RecordingError
from studio.messages.message import message
from studio.model.clock import Programme
from studio.model.record import Record
from studio.model.sound import FIRST_TRACK, Mix
from studio.sound.cleaning_filters import RUMBLE_FILTER
from studio.sound.decoded_copy import DecodedCopy
from studio.sound.ffmpeg import Decoding, read_header
from studio.sound.recording import read_mix

FADE_MS = 5
BLOCK_SAMPLES = 1 << 16
# A cleaned recording is stored softer by this factor: its samples may exceed full scale, which
# FLAC does not allow.
HEADROOM = 4.0


class CleanedSound(Record, frozen=True):
    """The recording without its noise, written by
    :func:`~studio.sound.voice_cleaning.clean_recording`, and how strongly it is used.

    :param limit_db: the largest noise reduction. The removed sound stays in the mix, softer by this
        much.
    """

    path: Path
    limit_db: float

    @property
    def share(self) -> float:
        """The share of the cleaned sound in the mix, 0 to 1; the rest is the recording."""
        return float(1 - 10 ** (-self.limit_db / 20))


class ProgrammePiece(Record, frozen=True):
    """A stretch of the recording: its first sample and its number of samples."""

    start: int
    length: int

    @property
    def end(self) -> int:
        """The first sample after the stretch."""
        return self.start + self.length


def pieces_from_programme(programme: Programme, sample_rate_hz: int) -> tuple[ProgrammePiece, ...]:
    """The kept stretches in samples; they last as long as the programme, to half a sample."""
    pieces = []
    elapsed_ms = programme.opening_ms
    for span in programme.kept:
        place = samples_from_ms(elapsed_ms, sample_rate_hz)
        elapsed_ms += span.end_ms - span.start_ms
        length = samples_from_ms(elapsed_ms, sample_rate_hz) - place
        pieces.append(
            ProgrammePiece(start=samples_from_ms(span.start_ms, sample_rate_hz), length=length)
        )
    return tuple(pieces)


def samples_from_ms(moment_ms: int, sample_rate_hz: int) -> int:
    """The index of the sample at a time."""
    return round(moment_ms * sample_rate_hz / 1000)


def render_speech(
    recording: Path,
    programme: Programme,
    *,
    sample_rate_hz: int,
    channels: int,
    mix: Mix,
    filters: Sequence[str] = (RUMBLE_FILTER,),
    repairs: Sequence[str] = (),
    cleaned: CleanedSound | None = None,
    copy: DecodedCopy | None = None,
    report: Callable[[str], None] | None = None,
) -> Iterator[NDArray[np.float32]]:
    """The kept stretches of the recording, one after the other, chunks of shape (samples,
    channels).

    At each joint the two sides are cross-faded over 5 ms around the cut, so the cut's time stays
    exact; first and last sample fade from and to silence. If the recording is shorter than the
    programme assumes, silence fills the rest.

    :param repairs: filters applied to the recording before the others; the cleaned sound has passed
        them already.
    :param report: called with ffmpeg's output after the recording was decoded to its end.
    :param cleaned: the cleaned sound to mix in, and its share.
    :param copy: a copy of the decoded recording, so that the next call need not decode it again.
    """
    pieces = pieces_from_programme(programme, sample_rate_hz)
    fade = samples_from_ms(FADE_MS, sample_rate_hz)
    decode = partial(
        Decoding if copy is None else copy.decoding,
        sample_rate_hz=sample_rate_hz,
        channels=channels,
        filters=(*repairs, *filters),
    )
    with ExitStack() as stack:
        decoded = stack.enter_context(decode(recording, mix=mix))
        chunks = rest = iter(decoded)
        if cleaned is not None:
            other = Decoding(
                cleaned.path,
                sample_rate_hz=sample_rate_hz,
                channels=channels,
                mix=FIRST_TRACK,
                filters=filters,
            )
            chunks = blended(chunks, iter(stack.enter_context(other)), cleaned)
        yield from _join(_ForwardReader(chunks, channels), pieces, fade)
        if copy is not None or report is not None:
            for _ in rest:  # including the end: a copy must be complete
                pass
        if report is not None:
            report(decoded.log)


def blended(
    chunks: Iterable[NDArray[np.float32]],
    others: Iterable[NDArray[np.float32]],
    cleaned: CleanedSound,
) -> Iterator[NDArray[np.float32]]:
    """The recording mixed with the cleaned sound. If that ends before the recording (by a sample,
    through rounding), the rest is the recording alone.
    """
    supply, held = iter(others), None
    for chunk in chunks:
        while held is None or len(held) < len(chunk):
            more = next(supply, None)
            if more is None:
                break
            held = more if held is None else np.concatenate((held, more))
        mixed = chunk.copy()
        if held is not None:
            beside = held[: len(chunk)]
            mixed[: len(beside)] += np.float32(cleaned.share) * (
                np.float32(HEADROOM) * beside - chunk[: len(beside)]
            )
            held = held[len(beside) :]
        yield mixed


def render_jingle(
    jingle: Path, duration_ms: int, *, sample_rate_hz: int, channels: int
) -> NDArray[np.float32]:
    """The opening or the closing, shape (samples, channels), with the length set by the programme
    and a faded end.

    :raises RecordingError: it cannot be read, or its length differs from the programme's.
    """
    with Decoding(
        jingle, sample_rate_hz=sample_rate_hz, channels=channels, mix=read_mix(jingle)
    ) as decoding:
        samples = np.concatenate(list(decoding))
    wanted = samples_from_ms(duration_ms, sample_rate_hz)
    if abs(len(samples) - wanted) > samples_from_ms(FADE_MS, sample_rate_hz):
        raise RecordingError(
            jingle,
            message("has changed since it was measured"),
            message("Run the same command again."),
        )
    samples = np.concatenate(
        (samples, np.zeros((max(0, wanted - len(samples)), channels), np.float32))
    )[:wanted]
    fade = min(samples_from_ms(FADE_MS, sample_rate_hz), wanted)
    samples[wanted - fade :] *= ramp(fade)[::-1]
    return samples


def read_jingle_ms(path: Path) -> int:
    """The decoded length of an opening or a closing in milliseconds.

    :raises RecordingError: the file is missing or contains no sound.
    """
    header = read_header(path)
    with Decoding(
        path, sample_rate_hz=header.sample_rate_hz, channels=1, mix=read_mix(path)
    ) as decoding:
        return round(sum(len(chunk) for chunk in decoding) * 1000 / header.sample_rate_hz)


def ramp(length: int) -> NDArray[np.float32]:
    """From 0 to 1 as half a cosine, shape (length, 1). It and its mirror image add up to 1, so that
    a cross-fade of two equal sounds leaves the sound unchanged.
    """
    return (
        ((1 - np.cos(np.pi * (np.arange(length) + 0.5) / length)) / 2).astype(np.float32)[:, None]
        if length
        else np.zeros((0, 1), np.float32)
    )


class _ForwardReader:
    """Reads the recording forward: no stretch may start before the last one that was read."""

    def __init__(self, chunks: Iterator[NDArray[np.float32]], channels: int) -> None:
        self._chunks = chunks
        self._held = np.zeros((0, channels), np.float32)
        self._held_from = 0
        self._ended = False

    def take(self, start: int, stop: int) -> NDArray[np.float32]:
        """Samples ``start`` to ``stop`` of the recording; outside of it there is silence."""
        while not self._ended and self._held_from + len(self._held) < stop:
            self._forget(start)
            chunk = next(self._chunks, None)
            if chunk is None:
                self._ended = True
            else:
                self._held = np.concatenate((self._held, chunk))
        self._forget(start)
        taken = np.zeros((stop - start, self._held.shape[1]), np.float32)
        offset = self._held_from - start
        there = self._held[: max(0, stop - self._held_from)]
        taken[offset : offset + len(there)] = there
        return taken

    def _forget(self, start: int) -> None:
        dropped = min(max(0, start - self._held_from), len(self._held))
        self._held = self._held[dropped:]
        self._held_from += dropped


def _join(
    reader: _ForwardReader, pieces: Sequence[ProgrammePiece], fade: int
) -> Iterator[NDArray[np.float32]]:
    """The pieces in sequence, cross-faded."""
    carried: NDArray[np.float32] | None = None
    before = 0  # half a cross-fade, in samples, around the joint before this piece
    for number, piece in enumerate(pieces):
        after = 0
        if number + 1 < len(pieces):
            after = min(fade // 2, piece.length // 2, pieces[number + 1].length // 2)
        start, end = piece.start + before, piece.end - after
        if carried is not None:
            yield carried + reader.take(piece.start - before, start) * ramp(2 * before)
        else:
            lead = min(fade, end - start)
            yield reader.take(start, start + lead) * ramp(lead)
            start += lead
        last = number + 1 == len(pieces)
        body_end = max(start, end - fade) if last else end
        for block in range(start, body_end, BLOCK_SAMPLES):
            yield reader.take(block, min(block + BLOCK_SAMPLES, body_end))
        if last:
            yield reader.take(body_end, end) * ramp(end - body_end)[::-1]
        else:
            carried = reader.take(piece.end - after, piece.end + after) * ramp(2 * after)[::-1]
            before = after
