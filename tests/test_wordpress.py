"""Drafts on a WordPress site: what is in them, what is never written over, where passwords go.

The site is a fake with a real HTTP server, which answers as WordPress 6.1.9 did.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from support.fake_wordpress import PASSWORD, USER, FakeWordPress, wordpress_site
from support.small_show import BASE_URL, SLUG, add_episode, build_show, make_show

from studio.api.wordpress import VARIABLE, WrittenPost, write_post
from studio.cli import main
from studio.errors import BusyError, ConflictError, NetworkError, StudioError, WorkspaceError
from studio.wordpress.client import WordPress, checked_site
from studio.workspace.layout import Workspace
from studio.workspace.run_lock import hold_file

NOTICE = "Voix [de synthèse] & <b>montage</b>"


@pytest.fixture(scope="module")
def show(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = make_show(tmp_path_factory.mktemp("show"))
    add_episode(workspace, extra=f'notice = "{NOTICE}"')
    build_show(workspace)
    return workspace


@pytest.fixture
def site(show: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeWordPress]:
    monkeypatch.setenv(VARIABLE, PASSWORD)
    show.episode(SLUG).draft_note.unlink(missing_ok=True)
    settings = show.settings.read_text(encoding="utf-8")
    with wordpress_site() as (site, address):
        name_site(show, address)
        yield site
    show.settings.write_text(settings, encoding="utf-8")


def name_site(show: Workspace, address: str, user: str = USER) -> None:
    kept = show.settings.read_text(encoding="utf-8").partition("[wordpress]")[0]
    show.settings.write_text(
        f'{kept}[wordpress]\nurl = "{address}"\nuser = "{user}"\n', encoding="utf-8"
    )


def change_notice(show: Workspace, notice: str) -> None:
    settings = show.episode(SLUG).settings
    text = settings.read_text(encoding="utf-8")
    settings.write_text(re.sub(r"notice = .*", f'notice = "{notice}"', text), encoding="utf-8")


def written(show: Workspace) -> WrittenPost:
    return write_post(show, SLUG)


def done(show: Workspace) -> str:
    draft = written(show).draft
    assert draft is not None
    return draft.done


def post_of(site: FakeWordPress) -> dict[str, str]:
    (post,) = site.posts.values()
    return post


def test_a_draft_has_player_chapters_article_and_transcript(
    show: Workspace, site: FakeWordPress
) -> None:
    assert done(show) == "made"
    post = post_of(site)
    assert post["status"] == "draft"
    assert post["slug"] == SLUG
    assert post["title"].endswith("petits\u00a0» &amp; l’après\u202f; n°2")
    content = post["content"]
    page = f"{BASE_URL}{SLUG}/"
    assert re.search(rf'<audio controls src="{page}{SLUG}-\w+\.mp3">', content)
    assert f'<a href="{page}#t=10">0:10</a> Comment a commencé' in content  # a chapter
    assert f'Nous étions loin des Gafam. <a href="{page}#t=12">▸\u00a00:12</a></p>' in content
    assert "Alors, euh, au départ" in content  # word for word
    assert "&#091;de synthèse&#093; &amp; &lt;b&gt;montage&lt;/b&gt;" in content


def test_every_block_that_begins_ends_in_order(show: Workspace, site: FakeWordPress) -> None:
    content = written(show).text.content
    opened: list[str] = []
    for end, name in re.findall(r"<!-- (/?)wp:([a-z-]+)[^>]*-->", content):
        if end:
            assert opened.pop() == name
        else:
            opened.append(name)
    assert opened == []


def test_nothing_is_sent_twice_and_a_change_here_is_taken_there(
    show: Workspace, site: FakeWordPress
) -> None:
    assert done(show) == "made"
    assert done(show) == "kept"
    change_notice(show, "Autre")
    try:
        assert done(show) == "updated"
        assert "Autre" in post_of(site)["content"]
        assert done(show) == "kept"
    finally:
        change_notice(show, NOTICE)
    assert sum(method == "POST" for method, _, _ in site.asked) == 2


def test_what_was_changed_there_stays(show: Workspace, site: FakeWordPress) -> None:
    done(show)
    (number,) = site.posts
    site.change(number, title="Un meilleur titre")
    with pytest.raises(ConflictError, match="was changed there"):
        written(show)
    assert post_of(site)["title"] == "Un meilleur titre"
    assert site.asked[-1][0] == "GET"


@pytest.mark.parametrize("status", ["publish", "future", "pending", "private"])
def test_what_is_no_draft_any_more_stays(show: Workspace, site: FakeWordPress, status: str) -> None:
    done(show)
    (number,) = site.posts
    site.change(number, status=status)
    with pytest.raises(ConflictError, match="is no longer a draft"):
        written(show)
    assert sum(method == "POST" for method, _, _ in site.asked) == 1


def test_unsaved_changes_there_are_waited_for(show: Workspace, site: FakeWordPress) -> None:
    done(show)
    (number,) = site.posts
    unsaved = {"content": {"raw": "en cours"}, "modified_gmt": "2026-12-01"}
    site.autosaves[number] = [7, {}, unsaved]  # plugins answer anything
    change_notice(show, "Autre")
    try:
        with pytest.raises(ConflictError, match="unsaved changes"):
            written(show)
        site.autosaves.clear()  # somebody discarded them there, as the remedy says
        assert done(show) == "updated"
    finally:
        change_notice(show, NOTICE)


def test_two_commands_make_one_draft_after_the_other(
    show: Workspace, site: FakeWordPress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studio.workspace.run_lock._WAIT_S", 0.05)
    note = show.relative(show.episode(SLUG).draft_note)
    with hold_file(show.state, note), pytest.raises(BusyError):
        written(show)
    assert site.posts == {}


def test_a_draft_that_is_gone_is_made_anew(show: Workspace, site: FakeWordPress) -> None:
    done(show)
    (number,) = site.posts
    site.change(number, status="trash")
    assert done(show) == "made"
    site.posts.clear()
    assert done(show) == "made"


@pytest.mark.parametrize("known", [False, True])
def test_a_lost_answer_makes_no_second_draft(
    show: Workspace, site: FakeWordPress, known: bool
) -> None:
    if known:
        done(show)
        change_notice(show, "Autre")
    site.loses_next_answer = True
    try:
        with pytest.raises(NetworkError, match="cannot be loaded"):
            written(show)
        assert len(site.posts) == 1
        assert done(show) == "kept"
        assert len(site.posts) == 1
    finally:
        change_notice(show, NOTICE)


def test_an_update_that_never_arrived_is_sent_again(show: Workspace, site: FakeWordPress) -> None:
    done(show)
    (number,) = site.posts
    change_notice(show, "Autre")
    site.answers["POST", f"/wp-json/wp/v2/posts/{number}"] = (503, b"", {})
    try:
        with pytest.raises(NetworkError, match="answers 503"):
            written(show)
        site.answers.clear()
        assert done(show) == "updated"
        assert "Autre" in post_of(site)["content"]
    finally:
        change_notice(show, NOTICE)


def test_another_post_of_that_name_is_not_taken_for_ours(
    show: Workspace, site: FakeWordPress
) -> None:
    done(show)
    (number,) = site.posts
    site.change(number, content="Tout autre chose")
    show.episode(SLUG).draft_note.unlink()
    with pytest.raises(ConflictError, match="did not write it"):
        written(show)
    assert post_of(site)["content"] == "Tout autre chose"


def test_what_the_site_takes_away_is_told(show: Workspace, site: FakeWordPress) -> None:
    site.strips_iframes = True
    draft = written(show).draft
    assert draft is not None
    assert draft.altered
    assert done(show) == "kept"


def test_a_site_with_plain_permalinks_is_asked_by_its_query(
    show: Workspace, site: FakeWordPress
) -> None:
    site.pretty = False
    assert done(show) == "made"
    assert any("rest_route=/wp/v2/posts&" in path for _, path, _ in site.asked)


@pytest.mark.parametrize(
    ("method", "path", "answer", "told"),
    [
        (
            "GET",
            "/",
            (301, b"", {"Location": "https://evil.test/"}),
            "redirects to https://evil.test/",
        ),
        (
            "GET",
            "/",
            (200, b"", {"Link": '<https://evil.test/wp-json/>; rel="https://api.w.org/"'}),
            "has its API elsewhere",
        ),
        ("GET", "/wp-json/", (404, b"<html>", {}), "has no WordPress REST API"),
        ("GET", "/wp-json/", (200, b"<html>", {}), "has no WordPress REST API"),
        ("GET", "/wp-json/", (200, b"[1]", {}), "has no WordPress REST API"),
        ("GET", "/wp-json/", (503, b"", {}), "answers 503"),
        (
            "GET",
            "/wp-json/wp/v2/users/me",
            (401, b'{"code": "incorrect_password", "message": "x"}', {}),
            "does not take this password",
        ),
        (
            "GET",
            "/wp-json/wp/v2/users/me",
            (403, b'{"message": "<b>Non</b>\\n\\u001b[31m"}', {}),
            r"forbids it \(Non  \[31m\)",
        ),
        (
            "GET",
            "/wp-json/wp/v2/users/me",
            (302, b"", {"Location": "/login"}),
            "redirects to http://127.0.0.1",
        ),
        ("GET", "/wp-json/wp/v2/users/me", (200, b"{", {}), "not from WordPress"),
        ("POST", "/wp-json/wp/v2/posts", (201, b"[]", {}), "is not a post"),
    ],
)
def test_what_a_site_answers_is_told(
    show: Workspace,
    site: FakeWordPress,
    *,
    method: str,
    path: str,
    answer: tuple[int, bytes, dict[str, str]],
    told: str,
) -> None:
    site.answers[method, path] = answer
    with pytest.raises(NetworkError, match=told):
        written(show)
    assert not site.posts


def test_the_password_goes_to_the_api_alone(show: Workspace, site: FakeWordPress) -> None:
    done(show)
    for _, path, has_login in site.asked:
        assert has_login == path.startswith("/wp-json/wp/v2/")


def test_who_may_write_nothing_is_told(show: Workspace, site: FakeWordPress) -> None:
    site.role_may = {"edit_posts": False}
    with pytest.raises(NetworkError, match="does not let ada write posts"):
        written(show)


@pytest.mark.parametrize(
    "address",
    [
        "http://medinsoft.test/",
        "http://192.168.1.2/",
        "ftp://medinsoft.test/",
        "medinsoft.test",
        "https://ada:secret@medinsoft.test/",
        "https://medinsoft.test/?a",
        "https://[::",
    ],
)
def test_no_password_goes_to_an_address_that_is_not_safe(address: str) -> None:
    with pytest.raises(WorkspaceError) as refused:
        WordPress(address, USER, "secret")
    assert "secret" not in str(refused.value.what)


def test_an_address_may_lack_its_slash() -> None:
    assert checked_site("https://medinsoft.test/blog") == "https://medinsoft.test/blog/"
    assert checked_site("http://localhost:8080") == "http://localhost:8080/"


def test_without_settings_or_password_nothing_is_asked(
    show: Workspace, site: FakeWordPress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE)
    monkeypatch.setattr("keyring.get_password", lambda *_: None)
    with pytest.raises(StudioError, match="no application password"):
        written(show)
    kept = show.settings.read_text(encoding="utf-8").partition("[wordpress]")[0]
    show.settings.write_text(kept, encoding="utf-8")
    with pytest.raises(StudioError, match="names no WordPress site"):
        written(show)
    assert site.asked == []


def test_the_command_prints_and_asks_nothing_in_a_dry_run(
    show: Workspace, site: FakeWordPress
) -> None:
    run = ["--lang", "en", "-C", str(show.root), "announce", SLUG, "--dry-run"]
    assert CliRunner().invoke(main, run).exit_code == 2
    told = CliRunner().invoke(main, [*run, "--wordpress"])
    assert told.exit_code == 0, told.output
    assert "<!-- wp:audio -->" in told.output
    assert "Nothing was sent." in told.output
    assert site.asked == []
    made = CliRunner().invoke(main, [*run[:-1], "--wordpress"])
    assert "A draft was made there; nothing was published." in made.output
    assert PASSWORD not in made.output
    file = show.episode(SLUG).announcement / "wordpress.html"
    assert Path(file).read_text(encoding="utf-8") == post_of(site)["content"]


# --- remedies, each followed to the letter

ME, POSTS, ROOT = "/wp-json/wp/v2/users/me", "/wp-json/wp/v2/posts", "/wp-json/"
FOLLOWED_THERE = {
    "Ask for at least the role of a contributor.": (ME, b'{"capabilities": {}}'),
    "a plugin has disabled the API: ask its administrator.": (ROOT, b"<html>"),
    "a page for maintenance would also do this.": (ME, b"{"),
    "A plugin may change what its API answers: ask the site's administrator.": (POSTS, b"[]"),
    "Check `url` below [wordpress].": (ME, b" " * 20_000_001),
    "Run the same command again later, or ask its administrator.": (ROOT, None),
}


@pytest.mark.parametrize("remedy", FOLLOWED_THERE)
def test_what_the_site_does_is_mended_there(
    show: Workspace, site: FakeWordPress, remedy: str
) -> None:
    path, body = FOLLOWED_THERE[remedy]
    method = "POST" if path == POSTS else "GET"
    site.answers[method, path] = (503 if body is None else 200, body or b"", {})
    with pytest.raises(NetworkError) as refused:
        written(show)
    assert remedy in str(refused.value.remedy)
    site.answers.clear()
    assert done(show) == "made"


@pytest.mark.parametrize(
    ("remedy", "status", "code"),
    [
        ("Ask the site's administrator to allow them.", 401, "application_passwords_disabled"),
        (
            "Ask the site's administrator to allow it.",
            401,
            "application_passwords_disabled_for_user",
        ),
        ("Ask the site's administrator: the role of ", 403, "rest_forbidden"),
        ("Authorization header on to WordPress: ask the site's", 401, "rest_not_logged_in"),
        ("Write the name with which you log in as `user` below [wordpress].", 401, "invalid_email"),
        ("Create an application password there (Users → Profile", 401, "incorrect_password"),
    ],
)
def test_who_is_refused_there_is_let_in_once_the_remedy_was_followed(
    show: Workspace, site: FakeWordPress, remedy: str, status: int, code: str
) -> None:
    body = json.dumps({"code": code, "message": "Non."}).encode()
    site.answers["GET", ME] = (status, body, {})
    with pytest.raises(NetworkError) as refused:
        written(show)
    assert remedy in str(refused.value.remedy)
    site.answers.clear()
    assert done(show) == "made"


def test_an_address_that_leads_elsewhere_is_written_as_it_is_there(
    show: Workspace, site: FakeWordPress
) -> None:
    right = re.findall(r'url = "(.*)"', show.settings.read_text(encoding="utf-8"))[-1]
    with wordpress_site() as (other, address):
        other.answers["GET", ME] = (301, b"", {"Location": f"{right}wp-json/"})
        name_site(show, address)
        with pytest.raises(NetworkError) as refused:
            written(show)
    assert "Write the address that it redirects to as `url`" in str(refused.value.remedy)
    name_site(show, right)
    assert done(show) == "made"


@pytest.mark.parametrize(
    ("remedy", "answer"),
    [
        ("Check the connection and `url` below [wordpress], then run it again.", None),
        (
            "Write the address of that server as `url` below [wordpress].",
            {"Link": '<https://other.test/wp-json/>; rel="https://api.w.org/"'},
        ),
    ],
)
def test_the_sites_address_is_set_right(
    show: Workspace, site: FakeWordPress, remedy: str, answer: dict[str, str] | None
) -> None:
    right = re.findall(r'url = "(.*)"', show.settings.read_text(encoding="utf-8"))[-1]
    with wordpress_site() as (other, address):
        other.answers["GET", "/"] = (200, b"", answer or {})
        name_site(show, address if answer else "http://127.0.0.1:1/")
        with pytest.raises(NetworkError) as refused:
            written(show)
    assert refused.value.remedy == remedy
    name_site(show, right)
    assert done(show) == "made"


def test_settings_and_password_are_written_where_the_remedies_say(
    show: Workspace, site: FakeWordPress, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = show.settings.read_text(encoding="utf-8")
    monkeypatch.delenv(VARIABLE)
    monkeypatch.setattr("keyring.get_password", lambda *_: None)
    show.settings.write_text(text.partition("[wordpress]")[0], encoding="utf-8")
    with pytest.raises(StudioError) as refused:
        written(show)
    assert 'Write [wordpress] with url = "https://…" and user = "…"' in str(refused.value.remedy)
    show.settings.write_text(text, encoding="utf-8")
    with pytest.raises(StudioError) as refused:
        written(show)
    assert f"or set {VARIABLE} for scheduled jobs" in str(refused.value.remedy)
    monkeypatch.setenv(VARIABLE, PASSWORD)
    assert done(show) == "made"


def test_a_draft_that_was_changed_there_is_moved_to_the_trash(
    show: Workspace, site: FakeWordPress
) -> None:
    done(show)
    (number,) = site.posts
    site.change(number, title="Un meilleur titre")
    with pytest.raises(ConflictError, match="or move the draft to the trash there"):
        written(show)
    site.change(number, status="trash")
    assert done(show) == "made"


@pytest.mark.parametrize("change", [{"status": "trash"}, {"slug": "autre-adresse"}])
def test_another_post_goes_to_the_trash_or_gets_another_permalink(
    show: Workspace, site: FakeWordPress, change: dict[str, str]
) -> None:
    done(show)
    (number,) = site.posts
    site.change(number, content="Tout autre chose")
    show.episode(SLUG).draft_note.unlink()
    with pytest.raises(ConflictError, match="move it to the trash there; else give it another"):
        written(show)
    site.change(number, **change)
    assert done(show) == "made"


def test_a_post_that_is_edited_there_has_its_new_text_here(
    show: Workspace, site: FakeWordPress
) -> None:
    done(show)
    (number,) = site.posts
    site.change(number, status="publish")
    change_notice(show, "Autre")
    try:
        with pytest.raises(ConflictError, match=r"the new text is in wordpress\.html"):
            written(show)
        file = show.episode(SLUG).announcement / "wordpress.html"
        assert "Autre" in file.read_text(encoding="utf-8")
    finally:
        change_notice(show, NOTICE)


def test_a_post_that_may_not_be_read_any_more_is_made_anew_without_its_note(
    show: Workspace, site: FakeWordPress
) -> None:
    done(show)
    (number,) = site.posts
    forbidden = b'{"code": "rest_forbidden_context", "message": "x"}'
    site.answers["GET", f"{POSTS}/{number}"] = (403, forbidden, {})
    with pytest.raises(ConflictError, match=r"delete wordpress\.json beside the other texts"):
        written(show)
    site.change(number, status="trash")
    show.episode(SLUG).draft_note.unlink()
    assert done(show) == "made"
