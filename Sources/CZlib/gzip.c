#include "CZlib.h"
#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

int64_t cz_unpack(const uint8_t *packed, size_t length, size_t limit, int format, uint8_t **content) {
    z_stream stream = {0};
    size_t room = 0;
    int64_t answer = CZ_BROKEN;
    *content = NULL;
    /* 15 is the largest window, 16 more asks for gzip only, less than zero for no header (zlib.h, inflateInit2). */
    int window = format == CZ_GZIP ? 15 + 16 : format == CZ_ZLIB ? 15 : -15;
    if (length == 0 || length > UINT_MAX || limit >= UINT_MAX) return CZ_BROKEN;
    if (inflateInit2(&stream, window) != Z_OK) return CZ_BROKEN;
    stream.next_in = (Bytef *)packed;
    stream.avail_in = (uInt)length;
    size_t done = 0;
    for (;;) {
        if (done == room) {
            /* One byte above the limit tells what fits exactly from what does not. */
            if (done > limit) { answer = CZ_TOO_LARGE; break; }
            room = room ? room * 2 : 1 << 14;
            if (room > limit + 1) room = limit + 1;
            uint8_t *larger = realloc(*content, room);
            if (!larger) break;
            *content = larger;
        }
        stream.next_out = *content + done;
        stream.avail_out = (uInt)(room - done);
        int result = inflate(&stream, Z_NO_FLUSH);
        done = room - stream.avail_out;
        if (result == Z_STREAM_END) {
            if (done > limit) { answer = CZ_TOO_LARGE; break; }
            if (stream.avail_in == 0) { answer = (int64_t)done; break; }
            if (format != CZ_GZIP || inflateReset(&stream) != Z_OK) break;
        } else if (result != Z_OK || (stream.avail_in == 0 && stream.avail_out > 0)) {
            break;
        }
    }
    inflateEnd(&stream);
    if (answer < 0) {
        free(*content);
        *content = NULL;
    }
    return answer;
}

void cz_free(uint8_t *content) { free(content); }
