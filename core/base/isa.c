/* SPDX-License-Identifier: MIT */
#include "base/isa.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[BGEN_N_ISAS] = {"plain", "avx2", "avx512"};

static bool processor_has(bgen_isa isa)
{
#if defined(__x86_64__)
  if (isa == BGEN_AVX512) return __builtin_cpu_supports("avx512f");
  if (isa == BGEN_AVX2) return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#endif
  return isa == BGEN_PLAIN;
}

static bgen_isa choose(void)
{
  const char *wish = getenv("BGEN_ISA");
  if (wish && !*wish) wish = NULL;
  for (int isa = BGEN_N_ISAS; isa-- > 0;)
    if (processor_has((bgen_isa) isa) && (!wish || strcmp(wish, names[isa]) == 0))
      return (bgen_isa) isa;
  return BGEN_PLAIN;
}

/* threads that choose at once choose the same */
bgen_isa bgen_isa_in_use(void)
{
  static int choice = -1;
  int isa = __atomic_load_n(&choice, __ATOMIC_RELAXED);
  if (isa < 0) {
    isa = (int) choose();
    __atomic_store_n(&choice, isa, __ATOMIC_RELAXED);
  }
  return (bgen_isa) isa;
}

const char *bgen_isa_name(bgen_isa isa)
{
  return names[isa];
}
