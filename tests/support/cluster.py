"""A private PostgreSQL cluster: reached by a Unix socket only; a role is taken by the Unix user that pg_ident.conf maps to it."""

import subprocess
from pathlib import Path

from accounts import Account, current_account
from processes import run_as

PG_BIN = Path("/usr/lib/postgresql/15/bin")
APP_ROLES = ("tessera_app", "tessera_system", "tessera_audit")


class Cluster:
    """`data` is its directory, `sockets` where it listens. Who starts and stops it is the stack."""

    def __init__(self, data: Path, sockets: Path, account: Account, *, durable: bool):
        self.data = data
        self.sockets = sockets
        self.account = account
        self.durable = durable

    def init(self, front: Account) -> None:
        """Makes the cluster if there is none. The front's user and whoever runs this may take the roles of the application."""
        if (self.data / "PG_VERSION").exists():
            return
        run_as(self.account, [str(PG_BIN / "initdb"), "-D", str(self.data), "-U", "postgres", "--auth=peer", "--encoding=UTF8",
                              "--locale=C.UTF-8", "--no-instructions"])
        (self.data / "pg_hba.conf").write_text("local all all peer map=tessera\n")
        me = current_account()
        names = [(self.account.name, "postgres"), (me.name, "tessera_owner"), (me.name, "postgres")]
        names += [(who.name, role) for who in (front, me) for role in APP_ROLES]
        (self.data / "pg_ident.conf").write_text("".join(f"tessera {who} {role}\n" for who, role in dict.fromkeys(names)))

    def command(self) -> list[str]:
        """Starts the server, also after a crash left its pid file."""
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        kept = "on" if self.durable else "off"
        options = {"listen_addresses": "", "unix_socket_directories": str(self.sockets), "max_connections": "200",
                   "shared_buffers": "128MB", "log_min_messages": "warning", "log_line_prefix": "%m [%p] %q%u@%d ",
                   "fsync": kept, "full_page_writes": kept}
        arguments = [str(PG_BIN / "postgres"), "-D", str(self.data)]
        for name, value in options.items():
            arguments += ["-c", f"{name}={value}"]
        return arguments

    def is_ready(self) -> bool:
        asked = [str(PG_BIN / "pg_isready"), "-q", "-U", "postgres", "-d", "postgres", "-h", str(self.sockets)]
        return subprocess.run(asked).returncode == 0

    def create_database(self) -> None:
        if self.psql("SELECT count(*) FROM pg_database WHERE datname = 'tessera'", "postgres", "postgres") == "1":
            return
        if self.psql("SELECT count(*) FROM pg_roles WHERE rolname = 'tessera_owner'", "postgres", "postgres") == "0":
            self.psql("CREATE ROLE tessera_owner LOGIN CREATEROLE", "postgres", "postgres")
        self.psql("CREATE DATABASE tessera OWNER tessera_owner", "postgres", "postgres")

    def psql(self, statement: str, role: str = "tessera_owner", database: str = "tessera") -> str:
        """Runs one statement as `role` and returns what it printed, unaligned."""
        return run_as(current_account(), [str(PG_BIN / "psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h",
                                          str(self.sockets), "-U", role, "-d", database, "-c", statement]).strip()

    def dump(self) -> str:
        return run_as(current_account(), [str(PG_BIN / "pg_dump"), "-h", str(self.sockets), "-U", "postgres", "tessera"])

    def database_url(self, role: str = "tessera_owner") -> str:
        return f"postgresql:///tessera?host={self.sockets}&user={role}"
