#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""House rules over the source files of the repository; prints each breach and exits with 1 if there is one.

  check_style.py includes   who may include whom (README, "The house")
  check_style.py licences   an SPDX line in each source file
  check_style.py lengths    files and functions
  check_style.py format     clang-format
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
MAY_SEE = {  # a folder of the core sees itself and these
    "base": set(),
    "coords": {"base"},
    "layers": {"base"},
    "model": {"base", "coords", "layers"},
    "estimate": {"base"},
    "sample": {"base", "coords", "layers", "model", "estimate"},
    "train": {"base", "coords", "layers", "model", "estimate", "sample"},
}
FOREIGN = {"cblas.h": {"base/linalg.c"}, "lapacke.h": {"base/linalg.c"}, "cjson/cJSON.h": {"model/model_file.c"}}
STANDARD = {"assert", "ctype", "errno", "float", "math", "omp", "stdarg", "stdbool", "stddef", "stdint", "stdio", "stdlib",
            "string", "unistd"}
LONGEST = {".h": 180, ".c": 450, ".cpp": 450}  # lines
LONGEST_FUNCTION = 60


def sources(*endings, under=("core", "plugin", "tests")):
    return sorted(p for top in under for p in (ROOT / top).rglob("*") if p.suffix in endings)


def includes():
    for path in sources(".c", ".h", under=("core",)):
        name = path.relative_to(ROOT / "core").as_posix()
        folder = name.split("/")[0]
        for header in re.findall(r'^#include [<"](.+?)[>"]', path.read_text(), re.M):
            target = header.split("/")[0]
            if header in FOREIGN:
                good = name in FOREIGN[header]
            elif target in MAY_SEE:
                good = target == folder or target in MAY_SEE[folder]
            else:
                good = header.removesuffix(".h") in STANDARD
            if not good:
                yield f"core/{name} may not include {header}"


def licences():
    for path in sources(".c", ".h", ".cpp", ".py", ".sh", ".cmake", under=("core", "plugin", "tests", "examples", "cmake")):
        if "SPDX-License-Identifier:" not in "".join(path.read_text().splitlines(True)[:3]):
            yield f"{path.relative_to(ROOT)} names no licence in its first lines"


def lengths():
    for path in sources(*LONGEST):
        lines = path.read_text().splitlines()
        if len(lines) > LONGEST[path.suffix]:
            yield f"{path.relative_to(ROOT)} has {len(lines)} lines, more than {LONGEST[path.suffix]}"
        start = None
        for number, line in enumerate(lines, 1):
            if line == "{":
                start = number
            elif line == "}" and start is not None:
                if number - start > LONGEST_FUNCTION:
                    yield f"{path.relative_to(ROOT)}:{start} has a function of {number - start} lines"
                start = None


def format():
    for path in sources(".c", ".h", ".cpp"):
        run = subprocess.run(["clang-format", "--dry-run", "-Werror", str(path)], capture_output=True, text=True)
        if run.returncode:
            yield run.stderr.strip().splitlines()[0]


def main():
    rules = {"includes": includes, "licences": licences, "lengths": lengths, "format": format}
    breaches = list(rules[sys.argv[1]]())
    print("\n".join(breaches) or "clean")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
