"""What a mail catcher kept, read as a person reads it."""

import re
from dataclasses import dataclass
from datetime import datetime, timezone
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from wait import wait_for


@dataclass
class Mail:
    path: Path
    message: EmailMessage

    @property
    def to(self) -> str:
        return self.message["X-Envelope-To"]

    @property
    def subject(self) -> str:
        return self.message["Subject"]

    @property
    def sender(self) -> str:
        return self.message["From"]

    @property
    def received(self) -> datetime:
        return datetime.fromtimestamp(int(self.path.name.split("-")[0]) / 1e9, timezone.utc)

    @property
    def text(self) -> str:
        return self.message.get_body(("plain",)).get_content().replace("\r\n", "\n")

    @property
    def html(self) -> str:
        return self.message.get_body(("html",)).get_content()

    @property
    def code(self) -> str:
        """The six digits on a line of their own; empty when there are none."""
        found = re.search(r"^\s*(\d{6})\s*$", self.text, re.M)
        return found[1] if found else ""

    @property
    def link(self) -> str:
        found = re.search(r"^\s*(https://\S+)\s*$", self.text, re.M)
        return found[1] if found else ""

    def as_json(self) -> dict:
        return {"to": self.to, "from": self.sender, "subject": self.subject, "received": self.received.isoformat(), "code": self.code,
                "link": self.link, "text": self.text, "file": str(self.path)}


class Mailbox:
    def __init__(self, directory: Path):
        self.directory = directory

    def mails(self, to: str = "") -> list[Mail]:
        """Newest first; all, or those to an address in any case."""
        files = sorted(self.directory.glob("*.eml"), reverse=True) if self.directory.is_dir() else []
        read = (Mail(path, message_from_bytes(path.read_bytes(), policy=policy.default)) for path in files)
        return [mail for mail in read if not to or mail.to.lower() == to.lower()]

    def wait_for(self, address: str, count: int = 1, seconds: float = 20.0) -> Mail:
        """The newest mail to the address, once `count` of them have come."""
        def newest():
            mails = self.mails(address)
            return mails[0] if len(mails) >= count else None
        return wait_for(f"mail number {count} to {address}", newest, seconds)
