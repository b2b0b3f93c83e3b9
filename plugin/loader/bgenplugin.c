/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bgenplugin.c - bgenplugin.so, the one door to bgen, the same for every LAMMPS

   A style compiled for one LAMMPS crashes in another, or with another MPI, if it can be opened
   there at all. So the styles are in bgen-<version>-<mpi>.so, one for each LAMMPS that bgen was
   built for, all in one folder with this file, which knows only LAMMPS' C library. It opens the one
   that fits, or says in a sentence why none does. */

#include "bgenplugin.h"

#include "library.h" /* of LAMMPS */

#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))
#define SENTENCE_SIZE (2 * PATH_MAX)

/* Newer than the LAMMPS of Jun 2022; where it is missing, LAMMPS can only be told to print. */
extern void lammps_error(void *lammps, int type, const char *text) __attribute__((weak));
enum { ERROR_ON_ALL_RANKS = 2 };

/* styles.cpp: adds the styles through LAMMPS' regfunc, or without it; returns NULL or why not. */
typedef const char *add_styles_function(void *lammps, void *dso, void *regfunc);

/* Where this file is. Asked when it is loaded, while a relative path still means what it meant. */
static char folder[PATH_MAX];

__attribute__((constructor)) static void find_folder(void)
{
  Dl_info info;
  if (!dladdr(folder, &info) || !realpath(info.dli_fname, folder))
    strcpy(folder, "./bgenplugin.so");
  *strrchr(folder, '/') = '\0';
}

/* The kind of MPI of this LAMMPS, which it has loaded; its stubs have another name in C. */
static const char *kind_of_mpi(void)
{
  char library[1 << 14] = ""; /* more than any MPI_MAX_LIBRARY_VERSION_STRING */
  int length = 0, (*name_library)(char *, int *);
  if (!lammps_config_has_mpi_support()) return "serial";
  *(void **) &name_library = dlsym(RTLD_DEFAULT, "MPI_Get_library_version");
  if (name_library == NULL) return "unknown";
  name_library(library, &length);
  return strstr(library, "Open MPI") ? "openmpi" : "mpich";
}

/* Adds the styles for this LAMMPS; false if that cannot be, and then the sentence says why. */
static int add_styles(void *lammps, void *dso, void *regfunc, char *sentence)
{
  const int version = lammps_version(lammps);
  const char *mpi = kind_of_mpi();
  char path[PATH_MAX + 48];
  snprintf(path, sizeof path, "%s/bgen-%d-%s.so", folder, version, mpi);
  if (access(path, F_OK) != 0) {
    snprintf(sentence, SENTENCE_SIZE,
             "bgen was not built for this LAMMPS, version %d, MPI %s (there is no %s): build bgen "
             "for it, or use the LAMMPS that bgen was built for",
             version, mpi, path);
    return 0;
  }

  /* Never closed: LAMMPS may still hold a fix of ours, and the threads of OpenBLAS stay. */
  void *styles = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (styles == NULL) {
    snprintf(sentence, SENTENCE_SIZE, "bgen cannot be loaded into this LAMMPS, version %d: %s",
             version, dlerror());
    return 0;
  }
  add_styles_function *add;
  *(void **) &add = dlsym(styles, "bgen_add_styles");
  const char *refusal = add(lammps, dso, regfunc);
  if (refusal != NULL) snprintf(sentence, SENTENCE_SIZE, "%s", refusal);
  return refusal == NULL;
}

static void print(void *lammps, const char *sentence)
{
  char command[SENTENCE_SIZE + 32];
  snprintf(command, sizeof command, "print \"\"\"ERROR: %s\"\"\"", sentence);
  lammps_command(lammps, command);
}

EXPORT int bgen_register(void *lammps)
{
  char sentence[SENTENCE_SIZE];
  if (add_styles(lammps, NULL, NULL, sentence)) return 0;
  print(lammps, sentence);
  return 1;
}

/* What "plugin load" and LAMMPS_PLUGIN_PATH call. Without the styles LAMMPS would go on, and later
   call them unknown: stop it here. */
EXPORT void lammpsplugin_init(void *lammps, void *dso, void *regfunc)
{
  char sentence[SENTENCE_SIZE];
  if (add_styles(lammps, dso, regfunc, sentence)) return;
  if (lammps_error) lammps_error(lammps, ERROR_ON_ALL_RANKS, sentence);
  print(lammps, sentence);
  lammps_command(lammps, "quit 1");
}
