/* SPDX-License-Identifier: MIT */
#include "base/whole_file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct bgen_whole_file {
  FILE *stream;
  char *path, *target, *beside; /* as it was called, with links followed, and meanwhile */
  bool replaces;
  struct stat old; /* what it replaces */
};

static bgen_status fail(const char *path, int number)
{
  return bgen_fail(BGEN_BAD_FILE, "cannot write %s: %s", path, strerror(number));
}

static void destroy(bgen_whole_file *f)
{
  free(f->path), free(f->target), free(f->beside);
  free(f);
}

/* ---- where it goes ---- */

static const char *kind_of(mode_t mode)
{
  if (S_ISDIR(mode)) return "a directory";
  if (S_ISFIFO(mode)) return "a named pipe";
  if (S_ISSOCK(mode)) return "a socket";
  return "a device";
}

static bgen_status find_target(bgen_whole_file *f)
{
  struct stat link;
  if (lstat(f->path, &link)) { /* there is none yet, or its folder will say why not */
    f->target = strdup(f->path);
    return f->target ? BGEN_OK : fail(f->path, ENOMEM);
  }
  if (stat(f->path, &f->old))
    return bgen_fail(BGEN_BAD_FILE, "cannot write %s: it is a link, and what it leads to: %s",
                     f->path, strerror(errno));
  if (!S_ISREG(f->old.st_mode))
    return bgen_fail(BGEN_BAD_FILE, "cannot write %s: it is %s, not a file: give another name",
                     f->path, kind_of(f->old.st_mode));
  f->replaces = true;
  f->target = access(f->path, W_OK) ? NULL : realpath(f->path, NULL);
  return f->target ? BGEN_OK : fail(f->path, errno);
}

/* ---- the file beside it ---- */

/* that nobody else guesses; without the source of it, one that nobody else has */
static uint64_t random_number(const void *own)
{
  uint64_t number = 0;
  FILE *source = fopen("/dev/urandom", "rb");
  const bool known = source && fread(&number, sizeof number, 1, source) == 1;
  if (source) fclose(source);
  if (known) return number;
  return (uint64_t) time(NULL) << 32 ^ (uint64_t) getpid() << 16 ^ (uint64_t) (uintptr_t) own;
}

/* a name is cut off where it would be too long for a folder */
static bool name_beside(bgen_whole_file *f)
{
  enum { MOST = 200, MORE = 32 };
  const char *slash = strrchr(f->target, '/'), *name = slash ? slash + 1 : f->target;
  const int folder = (int) (name - f->target);
  const size_t size = strlen(f->target) + MORE;
  free(f->beside);
  f->beside = malloc(size);
  if (!f->beside) return false;
  snprintf(f->beside, size, "%.*s%.*s.%016llx.new", folder, f->target, MOST, name,
           (unsigned long long) random_number(f));
  return true;
}

/* who could not read the old one cannot read the new one either, from the beginning */
static int open_beside(bgen_whole_file *f)
{
  enum { MOST_TRIES = 100 };
  assert(f);
  const mode_t mode = f->replaces ? f->old.st_mode & 0777 : 0666;
  int number = -1;
  for (int i = 0; i < MOST_TRIES; i++) {
    if (!name_beside(f)) return -1;
    number = open(f->beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (number >= 0 || errno != EEXIST) break;
  }
  return number;
}

/* an owner or a group that we may not give stays ours */
static bool take_over(const bgen_whole_file *f, int number)
{
  if (!f->replaces) return true;
  if (fchown(number, f->old.st_uid, f->old.st_gid) && fchown(number, (uid_t) -1, f->old.st_gid))
    errno = 0;
  return fchmod(number, f->old.st_mode & 0777) == 0;
}

static bgen_status open_stream(bgen_whole_file *f)
{
  const int number = open_beside(f);
  if (number < 0) {
    const int reason = errno;
    free(f->beside), f->beside = NULL;
    return fail(f->path, reason);
  }
  if (take_over(f, number)) f->stream = fdopen(number, "wb");
  if (f->stream) return BGEN_OK;
  const bgen_status status = fail(f->path, errno);
  close(number);
  return status;
}

bgen_status bgen_whole_file_open(const char *path, bgen_whole_file **file)
{
  bgen_whole_file *f = calloc(1, sizeof *f);
  if (f) f->path = strdup(path);
  bgen_status status = f && f->path ? find_target(f) : fail(path, ENOMEM);
  if (!status) status = open_stream(f);
  if (status && f) {
    if (f->beside) unlink(f->beside);
    destroy(f);
  }
  if (!status) *file = f;
  return status;
}

bgen_status bgen_whole_file_write(bgen_whole_file *f, size_t n, const void *bytes)
{
  if (n == 0 || fwrite(bytes, 1, n, f->stream) == n) return BGEN_OK;
  return fail(f->path, errno);
}

/* ---- the end ---- */

/* EINVAL: of a file that cannot be synchronised */
static bool on_disk(int number)
{
  return fsync(number) == 0 || errno == EINVAL;
}

/* so that the new name, too, outlives a loss of power; a folder that cannot be opened goes
   without */
static void sync_folder(const char *target)
{
  char *folder = strdup(target);
  char *slash = folder ? strrchr(folder, '/') : NULL;
  if (slash) slash[slash == folder] = '\0';
  const int number = open(slash ? folder : ".", O_RDONLY | O_CLOEXEC);
  if (number >= 0) {
    on_disk(number);
    close(number);
  }
  free(folder);
}

static bgen_status put_in_place(bgen_whole_file *f)
{
  int reason = fflush(f->stream) == 0 && on_disk(fileno(f->stream)) ? 0 : errno;
  if (fclose(f->stream) && !reason) reason = errno;
  f->stream = NULL;
  if (!reason && rename(f->beside, f->target)) reason = errno;
  if (reason) return fail(f->path, reason);
  sync_folder(f->target);
  return BGEN_OK;
}

bgen_status bgen_whole_file_close(bgen_whole_file *f, bgen_status so_far)
{
  if (!f) return so_far;
  const bgen_status status = so_far ? so_far : put_in_place(f);
  if (f->stream) fclose(f->stream);
  if (status) unlink(f->beside);
  destroy(f);
  return status;
}
