/* SPDX-License-Identifier: GPL-2.0-or-later */
/* meeting.h - how the fixes of a pool come to know the same: each action begins with it

   The frames that a partition has collected wait until the partitions meet.  Then all of them get
   all frames, in the same order, and each knows the works of the jumps of all, and the offsets that
   follow from them.  Alone in its pool a fix takes its frames as they come. */

#ifndef BGEN_STATE_MEETING_H
#define BGEN_STATE_MEETING_H

#include <cstdint>
#include <string>
#include <vector>

namespace bgen {

class State;

class Meeting {
public:
  explicit Meeting(State &state) : state_(state) {}

  void take_frame(const double *x); // for the use and at the temperature of now
  double memory_usage() const;      // of the frames that wait
  void warn_of_repeats();           // among the frames that have come

  /* Collective, before and after an action.  begin() throws where the line or the fix is another
     one in another partition, end() where the model is. */
  void begin(const std::string &line);
  void end();
  /* Collective, within a session: throws where partitions do not agree on the temperature, or
     on the energy of a configuration, be it by their force fields, boxes or the atoms around. */
  void compare_energies();

  /* As State::reduced_energies(), of points that all partitions have: each evaluates its part. */
  size_t energies(double temperature, size_t n, const double *x, double *u, double *grad_u);

  /* partitions whose works this one does not have: of another model, or at another temperature */
  size_t n_left_out() const { return n_left_out_; }
  /* what is left out of n partitions, if any: how it differs from that of this one */
  void warn_left_out(const std::string &what, size_t n, const std::string &differs) const;
  std::string whose_jumps() const; // " of partition 0 of 2"; "" alone

  long long n_energy_calls() const; // of all partitions; collective

  /* of what actions draw: that of the first partition, so that all draw the same */
  uint64_t seed() const;

private:
  State &state_;
  uint64_t seed_ = 0; // of the first partition
  size_t n_left_out_ = 0;
  std::vector<double> waiting_; // [n][USE, TEMPERATURE, WALKER, x ...]

  struct Greeting;
  Greeting greeting(const std::string &line) const;
  void need_own_seeds(const std::vector<Greeting> &all) const;
  void compare_temperatures();
  bool compare_energies_at(const double *x);
  void share_sites();
  void share_frames();
  void share_works();
  void add_frames(const std::vector<double> &of_partition, int number);
};

} // namespace bgen

#endif
