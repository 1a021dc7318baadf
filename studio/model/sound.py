"""Audio measurements."""

from __future__ import annotations

from typing import Literal

from studio.model.clock import RecordingMs, Span
from studio.model.record import Record

# The channel layout of a recording: *mono*: one channel; *alike*: two with the same audio;
# *stereo*: two that differ; *split*: one speaker per channel; *left*, *right*: only that one has a
# signal; *opposed*: the same audio with opposite polarity; *many*: more than two channels, or
# channels of several tracks: each is a microphone.
Layout = Literal["mono", "alike", "stereo", "split", "left", "right", "opposed", "many"]


# The codecs of a second enclosure.
CodecName = Literal["opus", "aac"]


def episode_channels(layout: Layout) -> Literal[1, 2]:
    """The number of channels of an episode of this recording: two only if its two channels
    differ.
    """
    return 2 if layout == "stereo" else 1


class Loudness(Record, frozen=True):
    """Measured with EBU R 128. ``integrated_lufs`` is None for silence."""

    integrated_lufs: float | None
    range_lu: float
    true_peak_dbtp: float


class TrackMix(Record, frozen=True):
    """The downmix of an audio track to one channel.

    :param track: its index among the audio tracks of the file, from 0.
    :param weights: the weight of each of its channels; empty: ffmpeg's own downmix,
        which is right for files that Studio made, and can lose voices in recordings.
    """

    track: int = 0
    weights: tuple[float, ...] = ()


class Mix(Record, frozen=True):
    """The tracks of a file that are used, at least one, and their downmix to one channel."""

    parts: tuple[TrackMix, ...]

    @property
    def of_one_track(self) -> bool:
        """Whether it has a single track, so that two channels can be used unchanged."""
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
    """The downmix weights of at most two channels; empty for more, because theirs depend on the
    signal.
    """
    return _WEIGHTS.get(layout, ())


class SoundTrack(Record, frozen=True):
    """One audio track of a recording's file.

    :param number: counted from 1, as users do.
    :param name: its name in the file, or empty.
    :param duration_ms: as decoded.
    :param levels_db: the RMS level of each of its channels in dBFS; empty if it cannot be decoded.
    :param unused: why it is not used; empty if it is.
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
    """``recording.json``: measurements of the recording.

    :param sound_start_ms: the first time that is not silent.
    :param sound_end_ms: the last time that is not silent.
    :param layout: how its channels are related.
    :param channel_levels_db: the RMS level of each used channel in dBFS, without its DC offset.
    :param noise_floor_db: the 5th percentile of the level of 50 ms frames in dBFS, without digital
        silence; None if there is only digital silence between the words.
    :param clipped_peaks: number of peaks clipped at full scale.
    :param dc_offset: mean of the samples, full scale 1.0.
    :param hum_hz: the frequencies of audible mains hum, ascending; empty if there is none.
    :param silences: every silence of at least one second between the first sound and the last.
    :param tracks: every audio track of the file, if there are several.
    :param parts: the downmix to one channel; see :attr:`mix`.
    :param remarks: remarks for the user: sentences that begin in lower case.
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
    """Uninterrupted speech of one speaker. ``speaker`` is a number, from 0, in order of first
    appearance.
    """

    speaker: int
    start_ms: RecordingMs
    end_ms: RecordingMs


class SpeakerTurns(Record, frozen=True):
    """``turns.json``: who speaks when, on the recording's clock, ascending and without overlap."""

    turns: tuple[SpeakerTurn, ...]


class SpeakerLevel(Record, frozen=True):
    """The loudness of one speaker in the recording and in the episode, in LUFS.

    :param speaker: as in :class:`SpeakerTurn`.
    :param turns: how many there are.
    """

    speaker: int
    turns: int
    before_lufs: float
    after_lufs: float


class CleaningFacts(Record, frozen=True):
    """``cleaning.json``: the input of the network that cleans voices.

    :param telephone: spans that are not cleaned: voices over a telephone line.
    :param telephone_voices: how many of the ``voices`` voices are on a telephone line.
    """

    voices: int
    telephone_voices: int = 0
    telephone: tuple[Span, ...] = ()


class LostWord(Record, frozen=True):
    """A word that is less certain in the master than in the recording.

    :param before: its probability in the recording, 0 to 1, given the words before it; ``after`` in
        the master.
    """

    text: str
    start_ms: RecordingMs
    end_ms: RecordingMs
    before: float
    after: float


class CleaningTrial(Record, frozen=True):
    """The evaluation of one cleaning strength.

    :param limit_db: the maximum noise reduction.
    :param words: number of compared words.
    :param lost: the words that are less certain than before.
    """

    limit_db: float
    words: int
    lost: tuple[LostWord, ...] = ()


class CleaningProof(Record, frozen=True):
    """The verification by speech recognition of a master with voices cleaned by a network.

    :param limit_db: the chosen strength; 0: the master is not cleaned by the network.
    :param trials: every evaluated strength, the strongest first.
    """

    limit_db: float
    trials: tuple[CleaningTrial, ...] = ()


class Repair(Record, frozen=True):
    """A repair of damaged samples in the recording.

    :param setting: the setting: *declip* or *declick*.
    :param samples: number of damaged samples, ``of`` how many.
    """

    setting: str
    samples: int
    of: int


class MasterFacts(Record, frozen=True):
    """``loudness.json``: the processing of the audio and the measurements of the decoded MP3.

    :param gain_db: the gain of the whole, apart from levelling.
    :param limited_db: the limiter's largest gain reduction.
    :param softened: number of granules of the MP3 (12 ms each) that were attenuated after encoding,
        because a peak still exceeded the ceiling.
    :param filters: the filters applied to the recording first, in ffmpeg's notation.
    :param speakers: the levelled speakers; empty for none.
    :param attempts: how often it was encoded until the targets were met.
    :param alternate: measurements of the decoded second enclosure; None without one.
    :param cleaning: the verification, if a network cleaned the voices.
    :param repairs: repaired samples, if the user chose to repair.
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
    """``enclosure.json``: the properties of the finished MP3 for the feed. ``audio_sha256`` is the
    hash of the frames without tags.
    """

    file: str
    type: str
    length_bytes: int
    duration_ms: int
    sha256: str
    audio_sha256: str


class Alternate(Record, frozen=True):
    """``alternate.json``: the properties of the second enclosure for the feed.

    :param title: its name in apps that offer a choice.
    :param type: MIME type; ``codecs``: the codec by RFC 6381.
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
