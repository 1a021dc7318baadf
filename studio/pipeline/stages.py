"""The stage table: the order of the stages, and the inputs and outputs of each.

A stage names what it uses, not the file where that comes from: a typo corrected in an answer of the
article changes no name, so nothing is transcribed again; a new title writes tags, and nothing is
encoded.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import studio
from studio.captions.formats import CAPTION_FORMATS
from studio.errors import StudioError
from studio.model.record import plain_from_record
from studio.model.settings_table import SHOW_SETTINGS
from studio.model.show import PAGE_EPISODES
from studio.pipeline.stage import MergePolicy, Output, Stage, StageInput, StageTable
from studio.pipeline.steps.audio_stages import (
    enclosure,
    inspect,
    master,
    mix,
    programme,
    tag,
    turns,
)
from studio.pipeline.steps.cleaning_stage import clean
from studio.pipeline.steps.packaging import package
from studio.pipeline.steps.show_stages import feed, site
from studio.pipeline.steps.text_stages import (
    align,
    caption,
    carry_chapters,
    carry_corrections,
    chapter,
    correct,
    diarise,
    episode_prompt_names,
    found_questions,
    misspelled_names,
    overlaps,
    soundbites,
    transcribe,
)
from studio.workspace.sources import EpisodeSources, ShowSources

EpisodeInput = StageInput[EpisodeSources]
ShowInput = StageInput[ShowSources]

RECORDING = EpisodeInput("recording", "file", lambda sources: sources.recording)
# The audio that is used: the mix of several microphones.
AUDIO = EpisodeInput("recording", "file", lambda sources: sources.audio_file)
# Who speaks into which microphone; nothing at all of a recording that has one.
MICROPHONES = EpisodeInput(
    "microphones",
    "file",
    lambda sources: (
        {"microphones.json": sources.files.microphones} if sources.episode.microphones else {}
    ),
)
# The recording cleaned by a network, and the words that verify it; nothing for other episodes.
CLEANED = EpisodeInput(
    "cleaned",
    "file",
    lambda sources: (
        {"cleaned.flac": sources.files.cleaned, "asr.json": sources.files.asr}
        if sources.is_voice_cleaned
        else {}
    ),
)
TRACKS = EpisodeInput("tracks", "setting", lambda sources: list(sources.episode.tracks))
FACTS = EpisodeInput("recording.json", "file", lambda sources: sources.files.facts)
PROGRAMME = EpisodeInput("programme.json", "file", lambda sources: sources.files.programme)
ASR_RESULT = EpisodeInput("asr.json", "file", lambda sources: sources.files.asr)
TRANSCRIPT = EpisodeInput("transcript.json", "file", lambda sources: sources.files.transcript)
ALIGNMENT = EpisodeInput("alignment.json", "file", lambda sources: sources.files.alignment)
# Where the questions are, without the words around them.
QUESTIONS = EpisodeInput(
    "questions",
    "text",
    found_questions,
    needs=lambda sources: sources.files.alignment,
    former="alignment.json",
)
CHAPTERS = EpisodeInput("chapters.json", "file", lambda sources: sources.files.chapters)
OPENING = EpisodeInput("opening", "file", lambda sources: sources.opening)
CLOSING = EpisodeInput("closing", "file", lambda sources: sources.closing)
COVER = EpisodeInput("cover", "file", lambda sources: sources.show_sources.cover)
PICTURE = EpisodeInput("picture", "file", lambda sources: sources.picture_file)
TAG_COVER = EpisodeInput("cover", "file", lambda sources: sources.tag_cover)
HOST = EpisodeInput("host", "setting", lambda sources: sources.host)
ARTICLE = EpisodeInput("article", "text", lambda sources: sources.article)


def _titles(sources: EpisodeSources) -> dict[str, Any]:
    """The tag's contents besides chapters and transcript."""
    branding, episode = sources.branding, sources.episode
    return {
        "title": episode.title,
        "number": episode.counted,
        "published": episode.published.date().isoformat(),
        "notice": episode.notice,
        "show": branding.title,
        "author": branding.author,
        "base_url": branding.base_url,
    }


# Settings of the show that change no word and no picture of what is published.
_HOW_IT_IS_MADE = frozenset({"sound", "whisper", "publish", "wordpress"})
# Settings that appear on no episode's page and in no item of the feed.
_OF_THE_CHANNEL = frozenset(
    name for name, setting in SHOW_SETTINGS.items() if setting.is_channels_alone
)
# Values of settings in shows that were built before these settings existed.
_UNSET = (
    ("page_episodes", PAGE_EPISODES),
    ("hosted", ""),
    ("declip", False),
    ("declick", False),
)
# Settings of an episode's sound that its programme carries out, or that mastering asks for together
# with the show's.
_OF_THE_PROGRAMME = frozenset({"trim", "longest_pause_ms", "alternate"})
# Settings of an episode that its files carry out.
_NOT_SHOWN = frozenset(
    {"recording", "tracks", "microphones", "soundbites", "cuts", "sound", "former_slugs"}
)


def _listener(sources: EpisodeSources) -> dict[str, Any]:
    """Which engine transcribes, and which of several tracks or microphones it gets: with at most
    two channels, this follows from the recording.
    """
    chosen: dict[str, Any] = {
        "engine": sources.show.whisper.engine,
        "model": sources.show.whisper.model,
    }
    with suppress(StudioError):  # missing or damaged: it will be made first
        facts = sources.facts()
        if facts.layout == "many" or facts.tracks:
            chosen["mix"] = facts.mix
    return chosen


def _show(sources: ShowSources, without: frozenset[str]) -> dict[str, Any]:
    """The show's settings without some, and without unset ones of imported shows: a show built
    before these existed is not rebuilt for them.
    """
    return {
        name: value
        for name, value in plain_from_record(sources.show).items()
        if name not in without and (name, value) not in _UNSET
    }


def _caption(suffix: str) -> Output[EpisodeSources]:
    return Output(lambda sources: sources.files.caption(suffix))


def _is_mastered(sources: EpisodeSources) -> bool:
    return not sources.has_imported_sound


def _has_microphones(sources: EpisodeSources) -> bool:
    return bool(sources.episode.microphones)


def _is_voice_cleaned(sources: EpisodeSources) -> bool:
    return sources.is_voice_cleaned


def _sound_settings(sources: EpisodeSources) -> dict[str, Any]:
    """The settings of an episode's sound that mastering alone carries out. Noise cleaning is given
    as it was when it was only on or off, so that older builds stay fresh.
    """
    sound = sources.episode.sound
    meant = {"steady": True, "off": False}
    return {
        name: value
        for name, value in plain_from_record(sound).items()
        if name not in _OF_THE_PROGRAMME and (name, value) not in _UNSET
    } | {"denoise": meant.get(sound.noise_cleaning, sound.noise_cleaning)}


def _has_imported_sound(sources: EpisodeSources) -> bool:
    return sources.has_imported_sound


def _is_untranscribed(sources: EpisodeSources) -> bool:
    return sources.is_untranscribed


def _transcribed(
    name: str, find: Callable[[EpisodeSources], Path | dict[str, Path]]
) -> EpisodeInput:
    """A file that every episode has, except one that was imported and left unchanged."""
    return EpisodeInput(
        name, "file", lambda sources: None if sources.is_untranscribed else find(sources)
    )


def _settings_shown(sources: EpisodeSources) -> dict[str, Any]:
    """The episode's settings that its page and its item show."""
    return {
        name: value
        for name, value in plain_from_record(sources.episode).items()
        if name not in _NOT_SHOWN and not (name == "imported" and value is None)
    }


EPISODE_STAGES = (
    Stage(
        "enclosure",
        inputs=(
            RECORDING,
            EpisodeInput(
                "imported",
                "setting",
                lambda sources: plain_from_record(sources.episode.imported),
            ),
        ),
        outputs=(Output(lambda sources: sources.files.enclosure),),
        run=enclosure,
        applies=_has_imported_sound,
    ),
    Stage(
        "mix",
        inputs=(
            RECORDING,
            EpisodeInput(
                "microphones",
                "setting",
                lambda sources: [one.file for one in sources.episode.microphones],
            ),
        ),
        outputs=(
            Output(lambda sources: sources.files.mix),
            Output(lambda sources: sources.files.microphones),
        ),
        run=mix,
        version=4,  # it records where no level shows who speaks
        applies=_has_microphones,
    ),
    Stage(
        "inspect",
        inputs=(AUDIO, TRACKS),
        outputs=(
            Output(lambda sources: sources.files.facts),
            Output(lambda sources: sources.files.fingerprint),
            Output(lambda sources: sources.files.clock),
        ),
        run=inspect,
        version=5,  # less than 100 ms behind a WAV is no sound of it
        waits=_is_untranscribed,
    ),
    Stage(
        "programme",
        inputs=(
            FACTS,
            OPENING,
            CLOSING,
            EpisodeInput(
                "overlap_ms",
                "setting",
                lambda sources: {
                    "opening": sources.branding.sound.opening_overlap_ms,
                    "closing": sources.branding.sound.closing_overlap_ms,
                },
            ),
            EpisodeInput("trim", "setting", lambda sources: sources.episode.sound.trim),
            EpisodeInput(
                "longest_pause_ms",
                "setting",
                lambda sources: sources.episode.sound.longest_pause_ms,
            ),
            EpisodeInput(
                "cuts",
                "setting",
                lambda sources: [[cut.start_ms, cut.end_ms] for cut in sources.episode.cuts],
            ),
        ),
        outputs=(Output(lambda sources: sources.files.programme),),
        run=programme,
        waits=_is_untranscribed,
    ),
    Stage(
        "transcribe",
        inputs=(
            AUDIO,
            EpisodeInput(
                "names",
                "text",
                episode_prompt_names,
                origin=lambda sources: [
                    plain_from_record(sources.article),
                    list(sources.episode.guests),
                    sources.host,
                ],
            ),
            EpisodeInput("language", "setting", lambda sources: sources.language),
            EpisodeInput(
                "whisper", "setting", _listener, needs=lambda sources: sources.files.facts
            ),
        ),
        outputs=(Output(lambda sources: sources.files.asr),),
        run=transcribe,
        version=5,  # the least probable window is searched more widely, too
        waits=_is_untranscribed,
    ),
    Stage(
        "diarise",
        inputs=(
            AUDIO,
            ASR_RESULT,
            EpisodeInput("guests", "setting", lambda sources: len(sources.episode.guests)),
            MICROPHONES,
        ),
        outputs=(Output(lambda sources: sources.files.voices),),
        run=diarise,
        version=2,  # several people on telephones are distinguished
        waits=_is_untranscribed,
    ),
    Stage(
        "overlaps",
        inputs=(
            RECORDING,
            MICROPHONES,
            FACTS,
            EpisodeInput("names", "text", episode_prompt_names),
            EpisodeInput("language", "setting", lambda sources: sources.language),
            EpisodeInput(
                "whisper",
                "setting",
                lambda sources: {
                    "engine": sources.show.whisper.engine,
                    "model": sources.show.whisper.model,
                },
            ),
        ),
        outputs=(Output(lambda sources: sources.files.overlaps),),
        run=overlaps,
        version=4,  # improbable passages of two at once are decoded in three windows
        applies=_has_microphones,
        waits=_is_untranscribed,
    ),
    Stage(
        "correct",
        inputs=(
            ASR_RESULT,
            EpisodeInput(
                "overlaps",
                "file",
                lambda sources: (
                    {"overlaps.json": sources.files.overlaps} if sources.episode.microphones else {}
                ),
            ),
            EpisodeInput("voices.json", "file", lambda sources: sources.files.voices),
            ARTICLE,
            HOST,
            EpisodeInput("guests", "setting", lambda sources: list(sources.episode.guests)),
            EpisodeInput("glossary", "setting", misspelled_names),
            EpisodeInput(
                "microphones",
                "setting",
                lambda sources: [[one.file, one.name] for one in sources.episode.microphones],
            ),
        ),
        outputs=(
            Output(lambda sources: sources.files.transcript, editable=True),
            Output(lambda sources: sources.files.machine_transcript),
        ),
        run=correct,
        version=16,  # a number that was misheard is mended where the recording bears it out
        carry=MergePolicy(lambda sources: sources.files.machine_transcript, carry_corrections),
        waits=_is_untranscribed,
    ),
    Stage(
        "align",
        inputs=(TRANSCRIPT, ARTICLE, HOST),
        outputs=(Output(lambda sources: sources.files.alignment),),
        run=align,
        version=13,  # two questions in one sentence; a greeting is no preamble
        waits=_is_untranscribed,
    ),
    Stage(
        "soundbites",
        inputs=(
            TRANSCRIPT,
            ALIGNMENT,
            PROGRAMME,
            ARTICLE,
            HOST,
            EpisodeInput("soundbites", "setting", lambda sources: sources.episode.soundbites),
        ),
        outputs=(Output(lambda sources: sources.files.soundbites),),
        run=soundbites,
        version=2,  # chosen by the pairs of article and speech
        waits=_is_untranscribed,
    ),
    Stage(
        "chapter",
        inputs=(QUESTIONS, PROGRAMME),
        outputs=(
            Output(lambda sources: sources.files.chapters, editable=True),
            Output(lambda sources: sources.files.machine_chapters),
        ),
        run=chapter,
        version=3,  # a title is not cut after « nouvel »
        carry=MergePolicy(lambda sources: sources.files.machine_chapters, carry_chapters),
        waits=_is_untranscribed,
    ),
    Stage(
        "turns",
        inputs=(TRANSCRIPT,),
        outputs=(Output(lambda sources: sources.files.turns),),
        run=turns,
        applies=_is_mastered,
    ),
    Stage(
        "clean",
        inputs=(
            AUDIO,
            FACTS,
            EpisodeInput("voices.json", "file", lambda sources: sources.files.voices),
            EpisodeInput(
                "repairs",
                "setting",
                lambda sources: [sources.episode.sound.declip, sources.episode.sound.declick],
            ),
        ),
        outputs=(
            Output(lambda sources: sources.files.cleaned),
            Output(lambda sources: sources.files.cleaning),
        ),
        run=clean,
        applies=_is_voice_cleaned,
        kept_once_published=True,
    ),
    Stage(
        "master",
        inputs=(
            AUDIO,
            FACTS,
            PROGRAMME,
            OPENING,
            CLOSING,
            EpisodeInput(
                "turns.json",
                "file",
                lambda sources: sources.files.turns if sources.episode.sound.level else None,
            ),
            EpisodeInput("sound", "setting", _sound_settings),
            CLEANED,
            EpisodeInput(
                "bitrate_kbps",
                "setting",
                lambda sources: {
                    "mono": sources.branding.sound.bitrate_kbps_mono,
                    "stereo": sources.branding.sound.bitrate_kbps_stereo,
                },
            ),
            EpisodeInput(
                "alternate",
                "setting",
                lambda sources: "" if sources.codec is None else sources.codec.name,
            ),
            EpisodeInput(
                "loudness", "setting", lambda sources: plain_from_record(sources.loudness)
            ),
        ),
        outputs=(
            Output(lambda sources: sources.files.master),
            Output(lambda sources: sources.files.loudness),
        ),
        run=master,
        version=3,  # peaks turned down in the MP3
        applies=_is_mastered,
        kept_once_published=True,
    ),
    Stage(
        "tag",
        inputs=(
            EpisodeInput("master.mp3", "file", lambda sources: sources.files.master),
            EpisodeInput(
                "alternate",
                "file",
                lambda sources: (
                    sources.files.alternate_sound(sources.codec.suffix) if sources.codec else None
                ),
            ),
            CHAPTERS,
            TRANSCRIPT,
            PROGRAMME,
            TAG_COVER,
            PICTURE,
            EpisodeInput("titles", "setting", _titles),
            EpisodeInput(
                "article.introduction", "text", lambda sources: list(sources.article.introduction)
            ),
            EpisodeInput(
                "article.questions",
                "text",
                lambda sources: [one.question for one in sources.article.exchanges],
            ),
        ),
        outputs=(
            Output(lambda sources: sources.files.mp3),
            Output(lambda sources: sources.files.enclosure),
        ),
        run=tag,
        version=4,  # pictures upright, in the colours of the web
        applies=_is_mastered,
        kept_once_published=True,
    ),
    Stage(
        "caption",
        inputs=(
            TRANSCRIPT,
            PROGRAMME,
            EpisodeInput("title", "setting", lambda sources: sources.episode.title),
        ),
        outputs=tuple(_caption(kind.suffix) for kind in CAPTION_FORMATS),
        run=caption,
        version=4,  # inversions, numbers and their units are not broken
        waits=_is_untranscribed,
    ),
    Stage(
        "package",
        inputs=(
            EpisodeInput(
                "show",
                "setting",
                lambda sources: _show(sources.show_sources, _HOW_IT_IS_MADE | _OF_THE_CHANNEL),
            ),
            COVER,
            PICTURE,
            EpisodeInput("slug", "setting", lambda sources: sources.slug),
            EpisodeInput("episode", "setting", _settings_shown),
            ARTICLE,
            EpisodeInput("transcript", "setting", lambda sources: sources.transcript_origin),
            EpisodeInput("mp3", "file", lambda sources: sources.media),
            EpisodeInput("former", "file", lambda sources: sources.former_files),
            EpisodeInput("enclosure.json", "file", lambda sources: sources.files.enclosure),
            EpisodeInput(
                "alternate.json",
                "file",
                lambda sources: sources.files.alternate_facts if sources.codec else None,
            ),
            _transcribed("chapters.json", lambda sources: sources.files.chapters),
            _transcribed("programme.json", lambda sources: sources.files.programme),
            _transcribed("alignment.json", lambda sources: sources.files.alignment),
            _transcribed("soundbites.json", lambda sources: sources.files.soundbites),
            _transcribed("transcript.json", lambda sources: sources.files.transcript),
            _transcribed(
                "captions",
                lambda sources: {
                    f"transcript{kind.suffix}": sources.files.caption(kind.suffix)
                    for kind in CAPTION_FORMATS
                },
            ),
            # The look of feed and pages comes with Studio.
            EpisodeInput("Studio", "setting", lambda _: studio.__version__),
        ),
        outputs=(
            Output(lambda sources: sources.files.item),
            Output(lambda sources: sources.files.listing),
            Output(lambda sources: sources.files.words),
            Output(lambda sources: sources.files.places),
            Output(lambda sources: sources.files.public("index.html")),
        ),
        run=package,
        version=14,  # the season above the title
    ),
)


def _listed(episode: EpisodeSources) -> list[Path]:
    """The files of an episode that the feed is assembled from."""
    return [episode.files.item, episode.files.listing]


def _published(episode: EpisodeSources) -> list[Path]:
    """The files of an episode that the site is assembled from."""
    return [*_listed(episode), episode.files.words, *episode.public_files.values()]


SHOW_STAGES = (
    Stage[ShowSources](
        "feed",
        inputs=(
            ShowInput("show", "setting", lambda sources: _show(sources, _HOW_IT_IS_MADE)),
            ShowInput("cover", "file", lambda sources: sources.cover),
            ShowInput("episode", "episodes", _listed),
            ShowInput("Studio", "setting", lambda _: studio.__version__),
        ),
        outputs=(Output(lambda sources: sources.workspace.rss),),
        run=feed,
        version=3,  # pictures upright, in the colours of the web
    ),
    Stage[ShowSources](
        "site",
        inputs=(
            ShowInput("feed.xml", "file", lambda sources: sources.workspace.rss),
            ShowInput("show", "setting", lambda sources: _show(sources, _HOW_IT_IS_MADE)),
            ShowInput("cover", "file", lambda sources: sources.cover),
            ShowInput("episode", "episodes", _published),
            ShowInput(
                "former_slugs",
                "setting",
                lambda sources: {
                    one.slug: list(former)
                    for one in sources.published
                    if (former := one.former_slugs)
                },
            ),
            ShowInput("Studio", "setting", lambda _: studio.__version__),
        ),
        outputs=(Output(lambda sources: sources.workspace.site / "index.html"),),
        run=site,
        version=14,  # the season of the latest episode
    ),
)

STAGES = StageTable(episode=EPISODE_STAGES, show=SHOW_STAGES)
