/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "report/dump.h"

#include "input/text.h"

using namespace bgen;

Dump::Dump(const std::string &path, const DumpAtoms &atoms, const std::string &columns)
    : file_(path), atoms_(atoms), columns_(columns)
{
}

void Dump::add(const double *x, const std::vector<double> &values)
{
  std::string head =
      text("ITEM: TIMESTEP\n%zu\nITEM: NUMBER OF ATOMS\n%zu\n", ++step_, atoms_.tags.size()) +
      atoms_.box + "ITEM: ATOMS id type";
  for (int c = 0; c < atoms_.n_space; c++) head += text(" %cu", "xyz"[c]);
  file_.print(head + " " + columns_ + "\n");

  std::string tail;
  for (const double value : values) tail += text(" %.10g", value);
  for (size_t p = 0; p < atoms_.tags.size(); p++) {
    std::string line = text("%lld %d", (long long) atoms_.tags[p], atoms_.types[p]);
    for (int c = 0; c < atoms_.n_space; c++) line += text(" %.12g", *x++);
    file_.print(line + tail + "\n");
  }
}
