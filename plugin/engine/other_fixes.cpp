/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "engine/other_fixes.h"

#include "atom.h"
#include "engine/lammps_compat.h"
#include "fix.h"
#include "modify.h"

#include <cstring>

using namespace LAMMPS_NS;

namespace bgen {

/* The first line that fits. Fixes that only look, or only act between runs, need none. */
static const KnownFix TABLE[] = {
    /* positions or the Hamiltonian are changed by something that the energy does not know */
    {"hmc", Verdict::REFUSED, "puts atoms back to where its own moves began, and jumps with them"},
    {"wall/reflect*", Verdict::REFUSED,
     "reflects atoms without an energy, so that jumps beyond the wall would be accepted; use fix "
     "wall/harmonic or wall/lj93 with \"fix_modify energy yes\""},
    {"wall/piston*", Verdict::REFUSED, "moves a wall during the run"},
    {"wall/gran*", Verdict::REFUSED, "exerts friction that no energy describes"},
    {"wall/srd*", Verdict::REFUSED, "moves atoms without an energy"},
    {"smd*", Verdict::REFUSED,
     "pulls with a force that depends on time; use a driven move, or fix spring"},
    {"move*", Verdict::REFUSED, "puts atoms on a path of its own"},
    {"recenter*", Verdict::REFUSED, "shifts all atoms after each jump"},
    {"deform*", Verdict::REFUSED, "changes the box out of equilibrium"},
    {"nvt/sllod*", Verdict::REFUSED, "keeps a flow out of equilibrium"},
    {"accelerate/cos", Verdict::REFUSED, "keeps a flow out of equilibrium"},
    {"flow/gauss", Verdict::REFUSED, "keeps a flow out of equilibrium"},
    {"thermal/conductivity", Verdict::REFUSED, "keeps a flow of heat out of equilibrium"},
    {"viscosity", Verdict::REFUSED, "keeps a flow out of equilibrium"},
    {"ehex*", Verdict::REFUSED, "keeps a flow of heat out of equilibrium"},
    {"heat", Verdict::REFUSED, "keeps a flow of heat out of equilibrium"},
    {"propel/self*", Verdict::REFUSED, "drives particles out of equilibrium"},
    {"adapt*", Verdict::REFUSED, "changes the interactions during the run"},
    {"alchemy", Verdict::REFUSED, "mixes the forces of two systems"},
    {"bond/*", Verdict::REFUSED, "changes bonds during the run"},
    {"grem", Verdict::REFUSED, "samples another distribution than that of T"},
    {"hyper/*", Verdict::REFUSED, "samples another distribution than that of T"},
    {"pimd*", Verdict::REFUSED, "samples another distribution than that of T"},
    {"qtb", Verdict::REFUSED, "samples another distribution than that of T"},
    {"qbmsst", Verdict::REFUSED, "samples another distribution than that of T"},
    {"msst", Verdict::REFUSED, "samples another distribution than that of T"},
    {"nphug*", Verdict::REFUSED, "samples another distribution than that of T"},
    {"imd", Verdict::REFUSED, "lets another program pull atoms"},
    {"ipi", Verdict::REFUSED, "lets another program move atoms"},

    /* thermostats: with noise and friction; and with a memory, which an undone segment of MD would
       have to take back */
    {"langevin*", Verdict::NOISE, ""},
    {"gjf*", Verdict::NOISE, ""}, // since 2026, before that fix langevin with gjf
    {"viscous*", Verdict::NOISE, ""},
    {"lb/*", Verdict::NOISE, ""},
    {"srd", Verdict::NOISE, ""},
    {"ttm*", Verdict::NOISE, ""},
    {"electron/stopping*", Verdict::NOISE, ""},
    {"dpd*", Verdict::NOISE, ""},
    {"edpd/*", Verdict::NOISE, ""},
    {"tdpd/*", Verdict::NOISE, ""},
    {"nvt*", Verdict::NOT_REVERSIBLE, "keeps a Nose-Hoover thermostat"},
    {"npt*", Verdict::NOT_REVERSIBLE, "keeps a Nose-Hoover thermostat and changes the box"},
    {"nph*", Verdict::NOT_REVERSIBLE, "keeps a barostat and changes the box"},
    {"gle*", Verdict::NOT_REVERSIBLE, "keeps a noise with memory"},
    {"gld*", Verdict::NOT_REVERSIBLE, "keeps a noise with memory"},
    {"nve/limit*", Verdict::NOT_CANONICAL, "limits how far atoms move in a step"},
    {"temp/berendsen*", Verdict::NOT_CANONICAL, "scales velocities"},
    {"temp/rescale*", Verdict::NOT_CANONICAL, "scales velocities"},
    {"press/berendsen*", Verdict::NOT_CANONICAL, "scales positions"},

    /* forces that depend on positions */
    {"addforce*", Verdict::FORCE, ""},
    {"addtorque*", Verdict::FORCE, ""},
    {"aveforce*", Verdict::FORCE, ""},
    {"cmap*", Verdict::FORCE, ""},
    {"drag", Verdict::FORCE, ""},
    {"efield*", Verdict::FORCE, ""},
    {"enforce2d*", Verdict::FORCE, ""},
    {"freeze*", Verdict::FORCE, ""},
    {"gravity*", Verdict::FORCE, ""},
    {"indent", Verdict::SHORT_RANGED, ""},
    {"lineforce", Verdict::FORCE, ""},
    {"planeforce", Verdict::FORCE, ""},
    {"restrain", Verdict::FORCE, ""},
    {"setforce*", Verdict::FORCE, ""},
    {"spring*", Verdict::FORCE, ""},
    {"wall/*", Verdict::SHORT_RANGED, ""},

    {"shake*", Verdict::CONSTRAINT, ""},
    {"rattle*", Verdict::CONSTRAINT, ""},

    /* Monte Carlo */
    {"gcmc", Verdict::MOVER, ""},
    {"sgcmc", Verdict::MOVER, ""},
    {"atom/swap", Verdict::MOVER, ""},
    {"mol/swap", Verdict::MOVER, ""},
    {"charge/regulation", Verdict::MOVER, ""},
    {"tfmc", Verdict::MOVER, ""},
    {"bgen", Verdict::MOVER, ""},

    {"store/*", Verdict::FINE, ""},
    {"pair", Verdict::FINE, ""},
    {"numdiff*", Verdict::FINE, ""},
    {"nonaffine/displacement", Verdict::FINE, ""},
    {"", Verdict::UNKNOWN, ""}};

static bool fits(const char *known, const char *style)
{
  const size_t n = strlen(known);
  if (n == 0) return true; // the last line
  return known[n - 1] == '*' ? strncmp(known, style, n - 1) == 0 : strcmp(known, style) == 0;
}

const KnownFix &known_fix(const char *style)
{
  const KnownFix *known = TABLE;
  while (!fits(known->style, style)) known++;
  return *known;
}

std::string name_of(const Fix *fix)
{
  return std::string("fix ") + fix->id + " (" + fix->style + ")";
}

bool shares_atoms(const LAMMPS *lmp, const Fix *fix, const GroupAtoms &atoms)
{
  const Atom *atom = lmp->atom;
  int any = 0;
  for (int i = 0; i < atom->nlocal; i++)
    if ((atom->mask[i] & fix->groupbit) && atoms.has(i)) any = 1;
  MPI_Allreduce(MPI_IN_PLACE, &any, 1, MPI_INT, MPI_MAX, lmp->world);
  return any;
}

/* ---- before jumps ---- */

static bool changes_box(const Fix *fix)
{
  return fix->box_change & (Fix::BOX_CHANGE_SIZE | Fix::BOX_CHANGE_SHAPE);
}

/* fix adapt that acts at the start of a run only */
static bool is_at_rest(const Fix *fix)
{
  return strncmp(fix->style, "adapt", 5) == 0 && fix->nevery == 0;
}

static bool has_offsets(Fix *fix)
{
  int dim = 0;
  const auto *offsets = static_cast<int *>(fix->extract("bgen_offsets", dim));
  return offsets && *offsets;
}

/* one fix beside ours */
struct Beside {
  Fix *fix;
  const KnownFix &known;
  bool shares; // atoms with ours
  const JumpConditions &jumps;

  std::string sentence(const std::string &says) const
  {
    return "fix bgen " + jumps.fix + ": " + says;
  }
};

static std::string trouble_with_jumps(const Beside &beside)
{
  const std::string name = name_of(beside.fix);
  const bool meets = beside.shares || changes_box(beside.fix);
  if (beside.known.verdict == Verdict::REFUSED && meets && !is_at_rest(beside.fix))
    return beside.sentence(name + " " + beside.known.reason +
                           (strchr(beside.known.reason, ';') ? ", and" : ";") +
                           " unfix it while atoms jump");
  const bool is_ours = strcmp(beside.fix->style, "bgen") == 0;
  if (is_ours && beside.shares && (beside.jumps.with_offsets || has_offsets(beside.fix)))
    return beside.sentence(name + " moves atoms of its group as well, and one of the two fixes has "
                                  "offsets, which the other one does not know; give all moves to "
                                  "one fix bgen");
  return "";
}

/* of all atoms: MD that is undone takes all of them back */
static std::string trouble_with_offsets(const Beside &beside)
{
  const std::string name = name_of(beside.fix);
  const Verdict verdict = beside.known.verdict;
  if (verdict == Verdict::NOT_REVERSIBLE || verdict == Verdict::NOT_CANONICAL)
    return beside.sentence("with offsets MD must be reversible, but " + name + " " +
                           beside.known.reason + "; use fix langevin, or leave the offsets out");
  if (changes_box(beside.fix))
    return beside.sentence("with offsets the box must stay as it is, but " + name +
                           " changes it; leave the offsets out, or the fix");
  return "";
}

static std::string warning_of(const Beside &beside)
{
  const std::string name = name_of(beside.fix);
  if (beside.known.verdict == Verdict::NOT_CANONICAL && beside.shares)
    return beside.sentence(name + " does not sample the Boltzmann distribution, as jumps do: "
                                  "averages over the run are biased; use fix nve with langevin or "
                                  "temp/csvr, or fix nvt");
  if (changes_box(beside.fix))
    return beside.sentence(name + " changes the box during the run: jumps keep the box, and free "
                                  "energy differences by works are those of its ensemble (Gibbs "
                                  "free energies), not those of one box");
  return "";
}

/* Fix langevin with gjf, since 2026 fix gjf with vhalf, exchanges velocities at the end of a step,
   before or after ours keeps them; without gjf the former does nothing at the beginning of one. */
static std::string warning_of_order(Modify *modify, int i, const Beside &beside)
{
  const int mask = modify->fmask[i];
  const bool is_gjf =
      (strncmp(beside.fix->style, "langevin", 8) == 0 && (mask & FixConst::INITIAL_INTEGRATE)) ||
      (strncmp(beside.fix->style, "gjf", 3) == 0 && (mask & FixConst::END_OF_STEP));
  if (!is_gjf || !beside.jumps.with_offsets || i > modify->find_fix(beside.jumps.fix.c_str()))
    return "";
  const std::string says =
      " with gjf stands before it: MD that is undone under offsets does not go "
      "back the way it came; define fix ";
  return beside.sentence(name_of(beside.fix) + says + beside.jumps.fix + " first");
}

std::string trouble_with_fixes(LAMMPS *lmp, const GroupAtoms &atoms, const JumpConditions &jumps,
                               std::vector<std::string> &warnings)
{
  for (int i = 0; i < lmp->modify->nfix; i++) {
    Fix *fix = lmp->modify->fix[i];
    if (jumps.fix == fix->id) continue;
    const Beside beside = {fix, known_fix(fix->style), shares_atoms(lmp, fix, atoms), jumps};
    std::string trouble = trouble_with_jumps(beside);
    if (trouble.empty() && jumps.with_offsets) trouble = trouble_with_offsets(beside);
    if (!trouble.empty()) return trouble;
    for (const std::string &warning :
         {warning_of(beside), warning_of_order(lmp->modify, i, beside)})
      if (!warning.empty()) warnings.push_back(warning);
  }
  return "";
}

} // namespace bgen
