/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "state/trained_box.h"

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

bgen_model_says TrainedBox::question()
{
  return {KEY, "", false};
}

void TrainedBox::read(const std::string &path, const bgen_model_says &answer, Host &host)
{
  of_file_ = answer.value;
  const std::string here = host.box().lengths();
  if (of_file_.empty() || of_file_ == here || host.box().is_sampled()) return;
  host.warn("bgen: " + path + " was trained in a periodic box of " + of_file_ +
            ", but here it is " + here +
            ": jumps are exact in either box, but few may be accepted; train in this box");
}
