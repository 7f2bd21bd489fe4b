"""A web server for one page on this machine alone: a listed resource, below a secret token, or nothing."""

import secrets
import shutil
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any

from motionloom.core.errors import ReadError
from motionloom.plugins.viewer.site import Resource, Site

ADDRESS = "127.0.0.1"


class ViewerServer:
    """Serves a site while it is entered.

    Args:
        site: what can be asked for.
        port: where to listen; 0 for any that is free.

    Raises:
        ReadError: the port is taken.
    """

    def __init__(self, site: Site, port: int = 0) -> None:
        self.site = site
        self.token = secrets.token_urlsafe(24)
        try:
            self._server = ThreadingHTTPServer((ADDRESS, port), _handler_of(self))
        except OSError as error:
            what = f"port {port} cannot be listened on: {error.strerror}"
            raise ReadError(what, remedy="leave out --port, and a free one is found") from error
        self.port = int(self._server.server_address[1])
        self.hosts = frozenset(f"{host}:{self.port}" for host in (ADDRESS, "localhost"))
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"http://{ADDRESS}:{self.port}/{self.token}/"

    def __enter__(self) -> "ViewerServer":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def resource(self, target: str) -> Resource | None:
        """What a request's target names; nothing unless it begins with the token and is listed letter by letter."""
        _, *parts = target.partition("?")[0].split("/", 2)
        if len(parts) != 2 or not secrets.compare_digest(parts[0].encode(), self.token.encode()):
            return None
        return self.site.resources.get(parts[1])


def _handler_of(viewer: ViewerServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        server_version, sys_version = "motionloom", ""
        timeout = 60.0

        def do_GET(self) -> None:
            self._answer(body=True)

        def do_HEAD(self) -> None:
            self._answer(body=False)

        def _answer(self, body: bool) -> None:
            # A page elsewhere whose name was rebound to this machine sends its own name.
            if self.headers.get("Host") not in viewer.hosts:
                return self._refuse(HTTPStatus.FORBIDDEN)
            found = viewer.resource(self.path)
            if found is None:
                return self._refuse(HTTPStatus.NOT_FOUND)
            return self._give(found, body)

        def _refuse(self, status: HTTPStatus) -> None:
            self.send_response(status)
            self._finish_headers("text/plain", 0)

        def _give(self, found: Resource, body: bool) -> None:
            content = found.content
            size = content.stat().st_size if isinstance(content, Path) else len(content)
            self.send_response(HTTPStatus.OK)
            self._finish_headers(found.media_type, size)
            if body and isinstance(content, Path):
                with content.open("rb") as file:
                    shutil.copyfileobj(file, self.wfile)
            elif body and isinstance(content, bytes):
                self.wfile.write(content)

        def _finish_headers(self, media_type: str, size: int) -> None:
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(size))
            self.send_header("Content-Security-Policy", viewer.site.policy)
            self.send_header("Cross-Origin-Resource-Policy", "same-origin")
            self.send_header("Referrer-Policy", "no-referrer")
            self.send_header("X-Content-Type-Options", "nosniff")
            self.send_header("Cache-Control", "no-store")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing: the terminal shows the address, and the token is nobody else's."""

    return Handler
