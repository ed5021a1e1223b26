#!/usr/bin/python3
"""A mail server that delivers nothing: keeps each mail as a file. Loopback only.

usage: mail_catcher.py --directory DIR --port PORT
"""

import argparse
import asyncio
import itertools
import os
import signal
import time
from email import message_from_bytes, policy
from pathlib import Path

from aiosmtpd.smtp import SMTP

BYTES_MAX = 4 * 1024 * 1024


class Keeper:
    """aiosmtpd's handler: one file a mail, whole or not there; names sort by arrival."""

    def __init__(self, directory: Path):
        self.directory = directory
        self.count = itertools.count()

    async def handle_DATA(self, server, session, envelope):
        message = message_from_bytes(envelope.content, policy=policy.SMTP)
        del message["X-Envelope-To"]
        message["X-Envelope-To"] = ", ".join(envelope.rcpt_tos)
        name = f"{time.time_ns():020}-{os.getpid()}-{next(self.count):06}"
        partial = self.directory / f".{name}"
        partial.write_bytes(message.as_bytes())
        partial.rename(self.directory / f"{name}.eml")
        return "250 kept"


async def serve(directory: Path, port: int) -> None:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    keeper = Keeper(directory)
    server = await loop.create_server(
        lambda: SMTP(keeper, hostname="localhost", data_size_limit=BYTES_MAX, enable_SMTPUTF8=True), "127.0.0.1", port)
    async with server:
        await ended.wait()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--directory", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    arguments = parser.parse_args()
    asyncio.run(serve(arguments.directory, arguments.port))


if __name__ == "__main__":
    main()
