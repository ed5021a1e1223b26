#!/usr/bin/python3
"""Embeds the migrations into the binary: usage: embed.py OUTPUT.cpp 0001_name.sql …"""

import re
import sys
from pathlib import Path

output, *files = sys.argv[1:]
lines = ['#include "storage/migrations/embedded.hpp"', "", "namespace tessera::storage {", "",
         "const std::vector<Migration>& embedded_migrations()", "{", "    static const std::vector<Migration> all = {"]
for expected, path in enumerate(sorted(files, key=lambda each: Path(each).name), start=1):
    name = Path(path).name
    match = re.fullmatch(r"(\d{4})_([a-z0-9_]+)\.sql", name)
    if not match or int(match[1]) != expected:
        sys.exit(f"{name}: migrations are numbered NNNN_name.sql without a gap; expected number {expected:04}")
    text = Path(path).read_text()
    if ')sql"' in text:
        sys.exit(f"{name}: must not contain )sql\"")
    lines.append(f'        {{{expected}, "{match[2]}", R"sql({text})sql"}},')
lines += ["    };", "    return all;", "}", "", "}  // namespace tessera::storage", ""]
Path(output).write_text("\n".join(lines))
