import http.client
import json
from collections.abc import Iterator

import pytest

from motionloom.core.errors import ReadError
from motionloom.plugins.viewer.models import ViewedModel
from motionloom.plugins.viewer.server import ViewerServer
from motionloom.plugins.viewer.site import PAGE, site_of


@pytest.fixture(scope="module")
def server(hero: ViewedModel, bones: ViewedModel) -> Iterator[ViewerServer]:
    with ViewerServer(site_of([hero, bones])) as running:
        yield running


def ask(
    server: ViewerServer, path: str, method: str = "GET", host: str | None = None
) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request(method, path, headers={"Host": host or f"127.0.0.1:{server.port}"})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


def test_the_page_its_modules_and_the_models_are_served(server: ViewerServer, hero: ViewedModel) -> None:
    root = f"/{server.token}/"
    answer, body = ask(server, root)
    assert (answer.status, body) == (200, (PAGE / "index.html").read_bytes())
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    answer, body = ask(server, root + "vendor/three/library/three.core.js")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/javascript; charset=utf-8")
    assert body == (PAGE / "vendor/three/library/three.core.js").read_bytes()
    answer, body = ask(server, root + "model0.glb?v=1")
    assert (answer.status, body) == (200, hero.file.read_bytes())


def test_the_page_is_told_what_the_files_hold(server: ViewerServer) -> None:
    _, body = ask(server, f"/{server.token}/models.json")
    one, other = json.loads(body)["models"]
    assert one["name"] == "hero.fbx"
    assert one["warnings"] == ["a joint was renamed"]
    walk, rest = one["takes"]
    assert walk == {"name": "walk", "frames": 60, "fps": 24.0}
    assert rest == {"name": "rest", "frames": 10, "fps": 30.0}
    assert other["vertices"] == 0 and other["joints"] == one["joints"]


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/index.html",
        "/wrong/index.html",
        "/TOKEN",
        "/TOKEN/vendor",
        "/TOKEN/vendor/",
        "/TOKEN/../server.py",
        "/TOKEN/../../viewer/server.py",
        "/TOKEN/%2e%2e/server.py",
        "/TOKEN/..%2fserver.py",
        "/TOKEN/vendor/../../server.py",
        "/TOKEN//etc/passwd",
        "/TOKEN/model2.glb",
        "/TOKEN/index.html/",
        "/TOKEN/vendor/three/LICENSE",
        "/TOKEN\\..\\server.py",
    ],
)
def test_whatever_is_not_listed_is_not_there(server: ViewerServer, path: str) -> None:
    answer, body = ask(server, path.replace("TOKEN", server.token))
    assert (answer.status, body) == (404, b"")


def test_each_server_has_a_token_and_a_port_of_its_own(server: ViewerServer, hero: ViewedModel) -> None:
    with ViewerServer(site_of([hero])) as other:
        assert other.token != server.token
        assert len(other.token) >= 32
        assert ask(other, f"/{server.token}/")[0].status == 404
        with pytest.raises(ReadError, match="cannot be listened on"):
            ViewerServer(site_of([hero]), other.port)


def test_a_page_elsewhere_cannot_reach_it_under_another_name(server: ViewerServer) -> None:
    for host in ("evil.example", f"evil.example:{server.port}", "127.0.0.1", "127.0.0.1:1"):
        assert ask(server, f"/{server.token}/", host=host)[0].status == 403
    assert ask(server, f"/{server.token}/", host=f"localhost:{server.port}")[0].status == 200


def test_only_reading_is_allowed(server: ViewerServer) -> None:
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        assert ask(server, f"/{server.token}/", method)[0].status == 501
    answer, body = ask(server, f"/{server.token}/model0.glb", "HEAD")
    assert (answer.status, body) == (200, b"")
    assert int(answer.headers["Content-Length"]) > 1000


def test_a_page_may_load_nothing_from_elsewhere(server: ViewerServer) -> None:
    headers = ask(server, f"/{server.token}/")[0].headers
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self' 'sha256-")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Server" not in headers or "Python" not in headers["Server"]
