"""Assign published articles to episodes: the evidence on both sides, recognition of the first
minutes where that is not enough, and the user's decisions, which are kept.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from studio.adoption.evidence import (
    ArticleFacts,
    EpisodeFacts,
    Evidence,
    counted_words,
    find_copies,
    folded,
    weigh_pairs,
)
from studio.adoption.pairing import SURE, Pair, pair_up
from studio.article.outline import ParsedArticle
from studio.article.read import ARTICLE_FORMATS, markdown_from_article, parsed_article_from_file
from studio.download.client import Client, Refused
from studio.download.feeds import is_address
from studio.errors import NetworkError, StudioError, WorkspaceError
from studio.feed.dates import parse_date
from studio.messages.message import message
from studio.model.article import Article
from studio.model.episode import Episode
from studio.model.record import Record, bytes_from_record, record_from_bytes, record_from_toml
from studio.progress import Progress, no_progress
from studio.web.slugs import ascii_name
from studio.web.url_parts import split_address
from studio.workspace.digest import digest_from_bytes
from studio.workspace.disk import clear_leftovers, make_folder, write_file
from studio.workspace.layout import Workspace
from studio.workspace.settings import toml_with_article
from studio.workspace.shared_files import replace_known_file, update_shared_file
from studio.workspace.sources import EpisodeSources, ShowSources

# So much is heard of an episode, in two stretches of it: enough to tell one conversation from
# another (bench/catalogue.py adopt).
HEARD_S = 120
_STRETCHES = 2
_DATE = re.compile(
    rb"(?:article:published_time|datePublished|dc\.date|date)[\"'][^<>]{0,40}?"
    rb"(?:content=|:\s*)[\"']([0-9T:+. Z-]{10,35})[\"']",
    re.IGNORECASE,
)
# Of a blog that has one every day for ten years; each page is loaded and read.
_MOST_PAGES = 4_000
# So many pages in a row that do not come: their server has gone, and each is waited for.
_MOST_FAILURES = 5
_PLACE = re.compile(r"<loc>\s*([^<\s]+)\s*</loc>")


_SUFFIXES = tuple(suffix for form in ARTICLE_FORMATS for suffix in form.suffixes)


class Answer(Record, frozen=True):
    """What a person said of an article: ``slug`` is its episode; ``refused`` are those that it is
    not of. ``digest`` is the SHA-256 of the article's file.
    """

    digest: str
    slug: str = ""
    refused: tuple[str, ...] = ()


class Answers(Record, frozen=True):
    """``.studio/adoptions.json``."""

    answers: tuple[Answer, ...] = ()


class Candidate(NamedTuple):
    """An article that was found; ``reading`` is None where it is no interview, for a reason."""

    path: Path
    digest: str
    reading: ParsedArticle | None
    fault: str = ""
    date: datetime.datetime | None = None


class Adoption(NamedTuple):
    """What came of it.

    :param pairs: each article with its episode or none; of an article in several saved forms, the
        first one.
    :param adopted: slugs that got an article now.
    :param faults: files that are no interview, and why.
    :param heard: how many episodes were listened to.
    """

    pairs: tuple[Pair, ...]
    adopted: tuple[str, ...]
    faults: tuple[tuple[Path, str], ...]
    heard: int


def find_candidates(source: str, workspace: Workspace) -> list[Candidate]:
    """The articles of a folder, or those that a sitemap names, which are loaded.

    :raises StudioError: there is no such folder or sitemap.
    """
    path = Path(source)
    if path.is_dir():
        files = sorted(one for one in path.rglob("*") if one.suffix.lower() in _SUFFIXES)
    else:
        files = list(_loaded(source, workspace))
    if not files:
        kinds = ", ".join(_SUFFIXES)
        raise WorkspaceError(
            source,
            message("has no article ({kinds})", kinds=kinds),
            message("Name a folder with articles."),
        )
    return [_candidate(file) for file in files]


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
    """Give each episode that has no article its own, where that is sure or a person says so.

    :param taken: slug and file name of pairs that a person confirms; ``refused`` likewise of those
        that are none. Both are kept for the next time.
    :param hear: listen to two minutes of the episodes of which nothing else tells.
    :raises StudioError: a slug or a file that is named is not there.
    :raises ChangedSinceError: somebody has put an article meanwhile where one would be written.
    """
    show = ShowSources(workspace)
    candidates = find_candidates(source, workspace)
    answers = _answered(workspace, show, candidates, taken, refused)
    articles = {one.path.as_posix(): one for one in candidates if one.reading is not None}
    free = [one for one in show.episodes if not one.files.article.is_file()]
    said = {one.digest: one for one in answers.answers}
    # Of copies to the byte one is meant.
    settled = {
        file: said[digest].slug
        for digest, file in {one.digest: file for file, one in reversed(articles.items())}.items()
        if digest in said and said[digest].slug
    }
    no_pairs = {
        (file, slug)
        for file, one in articles.items()
        if one.digest in said
        for slug in said[one.digest].refused
    }
    # What a person has answered of comes first: its other saved forms are its copies.
    known = sorted(articles, key=lambda file: file not in settled)
    read = {file: _article_facts(articles[file]) for file in known}
    copies = find_copies(tuple(read.values()))
    no_pairs |= {(copies[file], slug) for file, slug in no_pairs if file in copies}
    facts = [one for file, one in read.items() if file not in settled and file not in copies]
    open_episodes = [one for one in free if one.slug not in settled.values()]
    episodes = {one.slug: _episode_facts(one) for one in open_episodes}
    pairs = pair_up(weigh_pairs(facts, list(episodes.values())), no_pairs)
    heard = 0
    if hear and not all(pair.is_sure for pair in pairs) and episodes:
        sure = {pair.slug for pair in pairs if pair.is_sure}
        unsure = [one for one in open_episodes if one.slug not in sure]
        for done, one in enumerate(unsure):
            progress(done, len(unsure))
            with suppress(StudioError):  # what cannot be heard is told by `studio run`
                episodes[one.slug] = _with_said(episodes[one.slug], _hear(one))
                heard += 1
        pairs = pair_up(weigh_pairs(facts, list(episodes.values())), no_pairs)
    pairs += [
        Pair(file=file, slug=slug, confidence=1.0, reasons=(message("your answer"),))
        for file, slug in settled.items()
    ]
    pairs += [
        Pair(
            file=file,
            slug="",
            confidence=0.0,
            reasons=(message("the same article as {file}", file=Path(first).name),),
        )
        for file, first in copies.items()
        if file not in settled
    ]
    if not dry_run:
        write_file(_answers_file(workspace), bytes_from_record(answers))
    adopted = []
    free_slugs = {one.slug for one in free}
    for pair in pairs:
        if pair.is_sure and pair.slug in free_slugs and not dry_run:
            reading = articles[pair.file].reading
            if reading is not None:
                _adopt(show.episode(pair.slug), reading)
                adopted.append(pair.slug)
    faults = tuple((one.path, one.fault) for one in candidates if one.reading is None)
    return Adoption(tuple(pairs), tuple(adopted), faults, heard)


def _loaded(source: str, workspace: Workspace) -> Iterator[Path]:
    """The pages that a sitemap names, each loaded once.

    :raises StudioError: it names far too many, or their server has gone.
    """
    client = Client(source if is_address(source) else "")
    if is_address(source):
        content = client.fetch(source).content
    else:
        try:
            content = Path(source).read_bytes()
        except OSError as error:
            raise WorkspaceError(
                source,
                message("cannot be read ({reason})", reason=error.strerror),
                message("Name a folder with articles, or a sitemap."),
            ) from None
    urls = tuple(dict.fromkeys(_PLACE.findall(content.decode("utf-8", "replace"))))
    if len(urls) > _MOST_PAGES:
        raise WorkspaceError(
            source,
            message("names {count:,} pages, far more than a show has articles", count=len(urls)),
            message("Save it with the addresses of the articles alone, and name that file."),
        )
    folder = workspace.state / "articles"
    make_folder(folder)
    failures = 0
    for url in urls:
        parts = split_address(url)
        if parts is None:
            continue
        name = ascii_name(parts.path.strip("/").replace("/", "-"))[-80:] or "page"
        path = folder / f"{name.removesuffix('.html')}-{digest_from_bytes(url.encode())[:8]}.html"
        if not path.is_file():
            try:
                write_file(path, client.fetch(url).content)
            except Refused:
                continue
            except NetworkError:
                failures += 1
                if failures == _MOST_FAILURES:
                    raise
                continue
            failures = 0
        yield path


def _candidate(path: Path) -> Candidate:
    try:
        content = path.read_bytes()
        reading = parsed_article_from_file(path)
    except OSError as error:
        return Candidate(
            path, "", None, message("cannot be read ({reason})", reason=error.strerror)
        )
    except StudioError as error:
        return Candidate(path, "", None, error.what)
    told = _DATE.search(content)
    date = parse_date(told[1].decode("ascii", "replace")) if told else None
    return Candidate(path, digest_from_bytes(content), reading, date=date)


def _answers_file(workspace: Workspace) -> Path:
    return workspace.state / "adoptions.json"


def _answered(
    workspace: Workspace,
    show: ShowSources,
    candidates: Sequence[Candidate],
    taken: Sequence[tuple[str, str]],
    refused: Sequence[tuple[str, str]],
) -> Answers:
    """What was answered before, and now."""
    path = _answers_file(workspace)
    known = record_from_bytes(path.read_bytes(), Answers, path) if path.is_file() else Answers()
    answers = {one.digest: one for one in known.answers}
    for slug, name in (*taken, *refused):
        show.episode(slug)  # it must exist
        named = [one for one in candidates if name in {one.path.name, str(one.path)}]
        if len(named) != 1 or named[0].reading is None:
            raise WorkspaceError(
                name,
                message("names no article that was found")
                if not named
                else message("names no single interview"),
                message("Give the file's name as the table shows it."),
            )
        digest = named[0].digest
        before = answers.get(digest, Answer(digest=digest))
        answers[digest] = (
            Answer(digest=digest, slug=slug, refused=before.refused)
            if (slug, name) in taken
            else Answer(digest=digest, refused=tuple({*before.refused, slug}))
        )
    return Answers(answers=tuple(answers[digest] for digest in sorted(answers)))


def _article_facts(candidate: Candidate) -> ArticleFacts:
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
        told="\n".join((*notes, *people)),
        published=episode.published,
        number=episode.number,
        link=episode.link or (episode.imported.link if episode.imported else ""),
    )
    with suppress(StudioError):
        text = " ".join(word.text for word in sources.transcript().words)
        return _with_said(facts, text)
    return facts


def _with_said(facts: EpisodeFacts, text: str) -> EpisodeFacts:
    from studio.model.record import replace_fields

    return replace_fields(facts, said=counted_words(text), said_text=folded(text))


def _hear(sources: EpisodeSources) -> str:
    """What is said in two stretches of an episode, kept for the next time."""
    import numpy as np

    from studio.sound.recording import WHISPER_RATE_HZ
    from studio.speech.model_files import fetch_model
    from studio.speech.transcription import transcribe_recording

    kept = sources.files.build / "sample.txt"
    if kept.is_file():
        return kept.read_text(encoding="utf-8")
    samples = sources.samples()
    length = HEARD_S * WHISPER_RATE_HZ // _STRETCHES
    starts = [len(samples) * place // (_STRETCHES + 1) for place in range(1, _STRETCHES + 1)]
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
    """Write whom the article names, where the settings name nobody, then the article: it comes
    last, because an episode that has one is not looked at again.

    :raises ChangedSinceError: somebody has put an article there meanwhile; it stays.
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


__all__ = ["SURE", "Adoption", "Evidence", "adopt_articles", "find_candidates"]
