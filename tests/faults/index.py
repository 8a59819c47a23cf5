"""An index of packages on this machine that serves well, or lies: the first folder says which."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

#: The ways in which it fails.
WAYS = [
    "wrong", "missing", "broken", "reset", "silent", "slow", "endless", "garbage", "cut", "loop",
    "empty", "denied",
]  # fmt: skip


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

    def do_GET(self) -> None:  # noqa: N802
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
        if way == "wrong":
            body = body[:-1] + bytes([body[-1] ^ 1])
        elif way in ("missing", "broken", "denied"):
            self.send_error({"missing": 404, "broken": 500, "denied": 403}[way])
            return
        elif way == "reset":
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.connection.close()
            return
        elif way == "silent":
            time.sleep(60)
            return
        elif way == "loop":
            self.send_response(302)
            self.send_header("Location", self.path)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        elif way == "garbage":
            body = b"<html>log in first</html>"
        elif way == "empty":
            body = b""
        self.begin(1 << 40 if way == "endless" else len(body), "application/zip")
        if way == "slow":
            for byte in body:
                self.wfile.write(bytes([byte]))
                time.sleep(1)
        while way == "endless":
            self.wfile.write(bytes(1 << 16))
            time.sleep(0.01)
        self.wfile.write(body[: len(body) // 2] if way == "cut" else body)
        self.close_connection = way == "cut"

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
