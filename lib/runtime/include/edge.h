/* What compiled Edge IR programs and their hosts agree on. Plain C99, nothing to link.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef EDGE_H
#define EDGE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A kernel works on the points [begin, end) of its parallel range. `bufs` and `dims` are read only. */
typedef void (*edge_kernel)(void *const *bufs, const int64_t *dims, int64_t begin, int64_t end);

/* What a program may ask of its host. Every program also runs without one (a null pointer): serially. */
typedef struct edge_host {
  /* Passed to parallel_for as it is. */
  void *ctx;
  /* Covers [0, total) by calls of `kernel` on disjoint ranges, of `grain` points where that divides, on any threads,
   * and returns when all have returned. */
  void (*parallel_for)(void *ctx, edge_kernel kernel, void *const *bufs, const int64_t *dims, int64_t total, int64_t grain);
} edge_host;

/* For a program NAME there are
 *
 *   size_t  NAME_arena_bytes(const int64_t *dims);
 *   int32_t NAME_run(const edge_host *host, const void *weights, const void *const *in, void *const *out,
 *                    const int64_t *dims, void *arena);
 *
 * `weights` is the blob that came with the program, `arena` memory of NAME_arena_bytes bytes that the program may overwrite,
 * both aligned to 64 bytes; `in` and `out` are dense row-major arrays in the order of the manifest, aligned to their
 * elements; `dims` the sizes that are not fixed, in the order of the manifest (may be null if there are none).
 * NAME_run returns 0 if it ran; it does not allocate, has no state, and may run on several threads with an arena each. */

#ifdef __cplusplus
}
#endif

#endif
