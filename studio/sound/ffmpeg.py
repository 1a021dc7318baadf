"""The adapter of ffmpeg: locates and runs it without a shell, connects pipes, and converts its
messages to Studio's errors.

Samples are float32 arrays of shape (samples, channels), full scale at 1.0.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import os
import re
import signal
import subprocess
import threading
import weakref
from collections import deque
from collections.abc import Generator, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import IO, Self

import numpy as np
from numpy.typing import NDArray

from studio.errors import DiskError, RecordingError, WorkspaceError, refuse_special_file
from studio.messages.message import message
from studio.model.record import Record
from studio.model.sound import Mix
from studio.sound.file_headers import is_index_cut, missing_share
from studio.sound.frames import sound_in_tag
from studio.sound.pcm_headers import read_understated
from studio.sound.wav import MAX_CHUNKS, has_far_too_many_chunks, read_wav_claim
from studio.temporary_folder import own_name

CHUNK_SAMPLES = 1 << 16
FLOAT32_BYTES = 4
PIPE_BYTES = 1 << 19
# Longer than any conversation; damaged headers can make a small file decode to more.
MAX_HOURS = 12


@functools.cache
def ffmpeg_path() -> str:
    """The ffmpeg of the Python packages, or the system's."""
    import imageio_ffmpeg

    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError:
        raise RecordingError(
            "ffmpeg",
            message("is not installed"),
            message("Install it with your system's packages, or set IMAGEIO_FFMPEG_EXE."),
        ) from None


def ffmpeg_version() -> str:
    """The version of ffmpeg, and whether it is that of the Python packages.

    :raises RecordingError: there is none.
    """
    with Child(["-version"]) as child:
        said = child.read(PIPE_BYTES).decode("utf-8", "replace")
        child.finish()
    bundled = "imageio_ffmpeg" in Path(ffmpeg_path()).parts
    return (
        f"{said.partition('ffmpeg version ')[2].partition(' ')[0] or 'unknown'} "
        f"({'bundled' if bundled else 'from the system'})"
    )


def url_from_path(path: Path) -> str:
    """A path as an ffmpeg argument in which no character (-, :, %, spaces, quotes) is
    interpreted.
    """
    return f"file:{path}"


@contextlib.contextmanager
def closing_sound(chunks: Iterator[NDArray[np.float32]]) -> Iterator[Iterator[NDArray[np.float32]]]:
    """Close a generator of chunks at the end of the block, together with its ffmpeg process.

    A generator that is abandoned, e.g. by an error of its consumer, keeps its ``with`` blocks open
    as long as it is referenced: by the traceback, possibly until the program exits.
    """
    try:
        yield chunks
    finally:
        if isinstance(chunks, Generator):
            chunks.close()


# All running children. Their threads cannot be joined at interpreter exit: none may be left by
# then.
_RUNNING: weakref.WeakSet[Child] = weakref.WeakSet()


@atexit.register
def end_children() -> None:
    """End every ffmpeg process that is still running."""
    for child in list(_RUNNING):
        child.__exit__(None, None, None)


def _argument(text: str) -> str | bytes:
    """An argument encoded for the system: in ASCII locales, non-ASCII text is passed in the
    encoding that ffmpeg expects.
    """
    try:
        os.fsencode(text)
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogateescape")
    return text


class Child:
    """One running ffmpeg, which always ends with the ``with`` block.

    :param arguments: everything after the program's name.
    :param fed: whether :meth:`write` feeds its ``pipe:0``; otherwise it has no standard input.
    """

    def __init__(self, arguments: Sequence[str], *, fed: bool = False) -> None:
        # For frames of 10 ms, multithreaded filters have more overhead than work.
        self._process: subprocess.Popen[bytes] = subprocess.Popen(
            [
                ffmpeg_path(),
                "-nostdin",
                "-hide_banner",
                "-nostats",
                "-filter_threads",
                "1",
                *map(_argument, arguments),
            ],
            stdin=subprocess.PIPE if fed else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # Ctrl-C in a terminal reaches every process of its group: a child killed by it would
            # look like a damaged file. It ends with its ``with`` block.
            process_group=0 if os.name == "posix" else None,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),  # only on Windows
        )
        for pipe in (self._process.stdin, self._process.stdout):
            _widen(pipe)
        # A damaged file can cause megabytes of messages: keep the first lines (description) and the
        # last ones (result).
        self._first: list[str] = []
        self._last: deque[str] = deque(maxlen=400)
        self._listener = threading.Thread(
            target=self._listen, args=(self._process.stderr,), daemon=True
        )
        self._listener.start()
        _RUNNING.add(self)

    def _listen(self, stream: IO[bytes]) -> None:
        for line in stream:
            text = line.decode("utf-8", "replace").rstrip()
            if len(self._first) < 200:
                self._first.append(text)
            else:
                self._last.append(text)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self not in _RUNNING:
            return
        _RUNNING.discard(self)
        self.kill()
        self._process.wait()
        self._listener.join()
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            if stream is not None:
                with contextlib.suppress(OSError):  # data for a dead child is lost
                    stream.close()

    def read(self, count_bytes: int) -> bytes:
        """Read a number of bytes of its output; fewer only at the end."""
        return b"" if self._process.stdout is None else self._process.stdout.read(count_bytes)

    def write(self, content: bytes | memoryview) -> bool:
        """Write to it. False: it stopped reading; :meth:`finish` raises the reason."""
        if self._process.stdin is None:
            return False
        try:
            self._process.stdin.write(content)
        except OSError:
            return False
        return True

    def close_input(self) -> None:
        """Close its standard input, so that it finishes."""
        if self._process.stdin is not None:
            with contextlib.suppress(
                OSError
            ):  # it died before reading everything; its exit status shows it
                self._process.stdin.close()

    def kill(self) -> None:
        """Kill it."""
        if self._process.poll() is None:
            self._process.kill()

    def finish(self) -> tuple[bool, str]:
        """Close its input and wait. Returns whether it succeeded, and its log."""
        self.close_input()
        status = self._process.wait()
        self._listener.join()
        if status == -getattr(signal, "SIGXFSZ", 0) != 0:  # killed without a message
            self._last.append("File too large")
        return status == 0, "\n".join([*self._first, *self._last])


def _widen(pipe: IO[bytes] | None) -> None:
    """Enlarge a pipe's buffer above 64 kB, if the system supports it: otherwise both ends wake up
    for every 10 ms of audio.
    """
    if pipe is None:
        return
    try:
        import fcntl

        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
    except (ImportError, AttributeError, OSError):
        return  # not Linux, or the user's pipe limit is reached: only slower


class TrackHeader(Record, frozen=True):
    """The header of an audio track.

    :param sample_rate_hz: 0 if ffmpeg cannot decode it.
    :param start_ms: its start on the file's clock, which browsers use; decoders start with the
        first sample.
    :param ambisonic_order: order of an ambisonic sound field, whose first channel is
        omnidirectional; None for other tracks.
    :param name: its title, or empty.
    :param sample_format: ffmpeg's name of the decoder's sample format: ``s16p``.
    """

    codec: str
    sample_rate_hz: int
    channels: int
    start_ms: int = 0
    ambisonic_order: int | None = None
    name: str = ""
    sample_format: str = ""


class Header(Record, frozen=True):
    """The header of an audio file.

    :param codec: codec of the first decodable audio track, like ``sample_rate_hz`` and
        ``channels``.
    :param duration_ms: None if missing or only estimated by ffmpeg.
    :param alone: whether there is only audio; with video, the duration is not that of the audio.
    :param tracks: all audio tracks, in file order.
    """

    codec: str
    sample_rate_hz: int
    channels: int
    duration_ms: int | None
    alone: bool
    tracks: tuple[TrackHeader, ...] = ()


# The number of channels of the largest mixing desks (MADI); each takes memory.
_MAX_CHANNELS = 64
_AUDIO = re.compile(
    r"^ {2,4}Stream #0:\d+(?:\[0x[0-9a-f]+\])?(?:\([^)]*\))?: Audio: (?P<codec>\w+)(?P<said>[^\n]*)"
    r"(?P<metadata>(?:\n {4,}(?!Stream)[^\n]*)*)",
    re.MULTILINE,
)
_SHAPE = re.compile(r", (?P<rate>\d+) Hz, (?P<layout>[^,]+)(?:, (?P<form>\w+))?")
_START = re.compile(r", start (-?\d+\.\d+)")
_TITLE = re.compile(r"^ +title +: (.+)$", re.MULTILINE)
_VIDEO = re.compile(r"^ {2,4}Stream #0:\d+[^\n]*: Video: (?![^\n]*\(attached pic\))", re.MULTILINE)
_DURATION = re.compile(r"^ {2}Duration: (\d+):(\d\d):(\d\d)\.(\d\d)", re.MULTILINE)
_AMBISONIC = re.compile(r"ambisonic (\d+)(?:\+(.+))?")


@functools.cache
def _layouts() -> dict[str, int]:
    """The number of channels of each of ffmpeg's named layouts."""
    with Child(["-v", "quiet", "-layouts"]) as child:
        output = b"".join(iter(lambda: child.read(CHUNK_SAMPLES), b"")).decode()
    pairs = (line.split() for line in output.partition("DECOMPOSITION")[2].splitlines())
    return {pair[0]: pair[1].count("+") + 1 for pair in pairs if len(pair) == 2}


def _channels_from_layout(layout: str) -> int:
    """Count the channels of ``stereo``, ``3 channels``, ``5.1(side)``, ``ambisonic 1`` and the
    like.

    :raises KeyError: the layout is not in ffmpeg's list.
    """
    name = layout.strip()
    if found := re.match(r"(\d+) channels", name):
        return int(found[1])
    if found := _AMBISONIC.match(name):
        return (int(found[1]) + 1) ** 2 + (_channels_from_layout(found[2]) if found[2] else 0)
    return {"mono": 1, "stereo": 2}.get(name) or _layouts()[name]


def _track_from_log(found: re.Match[str]) -> TrackHeader:
    shape = _SHAPE.search(found["said"])
    start = _START.search(found["said"])
    title = _TITLE.search(found["metadata"])
    ambisonic = _AMBISONIC.match(shape["layout"].strip()) if shape else None
    return TrackHeader(
        codec=found["codec"],
        sample_rate_hz=int(shape["rate"]) if shape else 0,
        channels=_channels_from_layout(shape["layout"]) if shape else 0,
        start_ms=round(float(start[1]) * 1000) if start else 0,
        ambisonic_order=int(ambisonic[1]) if ambisonic else None,
        name=title[1].strip() if title else "",
        sample_format=(shape["form"] or "") if shape else "",
    )


def read_header(path: Path) -> Header:
    """Read the headers of the audio tracks, without decoding.

    :raises RecordingError: the file is missing, a folder, empty, not a media file, or has no audio.
    """
    _require_file(path)
    if has_far_too_many_chunks(path):
        raise RecordingError(
            path,
            message("has more than {count:,} chunks, as no program writes", count=MAX_CHUNKS),
            message(
                "Export it again with the program that wrote it, or import it into Audacity as raw "
                "data."
            ),
        )
    with Child(input_arguments(path)) as child:
        _, log = child.finish()
    if not re.search(r"^Input #0", log, re.MULTILINE):
        raise _unreadable(path, log)
    tracks = tuple(_track_from_log(found) for found in _AUDIO.finditer(log))
    first = next((track for track in tracks if track.sample_rate_hz), None)
    if first is None:
        if is_index_cut(path):
            raise _without_index(path)
        raise RecordingError(
            path,
            message("contains no sound"),
            message("Give a sound file, or a video with a sound track."),
        )
    if (most := max(track.channels for track in tracks)) > _MAX_CHANNELS:
        raise RecordingError(
            path,
            message("has {count:,} channels in one track", count=most),
            message("Export it again with the program that wrote it."),
        )
    return Header(
        codec=first.codec,
        sample_rate_hz=first.sample_rate_hz,
        channels=first.channels,
        duration_ms=_duration_from_log(log),
        alone=_VIDEO.search(log) is None,
        tracks=tracks,
    )


def _unreadable(path: Path, log: str) -> RecordingError:
    """The error for a file without media, from ffmpeg's log and the file itself."""
    if "Permission denied" in log:
        return RecordingError(path, message("may not be read"), message("Change its permissions."))
    if "moov atom not found" in log or is_index_cut(path) or missing_share(path):
        return _without_index(path)
    if "not on whitelist" in log:
        what = message(
            "is not readable audio: a playlist, a picture or a text, whatever its name says"
        )
        return RecordingError(
            path, what, message("Give the recording itself: WAV, FLAC, MP3, M4A, OGG, Opus…")
        )
    return RecordingError(
        path,
        message("is not readable audio"),
        message("Give a sound file: WAV, FLAC, MP3, M4A, OGG, Opus…"),
    )


def _duration_from_log(log: str) -> int | None:
    """The declared duration in ms; None if missing or only estimated by ffmpeg."""
    said = _DURATION.search(log)
    if said is None or "Estimating duration from bitrate" in log:
        return None
    hours, minutes, seconds, hundredths = (int(part) for part in said.groups())
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + hundredths * 10


def _without_index(path: Path) -> RecordingError:
    return RecordingError(
        path,
        message("is truncated: the end, which says how to read it, is missing"),
        message("Copy or export it again, whole."),
    )


def _require_file(path: Path) -> None:
    if not path.exists():
        raise RecordingError(
            path, message("does not exist"), message("Check the name, or put the recording there.")
        )
    if not path.is_file():
        raise RecordingError(path, message("is not a file"), message("Name the sound file itself."))
    if path.stat().st_size == 0:
        raise RecordingError(
            path, message("is empty (zero bytes)"), message("Copy or export it again.")
        )


# The allowed demuxers: formats of recorders, cameras, phones and editing programs. None of them
# opens another file; playlists (concat, hls, dash, imf), pictures, subtitles and ffmpeg's own
# scripts are excluded, whatever a file's name.
RECORDING_FORMATS = (
    "aac ac3 aiff amr amrnb amrwb ape asf au avi caf dsf dts eac3 flac flv gsm loas m4v "
    "matroska mov mp3 mpc mpc8 mpeg mpegts mxf nut ogg "
    "oma rm sox tak tta voc w64 wav webm wv"
)


def input_arguments(path: Path) -> list[str]:
    """The arguments with which ffmpeg reads a user's file: as audio or video, and without access to
    other files.
    """
    formats, disbelief = RECORDING_FORMATS.split(), []
    # If a header declares less audio than there is, ffmpeg reads on.
    wav, other = read_wav_claim(path), read_understated(path)
    if wav is not None and wav.sound_follows:
        disbelief = ["-ignore_length", "1"]
    elif other is not None:
        disbelief = other.arguments
        formats.append(other.form)
    elif (start := sound_in_tag(path)) is not None:
        disbelief = ["-f", "mp3", "-skip_initial_bytes", str(start)]
    whitelists = ["-protocol_whitelist", "file", "-format_whitelist", ",".join(formats)]
    return [*disbelief, *whitelists, "-i", url_from_path(path)]


def mix_filters(weights: Sequence[float]) -> list[str]:
    """The ffmpeg filters that downmix a track to one channel; empty if it has one channel, or if
    ffmpeg's default downmix is used.
    """
    if not weights or weights == (1.0,):
        return []
    return [
        "pan=mono|c0="
        + "".join(f"{weight:+.6g}*c{channel}" for channel, weight in enumerate(weights) if weight)
    ]


def _one_track_arguments(
    mix: Mix, *, sample_rate_hz: int, channels: int, filters: Sequence[str] = ()
) -> list[str]:
    """The ffmpeg arguments for decoding the only track of a mix, from its first sample on, to one
    or two channels.
    """
    chain = [*_pan_filters(mix, channels), _resampler(sample_rate_hz, channels), *filters]
    return ["-map", f"0:a:{mix.parts[0].track}", "-af", ",".join(chain)]


def _pan_filters(mix: Mix, channels: int) -> list[str]:
    """The filters for the wanted channels of the only track of a mix; empty if they are its own, or
    if ffmpeg's default downmix is used.
    """
    weights = mix.parts[0].weights
    if channels == len(weights) == 2:
        # Unchanged, regardless of the channel layout in the header.
        return ["pan=stereo|c0=c0|c1=c1"]
    return mix_filters(weights) if channels != len(weights) else []


def _resampler(sample_rate_hz: int, channels: int) -> str:
    """By default, ffmpeg's downmix may exceed full scale."""
    layout_name = "mono" if channels == 1 else "stereo"
    return f"aresample=osr={sample_rate_hz}:ochl={layout_name}:rematrix_maxval=1"


def mono_graph(
    mix: Mix, *, sample_rate_hz: int, source: int = 0, label: str = "mixed"
) -> list[str]:
    """The chains of an ffmpeg filter graph that downmix an input's tracks to one channel.

    :param source: the number of the input.
    :param label: the label of the channel in the graph.
    """
    shape = f"aresample=osr={sample_rate_hz}:ochl=mono:rematrix_maxval=1"
    if mix.of_one_track:
        part = mix.parts[0]
        return [
            f"[{source}:a:{part.track}]{','.join([*mix_filters(part.weights), shape])}[{label}]"
        ]
    # Padded with silence at late starts and gaps, so that all tracks share the file's clock.
    shape += ":async=1:first_pts=0"
    graph = [
        f"[{source}:a:{part.track}]{','.join([*mix_filters(part.weights), shape])}[{label}{number}]"
        for number, part in enumerate(mix.parts)
    ]
    labels = "".join(f"[{label}{number}]" for number in range(len(mix.parts)))
    graph.append(
        f"{labels}amix=inputs={len(mix.parts)}:duration=longest:dropout_transition=0:normalize=0[{label}]"
    )
    return graph


# The output: float32 audio only.
_RAW = ("-vn", "-sn", "-dn", "-f", "f32le")


class _OwnsChild:
    """A context manager that ends its ffmpeg process."""

    _child: Child

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._child.__exit__(kind, error, trace)


class Decoding(_OwnsChild):
    """One pass over the audio of a file, from the first sample to the last: iterate over it inside
    a ``with`` block.

    All packages decode recordings with this class, so that times are consistent.

    :param sample_rate_hz: the rate wanted.
    :param channels: wanted number, 1 or 2; both are the same if more than two channels, or several
        tracks, are mixed.
    :param mix: the tracks of the file and their downmix. There is no default, because a plain
        downmix would silence out-of-phase channels, or lose voices of microphones.
    :param filters: an ffmpeg filter graph that the sound passes after it has that rate and those
        channels.
    :param copies: further output files with the same channels of one track as float32, by sample
        rate in Hz; decoded in the same pass.
    :param kept: an output file with the same channels before resampling and filtering, for a
        :class:`KeptDecoding`.
    :param kept_as: its lossless codec.
    """

    def __init__(
        self,
        path: Path,
        *,
        sample_rate_hz: int,
        channels: int,
        mix: Mix,
        filters: Sequence[str] = (),
        copies: Mapping[int, Path] = MappingProxyType({}),
        kept: Path | None = None,
        kept_as: str = "pcm_f32le",
    ) -> None:
        refuse_special_file(path)
        self._copies = (*copies.values(), *((kept,) if kept else ()))
        others: list[str] = []
        if mix.of_one_track:
            arguments = _one_track_arguments(
                mix, sample_rate_hz=sample_rate_hz, channels=channels, filters=filters
            )
            for rate_hz, copy in copies.items():
                others += _one_track_arguments(mix, sample_rate_hz=rate_hz, channels=channels)
                others += [*_RAW, "-y", url_from_path(copy)]
            if kept is not None:
                chain = ",".join(_pan_filters(mix, channels)) or "anull"
                others += ["-map", f"0:a:{mix.parts[0].track}", "-af", chain]
        else:
            # Several tracks need a filter graph with labelled outputs; one track needs a chain
            # only.
            graph = mono_graph(mix, sample_rate_hz=sample_rate_hz)
            if kept is not None:
                graph.append("[mixed]asplit[split][kept]")
                others += ["-map", "[kept]"]
            last = [*(("aresample=ochl=stereo",) if channels == 2 else ()), *filters]
            graph.append(f"[{'split' if kept else 'mixed'}]{','.join(last) or 'anull'}[heard]")
            arguments = ["-filter_complex", ";".join(graph), "-map", "[heard]"]
        if kept is not None:
            others += ["-vn", "-sn", "-dn", "-c:a", kept_as, "-f", "nut", "-y", url_from_path(kept)]
        arguments += [*_RAW, "pipe:1", *others]
        self._start(path, sample_rate_hz, channels, [*input_arguments(path), *arguments])

    def _start(
        self, path: Path, sample_rate_hz: int, channels: int, arguments: Sequence[str]
    ) -> None:
        self.path = path
        self.channels = channels
        self._sample_rate_hz = sample_rate_hz
        self._child = Child(arguments)
        #: ffmpeg's log; complete after the last chunk.
        self.log = ""
        #: whether everything was decoded, and the copy written.
        self.has_ended = False

    def bytes(self) -> Iterator[bytes]:
        """The raw samples: float32, little-endian, interleaved.

        :raises RecordingError: ffmpeg failed, nothing could be decoded, or it is too long.
        :raises DiskError: there is no space for a copy.
        """
        frame_bytes = FLOAT32_BYTES * self.channels
        nothing = True
        left_bytes = MAX_HOURS * 3600 * self._sample_rate_hz * frame_bytes
        while content := self._child.read(CHUNK_SAMPLES * frame_bytes):
            nothing = False
            left_bytes -= len(content)
            if left_bytes < 0:
                raise RecordingError(
                    self.path,
                    message("lasts more than {longest_hours} hours", longest_hours=MAX_HOURS),
                    message("Cut it into episodes first."),
                )
            # Reads from a pipe may end inside a sample frame.
            yield content[: len(content) // frame_bytes * frame_bytes]
        succeeded, self.log = self._child.finish()
        if not succeeded and self._copies and _reports_full_disk(self.log):
            raise write_error(self._copies[0].parent, self.log)
        if nothing or not succeeded:
            raise RecordingError(
                self.path,
                message("cannot be decoded ({log})", log=_complaint(self.log)),
                message("Copy or export it again."),
            )
        self.has_ended = True

    def __iter__(self) -> Iterator[NDArray[np.float32]]:
        for content in self.bytes():
            yield np.frombuffer(content, "<f4").reshape(-1, self.channels)


class TrackDecoding(Decoding):
    """One pass over one audio track with all of its channels unchanged.

    :param track: its index among the file's audio tracks, from 0.
    :param channels: how many it has.
    :param filters: an ffmpeg filter graph, applied after conversion to that rate.
    """

    def __init__(
        self,
        path: Path,
        *,
        track: int,
        sample_rate_hz: int,
        channels: int,
        filters: Sequence[str] = (),
    ) -> None:
        self._copies = ()
        graph = ",".join([f"aresample=osr={sample_rate_hz}", *filters])
        arguments = ["-map", f"0:a:{track}", "-af", graph, *_RAW, "pipe:1"]
        self._start(path, sample_rate_hz, channels, [*input_arguments(path), *arguments])


class KeptDecoding(Decoding):
    """One pass over the copy of an earlier one: the same samples, in frames of the same lengths.

    :param channels: 1 or 2.
    :param filters: an ffmpeg filter graph that the sound passes after it has that rate and those
        channels.
    """

    def __init__(
        self, kept: Path, *, sample_rate_hz: int, channels: int, filters: Sequence[str]
    ) -> None:
        self._copies = ()
        graph = ",".join([_resampler(sample_rate_hz, channels), *filters])
        arguments = ["-f", "nut", "-i", url_from_path(kept), "-af", graph, *_RAW, "pipe:1"]
        self._start(kept, sample_rate_hz, channels, arguments)


class Encoding(_OwnsChild):
    """One ffmpeg that is fed samples with :meth:`write`, inside a ``with`` block, until
    :meth:`finish`.

    :param arguments: filters, codec and output for ``pipe:0``. Output to ``pipe:1`` must be
        :meth:`read` by a thread.
    """

    def __init__(self, arguments: Sequence[str], *, sample_rate_hz: int, channels: int) -> None:
        shape = ["-f", "f32le", "-ar", str(sample_rate_hz), "-ac", str(channels), "-i", "pipe:0"]
        self._child = Child([*shape, *arguments], fed=True)

    def write(self, samples: NDArray[np.float32]) -> None:
        """Feed samples, shape (samples, channels).

        :raises RuntimeError: ffmpeg failed; with its message.
        """
        if not self._child.write(np.ascontiguousarray(samples, "<f4").tobytes()):
            self.finish()

    def read(self, count_bytes: int) -> bytes:
        """Read a number of bytes of its output; fewer only at the end."""
        return self._child.read(count_bytes)

    def close(self) -> None:
        """Close the input: it ends once all of its output has been read."""
        self._child.close_input()

    def kill(self) -> None:
        """Kill it."""
        self._child.kill()

    def finish(self) -> str:
        """Close the input and wait. Returns ffmpeg's log.

        :raises RuntimeError: ffmpeg failed; with its message.
        """
        succeeded, log = self._child.finish()
        if not succeeded:
            raise RuntimeError(log)
        return log


def write_error(target: Path, log: str) -> DiskError | WorkspaceError:
    """The error for an output file, from ffmpeg's last messages."""
    where = own_name(target)
    for line in log.splitlines():
        if "Unknown encoder" in line or "Error selecting an encoder" in line:
            return WorkspaceError(
                "ffmpeg",
                message("has no such codec ({line})", line=line.strip()),
                message("Unset IMAGEIO_FFMPEG_EXE, or install a complete ffmpeg."),
            )
    if _reports_full_disk(log):
        return DiskError(
            where,
            message("the disk is full"),
            message("Make room, then run the same command again."),
        )
    last = log.splitlines()[-1] if log else message("ffmpeg gave no reason")
    return DiskError(
        where,
        message("cannot be written ({last})", last=last),
        message("Make room, or check that the folder may be written to."),
    )


def _reports_full_disk(log: str) -> bool:
    """Whether ffmpeg failed because of a full disk, a quota, or a file size limit."""
    return re.search("No space left on device|quota exceeded|File too large", log) is not None


def _complaint(log: str) -> str:
    """The first error line of ffmpeg, without pointer addresses."""
    for line in log.splitlines():
        if re.search(r"error|invalid|denied|no such|fail|no space|not found", line, re.IGNORECASE):
            return re.sub(r"^(\[[^]]*\]\s*)+", "", line).strip()
    return message("ffmpeg gave no reason")
