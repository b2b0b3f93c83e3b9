/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The frames of a generator. */

#include "bgen_model.h"

#include "bgen_words.h"
#include "error.h"

#include <algorithm>
#include <cmath>

using namespace LAMMPS_NS;

static constexpr double SAME_TEMPERATURE = 1e-9; // relative: formulas of an input script round

std::vector<double> BgenModel::reflected(const double *x, const BgenMirror &mirror) const
{
  std::vector<double> image(x, x + dim);
  for (size_t c = mirror.axis; c < dim; c += layout.n_space)
    image[c] = 2.0 * mirror.plane - image[c];
  return image;
}

bool BgenModel::same_temperature(double a, double b)
{
  return fabs(a - b) <= SAME_TEMPERATURE * a;
}

double BgenModel::known_temperature(double temperature) const
{
  const int set = test_set(temperature);
  if (set >= 0) return test_temperature(set);
  return same_temperature(temperature, trained_at) ? trained_at : temperature;
}

void BgenModel::check_training_temperature(double temperature)
{
  if (trained_at == 0.0) trained_at = temperature;
  if (!same_temperature(temperature, trained_at))
    error->all(FLERR,
               bgen_text("fix bgen: a frame comes at temperature %g, but others, or the model, "
                         "are of %g: give each temperature of frames to train by a fix of its own",
                         temperature, trained_at));
}

/* a flow knows a frame and its images as one */
void BgenModel::check_mirrors(const double *x, int basin) const
{
  for (const BgenMirror &mirror : settings.mirrors)
    if (basin_of(reflected(x, mirror).data()) != basin)
      error->all(FLERR,
                 bgen_text("fix bgen: mirror %c takes a frame to another basin: leave the mirror "
                           "out, or the cv that it changes",
                           "xyz"[mirror.axis]));
}

void BgenModel::add_frame(Use use, const double *x, double temperature)
{
  if (use == TRAIN) check_training_temperature(temperature);
  const int k = basin_of(x);
  check_mirrors(x, k);
  if (use == TRAIN) bgen_visits_add(&all_visits, k < 0 ? n_basins : k);
  if (k < 0) {
    n_dropped++;
    return;
  }
  BgenFrames &set = use == TRAIN ? training_set : set_to_test(temperature);
  bgen_check(lmp, set.add(k, walker, generator ? x : nullptr));
}

int BgenModel::test_set(double temperature) const
{
  for (size_t set = 0; set < test_sets.size(); set++)
    if (same_temperature(temperature, test_sets[set]->temperature)) return (int) set;
  return -1;
}

BgenFrames &BgenModel::set_to_test(double temperature)
{
  const int set = test_set(temperature);
  if (set >= 0) return *test_sets[set];
  test_sets.push_back(std::make_unique<BgenFrames>(dim, n_basins, temperature));
  return *test_sets.back();
}

const BgenFrames &BgenModel::set_of(Use use) const
{
  if (use == TRAIN) return training_set;
  const int set = test_set(trained_at);
  return set < 0 ? no_set : *test_sets[set];
}

static std::string line_of(const char *use, double temperature, const BgenFrames &set)
{
  return bgen_text("  frames to %-8s T = %g, %zu of %d walker%s\n", use, temperature, set.n(),
                   set.n_walkers(), set.n_walkers() == 1 ? "" : "s");
}

std::string BgenModel::frames_text() const
{
  std::string text;
  if (training_set.n()) text += line_of("train", trained_at, training_set);
  for (const auto &set : test_sets) text += line_of("test", set->temperature, *set);
  return text;
}

/* the frames that came since the last time */
void BgenModel::fold(BgenFrames &set, int k)
{
  bgen_frames &buffer = set.basins[k];
  std::vector<double> x(dim);
  for (size_t i = set.n_folded[k]; i < buffer.n; i++) {
    double *frame = buffer.x + i * dim;
    bgen_generator_fold(generator, k, frame, x.data());
    std::copy(x.begin(), x.end(), frame);
  }
  set.n_folded[k] = buffer.n;
}

/* the reference of basin k is another one: its frames are to be folded anew */
void BgenModel::unfold(int k)
{
  training_set.n_folded[k] = 0;
  for (const auto &set : test_sets) set->n_folded[k] = 0;
}
