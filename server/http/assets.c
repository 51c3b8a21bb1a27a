/* The page: files of web/ and of uPlot, part of the program and found by exact name, so
 * no path of a request ever reaches the file system. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/embed.h"
#include "http/accept.h"
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

enum { ASSETS = sizeof assets / sizeof assets[0] };

static char etags[ASSETS][ETAG_TEXT];

static void make_etags(void)
{
    for (size_t i = 0; i < ASSETS; i++)
        etag_of(assets[i].bytes, (size_t)(assets[i].end - assets[i].bytes), etags[i]);
}

/* A media type without its parameters. */
static bool is_accepted(const struct request *r, const char *type)
{
    char plain[40];
    snprintf(plain, sizeof plain, "%.*s", (int)strcspn(type, ";"), type);
    return accept_any(r, plain);
}

void assets_get(struct request *r)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_etags);
    for (size_t i = 0; i < ASSETS; i++) {
        const struct asset *a = &assets[i];
        if (strcmp(a->path, r->path) != 0)
            continue;
        if (is_accepted(r, a->type))
            reply_page(r, a->type, a->bytes, (size_t)(a->end - a->bytes), etags[i]);
        else
            reply_problem(r, STATUS_NOT_ACCEPTABLE, NULL, NULL);
        return;
    }
    reply_problem(r, STATUS_NOT_FOUND, NULL, NULL);
}
