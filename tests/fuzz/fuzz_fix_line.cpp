/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A text as what stands after "fix ID group bgen": one sentence, or settings that can be told. */

#include "input/error.h"
#include "input/fix_options.h"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

using namespace bgen;

extern "C" {
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
size_t fuzz_n_accepted;
}

/* a part in quotes is one word, as in LAMMPS; no word has a 0 in it */
static std::vector<std::string> words_of(const uint8_t *data, size_t n)
{
  std::vector<std::string> words;
  bool quoted = false, inside = false;
  for (size_t i = 0; i < n; i++) {
    const char c = static_cast<char>(data[i]);
    if (c == '"') quoted = !quoted;
    const bool space = (c == ' ' || c == '\n' || c == '\t') && !quoted;
    if (!space && !inside) words.emplace_back();
    if (!space && c != '"' && c != '\0') words.back() += c;
    inside = !space;
  }
  return words;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
  std::vector<std::string> words = words_of(data, n);
  std::vector<char *> arg;
  for (std::string &word : words) arg.push_back(&word[0]);
  try {
    Line line("fix bgen", static_cast<int>(arg.size()), arg.data());
    const Settings s = read_fix_settings(line, 2 + static_cast<int>(n % 2));
    const std::string all = s.coords_text() + s.identical_text() + s.mirrors_text() +
                            cvs_text(s.cvs) + s.basins_text() + s.moves_text() + s.offsets_text() +
                            s.identical_as_typed();
    fuzz_n_accepted++;
    if (all.size() > 1000 * (n + 100)) abort();
  } catch (const Error &error) {
    if (!*error.what()) abort();
  }
  return 0;
}
