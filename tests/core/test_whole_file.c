/* SPDX-License-Identifier: GPL-2.0-or-later
   Whoever reads a file finds the old one or the new one: a full disk, a second writer, what is no
   file. */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/whole_file.h"
#include "fixture.h"

enum { BIG = 300000, WRITERS = 8, ROUNDS = 40 };

static char folder[] = "test_whole_file.XXXXXX";
static char memory[BIG], found[BIG + 1];

static int set_up(void **state)
{
  (void) state;
  strcpy(folder, "test_whole_file.XXXXXX");
  return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int tear_down(void **state)
{
  DIR *all = opendir(".");
  (void) state;
  for (const struct dirent *entry; (entry = readdir(all));)
    if (entry->d_name[0] != '.') remove(entry->d_name);
  closedir(all);
  return chdir("..") == 0 && rmdir(folder) == 0 ? 0 : -1;
}

static bgen_status write_file(const char *path, size_t n, char letter)
{
  bgen_whole_file *file = NULL;
  memset(memory, letter, n);
  bgen_status status = bgen_whole_file_open(path, &file);
  if (!status) status = bgen_whole_file_write(file, n, memory);
  return bgen_whole_file_close(file, status);
}

/* n of the same letter */
static void check_content(const char *path, size_t n, char letter)
{
  FILE *file = fopen(path, "rb");
  assert_non_null(file);
  assert_int_equal(fread(found, 1, sizeof found, file), n);
  for (size_t i = 0; i < n; i++) assert_int_equal(found[i], letter);
  fclose(file);
}

static int n_files(void)
{
  int n = 0;
  DIR *all = opendir(".");
  for (const struct dirent *entry; (entry = readdir(all));) n += entry->d_name[0] != '.';
  closedir(all);
  return n;
}

static mode_t mode_of(const char *path)
{
  struct stat status;
  assert_int_equal(lstat(path, &status), 0);
  return status.st_mode;
}

static void test_new_and_replaced(void **state)
{
  (void) state;
  const mode_t mask = umask(027);
  CHECK_OK(write_file("a", 10, 'x'));
  umask(mask);
  assert_int_equal(mode_of("a") & 07777, 0640);
  assert_int_equal(chmod("a", 0604), 0);
  CHECK_OK(write_file("a", BIG, 'y'));
  check_content("a", BIG, 'y');
  assert_int_equal(mode_of("a") & 07777, 0604);
  assert_int_equal(n_files(), 1);
}

static void test_longest_name(void **state)
{
  char name[256];
  (void) state;
  memset(name, 'n', 255);
  name[255] = '\0';
  CHECK_OK(write_file(name, 10, 'x'));
  check_content(name, 10, 'x');
  assert_int_equal(n_files(), 1);
}

/* it stays a link, and what it leads to is replaced */
static void test_links(void **state)
{
  (void) state;
  CHECK_OK(write_file("a", 10, 'x'));
  assert_int_equal(symlink("a", "link"), 0);
  assert_int_equal(symlink("nothing", "broken"), 0);
  CHECK_OK(write_file("link", 20, 'y'));
  assert_true(S_ISLNK(mode_of("link")));
  check_content("a", 20, 'y');
  CHECK_REFUSED(write_file("broken", 10, 'x'), BGEN_BAD_FILE, "it is a link, and what it leads to");
  assert_int_equal(n_files(), 3);
}

static void test_no_files(void **state)
{
  (void) state;
  assert_int_equal(mkdir("folder", 0700), 0);
  assert_int_equal(mkfifo("pipe", 0600), 0);
  alarm(20); /* instead of waiting for ever */
  CHECK_REFUSED(write_file("folder", 10, 'x'), BGEN_BAD_FILE, "cannot write folder: it is a direc");
  CHECK_REFUSED(write_file("pipe", 10, 'x'), BGEN_BAD_FILE, "it is a named pipe");
  CHECK_REFUSED(write_file("/dev/null", 10, 'x'), BGEN_BAD_FILE, "it is a device");
  CHECK_REFUSED(write_file("none/a", 10, 'x'), BGEN_BAD_FILE, "cannot write none/a: No such file");
  CHECK_REFUSED(write_file("", 10, 'x'), BGEN_BAD_FILE, "No such file");
  alarm(0);
  if (geteuid() != 0) { /* who is root may write it */
    CHECK_OK(write_file("a", 10, 'x'));
    chmod("a", 0444);
    CHECK_REFUSED(write_file("a", 20, 'y'), BGEN_BAD_FILE, "cannot write a: Permission denied");
    check_content("a", 10, 'x');
  }
  assert_true(S_ISFIFO(mode_of("pipe")) && S_ISDIR(mode_of("folder")));
}

/* A limit of the size of files stands for a full disk: which write fails is up to the buffer. */
static void test_full_disk(void **state)
{
  struct rlimit limit, old;
  (void) state;
  CHECK_OK(write_file("a", 10, 'x'));
  getrlimit(RLIMIT_FSIZE, &limit);
  old = limit;
  signal(SIGXFSZ, SIG_IGN);
  for (limit.rlim_cur = 0; limit.rlim_cur < BIG; limit.rlim_cur += BIG / 5) {
    setrlimit(RLIMIT_FSIZE, &limit);
    CHECK_REFUSED(write_file("a", BIG, 'y'), BGEN_BAD_FILE, "cannot write a: File too large");
    CHECK_REFUSED(write_file("b", BIG, 'y'), BGEN_BAD_FILE, "cannot write b: File too large");
    if (limit.rlim_cur == 0) /* within the buffer until the end */
      CHECK_REFUSED(write_file("b", 1, 'y'), BGEN_BAD_FILE, "cannot write b: File too large");
  }
  setrlimit(RLIMIT_FSIZE, &old);
  check_content("a", 10, 'x');
  assert_int_equal(n_files(), 1);
}

/* a caller that fails half way */
static void test_given_up(void **state)
{
  bgen_whole_file *file = NULL;
  (void) state;
  CHECK_OK(write_file("a", 10, 'x'));
  CHECK_OK(bgen_whole_file_open("a", &file));
  CHECK_OK(bgen_whole_file_write(file, 3, "abc"));
  assert_int_equal(n_files(), 2);
  assert_int_equal(bgen_whole_file_close(file, BGEN_NOT_FINITE), BGEN_NOT_FINITE);
  check_content("a", 10, 'x');
  assert_int_equal(n_files(), 1);
}

/* ---- many writers of one file, and one that reads ---- */

/* true: one writer's letter, as often as it writes it */
static bool is_whole(void)
{
  FILE *file = fopen("a", "rb");
  const size_t n = file ? fread(found, 1, sizeof found, file) : 0;
  bool good = n > 0 && n == BIG - (size_t) (found[0] - 'a') * 1000;
  for (size_t i = 0; good && i < n; i++) good = found[i] == found[0];
  if (file) fclose(file);
  return good;
}

static void be_writer(int k)
{
  int n_failed = 0;
  for (int i = 0; i < ROUNDS; i++)
    n_failed += write_file("a", BIG - (size_t) k * 1000, (char) ('a' + k)) != BGEN_OK;
  _exit(n_failed > 0);
}

static void test_many_writers(void **state)
{
  int n_read = 0, n_torn = 0, n_ended = 0, code = 0;
  (void) state;
  CHECK_OK(write_file("a", BIG, 'a'));
  for (int k = 0; k < WRITERS; k++)
    if (fork() == 0) be_writer(k);
  while (n_ended < WRITERS) {
    n_torn += !is_whole();
    n_read++;
    if (waitpid(-1, &code, WNOHANG) <= 0) continue;
    assert_int_equal(code, 0);
    n_ended++;
  }
  print_message("%d writers, %d files each, read %d times: %d torn\n", WRITERS, ROUNDS, n_read,
                n_torn);
  assert_int_equal(n_torn, 0);
  assert_true(is_whole());
  assert_int_equal(n_files(), 1);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
  const struct CMUnitTest tests[] = {
      IN_FOLDER(test_new_and_replaced), IN_FOLDER(test_longest_name), IN_FOLDER(test_links),
      IN_FOLDER(test_no_files),         IN_FOLDER(test_full_disk),    IN_FOLDER(test_given_up),
      IN_FOLDER(test_many_writers)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
