/* SPDX-License-Identifier: MIT
   isa.h - the instruction set that loops over numbers use. */
#ifndef BGEN_BASE_ISA_H
#define BGEN_BASE_ISA_H

#ifdef __cplusplus
extern "C" {
#endif

/* BGEN_AVX2 has fused multiplication and addition with it; BGEN_PLAIN is what the compiler takes
   for granted. */
typedef enum bgen_isa { BGEN_PLAIN, BGEN_AVX2, BGEN_AVX512, BGEN_N_ISAS } bgen_isa;

/* The best that the processor has.  The environment variable BGEN_ISA may name another, plain, avx2
   or avx512, for tests and benchmarks; BGEN_PLAIN is taken for any other word, and for what the
   processor lacks. */
bgen_isa bgen_isa_in_use(void);

const char *bgen_isa_name(bgen_isa isa);

#ifdef __cplusplus
}
#endif
#endif
