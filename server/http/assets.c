/* The page: files of web/ and of uPlot, part of the program and found by exact name, so no
 * path of a request ever reaches the file system. */
#include <stdio.h>
#include <string.h>

#include "base/embed.h"
#include "base/hash.h"
#include "http/reply.h"
#include "http/routes.h"

/* The build lists the files: ASSET(symbol, path served, media type, file). */
#define ASSET(symbol, path, type, file) EMBED(symbol, file);
#include "assets.def"
#undef ASSET

struct asset {
    const char *path, *type, *bytes, *end;
};

static const struct asset assets[] = {
#define ASSET(symbol, path, type, file) {path, type, symbol, symbol##_end},
#include "assets.def"
#undef ASSET
};

void assets_get(struct request *r)
{
    char digest[HASH_TEXT], etag[HASH_TEXT + 2];
    for (size_t i = 0; i < sizeof assets / sizeof assets[0]; i++) {
        const struct asset *a = &assets[i];
        if (strcmp(a->path, r->path) != 0)
            continue;
        size_t length = (size_t)(a->end - a->bytes);
        hash_text(a->bytes, length, digest);
        snprintf(etag, sizeof etag, "\"%s\"", digest);
        reply_static(r, a->type, a->bytes, length, etag);
        return;
    }
    reply_problem(r, STATUS_NOT_FOUND, NULL, NULL);
}
