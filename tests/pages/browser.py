"""Debian's Chromium, headless, driven over its DevTools protocol: no driver to download.

`--remote-debugging-pipe` has the protocol on file descriptors 3 and 4, one JSON object after the
other with a zero byte between: no port that others could reach, and no WebSocket.
"""

import base64
import contextlib
import fcntl
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

FLAGS = (
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    "--font-render-hinting=none",
    "--remote-debugging-pipe",
)
# A child whose protocol lies on 3 and 4, whatever numbers the pipes have here.
_LAUNCHER = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.dup2(int(sys.argv[2]), 4)
os.execv(sys.argv[3], sys.argv[3:])
"""
_KEYS = {
    "Tab": (9, ""),
    "Enter": (13, "\r"),
    " ": (32, " "),
    "ArrowDown": (40, ""),
    "ArrowUp": (38, ""),
    "End": (35, ""),
}
_PATIENCE = 60.0  # seconds for one answer, on a machine that is busy

Message = Mapping[str, Any]


def chromium() -> str | None:
    """Where a Chromium is installed; None where none is."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


class Browser:
    """One Chromium with a profile of its own, ended with the `with` block.

    Args:
        program: path of Chromium.
        profile: a folder that it may write to; also gets what it says on stderr.
    """

    def __init__(self, program: str, profile: Path) -> None:
        profile.mkdir(parents=True, exist_ok=True)
        theirs_in, self._out = _pipe()
        self._in, theirs_out = _pipe()
        flags = [*FLAGS, f"--user-data-dir={profile}"]
        if os.geteuid() == 0:
            flags.append("--no-sandbox")  # Chromium refuses to build its sandbox as root
        command = [sys.executable, "-c", _LAUNCHER, str(theirs_in), str(theirs_out), program]
        with (profile / "stderr").open("wb") as told:
            self._process = subprocess.Popen(
                [*command, *flags, "about:blank"],
                pass_fds=(theirs_in, theirs_out),
                stdin=subprocess.DEVNULL,
                stdout=told,
                stderr=told,
                start_new_session=True,
            )
        os.close(theirs_in)
        os.close(theirs_out)
        self._stderr = profile / "stderr"
        self._number = 0
        self._rest = b""
        self._tabs: dict[str, Tab] = {}

    def __enter__(self) -> "Browser":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self.call("Browser.close")
            self._process.wait(15)
        except (OSError, RuntimeError, TimeoutError, subprocess.TimeoutExpired):
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        os.close(self._in)
        os.close(self._out)

    def tab(self, width: int = 1280, height: int = 900, dark: bool = False) -> "Tab":
        """An empty tab of this size in CSS pixels, offline, that prefers light or dark."""
        target = self.call("Target.createTarget", {"url": "about:blank"})["targetId"]
        session = self.call("Target.attachToTarget", {"targetId": target, "flatten": True})
        tab = Tab(self, target, session["sessionId"])
        self._tabs[session["sessionId"]] = tab
        for domain in ("Page", "Runtime", "Log", "Network"):
            tab.call(f"{domain}.enable")
        tab.call("Page.setLifecycleEventsEnabled", {"enabled": True})
        tab.call("Emulation.setFocusEmulationEnabled", {"enabled": True})
        tab.resize(width, height)
        tab.prefer(dark)
        return tab

    def call(
        self, method: str, given: Mapping[str, Any] | None = None, session: str = ""
    ) -> Message:
        """One command and its answer; what happens in between is noted by its tab.

        Raises:
            RuntimeError: Chromium refused it, with its words.
            TimeoutError: no answer came.
        """
        self._number += 1
        number = self._number
        message = {"id": number, "method": method, "params": given or {}}
        if session:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._out, data) :]
        reply = self.until(lambda m: m.get("id") == number, method)
        if "error" in reply:
            raise RuntimeError(f"{method}: {reply['error']}")
        result: Message = reply["result"]
        return result

    def until(self, wanted: Callable[[Message], bool], what: str) -> Message:
        """The first message that is wanted; the tabs note all others.

        Raises:
            TimeoutError: it did not come, or Chromium has ended.
        """
        deadline = time.monotonic() + _PATIENCE
        while True:
            while b"\0" in self._rest:
                raw, _, self._rest = self._rest.partition(b"\0")
                message = json.loads(raw)
                tab = self._tabs.get(message.get("sessionId", ""))
                if tab is not None and "method" in message:
                    tab.note(message["method"], message["params"])
                if wanted(message):
                    return dict(message)
            left = deadline - time.monotonic()
            ready = left > 0 and select.select([self._in], [], [], left)[0]
            data = os.read(self._in, 1 << 20) if ready else b""
            if not data:
                end = self._stderr.read_text("utf-8", "replace")[-500:]
                raise TimeoutError(f"no answer to {what}; Chromium said at last: {end}")
            self._rest += data


class Tab:
    """One page: what it logged in `console`, what it asked for in `requests` (data: left out)."""

    def __init__(self, browser: Browser, target: str, session: str) -> None:
        self._browser = browser
        self._target = target
        self._session = session
        self.console: list[str] = []
        self.requests: list[str] = []
        self._loaded: set[str] = set()

    def call(self, method: str, given: Mapping[str, Any] | None = None) -> Message:
        return self._browser.call(method, given, self._session)

    def close(self) -> None:
        self._browser.call("Target.closeTarget", {"targetId": self._target})

    def note(self, method: str, told: Message) -> None:
        if method == "Runtime.consoleAPICalled":
            words = [str(a.get("value", a.get("description"))) for a in told["args"]]
            self.console.append(f"{told['type']}: {' '.join(words)}")
        elif method == "Runtime.exceptionThrown":
            self.console.append(f"exception: {told['exceptionDetails']}")
        elif method == "Log.entryAdded" and told["entry"]["level"] != "verbose":
            self.console.append(f"{told['entry']['level']}: {told['entry']['text']}")
        elif method == "Page.lifecycleEvent" and told["name"] == "load":
            self._loaded.add(told["loaderId"])
        elif method == "Network.requestWillBeSent":
            url = told["request"]["url"]
            if not url.startswith("data:"):
                self.requests.append(url)

    def resize(self, width: int, height: int) -> None:
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.call("Emulation.setDeviceMetricsOverride", metrics)

    def prefer(self, dark: bool = False, media: str = "") -> None:
        """Prefer dark or light; `media` print shows the page as it would be printed."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", {"media": media, "features": [scheme]})

    def without_network(self) -> None:
        rates = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
        self.call("Network.emulateNetworkConditions", {"offline": True, **rates})

    def open(self, url: str) -> "Tab":
        """Go there and wait until everything has loaded.

        Raises:
            RuntimeError: there is nothing.
        """
        answer = self.call("Page.navigate", {"url": url})
        if answer.get("errorText"):
            raise RuntimeError(f"{url}: {answer['errorText']}")
        loader = answer["loaderId"]
        if loader not in self._loaded:
            self._browser.until(lambda _: loader in self._loaded, f"the load of {url}")
        return self

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression; a promise is awaited.

        Raises:
            RuntimeError: it threw.
        """
        asked = {"expression": expression, "awaitPromise": True, "returnByValue": True}
        answer = self.call("Runtime.evaluate", asked)
        if "exceptionDetails" in answer:
            raise RuntimeError(str(answer["exceptionDetails"]))
        return answer["result"].get("value")

    def until(self, condition: str) -> None:
        """Wait until a JavaScript condition holds, as pages that load their rows make it.

        Raises:
            TimeoutError: it never did.
        """
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            # A page that is being left takes its JavaScript with it.
            with contextlib.suppress(RuntimeError):
                if self.evaluate(condition):
                    return
            time.sleep(0.05)
        raise TimeoutError(f"{condition} never held")

    def press(self, key: str, shift: bool = False) -> None:
        """One key, down and up."""
        code, text = _KEYS[key]
        name = "Space" if key == " " else key
        event = {"key": key, "code": name, "windowsVirtualKeyCode": code, "modifiers": 8 * shift}
        down = {"type": "keyDown", "text": text} if text else {"type": "rawKeyDown"}
        self.call("Input.dispatchKeyEvent", {**down, **event})
        self.call("Input.dispatchKeyEvent", {"type": "keyUp", **event})

    def type(self, text: str) -> None:
        """Text into what has the focus."""
        self.call("Input.insertText", {"text": text})

    def screenshot(self, path: Path, whole: bool = False) -> None:
        """A PNG of what is in view, or of the whole page."""
        asked: dict[str, Any] = {}
        if whole:
            size = self.call("Page.getLayoutMetrics")["cssContentSize"]
            asked = {"captureBeyondViewport": True, "clip": {**size, "scale": 1}}
        shot = self.call("Page.captureScreenshot", asked)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(shot["data"]))

    def pdf(self) -> bytes:
        """The page as it is printed, on the paper that it asks for."""
        asked = {"preferCSSPageSize": True, "printBackground": True}
        return base64.b64decode(self.call("Page.printToPDF", asked)["data"])


def _pipe() -> tuple[int, int]:
    """A pipe whose ends are far from 3 and 4, which the child needs."""
    ends = []
    for end in os.pipe():
        ends.append(fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10))
        os.close(end)
    return ends[0], ends[1]
