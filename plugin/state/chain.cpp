/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "state/chain.h"

#include "input/error.h"

using namespace bgen;

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

Chain::Chain(const Settings &settings)
{
  std::vector<std::vector<double>> untuned;
  std::vector<bgen_markov_move> moves;
  for (const MoveSettings &move : settings.moves) untuned.push_back(move.untuned());
  for (size_t k = 0; k < untuned.size(); k++)
    moves.push_back(move_of(settings.moves[k], untuned[k]));
  const std::string texts[] = {settings.moves_text(), settings.cvs_text(), settings.basins_text(),
                               settings.offsets_text()};
  bgen_markov_options options = {};
  options.seed = settings.seed;
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
