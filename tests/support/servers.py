"""Real servers on loopback for the tests: OpenSSH's sftp, an S3 endpoint, a line that breaks."""

from __future__ import annotations

import getpass
import http.client
import http.server
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from support.judges import missing, need


class SftpServer(NamedTuple):
    """Where it listens, the key that it takes, the file that knows its own."""

    port: int
    user: str
    key_file: Path
    known_hosts: Path


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _listens(port: int) -> bool:
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def make_key(path: Path) -> None:
    """A key pair; the public one's file ends in .pub."""
    subprocess.run(
        [need("ssh-keygen"), "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True
    )


@contextmanager
def sftp_server(folder: Path) -> Iterator[SftpServer]:
    sshd = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}{os.pathsep}/usr/sbin")
    if sshd is None:
        missing("openssh-server")
    folder.mkdir(parents=True)
    for name in ("host", "user"):
        make_key(folder / name)
    port = free_port()
    known = folder / "known_hosts"
    known.write_text(
        f"[127.0.0.1]:{port} {(folder / 'host.pub').read_text(encoding='utf-8')}", encoding="utf-8"
    )
    settings = folder / "sshd_config"
    settings.write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey "
        f"{folder / 'host'}\nAuthorizedKeysFile {folder / 'user.pub'}\n"
        "StrictModes no\nUsePAM no\nPasswordAuthentication no\nPermitRootLogin "
        "yes\nPidFile none\nSubsystem sftp internal-sftp\n",
        encoding="utf-8",
    )
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # the server refuses to start without it
    # Into a file: a pipe that nobody reads is full after some hundred connections, and stops it.
    log = folder / "sshd.log"
    with (
        log.open("wb") as said,
        subprocess.Popen([str(sshd), "-D", "-e", "-f", str(settings)], stderr=said) as server,
    ):
        try:
            for _ in range(200):
                if _listens(port):
                    break
                if server.poll() is not None:
                    pytest.fail(log.read_text(encoding="utf-8", errors="replace"))
                time.sleep(0.02)
            yield SftpServer(port, getpass.getuser(), folder / "user", known)
        finally:
            server.terminate()


@contextmanager
def s3_server(bucket: str) -> Iterator[str]:
    """The address of an S3 endpoint with one empty bucket."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        address = f"http://{host}:{port}"
        _make_bucket(address, bucket)
        yield address
    finally:
        server.stop()


@contextmanager
def s3_process(bucket: str) -> Iterator[str]:
    """The same in a process of its own: for tests that fork."""
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            for _ in range(600):
                if _listens(port):
                    break
                assert server.poll() is None, "the S3 endpoint has ended"
                time.sleep(0.05)
            address = f"http://127.0.0.1:{port}"
            _make_bucket(address, bucket)
            yield address
        finally:
            server.terminate()


def _make_bucket(address: str, bucket: str) -> None:
    import boto3

    keys = {"aws_access_key_id": "key", "aws_secret_access_key": "secret"}
    client = boto3.client("s3", endpoint_url=address, region_name="us-east-1", **keys)
    client.create_bucket(Bucket=bucket)
    client.close()


@contextmanager
def endless_server(says: bytes = b"", again: bytes = b"") -> Iterator[tuple[int, list[int]]]:
    """A server that never comes to an end: it says something, and then nothing, or the same again
    and again.

    :returns: its port, and an entry for each connection that was made.
    """
    made: list[int] = []
    over = threading.Event()

    def speak(line: socket.socket) -> None:
        with line, suppress(OSError):
            line.sendall(says)
            while not over.wait(0.05):
                line.sendall(again)

    def listen(door: socket.socket) -> None:
        with suppress(OSError):  # it was closed
            while True:
                line, _ = door.accept()
                made.append(len(made))
                threading.Thread(target=speak, args=(line,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as door:
        threading.Thread(target=listen, args=(door,), daemon=True).start()
        try:
            yield door.getsockname()[1], made
        finally:
            over.set()


@contextmanager
def dripping_sftp_server(folder: Path, says: bytes) -> Iterator[SftpServer]:
    """An SFTP server that lets everybody in, and then says the same again and again.

    :param says: after the answer that begins SFTP; nothing at all where it is empty, not even that
        the subsystem is there.
    """
    import paramiko

    over = threading.Event()
    host_key = paramiko.ECDSAKey.generate()

    class Drip(paramiko.SubsystemHandler):
        def start_subsystem(self, *told: Any) -> None:
            channel = told[-1]
            with suppress(OSError):
                channel.recv(1 << 10)  # SSH_FXP_INIT
                channel.sendall(b"\0\0\0\x05\x02\0\0\0\x03")
                while not over.wait(0.02):
                    channel.sendall(says)

    class Door(paramiko.ServerInterface):
        def check_auth_publickey(self, *_: object) -> int:
            return 0  # AUTH_SUCCESSFUL

        def check_channel_request(self, *_: object) -> int:
            return 0  # OPEN_SUCCEEDED

        def check_channel_subsystem_request(self, *asked: Any) -> bool:
            if not says:
                over.wait()
            return bool(super().check_channel_subsystem_request(*asked))

    def listen(door: socket.socket) -> None:
        with suppress(OSError):  # it was closed
            while True:
                transport = paramiko.Transport(door.accept()[0])
                transports.append(transport)
                transport.add_server_key(host_key)
                transport.set_subsystem_handler("sftp", Drip)
                transport.start_server(threading.Event(), Door())

    transports: list[paramiko.Transport] = []
    folder.mkdir(parents=True)
    make_key(folder / "user")
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
        known = folder / "known_hosts"
        known.write_text(
            f"[127.0.0.1]:{port} {host_key.get_name()} {host_key.get_base64()}\n", encoding="utf-8"
        )
        threading.Thread(target=listen, args=(door,), daemon=True).start()
        try:
            yield SftpServer(port, getpass.getuser(), folder / "user", known)
        finally:
            over.set()
            for transport in transports:
                transport.close()


@contextmanager
def ending_line(port: int) -> Iterator[tuple[int, threading.Event]]:
    """A line to a server of this computer that stays open and carries nothing more from a moment
    on.

    :returns: the port to ask instead, and what is set at that moment.
    """
    dead = threading.Event()

    def carry(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while content := source.recv(1 << 16):
                if not dead.is_set():
                    target.sendall(content)

    def listen(door: socket.socket) -> None:
        with suppress(OSError):  # it was closed
            while True:
                line, _ = door.accept()
                other = socket.create_connection(("127.0.0.1", port))
                for ends in ((line, other), (other, line)):
                    threading.Thread(target=carry, args=ends, daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as door:
        threading.Thread(target=listen, args=(door,), daemon=True).start()
        yield door.getsockname()[1], dead


@contextmanager
def bad_line(address: str, suffix: str) -> Iterator[tuple[str, list[str]]]:
    """A line to a web server that breaks in the middle of the first file whose name ends so.

    :returns: the address to ask instead, and the ranges asked for such files, in order; empty where
        all of it was.
    """
    ranges: list[str] = []
    host, _, port = address.removeprefix("http://").rstrip("/").partition(":")

    class Line(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            connection = http.client.HTTPConnection(host, int(port), timeout=30)
            try:
                connection.request(
                    "GET", self.path, headers={**self.headers, "Connection": "close"}
                )
                answer = connection.getresponse()
                content = answer.read()
            finally:
                connection.close()
            self.send_response_only(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in {"connection", "transfer-encoding"}:
                    self.send_header(name, value)
            self.end_headers()
            self.close_connection = True
            if self.path.endswith(suffix):
                ranges.append(self.headers.get("Range", ""))
                if len(ranges) == 1:
                    content = content[: len(content) // 2]
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Line) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/", ranges
        finally:
            server.shutdown()
            thread.join()
