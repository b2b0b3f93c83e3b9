/* SPDX-License-Identifier: MIT
   model_bytes.h - the bytes of a model file as they are read: a safetensors file that is whole.
   For model_load.c alone, which knows what they mean. */
#ifndef BGEN_MODEL_MODEL_BYTES_H
#define BGEN_MODEL_MODEL_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "model/generator.h"

struct cJSON;

enum {
  BGEN_BYTES_PREFIX = 8, /* bytes before the header: its length */
  BGEN_BYTES_MOST_HEADER = 100000000,
  BGEN_KEY_LENGTH = BGEN_NAME_LENGTH + 16,
  BGEN_CHECKSUM_DIGITS = 8
};

typedef struct bgen_bytes {
  const char *path;
  char *bytes;
  size_t n, data_start;
  struct cJSON *header;
  size_t n_tensors;
  bool has_checksum; /* and it is right */
} bgen_bytes;

/* One array of numbers, as memory and as it is called in the file. */
typedef struct bgen_tensor {
  char key[BGEN_KEY_LENGTH];
  const char *dtype; /* F32 or F64 */
  size_t n, n_bytes;
  void *memory;
} bgen_tensor;

/* Reads a regular file, of which nothing is left over: tensors follow each other without gap or
   overlap to its end.  Free it whatever comes; path must live as long. */
bgen_status bgen_bytes_read(const char *path, bgen_bytes *bytes);
void bgen_bytes_free(bgen_bytes *bytes);

/* A string of the metadata, NULL if it is none. */
const char *bgen_bytes_note(const bgen_bytes *bytes, const char *key);

/* Where the numbers of a tensor stand; NULL if there is none of that type and length. */
const char *bgen_bytes_tensor(const bgen_bytes *bytes, const bgen_tensor *tensor);

/* How many numbers the tensor with this name has; 0: there is none. */
size_t bgen_bytes_length(const bgen_bytes *bytes, const char *key);

/* Where the digits of the checksum stand in the text[n] of a header; NULL: nowhere. */
char *bgen_bytes_digits(char *text, size_t n);

#endif
