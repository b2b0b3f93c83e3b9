/* SPDX-License-Identifier: GPL-2.0-or-later */
/* input_lines.h - input lines in tests: read, or the sentence that they end in */

#ifndef BGEN_TESTS_INPUT_LINES_H
#define BGEN_TESTS_INPUT_LINES_H

#include "input/fix_options.h"

#include <set>
#include <string>

extern std::set<std::string> read_words; // of all lines

/* words as LAMMPS splits them: one in double quotes is one */
bgen::Line line_of(const char *subject, const std::string &text);

/* what follows "fix ID group bgen", and what follows N T seed */
bgen::Settings read(const std::string &text, int dimension);
bgen::Settings settings(const std::string &keywords, int dimension = 2);

/* the sentence that a line ends in, "" if it is right */
std::string sentence(const std::string &text, int dimension = 2);

/* Checks, which fail the test. */
void expect(const std::string &what, const std::string &found, const std::string &expected);
/* words: parts of the sentence found, with | between them */
void expect_words(const std::string &line, const std::string &found, const std::string &words);
void expect_refused(const std::string &line, const std::string &words, int dimension = 2);

#endif
