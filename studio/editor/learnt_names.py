"""Names proposed for the glossary, from users' corrections."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from studio.article.names import names_from_article
from studio.corrections.glossary import learn_names, name_heard_as
from studio.editor.machine_transcript import machine_transcript_of
from studio.editor.transcript_diff import TranscriptDiff, diff_transcripts
from studio.language.dictionary import is_common_word
from studio.language.phonemes import sound_similarity
from studio.language.words import plain_words
from studio.model.glossary import Glossary, GlossaryName, merge_names
from studio.model.record import Record, replace_fields
from studio.workspace.sources import ShowSources

# The maximum number of words of a misspelling, and its minimum phonetic similarity (0 to 1).
MAX_HEARD = 4
MIN_SIMILARITY = 0.5
# The number of the show's articles from which a name is considered recurring.
RECURRING = 2
_ELIDED = re.compile(r"^(?:[cdjlmnst]|qu)['’]", re.IGNORECASE)


class LearntName(Record, frozen=True):
    """A name that users put into a transcript.

    :param heard: the replaced words, if phonetically similar; else empty.
    :param count: number of occurrences.
    """

    name: str
    heard: str
    count: int


def corrected_names(
    comparison: TranscriptDiff, known: Collection[str] = ()
) -> tuple[LearntName, ...]:
    """The names that users put in place of other words, the most frequent first.

    A name is capitalised inside a sentence, or is in no dictionary.

    :param known: lower-case names, in the spelling of article and settings.
    """
    # A single « Stéphanie » for « Stéphane » does not make the latter a misspelling.
    right = " ".join(map(_bare, known))
    counts = Counter(
        (
            learnt.name,
            learnt.wrong[0] if learnt.wrong and _bare(learnt.wrong[0]) not in right else "",
        )
        for change in comparison.changes
        for name, before_it in _names_in(change.after, frozenset(known))
        for learnt in [name_heard_as(_heard_like(change.before, name, before_it), name)]
        if learnt is not None and _bare(learnt.name) not in _bare(change.before)
    )
    return tuple(
        LearntName(name=name, heard=recognised, count=count)
        for (name, recognised), count in counts.most_common()
    )


def names_learnt(show: ShowSources, slugs: Sequence[str]) -> tuple[GlossaryName, ...]:
    """Names for the glossary: names from articles that were misrecognised and then corrected, names
    that users added, and names that recur in several articles, with the number of articles.

    :param slugs: transcribed episodes.
    :raises WorkspaceError: one is not transcribed, or a file is damaged.
    """
    articles = [frozenset(names_from_article(episode.article)) for episode in show.episodes]
    learnt = Glossary()
    for slug in slugs:
        sources = show.episode(slug)
        names = tuple(
            dict.fromkeys(
                (*names_from_article(sources.article), *sources.episode.guests, sources.host)
            )
        )
        transcript = sources.transcript()
        # Three sources: users' edits, corrections, and names in several articles.
        taught = corrected_names(
            diff_transcripts(machine_transcript_of(sources), transcript), names
        )
        recurring = [
            name for name in names if sum(name in others for others in articles) >= RECURRING
        ]
        learnt = merge_names(learnt, learn_names(sources.asr(), transcript, names))
        learnt = merge_names(
            learnt,
            [
                GlossaryName(name=one.name, wrong=(one.heard,) if one.heard else ())
                for one in taught
            ],
        )
        learnt = merge_names(learnt, [GlossaryName(name=name) for name in recurring])
    return tuple(
        replace_fields(one, used=max(1, sum(one.name in names for names in articles)))
        for one in learnt.names
    )


def _names_in(text: str, known: Collection[str]) -> Iterator[tuple[str, str]]:
    """The names in words that a user wrote, each with the preceding word (empty if none was
    written).
    """
    run: list[str] = []
    before = ""
    initial = False  # the preceding words are unknown
    for word in text.split():
        if _is_name(word, known, initial=initial):
            run.append(word if run else _ELIDED.sub("", word))
        elif run:
            yield " ".join(run), before
            run = []
        if not run:
            before = word
        ends = word.endswith((".", "?", "!", "…"))
        if run and (ends or word.endswith((",", ";", ":"))):
            yield " ".join(run), before
            run, before = [], ""
        initial = ends
    if run:
        yield " ".join(run), before


def _is_name(word: str, known: Collection[str], *, initial: bool) -> bool:
    core = word.replace("’", "'").rpartition("'")[2].strip('.,;:!?…«»“”"() ')
    if core in known:
        return True
    if len(core) < 2 or not core[:1].isupper():
        return False
    # « Épisode deux » starts a sentence, « SSII » and « Opening » do not.
    everyday = all(is_common_word(part) for part in plain_words(core))
    return not everyday or (not initial and any(map(str.isupper, core[1:])))


def _heard_like(before: str, name: str, small: str) -> str:
    """The replaced words that are phonetically similar to the name, or empty.

    Also empty if they include the word before the name (« amartique » for « à Martigues »), which
    would be lost.
    """
    words = before.split()
    stretches = [
        " ".join(words[first:last])
        for first in range(len(words))
        for last in range(first + 1, min(len(words), first + MAX_HEARD) + 1)
    ]
    best = max(stretches, key=lambda stretch: sound_similarity(stretch, name), default="")
    similarity = sound_similarity(best, name) if best else 0.0
    if similarity < MIN_SIMILARITY or (
        small and sound_similarity(best, f"{small} {name}") > similarity
    ):
        return ""
    return _ELIDED.sub("", best)


def _bare(text: str) -> str:
    return f" {' '.join(plain_words(text))} "
