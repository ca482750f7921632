// The C interface of SHA-256 for bytes that come in pieces: browsers can hash only bytes that are all in memory at
// once. acg.h says how functions fail.
//
//     AcgHash *hash = acg_hash_open();
//     while (there are bytes) acg_hash_add(hash, bytes, size);
//     memcpy(digest, acg_hash_end(hash), 32);
//     acg_hash_close(hash);
#ifndef API_ACG_HASH_H
#define API_ACG_HASH_H

#include <stddef.h>
#include <stdint.h>

typedef struct AcgHash AcgHash;

AcgHash *acg_hash_open(void); // STATUS_NO_MEMORY
void acg_hash_add(AcgHash *hash, const void *bytes, size_t size);
// The digest of all bytes that were added: 32 bytes, valid until acg_hash_close. Afterwards only that may be called.
const uint8_t *acg_hash_end(AcgHash *hash);
void acg_hash_close(AcgHash *hash); // accepts NULL

#endif
