/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "bgen_command.h"

#include "bgen_anneal.h"
#include "bgen_counts.h"
#include "bgen_dump.h"
#include "bgen_free_energy.h"
#include "bgen_interpolate.h"
#include "bgen_model.h"
#include "bgen_points.h"
#include "bgen_sample.h"
#include "bgen_settings.h"
#include "bgen_train.h"
#include "bgen_words.h"
#include "bgen_works.h"
#include "comm.h"
#include "configuration.h"
#include "error.h"
#include "fix_bgen.h"
#include "lammps_compat.h"

#include <cstring>

using namespace LAMMPS_NS;

void BgenCommand::command(int narg, char **arg)
{
  BgenWords words(lmp, "bgen", narg, arg);
  FixBgen &fix = FixBgen::read(words, modify);

  switch (words.choice({"frames", "train", "save", "load", "info", "sample", "free_energy",
                        "interpolate", "tune", "anneal", "works"},
                       "action")) {
  case 0:
    return frames(fix, words);
  case 1:
    return BgenTrain(lmp, fix, words).run();
  case 2:
    return save(fix, words);
  case 3:
    return load(fix, words);
  case 4:
    return info(fix, words);
  case 5:
    return BgenSample(lmp, fix, words).run();
  case 6:
    return BgenFreeEnergy(lmp, fix, words).run();
  case 7:
    return BgenInterpolate(lmp, fix, words).run();
  case 8:
    return tune(fix, words);
  case 9:
    return BgenAnneal(lmp, fix, words).run();
  default:
    return BgenWorks(lmp, fix, words).run();
  }
}

void BgenCommand::frames(FixBgen &fix, BgenWords &words)
{
  const int action = words.choice({"train", "test", "dump", "none"}, "use of frames");
  if (action == 2) return dump_frames(fix, words);
  words.end();
  fix.frames_are_tests = action == 1;
  fix.takes_frames = action != 3;
}

/* those to train by, as they are now, of all basins */
void BgenCommand::dump_frames(FixBgen &fix, BgenWords &words)
{
  const std::string path = words.text("a file name");
  words.end();
  fix.model->need_flows(words); // log q is written too
  if (fix.model->n_frames(BgenModel::TRAIN) == 0)
    words.fail("there are no frames to train by that could be written");
  BgenPoints points(lmp, fix);
  points.keep_x = true;
  fix.configuration->begin_command();
  for (int k = 0; k < fix.model->n_basins; k++) {
    const bigint n = fix.model->n_frames(BgenModel::TRAIN, k);
    fix.model->prepare(k, BgenModel::KEEP); // folds those that have come since it learned
    if (n > 0) points.add_points(k, n, fix.model->frames(BgenModel::TRAIN, k).x);
  }
  fix.configuration->end_command();
  bgen_write_dump(lmp, path, fix, points);
  if (comm->me == 0)
    utils::logmesg(
        lmp, bgen_text("bgen %s: %zu frames written to %s\n", fix.id, points.n(), path.c_str()));
}

/* no: what has been tuned stays as it is from now on, and the chain is exact */
void BgenCommand::tune(FixBgen &fix, BgenWords &words)
{
  const bool tunes = words.choice({"no", "yes"}, "choice") == 1;
  words.end();
  BgenCounts &counts = *fix.counts;
  if (tunes && !fix.settings->tunes)
    words.fail(std::string("fix ") + fix.id +
               " has nothing to tune: give it offset auto, a near "
               "move with step auto, or an annealed one with schedule auto");
  if (!tunes && counts.tuning && fix.settings->tunes_offsets)
    counts.set_offsets(counts.balancing_offsets());
  counts.tuning = tunes;
  if (comm->me == 0)
    utils::logmesg(lmp, std::string("bgen ") + fix.id + (tunes ? ": tunes" : ": tuned") +
                            counts.tuned_text() + "\n");
}

void BgenCommand::save(FixBgen &fix, BgenWords &words)
{
  const std::string path = words.text("a file name");
  words.end();
  fix.model->save(path.c_str(), *fix.configuration);
  if (comm->me == 0)
    utils::logmesg(lmp, std::string("bgen ") + fix.id + ": saved to " + path + "\n");
}

void BgenCommand::load(FixBgen &fix, BgenWords &words)
{
  const std::string path = words.text("a file name");
  words.end();
  fix.load(path.c_str());
  if (comm->me == 0)
    utils::logmesg(lmp, std::string("bgen ") + fix.id + ": loaded from " + path + "\n");
}

/* on rank 0 */
static std::string basin_lines(const BgenModel &model)
{
  std::string text;
  for (int k = 0; k < model.n_basins; k++)
    text += bgen_text(
        "  basin %-12s %s, share %.4g of the mixture, %lld frames to train, %lld to test\n",
        model.basin_name(k).c_str(), model.fitted(k) ? "has a flow" : "not yet trained",
        model.generator->component[k].weight, (long long) model.n_frames(BgenModel::TRAIN, k),
        (long long) model.n_frames(BgenModel::TEST, k));
  return text;
}

void BgenCommand::info(FixBgen &fix, BgenWords &words)
{
  words.end();
  const BgenSettings &settings = *fix.settings;
  const BgenModel &model = *fix.model;
  const double temperature = fix.temperature();
  if (comm->me) return; // rank 0 has the generator
  const bgen_bijection *map = model.generator->component[0].flow->map;
  std::string text = std::string("bgen ") + fix.id + ":\n";
  text +=
      bgen_text("  particles          %zu, %zu coordinates\n", model.layout.n_particles, model.dim);
  text += bgen_text("  temperature        %g, of training %g\n", temperature,
                    model.training_temperature());
  text += bgen_text("  flow               %s\n", settings.flow.c_str());
  text += bgen_text("  parameters         %zu for each basin\n", map->n_params);
  text += "  identical          " + settings.relabel_text() + "\n";
  text += "  mirrors            " + settings.mirrors_text() + "\n";
  text += "  cvs                " + (settings.cvs.empty() ? "none" : settings.cvs_text()) + "\n";
  text += "  basins             " + settings.basins_text() + "\n";
  text += basin_lines(model) + model.frames_text();
  text += "  moves              " + settings.moves_text() + "\n";
  text += std::string("  tuning             ") + (fix.counts->tuning ? "yes" : "no") +
          fix.counts->tuned_text() + "\n";
  text += bgen_text("  frames outside     %lld\n", (long long) model.n_outside());
  text += bgen_text("  threads            %d\n", model.n_threads);
  text += bgen_text("  model checksum     %016llx\n", (unsigned long long) model.checksum());
  text += bgen_text("  energy calls       %lld\n", (long long) fix.n_energy_calls());
  text += fix.counts->summary(BgenTotals());
  utils::logmesg(lmp, text);
}
