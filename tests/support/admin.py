"""The admin listener of a front: health, readiness, metrics."""

import re
import urllib.error
import urllib.request
from dataclasses import dataclass


@dataclass(frozen=True)
class AdminListener:
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(self.url + path, timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def status(self, path: str) -> int:
        return self.get(path)[0]

    def is_ready(self) -> bool:
        try:
            return self.status("/readyz") == 200
        except OSError:
            return False

    def metrics(self) -> str:
        return self.get("/metrics")[1]

    def metric(self, name: str) -> float:
        """A metric without labels."""
        found = re.search(rf"(?m)^{name} (\S+)$", self.metrics())
        assert found, f"no metric {name}"
        return float(found[1])
