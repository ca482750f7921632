// SHA-256 (FIPS 180-4) of bytes that come in pieces. Browsers can hash only bytes that are all in memory at once.
#ifndef CORE_SHA256_H
#define CORE_SHA256_H

#include <stddef.h>
#include <stdint.h>

enum { SHA256_BYTES = 32 };

typedef struct Sha256 {
    uint32_t state[8];
    uint64_t n_bytes; // so far
    uint8_t block[64];
} Sha256;

void sha256_begin(Sha256 *sha);
void sha256_add(Sha256 *sha, const void *bytes, size_t size);
// Writes the digest of all bytes that were added. Afterwards only sha256_begin may be called.
void sha256_end(Sha256 *sha, uint8_t digest[SHA256_BYTES]);

#endif
