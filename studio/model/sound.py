"""Audio measurements."""

from __future__ import annotations

from typing import Literal

from studio.model.clock import RecordingMs, Span
from studio.model.record import Record

# How a recording's channels belong together: *mono*: there is one; *alike*: two carry the same
# sound; *stereo*: two that differ; *split*: one speaker a channel; *left*, *right*: only that one
# is alive; *opposed*: the same sound, turned over in one of them; *many*: more than two channels,
# or channels of several tracks: each is a microphone.
Layout = Literal["mono", "alike", "stereo", "split", "left", "right", "opposed", "many"]


# What a second enclosure is made in.
CodecName = Literal["opus", "aac"]


def episode_channels(layout: Layout) -> Literal[1, 2]:
    """How many channels an episode of this recording has: two only if its two channels differ."""
    return 2 if layout == "stereo" else 1


class Loudness(Record, frozen=True):
    """Measured with EBU R 128. ``integrated_lufs`` is None for silence."""

    integrated_lufs: float | None
    range_lu: float
    true_peak_dbtp: float


class TrackMix(Record, frozen=True):
    """What one channel takes of a sound track.

    :param track: its place among the sound tracks of the file, from 0.
    :param weights: the factor of each of its channels in the sum; empty: ffmpeg's own downmix,
        which is right for files that Studio made, and can lose voices in recordings.
    """

    track: int = 0
    weights: tuple[float, ...] = ()


class Mix(Record, frozen=True):
    """Which tracks of a file are heard, at least one, and how one channel is made of them."""

    parts: tuple[TrackMix, ...]

    @property
    def of_one_track(self) -> bool:
        """Whether it is one track, so that two channels can be used unchanged."""
        return len(self.parts) == 1


# A file with one track and a correct channel layout in its header: what Studio wrote itself.
FIRST_TRACK = Mix(parts=(TrackMix(),))

_WEIGHTS: dict[Layout, tuple[float, ...]] = {
    "mono": (1.0,),
    "alike": (0.5, 0.5),
    "stereo": (0.5, 0.5),
    "split": (0.5, 0.5),
    "left": (1.0, 0.0),
    "right": (0.0, 1.0),
    "opposed": (0.5, -0.5),
}


def weights_of_layout(layout: Layout) -> tuple[float, ...]:
    """How one channel is made of at most two; nothing for more, because their weights depend on
    their sound.
    """
    return _WEIGHTS.get(layout, ())


class SoundTrack(Record, frozen=True):
    """One sound track of a recording's file.

    :param number: counted from 1, as people name it.
    :param name: what the file calls it, or empty.
    :param duration_ms: as decoded.
    :param levels_db: the RMS level of each of its channels in dBFS; empty where it cannot be
        decoded.
    :param unused: why it is not heard; empty when it is.
    """

    number: int
    codec: str
    sample_rate_hz: int
    channels: int
    duration_ms: int
    levels_db: tuple[float, ...]
    name: str = ""
    unused: str = ""


class RecordingFacts(Record, frozen=True):
    """``recording.json``: what the recording is.

    :param sound_start_ms: the first moment that is not silence.
    :param sound_end_ms: the last moment that is not silence.
    :param layout: how its channels belong together.
    :param channel_levels_db: the RMS level in dBFS of each channel that is heard, without its DC
        offset.
    :param noise_floor_db: the level, in dBFS, that one moment of 50 ms in twenty stays below,
        digital silence left out; None when nothing but digital silence is between the words.
    :param clipped_peaks: how many peaks are cut off flat at full scale.
    :param dc_offset: the mean of the samples, full scale 1.0.
    :param hum_hz: the frequencies of mains hum that stand out, the lowest first; empty when there
        is none.
    :param silences: every stretch of a second and more without a sound, between the first sound and
        the last.
    :param tracks: every sound track of the file, where there are several.
    :param parts: how one channel is made of them; see :attr:`mix`.
    :param remarks: what a person should know: sentences that begin in lower case.
    """

    duration_ms: RecordingMs
    sample_rate_hz: int
    channels: int
    codec: str
    loudness: Loudness
    sound_start_ms: RecordingMs
    sound_end_ms: RecordingMs
    layout: Layout
    channel_levels_db: tuple[float, ...] = ()
    noise_floor_db: float | None = None
    clipped_peaks: int = 0
    dc_offset: float = 0.0
    hum_hz: tuple[float, ...] = ()
    silences: tuple[Span, ...] = ()
    tracks: tuple[SoundTrack, ...] = ()
    parts: tuple[TrackMix, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def mix(self) -> Mix:
        """How the recording is decoded."""
        return Mix(parts=self.parts or (TrackMix(weights=weights_of_layout(self.layout)),))


class SpeakerTurn(Record, frozen=True):
    """One speaker without an interruption. ``speaker`` is only a number: 0 for the first to speak,
    then 1, and so on.
    """

    speaker: int
    start_ms: RecordingMs
    end_ms: RecordingMs


class SpeakerTurns(Record, frozen=True):
    """``turns.json``: who speaks when, on the recording's clock, ascending and without overlap."""

    turns: tuple[SpeakerTurn, ...]


class SpeakerLevel(Record, frozen=True):
    """How loud one speaker is in the recording and in the episode, in LUFS.

    :param speaker: as in :class:`SpeakerTurn`.
    :param turns: how many there are.
    """

    speaker: int
    turns: int
    before_lufs: float
    after_lufs: float


class CleaningFacts(Record, frozen=True):
    """``cleaning.json``: what the network that cleans voices was given.

    :param telephone: stretches that stay as they are: voices on a telephone's line.
    :param telephone_voices: how many voices that are; ``voices`` how many there are.
    """

    voices: int
    telephone_voices: int = 0
    telephone: tuple[Span, ...] = ()


class LostWord(Record, frozen=True):
    """A word that is less sure in the master than in the recording.

    :param before: its probability in the recording, 0 to 1, given the words before it; ``after`` in
        the master.
    """

    text: str
    start_ms: RecordingMs
    end_ms: RecordingMs
    before: float
    after: float


class CleaningTrial(Record, frozen=True):
    """One strength of cleaning that was heard.

    :param limit_db: by how much noise is softened at most.
    :param words: how many words were compared.
    :param lost: those that are less sure than they were.
    """

    limit_db: float
    words: int
    lost: tuple[LostWord, ...] = ()


class CleaningProof(Record, frozen=True):
    """What recognition found in a master with voices cleaned by a network.

    :param limit_db: the strength that was kept; 0: none, the master is not cleaned by the network.
    :param trials: every strength that was heard, the strongest first.
    """

    limit_db: float
    trials: tuple[CleaningTrial, ...] = ()


class Repair(Record, frozen=True):
    """What of the recording was redrawn.

    :param setting: what asked for it: *declip* or *declick*.
    :param samples: how many samples were damaged, of how many.
    """

    setting: str
    samples: int
    of: int


class MasterFacts(Record, frozen=True):
    """``loudness.json``: what was done to the sound and what was measured on the decoded MP3.

    :param gain_db: the gain that everything got, levelling apart.
    :param limited_db: how far the limiter pushed the highest peak down.
    :param softened: how many granules of the MP3 (12 ms each) were turned down after encoding,
        because a peak still passed the ceiling.
    :param filters: what the recording passed before anything else, as ffmpeg writes filters.
    :param speakers: the levelled speakers; empty for none.
    :param attempts: how often it was encoded until the figures were right.
    :param alternate: what was measured on the second enclosure, decoded; None where there is none.
    :param cleaning: what was heard of it, where a network cleaned the voices.
    :param repairs: what was damaged and is redrawn, where a person asked for it.
    """

    target_lufs: float
    ceiling_dbtp: float
    gain_db: float
    before: Loudness
    after: Loudness
    channels: int
    sample_rate_hz: int
    bitrate_kbps: int
    duration_ms: int
    limited_db: float = 0.0
    softened: int = 0
    filters: tuple[str, ...] = ()
    speakers: tuple[SpeakerLevel, ...] = ()
    attempts: int = 1
    alternate: Loudness | None = None
    cleaning: CleaningProof | None = None
    repairs: tuple[Repair, ...] = ()


class Enclosure(Record, frozen=True):
    """``enclosure.json``: the finished MP3, as the feed must announce it. ``audio_sha256`` is the
    hash of the frames without tags.
    """

    file: str
    type: str
    length_bytes: int
    duration_ms: int
    sha256: str
    audio_sha256: str


class Alternate(Record, frozen=True):
    """``alternate.json``: the second enclosure, as the feed must announce it.

    :param title: what people read who choose between the two.
    :param type: MIME type; ``codecs`` what RFC 6381 calls the codec.
    :param bitrate_bps: on average, tags included.
    :param sha384: of the whole file, in Base64, as subresource integrity has it.
    """

    file: str
    title: str
    type: str
    codecs: str
    length_bytes: int
    bitrate_bps: int
    duration_ms: int
    sha384: str
    loudness: Loudness
