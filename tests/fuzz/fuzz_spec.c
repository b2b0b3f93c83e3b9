/* SPDX-License-Identifier: GPL-2.0-or-later
   A text as the line of a flow: refused in a sentence, or a map, of which small ones are used. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "model/flow.h"
#include "model/spec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
size_t fuzz_n_accepted;

/* three points there, in memory of exactly the sizes that the flow asks for */
static void use(bgen_flow *flow)
{
  bgen_passes *passes = NULL;
  const size_t dim = flow->map->dim;
  double *x = calloc(3 * dim, sizeof *x), *grad = calloc(3 * dim, sizeof *grad), log_q[3];
  if (x && grad && !bgen_passes_create(flow, 1, &passes)) {
    for (size_t i = 0; i < 3 * dim; i++) x[i] = 0.1 * (double) (i % 7);
    if (!bgen_flow_fit(flow, 3, x)) bgen_flow_check(flow);
    bgen_flow_log_q_gradient(flow, passes, 1, 3, x, log_q, grad);
  }
  bgen_passes_destroy(passes);
  free(x);
  free(grad);
}

static void build(const char *text, bgen_layout layout)
{
  enum { MOST = 20000 };
  bgen_bijection *map = NULL;
  bgen_flow *flow = NULL;
  size_t n_modes = 0;
  if (bgen_spec_build(text, &layout, 5, &map, &n_modes)) {
    if (!bgen_last_error()[0]) abort();
    return;
  }
  fuzz_n_accepted++;
  if (map->n_params > MOST || map->scratch_size > MOST || map->tape_size > MOST)
    bgen_bijection_destroy(map);
  else if (!bgen_flow_create(map, n_modes, NULL, 3, &flow))
    use(flow);
  bgen_flow_destroy(flow);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
  char *text = malloc(n + 1);
  if (!text) abort();
  if (n) memcpy(text, data, n);
  text[n] = '\0';
  build(text, (bgen_layout){3, 2});
  build(text, (bgen_layout){1, 1});
  free(text);
  return 0;
}
