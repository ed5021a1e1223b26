"""The rows of the benchmark and how they are printed."""

import json
from dataclasses import asdict, dataclass


@dataclass
class Row:
    """One figure. `ratio` is ours over what it is held against; `met` is None where there is no goal."""

    name: str
    value: float
    unit: str
    against: str | None = None
    ratio: float | None = None
    goal: str | None = None
    met: bool | None = None


class Report:
    def __init__(self, say):
        self.rows: list[Row] = []
        self.say = say

    def add(self, name: str, value: float, unit: str, *, against: str | None = None, peer: float | None = None,
            goal: str | None = None, met: bool | None = None) -> Row:
        row = Row(name, round(value, 3), unit, against, round(value / peer, 3) if peer else None, goal, met)
        self.rows.append(row)
        self.say(f"{name:58} {value:>11,.1f} {unit:8}"
                 + (f"  ×{row.ratio:<7g} {against}" if against else "")
                 + (f"  goal {goal}: {'met' if met else 'MISSED'}" if goal else ""))
        return row

    def note(self, text: str) -> None:
        self.say(f"    {text}")

    def failed(self, name: str, error: Exception) -> None:
        """A figure that could not be taken is a goal that is not met, never a figure left out."""
        self.rows.append(Row(name, 0, "", str(error)[:300], None, "measured", False))
        self.say(f"{name:58} not measured: {error}")

    def text(self) -> str:
        return json.dumps([asdict(row) for row in self.rows], indent=2)

    def missed(self) -> list[Row]:
        return [row for row in self.rows if row.met is False]
