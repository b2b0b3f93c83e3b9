/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "engine/lead.h"

#include "error.h"
#include "input/error.h"

using namespace LAMMPS_NS;

namespace bgen {

/* Thrown on by all ranks, after the exception has ended: error->all() may throw, or end the
   program. */
void or_stop(LAMMPS *lmp, const std::function<void()> &work)
{
  std::string sentence;
  try {
    work();
  } catch (const Error &e) {
    sentence = e.what();
  }
  if (!sentence.empty()) lmp->error->all(FLERR, sentence);
}

Lead::Lead(LAMMPS *lmp, const FixInLammps &fix)
    : Pointers(lmp), orders_(Orders::of(lmp)), host_(lmp, fix), number_(orders_->join(*this))
{
  if (leads()) led_ = std::make_unique<LedHost>(lmp, *orders_, number_, host_, alive_);
}

Lead::~Lead()
{
  orders_->leave(number_);
}

void Lead::run(const std::function<void()> &work)
{
  value([&] {
    work();
    return 0.0;
  });
}

double Lead::value(const std::function<double()> &work)
{
  Orders::Ending end;
  or_stop(lmp, [&] {
    end = leads() ? orders_->lead(work) : orders_->follow();
    if (!end.sentence.empty()) throw Error(end.sentence);
  });
  return end.value;
}

void Lead::obey(Received &received)
{
  bgen::obey(host_, received);
}

} // namespace bgen
