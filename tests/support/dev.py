"""What ./tessera-dev does once the packages are there: up, down, status, logs, test, bench, fmt, clean."""

import argparse
import hashlib
import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import builds  # noqa: E402
import oidf  # noqa: E402
import suites  # noqa: E402
from accounts import current_account  # noqa: E402
from ports import free_port, is_listening  # noqa: E402
from processes import Process, StackError  # noqa: E402
from stack import Stack  # noqa: E402
from wait import Timeout, wait_for  # noqa: E402

DEMO_RESOURCE = "https://api.demo.example"
PORT = 8443  # as daemon/settings/serve_settings.cpp has them
ADMIN_PORT = 9090
MAIL_PORT = 2525
APP_PORT = 8480
PROCESS_NAMES = ("postgres", "tessera-keyd", "mail-catcher", "tessera-serve", "demo-app")


def is_open_to_all(path: Path) -> bool:
    return all(parent.stat().st_mode & 0o001 for parent in (path, *path.parents))


def state_directory() -> Path:
    """.tessera in the tree; elsewhere when service users could not reach it there."""
    if os.environ.get("TESSERA_STATE"):
        return Path(os.environ["TESSERA_STATE"]).resolve()
    inside = builds.ROOT / ".tessera"
    if os.geteuid() != 0 or is_open_to_all(builds.ROOT):
        return inside
    return Path("/var/lib/tessera-dev") / hashlib.sha256(str(builds.ROOT).encode()).hexdigest()[:12]


def logs_directory() -> Path:
    return builds.ROOT / ".tessera" / "logs"


class Instance:
    """The instance `up` made, remembered in state.json (0600: it has the demo client's secret)."""

    def __init__(self):
        self.directory = state_directory()
        self.file = self.directory / "state.json"
        self.remembered = json.loads(self.file.read_text()) if self.file.exists() else {}

    def stack(self, port: int = 0, admin_port: int = 0) -> Stack:
        stack = Stack(self.directory, self.directory / "bin", port=port or self.remembered.get("port", PORT),
                      admin_port=admin_port or self.remembered.get("admin_port", ADMIN_PORT),
                      mail_port=self.remembered.get("mail_port") or (MAIL_PORT if not is_listening(MAIL_PORT) else 0))
        stack.serve_settings |= self.remembered.get("serve_settings", {})
        for name, seen in self.remembered.get("processes", {}).items():
            process = Process(name, seen["pid"], seen["started"])
            if process.is_running():
                stack.processes[name] = process
        return stack

    def save(self, stack: Stack) -> None:
        self.remembered |= {"port": stack.port, "admin_port": stack.admin.port, "mail_port": stack.mail_port, "processes": {
            name: {"pid": process.pid, "started": process.started} for name, process in stack.processes.items()}}
        partial = self.file.with_suffix(".new")
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(self.remembered, file, indent=2)
        partial.replace(self.file)


def holder_of(port: int) -> str:
    listed = subprocess.run(["ss", "-Hltnp", f"sport = :{port}"], capture_output=True, text=True).stdout
    seen = re.search(r'"([^"]+)",pid=(\d+)', listed)
    return f"{seen[1]} (pid {seen[2]})" if seen else "another process"


def require_free(port: int, option: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise StackError(f"port {port} is taken by {holder_of(port)}; free it or choose another with {option}") from None


def seed_demo(stack: Stack, instance: Instance) -> None:
    """Realm `demo` with a resource, a service client, a person and an app to sign in to, once."""
    demo = instance.remembered.setdefault("demo", {})
    if "client_id" not in demo:
        slugs = [project["slug"] for project in stack.tessera_json("project", "list").get("projects", [])]
        if "demo" not in slugs:
            stack.tessera_json("project", "create", "--slug", "demo", "--display-name", "Demo", "--single-organization")
            stack.tessera_json("resource", "create", "--project", "demo", "--uri", DEMO_RESOURCE, "--display-name", "Demo API",
                               "--scope", "read", "--scope", "write")
        client = stack.tessera_json("client", "create", "--project", "demo", "--display-name", "Demo service",
                                    "--auth-method", "client_secret_basic", "--access", f"{DEMO_RESOURCE}=read,write")
        demo |= {"client_id": client["client_id"], "client_secret": client["client_secret"], "resource": DEMO_RESOURCE}
    if "user" not in demo:
        demo |= seed_person(stack)
    if "app" not in demo:
        demo["app"] = seed_app(stack, instance.remembered.get("app_port") or free_app_port())


def seed_person(stack: Stack) -> dict:
    """Alice, with a password made here."""
    email, password = "alice@demo.example", "-".join(secrets.token_hex(3) for _ in range(4))
    known = stack.tessera_json("user", "list", "--project", "demo", "--email", email).get("users", [])
    user = known[0] if known else stack.tessera_json("user", "create", "--project", "demo", "--email", email, "--email-verified",
                                                     "--display-name", "Alice Example")
    stack.tessera_json("user", "set-password", "--project", "demo", user["id"], stdin=password)
    return {"user": email, "password": password}


def seed_app(stack: Stack, port: int) -> dict:
    """The client of tests/support/relying_party.py, which shows what signing in is like."""
    base = f"http://localhost:{port}"
    client = stack.tessera_json("client", "create", "--project", "demo", "--display-name", "Demo app", "--template", "web",
                                "--application-type", "native",  # OpenID Connect Registration §2: what runs on http://localhost is no web app
                                "--redirect-uri", base + "/callback", "--post-logout-redirect-uri", base + "/signed-out")
    return {"url": base, "port": port, "client_id": client["client_id"], "client_secret": client["client_secret"]}


def free_app_port() -> int:
    return APP_PORT if not is_listening(APP_PORT) else free_port()


def start_app(stack: Stack, demo: dict) -> None:
    """The demo app, as whoever runs this."""
    app = demo["app"]
    configuration = stack.directory / "demo-app.json"
    configuration.touch(mode=0o600)
    configuration.write_text(json.dumps({"client_id": app["client_id"], "client_secret": app["client_secret"], "base": app["url"], "port": app["port"],
                                         "issuer": f"{stack.issuer_base}/realms/demo", "ca_file": str(stack.ca_file)}))
    script = Path(__file__).resolve().parent / "relying_party.py"
    process = stack.spawn("demo-app", [sys.executable, "-I", "-B", str(script), str(configuration)], current_account())
    stack.wait_started(process, "the demo app to listen", lambda: is_listening(app["port"]))


def measure_passwords(stack: Stack, instance: Instance) -> None:
    """What a password hash costs on this machine, once: the strongest parameters that stay below a tenth of a second."""
    if "password-hash-memory-kib" in stack.serve_settings:
        return
    command = [str(stack.binary("tessera")), "measure-passwords", "--json"]
    measured = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    stack.serve_settings |= {f"password-hash-{name.replace('_', '-')}": str(measured[name])
                             for name in ("memory_kib", "iterations", "parallelism")}
    instance.remembered["serve_settings"] = stack.serve_settings


def start_what_is_missing(stack: Stack, instance: Instance, changed: list[str]) -> None:
    if "tessera-keyd" in changed and "tessera-keyd" in stack.processes:
        stack.stop("tessera-keyd")
    if "tessera" in changed and "tessera-serve" in stack.processes:
        stack.stop("tessera-serve")
    if "tessera-serve" not in stack.processes:
        require_free(stack.port, "--port")
        require_free(stack.admin.port, "--admin-port")
    stack.prepare()
    if "postgres" not in stack.processes:
        print("starting PostgreSQL …", flush=True)
        stack.start_postgres()
        instance.save(stack)
    stack.postgres.create_database()
    stack.migrate()
    for name, start in (("tessera-keyd", stack.start_keyd), ("mail-catcher", stack.start_mail), ("tessera-serve", stack.start_serve)):
        if name not in stack.processes:
            print(f"starting {name} …", flush=True)
            start()
            instance.save(stack)
    wait_for("readiness: ./tessera-dev logs says what is missing", stack.admin.is_ready, 30)


def up(arguments) -> int:
    begun = time.monotonic()
    instance = Instance()
    if instance.directory != builds.ROOT / ".tessera":
        print(f"keeping state in {instance.directory}: service users cannot reach {builds.ROOT}")
    built = builds.build(builds.RELEASE, logs_directory(), builds.PRODUCT)
    stack = instance.stack(arguments.port, arguments.admin_port)
    known_port, known_admin_port = instance.remembered.get("port", stack.port), instance.remembered.get("admin_port", stack.admin.port)
    moved = [(port, option) for port, known, option in ((stack.port, known_port, "--port"), (stack.admin.port, known_admin_port, "--admin-port"))
             if port != known]
    if moved:
        for port, option in moved:
            require_free(port, option)
        for name in ("tessera-serve", "tessera-keyd"):  # the issuer changes with the port
            if name in stack.processes:
                stack.stop(name)
    changed = builds.install_binaries(built, instance.directory / "bin")
    measure_passwords(stack, instance)
    start_what_is_missing(stack, instance, changed)
    seed_demo(stack, instance)
    instance.save(stack)
    if moved and "demo-app" in stack.processes:
        stack.stop("demo-app")
    if "demo-app" not in stack.processes:
        start_app(stack, instance.remembered["demo"])
        instance.save(stack)
    print_welcome(stack, instance.remembered["demo"], time.monotonic() - begun)
    return 0


def seed(arguments) -> int:
    """The realm of the conformance suite; prints what the suite is to be given, and nothing else, on standard output."""
    instance = Instance()
    stack = instance.stack()
    if "tessera-serve" not in stack.processes:
        raise StackError("nothing runs here: ./tessera-dev up first, with --port when the suite has the port")
    suite = arguments.suite.rstrip("/")
    settings = stack.serve_settings | oidf.front_settings(stack, suite, arguments.suite_ca)
    if settings != stack.serve_settings:
        instance.remembered["serve_settings"] = stack.serve_settings = settings
        stack.stop("tessera-serve")
        stack.start_serve()
    try:
        oidf.seed(stack, instance.remembered.setdefault("oidf", {}), suite)
    finally:
        instance.save(stack)
    plans = oidf.plans(stack, instance.remembered["oidf"], suite)
    print(json.dumps(plans[arguments.plan]["configuration"] if arguments.plan else plans, indent=2))
    return 0


def print_welcome(stack: Stack, demo: dict, took_s: float) -> None:
    issuer = f"{stack.issuer_base}/realms/demo"
    print(f"""
Tessera is running ({took_s:.0f} s).

  issuer          {issuer}
  demo client     {demo['client_id']}
  demo secret     {demo['client_secret']}
  resource        {demo['resource']}
  console socket  {stack.console_socket}
  health, metrics {stack.admin.url}/readyz  {stack.admin.url}/metrics
  CA file         {stack.ca_file}
  mail            ./tessera-dev mail (kept in {stack.mailbox.directory})

Sign in as a person:  open {demo['app']['url']} and sign in as {demo['user']} with the password {demo['password']}
                      (the page's certificate is of the CA above, which a browser does not know)

Get a token:

curl --cacert {stack.ca_file} -u {demo['client_id']}:{demo['client_secret']} -d grant_type=client_credentials -d resource={demo['resource']} {issuer}/token

Operate it:  TESSERA_CONSOLE_SOCKET={stack.console_socket} {stack.binary('tessera')} project list
Stop it:     ./tessera-dev down
""")


def down(_) -> int:
    instance = Instance()
    stack = instance.stack()
    running = list(stack.processes)
    stack.down()
    if instance.file.exists():
        instance.save(stack)
    print(f"stopped {', '.join(running)}" if running else "nothing was running")
    return 0


def process_status(process: Process) -> dict:
    status = dict(line.split(":", 1) for line in Path(f"/proc/{process.pid}/status").read_text().splitlines() if ":" in line)
    uptime_s = float(Path("/proc/uptime").read_text().split()[0]) - process.started / os.sysconf("SC_CLK_TCK")
    return {"pid": process.pid, "uid": int(status["Uid"].split()[0]), "rss_bytes": int(status["VmRSS"].split()[0]) * 1024,
            "uptime_s": round(uptime_s, 1)}


def status(arguments) -> int:
    instance = Instance()
    stack = instance.stack()
    demo = instance.remembered.get("demo")
    ready = stack.admin.is_ready() if len(stack.processes) == len(PROCESS_NAMES) else False
    state = "running" if ready else "failed" if stack.processes else "stopped"
    realm = {"issuer": f"{stack.issuer_base}/realms/demo", **demo} if demo else {}
    if "app" in realm:
        realm["app_url"] = realm.pop("app")["url"]
    answer = {
        "state": state, "issuer_base": stack.issuer_base, "realms": {"demo": realm} if realm else {},
        "ca_file": str(stack.ca_file), "admin_url": stack.admin.url, "metrics_url": stack.admin.url + "/metrics",
        "processes": {name: process_status(process) for name, process in stack.processes.items()},
        "database_url": stack.postgres.database_url(),
    }
    if arguments.json:
        print(json.dumps(answer, indent=2))
    else:
        print(f"{state}   issuer base {stack.issuer_base}   metrics {answer['metrics_url']}")
        for name in PROCESS_NAMES:
            seen = answer["processes"].get(name)
            what = "pid {pid}, uid {uid}, {mib} MiB, up {uptime_s:.0f} s".format(mib=seen["rss_bytes"] >> 20, **seen) if seen else "not running"
            print(f"  {name:14} {what}")
    return 0 if state == "running" else 1


def logs(arguments) -> int:
    folder = Instance().directory / "logs"
    names = [arguments.name] if arguments.name else list(PROCESS_NAMES)
    files = [str(folder / f"{name}.log") for name in names if (folder / f"{name}.log").exists()]
    if not files:
        print(f"no log of {', '.join(names)} in {folder}", file=sys.stderr)
        return 1
    return subprocess.run(["tail", "-n", "100", *(["-F"] if arguments.follow else []), *files]).returncode


def mail(arguments) -> int:
    mails = Instance().stack().mailbox.mails(arguments.to)
    if arguments.json:
        print(json.dumps([each.as_json() for each in mails], indent=2, ensure_ascii=False))
        return 0
    for each in mails:
        print(f"{each.received.astimezone():%Y-%m-%d %H:%M:%S}  to {each.to}\nFrom: {each.sender}\nSubject: {each.subject}\n")
        print("".join(f"    {line}\n" for line in each.text.strip().split("\n")))
    print(f"{len(mails)} mails" if mails else "no mail has come")
    return 0


def test(arguments) -> int:
    return suites.run(arguments.suite, arguments.filter, logs_directory())


def bench(arguments) -> int:
    built = builds.build(builds.RELEASE, logs_directory(), builds.BENCH)
    command = [sys.executable, str(builds.ROOT / "tests" / "bench" / "bench.py"), "--build", str(built), "--only", arguments.only]
    return subprocess.run(command + (["--json"] if arguments.json else [])).returncode


def fmt(_) -> int:
    listed = subprocess.run(["git", "-c", "safe.directory=*", "ls-files", "*.cpp", "*.hpp"], cwd=builds.ROOT, check=True, capture_output=True, text=True)
    return subprocess.run(["clang-format-19", "-i", *listed.stdout.split()], cwd=builds.ROOT).returncode


def clean(_) -> int:
    down(_)
    for path in (builds.ROOT / "build", state_directory(), builds.ROOT / ".tessera"):
        shutil.rmtree(path, ignore_errors=True)
    return 0


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./tessera-dev")
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("up", help="build and start everything")
    one.add_argument("--port", type=int, default=int(os.environ.get("TESSERA_PORT", 0)), help=f"of the public listener ({PORT})")
    one.add_argument("--admin-port", type=int, default=int(os.environ.get("TESSERA_ADMIN_PORT", 0)),
                     help=f"of health and metrics ({ADMIN_PORT})")
    one = commands.add_parser("seed", help="make a realm for a purpose and print what the other side is to be told",
                              description="Makes, or brings up to date, the realm `oidf` on what `up` started: clients, a person with every "
                              "standard claim, and permission for the front to call the suite. Prints the suite's plans with their "
                              "configuration as JSON. The front starts anew when that permission changes.")
    one.add_argument("purpose", choices=("oidf",), help="oidf: the OpenID Foundation's conformance suite")
    one.add_argument("--suite", default=oidf.SUITE, metavar="URL", help="where the suite is (%(default)s)")
    one.add_argument("--suite-ca", type=Path, metavar="FILE", help="who vouches for the suite's certificate (PEM), if no public authority does; "
                     "without it back-channel logout does not reach a suite of one's own; kept once given")
    one.add_argument("--plan", choices=oidf.plan_names(), help="only this plan's configuration, as the suite's pages take it")
    commands.add_parser("down", help="stop everything")
    one = commands.add_parser("status", help="what runs")
    one.add_argument("--json", action="store_true")
    one = commands.add_parser("logs", help="what the processes said")
    one.add_argument("name", nargs="?", choices=PROCESS_NAMES)
    one.add_argument("-f", "--follow", action="store_true")
    one = commands.add_parser("mail", help="what the appliance has sent, newest first")
    one.add_argument("--json", action="store_true")
    one.add_argument("--to", default="", metavar="ADDRESS", help="to this address only")
    one = commands.add_parser("test", help="build with sanitizers and test")
    one.add_argument("--suite", choices=suites.NAMES, help="one suite only")
    one.add_argument("--filter", default="", help="tests whose name fits this glob")
    one = commands.add_parser("bench", help="measure")
    one.add_argument("--only", default="*", help="groups of figures whose name fits this glob (docs/performance.md names them)")
    one.add_argument("--json", action="store_true")
    commands.add_parser("fmt", help="format the sources")
    commands.add_parser("clean", help="remove everything built and stored")
    return parser.parse_args(arguments)


def main() -> int:
    arguments = parse(sys.argv[1:])
    try:
        return globals()[arguments.command](arguments)
    except (StackError, builds.BuildError, Timeout) as error:
        print(f"tessera-dev: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
