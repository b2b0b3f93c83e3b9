#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests of the installed libbgen: test_library.py PART PREFIX, see library.cmake.

  symbols   what leaves libbgen.so.N is what the installed headers declare, to the last name; SONAME
  headers   each of them alone is C and C++, and asks for no folder but include/
  c         examples/library/banana.c by pkg-config, and its result
  cxx       the umbrella header in a C++ program
  cmake     banana.c by find_package(bgen), and its result
  python    examples/library/banana.py by ctypes, and its result
"""
import argparse
import math
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

# F = -ln pi. Seeds are fixed, so that this fails always or never; had they been free, 4 errors would fail once in 16000
# runs. Errors are 0.0013 (C) and 0.0009 (Python): twice that would be a flow that has learned less.
EXACT, MOST_ERRORS, LARGEST_ERROR = -math.log(math.pi), 4, 0.003


def run(*command, **more):
    result = subprocess.run([str(word) for word in command], capture_output=True, text=True, **more)
    if result.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{result.stdout}{result.stderr}")
    return result.stdout


def must(condition, sentence):
    if not condition:
        sys.exit(sentence)


def check_result(printed, version):
    print(printed, end="")
    found = re.fullmatch(r"bgen (\S+): F = (\S+) \+- (\S+) kT, exact (\S+)\n", printed)
    must(found, "this is no result")
    value, error = float(found[2]), float(found[3])
    must(found[1] == version, f"bgen_version() is {found[1]}, not {version}")
    must(abs(float(found[4]) - EXACT) < 5e-5, f"the exact F is {EXACT:.4f}")
    must(0 < error <= LARGEST_ERROR, f"an error of {error} is not in (0, {LARGEST_ERROR}]")
    must(abs(value - EXACT) <= MOST_ERRORS * error, f"F deviates by more than {MOST_ERRORS} errors")


class Library:
    def __init__(self, options):
        self.options = options
        self.prefix = options.prefix.resolve()
        self.lib, self.include = self.prefix / options.libdir, self.prefix / "include"
        self.soname = f"libbgen.so.{options.version.split('.')[0]}"
        self.environment = dict(os.environ, LD_LIBRARY_PATH=str(self.lib),
                                PKG_CONFIG_PATH=str(self.lib / "pkgconfig"))

    def headers(self):
        return sorted((self.include / "bgen").rglob("*.h"))

    def flags(self):
        return run("pkg-config", "--cflags", "--libs", "bgen", env=self.environment).split()

    # ---- parts ----

    def symbols(self, _):
        names = run("nm", "-D", "--defined-only", self.lib / self.soname).split("\n")
        exported = {line.split()[-1].split("@")[0] for line in names if line}
        declared = set().union(*(declared_in(path.read_text()) for path in self.headers()))
        must(len(declared) > 100, f"the headers declare only {len(declared)} names")
        must(exported == declared, f"exported, but in no header: {sorted(exported - declared)}; "
             f"in a header, but not exported: {sorted(declared - exported)}")
        must(all(name.startswith("bgen_") for name in exported), "a name does not begin with bgen_")
        dynamic = run("readelf", "-d", self.lib / self.soname)
        must(f"soname: [{self.soname}]" in dynamic, f"the SONAME is not {self.soname}: {dynamic}")
        must(os.path.realpath(self.lib / "libbgen.so") == str(self.lib / f"libbgen.so.{self.options.version}"),
             "libbgen.so leads elsewhere")
        version = run("pkg-config", "--modversion", "bgen", env=self.environment).strip()
        must(version == self.options.version, f"bgen.pc says version {version}")

    def headers_alone(self, folder):
        for path in self.headers():
            name = path.relative_to(self.include)
            (folder / "one.c").write_text(f"#include <{name}>\n#include <{name}>\nint main(void) {{ return 0; }}\n")
            warnings = ("-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only", f"-I{self.include}")
            run(self.options.cc, "-std=c11", *warnings, folder / "one.c")
            run(self.options.cxx, "-std=c++17", "-x", "c++", *warnings, folder / "one.c")

    def c(self, folder):
        shutil.copy(self.options.examples / "banana.c", folder)
        run(self.options.cc, "-O2", "-Wall", "-Wextra", "-Werror", folder / "banana.c", *self.flags(), "-lm", "-o",
            folder / "banana")
        check_result(run(folder / "banana", env=self.environment), self.options.version)

    def cxx(self, folder):
        (folder / "version.cpp").write_text("#include <bgen/bgen.h>\n#include <cstdio>\n"
                                            "int main() { std::puts(bgen_version()); }\n")
        run(self.options.cxx, "-std=c++17", "-Wall", "-Werror", folder / "version.cpp", *self.flags(), "-o",
            folder / "version")
        version = run(folder / "version", env=self.environment).strip()
        must(version == self.options.version, f"bgen_version() is {version}")

    def cmake(self, folder):
        shutil.copy(self.options.examples / "banana.c", folder)
        major, minor = self.options.version.split(".")[:2]
        (folder / "CMakeLists.txt").write_text(
            "cmake_minimum_required(VERSION 3.22)\nproject(banana C)\n"
            f"find_package(bgen {major}.{minor} REQUIRED)\nadd_executable(banana banana.c)\n"
            "target_link_libraries(banana PRIVATE bgen::bgen m)\n")
        run(self.options.cmake, "-S", folder, "-B", folder / "build", f"-DCMAKE_PREFIX_PATH={self.prefix}",
            f"-DCMAKE_C_COMPILER={self.options.cc}")
        run(self.options.cmake, "--build", folder / "build")
        check_result(run(folder / "build" / "banana"), self.options.version) # finds the library by its rpath

    def python(self, folder):
        script = self.options.examples / "banana.py"
        check_result(run(self.options.python, "-B", script, self.lib / self.soname, cwd=folder), self.options.version)


def declared_in(text):
    """Functions and data between BGEN_API_BEGIN and BGEN_API_END, without those that are inline."""
    found = re.search(r"^BGEN_API_BEGIN$(.*)^BGEN_API_END$", text, re.M | re.S)
    text = re.sub(r"/\*.*?\*/", "", found[1] if found else "", flags=re.S)
    text = re.sub(r"^static inline .*?^}$", "", text, flags=re.M | re.S)
    text = re.sub(r"^#define .*?[^\\]$", "", text, flags=re.M | re.S)
    data = re.findall(r"^extern .*?;", text, re.M | re.S)
    return set(re.findall(r"\b(bgen_\w+)\(", text)) | set(
        name for line in data for name in re.findall(r"\b(bgen_\w+)(?=[,;\[])", line))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("part", choices=["symbols", "headers", "c", "cxx", "cmake", "python"])
    parser.add_argument("prefix", type=pathlib.Path)
    parser.add_argument("--examples", type=pathlib.Path)
    for word in ("libdir", "version", "cc", "cxx", "cmake", "python"):
        parser.add_argument("--" + word)
    options = parser.parse_args()
    library = Library(options)
    with tempfile.TemporaryDirectory() as folder:
        getattr(library, "headers_alone" if options.part == "headers" else options.part)(pathlib.Path(folder))


if __name__ == "__main__":
    main()
