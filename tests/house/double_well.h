/* SPDX-License-Identifier: GPL-2.0-or-later */
/* double_well.h - one particle in the plane, two basins whose free energies are known, and lines
   "bgen ID ..." for it

   e^-U is a sum of two normal distributions, one in each basin, far enough from each other that
   Z of a basin is 2 pi times the share of its well, and its own moments those of one normal. */

#ifndef BGEN_TESTS_DOUBLE_WELL_H
#define BGEN_TESTS_DOUBLE_WELL_H

#include "actions/actions.h"
#include "analytic_engine.h"
#include "estimate/free_energy.h"
#include "state/state.h"

#include <string>
#include <vector>

namespace bgen {

struct DoubleWell : Surroundings {
  /* more: words after those that say what the basins are */
  explicit DoubleWell(const std::string &more = "", double distance = 3.0, double width = 0.5,
                      Pool *pool = nullptr);

  Wells wells; // right, then left
  World world;
  AnalyticHost host;
  State state;
  State *other = nullptr; // what find() says of "other"

  State *find(const std::string &fix_id) override;

  /* n frames drawn exactly at temperature 1, from this number on, and from the basins in turn */
  void add_frames(FrameUse use, size_t n, uint64_t first);
  double exact(int k) const; // F = -ln Z of basin k at temperature 1

  void act(const std::string &words);             // what stands after "bgen bg"
  std::string sentence(const std::string &words); // that it ends in; "": none
  std::string printed();                          // since the last time
};

/* Two identical particles on a line in a harmonic well, with a flow that is fitted: hardly more
   than half of its samples are in its domain, and Z of the configurations up to exchange is pi. */
struct TwoIdentical : Surroundings {
  TwoIdentical();

  World world;
  AnalyticHost host;
  State state;

  State *find(const std::string &) override { return nullptr; }
};

/* a new folder that ends with its owner */
class Folder {
public:
  Folder();
  ~Folder();
  std::string operator/(const std::string &name) const { return path_ + "/" + name; }

private:
  std::string path_;
};

std::string content_of(const std::string &path);
std::vector<std::string> lines_of(const std::string &text);
bgen_estimate result_in(const std::string &table, const std::string &what); // NaN: not there
std::vector<double> numbers_of(const std::string &line); // words that are numbers; NaN is one

/* Checks that NaN fails. */
void expect_close(const char *what, double value, double expected, double tolerance);
void expect_same(const std::string &what, const std::string &found, const std::string &expected);
/* parts: with | between them */
void expect_says(const std::string &what, const std::string &found, const std::string &parts);

} // namespace bgen

#endif
