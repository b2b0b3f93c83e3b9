/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "state/sites.h"

#include "coords/rigid.h"
#include "coords/site_images.h"

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

bool Sites::agree(const double *x) const
{
  const bgen_cell cell = host_.box().cell();
  return !known() || bgen_sites_agree(&variables_.layout(), &cell, sites_.data(), x);
}
