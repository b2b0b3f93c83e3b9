/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cv_options.h - collective variables and basins, as keywords of fix bgen define them */

#ifndef BGEN_INPUT_CV_OPTIONS_H
#define BGEN_INPUT_CV_OPTIONS_H

#include "coords/cv.h"
#include "input/options.h"

#include <cstdint>
#include <string>
#include <vector>

namespace bgen {

/* The atoms of the group of the fix that belong to a set of a cv. */
struct AtomSet {
  int type = 0;      // 0: of any type
  std::string group; // "": of any group

  /* of a plane_distance: its center times a factor is in vector 0 p, 1 u or 2 v */
  size_t vector = 0;
  double factor = 1.0;
};

/* A collective variable as the user wrote it. */
struct CvSettings {
  std::string name;
  std::string text; // kind and values, as in "linear 1 x 0.5 2 x -0.5"
  const bgen_cv_type *type = nullptr;
  std::vector<int64_t> tags;       // atom ID of each term
  std::vector<bgen_cv_term> terms; // particle is 0 until resolve()
  std::vector<AtomSet> sets;       // whose atoms are terms once it is known which they are
  std::vector<double> numbers;     // of its kind, as core/coords/cv.h has them
  std::string file;                // of the reference of an rmsd
  std::string quantity;            // v_NAME, c_ID or c_ID[n] that LAMMPS computes

  /* Fills in the particles, by particle(tag) >= 0; the atom ID that has none (-1), or 0. */
  template <class Particle> int64_t resolve(Particle particle);
  /* of the terms, which must be resolved and stay in place */
  bgen_cv of() const
  {
    return {type, terms.size(), terms.data(), numbers.data(), nullptr, nullptr};
  }
  const char *unit() const; // "distance", "degree" or "contact"
  bool has_gradient() const { return type->gradient != nullptr; }
  /* Throws unless it is a function of the first n_space components of positions. */
  void check_space(const Line &line, size_t n_space) const;
};

/* A basin holds the configurations whose cvs all lie in its ranges. */
struct BasinSettings {
  std::string name;
  std::vector<bgen_cv_range> ranges; // one for each cv

  void extend(size_t n_cvs); // cvs that were added since have no limits in it
  std::string text(const std::vector<CvSettings> &cvs) const;
};

/* Read what follows the keyword cv or basin, and add it to what there is; a basin that is there
   already becomes smaller. */
void read_cv(Line &line, std::vector<CvSettings> &cvs);
CommandHelp cv_help();                                    // the kinds
std::string cvs_text(const std::vector<CvSettings> &cvs); // "" if there are none
void read_basin(Line &line, const std::vector<CvSettings> &cvs, std::vector<BasinSettings> &basins);

/* IDs, two by two, of the atoms of distances, angles and dihedrals that follow each other: of those
   without a bond the nearest images are meant. */
std::vector<int64_t> neighbors(const std::vector<CvSettings> &cvs);

/* Throws if two basins have a configuration in common. */
void check_disjoint(const Line &line, const std::vector<BasinSettings> &basins);

/* of a cv or basin; -1: none */
template <class Named> int index_of(const std::vector<Named> &all, const std::string &name)
{
  for (size_t k = 0; k < all.size(); k++)
    if (all[k].name == name) return static_cast<int>(k);
  return -1;
}

template <class Particle> int64_t CvSettings::resolve(Particle particle)
{
  for (size_t k = 0; k < tags.size(); k++) {
    const int place = particle(tags[k]);
    if (place < 0) return tags[k];
    terms[k].particle = place;
  }
  return 0;
}

} // namespace bgen

#endif
