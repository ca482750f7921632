// The exported ABI of SHA-256 of bytes that come in pieces: browsers only hash bytes that are in memory as a whole.
// See acg.h for what all functions have in common.
#ifndef API_ACG_HASH_H
#define API_ACG_HASH_H

#include <stddef.h>
#include <stdint.h>

typedef struct AcgHash AcgHash;

AcgHash *acg_hash_open(void); // of no bytes yet
void acg_hash_add(AcgHash *hash, const void *bytes, size_t size);
// The digest of all bytes, 32 of its own. Afterwards the hash may only be closed.
const uint8_t *acg_hash_end(AcgHash *hash);
void acg_hash_close(AcgHash *hash); // accepts NULL

#endif
