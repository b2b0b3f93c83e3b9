/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bgenplugin.h - bgen for a program that drives LAMMPS as a library */

#ifndef BGENPLUGIN_H
#define BGENPLUGIN_H

#ifdef __cplusplus
extern "C" {
#endif

/* Makes bgen's styles known to a LAMMPS: the pointer that lammps_open() returned. All its ranks
   call this, after lammps_open() and again after the input command "clear", which forgets styles.
   Returns 0; if this LAMMPS is not one that bgen was built for it prints a sentence to its screen
   and log, adds nothing and returns 1. */
int bgen_register(void *lammps);

#ifdef __cplusplus
}
#endif

#endif
