/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sites.h - the sites of a crystal: atoms are at the periodic images next to them

   With coords crystal the sites are the first configuration that is seen, or the reference of a
   model that is loaded before; other coordinates have none. */

#ifndef BGEN_STATE_SITES_H
#define BGEN_STATE_SITES_H

#include "engine/host.h"
#include "input/fix_options.h"
#include "state/model.h"
#include "state/variables.h"

#include <string>
#include <vector>

namespace bgen {

class Sites {
public:
  /* all of them are the caller's and live longer */
  Sites(const Settings &settings, const Variables &variables, Host &host, Engine &engine)
      : settings_(settings), variables_(variables), host_(host), engine_(engine)
  {
  }

  bool wanted() const { return settings_.coords == BGEN_CRYSTAL; }
  bool known() const { return !sites_.empty(); }
  void set(const double *x);
  const std::vector<double> &where() const { return sites_; }
  bool agree(const double *a, const double *b) const; // two configurations, but for a shift

  /* Identical atoms that have changed places across the border: flows name them anew. */
  void choose_images(double *x) const;
  /* Of a model that a fix has loaded from a file.  Frames that came before it are at images next to
     the sites there were: throws if those of the model are others. */
  void take(const Model &model, bool has_frames, const std::string &fix_id,
            const std::string &path);

private:
  const Settings &settings_;
  const Variables &variables_;
  Host &host_;
  Engine &engine_;
  std::vector<double> sites_; // empty: none yet
  double reach_ = 0.0;        // an atom so near to its site is next to no other
};

} // namespace bgen

#endif
