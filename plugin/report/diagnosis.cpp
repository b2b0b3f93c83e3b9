/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "report/diagnosis.h"

#include <cstring>

std::string bgen::diagnosis_lines(const std::string &name, const bgen_evidence &evidence)
{
  char sentences[BGEN_DIAGNOSIS_LENGTH];
  std::string lines;
  bgen_diagnosis(&evidence, sentences);
  for (const char *line = sentences; *line; line += strcspn(line, "\n") + 1)
    lines += "  " + name + ": " + std::string(line, strcspn(line, "\n") + 1);
  return lines;
}
