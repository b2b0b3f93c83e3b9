/* SPDX-License-Identifier: MIT
   product_kernel.h - bgen_multiply for one instruction set; product_avx512.c, product_avx2.c and
   product_plain.c include it after they have defined
     KERNEL         the name of the function
     TARGET         the attribute that lets a function use the instructions
     vec, LANES     a vector of numbers, and how many
     part           which of its first lanes are meant; part_of(n)
     ROWS, VECTORS  of a tile of sums, which with VECTORS weights and one input fills the registers
     PACKS_PARTS    1 if a part of a vector is slow to load
     zero(), spread(x), load(from), load_part(from, part), store_part(to, part, v),
     multiply_add(a, b, c) = a b + c

   The weight is walked in panels of up to VECTORS vectors and INNER rows, which stay in the nearest
   cache while all rows of the batch pass by; a tile of the result stays in registers meanwhile. */
#include "base/product_pack.h"

/* at: where the row begins in the result */
ALWAYS void keep(const panel *s, size_t at, size_t column, part lanes, vec sum)
{
  const bgen_product *p = s->product;
  const bool ends = s->first + s->inner == p->k;
  if (p->add || s->first > 0) sum = sum + load_part(p->out + at + column, lanes);
  if (ends && p->bias) sum = sum + load_part(p->bias + column, lanes);
  if (ends && p->factor) sum = sum * load_part(p->factor + at + column, lanes);
  store_part(p->out + at + column, lanes, sum);
}

/* Memory is asked for bit by bit while sums are made: at once it would be waited for. */

/* what `keep` will need of a row comes nearer */
ALWAYS void fetch_tail(const size_t vectors, const panel *s, size_t row)
{
  const bgen_product *p = s->product;
  const bgen_real *from = p->add ? p->out : p->factor;
  if (!from) return;
  from += row * p->m + s->column;
  UNROLL for (size_t v = 0; v < vectors; v++) __builtin_prefetch(from + v * LANES);
}

/* a part of what is used next, by each tile */
ALWAYS void fetch_ahead(panel *s)
{
  const bgen_ahead *ahead = &s->product->ahead;
  const size_t end = s->n_fetched + s->n_fetches;
  for (; s->n_fetched < end && s->n_fetched < ahead->n; s->n_fetched += LINE)
    __builtin_prefetch(ahead->from + s->n_fetched, 0, 2);
}

/* rows and vectors are constants wherever this is inlined, so that the sums are registers */
ALWAYS void tile(const size_t rows, const size_t vectors, panel *s, size_t row)
{
  const size_t in_row = s->product->in_row, in_column = s->product->in_column;
  const bgen_real *in = s->product->in + row * in_row + s->first * in_column, *weight = s->weight;
  vec sum[ROWS][VECTORS];
  fetch_ahead(s);
  UNROLL for (size_t i = 0; i < rows; i++) UNROLL for (size_t v = 0; v < vectors; v++) sum[i][v] =
      zero();
  for (size_t p = 0, turn = 0; turn < rows; turn++) {
    const size_t end = turn + 1 < rows ? p + s->inner / rows : s->inner;
    fetch_tail(vectors, s, row + turn);
    for (; p < end; p++, in += in_column, weight += s->weight_row) {
      vec w[VECTORS];
      UNROLL for (size_t v = 0; v + 1 < vectors; v++) w[v] = load(weight + v * LANES);
      w[vectors - 1] = PACKS_PARTS ? load(weight + (vectors - 1) * LANES)
                                   : load_part(weight + (vectors - 1) * LANES, s->last_lanes);
      UNROLL for (size_t i = 0; i < rows; i++)
      {
        const vec x = spread(in[i * in_row]);
        UNROLL for (size_t v = 0; v < vectors; v++) sum[i][v] = multiply_add(x, w[v], sum[i][v]);
      }
    }
  }
  UNROLL for (size_t i = 0; i < rows; i++) UNROLL for (size_t v = 0; v < vectors; v++)
      keep(s, (row + i) * s->product->m, s->column + v * LANES,
           v + 1 < vectors ? part_of(LANES) : s->last_lanes, sum[i][v]);
}

#define ROWS_LEFT(rows)                                                                            \
  case rows:                                                                                       \
    tile(rows, vectors, s, n - (rows));                                                            \
    break

ALWAYS void pass_rows(const size_t vectors, panel *s)
{
  const size_t n = s->product->n;
  for (size_t row = 0; row + ROWS <= n; row += ROWS) tile(ROWS, vectors, s, row);
  switch (n % ROWS) {
    ROWS_LEFT(1);
    ROWS_LEFT(2);
    ROWS_LEFT(3);
#if ROWS > 4
    ROWS_LEFT(4);
    ROWS_LEFT(5);
#endif
#if ROWS > 6
    ROWS_LEFT(6);
    ROWS_LEFT(7);
#endif
  default:
    break;
  }
}

/* all rows of the batch */
TARGET static void pass(panel *s)
{
  if (s->columns <= LANES)
    pass_rows(1, s);
  else if (s->columns <= 2 * LANES)
    pass_rows(2, s);
#if VECTORS > 2
  else
    pass_rows(3, s);
#endif
}

TARGET static void pass_inner(panel *s, bgen_real *packed)
{
  const bgen_product *p = s->product;
  const bool pads = PACKS_PARTS && s->columns % LANES != 0;
  s->weight = packed, s->weight_row = PANEL;
  if (p->transposed)
    pack_transposed(s, packed);
  else if (pads)
    pack(s, packed);
  else
    s->weight = p->weight + s->first * p->m + s->column, s->weight_row = p->m;
  if (pads) pad(s, packed);
  pass(s);
}

/* panels of about the same width: a tile of one vector waits for its sums */
TARGET void KERNEL(const bgen_product *p)
{
  bgen_real packed[INNER * PANEL];
  const size_t most = p->at_once > 0 && p->at_once < INNER ? p->at_once : INNER;
  size_t vectors = (p->m + LANES - 1) / LANES, panels = (vectors + VECTORS - 1) / VECTORS;
  panel s = {.product = p};
  if (p->n >= ROWS) s.n_fetches = p->ahead.n / (panels * (p->n / ROWS)) + LINE;
  for (; panels > 0; panels--, s.column += s.columns) {
    const size_t wide = (vectors + panels - 1) / panels, left = p->m - s.column;
    s.columns = left < wide * LANES ? left : wide * LANES;
    s.last_lanes = part_of((s.columns - 1) % LANES + 1);
    vectors -= wide;
    s.first = 0;
    do { /* sums of nothing are 0 */
      s.inner = p->k - s.first < most ? p->k - s.first : most;
      pass_inner(&s, packed);
      s.first += most;
    } while (s.first < p->k);
  }
}
