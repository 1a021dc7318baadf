"""Assign published articles to episodes: evidence from both, transcription of excerpts if that is
not enough, and the user's decisions, which are stored.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence, Set
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import numpy as np

from studio.adoption.candidates import CandidateArticle, find_candidates
from studio.adoption.evidence import (
    PRIOR,
    ArticleFacts,
    EpisodeFacts,
    PairEvidence,
    counted_words,
    find_copies,
    folded,
    weigh_pairs,
)
from studio.adoption.pairing import ArticleMatch, pair_up
from studio.article.outline import ParsedArticle
from studio.article.read import markdown_from_article
from studio.article.title import read_title_line
from studio.errors import StudioError, WorkspaceError
from studio.file_access import read_file, read_text
from studio.messages.message import message
from studio.model.article import Article
from studio.model.episode import Episode
from studio.model.record import (
    Record,
    bytes_from_record,
    record_from_bytes,
    record_from_toml,
    replace_fields,
)
from studio.progress import Progress, no_progress, part_of
from studio.sound.recording import WHISPER_RATE_HZ
from studio.speech.model_files import fetch_model
from studio.speech.transcription import transcribe_recording
from studio.workspace.disk import clear_leftovers, make_folder, write_file
from studio.workspace.layout import Workspace
from studio.workspace.settings import toml_with_article
from studio.workspace.shared_files import replace_known_file, update_shared_file
from studio.workspace.sources import EpisodeSources, ShowSources

# How much of an episode is transcribed, in two excerpts: usually enough to distinguish
# conversations (bench/catalogue.py adopt). More only in case of doubt: of 21 interviews that only
# differ in their speech, with the base model, 15 are assigned after two minutes and 17 after ten,
# all correctly.
TRANSCRIBED_S = (120, 600)
# How many likely episodes per article are transcribed for longer.
LIKELIEST = 2
_EXCERPTS = 2


class ArticleDecision(Record, frozen=True):
    """A user's decision on an article: ``slug`` is its episode; ``refused`` are episodes that it
    does not belong to. ``digest`` is the SHA-256 of the article's file.
    """

    digest: str
    slug: str = ""
    refused: tuple[str, ...] = ()


class ArticleDecisions(Record, frozen=True):
    """``.studio/adoptions.json``."""

    answers: tuple[ArticleDecision, ...] = ()


class Adoption(NamedTuple):
    """The result.

    :param pairs: each article with its episode or none; of several copies of an article, the first
        one.
    :param adopted: slugs that got an article.
    :param faults: files that are not interviews, with reasons.
    :param heard: the number of episodes that were transcribed.
    """

    pairs: tuple[ArticleMatch, ...]
    adopted: tuple[str, ...]
    faults: tuple[tuple[Path, str], ...]
    heard: int


def adopt_articles(
    workspace: Workspace,
    source: str,
    *,
    taken: Sequence[tuple[str, str]] = (),
    refused: Sequence[tuple[str, str]] = (),
    hear: bool = True,
    dry_run: bool = False,
    progress: Progress = no_progress,
) -> Adoption:
    """Assign an article to each episode without one if the match is certain or confirmed by the
    user.

    :param taken: pairs of slug and file name that the user confirms; ``refused``: those that the
        user rejects. Both are stored.
    :param hear: whether to transcribe two minutes of episodes without other evidence.
    :raises StudioError: a slug or a file does not exist.
    :raises ChangedSinceError: an article was added meanwhile where one would be written.
    """
    show = ShowSources(workspace)
    candidates = find_candidates(source, workspace)
    answers = _answered(workspace, show, candidates, taken, refused)
    free = [one for one in show.episodes if not one.files.article.is_file()]
    settled, no_pairs = _settled_pairs(answers, candidates)
    # Files with a decision come first, so that the others are considered copies of them.
    facts = sorted(
        (_article_facts(one) for one in candidates if one.reading is not None),
        key=lambda one: one.file not in settled,
    )
    copies = find_copies(tuple(facts))
    no_pairs |= {(copies[file], slug) for file, slug in no_pairs if file in copies}
    # Only articles and episodes without a decision are matched.
    unsettled = [one for one in facts if one.file not in settled and one.file not in copies]
    open_episodes = [one for one in free if one.slug not in settled.values()]
    pairs, transcribed = _paired(unsettled, open_episodes, no_pairs, hear, progress)
    pairs += [
        ArticleMatch(file=file, slug=slug, confidence=1.0, reasons=(message("your answer"),))
        for file, slug in settled.items()
    ]
    pairs += [
        ArticleMatch(
            file=file,
            slug="",
            confidence=0.0,
            reasons=(message("the same article as {file}", file=Path(first).name),),
        )
        for file, first in copies.items()
        if file not in settled
    ]
    adopted: list[str] = []
    if not dry_run:
        write_file(_answers_file(workspace), bytes_from_record(answers))
        adopted = _adopt_sure(show, pairs, candidates, {one.slug for one in free})
    faults = tuple((one.path, one.fault) for one in candidates if one.reading is None)
    return Adoption(tuple(pairs), tuple(adopted), faults, transcribed)


def _settled_pairs(
    answers: ArticleDecisions, candidates: Sequence[CandidateArticle]
) -> tuple[dict[str, str], set[tuple[str, str]]]:
    """The user's decisions: the slug of each file, and the rejected pairs of file and slug."""
    said = {one.digest: one for one in answers.answers}
    answered = [
        (one.path.as_posix(), said[one.digest])
        for one in candidates
        if one.reading is not None and one.digest in said
    ]
    # Of identical copies, the first one is used.
    meant = {answer.digest: (file, answer) for file, answer in reversed(answered)}
    settled = {file: answer.slug for file, answer in meant.values() if answer.slug}
    return settled, {(file, slug) for file, answer in answered for slug in answer.refused}


def _paired(
    articles: Sequence[ArticleFacts],
    episodes: Sequence[EpisodeSources],
    no_pairs: Set[tuple[str, str]],
    hear: bool,
    progress: Progress,
) -> tuple[list[ArticleMatch], int]:
    """Each article with its episode or none, and the number of episodes that were transcribed."""
    facts = {one.slug: _episode_facts(one) for one in episodes}
    pairs = pair_up(weigh_pairs(articles, list(facts.values())), no_pairs)
    if not hear or not facts or all(pair.is_sure for pair in pairs):
        return pairs, 0
    by_slug = {one.slug: one for one in episodes}
    transcribed: set[str] = set()
    for number, seconds in enumerate(TRANSCRIBED_S):
        sure = {pair.slug for pair in pairs if pair.is_sure}
        unmatched = [one.slug for one in episodes if one.slug not in sure]
        if number:
            # A show may have hundreds of episodes without an article.
            likely = _likeliest(pairs, weigh_pairs(articles, list(facts.values())), no_pairs)
            unmatched = [slug for slug in unmatched if slug in likely]
        report = part_of(
            progress, 1.0, number / len(TRANSCRIBED_S), (number + 1) / len(TRANSCRIBED_S)
        )
        for done, slug in enumerate(unmatched):
            report(done, len(unmatched))
            with suppress(StudioError):  # unreadable audio is reported by `studio run`
                said = _transcribe_excerpts(by_slug[slug], seconds)
                facts[slug] = _with_said(facts[slug], said)
                transcribed.add(slug)
        pairs = pair_up(weigh_pairs(articles, list(facts.values())), no_pairs)
        if all(pair.is_sure for pair in pairs):
            break
    return pairs, len(transcribed)


def _likeliest(
    pairs: Sequence[ArticleMatch],
    evidence: Mapping[tuple[str, str], PairEvidence],
    no_pairs: Set[tuple[str, str]],
) -> set[str]:
    """The most likely episodes of each unassigned article, if there is any evidence."""
    sure = {pair.slug for pair in pairs if pair.is_sure}
    found: set[str] = set()
    for file in (pair.file for pair in pairs if not pair.is_sure):
        odds = {
            slug: one.log_odds
            for (of, slug), one in evidence.items()
            if of == file
            and one.log_odds > PRIOR
            and slug not in sure
            and (of, slug) not in no_pairs
        }
        found |= set(heapq.nlargest(LIKELIEST, odds, key=lambda slug: odds[slug]))
    return found


def _adopt_sure(
    show: ShowSources,
    pairs: Sequence[ArticleMatch],
    candidates: Sequence[CandidateArticle],
    free: Set[str],
) -> list[str]:
    """Assign articles to free episodes in certain pairs; returns their slugs."""
    readings = {one.path.as_posix(): one.reading for one in candidates}
    adopted = []
    for pair in pairs:
        reading = readings[pair.file]
        if pair.is_sure and pair.slug in free and reading is not None:
            _adopt(show.episode(pair.slug), reading)
            adopted.append(pair.slug)
    return adopted


def _answers_file(workspace: Workspace) -> Path:
    return workspace.state / "adoptions.json"


def _answered(
    workspace: Workspace,
    show: ShowSources,
    candidates: Sequence[CandidateArticle],
    taken: Sequence[tuple[str, str]],
    refused: Sequence[tuple[str, str]],
) -> ArticleDecisions:
    """The stored decisions with the new ones."""
    path = _answers_file(workspace)
    known = (
        record_from_bytes(read_file(path), ArticleDecisions, path)
        if path.is_file()
        else ArticleDecisions()
    )
    answers = {one.digest: one for one in known.answers}
    for slug, name in (*taken, *refused):
        show.episode(slug)  # it must exist
        named = [one for one in candidates if name in {one.path.name, str(one.path)}]
        if len(named) != 1 or named[0].reading is None:
            raise WorkspaceError(
                name,
                message("is not the name of an article that was found")
                if not named
                else message("is not the name of a single interview"),
                message("Give the file's name as the table shows it."),
            )
        # Decisions are stored by the article's digest, because files are renamed and moved.
        digest = named[0].digest
        before = answers.get(digest, ArticleDecision(digest=digest))
        answers[digest] = (
            ArticleDecision(digest=digest, slug=slug, refused=before.refused)
            if (slug, name) in taken
            else ArticleDecision(digest=digest, refused=tuple({*before.refused, slug}))
        )
    return ArticleDecisions(answers=tuple(answers[digest] for digest in sorted(answers)))


def _article_facts(candidate: CandidateArticle) -> ArticleFacts:
    reading = candidate.reading
    if reading is None:
        raise AssertionError("only articles that were understood are compared")
    article = reading.article
    return ArticleFacts(
        file=candidate.path.as_posix(),
        title=article.title,
        guests=article.guests,
        words=counted_words(_text_of(article)),
        number=article.number,
        link=reading.link,
        date=candidate.date,
    )


def _text_of(article: Article) -> str:
    parts = [article.title, article.quote or "", *article.introduction]
    for exchange in article.exchanges:
        parts += [exchange.question, *(paragraph.text for paragraph in exchange.answer)]
    return "\n".join(parts)


def _episode_facts(sources: EpisodeSources) -> EpisodeFacts:
    episode = sources.episode
    notes = sources.article.introduction if episode.imported is not None else ()
    people = (*episode.guests, *(person.name for person in episode.persons))
    facts = EpisodeFacts(
        slug=sources.slug,
        title=episode.title,
        about="\n".join((*notes, *people)),
        published=episode.published,
        number=_number_of(episode),
        link=episode.link or (episode.imported.link if episode.imported else ""),
    )
    with suppress(StudioError):
        text = " ".join(word.text for word in sources.transcript().words)
        return _with_said(facts, text)
    return facts


def _number_of(episode: Episode) -> int | None:
    """The episode's number; of one that another host did not number, what its title says."""
    if episode.number is not None:
        return episode.number
    line = read_title_line(episode.title)
    return None if line is None else line.number


def _with_said(facts: EpisodeFacts, text: str) -> EpisodeFacts:
    return replace_fields(facts, said=counted_words(text), said_text=folded(text))


def _transcribe_excerpts(sources: EpisodeSources, seconds: int) -> str:
    """Transcribe two excerpts of an episode; the result is cached.

    :param seconds: total duration of both.
    """
    kept = sources.files.build / f"sample-{seconds}.txt"
    if kept.is_file():
        return read_text(kept)
    samples = sources.samples()
    length = seconds * WHISPER_RATE_HZ // _EXCERPTS
    starts = [len(samples) * place // (_EXCERPTS + 1) for place in range(1, _EXCERPTS + 1)]
    parts = [samples[start : start + length] for start in starts]
    if len(samples) <= 2 * len(parts) * length:
        parts = [samples[: len(parts) * length]]
    try:
        result = transcribe_recording(
            np.concatenate(parts),
            settings=sources.show.whisper,
            folder=fetch_model(sources.show.whisper.model),
            language=sources.language,
            names=(),
            where=sources.recording,
        )
    finally:
        sources.forget_samples()
    text = " ".join(word.text for word in result.words)
    make_folder(kept.parent)
    write_file(kept, text.encode())
    return text


def _adopt(sources: EpisodeSources, reading: ParsedArticle) -> None:
    """Write the article's guests if the settings have none, then the article: last, because an
    episode with an article is not processed again.

    :raises ChangedSinceError: an article was added there meanwhile; it is kept.
    """
    files, article = sources.files, reading.article

    def named(content: bytes) -> bytes:
        return toml_with_article(
            content,
            record_from_toml(content, Episode, files.settings),
            guests=article.guests,
            link=reading.link,
            where=files.settings,
        )

    update_shared_file(sources.workspace, files.settings, named)
    clear_leftovers(files.article)
    replace_known_file(files.article, None, markdown_from_article(article).encode())
