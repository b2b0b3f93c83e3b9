/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "report/tree.h"

#include "input/text.h"

using namespace bgen;

static constexpr double DEGREES = 57.29577951308232;
static constexpr int WIDTH_OF_KIND = 13;

static std::string without_spaces_at_end(const std::string &line)
{
  return line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
}

static std::string head(const std::vector<TreeOfBasin> &basins)
{
  std::string line =
      text("    %7s %7s %7s %7s %8s %8s", "atom", "bond", "angle", "torsion", "length", "degrees");
  for (const TreeOfBasin &basin : basins) {
    const std::string name = basin.name.empty() ? "degrees" : basin.name;
    line += text(" %8s %-*s", name.c_str(), WIDTH_OF_KIND, basin.kinds.empty() ? "" : "kind");
  }
  return without_spaces_at_end(line);
}

static std::string id_text(size_t atom, const std::vector<int64_t> &tags)
{
  return text(" %7lld", atom == BGEN_NO_ATOM ? 0 : static_cast<long long>(tags[atom]));
}

/* j: the first number of its shape, then of that of the next node */
static std::string node_line(const bgen_tree_node &node, bool is_aligned, size_t &j,
                             const std::vector<int64_t> &tags,
                             const std::vector<TreeOfBasin> &basins)
{
  std::string line = "    " + id_text(node.atom, tags).substr(1);
  if (is_aligned) return line + " aligned\n";
  for (const size_t by : {node.bond, node.angle, node.torsion}) line += id_text(by, tags);
  const std::vector<double> &first = basins[0].shape;
  if (node.bond != BGEN_NO_ATOM) line += text(" %8.4f", first[j++]);
  if (node.angle != BGEN_NO_ATOM) line += text(" %8.2f", DEGREES * first[j++]);
  if (node.torsion == BGEN_NO_ATOM) return line + "\n";
  for (const TreeOfBasin &basin : basins)
    line += text(" %8.2f %-*s", DEGREES * basin.shape[j], WIDTH_OF_KIND,
                 basin.kinds.empty() ? "" : basin.kinds[j].c_str());
  j++;
  return without_spaces_at_end(line);
}

/* those between aligned atoms are no matter of the tree */
static std::string closing_line(const bgen_tree &tree, const std::vector<int64_t> &tags)
{
  std::string line;
  for (size_t b = 0; b < tree.n_closing; b++) {
    const size_t i = tree.closing[2 * b], j = tree.closing[2 * b + 1];
    if (bgen_tree_is_aligned(&tree, i) && bgen_tree_is_aligned(&tree, j)) continue;
    line += text("%s %lld-%lld", line.empty() ? "" : ",", static_cast<long long>(tags[i]),
                 static_cast<long long>(tags[j]));
  }
  return line.empty() ? "" : "  bonds that close rings, not in the tree:" + line + "\n";
}

std::string bgen::tree_lines(const bgen_tree &tree, const std::vector<int64_t> &tags,
                             const std::vector<TreeOfBasin> &basins)
{
  std::string lines =
      text("  tree of %zu molecule%s%s:\n", tree.n_molecules, tree.n_molecules == 1 ? "" : "s",
           tree.n_aligned ? ", the first with aligned atoms" : "") +
      head(basins);
  size_t j = 0;
  for (size_t k = 0; k < tree.n_atoms; k++)
    lines += node_line(tree.node[k], k < tree.n_aligned, j, tags, basins);
  return lines + closing_line(tree, tags);
}
