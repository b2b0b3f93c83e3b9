/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "state/trained_box.h"

#include "input/error.h"

using namespace bgen;

static const char KEY[] = "box";

std::string TrainedBox::lengths(Host &host, bool has_frames) const
{
  return has_frames || of_file_.empty() ? host.box().lengths() : of_file_;
}

bgen_note TrainedBox::note(const std::string &lengths) const
{
  return {KEY, lengths.c_str(), false};
}

void TrainedBox::read(const std::string &path, Host &host)
{
  char found[256];
  check(bgen_model_note(path.c_str(), KEY, sizeof found, found));
  of_file_ = found;
  const std::string here = host.box().lengths();
  if (of_file_.empty() || of_file_ == here || host.box().is_sampled()) return;
  host.warn("bgen: " + path + " was trained in a periodic box of " + of_file_ +
            ", but here it is " + here +
            ": jumps are exact in either box, but few may be accepted; train in this box");
}
