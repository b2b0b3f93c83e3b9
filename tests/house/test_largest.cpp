/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_largest.cpp - the largest numbers that lines may have, where memory is short

   Walks through the tables of options: each placeholder of a number becomes 2147483647, or, where a
   sentence says that less is allowed, that.  Each line is tried in a process of its own that may
   have half a GiB more than it has.  It may work on (it is ended after a quarter of a second), end
   well, or end in a sentence that says what was asked for; nothing else. */

#include "actions/actions.h"
#include "double_well.h"
#include "input/fix_options.h"

#include <algorithm>
#include <climits>
#include <csignal>
#include <fstream>
#include <functional>
#include <sstream>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csetjmp>
#include <cstdarg>
#include <cstddef>
#include <cstdint>

extern "C" {
#include <cmocka.h>
}

using namespace bgen;

static constexpr double MORE_MEMORY = 0.5 * 1024 * 1024 * 1024, CPU_SECONDS = 0.25;

static int n_lines = 0, n_of_memory = 0, n_of_limit = 0, n_stopped = 0;

/* ---- one line ---- */

static void limit_this_process()
{
  std::ifstream statm("/proc/self/statm");
  double n_pages = 0.0;
  statm >> n_pages;
  const double n_bytes = n_pages * static_cast<double>(sysconf(_SC_PAGESIZE)) + MORE_MEMORY;
  const rlimit memory = {static_cast<rlim_t>(n_bytes), RLIM_INFINITY}, no_core = {0, 0};
  const itimerval time = {{0, 0}, {0, static_cast<suseconds_t>(1e6 * CPU_SECONDS)}};
  setrlimit(RLIMIT_CORE, &no_core);
  setrlimit(RLIMIT_AS, &memory);
  setitimer(ITIMER_PROF, &time, nullptr);
}

/* in a child: what it says goes to the pipe */
[[noreturn]] static void child(int pipe_end, const std::function<std::string()> &work)
{
  std::string said;
  try {
    limit_this_process();
    said = work();
  } catch (const Error &error) {
    said = error.what();
  } catch (const std::exception &error) {
    said = std::string("not caught: ") + error.what();
  }
  const ssize_t n = write(pipe_end, said.data(), said.size());
  _exit(n == static_cast<ssize_t>(said.size()) ? 0 : 1);
}

/* The sentence that it ends in, "" for none; fails if it ends in any other way. */
static std::string outcome(const std::string &line, const std::function<std::string()> &work)
{
  int ends[2], status = 0;
  assert_int_equal(pipe(ends), 0);
  const pid_t id = fork();
  if (id == 0) child(ends[1], work);
  close(ends[1]);
  std::string said;
  char part[512];
  for (ssize_t n; (n = read(ends[0], part, sizeof part)) > 0;) said.append(part, n);
  close(ends[0]);
  assert_int_equal(waitpid(id, &status, 0), id);
  const bool stopped = WIFSIGNALED(status) && WTERMSIG(status) == SIGPROF;
  if (!stopped && !(WIFEXITED(status) && WEXITSTATUS(status) == 0))
    fail_msg("'%s' ended with status %d", line.c_str(), status);
  for (const char *word : {"not caught", "std::", "vector", "basic_string", "max_size"})
    if (said.find(word) != std::string::npos)
      fail_msg("'%s' ended in '%s'", line.c_str(), said.c_str());
  n_lines++;
  n_stopped += stopped;
  n_of_memory += said.find("GiB") != std::string::npos;
  n_of_limit += said.find("whole number between") != std::string::npos;
  return said;
}

/* ---- lines from tables ---- */

/* of what stands for one in a table */
static std::string word_for(const std::string &placeholder, const std::string &number)
{
  if (placeholder == "name") return "/dev/null";
  if (placeholder == "quantity" || placeholder == "cv") return "s";
  if (placeholder == "basin") return "left";
  if (placeholder == "low" || placeholder == "a") return "-1";
  if (placeholder == "high" || placeholder == "b") return "1";
  if (placeholder.find('|') != std::string::npos)
    return placeholder.substr(0, placeholder.find('|'));
  return number;
}

/* "N [M]" with all that may be given */
static std::string words_for(const std::string &values, const std::string &number)
{
  std::istringstream all(values);
  std::string words;
  for (std::string one; all >> one;) {
    one.erase(std::remove_if(one.begin(), one.end(), [](char c) { return c == '[' || c == ']'; }),
              one.end());
    if (!one.empty() && one != "...") words += " " + word_for(one, number);
  }
  return words;
}

static bool has_number(const std::string &values)
{
  std::istringstream all(values);
  for (std::string one; all >> one;)
    if (one.size() == 1 + 2 * (one[0] == '[') || one == "bins" || one == "frame" || one == "step" ||
        one == "distance" || one == "length")
      return true;
  return false;
}

/* 2147483647, and the largest that the sentence allows */
static void try_largest(const std::function<std::string(const std::string &)> &line,
                        const std::function<std::string(const std::string &)> &act)
{
  std::string number = std::to_string(INT_MAX);
  for (int i = 0; i < 3; i++) {
    const std::string now = line(number), said = outcome(now, [&] { return act(now); });
    if (getenv("BGEN_SHOW")) print_message("%s\n    %s\n", now.c_str(), said.c_str());
    const size_t at = said.find("between ");
    if (at == std::string::npos) return;
    std::istringstream range(said.substr(at + 8));
    std::string low, and_word, high;
    range >> low >> and_word >> high;
    if (high == number) return;
    number = high;
  }
}

/* ---- the fix ---- */

/* one jump of a fix with flows */
static std::string jump(const std::string &words)
{
  DoubleWell d(words);
  d.add_frames(FrameUse::TRAIN, 60, 0);
  d.act("train steps 1 batch 8");
  d.state.initialize();
  d.state.begin_run();
  d.state.attempt_jump();
  return "";
}

static void test_fix(void **)
{
  for (const Keyword &keyword : fix_help().keywords) {
    const std::string word = keyword.word;
    if (!has_number(keyword.values) || word == "cv" || word == "move") continue;
    try_largest([&](const std::string &number) { return word + words_for(keyword.values, number); },
                jump);
  }
}

static void test_moves(void **)
{
  for (const CommandHelp &move : move_helps()) {
    const std::string kind = move.head.substr(5, move.head.find(' ', 5) - 5);
    const std::string head = move.head.substr(0, 5 + kind.size()),
                      values = move.head.substr(5 + kind.size());
    const bool is_path = kind == "annealed" || kind == "driven";
    const std::string needs = kind == "driven" ? " spring 5 steps 3" : is_path ? " steps 3" : "";
    try_largest([&](const std::string &n) { return head + words_for(values, n) + needs; }, jump);
    for (const Keyword &keyword : move.keywords)
      if (has_number(keyword.values))
        try_largest(
            [&](const std::string &n) {
              return head + words_for(values, "1") + needs + " " + keyword.word +
                     words_for(keyword.values, n) + (kind == "annealed" ? " schedule auto" : "");
            },
            jump);
  }
}

/* ---- actions ---- */

static std::string sentence_of(const std::string &line)
{
  DoubleWell d;
  d.add_frames(FrameUse::TRAIN, 60, 0);
  d.add_frames(FrameUse::TEST, 60, 60);
  d.act("train steps 1 batch 8");
  return d.sentence(line);
}

/* what an action needs besides, in small */
static std::string needs_of(const std::string &action)
{
  if (action == "population") return " from flow stages 2 steps 2 repeats 2";
  if (action == "train") return " batch 8 steps 2 kl 1";
  if (action == "free_energy") return " samples 20";
  if (action == "interpolate") return " from left 1 to right 1 file /dev/null";
  return "";
}

static void test_actions(void **)
{
  for (const ActionKind &kind : actions()) {
    const std::string word = kind.word, head = kind.help.head.substr(8 + word.size() + 0),
                      values = head.empty() ? "" : head.substr(std::min<size_t>(1, head.size()));
    const std::string needs = needs_of(word);
    if (has_number(values))
      try_largest([&](const std::string &n) { return word + words_for(values, n) + needs; },
                  sentence_of);
    for (const Keyword &keyword : kind.help.keywords)
      if (has_number(keyword.values))
        try_largest(
            [&](const std::string &n) {
              return word + words_for(values, "20") + needs + " " + keyword.word +
                     words_for(keyword.values, n);
            },
            sentence_of);
  }
}

/* those of which the sentence must say what it would take */
static void test_memory_is_named(void **)
{
  for (const char *line :
       {"sample 2000000000", "population 2000000000 from flow", "free_energy samples 2000000000",
        "train batch 2000000000", "interpolate 2000000000 from left 1 to right 1 file /dev/null"}) {
    const std::string said = outcome(line, [&] { return sentence_of(line); });
    expect_says(line, said, "000000000|GiB|may have only");
  }
  for (const char *flow : {"flow \"realnvp blocks 500 width 100000 depth 100000\"",
                           "flow \"whiten; nsf blocks 8 width 90000\""})
    expect_says(flow, outcome(flow, [&] { return jump(flow); }), "fix bgen: |parameters|GiB");
}

/* How many still work after a quarter of a second depends on the machine; some always do. */
static void test_all_ways(void **)
{
  print_message("%d lines: %d stopped while they worked, %d too large, %d of too much memory\n",
                n_lines, n_stopped, n_of_limit, n_of_memory);
  assert_true(n_lines > 50 && n_stopped > 0 && n_of_limit > 5 && n_of_memory > 8);
}

int main()
{
  const CMUnitTest tests[] = {
      cmocka_unit_test(test_fix),      cmocka_unit_test(test_moves),
      cmocka_unit_test(test_actions),  cmocka_unit_test(test_memory_is_named),
      cmocka_unit_test(test_all_ways),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
