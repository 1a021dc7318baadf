"""Firefox without a window, driven by its own remote protocol (Marionette): what the tests of the
editor ask of a page, under the names that Playwright gives it.
"""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_START_S = 60
_SCRIPT_MS = 30_000
# How the protocol calls the keys that write nothing.
_KEYS = {
    "Backspace": "\ue003", "Enter": "\ue007", "Shift": "\ue008", "Control": "\ue009",
    "Alt": "\ue00a", "Escape": "\ue00c", "End": "\ue010", "Home": "\ue011", "Delete": "\ue017",
    "ArrowLeft": "\ue012", "ArrowUp": "\ue013", "ArrowRight": "\ue014", "ArrowDown": "\ue015",
}  # fmt: skip
_PREFERENCES = {
    "marionette.port": 0,
    "media.autoplay.default": 0,
    "media.volume_scale": "0.0",
    "intl.accept_languages": "fr-FR, fr",
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "app.update.auto": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
}

# nsITextInputProcessor, by which Firefox's own tests compose.
_INPUT = """
  const input = window.studioInput ??= Cc["@mozilla.org/text-input-processor;1"]
    .createInstance(Ci.nsITextInputProcessor);
  if (!input.beginInputTransactionForTests(window)) throw new Error("no input");
"""
_COMPOSE = """
  input.setPendingCompositionString(text);
  input.appendClauseToPendingComposition(text.length, input.ATTR_RAW_CLAUSE);
  input.setCaretInPendingComposition(text.length);
  if (!input.flushPendingComposition()) throw new Error("nothing is composed");
"""


class Firefox:
    """One window of Firefox."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._unread = b""
        self._asked = 0
        self.keyboard = Keyboard(self)
        self.mouse = Mouse(self)
        self._receive()  # it greets
        self.ask("WebDriver:NewSession", {"capabilities": {}})
        self.ask("WebDriver:SetTimeouts", {"script": _SCRIPT_MS})

    def ask(self, command: str, parameters: dict[str, Any]) -> Any:
        """Do a command.

        :raises AssertionError: Firefox says why it cannot.
        """
        self._asked += 1
        message = json.dumps([0, self._asked, command, parameters]).encode("utf-8")
        self._connection.sendall(b"%d:%s" % (len(message), message))
        _, _, error, result = self._receive()
        assert error is None, error
        return result

    def _receive(self) -> Any:
        while b":" not in self._unread:
            self._read()
        length, _, self._unread = self._unread.partition(b":")
        while len(self._unread) < int(length):
            self._read()
        message, self._unread = self._unread[: int(length)], self._unread[int(length) :]
        return json.loads(message)

    def _read(self) -> None:
        more = self._connection.recv(1 << 16)
        assert more, "Firefox ended"
        self._unread += more

    def goto(self, address: str) -> None:
        self.ask("WebDriver:Navigate", {"url": address})

    def evaluate(self, code: str, given: Any = None) -> Any:
        """What an expression of JavaScript, or a function of ``given``, comes to; None where the
        page was left meanwhile.
        """
        script = f"""
          const [given, done] = arguments;
          const asked = ({code});
          Promise.resolve(typeof asked === "function" ? asked(JSON.parse(given)) : asked)
            .then((found) => done(JSON.stringify(found) ?? "null"), (error) => done(`!${{error}}`));
        """
        arguments = [json.dumps(given)]
        found = self.ask("WebDriver:ExecuteAsyncScript", {"script": script, "args": arguments})
        assert not str(found["value"]).startswith("!"), found["value"]
        return json.loads(found["value"] or "null")

    def compose(self, *shown: str, written: str, step_ms: int = 200) -> None:
        """What an input method or a dead key does: each of these is shown in its turn as what is
        not written yet, then that is.
        """
        self.ask("Marionette:SetContext", {"value": "chrome"})
        try:
            for text in shown:
                self._with_input(_COMPOSE, text)
                time.sleep(step_ms / 1000)
            self._with_input("input.commitCompositionWith(text);", written)
        finally:
            self.ask("Marionette:SetContext", {"value": "content"})

    def _with_input(self, code: str, text: str) -> None:
        script = f"const [text] = arguments; {_INPUT} {code}"
        self.ask("WebDriver:ExecuteScript", {"script": script, "args": [text]})

    def wait_for(self, question: str, timeout_s: float = 60) -> None:
        """Ask the page until it says yes."""
        end = time.monotonic() + timeout_s
        while not self.evaluate(question):
            assert time.monotonic() < end, question
            time.sleep(0.05)

    def wait_for_timeout(self, ms: float) -> None:
        time.sleep(ms / 1000)

    def act(self, kind: str, steps: list[dict[str, Any]], **more: Any) -> None:
        source = {"type": kind, "id": kind, "actions": steps, **more}
        self.ask("WebDriver:PerformActions", {"actions": [source]})


class Keyboard:
    def __init__(self, firefox: Firefox) -> None:
        self._firefox = firefox

    def type(self, text: str, delay: int = 0) -> None:
        """Each letter with its key, so many ms from one to the next."""
        steps: list[dict[str, Any]] = []
        for sign in text:
            steps += [{"type": "keyDown", "value": sign}, {"type": "keyUp", "value": sign}]
            steps.append({"type": "pause", "duration": delay})
        self._firefox.act("key", steps)

    def press(self, combination: str) -> None:
        """A key with those that are held meanwhile: « Control+Shift+ArrowRight »."""
        keys = [_KEYS.get(name, name) for name in combination.split("+")]
        steps = [{"type": "keyDown", "value": key} for key in keys]
        self._firefox.act(
            "key", [*steps, *({"type": "keyUp", "value": key} for key in reversed(keys))]
        )


class Mouse:
    def __init__(self, firefox: Firefox) -> None:
        self._firefox = firefox

    def drag(self, points: list[tuple[float, float]], step_ms: int = 30) -> None:
        """Pressed at the first point, moved over the others, and let go at the last."""
        moves = [
            {"type": "pointerMove", "x": round(x), "y": round(y), "duration": step_ms}
            for x, y in points
        ]
        press, release = ({"type": kind, "button": 0} for kind in ("pointerDown", "pointerUp"))
        self._firefox.act(
            "pointer",
            [moves[0], press, *moves[1:], release],
            parameters={"pointerType": "mouse"},
        )


@contextlib.contextmanager
def started(program: str, profile: Path) -> Iterator[Firefox]:
    """Firefox with an empty profile in a folder that it may fill."""
    profile.mkdir(parents=True)
    lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});\n" for k, v in _PREFERENCES.items()]
    (profile / "user.js").write_text("".join(lines), encoding="utf-8")
    command = [program, "--headless", "--marionette", "--no-remote", "--profile", str(profile)]
    # What composes is Firefox's own part, not the page's.
    command.append("--remote-allow-system-access")
    command += ["--width", "1280", "--height", "900"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            address = ("127.0.0.1", _port(profile / "MarionetteActivePort"))
            with socket.create_connection(address, timeout=_START_S + _SCRIPT_MS / 1000) as one:
                yield Firefox(one)
        finally:
            process.kill()


def _port(file: Path) -> int:
    """At which port it listens, once it has written so."""
    end = time.monotonic() + _START_S
    while not (file.is_file() and file.read_text(encoding="utf-8").strip()):
        assert time.monotonic() < end, "Firefox does not start"
        time.sleep(0.1)
    return int(file.read_text(encoding="utf-8"))
