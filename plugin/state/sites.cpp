/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "state/sites.h"

#include "coords/rigid.h"
#include "coords/site_images.h"
#include "input/error.h"
#include "input/text.h"

using namespace bgen;

void Sites::set(const double *x)
{
  const bgen_cell cell = host_.box().cell();
  engine_.set_sites(x);
  sites_.assign(x, x + variables_.dim());
  reach_ = 0.5 * bgen_smallest_distance(&variables_.layout(), &cell, x);
}

void Sites::choose_images(double *x) const
{
  const bgen_cell cell = host_.box().cell();
  if (known() && settings_.has_identical())
    bgen_site_images(&variables_.layout(), &cell, variables_.species().data(), reach_,
                     sites_.data(), x);
}

bool Sites::agree(const double *a, const double *b) const
{
  const bgen_cell cell = host_.box().cell();
  return bgen_sites_agree(&variables_.layout(), &cell, a, b);
}

void Sites::take(const Model &model, bool has_frames, const std::string &fix_id,
                 const std::string &path)
{
  const auto of = [&](int k) { return bgen_generator_reference(model.generator(), k); };
  if (wanted() && !has_frames) set(of(0));
  for (int k = 0; k < variables_.n_basins() && known(); k++)
    if (!agree(sites_.data(), of(k)))
      throw Error(text("bgen: the frames of fix %s are at periodic images next to other sites than "
                       "those of basin %s in %s: load it before any frames are read, or into "
                       "another fix bgen",
                       fix_id.c_str(), variables_.basin_name(k).c_str(), path.c_str()));
}
