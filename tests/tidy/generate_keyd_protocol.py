#!/usr/bin/python3
"""Writes docs/keyd-protocol.md from the comments of keyd/proto/keyd.proto.

usage: generate_keyd_protocol.py [--check]

--check writes nothing and exits with 1 when the committed page is not what the .proto says.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROTO = ROOT / "keyd" / "proto" / "keyd.proto"
PAGE = ROOT / "docs" / "keyd-protocol.md"

SECTION = re.compile(r"^// -{20,} (.+)$")
BLOCK = re.compile(r"^(message|enum) (\w+) \{(\})?")
FIELD = re.compile(r"^((?:repeated )?[\w.]+) (\w+) = (\d+);(?:\s*//\s*(.*))?$")
VALUE = re.compile(r"^(\w+) = (\d+);(?:\s*//\s*(.*))?$")
RESERVED = re.compile(r"^reserved ([^;]+);(?:\s*//\s*(.*))?$")


def escape(text):
    return text.replace("|", "\\|").replace("<", "&lt;")


def preamble(lines):
    """The comment before `syntax`, its capitals as headings and its table as code."""
    out = []
    for line in lines:
        text = line[3:] if line.startswith("// ") else line[2:]
        heading = re.match(r"^([A-Z]{4,})\. (.*)$", text)
        if heading:
            out += [f"## {heading[1].capitalize()}", "", heading[2]]
        elif text.startswith("  "):
            out.append("    " + text.strip("\n")[2:])
        else:
            out.append(text)
    return out


class Writer:
    def __init__(self):
        self.out = []
        self.comment = []
        self.rows = []
        self.in_oneof = ""

    def take_comment(self):
        text = " ".join(self.comment)
        self.comment = []
        return text

    def start_block(self, kind, name, depth):
        comment = self.take_comment()
        self.out += ["", f"{'#' * (3 + depth)} {name}", ""]
        if comment:
            self.out += [escape(comment), ""]
        self.out += ["| number | field | type | what |", "|---|---|---|---|"] if kind == "message" else [
            "| number | name | what |", "|---|---|---|"]

    def field(self, kind, match, group):
        if kind == "message":
            typ, name, number, trailing = match.groups()
        else:
            name, number, trailing = match.groups()
        what = " ".join(part for part in (self.take_comment(), trailing or "") if part)
        if group:
            what = (what + " " if what else "") + f"(one of `{group}`)"
        if kind == "message":
            self.out.append(f"| {number} | `{name}` | {escape(typ)} | {escape(what)} |")
        else:
            self.out.append(f"| {number} | `{name}` | {escape(what)} |")


def body(lines):
    writer = Writer()
    stack = []
    group = ""
    for raw in lines:
        line = raw.strip()
        section = SECTION.match(line)
        block = BLOCK.match(line)
        if section:
            writer.comment = []
            writer.out += ["", f"## {section[1][0].upper()}{section[1][1:]}"]
        elif line.startswith("//"):
            writer.comment.append(line[2:].strip())
        elif block:
            writer.start_block(block[1], block[2], len(stack))
            if block[3]:
                del writer.out[-2:]
                writer.out.append("No fields.")
            else:
                stack.append(block[1])
        elif line.startswith("oneof "):
            group = line.split()[1]
            writer.comment = []
        elif line == "}":
            writer.comment = []
            if group:
                group = ""
            else:
                stack.pop()
                if stack:  # the outer message goes on after a nested one
                    writer.out += ["", "| number | field | type | what |", "|---|---|---|---|"]
        elif not line:
            # A group's heading ends with its blank line; a comment belongs to what follows at once.
            writer.comment = []
        elif stack and stack[-1] == "message" and FIELD.match(line):
            writer.field("message", FIELD.match(line), group)
        elif stack and stack[-1] == "enum" and VALUE.match(line):
            writer.field("enum", VALUE.match(line), "")
        elif RESERVED.match(line):
            match = RESERVED.match(line)
            columns = "| | |" if stack[-1] == "message" else "| |"
            writer.out.append(f"| {match[1]} | reserved {columns[2:]} {escape(match[2] or '')} |")
        else:
            sys.exit(f"{PROTO}: a line this generator does not understand: {raw}")
    return writer.out


def page():
    lines = PROTO.read_text().splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("syntax"))
    rest = [line for line in lines[start + 1:] if not line.startswith(("package ", "import ", "option "))]
    out = ["<!-- Generated from keyd/proto/keyd.proto by tests/tidy/generate_keyd_protocol.py. Do not edit. -->",
           "", "# The protocol of tessera-keyd", ""]
    out += preamble(lines[:start]) + body(rest)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in out)) + "\n"


def main():
    text = page()
    if "--check" in sys.argv[1:]:
        if not PAGE.exists() or PAGE.read_text() != text:
            sys.exit(f"{PAGE.relative_to(ROOT)} is not what {PROTO.relative_to(ROOT)} says: "
                     "run tests/tidy/generate_keyd_protocol.py")
        return
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(text)


if __name__ == "__main__":
    main()
