/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The jumps of fix bgen. */

#include "fix_bgen.h"

#include "bgen_counts.h"
#include "bgen_model.h"
#include "bgen_path_move.h"
#include "bgen_settings.h"
#include "configuration.h"
#include "sample/metropolis.h"
#include "sample/several.h"
#include "update.h"

#include <algorithm>
#include <cmath>
#include <cstring>

using namespace LAMMPS_NS;

void FixBgen::pre_exchange()
{
  if (update->ntimestep != next_reneighbor) return;
  next_reneighbor += settings->nevery;
  if (!jumps()) return;
  if (counts->has_offsets()) test_border();
  jump();
}

/* its place in settings->moves, by the attempt's own random number, whatever the configuration */
int FixBgen::choose_move() const
{
  std::vector<double> frequencies;
  for (const BgenMove &move : settings->moves) frequencies.push_back(move.frequency);
  bgen_rng rng = bgen_rng_at(counts->seed, BGEN_STREAM_MOVE, counts->all_attempts());
  return (int) bgen_rng_choose(&rng, frequencies.size(), frequencies.data());
}

void FixBgen::jump()
{
  const double start = MPI_Wtime();
  const bigint n_calls = n_energy_calls();
  counts->begin(model->checksum(), temperature());
  model->set_temperature(counts->temperature);
  configuration->gather(x_old.data());
  BgenAttempt attempt;
  attempt.move = choose_move();
  attempt.from = model->basin_of(x_old.data());
  attempt_move(attempt);
  attempt.energy_calls = n_energy_calls() - n_calls;
  attempt.seconds = MPI_Wtime() - start;
  counts->add(attempt);
  if (counts->tuning) tune(attempt);
}

void FixBgen::attempt_move(BgenAttempt &attempt)
{
  switch (settings->moves[attempt.move].kind) {
  case BgenMove::SEVERAL:
    return attempt_several(attempt);
  case BgenMove::ANNEALED:
  case BgenMove::DRIVEN:
    return paths[attempt.move]->attempt(attempt);
  default:
    return attempt_one(attempt);
  }
}

void FixBgen::attempt_one(BgenAttempt &attempt)
{
  BgenMove move = settings->moves[attempt.move];
  const bigint number = counts->proposals;
  if (move.kind == BgenMove::NEAR) move.step = counts->tuned[attempt.move][0];
  const BgenModel::Proposal proposal =
      move.kind == BgenMove::FRESH ? model->fresh(number) : model->from(x_old.data(), move, number);
  if (move.has_work()) attempt.work = INFINITY;
  attempt.to =
      proposal.aim >= 0 && !proposal.in_domain ? proposal.aim : model->basin_of(proposal.x);
  attempt.outside = !proposal.in_domain;
  attempt.accepted = proposal.in_domain && try_proposal(proposal, attempt);
}

/* true if the atoms now are where it proposes; if not, everything is as it was */
bool FixBgen::try_proposal(const BgenModel::Proposal &proposal, BgenAttempt &attempt)
{
  configuration->remember();
  if (configuration->screen(proposal.x)) {
    attempt.screened++;
    configuration->restore();
    return false;
  }
  check_symmetries();
  const double kT = configuration->kT(counts->temperature);
  const double u_old = configuration->energy() / kT;
  configuration->gradient(grad_old.data());
  const double u_new = configuration->energy(proposal.x) / kT;
  if (!std::isfinite(u_new)) attempt.not_finite++;
  const double log_ratio = log_ratio_of(proposal, u_old, u_new);
  if (settings->moves[attempt.move].has_work() && std::isfinite(log_ratio))
    attempt.work = -log_ratio;
  return settle(*configuration, attempt, u_new, log_ratio, grad_old);
}

/* the same answer on all ranks, since all numbers are the same there */
bool FixBgen::settle(BgenConfiguration &of, const BgenAttempt &attempt, double u_new,
                     double log_ratio, std::vector<double> &grad)
{
  bgen_rng rng = bgen_rng_at(counts->seed, BGEN_STREAM_ACCEPT, counts->all_attempts());
  log_ratio += counts->offset_of(attempt.to) - counts->offset_of(attempt.from);
  if (!bgen_metropolis_accept(u_new, log_ratio, bgen_rng_uniform(&rng))) {
    of.restore();
    return false;
  }
  stay(of, grad);
  return true;
}

double FixBgen::log_ratio_of(const BgenModel::Proposal &proposal, double u_old, double u_new)
{
  if (!proposal.fresh) return u_old - u_new + proposal.log_ratio;
  return bgen_metropolis_log_ratio(u_old, model->log_q(x_old.data()), u_new, proposal.log_q);
}

/* where the latest energy() has put the atoms */
void FixBgen::stay(BgenConfiguration &of, std::vector<double> &grad)
{
  grad_new.resize(of.dim());
  of.gradient(grad_new.data());
  of.accept();
  set_velocities(of, grad);
}

void FixBgen::attempt_several(BgenAttempt &attempt)
{
  attempt.proposals = 0;
  attempt.accepted = try_several(settings->moves[attempt.move].n, attempt);
  attempt.to = model->basin_of(x_chosen.data());
}

/* Of n fresh proposals one is chosen by weight into x_chosen, and taken if it and the others outweigh the present
   configuration; see core/sample/several.h. True if the atoms now are there. */
bool FixBgen::try_several(int n, BgenAttempt &attempt)
{
  configuration->remember();
  check_symmetries();
  bgen_rng rng = bgen_rng_at(counts->seed, BGEN_STREAM_ACCEPT, counts->all_attempts());
  const double kT = configuration->kT(counts->temperature);
  double log_sum =
      counts->offset_of(attempt.from) - configuration->energy() / kT - model->log_q(x_old.data());
  configuration->gradient(grad_old.data());
  const double log_sum_new = choose(n, kT, rng, attempt);
  if (!bgen_several_take(&log_sum, log_sum_new, bgen_rng_uniform(&rng))) {
    configuration->restore();
    return false;
  }
  configuration->energy(x_chosen.data());
  if (configuration->refused()) { // a shrink-wrapped box may have changed since it was weighed
    configuration->restore();
    return false;
  }
  stay(*configuration, grad_old);
  return true;
}

/* ln of the sum of weights of n fresh proposals; -inf where none can be taken, and x_chosen is then the last */
double FixBgen::choose(int n, double kT, bgen_rng &rng, BgenAttempt &attempt)
{
  double log_sum = -INFINITY;
  for (int i = 0; i < n; i++) {
    const BgenModel::Proposal proposal = model->fresh(counts->proposals + attempt.proposals++);
    const double uniform = bgen_rng_uniform(&rng);
    double log_w = NAN;
    if (!proposal.in_domain)
      attempt.outside++;
    else if (configuration->screen(proposal.x))
      attempt.screened++;
    else {
      log_w = counts->offset_of(model->basin_of(proposal.x)) -
              configuration->energy(proposal.x) / kT - proposal.log_q;
      if (!std::isfinite(log_w)) attempt.not_finite++;
    }
    if (bgen_several_take(&log_sum, log_w, uniform) || log_sum == -INFINITY)
      std::copy_n(proposal.x, model->dim, x_chosen.begin());
  }
  return log_sum;
}

/* Positions are those of the whole step here, velocities those of the half step: v = v_whole - dt/2 dU/dx / m. What is
   independent of positions, and so may be kept, or drawn, is v_whole; dU/dx changes with the jump. Respa's half steps
   are many, and stay as they are. */
void FixBgen::set_velocities(BgenConfiguration &of, std::vector<double> &grad)
{
  const bool halved = strncmp(update->integrate_style, "verlet", 6) == 0;
  if (settings->resample) {
    const bgen_rng rng = bgen_rng_at(counts->seed, BGEN_STREAM_VELOCITY, counts->all_attempts());
    of.resample_velocities(counts->temperature, rng);
    std::fill(grad.begin(), grad.end(), 0.0);
  }
  if (!halved) return;
  for (size_t c = 0; c < grad.size(); c++) grad[c] -= grad_new[c];
  of.kick(0.5 * update->dt, grad.data());
}
