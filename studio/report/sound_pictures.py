"""Pictures of an episode's sound for its report: who speaks when, how loud, how much noise, before
and after, with the same in words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.model.loudness import MONO_LU
from studio.model.picture import Picture
from studio.model.sound import FIRST_TRACK
from studio.pipeline.speaker_turns import turns_from_segments
from studio.workspace.sources import EpisodeSources

if TYPE_CHECKING:
    from studio.sound.overview import SoundOverview

NOBODY = "voix inconnue"


def pictures_of_episode(sources: EpisodeSources) -> tuple[Picture, ...]:
    """Draw them; recording and master are decoded once each, some 60 times as fast as they last.

    All times are the programme's. Loudness is that of one channel, so that two channels and one can
    stand in one picture.

    :raises WorkspaceError: the episode has not been mastered.
    :raises RecordingError: the recording is missing or cannot be decoded.
    """
    import dataclasses

    from studio.sound.mastering import turns_on_programme
    from studio.sound.overview import overview_in_programme, read_overview
    from studio.sound.pictures import loudness_svg, noise_svg, waveform_svg

    facts, programme, transcript = sources.master(), sources.programme(), sources.transcript()
    recorded = read_overview(sources.recording, sources.facts().mix)
    mastered = read_overview(sources.files.master, FIRST_TRACK)
    turns = turns_on_programme(turns_from_segments(transcript).turns, programme)
    names = list(dict.fromkeys(segment.speaker or NOBODY for segment in transcript.segments))
    mono_lufs = facts.target_lufs - (MONO_LU if facts.channels == 2 else 0.0)
    # What the noise would be if the episode were only as loud as it is.
    raised = dataclasses.replace(recorded, noise_db=recorded.noise_db + facts.gain_db)
    return (
        Picture(
            svg=waveform_svg(
                mastered, title="Qui parle quand, et à quel niveau", turns=turns, names=names
            ),
            caption=_words_of_speakers(sources, names),
        ),
        Picture(
            svg=loudness_svg(
                [
                    ("enregistrement", overview_in_programme(recorded, programme)),
                    ("épisode", mastered),
                ],
                title="Sonie sur trois secondes (un canal), cible et ±\u00a03\u00a0LU",
                target_lufs=mono_lufs,
            ),
            caption=(
                f"Avant\u00a0: {_lufs(facts.before.integrated_lufs)}, étendue "
                f"{_number(facts.before.range_lu)}\u00a0LU, "
                f"crête {_number(facts.before.true_peak_dbtp)}\u00a0dBTP. "
                f"Après\u00a0: {_lufs(facts.after.integrated_lufs)} pour une cible de "
                f"{_lufs(facts.target_lufs)}, "
                f"étendue {_number(facts.after.range_lu)}\u00a0LU, "
                f"crête {_number(facts.after.true_peak_dbtp)}\u00a0dBTP pour un plafond "
                f"de {_number(facts.ceiling_dbtp)}\u00a0dBTP."
            ),
        ),
        Picture(
            svg=noise_svg(
                [("enregistrement, au niveau de l’épisode", raised), ("épisode", mastered)],
                title="Bruit de fond par tiers d’octave",
            ),
            caption=(
                "Dans le dixième le plus calme\u00a0: "
                f"{_number(_sum_db(raised))}\u00a0dBFS si l’enregistrement n’était que "
                "porté "
                f"au niveau de l’épisode, {_number(_sum_db(mastered))}\u00a0dBFS dans l’épisode."
            ),
        ),
    )


def _words_of_speakers(sources: EpisodeSources, names: list[str]) -> str:
    levels = [
        (
            f"{names[level.speaker]}\u00a0: {_lufs(level.before_lufs)} dans l’enregistrement, "
            f"{_lufs(level.after_lufs)} dans l’épisode"
        )
        for level in sources.master().speakers
        if level.speaker < len(names)
    ]
    return "Une couleur par voix. " + (
        "\u00a0; ".join(levels) + "." if levels else "Les voix n’ont pas été mises au même niveau."
    )


def _sum_db(course: SoundOverview) -> float:
    import numpy as np

    return float(10 * np.log10((10 ** (course.noise_db / 10)).sum()))


def _lufs(loudness_lufs: float | None) -> str:
    return "silence" if loudness_lufs is None else f"{_number(loudness_lufs)}\u00a0LUFS"


def _number(value: float) -> str:
    """As French writes it: a comma, and a real minus sign."""
    return f"{round(value, 1) + 0.0:.1f}".replace(".", ",").replace("-", "−")
