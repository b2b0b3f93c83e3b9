/* SPDX-License-Identifier: MIT */
#include "layers/spline_kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define KERNELS bgen_spline_avx2
#define TARGET __attribute__((target("avx2,fma")))

typedef double vec __attribute__((vector_size(32)));
typedef vec mask;

#define spread _mm256_set1_pd
#define load _mm256_loadu_pd
#define store _mm256_storeu_pd
#define FUSE(a, b, c) ((vec) _mm256_fmadd_pd(a, b, c))
#define root_of _mm256_sqrt_pd
#define floor_of _mm256_floor_pd
#define at_least(a, b) _mm256_cmp_pd(a, b, _CMP_GE_OQ)
#define below(a, b) _mm256_cmp_pd(a, b, _CMP_LT_OQ)
#define choose(mask, a, b) _mm256_blendv_pd(b, a, mask)

#ifdef BGEN_DOUBLE_NETWORKS
#define load_reals _mm256_loadu_pd
#define store_reals _mm256_storeu_pd
#else
#define load_reals(from) _mm256_cvtps_pd(_mm_loadu_ps(from))
#define store_reals(to, v) _mm_storeu_ps(to, _mm256_cvtpd_ps(v))
#endif

#include "layers/spline_kernel.h"
#endif
