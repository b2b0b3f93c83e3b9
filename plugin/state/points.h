/* SPDX-License-Identifier: GPL-2.0-or-later */
/* points.h - samples of a generator, or frames of MD, with all that is computed for them */

#ifndef BGEN_STATE_POINTS_H
#define BGEN_STATE_POINTS_H

#include <cstddef>
#include <string>
#include <vector>

namespace bgen {

class Quantities;
class State;

/* All functions that add points stand within a session of the engine. */
class EvaluatedPoints {
public:
  explicit EvaluatedPoints(State &state); // at the temperature that the fix has now

  std::vector<int> component;   // which flow it is a sample of
  std::vector<int> basin;       // -1: none
  std::vector<char> in_domain;  // of that flow, see core/model/generator.h
  std::vector<double> u, log_q; // of samples outside the domain NaN, and no energy is computed
  std::vector<double> cvs;      // [n][number of cvs]
  std::vector<double> values;   // [n][number of quantities], NaN where no energy was computed
  /* [n][number of temperatures], log q of the same density at each of them */
  std::vector<double> log_q_at;

  std::vector<double> x; // [n][dim] where it is kept, else of the last points only
  bool keep_x = false;

  /* Before points are added: at which further temperatures log q is wanted, and which quantities
     (not owned; begin() has been called when the first points come). */
  std::vector<double> temperatures;
  void observe(Quantities *quantities) { quantities_ = quantities; }

  double n_bytes_each() const; // what a point takes, roughly

  double temperature() const { return temperature_; } // of u and log_q
  size_t n() const { return u.size(); }
  double log_w(size_t i) const { return -u[i] - log_q[i]; }

  /* The next n samples of the stream of samples, of component k alone, or of the mixture for k < 0:
     of the flow at the temperature of the fix, or at another one. u and log_q are those of the
     temperature of the fix in any case. */
  void add_samples(int k, size_t n) { add_samples_at(temperature_, k, n); }
  void add_samples_at(double temperature, int k, size_t n);
  /* The test frames of basin k and of one set, with log q of component k. */
  void add_test_frames(int set, int k);
  /* Any points more[n][dim], with log q of the mixture; component as said. */
  void add_points(int k, size_t n, const double *more) { add(k, -1, n, more); }

  /* u and values of all points with the force field as it is now: u = +inf and no value where
     refused or outside the domain. Needs keep_x. */
  struct Again {
    std::vector<double> u, values;
  };
  Again again();

  /* Throws if an image of point i, one of the last points, by a symmetry of the fix has other
     values. */
  void need_symmetric(size_t i);

  /* "u log_q log_w cv ... quantity ..." of point i, and the names of these columns */
  std::string columns() const;
  std::string row(size_t i) const { return row(i, u[i], log_q[i]); }
  std::string row(size_t i, double of_u, double of_log_q) const; // of another temperature

private:
  State &state_;
  const double temperature_; // that of u and log_q
  Quantities *quantities_ = nullptr;

  bool has_column(int quantity) const;
  double *make_room(size_t n);
  double *latest(size_t n);
  void draw(double temperature, int k, size_t n);
  void add(int k, int density, size_t n, const double *more);
  void log_q_of_latest(double temperature, int k, size_t n, double *log_q);
  void add_log_q_at(int k, size_t n);
  void publish(int density, size_t n);
  void evaluate_part(size_t first, size_t n, const double *x, std::vector<double> &u,
                     std::vector<double> &values);
  void evaluate(const double *point, double *u_of_point, double *values_of_point);
};

} // namespace bgen

#endif
