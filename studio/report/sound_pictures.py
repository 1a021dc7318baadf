"""Charts of an episode's audio for its report: speakers, loudness and noise, before and after, with
text alternatives.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np

from studio.messages.localised_formats import one_decimal
from studio.messages.message import Message, message, plural_message
from studio.messages.translations import in_language
from studio.model.loudness_targets import mono_loudness
from studio.model.picture import Picture
from studio.model.sound import FIRST_TRACK, CleaningProof, MasterFacts
from studio.model.speaker_turns import turns_from_segments
from studio.sound.mastering import turns_on_programme
from studio.sound.overview import SoundOverview, overview_in_programme, read_overview
from studio.sound.pictures import loudness_svg, noise_svg, waveform_svg
from studio.workspace.sources import EpisodeSources

NOBODY = message("unknown voice")


def pictures_of_episode(sources: EpisodeSources) -> tuple[Picture, ...]:
    """Draw the charts; recording and master are decoded once each, about 60 times faster than real
    time.

    All times are on the programme clock. Loudness is that of one channel, so that stereo and mono
    can be compared in one chart.

    :raises WorkspaceError: the episode has not been mastered.
    :raises RecordingError: the recording is missing or cannot be decoded.
    """
    recorded = read_overview(sources.audio_file, sources.facts().mix)
    mastered = read_overview(sources.files.master, FIRST_TRACK)
    return (
        _picture_of_speakers(sources, mastered),
        _picture_of_loudness(sources, recorded, mastered),
        _picture_of_noise(sources, recorded, mastered),
    )


def _picture_of_speakers(sources: EpisodeSources, mastered: SoundOverview) -> Picture:
    language, transcript = sources.show.language, sources.transcript()
    turns = turns_on_programme(turns_from_segments(transcript).turns, sources.programme())
    nobody = in_language(NOBODY, language)
    names = list(dict.fromkeys(segment.speaker or nobody for segment in transcript.segments))
    return Picture(
        svg=waveform_svg(
            mastered,
            title=in_language(message("Who speaks when, and how loud"), language),
            turns=turns,
            names=names,
        ),
        caption=_words_of_speakers(sources, names),
    )


def _picture_of_loudness(
    sources: EpisodeSources, recorded: SoundOverview, mastered: SoundOverview
) -> Picture:
    language, facts = sources.show.language, sources.master()
    target_lufs = facts.target_lufs
    mono_lufs = target_lufs if facts.channels == 1 else mono_loudness(target_lufs)
    return Picture(
        svg=loudness_svg(
            [
                (
                    in_language(message("recording"), language),
                    overview_in_programme(recorded, sources.programme()),
                ),
                (in_language(message("episode"), language), mastered),
            ],
            title=in_language(
                message("Loudness over three seconds (one channel), target and ± 3 LU"), language
            ),
            target_lufs=mono_lufs,
        ),
        caption=" ".join(
            in_language(text, language)
            for text in (_before_and_after(facts, language), *_words_of_repairs(facts, language))
        ),
    )


def _picture_of_noise(
    sources: EpisodeSources, recorded: SoundOverview, mastered: SoundOverview
) -> Picture:
    language, facts = sources.show.language, sources.master()
    # The noise of the recording, at the episode's level.
    raised = dataclasses.replace(recorded, noise_db=recorded.noise_db + facts.gain_db)
    described = message(
        "In the quietest tenth: {raised} dBFS in the recording at the episode's level, "
        "{mastered} dBFS in the episode.",
        raised=one_decimal(_sum_db(raised), language),
        mastered=one_decimal(_sum_db(mastered), language),
    )
    return Picture(
        svg=noise_svg(
            [
                (in_language(message("recording, at the episode's level"), language), raised),
                (in_language(message("episode"), language), mastered),
            ],
            title=in_language(message("Background noise by third of an octave"), language),
        ),
        caption=" ".join(
            in_language(text, language) for text in (described, *words_of_cleaning(facts.cleaning))
        ),
    )


def words_of_cleaning(proof: CleaningProof | None) -> tuple[Message, ...]:
    """The verification of voices cleaned by a network, in a sentence; empty for others."""
    if proof is None or not proof.trials:
        return ()
    last = proof.trials[-1]
    lost = plural_message(
        "{count} word of {words} is less sure than in the recording",
        "{count} words of {words} are less sure than in the recording",
        len(last.lost),
        words=last.words,
    )
    if not proof.limit_db:
        return (
            message(
                "The voices were not cleaned: even with a reduction of {limit_db} dB, {lost}.",
                limit_db=round(last.limit_db),
                lost=lost,
            ),
        )
    return (
        message(
            "A network cleaned the voices, by {limit_db} dB at most: {lost}.",
            limit_db=round(proof.limit_db),
            lost=lost,
        ),
    )


def _words_of_repairs(facts: MasterFacts, language: str) -> Iterator[Message]:
    """The repaired damage of the recording, in words."""
    for repair in facts.repairs:
        share = one_decimal(100 * repair.samples / max(1, repair.of), language)
        if repair.setting == "declip":
            yield message(
                "Before: {share} % of the samples cut off at their peaks. After: restored.",
                share=share,
            )
        else:
            yield message(
                "Before: {share} % of the samples in clicks. After: restored.", share=share
            )


def _before_and_after(facts: MasterFacts, language: str) -> Message:
    """Loudness, range and peak of recording and episode, in words."""
    return message(
        "Before: {before}, range {range_before} LU, peak {peak_before} dBTP. After: {after} for a "
        "target of {target}, range {range_after} LU, peak {peak_after} dBTP for a ceiling of "
        "{ceiling} dBTP.",
        before=_lufs(facts.before.integrated_lufs, language),
        range_before=one_decimal(facts.before.range_lu, language),
        peak_before=one_decimal(facts.before.true_peak_dbtp, language),
        after=_lufs(facts.after.integrated_lufs, language),
        target=_lufs(facts.target_lufs, language),
        range_after=one_decimal(facts.after.range_lu, language),
        peak_after=one_decimal(facts.after.true_peak_dbtp, language),
        ceiling=one_decimal(facts.ceiling_dbtp, language),
    )


def _words_of_speakers(sources: EpisodeSources, names: list[str]) -> str:
    language = sources.show.language
    levels = [
        message(
            "{speaker}: {before} in the recording, {after} in the episode",
            speaker=names[level.speaker],
            before=_lufs(level.before_lufs, language),
            after=_lufs(level.after_lufs, language),
        )
        for level in sources.master().speakers
        if level.speaker < len(names)
    ]
    separator = in_language(message("; "), language)
    listed = separator.join(in_language(level, language) for level in levels)
    text = (
        message("One colour a voice. {levels}.", levels=listed)
        if levels
        else message("One colour per voice. The voices were not levelled.")
    )
    return in_language(text, language)


def _sum_db(overview: SoundOverview) -> float:
    return float(10 * np.log10((10 ** (overview.noise_db / 10)).sum()))


def _lufs(loudness_lufs: float | None, language: str) -> Message:
    if loudness_lufs is None:
        return message("silence")
    return message("{loudness} LUFS", loudness=one_decimal(loudness_lufs, language))
