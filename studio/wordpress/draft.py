"""The draft of an episode's post: created once, then updated with the episode unless it was edited
on the site.

The text written last is recorded as WordPress returned it. It is also recorded before it is sent:
if the response is lost, the next run recognises its own text and continues.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, Literal, NamedTuple

from studio.errors import ConflictError, NetworkError
from studio.messages.message import message
from studio.model.record import Record, json_from_plain, replace_fields
from studio.wordpress.client import WordPress, WordPressError
from studio.wordpress.content import PostText

_FIELDS = "id,status,link,title,content,excerpt,modified_gmt"
_POSTS = "wp/v2/posts"


class DraftNote(Record, frozen=True):
    """The stored state of an episode's draft.

    :param site: the site's address; the state of another site is ignored.
    :param post: its WordPress id; None before the first response.
    :param stands: the digest of the draft after the last write.
    :param sent: the digest of the text sent then.
    :param sending: the digest of the text of an interrupted request.
    """

    site: str
    post: int | None = None
    stands: str = ""
    sent: str = ""
    sending: str = ""


class PostDraft(NamedTuple):
    """An up-to-date draft.

    :param done: what was done; *kept*: nothing had changed.
    :param edit: the URL for editing it.
    :param altered: whether WordPress changed the text when saving.
    """

    done: Literal["made", "updated", "kept"]
    edit: str
    altered: bool


def keep_draft(
    site: WordPress,
    text: PostText,
    slug: str,
    note: DraftNote | None,
    record: Callable[[DraftNote], None],
) -> PostDraft:
    """Create or update the draft.

    :param site: a connected site. :param slug: the episode's, to find a draft again if the answer
        was lost.
    :param note: its stored state. :param record: stores the state, before and after the site is
        changed.
    :raises ConflictError: it was published or edited on the site; then nothing is changed.
    :raises NetworkError: the site refuses, or the connection breaks: the next run continues.
    """
    known = note if note is not None and note.site == site.url else DraftNote(site=site.url)
    post = _known_post(site, known) if known.post is not None else None
    if post is None:
        post = _post_of_slug(site, slug, {known.sending, _digest_of_text(text)})
    if post is None:
        return _make(site, text, slug, record)
    return _update(site, post, text, known, record)


def _known_post(site: WordPress, known: DraftNote) -> dict[str, Any] | None:
    """The post on the site; None if it was deleted or is in the trash."""
    try:
        post = _checked(site, site.get(f"{_POSTS}/{known.post}", context="edit", _fields=_FIELDS))
    except WordPressError as refused:
        if refused.status in {404, 410}:
            return None
        if refused.status == 403:
            raise ConflictError(
                site.url,
                message("no longer lets this user edit post {number}", number=known.post),
                message(
                    "It was published, scheduled or moved to the trash there. For a new draft, "
                    "delete wordpress.json beside the other texts."
                ),
            ) from None
        raise
    if post["status"] == "trash":
        return None
    _refuse_published(site, post)
    # Either the text written last, or that of an interrupted request.
    if _digest_of_post(post) not in {known.stands, known.sending}:
        raise ConflictError(
            _edit_address(site, post),
            message("was changed there since Studio wrote it, and stays as it is"),
            message(
                "Copy the parts you need from wordpress.html beside the other texts; or move "
                "the draft to the trash there and run the same command again to make a new one."
            ),
        )
    return post


def _post_of_slug(site: WordPress, slug: str, ours: set[str]) -> dict[str, Any] | None:
    """A post of that slug that an interrupted run made without learning its id.

    :param ours: digests of the texts that such a run sent.
    """
    found = site.get(_POSTS, slug=slug, status="any", context="edit", _fields=_FIELDS)
    for one in found if isinstance(found, list) else ():
        post = _checked(site, one)
        if post["status"] == "draft" and _digest_of_post(post) in ours:
            return post
        raise ConflictError(
            _edit_address(site, post),
            message("has the name {slug}, and this workspace did not write it", slug=slug),
            message(
                "If it is an old draft, move it to the trash there; else give it another permalink."
            ),
        )
    return None


def _make(
    site: WordPress, text: PostText, slug: str, record: Callable[[DraftNote], None]
) -> PostDraft:
    sent = _digest_of_text(text)
    record(DraftNote(site=site.url, sending=sent))
    fields = {**_fields(text), "slug": slug, "status": "draft"}
    post = _checked(site, site.post(_POSTS, fields, context="edit", _fields=_FIELDS))
    return _recorded(site, post, sent, "made", record)


def _update(
    site: WordPress,
    post: dict[str, Any],
    text: PostText,
    known: DraftNote,
    record: Callable[[DraftNote], None],
) -> PostDraft:
    number, stands, sent = int(post["id"]), _digest_of_post(post), _digest_of_text(text)
    if stands == sent or (stands, sent) == (known.stands, known.sent):
        return _recorded(site, post, sent, "kept", record)
    _refuse_unsaved(site, post)
    record(replace_fields(known, post=number, stands=stands, sending=sent))
    # The status is not sent, so that a just published post stays published.
    answer = site.post(f"{_POSTS}/{number}", _fields(text), context="edit", _fields=_FIELDS)
    return _recorded(site, _checked(site, answer), sent, "updated", record)


def _recorded(
    site: WordPress,
    post: dict[str, Any],
    sent: str,
    done: Literal["made", "updated", "kept"],
    record: Callable[[DraftNote], None],
) -> PostDraft:
    stands = _digest_of_post(post)
    record(DraftNote(site=site.url, post=int(post["id"]), stands=stands, sent=sent))
    return PostDraft(done=done, edit=_edit_address(site, post), altered=stands != sent)


def _refuse_published(site: WordPress, post: dict[str, Any]) -> None:
    if post["status"] == "draft":
        return
    raise ConflictError(
        _edit_address(site, post),
        message("is no longer a draft ({status}) and was not changed", status=post["status"]),
        message("Edit it there; the new text is in wordpress.html beside the other texts."),
    )


def _refuse_unsaved(site: WordPress, post: dict[str, Any]) -> None:
    """Refuse to overwrite unsaved edits, which WordPress stores as an autosave.

    :raises ConflictError: there is an autosave newer than the post, with another text.
    """
    found = site.get(
        f"{_POSTS}/{post['id']}/autosaves", context="edit", _fields="title,content,modified_gmt"
    )
    for one in found if isinstance(found, list) else ():
        if not isinstance(one, dict):
            continue
        newer = str(one.get("modified_gmt", "")) > str(post.get("modified_gmt", ""))
        if newer and _raw(one, "content") != _raw(post, "content"):
            raise ConflictError(
                _edit_address(site, post),
                message("is open there with unsaved changes and was not changed"),
                message("Save or discard them there, then run the same command again."),
            )


def _checked(site: WordPress, post: Any) -> dict[str, Any]:
    """Validate a response as a post in edit context.

    :raises NetworkError: it is not.
    """
    if (
        isinstance(post, dict)
        and isinstance(post.get("id"), int)
        and isinstance(post.get("status"), str)
        and all(isinstance(post.get(name), dict) for name in ("title", "content"))
    ):
        return post
    raise NetworkError(
        site.url,
        message("sends a response that is not a post"),
        message("A plugin may change what its API answers: ask the site's administrator."),
    )


def _fields(text: PostText) -> dict[str, str]:
    return {"title": text.title, "content": text.content, "excerpt": text.excerpt}


def _raw(post: dict[str, Any], name: str) -> str:
    part = post.get(name)
    return str(part.get("raw", "")) if isinstance(part, dict) else ""


def _digest_of_post(post: dict[str, Any]) -> str:
    return _digest(*(_raw(post, name) for name in ("title", "content", "excerpt")))


def _digest_of_text(text: PostText) -> str:
    return _digest(text.title, text.content, text.excerpt)


def _digest(*texts: str) -> str:
    """The digest of the texts without surrounding whitespace, which WordPress may trim."""
    return hashlib.sha256(json_from_plain([text.strip() for text in texts])).hexdigest()


def _edit_address(site: WordPress, post: dict[str, Any]) -> str:
    return f"{site.url}wp-admin/post.php?post={post['id']}&action=edit"
