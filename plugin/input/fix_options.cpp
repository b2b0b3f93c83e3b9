/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "input/fix_options.h"

#include "input/limits.h"
#include "input/text.h"

#include <algorithm>
#include <cmath>
#include <utility>

using namespace bgen;

/* Settings while they are read: offsets may be given before their basins. */
struct Reading : Settings {
  std::vector<std::pair<std::string, double>> named_offsets;
};

/* ---- keywords ---- */

static void read_coords(Line &line, Reading &to)
{
  const std::vector<const char *> kinds = {"cartesian", "crystal", "aligned", "internal"},
                                  components = {"x", "xy", "xyz"};
  to.coords = static_cast<bgen_coords>(line.choice(kinds, "the kind of coordinates"));
  if (to.coords == BGEN_INTERNAL && line.next_is("file"))
    to.tree_file = line.text("the file of the bonds, angles and torsions");
  if (to.coords == BGEN_INTERNAL && line.next_is("aligned"))
    to.aligned_group = line.text("the group of the aligned atoms");
  const bool follows = std::count(components.begin(), components.end(), line.peek());
  if (follows || to.coords == BGEN_CARTESIAN)
    to.n_space = 1 + line.choice(components, "the components that are moved");
}

static void read_types(Line &line, Reading &to)
{
  do {
    const int type = line.integer(1, "the type of identical atoms");
    if (std::count(to.identical_types.begin(), to.identical_types.end(), type))
      line.fail(text("type %d of identical atoms is given twice", type));
    to.identical_types.push_back(type);
  } while (line.number_follows());
}

static void read_atoms(Line &line, Reading &to)
{
  std::vector<int64_t> tags;
  do tags.push_back(line.integer(1, "the ID of an identical atom"));
  while (line.number_follows());
  if (tags.size() < 2)
    line.fail(text("identical atoms %lld needs a second atom", static_cast<long long>(tags[0])));
  to.identical_atoms.push_back(tags);
}

static void read_identical(Line &line, Reading &to)
{
  const int what = line.choice({"types", "atoms", "none"}, "what is identical");
  if (what == 0) read_types(line, to);
  if (what == 1) read_atoms(line, to);
  if (what == 2) to.distinct = true;
}

static void read_circles(Line &line, Reading &to)
{
  to.circle_atoms.clear();
  to.circles = Settings::LISTED;
  if (!line.number_follows()) {
    to.circles = static_cast<Settings::Circles>(
        line.choice({"auto", "all", "none"}, "which torsions are circles"));
    return;
  }
  do to.circle_atoms.push_back(line.integer(1, "the ID of an atom whose torsion is a circle"));
  while (line.number_follows());
}

static void read_mirror(Line &line, Reading &to)
{
  const size_t axis = line.choice({"x", "y", "z"}, "the component that a mirror reflects");
  const double plane = line.number_finite("the position of a mirror");
  for (const bgen_mirror &other : to.mirrors)
    if (other.axis == axis) line.fail(text("there are two mirrors across %c", "xyz"[axis]));
  to.mirrors.push_back({axis, plane});
}

/* offset auto, or offset basin value */
static void read_offset(Line &line, Reading &to)
{
  const std::string name = line.text("the name of a basin, or auto");
  if (name == "auto")
    to.tunes_offsets = true;
  else
    to.named_offsets.emplace_back(name, line.number_finite("the offset of a basin in kT"));
}

static const std::vector<Option<Reading>> KEYWORDS = {
    {"coords", "kind comps", "cartesian xyz, in two dimensions xy",
     "kind is cartesian, crystal, aligned or internal, which may be followed by file F and by "
     "aligned group; comps are the moved components: x, xy or xyz",
     read_coords},
    {"circles", "auto|all|none or i1 i2 ...", "auto",
     "with coords internal: which torsions are circles, or the IDs of their atoms", read_circles},
    {"identical", "types t1 t2 ... or atoms i1 i2 ... or none", "-",
     "types, or IDs, of atoms that are identical; may be repeated", read_identical},
    {"mirror", "axis plane", "-", "a reflection that leaves the energy as it is; axis is x, y or z",
     read_mirror},
    {"chirality", "keep|free", "keep",
     "free: with coords aligned a body and its mirror image are one",
     one_of(&Settings::free_chirality, {"keep", "free"}, "what is done to chirality")},
    {"cv", "name kind args", "-",
     "a collective variable: coordinate, linear, distance, angle, dihedral, rg, coordination, "
     "com_distance, plane_distance, rmsd, compute or variable",
     [](Line &line, Reading &to) { read_cv(line, to.cvs); }},
    {"basin", "name cv low high", "one basin named all", "a basin is a range of one or more cvs",
     [](Line &line, Reading &to) { read_basin(line, to.cvs, to.basins); }},
    {"move", "kind F args", "fresh 1",
     "a move and its frequency: fresh, near, transfer, annealed, driven or exchange",
     [](Line &line, Reading &to) { to.moves.push_back(read_move(line, to.cvs)); }},
    {"offset", "basin value or auto", "0", "bias of a basin in kT, or all are tuned", read_offset},
    {"flow", "spec",
     "\"whiten; realnvp blocks 12 width 100 depth 2\", with coords internal molecule",
     "architecture of the flows",
     word(&Settings::flow, "a flow, as in \"whiten; realnvp blocks 12\"")},
    {"collect", "N", "-", "a frame of the run is stored every N steps",
     from_one(&Settings::collect, "the number of steps between frames")},
    {"pool", "no|yes", "no",
     "share frames, works and the model with the fixes of the same ID in all partitions",
     one_of(&Settings::pools, {"no", "yes"}, "the choice of a pool")},
    {"velocity", "keep|resample", "keep", "velocities after an accepted jump",
     one_of(&Settings::resample_velocities, {"keep", "resample"}, "what is done to velocities")},
    {"threads", "N", "the cores of this rank", "threads for the flows",
     from_one(&Settings::n_threads, "the number of threads", MOST_THREADS)},
    {"overlap", "distance", "-", "proposals with atoms closer than this are rejected",
     positive(&Settings::overlap, "the least distance of atoms")},
    {"bond", "length", "-", "proposals with a longer bond are rejected",
     positive(&Settings::bond_max, "the greatest length of a bond")},
};

static const std::vector<OldWord> OLD = {
    {"relabel", "use identical types 1 2 ..."},
    {"swap", "use identical atoms 1 2 ..."},
};

CommandHelp bgen::fix_help()
{
  return {"fix ID group bgen N T seed", keywords_of(KEYWORDS)};
}

/* ---- the whole line ---- */

static void resolve_offsets(const Line &line, Reading &to)
{
  to.offsets.assign(to.basins.size(), 0.0);
  for (const auto &[name, value] : to.named_offsets) {
    const int k = index_of(to.basins, name);
    if (k < 0) line.fail("there is no basin '" + name + "' for the keyword offset");
    if (std::fabs(value) > MOST_OFFSET)
      line.fail(
          text("the offset of basin %s is %g kT: expected a number between %g and %g, so that "
               "the weight e^-offset is a number as well",
               name.c_str(), value, -MOST_OFFSET, MOST_OFFSET));
    to.offsets[k] = value;
  }
  to.tunes = to.tunes_offsets;
  for (const MoveSettings &move : to.moves) to.tunes |= move.adapts;
  if (to.tunes_offsets && to.basins.size() < 2) line.fail("offset auto needs two basins");
}

static void check_moves(const Line &line, const Settings &settings)
{
  for (const MoveSettings &move : settings.moves)
    if (settings.basins.size() < 2 && move.needs_other_basin())
      line.fail("move " + move.text(settings.cvs) + " needs a second basin to go to");
}

/* A driven move looks at basins where other atoms have moved, too; LAMMPS computes nothing there */
static void check_driven(const Line &line, const Settings &settings)
{
  for (const MoveSettings &move : settings.moves)
    for (size_t k = 0; move.kind == MoveSettings::DRIVEN && k < settings.cvs.size(); k++)
      for (const BasinSettings &basin : settings.basins)
        if (!settings.cvs[k].has_gradient() &&
            (std::isfinite(basin.ranges[k].low) || std::isfinite(basin.ranges[k].high)))
          line.fail("move driven needs basins without cv " + settings.cvs[k].name +
                    ", which LAMMPS computes: " + settings.cvs[k].quantity);
}

static void check_exchange(const Line &line, const Settings &settings)
{
  const auto n = std::count_if(settings.moves.begin(), settings.moves.end(),
                               [](const MoveSettings &m) { return m.kind == m.EXCHANGE; });
  if (n > 1) line.fail("move exchange is given twice");
  if (n && !settings.pools)
    line.fail(
        "move exchange needs partitions that work as one: add pool yes, and start LAMMPS with "
        "-partition");
}

static void check_mirrors(const Line &line, const Settings &settings)
{
  for (const bgen_mirror &mirror : settings.mirrors)
    if (mirror.axis >= static_cast<size_t>(settings.n_space))
      line.fail(text("mirror %c: coords does not move this component", "xyz"[mirror.axis]));
}

static void check_internal(const Line &line, const Settings &settings)
{
  const bool is_internal = settings.coords == BGEN_INTERNAL;
  if (!is_internal && settings.circles != Settings::AUTO)
    line.fail("circles needs coords internal: remove it, or change the coords");
  if (is_internal && settings.n_space != 3)
    line.fail(text("coords internal moves x, y and z of each atom, not %.*s: use coords aligned",
                   settings.n_space, "xyz"));
  if (is_internal && !settings.identical_types.empty())
    line.fail("identical types cannot be used with coords internal, where equal atoms that hang "
              "from one atom are identical by themselves: remove identical");
  if (settings.distinct && settings.has_identical())
    line.fail("identical none cannot be used with other identical atoms: remove one of them");
}

/* a body that drifts has no place for a mirror, and leaves basins that are places */
static void check_coords(const Line &line, const Settings &settings)
{
  check_internal(line, settings);
  if (settings.coords == BGEN_CARTESIAN) return;
  const bool turns = settings.coords >= BGEN_ALIGNED;
  const std::string coords = std::string("coords ") + bgen_coords_name(settings.coords);
  if (!settings.mirrors.empty())
    line.fail("a mirror needs coords cartesian: remove the mirror, or " + coords);
  for (const CvSettings &cv : settings.cvs)
    if (const bgen_cv of = cv.of(); !bgen_cv_is_of_shape(&of, turns))
      line.fail("cv " + cv.name + " changes where all atoms are moved" +
                (turns ? " or turned" : "") + " as one body, which " + coords +
                " does not see: use a distance, an angle or a dihedral");
}

static void finish(const Line &line, Reading &to)
{
  if (to.basins.empty()) to.basins.push_back({"all", {}});
  check_moves(line, to);
  resolve_offsets(line, to);
  if (to.moves.empty()) to.moves.push_back(MoveSettings());
  if (to.flow.empty())
    to.flow =
        to.coords == BGEN_INTERNAL ? "molecule" : "whiten; realnvp blocks 12 width 100 depth 2";
  for (BasinSettings &basin : to.basins) basin.extend(to.cvs.size());
  for (const CvSettings &cv : to.cvs) cv.check_space(line, to.n_space);
  check_mirrors(line, to);
  check_driven(line, to);
  check_exchange(line, to);
  check_coords(line, to);
  check_disjoint(line, to.basins);
}

[[noreturn]] static void fail_with_help(const Line &line)
{
  std::string tables = fix_help().text() + cv_help().text();
  for (const CommandHelp &move : move_helps()) tables += move.text();
  line.fail(tables);
}

/* right after a move its keywords are expected, too */
[[noreturn]] static void fail_at(const Line &line, const Reading &reading, bool after_move)
{
  std::vector<Keyword> expected = keywords_of(KEYWORDS);
  if (after_move) {
    const std::vector<Keyword> more = move_helps()[reading.moves.back().kind].keywords;
    expected.insert(expected.begin(), more.begin(), more.end());
  }
  fail_unknown(line, line.peek(), expected, OLD);
}

Settings bgen::read_fix_settings(Line &line, int dimension)
{
  Reading reading;
  reading.n_space = dimension;
  if (line.next_is("help")) fail_with_help(line);
  reading.nevery = line.integer(0, "the number of steps between jumps N");
  reading.temperature = line.text("the temperature T");
  reading.seed = line.integer(1, "the seed");
  bool after_move = false;
  while (line.more()) {
    const size_t n_moves = reading.moves.size(), begin = line.position();
    const bool of_machine = line.peek() == "threads";
    if (!read_option(line, KEYWORDS, reading)) fail_at(line, reading, after_move);
    if (!of_machine) reading.keywords += " " + line.text_since(begin);
    after_move = reading.moves.size() > n_moves;
  }
  finish(line, reading);
  return reading;
}

/* ---- what was read ---- */

std::vector<std::string> Settings::basin_names() const
{
  std::vector<std::string> names;
  for (const BasinSettings &basin : basins) names.push_back(basin.name);
  return names;
}

std::vector<std::string> Settings::move_names() const
{
  std::vector<std::string> names;
  std::vector<int> seen(MoveSettings::N_KINDS, 0);
  for (const MoveSettings &move : moves) {
    const int number = ++seen[move.kind];
    names.push_back(MoveSettings::name(move.kind) + (number > 1 ? text(" %d", number) : ""));
  }
  return names;
}

std::string Settings::coords_text() const
{
  return text("%s %.*s%s", bgen_coords_name(coords), n_space, "xyz",
              free_chirality ? ", chirality free" : "");
}

template <class Number> static std::string numbers(const std::vector<Number> &all)
{
  std::string text;
  for (const Number number : all) text += " " + std::to_string(number);
  return text;
}

std::string Settings::circles_text() const
{
  static const char *const ALL_TEXTS[] = {"by the training frames", "all torsions", "none"};
  return circles == LISTED ? "torsions of atoms" + numbers(circle_atoms) : ALL_TEXTS[circles];
}

static std::string identical(const Settings &settings, const std::string &types,
                             const std::string &atoms)
{
  std::vector<std::string> lists;
  if (!settings.identical_types.empty()) lists.push_back(types + numbers(settings.identical_types));
  for (const auto &tags : settings.identical_atoms) lists.push_back(atoms + numbers(tags));
  if (settings.folds_leaves()) return "leaves";
  return lists.empty() ? "none" : joined(lists, "; ", [](const std::string &list) { return list; });
}

/* the words that model files have always had */
std::string Settings::identical_text() const
{
  return identical(*this, "type", "swap");
}

std::string Settings::identical_as_typed() const
{
  return identical(*this, "types", "atoms");
}

std::string Settings::mirrors_text() const
{
  if (mirrors.empty()) return "none";
  return joined(mirrors, " ", [](const bgen_mirror &mirror) {
    return text("%c %.15g", "xyz"[mirror.axis], mirror.plane);
  });
}

std::string Settings::basins_text() const
{
  return joined(basins, "; ", [&](const BasinSettings &basin) { return basin.text(cvs); });
}

std::string Settings::moves_text() const
{
  return joined(moves, ", ", [&](const MoveSettings &move) { return move.text(cvs); });
}

std::string Settings::offsets_text() const
{
  std::string all = tunes_offsets ? "auto" : "";
  for (size_t k = 0; k < basins.size(); k++)
    if (offsets[k] != 0.0)
      all += (all.empty() ? "" : ", ") + basins[k].name + text(" %.15g", offsets[k]);
  return all.empty() ? "none" : all;
}
