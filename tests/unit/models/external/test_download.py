"""Downloads from a server of this test's own: whole and checked, or nothing at all."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from engine.core import Cancelled, IntegrityError
from engine.core.errors import DownloadFailed, MissingPackage, UnknownName
from engine.core.progress import never, unheard
from engine.models.external import Offer, _download, sources

CONTENT = bytes(range(256)) * 4000  # about 1 MB: several chunks
DIGEST = hashlib.sha256(CONTENT).hexdigest()
COMMIT = "0123456789012345678901234567890123456789"
REPOSITORY = "nvidia/segformer-b0-finetuned-ade-512-512"
SEGFORMER = sources["segformer"]


@dataclass
class Served:
    """A server's address and what it has: path -> (content, the sha256 it claims, the length it claims)."""

    url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    claimed: dict[str, str] = field(default_factory=dict)
    cut: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)


@pytest.fixture
def served() -> Iterator[Served]:
    state = Served()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            state.asked.append(path)
            if path not in state.files:
                self.send_error(404)
                return
            content = state.files[path]
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("ETag", f'"{hashlib.sha256(content).hexdigest()}"')
            self.send_header("X-Repo-Commit", COMMIT)
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(content[: len(content) // 2] if path in state.cut else content)

        do_HEAD = do_GET

        def log_message(self, *_: object) -> None:
            """Quietly."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_port}"
    yield state
    server.shutdown()
    server.server_close()
    thread.join()


def fetch(served: Served, folder: Path, prefix: str = DIGEST[:8], cancelled=never) -> Path:
    served.files.setdefault("/weights.pth", CONTENT)
    return _download.download(served.url + "/weights.pth", folder / "w.pth", prefix, unheard, cancelled=cancelled)


def test_a_file_arrives_whole(served: Served, tmp_path: Path) -> None:
    path = fetch(served, tmp_path / "new" / "folder")
    assert path.read_bytes() == CONTENT
    assert [file.name for file in path.parent.iterdir()] == ["w.pth"]
    fetch(served, path.parent)
    assert served.asked == ["/weights.pth"]  # the second time it was there


def test_a_changed_file_is_fetched_again(served: Served, tmp_path: Path) -> None:
    (tmp_path / "w.pth").write_bytes(b"half of it")
    assert fetch(served, tmp_path).read_bytes() == CONTENT


@pytest.mark.parametrize("kept", [b"", b"an older file"])
def test_failures_leave_what_was_there(served: Served, tmp_path: Path, kept: bytes) -> None:
    if kept:
        (tmp_path / "w.pth").write_bytes(kept)
    with pytest.raises(IntegrityError, match=f"has sha256 {DIGEST[:12]}..., expected 00000000"):
        fetch(served, tmp_path, "00000000")
    asked: list[int] = []
    with pytest.raises(Cancelled, match="nothing of it is kept"):
        fetch(served, tmp_path, cancelled=lambda: asked.append(1) or len(asked) > 2)
    served.cut.add("/weights.pth")
    with pytest.raises(DownloadFailed, match=r"cut short|could not be downloaded"):
        fetch(served, tmp_path)
    served.files["/weights.pth"] = b""
    with pytest.raises(IntegrityError):
        fetch(served, tmp_path)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == ({"w.pth": kept} if kept else {})


def test_absent_files_servers_and_folders(served: Served, tmp_path: Path) -> None:
    for url in (f"{served.url}/absent", "http://127.0.0.1:9/w", "file:///nowhere/at/all", "nonsense"):
        with pytest.raises(DownloadFailed, match=r"w\.pth could not be downloaded \(.*\); check the connection"):
            _download.download(url, tmp_path / "w.pth", DIGEST, unheard, cancelled=never)
    assert not list(tmp_path.iterdir())
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(DownloadFailed):
        fetch(served, tmp_path / "file")


@pytest.fixture
def hub(served: Served, monkeypatch: pytest.MonkeyPatch) -> Served:
    """The server as a hub that has one repository."""
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "ENDPOINT", served.url)
    monkeypatch.setattr(
        constants, "HUGGINGFACE_CO_URL_TEMPLATE", served.url + "/{repo_id}/resolve/{revision}/{filename}"
    )
    stock(served, {"config.json": b"{}", "preprocessor_config.json": b"{}", "pytorch_model.bin": CONTENT, "x.h5": b"x"})
    return served


def stock(served: Served, files: dict[str, bytes], claimed: str = "") -> None:
    rows = []
    for name, content in files.items():
        served.files[f"/{REPOSITORY}/resolve/{COMMIT}/{name}"] = content
        digest = claimed or hashlib.sha256(content).hexdigest()
        large = {"lfs": {"size": len(content), "sha256": digest, "pointerSize": 1}} if len(content) > 1000 else {}
        rows.append({"rfilename": name, "size": len(content), **large})
    listing = {"id": REPOSITORY, "sha": COMMIT, "siblings": rows, "private": False, "downloads": 0, "tags": []}
    served.files[f"/api/models/{REPOSITORY}"] = json.dumps(listing).encode()


def test_a_folder_from_the_hub(hub: Served, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    path = SEGFORMER.fetch(SEGFORMER.offers[0], tmp_path, lambda *at: told.append(at))
    assert path == tmp_path / "segformer-b0-ade20k-512"
    visible = {file.name for file in path.iterdir() if not file.name.startswith(".")}
    assert visible == {"config.json", "preprocessor_config.json", "pytorch_model.bin"}  # and nothing else of it
    assert (path / "pytorch_model.bin").read_bytes() == CONTENT
    assert told == sorted(told)
    assert told[-1] == (len(CONTENT) + 4, len(CONTENT) + 4)
    asked = len(hub.asked)
    assert SEGFORMER.fetch(SEGFORMER.offers[0], tmp_path) == path
    assert len(hub.asked) == asked


def test_safetensors_are_preferred(hub: Served, tmp_path: Path) -> None:
    stock(hub, {"config.json": b"{}", "pytorch_model.bin": b"a", "model.safetensors": b"b"})
    path = SEGFORMER.fetch(SEGFORMER.offers[0], tmp_path)
    assert {file.name for file in path.glob("[!.]*")} == {"config.json", "model.safetensors"}


def test_failures_of_the_hub_leave_nothing(hub: Served, tmp_path: Path) -> None:
    def fails(kind: type[Exception], message: str, **settings: object) -> None:
        with pytest.raises(kind, match=message) as caught:
            SEGFORMER.fetch(SEGFORMER.offers[0], tmp_path / "models", **settings)
        assert "\n" not in str(caught.value)
        assert not (tmp_path / "models").exists() or not list((tmp_path / "models").iterdir())

    fails(Cancelled, "nothing of it is kept", cancelled=lambda: True)
    weights = f"/{REPOSITORY}/resolve/{COMMIT}/pytorch_model.bin"
    stock(hub, {"config.json": b"{}", "pytorch_model.bin": CONTENT}, claimed="0" * 64)
    fails(IntegrityError, f"has sha256 {DIGEST[:12]}..., the hub says 000000000000")
    del hub.files[weights]
    fails(DownloadFailed, "could not be downloaded")
    stock(hub, {"config.json": b"{}"})
    fails(DownloadFailed, "has neither model.safetensors nor pytorch_model.bin")
    hub.files.clear()
    fails(DownloadFailed, "could not be downloaded")


def test_offers_of_others_and_a_missing_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    offer = Offer(name="x", title="", labels="voc", megabytes=1, terms="", address="a/b")
    with pytest.raises(UnknownName, match="unknown offer 'x'; known: segformer-b0-ade20k-512"):
        SEGFORMER.fetch(offer, tmp_path)
    monkeypatch.setitem(__import__("sys").modules, "huggingface_hub", None)
    with pytest.raises(MissingPackage, match="pip install huggingface_hub"):
        SEGFORMER.fetch(SEGFORMER.offers[0], tmp_path)
