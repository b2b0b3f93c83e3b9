/* SPDX-License-Identifier: MIT
   api.h - what leaves libbgen: the functions of headers that stand between BGEN_API_BEGIN and
   BGEN_API_END, with the names of C.  All others are hidden in it. */
#ifndef BGEN_BASE_API_H
#define BGEN_BASE_API_H

#if defined(__GNUC__)
#define BGEN_VISIBLE _Pragma("GCC visibility push(default)")
#define BGEN_VISIBLE_END _Pragma("GCC visibility pop")
#else
#define BGEN_VISIBLE
#define BGEN_VISIBLE_END
#endif

/* clang-format off */
#ifdef __cplusplus
#define BGEN_API_BEGIN extern "C" { BGEN_VISIBLE
#define BGEN_API_END BGEN_VISIBLE_END }
#else
#define BGEN_API_BEGIN BGEN_VISIBLE
#define BGEN_API_END BGEN_VISIBLE_END
#endif
/* clang-format on */

#endif
