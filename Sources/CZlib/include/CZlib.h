/* zlib's inflate for gzip, without its macros and its stream structure. */
#ifndef CTXTOP_CZLIB_H
#define CTXTOP_CZLIB_H
#include <stddef.h>
#include <stdint.h>

/* What cz_unpack can answer besides a length. */
enum { CZ_BROKEN = -1, CZ_TOO_LARGE = -2 };

/* Unpacks all gzip members of `packed` (RFC 1952) into *content, for cz_free; gives the length. */
int64_t cz_unpack(const uint8_t *packed, size_t length, size_t limit, uint8_t **content);
void cz_free(uint8_t *content);
#endif
