/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "styles/command_bgen.h"

#include "actions/actions.h"
#include "engine/lead.h"
#include "styles/fix_bgen.h"

#include <memory>
#include <utility>
#include <vector>

using namespace LAMMPS_NS;

namespace {
/* Other fixes bgen that an action names. It holds them: the action may run a command of LAMMPS that
   removes them. */
class OtherFixes : public bgen::Surroundings {
public:
  explicit OtherFixes(const Modify *modify) : modify_(modify) {}
  bgen::State *find(const std::string &fix_id) override
  {
    const FixBgen *fix = FixBgen::find(modify_, fix_id);
    if (!fix) return nullptr;
    held_.emplace_back(fix->lead, fix->state);
    return fix->state.get();
  }

private:
  const Modify *const modify_;
  std::vector<std::pair<std::shared_ptr<bgen::Lead>, std::shared_ptr<bgen::State>>> held_;
};
} // namespace

void CommandBgen::command(int narg, char **arg)
{
  bgen::Line line("bgen", narg, arg);
  const FixBgen *fix = nullptr;
  bgen::or_stop(lmp, [&] { fix = &FixBgen::read(line, modify); });
  const std::shared_ptr<bgen::Lead> lead = fix->lead; // the action may remove the fix
  const std::shared_ptr<bgen::State> state = fix->state;
  lead->run([&] {
    OtherFixes others(modify);
    bgen::act(*state, line, others);
  });
}
