/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bgen_points.h - samples of a generator, or frames of MD, and all that is asked about them */

#ifndef LMP_BGEN_POINTS_H
#define LMP_BGEN_POINTS_H

#include "pointers.h"

#include <cstdio>
#include <string>
#include <vector>

namespace LAMMPS_NS {

/* Everything but x itself, the same on all ranks; all functions that add points are collective, and stand between
   begin_command() and end_command() of the configuration. */
class BgenPoints : protected Pointers {
public:
  BgenPoints(LAMMPS *lmp, class FixBgen &fix); // at the temperature that the fix has now

  std::vector<int> component;   // which flow it is a sample of
  std::vector<int> basin;       // -1: none
  std::vector<char> in_domain;  // of that flow, see core/model/generator.h
  std::vector<double> u, log_q; // of samples outside the domain NaN, and no energy is computed
  std::vector<double> cvs;      // [n][number of cvs]
  std::vector<double> values;   // [n][number of observables], NaN where no energy was computed
  std::vector<double>
      log_q_at; // [n][number of temperatures], log_q of the same density at each of them

  std::vector<double> x; // [n][dim] where it is kept, else of the last points only
  bool keep_x = false;

  /* Before points are added: at which further temperatures log q is asked, and what is observed (not owned; its begin() has
     been called when the first points come). */
  std::vector<double> temperatures;
  void observe(class BgenObservables *observables) { observed = observables; }

  size_t n() const { return u.size(); }
  double log_w(size_t i) const { return -u[i] - log_q[i]; }
  std::vector<double> cv(int k) const;
  std::vector<double> value(int i,
                            const std::vector<double> &of) const; // of observable i among values

  /* The next n samples of the stream of samples, of component k alone, or of the mixture for k < 0: of the flow at the
     temperature of the fix, or at another one. u and log_q are those of the temperature of the fix in any case. */
  void add_samples(int k, size_t n);
  void add_samples_at(double temperature, int k, size_t n);
  /* The test frames of basin k and of one set, with log q of component k. */
  void add_test_frames(int set, int k);
  /* Any points more[n][dim], which rank 0 has, with log q of the mixture; component as said. */
  void add_points(int k, size_t n, const double *more);

  /* u and values of all points with the force field as it is now: u = +inf and no value where refused or outside the
     domain. Needs keep_x. */
  struct Again {
    std::vector<double> u, values;
  };
  Again again();

  /* Stops if an image of point i, one of the last points, by a symmetry of the fix has other observables. */
  void need_symmetric(size_t i);

  /* "u log_q log_w cv ... observable ..." of point i, and the names of these columns */
  std::string columns() const;
  std::string row(size_t i) const { return row(i, u[i], log_q[i]); }
  std::string row(size_t i, double of_u, double of_log_q) const; // of another temperature

private:
  FixBgen &fix;
  class BgenModel &model;
  const int n_cvs;
  const double fix_temperature; // that of u and log_q
  BgenObservables *observed = nullptr;

  bool has_column(int k) const; // an observable
  double *make_room(size_t n);
  double *latest(size_t n);
  void draw(double temperature, int k, size_t n);
  void add(int k, int density, size_t n, const double *more);
  void rate(double temperature, int k, size_t n, double *log_q);
  void rate_at_temperatures(int k, size_t n);
  void share(int density, size_t n);
  void evaluate(size_t i, double *point);
  void evaluate(double *point, double *u_of_point, double *of_point);
};

/* A text file that rank 0 writes; error->all on all ranks if it cannot. Empty path: no file. */
class BgenFile : protected Pointers {
public:
  BgenFile(LAMMPS *lmp, const std::string &path, const char *mode);
  ~BgenFile() override;
  BgenFile(const BgenFile &) = delete;
  BgenFile &operator=(const BgenFile &) = delete;

  FILE *fp; // nullptr where there is nothing to write
};

} // namespace LAMMPS_NS

#endif
