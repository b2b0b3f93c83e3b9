/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "state/chain.h"

#include "base/hash.h"
#include "input/error.h"
#include "sample/driven.h"

#include <memory>

using namespace bgen;

/* Where a move can begin, as bgen_markov_move has it: an annealed one has a flow to go to in a
   basin; a driven one whose ends have basins leads from one of these. */
static std::unique_ptr<bool[]> where_fits(const MoveSettings &move, const bgen_basins &basins)
{
  auto fits = std::make_unique<bool[]>(basins.n + 1);
  std::fill_n(fits.get(), basins.n + 1, true);
  if (move.kind == MoveSettings::ANNEALED) fits[0] = false;
  if (move.kind != MoveSettings::DRIVEN) return fits;
  const bgen_driven_ends ends =
      bgen_driven_ends_between(&basins, move.cv, move.ends[0], move.ends[1]);
  for (int k = -1; ends.basin[0] >= 0 && k < static_cast<int>(basins.n); k++)
    fits[k + 1] = k == ends.basin[0] || k == ends.basin[1];
  return fits;
}

static bgen_markov_move move_of(const MoveSettings &settings, const std::vector<double> &untuned)
{
  bgen_markov_move move = {};
  move.frequency = settings.frequency;
  move.has_work = settings.has_work();
  move.tunes_step = settings.adapts && settings.kind == MoveSettings::NEAR;
  move.tunes_schedule = settings.adapts && settings.kind == MoveSettings::ANNEALED;
  move.n_tuned = untuned.size();
  move.untuned = untuned.data();
  return move;
}

uint64_t Chain::seed_of(const Settings &settings, int number)
{
  if (number == 0) return settings.seed;
  return bgen_hash_integer(bgen_hash_integer(BGEN_HASH_START, static_cast<int64_t>(settings.seed)),
                           number);
}

Chain::Chain(const Settings &settings, const Variables &variables, int number)
{
  std::vector<std::vector<double>> untuned;
  std::vector<std::unique_ptr<bool[]>> fits;
  std::vector<bgen_markov_move> moves;
  for (const MoveSettings &move : settings.moves) {
    untuned.push_back(move.untuned());
    fits.push_back(where_fits(move, variables.basins()));
    moves.push_back(move_of(move, untuned.back())); // which points to what stays where it is
    moves.back().fits = fits.back().get();
  }
  const std::string texts[] = {settings.moves_text(), variables.cvs_text(), settings.basins_text(),
                               settings.offsets_text()};
  bgen_markov_options options = {};
  options.seed = seed_of(settings, number);
  options.n_basins = settings.basins.size();
  options.n_moves = moves.size();
  options.offset = settings.offsets.data();
  options.tunes_offsets = settings.tunes_offsets;
  options.move = moves.data();
  options.moves = texts[0].c_str(), options.cvs = texts[1].c_str();
  options.basins = texts[2].c_str(), options.offsets = texts[3].c_str();
  create(chain_, bgen_markov_create, &options);
}

ChainSnapshot::ChainSnapshot(const Chain &chain)
{
  const bgen_totals *now = bgen_markov_totals(chain);
  create(totals_, bgen_totals_create, now->n_moves, now->n_basins);
  take(chain);
}

void ChainSnapshot::take(const Chain &chain)
{
  bgen_totals_copy(totals_.get(), bgen_markov_totals(chain));
}
