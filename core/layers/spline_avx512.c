/* SPDX-License-Identifier: MIT */
#include "layers/spline_kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define KERNELS bgen_spline_avx512
#define TARGET __attribute__((target("avx512f,fma")))

typedef double vec __attribute__((vector_size(64)));
typedef __mmask8 mask;

#define spread _mm512_set1_pd
#define load _mm512_loadu_pd
#define store _mm512_storeu_pd
#define FUSE(a, b, c) ((vec) _mm512_fmadd_pd(a, b, c))
#define root_of _mm512_sqrt_pd
#define floor_of _mm512_floor_pd
#define at_least(a, b) _mm512_cmp_pd_mask(a, b, _CMP_GE_OQ)
#define below(a, b) _mm512_cmp_pd_mask(a, b, _CMP_LT_OQ)
#define choose(mask, a, b) _mm512_mask_blend_pd(mask, b, a)

#ifdef BGEN_DOUBLE_NETWORKS
#define load_reals _mm512_loadu_pd
#define store_reals _mm512_storeu_pd
#else
#define load_reals(from) _mm512_cvtps_pd(_mm256_loadu_ps(from))
#define store_reals(to, v) _mm256_storeu_ps(to, _mm512_cvtpd_ps(v))
#endif

#include "layers/spline_kernel.h"
#endif
