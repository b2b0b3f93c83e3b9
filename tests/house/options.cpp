/* SPDX-License-Identifier: GPL-2.0-or-later */
/* options.cpp - prints all tables of keywords: a line with the head of each, then a line
   "word TAB values TAB default TAB help" for each row, then an empty line */

#include "actions/actions.h"
#include "input/fix_options.h"
#include "styles/columns.h"
#include "styles/modify_options.h"

#include <cstdio>

using namespace bgen;

static void print(const CommandHelp &command)
{
  printf("%s\n", command.head.c_str());
  for (const Keyword &keyword : command.keywords)
    printf("%s\t%s\t%s\t%s\n", keyword.word, keyword.values, keyword.default_value, keyword.help);
  printf("\n");
}

int main()
{
  print(fix_help());
  print(cv_help());
  for (const CommandHelp &move : move_helps()) print(move);
  print(modify_help());
  print(columns_help());
  for (const ActionKind &action : actions()) print(action.help);
  return 0;
}
