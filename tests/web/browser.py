"""A real browser over a real server: Debian's Chromium, driven by Playwright."""

import os
import shutil
import socket
import threading
from pathlib import Path

import pytest
import uvicorn

AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update"]


def chromium():
    """The browser to drive; without one the tests are skipped, or fail where every part is required."""
    names = (os.environ.get("CHROME"), "chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if name and (path := shutil.which(name))), None)
    if found is None:
        reason = "no Chromium: install the package chromium, or name a browser in $CHROME"
        if os.environ.get("GRADUS_TEST_REQUIRE") == "all":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


class Server:
    """The application on a port of its own, in a thread; it can be stopped and started again at the same address."""

    def __init__(self, app):
        self.app = app
        self.port = 0
        self.start()

    def start(self):
        """Listens, and returns once requests are answered."""
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port))
        listener.listen(128)
        self.port = listener.getsockname()[1]
        config = uvicorn.Config(self.app, log_level="error", lifespan="off", timeout_graceful_shutdown=1)
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [listener]}, daemon=True)
        self.thread.start()

    def stop(self):
        """Ends, so that connections are refused."""
        self.server.should_exit = self.server.force_exit = True
        self.thread.join(timeout=10)

    @property
    def address(self):
        return f"http://127.0.0.1:{self.port}"


def findings(page):
    """What the accessibility checker has to say of a page."""
    page.evaluate(AXE)
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    return [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found["violations"]]
