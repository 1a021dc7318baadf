"""Every sentence that people read is in every catalogue; files and logs stay English."""

from __future__ import annotations

import ast
import copy
import datetime
import functools
import os
import pickle
import re
import string
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.jslexer import tokenize
from bs4 import BeautifulSoup
from click.testing import CliRunner
from support.small_show import SLUG, add_episode, build_show, make_show

from studio.cli import main
from studio.cluster.job import Summary, summary_from_line
from studio.editor.page_files import file_in_language, key_table
from studio.messages.interface import VARIABLES, language_from_environment, spoken, use_language
from studio.messages.localised_formats import listed, long_date, one_decimal, territory_tag
from studio.messages.message import (
    Message,
    joined_messages,
    message,
    message_from_plain,
    plain_from_message,
    plural_message,
)
from studio.messages.translations import (
    catalogue,
    in_language,
    known_language,
    languages,
    stored_message,
    translators,
)
from studio.model.record import Record, bytes_from_record, plain_from_record
from studio.site.pages import site_assets
from studio.workspace.layout import Workspace

ROOT = Path(__file__).parent.parent
TEMPLATES = sorted((ROOT / "studio").glob("*/templates/*.html"))
DATE = datetime.datetime(2026, 12, 1, tzinfo=datetime.UTC)


@functools.cache
def nodes_of(path: Path) -> tuple[ast.AST, ...]:
    """Everything that a module says, itself first."""
    return tuple(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def test_every_sentence_is_in_every_catalogue() -> None:
    """And no catalogue has any that nobody says; the compiled files are made of these."""
    found = subprocess.run(
        [sys.executable, ROOT / ".ci" / "messages", "--check"],
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )
    assert found.returncode == 0, found.stdout + found.stderr


def test_a_message_is_its_english_text_until_somebody_reads_it() -> None:
    told = message("Episode {number}", number=2)
    assert told == "Episode 2"
    assert in_language(told, "fr-CA") == "Épisode 2"
    assert in_language(told, "en-GB") == in_language(told, "de") == "Episode 2"
    assert in_language("Chapters", "fr") == "Chapters"


def test_values_that_are_messages_are_translated_too() -> None:
    both = joined_messages(" / ", [message("Chapters"), "x {y}", message("Transcript")])
    assert both == "Chapters / x {y} / Transcript"
    assert in_language(both, "fr") == "Chapitres / x {y} / Transcription"
    nested = message("Review: {title}", title=message("Trailer"))
    assert in_language(nested, "fr") == "Relecture : Bande-annonce"


@pytest.mark.parametrize(("count", "english"), [(0, "passages"), (1, "word"), (2, "passages")])
def test_each_language_counts_in_its_own_way(count: int, english: str) -> None:
    told = plural_message(
        "And {count} other word of less weight, which the correction page shows.",
        "And {count} other passages of less weight, which the correction page shows one by one.",
        count,
    )
    assert f"And {count} other {english}" in told
    french = "autre mot" if count < 2 else "autres passages"  # French counts none as one
    assert f"Et {count} {french}" in in_language(told, "fr")


class Line(Record, frozen=True):
    text: str


def test_files_have_the_english_text() -> None:
    line = Line(text=message("Episode {number}", number=2))
    assert isinstance(line.text, Message)
    assert bytes_from_record(line) == b'{\n  "text": "Episode 2"\n}\n'
    assert type(plain_from_record(line)["text"]) is str


def test_dates_numbers_and_lists() -> None:
    assert long_date(DATE, "fr") == "1er décembre 2026"
    assert long_date(DATE, "en-GB") == "1 December 2026"
    assert (one_decimal(-2.64, "fr"), one_decimal(-0.04, "en")) == ("−2,6", "0.0")
    read = message(
        "5 % of the cues are read at more than {speed_cps:.1f} characters a second", speed_cps=20.4
    )
    assert "20,4 signes" in in_language(read, "fr")
    assert listed(("A", "B", "C"), "fr") == "A, B et C"
    assert listed(("A", "{0}"), "en") == "A and {0}"
    assert [territory_tag(tag) for tag in ("fr", "en", "en-GB")] == ["fr_FR", "en_US", "en_GB"]


def test_what_no_catalogue_speaks_is_english() -> None:
    assert languages() == ("en", "fr")
    assert [known_language(tag) for tag in ("fr_CA.UTF-8", "FR", "C", "de", "")] == [
        "fr",
        "fr",
        None,
        None,
        None,
    ]
    assert translators("oc")["_"]("Chapters") == "Chapters"


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "fr_FR.UTF-8"}, "fr"),
        ({"LANG": "C.UTF-8"}, None),
        ({"LANG": "fr_FR.UTF-8", "LC_ALL": "en_US.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LANGUAGE": "de:fr:en"}, "fr"),
        ({"LANG": "de_DE.UTF-8"}, None),
        ({"LANG": "fr_FR.UTF-8", "LC_ALL": ""}, "fr"),
    ],
)
def test_the_system_says_its_language(environment: dict[str, str], language: str | None) -> None:
    assert language_from_environment(environment) == language


# What stands in templates as it is in every language.
NAMES = {
    "MP3",
    "RSS",
    "iframe",
    "src",
    "width",
    "height",
    "title",
    "oEmbed",
    "Studio",
    "min",
    "ms",
}


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_templates_say_nothing_that_no_catalogue_has(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    text = re.sub(r"<(style|script|code)\b.*?</\1>", "", text, flags=re.DOTALL)
    text = re.sub(r'data-[a-z]+="[^"]*"', "", text)
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", text, flags=re.DOTALL)
    shown = re.findall(r'\b(?:aria-label|alt|title|placeholder|data-head)="([^"]*)"', text)
    shown.append(re.sub(r"<[^>]*>|&\w+;", " ", text))
    words = set(re.findall(r"[^\W\d_]{2,}", " ".join(shown)))
    assert words - NAMES == set()


SCRIPTS = [
    path for path in sorted((ROOT / "studio").rglob("*.js")) if path.name != "prosemirror.js"
]
# Keys as browsers call them, and what else a script names in the words of others.
CALLED = {
    "Tab", "Enter", "Escape", "Backspace", "Delete", "Arrow", "Digit", "Key", "Forward",
    "Control", "Ctrl", "Alt", "Shift", "Meta", "Content", "Type", "Oe", "Ae", "Studio",
}  # fmt: skip


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_no_script_says_what_no_catalogue_has(script: Path) -> None:
    """And none says it where `.ci/messages` does not find it, as between braces of a template."""
    text = script.read_text(encoding="utf-8")
    assert list(bare_sentences_of_script(text)) == []
    known = catalogue("fr")
    code = re.sub(r"^\s*(//|\*|/\*).*", "", text, flags=re.MULTILINE)
    said = re.findall(r'\b_\("([^"]*)"\)', code)
    assert [one for one in said if known._catalog.get(one) is None] == []  # type: ignore[attr-defined]


def bare_sentences_of_script(script: str) -> Iterator[tuple[int, str]]:
    """Strings that a person would see, and that are no message: those with a capitalised word, two
    words, a letter with an accent, or that stand where an element's text is set.
    """
    tokens = [one for one in tokenize(script) if not one.type.endswith("comment")]
    for place, token in enumerate(tokens):
        if token.type not in {"string", "template_string"}:
            continue
        before = [one.value for one in tokens[max(0, place - 3) : place]]
        after = tokens[place + 1].value if place + 1 < len(tokens) else ""
        # A message, what only a programmer reads, a class of the stylesheet, or a field's name.
        if before[-2:] in (["_", "("], ["Error", "("], ["className", ":"]) or after == ":":
            continue
        text = re.sub(r"\$\{(?:[^{}]|\{[^{}]*\})*\}", "\0", token.value[1:-1])
        if text == "use strict" or "(?<" in text:  # a pattern is none
            continue
        words = re.findall(r"[^\W\d_]{2,}", text)
        shown = (before[-1:] == ["="] and before[-2].endswith("textContent")) or before[-2:] == [
            "button",
            "(",
        ]
        if (
            (shown and words)
            or re.search(r"[^\W\d_]{2,} [^\W\d_]{2,}", text)
            or any(not word.isascii() for word in words)
            or any(word.istitle() and word not in CALLED for word in words)
        ):
            yield token.lineno, token.value


def test_a_bare_sentence_in_a_script_is_noticed() -> None:
    script = """
        line.textContent = "done";
        make("p", { className: "count more" }, "too long");
        make("p", {}, filled(_("{count} left"), { count }), `Écouter à ${time}`);
        const NAMES = { "long line": _("line too long") };
        button("x", go, "Remove");
        if (key === "Escape") throw new Error(`no element ${id}`);
    """
    assert [text for _, text in bare_sentences_of_script(script)] == [
        '"done"',
        '"too long"',
        "`Écouter à ${time}`",
        '"Remove"',
    ]


def test_a_script_says_its_sentences_in_the_language_of_its_page() -> None:
    script = file_in_language("proposed_cuts.js", "fr").decode()
    assert '"longue pause"' in script
    assert '"long pause"' in file_in_language("proposed_cuts.js", "en").decode()
    assert not re.search(r"\b_\(", script)
    assert {row["sentence"] for row in key_table("fr")} >= {"Doute suivant", "Plus vite"}
    page = BeautifulSoup(file_in_language("editor.html", "en"), "lxml")
    assert page.select_one("html")["lang"] == "en"  # type: ignore[index]
    assert [one.text for one in page.select("[data-language]")] == ["Français"]


def test_no_code_speaks_french_by_itself() -> None:
    """What is French in the code is French as it is compared, not as it is said."""
    compared = {
        "alignment", "article", "corrections", "doubts", "language", "speakers", "speech",
    }  # fmt: skip
    signs = re.compile(r"[àâéèêëîïôûùçœÀÉÈÊÇ]")
    found = []
    for path in sorted((ROOT / "studio").rglob("*.py")):
        place = path.relative_to(ROOT / "studio")
        if place.parts[0] in compared or place.as_posix() in SIGNS:
            continue
        found += [f"{place}: {text}" for text in literals(path) if signs.search(text)]
    assert found == []


# Tables of French words and signs, by which text is set, cut or recognised.
SIGNS = {
    "text/typography.py",
    "captions/cue_tokens.py",
    "chapters/short_titles.py",
    "model/turns.py",
    "report/compare.py",
    "captions/speaker_labels.py",
    "captions/plain_lines.py",  # heads and foots that other programs write
    "feed/dates.py",
    "feed/episode_titles.py",
    "web/slugs.py",
    "site/search.py",
    "editor/proposed_cuts.py",
    "editor/text_search.py",
    "announce/sourced_lines.py",  # where sentences begin
    "model/settings_table.py",  # examples of what listeners read
}


def literals(path: Path) -> list[str]:
    """The strings of a module that are no docstrings."""
    nodes = nodes_of(path)
    documents = {
        id(node.value)
        for node in nodes
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    return [
        node.value
        for node in nodes
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in documents
    ]


# What people read: the second and third argument of an error, what is printed or asked.
SPEAKING = {"print_line", "echo", "secho", "confirm", "prompt", "UsageError", "one_bar"}


def test_no_code_says_what_no_catalogue_has() -> None:
    """Errors, findings and whatever commands print is a message, not a bare text."""
    found = []
    for path in sorted((ROOT / "studio").rglob("*.py")):
        place = path.relative_to(ROOT / "studio")
        found += [f"{place}:{line}: {text}" for line, text in bare_sentences(path)]
    assert found == []


def bare_sentences(path: Path) -> Iterator[tuple[int, str]]:
    """Every text with words that stands where people read, and is no message."""
    for node in nodes_of(path):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        spoken: list[ast.expr] = []
        if name.endswith(("Error", "__init__")) and len(node.args) > 2:
            spoken = node.args[1:3]
        elif name in SPEAKING:
            spoken = node.args
        elif name == "found" and len(node.args) > 3:
            spoken = node.args[3:]
        for one in spoken:
            yield from ((one.lineno, text) for text in bare_texts(one) if says_something(text))


def bare_texts(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        parts = (part.value for part in node.values if isinstance(part, ast.Constant))
        yield "".join(map(str, parts))
    elif isinstance(node, ast.IfExp):
        yield from (*bare_texts(node.body), *bare_texts(node.orelse))
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from bare_texts(value)


def says_something(text: str) -> bool:
    """Whether it has a word; units and names of files are none."""
    return any(word.isalpha() for word in re.findall(r"\w{2,}", re.sub(r"\S*\.\w+|dBFS", "", text)))


def test_a_bare_sentence_is_noticed(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text(
        'raise WorkspaceError(path, f"is {gone}", message("Mend it."))\n'
        'print_line("Next:", place.command("run"))\n'
        'found("1", file, "", "it is " + broken if x else "it is broken")\n'
        'print_line(message("Next:"), f"{a} → {b}")\n'
        'super().__init__(path, "was changed", message("Choose."))\n',
        encoding="utf-8",
    )
    assert list(bare_sentences(module)) == [
        (1, "is "),
        (2, "Next:"),
        (3, "it is broken"),
        (5, "was changed"),
    ]


MAKERS = {"message", "plural_message", "table_message", "joined_messages"}
# Who stands nearest to the reader says a message in a language: what comes back is a plain text.
SAYERS = {"spoken", "in_language", "say", "told", "said"}


def test_no_text_around_a_message_keeps_it_english() -> None:
    """A message in an f-string is its English text for good: the text around it is one as well."""
    found = []
    for path in sorted((ROOT / "studio").rglob("*.py")):
        place = path.relative_to(ROOT / "studio")
        found += [f"{place}:{line}" for line in lost_messages(path)]
    assert found == []


def lost_messages(path: Path) -> Iterator[int]:
    """The lines of f-strings that hold a message, one out of a table of the module's, or what an
    error says; and of sums with one, which are its English text as well.
    """
    module = nodes_of(path)[0]
    assert isinstance(module, ast.Module)
    tables = {
        name.id
        for node in module.body
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value and makes(node.value)
        for name in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(name, ast.Name)
    }
    for node in nodes_of(path):
        if (
            isinstance(node, ast.BinOp)
            and isinstance(node.op, ast.Add)
            and any(is_told(side) for side in (node.left, node.right))
        ):
            yield node.lineno
        if not isinstance(node, ast.JoinedStr):
            continue
        for part in node.values:
            if not isinstance(part, ast.FormattedValue) or calls(part.value, SAYERS):
                continue
            if (
                is_told(part.value)
                or makes(part.value)
                or any(
                    isinstance(one, ast.Name) and one.id in tables for one in ast.walk(part.value)
                )
            ):
                yield node.lineno


def is_told(node: ast.AST) -> bool:
    """Whether this is a message itself, or what an error says of itself."""
    is_message = isinstance(node, ast.Call) and getattr(node.func, "id", "") in MAKERS
    return is_message or getattr(node, "attr", "") in {"where", "what", "remedy"}


def makes(node: ast.AST) -> bool:
    return calls(node, MAKERS)


def calls(node: ast.AST, names: set[str]) -> bool:
    return any(
        isinstance(one, ast.Call) and isinstance(one.func, ast.Name) and one.func.id in names
        for one in ast.walk(node)
    )


def test_a_message_in_an_f_string_is_noticed(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text(
        'ORIGINS = {"quote": message("the quote")}\n'
        'a = f"{start} ({ORIGINS[origin]})"\n'
        "b = f\"{start} ({message('now')})\"\n"
        "c = f\"{start} ({spoken(message('now'))})\"\n"
        'd = f"{failure.where}: {spoken(failure.what)}"\n'
        'e = message("Make room there. ") + again\n'
        "f = spoken(message('now')) + line_end\n",
        encoding="utf-8",
    )
    assert list(lost_messages(module)) == [2, 3, 5, 6]


# What errors, stages, tracks and marks say of themselves are messages.
SAYING = {"reasons", "describe", "unused", "what", "remedy", "message", "plural_message"}


def test_no_joined_text_keeps_its_messages_english() -> None:
    """What `str.join` makes of messages is their English text: `joined_messages` keeps them."""
    found = []
    for path in sorted((ROOT / "studio").rglob("*.py")):
        place = path.relative_to(ROOT / "studio").as_posix()
        found += [f"{place}:{line}" for line in lost_joins(path)]
    assert found == []


def lost_joins(path: Path) -> Iterator[int]:
    """The lines on which texts are joined of which one is a message."""
    for node in nodes_of(path):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "join" and node.args:
            parts = getattr(node.args[0], "elt", node.args[0])
            inside = [one for one in ast.walk(parts) if not calls(one, SAYERS)]
            names = {getattr(one, "attr", getattr(one, "id", "")) for one in inside}
            if names & SAYING and not calls(node, SAYERS):
                yield node.lineno


def test_a_message_in_a_joined_text_is_noticed(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text(
        'a = "; ".join(step.reasons)\n'
        'b = ", ".join(spoken(one.what) for one in faults)\n'
        'c = "; ".join(mark.describe() for mark in marks)\n'
        'd = joined_messages("; ", step.reasons)\n'
        'e = ", ".join(one.name for one in tracks if not one.unused)\n',
        encoding="utf-8",
    )
    assert list(lost_joins(module)) == [1, 3]


@pytest.fixture
def french(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "fr")


def said(*words: str) -> str:
    return CliRunner().invoke(main, list(words), catch_exceptions=False).output


def test_init_speaks_as_the_next_command_will(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the system names no language: that of the new show."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    assert "espace de travail" in said("-C", str(tmp_path), "init", "ici", "--title", "Ici")
    assert "manquant" in said("-C", str(tmp_path / "ici"), "status")


@pytest.mark.usefixtures("french")
def test_commands_speak_french_to_who_speaks_french(tmp_path: Path) -> None:
    told = said("-C", str(tmp_path), "status")
    assert "n’est dans aucun espace de travail" in told
    assert f"`studio -C {tmp_path} init`" in told  # commands stay those of the place
    assert "Mettre à jour les épisodes, le flux et le site." in said("run", "--help")
    assert "Utilisation :" in said("run", "--help")
    assert "--force demande --stage" in said("run", "--force")
    assert "La commande 'rum' n’existe pas." in said("rum")


@pytest.mark.usefixtures("french")
def test_what_was_asked_for_comes_first(tmp_path: Path) -> None:
    assert "is in no workspace" in said("--lang", "en", "-C", str(tmp_path), "status")
    assert "is in no workspace" in said("--lang=en", "-C", str(tmp_path), "status")
    assert "Correct an episode on a page" in said("--lang", "en", "--help")
    assert "Corriger un épisode sur une page" in said("--help")


def test_who_has_no_language_gets_that_of_the_show(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    workspace = make_show(tmp_path / "show")
    inside = str(workspace.feed)
    assert "Ensuite :" in said("-C", inside, "status")
    workspace.settings.write_text(
        workspace.settings.read_text(encoding="utf-8") + '\nlanguage = "en-GB"\n', encoding="utf-8"
    )
    assert "Next:" in said(f"-C{inside}", "status")
    assert "Next:" in said("-C", inside, "status")
    assert os.environ.get("LANGUAGE") is None


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (b"title = ", "Corrigez"),
        (b'language = "fr"\ntitle = ', "Corrigez"),
        (b'language = "en"\ntitle = ', "Fix"),
        (b"\xff\xfe", "Corrigez"),
    ],
)
def test_damaged_settings_are_told_in_the_language_of_the_show(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: bytes, told: str
) -> None:
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    workspace = make_show(tmp_path / "show")
    workspace.settings.write_bytes(settings)
    assert told in said("-C", str(workspace.feed), "status")


@pytest.mark.usefixtures("french")
def test_settings_files_are_explained_in_french(tmp_path: Path) -> None:
    folder = tmp_path / "show"
    told = said("init", str(folder), "--title", "Essai")
    assert "Il manque encore dans" in told
    settings = (folder / "feed" / "show.toml").read_text(encoding="utf-8")
    assert "# Le nom de l’émission dans les applications.\ntitle = " in settings
    use_language("en")


def test_scripts_read_english_whatever_language_is_spoken(built_show: Workspace) -> None:
    # What a script reads: on the other stream, threads of earlier tests may still log something.
    french, english = (
        CliRunner()
        .invoke(main, ["--lang", one, "-C", str(built_show.root), "check", "--json"])
        .stdout
        for one in ("fr", "en")
    )
    assert french == english
    assert '"remedy":' in english


def test_scripts_of_pages_speak_the_language_of_the_show() -> None:
    french, english = (site_assets(one)["assets/search.js"].decode() for one in ("fr", "en"))
    assert '"{title}, à {time}".replace(' in french
    assert '"{title}, at {time}".replace(' in english
    assert "Rien de tel n’est écrit ni dit." in french
    assert not re.search(r"\b_\(", french + english)


def test_an_english_show_is_english_for_listeners(tmp_path: Path) -> None:
    workspace = make_show(tmp_path / "show", extra='language = "en"')
    add_episode(workspace)
    build_show(workspace)
    site = workspace.site
    page = (site / SLUG / "index.html").read_text(encoding="utf-8")
    assert '<html lang="en">' in page
    assert 'content="en_US"' in page
    for told in (
        "Episode 2 · ",
        ">January 15, 2026<",
        "Chapters",
        "Subscribe",
        "Word for word",
        " MB)",
    ):
        assert told in page
    for place in (f"{SLUG}/index.html", f"{SLUG}/embed.html", "index.html"):
        shown = BeautifulSoup((site / place).read_bytes(), "lxml")
        assert not re.search(r"Écouter|Chapitres|S’abonner|Épisode \d|Flux RSS", shown.get_text())
        labels = " ".join(str(one["aria-label"]) for one in shown.select("[aria-label]"))
        assert "Écouter" not in labels
    assert "Link copied." in (site / "assets" / "share.js").read_text(encoding="utf-8")
    feed = (site / "feed.xml").read_text(encoding="utf-8")
    assert "Listen and read: https://" in feed
    assert "Automatic transcript" not in feed  # of a transcript that nobody knows the origin of
    assert not re.search(r"Avec |Écouter|Chapitres", feed)


def test_a_message_goes_to_another_process_whole() -> None:
    sentence = plural_message("{count} job of {name}", "{count} jobs of {name}", 2, name="Ann")
    for copied in (pickle.loads(pickle.dumps(sentence)), copy.deepcopy(sentence)):  # noqa: S301
        assert copied == sentence
        assert (copied.singular, copied.many, copied.values) == (
            sentence.singular,
            sentence.many,
            sentence.values,
        )


def test_what_a_worker_answers_is_told_in_the_language_of_who_asked() -> None:
    """The process that does the jobs answers in JSON, which knows no messages."""
    inner = plural_message("{count} word", "{count} words", 2)
    remedy = joined_messages(" ", (message("Next:"), inner))
    fault = ("a.wav", message("is not a file"), remedy, "input")
    summary = Summary(slug="001-ada", ran=2, seconds=1.5, machine="salon", fault=fault)
    read = summary_from_line(summary.line())
    assert read == summary
    for language in ("fr", "en"):
        for came, sent in zip(read.fault, fault, strict=True):
            assert in_language(came, language) == in_language(sent, language)
    assert in_language(read.fault[1], "fr") != read.fault[1]
    where = message("{place}: {share:.1%}", place=Path("a"), share=0.25)
    assert in_language(message_from_plain(plain_from_message(where)), "en") == "a: 25.0%"


def test_every_value_of_a_sentence_is_given() -> None:
    """A sentence that lacks one would be a KeyError in place of an error that can be acted on."""
    lacking = []
    for path in sorted((ROOT / "studio").rglob("*.py")):
        for call in nodes_of(path):
            if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
                continue
            spread = any(one.arg is None for one in call.keywords)
            if call.func.id not in {"message", "plural_message"} or spread:
                continue
            given = {one.arg for one in call.keywords} | (
                {"count"} if call.func.id == "plural_message" else set()
            )
            for text in call.args:
                if isinstance(text, ast.Constant) and isinstance(text.value, str):
                    fields = {field for _, field, _, _ in string.Formatter().parse(text.value)}
                    wanted = {re.split(r"[.\[]", field)[0] for field in fields if field}
                    lacking += [f"{path.name}:{call.lineno}: {one}" for one in wanted - given]
    assert not lacking


def test_nothing_that_others_wrote_is_obeyed_by_a_terminal() -> None:
    """A server's redirect, a file's name: colours, cursor, window titles, direction of writing."""
    hostile = "a\x1b[2Jb\x9b31m\r\x07\u202ec"
    told = spoken(message("{where} is missing\n\tReally", where=hostile))

    assert told == spoken(told)
    assert not set(told) & set("\x1b\x9b\r\x07\u202e")
    assert told.startswith("a\ufffd[2Jb\ufffd31m")
    assert told.endswith("\n\tReally")
    assert spoken(hostile) == hostile.translate(
        dict.fromkeys(map(ord, "\x1b\x9b\r\x07\u202e"), "\ufffd")
    )


@pytest.mark.parametrize(
    ("stored", "french"),
    [
        (
            "of 3 sound tracks, tracks 1, 2 are mixed (3: its sound is in track 1)",
            "de 3 pistes sonores, les pistes 1, 2 sont mélangées (3: son contenu est dans la piste 1)",
        ),
        (
            "of 4 sound tracks, track 1 is used (2: silent; 3: silent; 4: no speech)",
            "de 4 pistes sonores, la piste 1 est utilisée (2: muette; 3: muette; 4: aucune parole)",
        ),
        ("of 2 sound tracks, tracks 1, 2 are mixed", None),
        (
            "its end is missing: 0:00:39.9 of 0:01:00.0 can be read",
            "il manque sa fin : 0:00:39.9 sur 0:01:00.0 sont lisibles",
        ),
        (
            "0:10:00.0 can be read, but it is large enough for 0:20:00.0: export it as WAV if "
            "sound is missing",
            "0:10:00.0 sont lisibles, mais sa taille correspond à 0:20:00.0 : exportez-le en WAV s’il "
            "manque du son",
        ),
        (
            "its header says that it lasts 0:10:00.0, but it holds 0:12:00.0: all of it is taken",
            "son en-tête dit qu’il dure 0:10:00.0, mais il contient 0:12:00.0 : tout est utilisé",
        ),
        ("Camille: silent", "Camille: silent"),
    ],
)
def test_what_a_stored_sentence_was_made_of_is_in_the_readers_language(
    stored: str, french: str | None
) -> None:
    shown = in_language(stored_message(stored), "fr")
    assert shown == (french or "de 2 pistes sonores, les pistes 1, 2 sont mélangées")
