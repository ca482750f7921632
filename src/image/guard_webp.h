// If an allocation fails, libwebp reports damage in some places and nothing in others, so a file that it writes may be
// broken. It is therefore compiled with these functions, and its callers ask whether one failed.
#ifndef IMAGE_GUARD_WEBP_H
#define IMAGE_GUARD_WEBP_H

#include <stdbool.h>
#include <stddef.h>

// What libwebp calls for malloc and calloc (cmake/third_party/images.cmake).
void *guard_webp_malloc(size_t size);
void *guard_webp_calloc(size_t n, size_t size);

// Forgets earlier failures: before libwebp is called.
void guard_webp_begin(void);
// Whether an allocation failed since then.
bool guard_webp_ran_out(void);

#endif
