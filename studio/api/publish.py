"""Publish the built site."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import NamedTuple

from studio.api.check import destination_of_show, public_feed
from studio.check.cached_findings import CachedFindings
from studio.check.publication import publication_from_sources
from studio.check.rules import Finding
from studio.check.runner import check_publication
from studio.editor.replay import write_all_edits_to_files
from studio.errors import CheckFailedError, ConflictError, WorkspaceError
from studio.messages.message import Message, joined_messages, message, plural_message
from studio.model.show import Show
from studio.pipeline import stages
from studio.pipeline.runner import Choice, plan_run
from studio.pipeline.scheduling import public_sources, published_spans, scheduled_episodes
from studio.progress import Progress, no_progress
from studio.publish.destination import Destination
from studio.publish.destination_lock import lock_destination
from studio.publish.manifest import find_earlier, read_manifest
from studio.publish.site_files import entries_from_tree, tree_from_folder
from studio.publish.transfer import (
    Plan,
    fetch_files,
    finish_publication,
    plan_publication,
    publish_tree,
)
from studio.publish.websub import notify_hub
from studio.publish.withdrawal import PublicationRequest, restored_passages
from studio.temporary_folder import temporary_folder
from studio.web.addresses import feed_address
from studio.workspace.build_state import read_build_state
from studio.workspace.episode_cache import settings_cache
from studio.workspace.freshness_cache import SHOW, FreshnessCache
from studio.workspace.layout import Workspace
from studio.workspace.published_notes import new_notes, write_notes
from studio.workspace.run_lock import lock_workspace
from studio.workspace.sources import EpisodeSources, ShowSources


class Waiting(NamedTuple):
    """Event: an episode will be published later, at its date."""

    episode: EpisodeSources


class Restoring(NamedTuple):
    """Event: the publication of this time (UTC) is restored."""

    published: datetime.datetime


class Sending(NamedTuple):
    """Event: files of an episode will be sent."""

    episode: EpisodeSources


PublishEvent = Waiting | Restoring | Sending | Finding
"""What is told while everything is made ready; a finding is a broken rule that is an error."""


@dataclasses.dataclass(frozen=True)
class Choices:
    """Options of a publication.

    :param dry_run: only report what would be sent and removed.
    :param prune: remove files at once that only the previous publication had.
    :param rollback: restore the publication before the last one.
    :param forget: slug of an episode to withdraw from all stored publications.
    :param accept_changes: publish even if the guid, address, date or audio of a published episode
        changed; with ``rollback``, even if removed passages are published again.
    :param take_over: publish even if another publication has locked the destination.
    :param notify: notify the WebSub hubs in show.toml.
    """

    dry_run: bool = False
    prune: bool = False
    rollback: bool = False
    forget: str = ""
    accept_changes: bool = False
    take_over: bool = False
    notify: bool = False


class Published(NamedTuple):
    """The result. :param plan: the files that were sent, removed and kept.
    :param feed: the feed's address.
    :param remarks: further remarks, a sentence each.
    :param notified: the hubs that were notified.
    """

    plan: Plan
    feed: str
    remarks: tuple[str, ...] = ()
    notified: tuple[str, ...] = ()


class _Ready(NamedTuple):
    """The version to be published.

    :param show: the show as it will be public; None if an earlier publication is restored.
    :param cache: the stamps of what is up to date; None if an earlier publication is restored.
    """

    request: PublicationRequest
    tree: dict[str, Path]
    show: ShowSources | None = None
    cache: FreshnessCache | None = None


def _refuse_hosted(workspace: Workspace, show: Show) -> None:
    """Refuse to publish a feed that stays at another host.

    :raises WorkspaceError: it stays there.
    """
    if show.hosted:
        raise WorkspaceError(
            workspace.settings,
            message("says that the feed stays at {address}", address=show.hosted),
            message(
                "Upload there what `studio upload SLUG` lists. When the show moves, take hosted "
                "out of show.toml."
            ),
        )


def publish(
    workspace: Workspace,
    choices: Choices = Choices(),
    *,
    listen: Callable[[PublishEvent], None] = lambda _: None,
    progress: Callable[[str], AbstractContextManager[Progress]] = lambda _: nullcontext(
        no_progress
    ),
    command: str = "studio publish",
) -> Published:
    """Check the built files, then send audio and texts, then pages, and the feed last and
    atomically.

    Edits that only the editor's journal has are brought to the files first. If it is interrupted,
    the public feed only refers to existing files; the next call resumes it.

    :param progress: shows how far it is, given a few words on what is done.
    :param command: how another command describes this one.
    :raises CheckFailedError: there are errors; nothing was published.
    :raises WorkspaceError: something changed since the build, or there is no destination.
    :raises PublishError: the destination does not answer or refuses.
    :raises BusyError: another command has locked the workspace, or another publication the
        destination.
    """
    show = workspace.load_show()
    _refuse_hosted(workspace, show)
    journal, feed = workspace.state / "publishing", feed_address(show.base_url)
    if choices.forget:
        workspace.episode(choices.forget)
    if not choices.rollback:
        write_all_edits_to_files(workspace)
    with lock_workspace(workspace.state, command), temporary_folder() as folder:
        destination = destination_of_show(workspace)
        try:
            ready = (
                _earlier(destination, journal, folder, choices, listen)
                if choices.rollback
                else _built(
                    workspace, destination, journal, choices, listen=listen, progress=progress
                )
            )
            if choices.dry_run:
                return Published(plan_publication(destination, ready.request, journal), feed)
            with (
                lock_destination(
                    destination, str(workspace.root), take_over=choices.take_over
                ) as lock,
                progress(destination.name) as shown,
            ):
                done = publish_tree(
                    lock, destination, ready.tree, ready.request, journal=journal, progress=shown
                )
                if ready.show is not None and ready.cache is not None:
                    _note_published(ready.show, ready.cache)
                finish_publication(destination, done.manifest)
        finally:
            destination.close()
    hubs = show.hubs if choices.notify else ()
    for hub in hubs:
        notify_hub(hub, feed)
    remarks = (*_describe_former_settings(workspace), *done.remarks)
    return Published(done.plan, feed, remarks, tuple(hubs))


def _describe_former_settings(workspace: Workspace) -> Iterator[str]:
    """A remark if settings still have former names."""
    if former := workspace.former_settings():
        yield message(
            "feed/show.toml has former names of settings, which are still read; rename them: "
            "{names}",
            names=", ".join(f"[{table}] {old} → {new}" for table, old, new in former),
        )


def _note_published(show: ShowSources, cache: FreshnessCache) -> None:
    """Record what is public now. For up-to-date episodes, the record of their show settings is
    updated as well, so that the next run need not process thousands again.

    :param cache: the stamps from before the publication: files that changed meanwhile are not up to
        date.
    """
    notes = new_notes(show)
    if not notes:
        return
    known = {slug: cache.stages_again(slug) for slug in notes} | {SHOW: cache.stages_of(SHOW)}
    write_notes(show.workspace, notes)
    for slug, its_stages in known.items():
        if its_stages is not None:
            cache.learn(slug, its_stages, joined=cache.is_joined(slug))
    cache.remember()


def _earlier(
    destination: Destination,
    journal: Path,
    folder: Path,
    choices: Choices,
    listen: Callable[[PublishEvent], None],
) -> _Ready:
    """The publication to restore, with those of its files that are no longer public."""
    earlier = find_earlier(destination)
    revealed = restored_passages(earlier, read_manifest(destination))
    if revealed and not choices.accept_changes:
        what = message(
            "would publish passages again that were removed since, from {revealed}",
            revealed=", ".join(revealed),
        )
        remedy = message(
            "If that is intended, `studio publish --rollback --accept-changes`; to remove it "
            "for good, `--forget` and the slug."
        )
        raise ConflictError(
            message(
                "the publication of {published:%Y-%m-%d %H:%M} UTC", published=earlier.published
            ),
            what,
            remedy,
        )
    listen(Restoring(earlier.published))
    tree = {} if choices.dry_run else fetch_files(destination, earlier, journal, folder)
    request = PublicationRequest(
        entries=earlier.named,
        heard=earlier.heard,
        prune=choices.prune,
        restores=earlier.generation,
    )
    return _Ready(request, tree)


def _remedy_of_waiting(*, is_public: bool) -> Message:
    """The remedy if no episode is due yet: nothing is withdrawn without being requested."""
    if is_public:
        return message(
            "What is public stays until the first one's date has come; to withdraw an episode "
            "now, `studio publish --forget` and its slug."
        )
    return message(
        "Publish again when the first one's date has come; or set an earlier one "
        "(published) in its episode.toml, then `studio run`."
    )


def _refuse_stale(workspace: Workspace, cache: FreshnessCache) -> dict[str, str]:
    """Require that everything is up to date. Return the SHA-256 of the site's files, by place, as
    they were just found; empty if one of them could not be read.

    :raises WorkspaceError: something changed since.
    """
    plans = tuple(plan_run(workspace, stages.STAGES, Choice(), cache))
    if stale := [plan for plan in plans if plan.runs]:
        first = stale[0]
        raise WorkspaceError(
            workspace.root,
            message(
                "has changed since it was built ({episode}, {stage}: {reasons})",
                episode=first.episode,
                stage=first.stage,
                reasons=joined_messages("; ", first.reasons),
            ),
            message("Run `studio run`, then publish."),
        )
    show = ShowSources(workspace)
    site = [plan for plan in plans if (plan.episode, plan.stage) == (show.name, "site")]
    built, _ = read_build_state(show.build_state)
    # A run that was killed after its last file counts as done, but is not on record yet.
    if not site or any(plan.state != "fresh" for plan in site) or "site" in built.intents:
        return {}
    folder = f"{workspace.relative(workspace.site)}/"
    outputs = built.stages["site"].outputs
    return {
        name.removeprefix(folder): sha256
        for name, sha256 in outputs.items()
        if sha256 is not None and name.startswith(folder)
    }


def _built(
    workspace: Workspace,
    destination: Destination,
    journal: Path,
    choices: Choices,
    *,
    listen: Callable[[PublishEvent], None],
    progress: Callable[[str], AbstractContextManager[Progress]],
) -> _Ready:
    """The files that may be public now, after all checks have passed."""
    cache = FreshnessCache(workspace, stages.STAGES.signature)
    known = _refuse_stale(workspace, cache)
    now = datetime.datetime.now(datetime.UTC)
    built = ShowSources(workspace)
    built.untouched = frozenset(filter(cache.is_untouched, workspace.slugs()))
    settings = built.settings_cache = settings_cache(workspace, cache.files)
    sources = public_sources(built, now)
    waiting = scheduled_episodes(built, now)
    for episode in waiting:
        listen(Waiting(episode))
    if waiting and not sources.published and not choices.forget:
        raise WorkspaceError(
            workspace.root,
            message("has no episode that is due yet"),
            _remedy_of_waiting(is_public=public_feed(destination) is not None),
        )
    tree = tree_from_folder(sources.workspace.site)
    request = PublicationRequest(
        # Where something waits for its date, the site was just built once more.
        entries=entries_from_tree(tree, known if sources is built else {}),
        heard=published_spans(sources),
        prune=choices.prune,
        forget=choices.forget,
    )
    sent = {change.place for change in plan_publication(destination, request, journal).sends}
    folders = {place.partition("/")[0] for place in sent}
    publication = publication_from_sources(sources, may_be_empty=bool(choices.forget))
    with progress("check") as shown:
        findings = check_publication(
            publication,
            shown,
            published=public_feed(destination),
            proved={
                episode.slug
                for episode in publication.episodes
                if episode.place(episode.media) not in sent
            },
            withdrawn=choices.forget,
            cached=CachedFindings(workspace, publication, cache.files),
            recheck=folders,
        )
    settings.remember()
    for episode in sources.published:
        if episode.slug in folders:
            listen(Sending(episode))
    _refuse_errors(workspace, findings, choices, listen)
    return _Ready(request, tree, sources, cache)


def _refuse_errors(
    workspace: Workspace,
    findings: tuple[Finding, ...],
    choices: Choices,
    listen: Callable[[PublishEvent], None],
) -> None:
    errors = 0
    for finding in findings:
        if finding.severity == "E":
            listen(finding)
            errors += not (choices.accept_changes and finding.is_change)
    if errors:
        count = plural_message("{count} error", "{count} errors", errors)
        raise CheckFailedError(
            workspace.site,
            message("{errors} found; nothing was published", errors=count),
            message("Correct them, then publish again."),
        )
