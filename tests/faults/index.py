"""An index of packages on this machine that serves well, or lies: the first folder says which."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ERRORS = {"missing": 404, "broken": 500, "denied": 403}
WITHOUT_BODY = ["reset", "silent", "loop"]

#: Pieces of a body, each with the time after it.
Pieces = Iterator[tuple[bytes, float]]


def whole(body: bytes) -> Pieces:
    """The file as it is."""
    yield body, 0


def wrong(body: bytes) -> Pieces:
    """The file with another bit."""
    yield body[:-1] + bytes([body[-1] ^ 1]), 0


def garbage(body: bytes) -> Pieces:
    """What hotels answer, of the length that was told."""
    yield b"<html>log in first</html>".ljust(len(body)), 0


def cut(body: bytes) -> Pieces:
    """Half of the file."""
    yield body[: len(body) // 2], 0


def slow(body: bytes) -> Pieces:
    """A byte each second."""
    for byte in body:
        yield bytes([byte]), 1


def endless(_body: bytes) -> Pieces:
    """More than any disk has room for."""
    while True:
        yield bytes(1 << 16), 0.01


BODIES = {"wrong": wrong, "garbage": garbage, "cut": cut, "slow": slow, "endless": endless}

#: The ways in which it fails.
WAYS = [*ERRORS, *WITHOUT_BODY, *BODIES]


class Server(ThreadingHTTPServer):
    """Serves files by their names."""

    daemon_threads = True

    def __init__(self, files: dict[str, bytes]) -> None:
        """Begins to serve."""
        super().__init__(("127.0.0.1", 0), Handler)
        self.files = files
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def url(self, way: str) -> str:
        """The address of an index that serves in this way."""
        return f"http://127.0.0.1:{self.server_port}/{way}/simple"

    def handle_error(self, request: object, client_address: object) -> None:
        """That somebody hangs up is what is tried here."""


class Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    server: Server
    protocol_version = "HTTP/1.1"

    def log_message(self, *words: object) -> None:
        """Nobody reads it."""

    def do_GET(self) -> None:
        """Serves a page of an index, or a file."""
        _, way, kind, *rest = self.path.split("/")
        if kind == "simple":
            name = rest[0]
            links = [file for file in self.server.files if file.startswith(f"{name}-")]
            page = "".join(f'<a href="/{way}/files/{file}">{file}</a>' for file in links)
            self.give(page.encode(), "text/html")
            return
        body = self.server.files.get(rest[0], b"")
        with contextlib.suppress(OSError):
            self.lie(way, body)

    def lie(self, way: str, body: bytes) -> None:
        """Serves a file in the way that is asked for."""
        if way in ERRORS:
            self.send_error(ERRORS[way])
        elif way in WITHOUT_BODY:
            getattr(self, way)()
        else:
            self.begin(1 << 40 if way == "endless" else len(body), "application/zip")
            for piece, pause_s in BODIES.get(way, whole)(body):
                self.wfile.write(piece)
                time.sleep(pause_s)
            self.close_connection = True

    def reset(self) -> None:
        """Hangs up as a machine does that fails."""
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()

    def silent(self) -> None:
        """Says nothing for longer than anybody waits."""
        time.sleep(60)

    def loop(self) -> None:
        """Sends whoever asks here again."""
        self.send_response(302)
        self.send_header("Location", self.path)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def give(self, body: bytes, kind: str) -> None:
        """An honest answer."""
        self.begin(len(body), kind)
        self.wfile.write(body)

    def begin(self, length: int, kind: str) -> None:
        """What comes before the body."""
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(length))
        self.end_headers()
