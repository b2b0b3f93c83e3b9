/* SPDX-License-Identifier: GPL-2.0-or-later */
/* diagnosis.h - warnings below a table of free energies */

#ifndef BGEN_REPORT_DIAGNOSIS_H
#define BGEN_REPORT_DIAGNOSIS_H

#include "estimate/diagnosis.h"

#include <string>

namespace bgen {

/* What the core says, each sentence on a line of its own after the name of what it is about. */
std::string diagnosis_lines(const std::string &name, const bgen_evidence &evidence);

} // namespace bgen

#endif
