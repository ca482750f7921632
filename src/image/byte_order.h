// Numbers of two and four bytes in a file, the lowest byte first (little) or last (big).
#ifndef IMAGE_BYTE_ORDER_H
#define IMAGE_BYTE_ORDER_H

#include <stdint.h>

static inline uint32_t little16(const uint8_t *at) { return at[0] | (uint32_t)at[1] << 8; }
static inline uint32_t little32(const uint8_t *at) { return little16(at) | little16(at + 2) << 16; }
static inline uint32_t big16(const uint8_t *at) { return (uint32_t)at[0] << 8 | at[1]; }
static inline uint32_t big32(const uint8_t *at) { return big16(at) << 16 | big16(at + 2); }

#endif
