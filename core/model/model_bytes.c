/* SPDX-License-Identifier: MIT */
#include "model/model_bytes.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"

/* ---- the file ---- */

/* An open that waits for nobody: a pipe would wait for a writer. */
static bgen_status open_regular(const char *path, int *number, size_t *size)
{
  struct stat found;
  *number = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (*number < 0 || fstat(*number, &found))
    return bgen_fail(BGEN_BAD_FILE, "cannot read %s: %s", path, strerror(errno));
  if (!S_ISREG(found.st_mode))
    return bgen_fail(BGEN_BAD_FILE, "cannot read %s: it is not a regular file", path);
  *size = (size_t) found.st_size;
  return BGEN_OK;
}

/* the next n bytes, behind those that are there */
static bgen_status take(int number, size_t n, bgen_bytes *b)
{
  char *more = realloc(b->bytes, b->n + n + 1);
  if (!more) return bgen_fail(BGEN_NO_MEMORY, "no memory for the %zu bytes of %s", n, b->path);
  b->bytes = more;
  for (const size_t end = b->n + n; b->n < end;) {
    const ssize_t got = read(number, b->bytes + b->n, end - b->n);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0)
      return bgen_fail(BGEN_BAD_FILE, "cannot read all of %s: %s", b->path,
                       got ? strerror(errno) : "it has become shorter");
    b->n += (size_t) got;
  }
  b->bytes[b->n] = '\0';
  return BGEN_OK;
}

/* ---- its header ---- */

static bgen_status read_header(int number, size_t size, bgen_bytes *b)
{
  uint64_t length = 0;
  bgen_status status = BGEN_OK;
  if (size >= BGEN_BYTES_PREFIX) status = take(number, BGEN_BYTES_PREFIX, b);
  if (status) return status;
  if (size >= BGEN_BYTES_PREFIX) memcpy(&length, b->bytes, BGEN_BYTES_PREFIX);
  if (size < BGEN_BYTES_PREFIX || length > size - BGEN_BYTES_PREFIX ||
      length > BGEN_BYTES_MOST_HEADER)
    return bgen_fail(BGEN_BAD_FILE, "%s is truncated, damaged, or not a bgen model file", b->path);
  b->data_start = BGEN_BYTES_PREFIX + (size_t) length;
  return take(number, (size_t) length, b);
}

/* nothing but blanks may follow the object */
static bgen_status parse_header(bgen_bytes *b)
{
  const char *text = b->bytes + BGEN_BYTES_PREFIX, *end = b->bytes + b->n, *rest = NULL;
  b->header = cJSON_ParseWithLengthOpts(text, (size_t) (end - text), &rest, false);
  while (b->header && rest < end && *rest == ' ') rest++;
  if (b->header && cJSON_IsObject(b->header) && rest == end) return BGEN_OK;
  return bgen_fail(BGEN_BAD_FILE, "%s is damaged, or not a bgen model file: its header is not JSON",
                   b->path);
}

static bool is_metadata(const cJSON *entry)
{
  return !strcmp(entry->string, "__metadata__");
}

const char *bgen_bytes_note(const bgen_bytes *b, const char *key)
{
  const cJSON *notes = cJSON_GetObjectItemCaseSensitive(b->header, "__metadata__");
  return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(notes, key));
}

/* ---- where tensors stand ---- */

typedef struct range {
  size_t begin, end; /* bytes from data_start on */
} range;

static bool read_size(const cJSON *number, size_t most, size_t *value)
{
  if (!cJSON_IsNumber(number)) return false;
  const double found = number->valuedouble;
  if (!(found >= 0 && found <= (double) most)) return false;
  *value = (size_t) found;
  return (double) *value == found;
}

static bool read_range(const cJSON *entry, size_t available, range *r)
{
  const cJSON *offsets = cJSON_GetObjectItemCaseSensitive(entry, "data_offsets");
  return cJSON_GetArraySize(offsets) == 2 &&
         read_size(cJSON_GetArrayItem(offsets, 0), available, &r->begin) &&
         read_size(cJSON_GetArrayItem(offsets, 1), available, &r->end) && r->begin <= r->end;
}

static int compare_ranges(const void *a, const void *b)
{
  const range *x = a, *y = b;
  if (x->begin != y->begin) return x->begin < y->begin ? -1 : 1;
  return (x->end > y->end) - (x->end < y->end); /* those of nothing come first */
}

/* all ranges; false if a tensor has none */
static bool read_ranges(bgen_bytes *b, size_t available, range *ranges)
{
  const cJSON *entry;
  cJSON_ArrayForEach(entry, b->header) if (!is_metadata(entry))
  {
    if (!read_range(entry, available, &ranges[b->n_tensors])) return false;
    b->n_tensors++;
  }
  return true;
}

static bool cover(size_t n, range *ranges, size_t available)
{
  size_t at = 0;
  bool good = true;
  qsort(ranges, n, sizeof *ranges, compare_ranges);
  for (size_t i = 0; good && i < n; i++) {
    good = ranges[i].begin == at;
    at = ranges[i].end;
  }
  return good && at == available;
}

static bgen_status check_ranges(bgen_bytes *b, size_t size)
{
  const size_t available = size - b->data_start;
  range *ranges = calloc((size_t) cJSON_GetArraySize(b->header) + 1, sizeof *ranges);
  if (!ranges) return bgen_fail(BGEN_NO_MEMORY, "no memory to read %s", b->path);
  const bool good = read_ranges(b, available, ranges) && cover(b->n_tensors, ranges, available);
  free(ranges);
  if (good) return BGEN_OK;
  return bgen_fail(BGEN_BAD_FILE,
                   "%s is truncated or damaged: its tensors do not cover the %zu bytes after the "
                   "header, each once",
                   b->path, available);
}

size_t bgen_bytes_length(const bgen_bytes *b, const char *key)
{
  const cJSON *entry = cJSON_GetObjectItemCaseSensitive(b->header, key);
  const cJSON *shape = cJSON_GetObjectItemCaseSensitive(entry, "shape");
  size_t n = 0;
  const bool good = cJSON_GetArraySize(shape) == 1 &&
                    read_size(cJSON_GetArrayItem(shape, 0), b->n - b->data_start, &n);
  return good ? n : 0;
}

const char *bgen_bytes_tensor(const bgen_bytes *b, const bgen_tensor *t)
{
  const cJSON *entry = cJSON_GetObjectItemCaseSensitive(b->header, t->key);
  const cJSON *shape = cJSON_GetObjectItemCaseSensitive(entry, "shape");
  const char *dtype = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(entry, "dtype"));
  range r;
  size_t n;
  if (!dtype || strcmp(dtype, t->dtype) != 0 || cJSON_GetArraySize(shape) != 1 ||
      !read_size(cJSON_GetArrayItem(shape, 0), t->n, &n) || n != t->n ||
      !read_range(entry, b->n - b->data_start, &r) || r.end - r.begin != t->n_bytes)
    return NULL;
  return b->bytes + b->data_start + r.begin;
}

/* ---- the checksum ---- */

static char *skip_blanks(char *at, const char *end)
{
  while (at < end && (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r')) at++;
  return at;
}

/* A quotation mark within a string has a backslash before it: the key is found as it stands. */
char *bgen_bytes_digits(char *text, size_t n)
{
  static const char key[] = "\"checksum\"";
  const size_t length = sizeof key - 1;
  const char *end = text + n;
  for (char *at = text; (size_t) (end - at) > length; at++) {
    if (memcmp(at, key, length) != 0) continue;
    char *value = skip_blanks(at + length, end);
    if (value == end || *value != ':') continue;
    value = skip_blanks(value + 1, end);
    if (end - value < BGEN_CHECKSUM_DIGITS + 2 || *value != '"') return NULL;
    return value[BGEN_CHECKSUM_DIGITS + 1] == '"' ? value + 1 : NULL;
  }
  return NULL;
}

/* of all bytes, the digits of the checksum taken as zeros */
static bgen_status check_checksum(bgen_bytes *b)
{
  const char *expected = bgen_bytes_note(b, "checksum");
  char *digits = bgen_bytes_digits(b->bytes + BGEN_BYTES_PREFIX, b->data_start - BGEN_BYTES_PREFIX);
  char found[BGEN_CHECKSUM_DIGITS + 1];
  if (!expected) return BGEN_OK;
  if (!digits || strlen(expected) != BGEN_CHECKSUM_DIGITS)
    return bgen_fail(BGEN_BAD_FILE, "%s: the checksum '%s' is not %d hexadecimal digits", b->path,
                     expected, BGEN_CHECKSUM_DIGITS);
  memset(digits, '0', BGEN_CHECKSUM_DIGITS);
  snprintf(found, sizeof found, "%08x", (unsigned) bgen_crc32(0, b->bytes, b->n));
  if (strcmp(found, expected) != 0)
    return bgen_fail(BGEN_BAD_FILE,
                     "%s is damaged: its checksum is %s, but the file says '%s': load a copy of it",
                     b->path, found, expected);
  b->has_checksum = true;
  return BGEN_OK;
}

/* ---- all of it ---- */

bgen_status bgen_bytes_read(const char *path, bgen_bytes *b)
{
  int number = -1;
  size_t size = 0;
  *b = (bgen_bytes){.path = path};
  bgen_status status = open_regular(path, &number, &size);
  if (!status) status = read_header(number, size, b);
  if (!status) status = parse_header(b);
  if (!status) status = check_ranges(b, size);
  if (!status) status = take(number, size - b->n, b);
  if (number >= 0) close(number);
  return status ? status : check_checksum(b);
}

void bgen_bytes_free(bgen_bytes *b)
{
  cJSON_Delete(b->header);
  free(b->bytes);
}
