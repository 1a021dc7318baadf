"""Make the draft of an episode's post on a WordPress site."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from studio.api.announce import write_texts
from studio.editor.replay import episode_with_edits
from studio.errors import WorkspaceError
from studio.file_access import read_file
from studio.messages.message import message
from studio.model.record import bytes_from_record, record_from_bytes
from studio.model.show import WordPressSite
from studio.model.turns import turns_from_transcript
from studio.pipeline.outdated import changes_since_built
from studio.pipeline.steps.packaging import describe_origin
from studio.publish.credentials import SERVICE, find_credential
from studio.site.paragraph_times import paragraph_times_from_alignment
from studio.web.addresses import address, page_place
from studio.wordpress.client import WordPress, checked_site
from studio.wordpress.content import PostSource, PostText, post_from_source
from studio.wordpress.draft import DraftNote, PostDraft, keep_draft
from studio.workspace.disk import write_file
from studio.workspace.layout import Workspace
from studio.workspace.run_lock import hold_file
from studio.workspace.sources import EpisodeSources

# The environment variable with the application password, for scheduled jobs.
VARIABLE = "STUDIO_WORDPRESS_PASSWORD"


class WrittenPost(NamedTuple):
    """An episode's post.

    :param site: the site of its draft.
    :param file: the same text as a local file.
    :param draft: the draft there; None if nothing was sent.
    :param outdated: changes since the episode's pages, to which the post links, were built.
    """

    site: WordPressSite
    text: PostText
    file: Path
    draft: PostDraft | None
    outdated: tuple[str, ...] = ()


def write_post(workspace: Workspace, slug: str, *, dry_run: bool = False) -> WrittenPost:
    """Make or update the draft of an episode's post on the site in ``[wordpress]``. It is never
    published, and never overwritten if a user has changed it there.

    Edits that only the editor's journal has are brought to the files first.

    :param dry_run: only write the local file, without contacting the site.
    :raises WorkspaceError: the episode has not been built, ``[wordpress]`` is missing or has no
        address to which a password may be sent, or there is no password.
    :raises ConflictError: the draft was changed, or published, there.
    :raises BusyError: another command is writing this draft.
    :raises NetworkError: the site cannot be reached, or refuses.
    :raises DiskError: the text or the state of the draft cannot be written.
    """
    sources = episode_with_edits(workspace, slug)
    site = _site_of_show(sources)
    text = post_of_episode(sources)
    outdated = changes_since_built(sources)
    file = sources.files.announcement / "wordpress.html"
    write_texts(sources.files, {file.name: text.content.encode()})
    if dry_run:
        return WrittenPost(site, text, file, None, outdated)
    client = WordPress(site.url, site.user, _password(site))
    client.connect()
    note = sources.files.draft_note
    # Two concurrent commands would create two drafts.
    with hold_file(workspace.state, workspace.relative(note)):
        known = record_from_bytes(read_file(note), DraftNote, note) if note.is_file() else None
        draft = keep_draft(
            client, text, slug, known, lambda found: write_file(note, bytes_from_record(found))
        )
    return WrittenPost(site, text, file, draft, outdated)


def post_of_episode(sources: EpisodeSources) -> PostText:
    """The post of an episode that has been built.

    :raises WorkspaceError: it has not been built.
    """
    if not sources.is_built:
        raise WorkspaceError(
            sources.slug,
            message("has not been built yet"),
            message("Run `studio run {slug}`.", slug=sources.slug),
        )
    show, programme = sources.show, sources.programme()
    is_spoken = not sources.is_untranscribed
    return post_from_source(
        PostSource(
            title=sources.episode.title,
            page=address(show.base_url, page_place(sources.slug)),
            audio=address(show.base_url, sources.places.media),
            article=sources.article,
            chapters=sources.chapters(),
            turns=turns_from_transcript(sources.transcript(), programme) if is_spoken else (),
            moments=paragraph_times_from_alignment(sources.alignment(), programme)
            if is_spoken
            else (),
            transcript_note=describe_origin(sources),
            notice=sources.episode.notice,
            language=show.language,
        )
    )


def _site_of_show(sources: EpisodeSources) -> WordPressSite:
    site = sources.show.wordpress
    if site is None or not site.user.strip():
        raise WorkspaceError(
            sources.workspace.settings,
            message("names no WordPress site and user"),
            message('Write [wordpress] with url = "https://…" and user = "…" there.'),
        )
    checked_site(site.url)
    return site


def _password(site: WordPressSite) -> str:
    found = find_credential(site.url, VARIABLE)
    if found is None:
        raise WorkspaceError(
            site.url,
            message("no application password is stored on this machine"),
            message(
                "Make one there (Users → Profile → Application Passwords), then `keyring set "
                "{service} {url}`, or set {variable} for scheduled jobs.",
                service=SERVICE,
                url=site.url,
                variable=VARIABLE,
            ),
        )
    return found
