/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "report/info.h"

#include "input/text.h"

using namespace bgen;

static std::string line(const char *name, const std::string &value)
{
  return text("  %-18s %s\n", name, value.c_str());
}

static std::string basin_line(const BasinInfo &b)
{
  return text("  basin %-12s %s, weight %.4g in the mixture, %zu frames to train, %zu to test\n",
              b.name.c_str(), b.fitted ? "has a flow" : "not yet trained", b.weight, b.n_train,
              b.n_test);
}

static std::string what_it_is(const Info &i)
{
  return line("particles", text("%zu, %zu coordinates", i.n_particles, i.n_coordinates)) +
         line("temperature", text("%g, of training %g", i.temperature, i.training_temperature)) +
         line("flow", i.flow) + line("parameters", text("%zu for each basin", i.n_params)) +
         line("identical", i.identical) + line("mirrors", i.mirrors) +
         line("cvs", i.cvs.empty() ? "none" : i.cvs) + line("basins", i.basins);
}

static std::string what_it_did(const Info &i)
{
  return i.frames + line("moves", i.moves) + line("tuning", (i.tuning ? "yes" : "no") + i.tuned) +
         line("frames outside", text("%lld", i.n_outside)) +
         line("threads", text("%d", i.n_threads)) +
         line("model checksum", text("%016llx", static_cast<unsigned long long>(i.checksum))) +
         line("energy calls", text("%lld", i.n_energy_calls)) + i.jumps;
}

std::string bgen::info_text(const Info &info)
{
  std::string basins;
  for (const BasinInfo &basin : info.each_basin) basins += basin_line(basin);
  return "bgen " + info.fix_id + ":\n" + what_it_is(info) + basins + what_it_did(info);
}
