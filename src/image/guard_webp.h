// libwebp tells of memory that it does not get in some places as damage, and in others not at all: a file that it wrote
// then may be broken. So it is compiled to ask here, and its callers ask here too.
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
