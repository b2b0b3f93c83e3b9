# SPDX-License-Identifier: GPL-2.0-or-later
"""What is to be doubted: errors, warnings, and the verdicts that bgen printed, the gravest first."""

import collections
import re

from lammps_bgen.report.log import without_older_jumps

BAD, CAUTION, GOOD = "bad", "caution", "good"
Verdict = collections.namedtuple("Verdict", "grade words")

GRADES = {"converged": GOOD, "still": CAUTION, "uncertain": CAUTION, "overfitting": BAD, "unstable": BAD, "diverged": BAD}
# below a table; all others: CAUTION
SENTENCES = [("no warning", GOOD), ("lost mode", BAD), ("the error is infinite", BAD)]
VERDICT = re.compile(r"verdict on basin (.+?): (\w+)")
UNTRAINED = re.compile(r"basin .+, 0 parameters, ")


def of_training(blocks):
    """The last stage of each basin alone: those before it have been trained on. A flow without parameters cannot but converge."""
    last = {}
    for block in blocks:
        for line in block.lines if block.action == "train" else []:
            if match := VERDICT.match(line):
                verdict = Verdict(GRADES.get(match[2], CAUTION), line)
                is_no_news = verdict.grade == GOOD and UNTRAINED.match(block.lines[0])
                last[block.fix, match[1]] = [] if is_no_news else [verdict]
            elif match := re.match(r"lost mode in basin (\S+):|basin (\S+) has no test frames", line):
                verdict = Verdict(BAD if match[1] else CAUTION, line)
                last.setdefault((block.fix, match[1] or match[2]), []).append(verdict)
    return [verdict for verdicts in last.values() for verdict in verdicts]


def of_sentence(words):
    """Grade of what stands below a table of free energies or of works."""
    return next((grade for start, grade in SENTENCES if words.startswith(start)), CAUTION)


def of_free_energies(blocks):
    """Sentences below the tables, and results whose error is unknown."""
    found = []
    for block in blocks:
        names = {row[0] for row in block.rows()}
        for line in block.lines:
            match = re.match(r"  (\S+): (.+)$", line)
            if match and match[1] in names:
                found.append(Verdict(of_sentence(match[2]), line.strip()))
        for result in block.results():
            if result.error in ("inf", "nan") or result.value in ("inf", "-inf", "nan"):
                found.append(Verdict(BAD, f"the error of {result.what} is not known: {result.value} +- {result.error}"))
    return found


def of_jumps(blocks):
    """Sentences on the works."""
    return [Verdict(CAUTION, line.strip()) for block in blocks if block.action == "jumps" for line in block.lines
            if re.match(r" +works of .+: ", line)]


def gravity(verdict):
    """To sort by: the gravest first."""
    return (BAD, CAUTION, GOOD).index(verdict.grade)


def sentence_of(warning):
    """Without its first word, and without the line of the source that LAMMPS adds."""
    return re.sub(r"^WARNING: *| *\([^() ]+:\d+\)$", "", warning)


def of_log(log):
    """Each once, in no order."""
    found = [Verdict(BAD, line) for line in log.errors()]
    if not log.has_ended():
        found.append(Verdict(BAD, "the log does not end with 'Total wall time': LAMMPS still runs, was stopped, or failed"))
    found += [Verdict(CAUTION, sentence_of(line) + (f" ({n} times)" if n > 1 else ""))
              for line, n in log.warnings().items() if "bgen" in line]
    blocks = without_older_jumps(log.blocks)
    found += of_training(blocks) + of_free_energies(blocks) + of_jumps(blocks)
    return list(dict.fromkeys(found))
