/* SPDX-License-Identifier: MIT
   whole_file.h - a file that is written whole or not at all.

     status = bgen_whole_file_open(path, &file);
     if (!status) status = bgen_whole_file_write(file, n, bytes);        as often as needed
     status = bgen_whole_file_close(file, status);

   The bytes go to a file beside it, PATH.<16 hexadecimal digits>.new, that is opened exclusively
   and takes the place of PATH when all of it is on the disk.  So whoever reads PATH finds the old
   file or the new one, and of several writers that of the last one, never parts of two.  A link is
   followed; the file that is replaced leaves its permissions, and its owner where that may be. */
#ifndef BGEN_BASE_WHOLE_FILE_H
#define BGEN_BASE_WHOLE_FILE_H

#include <stddef.h>

#include "base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct bgen_whole_file bgen_whole_file;

/* BGEN_BAD_FILE with a sentence if path is there and is no regular file that may be written, is a
   link to nothing, or if its folder takes no file. */
bgen_status bgen_whole_file_open(const char *path, bgen_whole_file **file);

/* After a failure only bgen_whole_file_close() may follow. */
bgen_status bgen_whole_file_write(bgen_whole_file *file, size_t n, const void *bytes);

/* Frees the file, NULL is fine.  so_far: what it took to get here; anything but BGEN_OK, or what
   fails now, leaves PATH as it was and nothing beside it.  Returns the first failure. */
bgen_status bgen_whole_file_close(bgen_whole_file *file, bgen_status so_far);

#ifdef __cplusplus
}
#endif
#endif
