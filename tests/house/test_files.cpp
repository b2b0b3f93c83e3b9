/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_files.cpp - every file that an action writes, on a full disk: one sentence, and no file that
   looks whole; what is no file; the output of the program itself */

#include "actions/actions.h"
#include "double_well.h"
#include "full_disk.h"
#include "input/error.h"
#include "report/file.h"

#include <algorithm>
#include <csetjmp>
#include <cstdarg>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

extern "C" {
#include <cmocka.h>
}

using namespace bgen;

/* FILE is its name */
static const struct Written {
  const char *line;
  enum { WHOLE, GROWS, MANY } kind; // many: this is the beginning of their names
  const char *end = "";             // of the name of the first of them
} WRITTEN[] = {
    {"sample 200 file FILE", Written::WHOLE},
    {"sample 200 dump FILE", Written::WHOLE},
    {"interpolate 50 from left 3 to right 9 file FILE", Written::WHOLE},
    {"dump FILE", Written::WHOLE},
    {"works FILE", Written::WHOLE},
    {"population 30 from flow stages 3 steps 2 file FILE", Written::WHOLE},
    {"population 30 from flow stages 3 steps 2 dump FILE", Written::WHOLE},
    {"free_energy samples 200 table FILE", Written::WHOLE},
    {"free_energy samples 200 profile FILE", Written::WHOLE},
    {"free_energy samples 200 convergence FILE", Written::WHOLE},
    {"free_energy samples 200 points FILE", Written::MANY, ".flow.dat"},
    {"free_energy samples 200 u_nk FILE", Written::MANY, ".right.u_nk.csv"},
    {"save FILE", Written::WHOLE},
    {"train steps 40 batch 32 lr 1e-3 every 2 file FILE", Written::GROWS},
    {"train steps 40 batch 32 lr 1e-3 every 2 append FILE", Written::GROWS},
};

static std::string line_for(const Written &written, const std::string &path)
{
  std::string line = written.line;
  return line.replace(line.find("FILE"), 4, path);
}

struct Trained : DoubleWell {
  Trained()
  {
    add_frames(FrameUse::TRAIN, 200, 0);
    add_frames(FrameUse::TEST, 200, 1000);
    act("train steps 20 batch 32 lr 1e-2");
    printed();
  }
};

static std::string sentence_on_full_disk(Trained &d, const std::string &line, size_t n_bytes)
{
  const FullDisk full(n_bytes);
  return d.sentence(line);
}

static size_t n_files(const Folder &folder)
{
  const std::filesystem::directory_iterator all(folder / "");
  return static_cast<size_t>(std::distance(begin(all), end(all)));
}

/* ---- a full disk ---- */

static std::string name_of(const Written &written, const Folder &folder)
{
  return (folder / "f") + written.end;
}

static void check_full(Trained &d, const Written &written, const Folder &folder, size_t n_bytes)
{
  const std::string path = name_of(written, folder), old = "# an old file\n";
  std::ofstream(path) << old;
  const bool goes_on = written.kind == Written::GROWS && n_bytes > 0;
  d.host.warned.clear();
  const std::string said = sentence_on_full_disk(d, line_for(written, folder / "f"), n_bytes);
  const std::string expected = "bgen: cannot write " + path + ": File too large";
  expect_same(written.line, goes_on ? d.host.warned : said,
              goes_on ? expected + "; the file ends here, the training goes on\n" : expected);
  const std::string now = content_of(path);
  assert_int_equal(n_files(folder), 1);
  if (written.kind != Written::GROWS)
    expect_same(written.line, now, old);
  else if (!now.empty() && now.back() != '\n')
    fail_msg("%s: the last line was cut: %s", written.line, now.c_str());
}

/* with no room at all, and with room for half of it */
static void test_full_disk(void **)
{
  Trained d;
  for (const Written &written : WRITTEN) {
    const Folder folder, other;
    d.act(line_for(written, other / "f"));
    const size_t size = content_of(name_of(written, other)).size();
    assert_true(size > 0);
    check_full(d, written, folder, 0);
    check_full(d, written, folder, std::max<size_t>(size / 2, 30));
    d.act(line_for(written, folder / "f")); // nothing is left open
    assert_true(content_of(name_of(written, folder)).size() > 0);
  }
}

/* a device that takes nothing: at the end, or at once */
static void test_full_device(void **)
{
  Trained d;
  for (const Written &written : WRITTEN) {
    if (written.kind == Written::MANY) continue; // they would be made in /dev
    const bool is_model = !strncmp(written.line, "save", 4);
    expect_same(written.line, d.sentence(line_for(written, "/dev/full")),
                is_model ? "bgen: cannot write /dev/full: it is a device, not a file: give another "
                           "name"
                         : "bgen: cannot write /dev/full: No space left on device");
  }
  d.act("sample 10 file /dev/null");
}

/* each keyword that is said to take a file is in the list above, but for those of test_gibbs.cpp
   and test_works.cpp */
static void test_list_is_whole(void **)
{
  size_t n = 0;
  for (const ActionKind &kind : actions())
    for (const Keyword &keyword : kind.help.keywords) {
      if ((std::string(" ") + keyword.help).find(" file") == std::string::npos) continue;
      if (!strcmp(keyword.word, "volumes") || !strcmp(kind.word, "gibbs")) continue;
      if (!strcmp(kind.word, "works")) continue;
      const auto tests = [&](const Written &written) {
        return std::string(written.line).find(std::string(" ") + keyword.word + " FILE") !=
               std::string::npos;
      };
      if (std::none_of(std::begin(WRITTEN), std::end(WRITTEN), tests))
        fail_msg("%s %s writes a file, but is not tested", kind.word, keyword.word);
      n++;
    }
  assert_true(n >= 11);
}

/* ---- what is no file ---- */

static void test_no_files(void **)
{
  const Folder folder;
  Trained d;
  const std::string pipe = folder / "pipe";
  std::filesystem::create_directory(folder / "d");
  assert_int_equal(mkfifo(pipe.c_str(), 0600), 0);
  alarm(60); // instead of waiting for ever
  for (const Written &written : WRITTEN) {
    if (written.kind == Written::MANY) continue;
    expect_says(written.line, d.sentence(line_for(written, folder / "d")),
                written.kind == Written::GROWS
                    ? "bgen: cannot write " + (folder / "d") + ": Is a directory"
                    : "bgen: cannot write " + (folder / "d") + ": it is a directory, not a file");
    expect_says(written.line, d.sentence(line_for(written, pipe)),
                "bgen: cannot write " + pipe + ": |pipe");
  }
  expect_says("load", d.sentence("load " + pipe), "bgen: cannot read " + pipe + ": it is not a");
  alarm(0);
  assert_int_equal(n_files(folder), 2);
}

/* who reads it gets all of it */
static void test_pipe(void **)
{
  const Folder folder;
  const std::string pipe = folder / "pipe";
  assert_int_equal(mkfifo(pipe.c_str(), 0600), 0);
  const int reader = open(pipe.c_str(), O_RDONLY | O_NONBLOCK);
  File file(pipe);
  file.print("a line\n");
  file.close();
  char found[20] = "";
  assert_int_equal(read(reader, found, sizeof found - 1), 7);
  expect_same("pipe", found, "a line\n");
  close(reader);
}

/* Where the output of the program goes to a file, that file is not replaced. */
static void test_standard_output(void **)
{
  const Folder folder;
  Trained d;
  fflush(stdout);
  const int before = dup(1), file = open((folder / "log").c_str(), O_WRONLY | O_CREAT, 0600);
  dup2(file, 1);
  close(file);
  printf("first\n");
  d.act("works /dev/stdout");
  printf("last\n");
  fflush(stdout);
  dup2(before, 1);
  close(before);
  const std::vector<std::string> lines = lines_of(content_of(folder / "log"));
  assert_true(lines.size() >= 3);
  expect_same("first", lines.front(), "first");
  expect_says("middle", lines[1], "# ");
  expect_same("last", lines.back(), "last");
  assert_int_equal(n_files(folder), 1);
}

int main()
{
  const CMUnitTest tests[] = {
      cmocka_unit_test(test_full_disk),     cmocka_unit_test(test_full_device),
      cmocka_unit_test(test_list_is_whole), cmocka_unit_test(test_no_files),
      cmocka_unit_test(test_pipe),          cmocka_unit_test(test_standard_output)};
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
