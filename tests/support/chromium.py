"""Debian's Chromium for a test: pages are opened, filled in and pressed by name, and every page of ours is looked at once on the way.

The browser itself is tests/browser/drive.mjs; this speaks to it, a command and an answer at a time.
"""

import base64
import json
import re
import subprocess
import urllib.parse
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import load_pem_x509_certificate

NARROW, WIDE = 360, 1280


class BrowserError(AssertionError):
    """What the browser could not do, and where it stood."""


@dataclass(frozen=True)
class Way:
    """How somebody comes: a telephone in the dark without JavaScript, a desk by daylight with it."""

    width: int = WIDE
    scheme: str = "light"
    script: bool = True
    language: str = "en-GB"


@dataclass
class State:
    url: str
    title: str
    text: str
    status: int

    @property
    def query(self) -> dict:
        return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.url).query))


def pin_of(certificate: Path) -> str:
    """What Chromium knows a key by that it shall trust without an authority."""
    key = load_pem_x509_certificate(certificate.read_bytes()).public_key()
    return base64.b64encode(sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()).decode()


@dataclass
class Chromium:
    """One browser process. `origin` is ours: its pages are looked at; pictures of them go to `pictures`."""

    command: list[str]
    origin: str
    pictures: Path
    arguments: list[str]
    seen: set[str] = field(default_factory=set)

    def __enter__(self):
        self.pictures.mkdir(parents=True, exist_ok=True)
        self.process = subprocess.Popen([*map(str, self.command), json.dumps(self.arguments)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True, start_new_session=True)
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(30)

    def ask(self, do: str, **question):
        self.process.stdin.write(json.dumps({"do": do} | question) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise BrowserError("the browser's driver ended")
        answer = json.loads(line)
        if "failed" in answer:
            raise BrowserError(f"{do} {question}: {answer['failed']}")
        return answer["value"]

    def open(self, way: Way) -> "Tab":
        return Tab(self, way, self.ask("open", width=way.width, scheme=way.scheme, script=way.script, language=way.language))


class Tab:
    """A browser of its own: cookies, passkeys and all."""

    def __init__(self, chromium: Chromium, way: Way, number: int):
        self.chromium, self.way, self.number = chromium, way, number
        self.page = State("about:blank", "", "", 0)

    def ask(self, do, **question):
        try:
            return self.chromium.ask(do, tab=self.number, **question)
        except BrowserError as error:
            where = self.chromium.ask("state", tab=self.number)
            raise BrowserError(f"{error}\nat {where['url']}: {where['text'][:600]}\n{self.wrong()}") from None

    # ------------------------------------------------------------------------------------------------ going on

    def arrived(self) -> State:
        self.page = State(**self.ask("state"))
        if self.page.url.startswith(self.chromium.origin + "/"):
            self.look(self.name_of_page())
        return self.page

    def go(self, url: str) -> State:
        self.ask("go", url=self.chromium.origin + url if url.startswith("/") else url)
        return self.arrived()

    def back(self) -> State:
        self.ask("back")
        return self.arrived()

    def press(self, selector: str) -> State:
        self.ask("press", selector=selector)
        return self.arrived()

    def prove(self, selector: str) -> State:
        """The press of a passkey's button, with somebody at the authenticator."""
        self.ask("prove", selector=selector)
        return self.arrived()

    def arrive(self, url: str) -> State:
        """Where the page's own script, or the person's answer, leads on its own."""
        self.ask("arrive", url=url)
        return self.arrived()

    def fill(self, **fields) -> None:
        for name, value in fields.items():
            self.ask("fill", selector=f'input[name="{name}"]:visible', value=value)

    def submit(self, _do: str | None = None, **fields) -> State:
        """Fills in what is on the page and presses the button of that `do`, or the main one."""
        self.fill(**fields)
        return self.press(f'button[name="do"][value="{_do}"]:visible' if _do else "#submit:visible")

    # ------------------------------------------------------------------------------------------------ reading

    def has(self, selector: str) -> bool:
        return self.ask("count", selector=selector) > 0

    def shown(self, selector: str) -> bool:
        return self.ask("shown", selector=selector)

    def text(self, selector: str) -> str:
        return self.ask("text", selector=selector)

    def value(self, selector: str) -> str:
        return self.ask("value", selector=selector)

    # ------------------------------------------------------------------------------------------------ judging

    def name_of_page(self) -> str:
        """The page's title without the project's name, and whether scripts ran: what a picture of it is called."""
        assert " – " in self.page.title, f"on the way: {self.page}"
        title = re.sub(r"[^a-z0-9]+", "_", self.page.title.rpartition(" – ")[0].lower()).strip("_")
        return title if self.way.script else f"{title}.without_script"

    def look(self, name: str) -> None:
        """Judges and takes pictures of the page as it stands, once a run for each name."""
        if name not in self.chromium.seen:
            self.chromium.seen.add(name)
            wrong = self.ask("look", name=name, directory=str(self.chromium.pictures))
            assert wrong == [], "\n".join(wrong)

    def wrong(self) -> list[str]:
        """What the console complained of since: above all, what the pages' security policy did not allow."""
        return self.chromium.ask("wrong", tab=self.number)

    def close(self) -> None:
        wrong = self.wrong()
        self.ask("close")
        assert wrong == [], wrong
