#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""House rules over the source files of the repository; prints each breach and exits with 1 if there is one.

  check_style.py includes    who may include whom (README, "The house"), and who may know LAMMPS and MPI
  check_style.py licences    an SPDX line in each source file
  check_style.py lengths     lines of files and of the plugin, columns
  check_style.py functions   lines of functions
  check_style.py classes     functions of classes; one source file each
  check_style.py format      clang-format
  check_style.py selftest    each rule sees a breach that is planted in a copy
"""
import collections
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]

# A folder of the core sees itself and these.
CORE_MAY_SEE = {
    "base": set(),
    "coords": {"base"},
    "layers": {"base"},
    "model": {"base", "coords", "layers"},
    "sample": {"base", "coords", "layers", "model", "estimate"},  # works and visits are its data
    "train": {"base", "coords", "layers", "model", "estimate", "sample"},  # judged by BAR; frames move while it learns
    "estimate": {"base"},
}
FOREIGN = {"cblas.h": {"base/linalg.c"}, "lapacke.h": {"base/linalg.c"}, "xmmintrin.h": {"base/transpose.h"},
           "immintrin.h": {"base/product_avx2.c", "base/product_avx512.c", "layers/spline_avx2.c", "layers/spline_avx512.c"},
           "cjson/cJSON.h": {"model/model_bytes.c", "model/model_file.c"}}
STANDARD = {"assert", "ctype", "errno", "fcntl", "float", "limits", "math", "omp", "stdarg", "stdbool", "stddef", "stdint", "stdio", "stdlib",
            "string", "sys/resource", "sys/stat", "time", "unistd"}

# A room of the plugin sees itself, these, and the core; of some rooms no more than some headers.
ROOM_MAY_SEE = {
    "input": set(),
    "report": {"input"},
    "engine": {"input"},
    "state": {"engine", "input"},
    "actions": {"report", "state", "engine", "input"},
    "styles": {"actions", "report", "state", "engine", "input"},
    "loader": {"engine"},
}
SEES_NO_CORE = {"loader"}
ENGINE_WITHOUT_LAMMPS = {f"engine/{name}.h" for name in ("body", "box", "engine", "host", "pool", "probe", "terminal")}
NO_MORE_THAN = {("report", "input"): {"input/text.h", "input/error.h"}, ("state", "engine"): ENGINE_WITHOUT_LAMMPS,
                ("actions", "engine"): ENGINE_WITHOUT_LAMMPS, ("loader", "engine"): {"engine/lammps_compat.h"}}
KNOWS_LAMMPS = {"engine", "styles", "loader"}
KNOWS_MPI = {"engine", "loader"}
POSIX = {"dlfcn.h", "fcntl.h", "sched.h", "sys/stat.h", "sys/types.h", "unistd.h"}
MAINS = {"loader/lmp_bgen.cpp", "styles/styles.cpp"}

LONGEST_FILE = {".h": 160, ".c": 400, ".cpp": 400}
LONGEST_LINE = 100
LONGEST_PLUGIN = 21783  # a seventh of it guards against other fixes, files and numbers, a tenth is for free bodies and molecules; mathematics belongs in core/
MEDIAN_FUNCTION, P90_FUNCTION, LONGEST_FUNCTION, LONGEST_TEST_FUNCTION = 10, 20, 40, 60
LARGEST_CLASS = 25


def sources(*endings, under=("core", "plugin", "tests")):
    files = (p for top in under for p in (ROOT / top).rglob("*") if p.suffix in endings)
    return sorted(p for p in files if "compat" not in p.parts)  # stands in for headers of LAMMPS


def included(path):
    text = re.sub(r"/\*.*?\*/|//[^\n]*", " ", path.read_text(), flags=re.S)
    return re.findall(r'^\s*#\s*include\s*[<"](.+?)[>"]', text, re.M)


def core_sees(name, header):
    if name == "bgen.h":  # the public headers
        return header.split("/")[0] in CORE_MAY_SEE and "/" in header
    folder, target = name.split("/")[0], header.split("/")[0]
    if name == "bgen.h":  # all of it
        return target in CORE_MAY_SEE
    if header in FOREIGN:
        return name in FOREIGN[header]
    if target in CORE_MAY_SEE and "/" in header:
        return target == folder or target in CORE_MAY_SEE[folder]
    return header.removesuffix(".h") in STANDARD


def plugin_sees(name, header):
    room, target = name.split("/")[0], header.split("/")[0]
    if "/" not in header and (ROOT / "plugin" / room / header).exists():
        return room == "loader"  # elsewhere the room is named
    if target in ROOM_MAY_SEE and "/" in header:
        if name in ENGINE_WITHOUT_LAMMPS and target == "engine":
            return header in ENGINE_WITHOUT_LAMMPS
        return target == room or (target in ROOM_MAY_SEE[room] and header in NO_MORE_THAN.get((room, target), {header}))
    if target in CORE_MAY_SEE and "/" in header:
        return room not in SEES_NO_CORE
    if "." not in header or header in POSIX or header.removesuffix(".h") in STANDARD:
        return True  # the languages' own
    if header == "mpi.h":
        return room in KNOWS_MPI and name not in ENGINE_WITHOUT_LAMMPS
    return room in KNOWS_LAMMPS and name not in ENGINE_WITHOUT_LAMMPS  # what is left is of LAMMPS


def code_of(path):
    """Without comments and texts."""
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"', " ", path.read_text(), flags=re.S)


def knowledge(name, code):
    room = name.split("/")[0]
    if room not in KNOWS_MPI and re.search(r"\bMPI_(?!Comm\b)\w+", code):
        yield f"plugin/{name} uses MPI"
    if (room not in KNOWS_LAMMPS or name in ENGINE_WITHOUT_LAMMPS) and re.search(r"\bLAMMPS_NS\b", code):
        yield f"plugin/{name} names LAMMPS_NS"


def includes():
    for path in sources(".c", ".h", under=("core",)):
        name = path.relative_to(ROOT / "core").as_posix()
        for header in included(path):
            if not core_sees(name, header):
                yield f"core/{name} may not include {header}"
    for path in sources(".c", ".cpp", ".h", under=("plugin",)):
        name = path.relative_to(ROOT / "plugin").as_posix()
        if name.split("/")[0] not in ROOM_MAY_SEE:
            yield f"plugin/{name} stands in no room"
            continue
        for header in included(path):
            if not plugin_sees(name, header):
                yield f"plugin/{name} may not include {header}"
        yield from knowledge(name, code_of(path))


def licences():
    for path in sources(".c", ".h", ".cpp", ".py", ".sh", ".cmake", under=("core", "plugin", "python", "tests", "examples", "cmake", "potentials", "tools")):
        if "SPDX-License-Identifier:" not in "".join(path.read_text().splitlines(True)[:3]):
            yield f"{path.relative_to(ROOT)} names no licence in its first lines"


def lengths():
    n_plugin = 0
    for path in sources(*LONGEST_FILE):
        name, lines = path.relative_to(ROOT), path.read_text().splitlines()
        n_plugin += len(lines) if name.parts[0] == "plugin" else 0
        if len(lines) > LONGEST_FILE[path.suffix]:
            yield f"{name} has {len(lines)} lines, more than {LONGEST_FILE[path.suffix]}"
        for number, line in enumerate(lines, 1):
            if len(line) > LONGEST_LINE:
                yield f"{name}:{number} has {len(line)} columns, more than {LONGEST_LINE}"
    print(f"plugin: {n_plugin} lines")
    if n_plugin > LONGEST_PLUGIN:
        yield f"plugin has {n_plugin} lines, more than {LONGEST_PLUGIN}"


Tag = collections.namedtuple("Tag", "name kind line end file scope")


def tags(kinds, paths):
    """What ctags finds: f functions with a body, p their declarations."""
    form = "%N\t%K\t%n\t%e\t%F\t%s"
    run = subprocess.run(["ctags", "-x", "--languages=C,C++", f"--kinds-C={kinds}", f"--kinds-C++={kinds}", f"--_xformat={form}",
                          *map(str, paths)], capture_output=True, text=True, check=True)
    found = (Tag(*line.split("\t")) for line in run.stdout.splitlines())
    return [tag for tag in found if not tag.name.startswith("__anon")]  # lambdas


def deleted(tag):
    return "= delete" in pathlib.Path(tag.file).read_text().splitlines()[int(tag.line) - 1]


def functions():
    for top, longest in (("core", LONGEST_FUNCTION), ("plugin", LONGEST_FUNCTION), ("tests", LONGEST_TEST_FUNCTION)):
        found = [(int(tag.end) - int(tag.line) + 1, tag) for tag in tags("f", sources(*LONGEST_FILE, under=(top,)))]
        sizes = sorted(size for size, _ in found)
        median, p90 = statistics.median(sizes), sizes[len(sizes) * 9 // 10]
        print(f"{top}: {len(sizes)} functions, median {median:g} lines, p90 {p90}, longest {sizes[-1]}")
        for size, tag in found:
            if size > longest:
                yield f"{pathlib.Path(tag.file).relative_to(ROOT)}:{tag.line} {tag.name} has {size} lines, more than {longest}"
        if top != "tests" and (median > MEDIAN_FUNCTION or p90 > P90_FUNCTION):
            yield f"{top}: functions of {median:g} and {p90} lines, more than {MEDIAN_FUNCTION} (median) and {P90_FUNCTION} (p90)"


def classes():
    paths = sources(".h", ".cpp", under=("plugin",))
    declared = tags("fp", (p for p in paths if p.suffix == ".h"))
    members = collections.Counter(tag.scope for tag in declared if tag.scope not in ("", "bgen") and tag.name[0] != "~" and not deleted(tag))
    for scope, count in members.items():
        if count > LARGEST_CLASS:
            yield f"class {scope} has {count} functions, more than {LARGEST_CLASS}"
    headers = collections.defaultdict(set)  # two classes of one name would be one to the linker
    for tag in tags("cs", (p for p in paths if p.suffix == ".h")):
        headers[f"{tag.scope}::{tag.name}"].add(pathlib.Path(tag.file).relative_to(ROOT).as_posix())
    for name, files in headers.items():
        if len(files) > 1:
            yield f"class {name} is defined in {', '.join(sorted(files))}"
    homes = collections.defaultdict(set)
    for tag in tags("f", (p for p in paths if p.suffix == ".cpp")):
        if scope := tag.scope.removeprefix("bgen::"):
            homes[scope].add(pathlib.Path(tag.file).relative_to(ROOT).as_posix())
    for scope, files in homes.items():
        declared_in_header = any(member.removeprefix("bgen::") == scope for member in members)
        if declared_in_header and len(files) > 1:
            yield f"class {scope} is written in {', '.join(sorted(files))}"
    actions = ROOT / "plugin/actions/actions.h"  # declares the one function of each action
    declared = re.findall(r"\bActionKind (\w+)_action\(", actions.read_text()) if actions.exists() else []
    move = ROOT / "plugin/state/move.h"  # so for moves
    made = re.findall(r"\bcreate_(\w+)\(", move.read_text()) if move.exists() else []
    for path in paths:
        name = path.relative_to(ROOT / "plugin").as_posix()
        is_move = path.parent == move.parent and path.stem in made
        is_action = path.parent == actions.parent and (path.stem in declared or set(path.stem.split("_")) <= set(declared))
        if path.suffix == ".cpp" and name not in MAINS and not is_action and not is_move and not path.with_suffix(".h").exists():
            yield f"plugin/{name} has no header"


def format():
    run = subprocess.run(["clang-format", "--dry-run", "-Werror", *map(str, sources(".c", ".h", ".cpp"))], capture_output=True, text=True)
    seen = {}
    for line in run.stderr.splitlines():
        if match := re.match(r"(\S+?):\d+:\d+: error", line):
            seen.setdefault(match[1], line)
    yield from seen.values()
    if run.returncode and not seen:
        yield run.stderr.strip()


RULES = {"includes": includes, "licences": licences, "lengths": lengths, "functions": functions, "classes": classes, "format": format}

# rule, file, what is put at its end, and what the breach must say
PLANTED = (
    ("includes", "core/base/hash.c", '#include "coords/cv.h"\n', "base/hash.c may not include coords/cv.h"),
    ("includes", "core/model/flow.c", "#include <cblas.h>\n", "model/flow.c may not include cblas.h"),
    ("includes", "core/sample/path.c", "#include <mpi.h>\n", "sample/path.c may not include mpi.h"),
    ("includes", "plugin/input/line.cpp", '#include "engine/engine.h"\n', "input/line.cpp may not include engine/engine.h"),
    ("includes", "plugin/report/planted.h", '#include "state/state.h"\n', "report/planted.h may not include state/state.h"),
    ("includes", "plugin/report/planted.h", '#include "input/line.h"\n', "report/planted.h may not include input/line.h"),
    ("includes", "plugin/state/planted.h", '#include "atom.h"\n', "state/planted.h may not include atom.h"),
    ("includes", "plugin/state/planted.h", '#include "report/table.h"\n', "state/planted.h may not include report/table.h"),
    ("includes", "plugin/state/planted.h", '#include "engine/lead.h"\n', "state/planted.h may not include engine/lead.h"),
    ("includes", "plugin/actions/planted.h", "#include <mpi.h>\n", "actions/planted.h may not include mpi.h"),
    ("includes", "plugin/actions/planted.h", '#include "styles/fix_bgen.h"\n', "actions/planted.h may not include styles/fix_bgen.h"),
    ("includes", "plugin/engine/engine.h", '#include "atom.h"\n', "engine/engine.h may not include atom.h"),
    ("includes", "plugin/engine/host.h", '#include "engine/lead.h"\n', "engine/host.h may not include engine/lead.h"),
    ("includes", "plugin/styles/planted.h", "#include <mpi.h>\n", "styles/planted.h may not include mpi.h"),
    ("includes", "plugin/styles/planted.h", "void f() { MPI_Barrier(world); }\n", "styles/planted.h uses MPI"),
    ("includes", "plugin/actions/planted.h", "using namespace LAMMPS_NS;\n", "actions/planted.h names LAMMPS_NS"),
    ("includes", "plugin/loader/planted.h", '#include "input/line.h"\n', "loader/planted.h may not include input/line.h"),
    ("includes", "plugin/planted.h", "\n", "planted.h stands in no room"),
    ("licences", "plugin/state/planted.h", "\n", "state/planted.h names no licence"),
    ("lengths", "core/base/hash.c", "\n" * 400, "base/hash.c has"),
    ("lengths", "plugin/input/text.h", "\n" * 160, "input/text.h has"),
    ("lengths", "plugin/input/text.h", "/* " + "x" * 98 + " */\n", "columns, more than 100"),
    ("lengths", "plugin/state/planted.h", "\n" * LONGEST_PLUGIN, f"lines, more than {LONGEST_PLUGIN}"),
    ("functions", "plugin/input/text.cpp", "static void planted()\n{\n" + "  ;\n" * 38 + "}\n", "planted has 41 lines"),
    ("functions", "tests/core/check.c", "static void planted()\n{\n" + "  ;\n" * 58 + "}\n", "planted has 61 lines"),
    ("functions", "plugin/input/text.cpp", "".join(f"static void planted{i}()\n{{\n" + "  ;\n" * 25 + "}\n" for i in range(400)), "plugin: functions of"),
    ("classes", "plugin/input/text.h", "class Planted {\n" + "".join(f"  void f{i}();\n" for i in range(26)) + "};\n", "Planted has 26 functions"),
    ("classes", "plugin/input/text.cpp", "void bgen::Line::planted()\n{\n}\n", "class Line is written in"),
    ("classes", "plugin/input/text.h", "namespace bgen {\nclass Line {\n};\n}\n", "Line is defined in"),
    ("classes", "plugin/state/planted.cpp", "\n", "state/planted.cpp has no header"),
    ("format", "plugin/input/text.h", "int   x ;\n", "text.h"),
)


def plant(rule, file, text):
    """What the rule says about a copy with one fault more."""
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder)
        for top in ("core", "plugin", "tests", "examples", "cmake"):
            shutil.copytree(ROOT / top, copy / top, ignore=shutil.ignore_patterns("__pycache__", "*.dump", "run", "results"))
        shutil.copy(ROOT / ".clang-format", copy)
        (copy / file).parent.mkdir(exist_ok=True)
        with open(copy / file, "a") as planted:
            planted.write(text)
        command = [sys.executable, "-B", str(copy / "tests/style/check_style.py"), rule]
        return subprocess.run(command, capture_output=True, text=True)


def selftest():
    for rule, file, text, words in PLANTED:
        run = plant(rule, file, text)
        if run.returncode != 1 or words not in run.stdout:
            yield f"{rule}: not seen: '{words}' ({run.stdout[-300:]}{run.stderr[-300:]})"


def main():
    breaches = list({**RULES, "selftest": selftest}[sys.argv[1]]())
    print("\n".join(breaches) or "clean")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
