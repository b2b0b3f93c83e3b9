/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The restart of fix bgen: numbers are drawn by counting, so the counts are the state of the chain. */

#include "bgen_counts.h"
#include "bgen_model.h"
#include "bgen_words.h"
#include "comm.h"
#include "configuration.h"
#include "error.h"
#include "fix_bgen.h"

#include <climits>
#include <cstring>

using namespace LAMMPS_NS;

void FixBgen::write_restart(FILE *fp)
{
  if (comm->me) return;
  const std::vector<uint64_t> words = counts->pack(n_energy_calls());
  const size_t n_bytes = words.size() * sizeof words[0];
  if (n_bytes > INT_MAX)
    error->one(FLERR, std::string("fix bgen: its state is too long for a restart file"));
  const int size = static_cast<int>(n_bytes);
  fwrite(&size, sizeof size, 1, fp);
  fwrite(words.data(), size, 1, fp);
}

void FixBgen::restart(char *bytes)
{
  uint64_t head[2]; // see BgenCounts::pack()
  memcpy(head, bytes, sizeof head);
  if (!BgenCounts::known(head[0]))
    error->all(FLERR, std::string("fix bgen: the restart file keeps the state of ") + id +
                          " in the way of another version of bgen: continue with that version");
  std::vector<uint64_t> words(head[1]);
  memcpy(words.data(), bytes, words.size() * sizeof words[0]);
  const std::string other = counts->unpack(words.data());
  if (!other.empty())
    error->all(FLERR, std::string("fix bgen: the restart file keeps the state of ") + id +
                          " with the " + other +
                          ": continue with the same, or give the fix another ID to begin anew");
  counts->energy_calls -= own_energy_calls();
  if (model->generator) model->generator->seed = counts->seed;
  continued = true;
}

void FixBgen::load(const char *path)
{
  model->load(path, *configuration);
  if (continued && counts->model && model->checksum() != counts->model)
    error->all(FLERR, std::string("bgen: ") + path + " is not the model that the restarted fix " +
                          id +
                          " jumped with: load that one, or give the fix another ID to begin anew");
  continued = false; // the chain has what it had
}
