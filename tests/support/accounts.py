"""Unix users: as root every part of a Tessera runs under its own, as in production; otherwise all as whoever runs this."""

import os
import pwd
import subprocess
from dataclasses import dataclass


@dataclass(frozen=True)
class Account:
    """A Unix user a part runs as."""

    name: str
    uid: int
    gid: int

    def for_subprocess(self) -> dict:
        """What subprocess takes to run a command as this user."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if os.geteuid() == 0 else {}

    def own(self, path: os.PathLike, group: int | None = None) -> None:
        if os.geteuid() == 0:
            os.chown(path, self.uid, self.gid if group is None else group)


NOBODY = Account("nobody", 65534, 65534)


def account(name: str) -> Account:
    entry = pwd.getpwnam(name)
    return Account(name, entry.pw_uid, entry.pw_gid)


def current_account() -> Account:
    entry = pwd.getpwuid(os.geteuid())
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def service_account(name: str) -> Account:
    """As root a system user of this name, made when missing; otherwise whoever runs this."""
    if os.geteuid() != 0:
        return current_account()
    try:
        return account(name)
    except KeyError:
        subprocess.run(["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", "--user-group", name],
                       check=True, capture_output=True)
        return account(name)
