"""The codecs of the second enclosure."""

from __future__ import annotations

from typing import NamedTuple

from studio.model.sound import CodecName


class Codec(NamedTuple):
    """One codec in its container.

    :param type: MIME type of the file; ``codecs``: the codec by RFC 6381.
    :param bitrates_kbps: by number of channels.
    """

    name: str
    suffix: str
    type: str
    codecs: str
    bitrates_kbps: dict[int, int]
    encoder: tuple[str, ...]

    def arguments(self, channels: int) -> list[str]:
        """The output options of ffmpeg for this codec."""
        return [
            *self.encoder,
            "-b:a",
            f"{self.bitrates_kbps[channels]}k",
            "-map_metadata",
            "-1",
            "-bitexact",
        ]


CODECS: dict[CodecName, Codec] = {
    "opus": Codec(
        name="Opus",
        suffix=".opus",
        type="audio/ogg",
        codecs="opus",
        bitrates_kbps={1: 48, 2: 80},
        # Opus has a single sample rate.
        encoder=("-c:a", "libopus", "-application", "audio", "-ar", "48000", "-f", "opus"),
    ),
    "aac": Codec(
        name="AAC",
        suffix=".m4a",
        type="audio/mp4",
        codecs="mp4a.40.2",
        bitrates_kbps={1: 96, 2: 160},
        encoder=("-c:a", "aac", "-movflags", "+faststart", "-f", "ipod"),
    ),
}
