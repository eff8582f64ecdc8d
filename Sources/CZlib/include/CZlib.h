/* zlib's inflate, without its macros and its stream structure. */
#ifndef CTXTOP_CZLIB_H
#define CTXTOP_CZLIB_H
#include <stddef.h>
#include <stdint.h>

/* What cz_unpack can answer besides a length. */
enum { CZ_BROKEN = -1, CZ_TOO_LARGE = -2 };

/* What `packed` is: gzip members (RFC 1952), a zlib stream (RFC 1950), or deflate without a header (RFC 1951). */
enum { CZ_GZIP = 0, CZ_ZLIB = 1, CZ_RAW = 2 };

/* Unpacks `packed` into *content, for cz_free; gives the length. */
int64_t cz_unpack(const uint8_t *packed, size_t length, size_t limit, int format, uint8_t **content);
void cz_free(uint8_t *content);
#endif
