"""The benchmark (docs/adr/0005-bench-method.md): our figures beside the peers', in one run.

usage: bench.py --build DIR [--json] [--only GLOB] [--seconds N]
With --json the list of rows is the only thing on standard output; progress goes to standard error.
"""

import argparse
import fnmatch
import os
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "support")]

import builds  # noqa: E402
import login_rows  # noqa: E402
import person_rows  # noqa: E402
import process_rows  # noqa: E402
import realm_rows  # noqa: E402
import token_rows  # noqa: E402
from report import Report  # noqa: E402
from served import Served  # noqa: E402

GROUPS = (
    ("token", token_rows.tokens_beside_the_peer),
    ("hsm", token_rows.tokens_beside_the_hsm),
    ("latency", token_rows.latencies),
    ("tls", token_rows.tokens_over_tls),
    ("private_key_jwt", token_rows.tokens_by_private_key_jwt),
    ("rs256", token_rows.tokens_signed_rs256),
    ("introspection", person_rows.introspection),
    ("refresh", person_rows.refresh),
    ("code", person_rows.code_exchange),
    ("userinfo", person_rows.userinfo),
    ("login-page", login_rows.login_page),
    ("login", login_rows.password_login),
    ("login-beside", login_rows.others_beside_logins),
    ("documents", token_rows.documents),
    ("memory", process_rows.memory),
    ("cold-start", process_rows.cold_start),
    ("rotation", process_rows.rotation_under_load),
    ("overload", process_rows.ten_times_the_load),
    ("realms", realm_rows.ten_thousand_realms),
    ("realm-keyrings", realm_rows.keyrings_of_their_own),
)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--only", default="*", help="groups of rows: " + ", ".join(name for name, _ in GROUPS))
    parser.add_argument("--seconds", type=int, default=3, help="of one run; every figure takes three and a warm-up")
    return parser.parse_args()


def main() -> int:
    arguments = parse()
    out = sys.stderr if arguments.json else sys.stdout
    report = Report(lambda text: print(text, file=out, flush=True))
    if not any(fnmatch.fnmatch(name, arguments.only) for name, _ in GROUPS):
        print(f"bench: no group fits {arguments.only}; there are " + ", ".join(name for name, _ in GROUPS), file=sys.stderr)
        return 2
    if len(os.sched_getaffinity(0)) < 2:
        print("bench: needs two processors, one for the servers and one for the load", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="tsb-") as directory:
        os.chmod(directory, 0o755)
        builds.install_binaries(arguments.build, Path(directory) / "binaries")
        with Served(Path(directory), arguments.build, arguments.seconds) as served:
            for name, take in GROUPS:
                if not fnmatch.fnmatch(name, arguments.only):
                    continue
                try:
                    take(served, report)
                except Exception as error:  # one group's failure must not cost the others their figures
                    report.failed(name, error)
    if arguments.json:
        print(report.text())
    missed = report.missed()
    lines = [f"\n  {row.name}: {row.value:g} {row.unit}, goal {row.goal}" for row in missed]
    print(f"{len(report.rows)} figures, {len(missed)} below their goal" + "".join(lines), file=out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
