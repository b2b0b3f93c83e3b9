/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_mistakes.cpp - the sentence for each mistake in an input line */

#include "input_lines.h"

#include <csetjmp>
#include <cstdarg>
#include <cstddef>
#include <cstdint>

extern "C" {
#include <cmocka.h>
}

using namespace bgen;

static const struct {
  // parts of the sentence, with | between them
  const char *keywords, *words;
} MISTAKES[] = {
    {"speed 3", "unknown keyword 'speed'|"
                "coords, circles, identical, mirror, chirality, cv, basin, move"},
    {"coords polar", "'polar'|cartesian"},
    {"coords cartesian yz", "'yz'|x, xy, xyz"},
    {"basin a s 0 1", "basin a|cv s|before it"},
    {"cv s coordinate 0 x", "'0'|ID"},
    {"cv s coordinate 1 r", "'r'|x, y, z"},
    {"cv s", "after 's'|kind of a cv"},
    {"cv s coordinate 1 x cv s coordinate 1 y", "cv s is defined twice"},
    {"cv s coordinate 1 x basin a s 1 0", "basin a is empty"},
    {"cv s coordinate 1 x basin a s nan 0", "'nan'|number"},
    {"cv s coordinate 1 x basin a,b s 0 1", "'a,b'|letters"},
    {"cv s torsion 1 2 3 4", "'torsion'|dihedral"},
    {"cv s angle 1 2 1", "cv s|atom 1 twice"},
    {"coords cartesian x cv s angle 1 2 3", "angle|2 components|only 1"},
    {"cv s dihedral 1 2 3 4", "dihedral|3 components|only 2"},
    {"cv r rg", "after 'rg'|set of atoms"},
    {"cv r rg 1 2", "'1'|all, type, group"},
    {"cv r rg type 0", "'0'|type"},
    {"cv h plane_distance all", "plane_distance needs the vectors of, u and v"},
    {"cv h plane_distance of 1 all -1 type 1 v 1 all -1 all", "as in u 1 group a -1 group b"},
    {"cv h plane_distance of 1 all -0.5 type 1 u 1 all -1 all v 1 all -1 all",
     "the coefficients of vector of of cv h have the sum 0.5"},
    {"cv d com_distance all", "after 'all'|set of atoms"},
    {"cv c coordination all", "coordination needs|r0 1.5"},
    {"cv c coordination all 1.5", "'1.5'|all, type, group"},
    {"cv c coordination all type 2 1.5", "coordination needs|r0 1.5"},
    {"cv c coordination all r0 0", "'0'|r0"},
    {"cv c coordination all r0 1 exponents 5 12", "exponent 5|even"},
    {"cv c coordination all r0 1 exponents 6 6", "exponent 6|larger"},
    {"cv c coordination all r0 1 exponents 6 102", "'102'|between 1 and 100"},
    {"cv q compute", "after 'compute'|ID of a compute"},
    {"cv q variable", "after 'variable'|variable"},
    {"cv q variable v_a move driven 1 q 0 1 spring 1 steps 9", "cv q cannot be driven|no gradient"},
    {"cv s coordinate 1 x cv q compute c_a[2] basin a q 0 1 move driven 1 s 0 1 spring 1 steps 9",
     "basins without cv q|c_a[2]"},
    {"cv r rmsd all", "rmsd needs a reference"},
    {"cv r rmsd all file", "after 'file'|xyz file"},
    {"cv s linear 1 x", "after 'x'|coefficient"},
    {"cv s linear 1 x inf", "cv s|finite"},
    {"cv s linear 1 x 1 1.5 y 1", "'1.5'|ID"},
    {"cv s linear 1 x 1 1 z 1", "cv s|does not move"},
    {"cv s angle 1 2 3 basin a s 120 60", "basin a is empty"},
    {"cv s coordinate 1 x basin a s 0 1 basin a s 1 2", "basin a|empty|do not overlap"},
    {"cv s coordinate 1 x basin a s 0 2 basin b s 1 3", "basins a and b overlap"},
    {"cv s coordinate 1 x basin a s 0 1 cv d distance 1 2 basin b d 0 1", "basins a and b overlap"},
    {"identical", "after 'identical'|what is identical"},
    {"identical bonds", "'bonds'|types, atoms"},
    {"identical types", "after 'types'"},
    {"identical types 0", "'0'|type"},
    {"identical types 1 2 1", "type 1|twice"},
    {"identical types 1 identical types 1", "type 1|twice"},
    {"identical atoms 1", "atoms 1|second"},
    {"mirror w 0", "'w'|x, y, z"},
    {"mirror x inf", "'inf'|mirror"},
    {"mirror x 0 mirror x 1", "two mirrors across x"},
    {"mirror z 0.0 coords cartesian xy", "mirror z|does not move"},
    {"move fresh 1 speed 3", "'speed'|expected one of tries, coords"},
    {"move fresh 1 velocity keep tries 3", "'tries'|expected one of coords"},
    {"move far 1", "'far'|fresh, near, transfer, annealed, driven"},
    {"move transfer 1", "transfer 1|second basin"},
    {"move fresh 1 tries 0", "'0'|proposals"},
    {"move near 1 0", "'0'|step"},
    {"move near 1", "after '1'|step"},
    {"move fresh inf", "'inf'|frequency"},
    {"move fresh 0", "'0'|frequency"},
    {"move fresh 1 attempts 3", "'attempts'|tries, coords, circles, identical"},
    {"move near 1 1 tries 3", "'tries'|expected one of coords, circles, identical"},
    {"cv s coordinate 1 x basin a s 0 1 offset auto", "offset auto|two basins"},
    {"offset middle 1", "basin 'middle'|offset"},
    {"offset all inf", "'inf'|offset"},
    {"offset all", "after 'all'|offset"},
    {"flow", "after 'flow'|whiten"},
    {"collect 0", "'0'|between frames"},
    {"collect 3000000000", "'3000000000'|2147483647"},
    {"velocity new", "'new'|keep, resample"},
    {"threads 257", "'257'|between 1 and 256"},
    {"move fresh 1 tries 1000001", "'1000001'|between 1 and 1000000"},
    {"cv s coordinate 1 x basin none s 0 1", "'none'|another name"},
    {"cv s coordinate 1 x basin auto s 0 1", "'auto'|another name"},
    {"cv s coordinate 1 x basin all s 0 1", "'all'|another name"},
    {"cv s coordinate 1 x basin help s 0 1", "'help'|another name"},
    {"threads 0.5", "'0.5'|threads"},
    {"overlap 0", "'0'|distance"},
    {"bond -1", "'-1'|length"},
};

static void test_mistakes(void **)
{
  for (const auto &[keywords, words] : MISTAKES)
    expect_refused(std::string("2 1.0 4711 ") + keywords, words);
  const std::string dihedral = "2 1.0 4711 cv s dihedral 1 2 3 4 basin a s ";
  expect_refused(dihedral + "60 60", "basin a is empty", 3);
  expect_refused(dihedral + "120 300", "-180 to 180|120 -60", 3);
  expect_refused(dihedral + "0 60 basin a s 30 90", "basin a|one range", 3);
  expect_refused(dihedral + "120 -60 basin b s -90 0", "a and b overlap", 3);
}

static void test_mistakes_before_keywords(void **)
{
  expect_refused("", "missing|between jumps N");
  expect_refused("-2 1.0 4711", "'-2'|between jumps N");
  expect_refused("2", "after '2'|temperature");
  expect_refused("2 1.0", "after '1.0'|seed");
  expect_refused("2 1.0 0", "'0'|seed");
}

static void test_mistakes_of_moves(void **)
{
  const struct {
    const char *move, *words;
  } mistakes[] = {
      {"driven 1", "after '1'|name of a cv"},
      {"driven 1 d -1 1 spring 40 steps 9", "cv d|before it"},
      {"driven 1 s -1 1 steps 9", "driven|spring"},
      {"driven 1 s -1 1 spring 40", "driven|steps 100"},
      {"driven 1 s -1 1 spring 0 steps 9", "spring|'0'"},
      {"driven 1 s -1 1 spring 40 steps 0", "steps|'0'"},
      {"driven 1 s 1 1 spring 40 steps 9", "from one value|another"},
      {"driven 1 s inf 1 spring 40 steps 9", "end of a driven move|'inf'"},
      {"driven 1 s -1 1 spring 40 steps 9 heat 0", "temperature half way|'0'"},
      {"driven 1 s -1 1 spring 40 steps 9 dt 0", "timestep of a path|'0'"},
      {"driven 1 s -1 1 spring 40 steps 9 damp -1", "damping time|'-1'"},
      {"driven 1 s -1 1 spring 40 steps 9 escort maybe", "'maybe'|no, yes, frames|escort"},
      {"driven 1 s -1 1 spring 40 steps 9 slowly", "'slowly'|spring, steps, dt|coords"},
      {"driven 1 a 60 120 spring 1 steps 9 escort yes", "cv a has no escort"},
      {"driven 1 s -1 1 spring 40 steps 9 atoms", "after 'atoms'|group"},
      {"annealed 1", "annealed|steps 100"},
      {"annealed 1 steps 9 start left", "'left'|any, other, transfer"},
      {"annealed 1 steps 9 space z", "'z'|x, latent"},
      {"annealed 1 steps 9 metropolis all", "'all'|path, steps"},
      {"annealed 1 steps 9 metropolis steps damp 2", "metropolis steps|leave out damp"},
      {"annealed 1 steps 9 schedule new", "'new'|fixed, auto"},
      {"annealed 1 steps 10000001", "'10000001'|between 1 and 10000000"},
      {"driven 1 s -1 1 spring 40 steps 2147483647", "'2147483647'|between 1 and 10000000"},
      {"annealed 1 steps 9 power 0", "power|'0'"},
      {"annealed 1 steps 9 start other", "annealed|second basin"},
      {"annealed 1 steps 9 start transfer", "annealed|second basin"},
  };
  for (const auto &[move, words] : mistakes)
    expect_refused(std::string("2 1.0 4711 cv s coordinate 1 x cv a angle 1 2 3 move ") + move,
                   words);
}

static void test_old_words(void **)
{
  expect_refused("2 1.0 4711 relabel type 1 2", "'relabel' no longer exists|identical types");
  expect_refused("2 1.0 4711 swap 5 6", "'swap' no longer exists|identical atoms");
  expect_refused("2 1.0 4711 move several 1 32", "'several' no longer exists|move fresh F tries K");
}

int main()
{
  const CMUnitTest tests[] = {
      cmocka_unit_test(test_mistakes),
      cmocka_unit_test(test_mistakes_before_keywords),
      cmocka_unit_test(test_mistakes_of_moves),
      cmocka_unit_test(test_old_words),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
