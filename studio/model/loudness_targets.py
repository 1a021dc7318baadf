"""The loudness targets of platforms and broadcasters."""

from __future__ import annotations

from studio.errors import WorkspaceError
from studio.messages.message import message
from studio.model.record import Record

# How much louder a single channel is when it is played by two loudspeakers than a mono meter shows,
# in LU.
MONO_LU = 3.0
CEILING_DBTP = -1.0
MIN_LUFS, MAX_LUFS = -31.0, -9.0
# The tolerated deviation of a decoded episode from its target, in LU.
TOLERANCE_LU = 0.3


def mono_loudness(stereo_lufs: float) -> float:
    """The mono loudness that sounds as loud as this stereo loudness, in LUFS."""
    return stereo_lufs - MONO_LU


class LoudnessTarget(Record, frozen=True):
    """The target of the integrated loudness in stereo, and the limit of the true peak, both of the
    decoded MP3.
    """

    stereo_lufs: float
    ceiling_dbtp: float = CEILING_DBTP

    def lufs(self, channels: int) -> float:
        """The target of an episode with this number of channels: mono is 3 LU lower, and sounds as
        loud.
        """
        return self.stereo_lufs if channels == 2 else mono_loudness(self.stereo_lufs)


# podcast: Apple Podcasts for Creators, audio requirements (−16 ± 1 LKFS, −1 dBTP). ebu-r128: EBU R
# 128, of radio and television. spotify: Spotify for Creators, loudness (−14 LUFS, −1 dBTP).
PRESETS = {
    "podcast": LoudnessTarget(stereo_lufs=-16.0),
    "ebu-r128": LoudnessTarget(stereo_lufs=-23.0),
    "spotify": LoudnessTarget(stereo_lufs=-14.0),
}


def loudness_target(setting: str | float, where: object) -> LoudnessTarget:
    """The target of a setting: a preset, or the stereo loudness in LUFS.

    :param where: the file with the setting, for messages.
    :raises WorkspaceError: there is no such preset, or the loudness is out of range.
    """
    if isinstance(setting, str):
        if setting not in PRESETS:
            known = ", ".join(PRESETS)
            raise WorkspaceError(
                where,
                message("“{setting}” is not a loudness", setting=setting),
                message("Choose {known}, or a number of LUFS like -18.", known=known),
            )
        return PRESETS[setting]
    if not MIN_LUFS <= setting <= MAX_LUFS:
        remedy = message(
            "Choose a number between {lowest_lufs:.0f} and {highest_lufs:.0f}: the "
            "loudness of a stereo episode.",
            lowest_lufs=MIN_LUFS,
            highest_lufs=MAX_LUFS,
        )
        raise WorkspaceError(
            where,
            message("a loudness of {setting:g} LUFS is out of reach", setting=setting),
            remedy,
        )
    return LoudnessTarget(stereo_lufs=float(setting))
