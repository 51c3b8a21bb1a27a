/* In: the Accept headers of a request. Out: how welcome a media type is. Parameters of a
 * range other than q are not looked at: nothing is served in variants that differ by
 * them. */
#include "http/accept.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct wish {
    const char *type;
    size_t length;  /* of type */
    bool given;     /* some range was there */
    int exactness;  /* of the best range so far: 1 for any type, 2 for text, 3 */
    double quality; /* that it has */
};

/* How exactly the range names the type; 0: it does not. */
static int exactness_of(const char *range, size_t n, const struct wish *w)
{
    const char *slash = memchr(w->type, '/', w->length);
    size_t main_length = slash != NULL ? (size_t)(slash - w->type) + 1 : 0;
    if (n == 3 && memcmp(range, "*/*", 3) == 0)
        return 1;
    if (n == main_length + 1 && range[n - 1] == '*' &&
        strncasecmp(range, w->type, main_length) == 0)
        return 2;
    return n == w->length && strncasecmp(range, w->type, n) == 0 ? 3 : 0;
}

/* The q among the parameters of a range, which end at `end`; 1 where there is none. */
static double read_quality(const char *parameters, const char *end)
{
    for (const char *c = parameters; c < end; c++) {
        if (*c != ';')
            continue;
        c += 1 + strspn(c + 1, " \t");
        if (end - c > 2 && (*c | 0x20) == 'q' && c[1] == '=') {
            double q = c[2] == '0' || c[2] == '1' ? strtod(c + 2, NULL) : 0;
            return q <= 1 ? q : 0;
        }
        c--;
    }
    return 1;
}

static enum MHD_Result read_header(void *arg, enum MHD_ValueKind kind, const char *key,
                                   const char *value)
{
    struct wish *w = arg;
    (void)kind;
    if (value == NULL || strcasecmp(key, "Accept") != 0)
        return MHD_YES;
    for (const char *c = value; *c != '\0';) {
        c += strspn(c, " \t,");
        size_t n = strcspn(c, ",; \t");
        const char *end = c + strcspn(c, ",");
        int exactness = n > 0 ? exactness_of(c, n, w) : 0;
        w->given = w->given || n > 0;
        if (exactness > w->exactness) {
            w->exactness = exactness;
            w->quality = read_quality(c + n, end);
        }
        c = end;
    }
    return MHD_YES;
}

static double quality_of(const struct request *r, const char *type, size_t length)
{
    struct wish w = {.type = type, .length = length};
    MHD_get_connection_values(r->connection, MHD_HEADER_KIND, read_header, &w);
    return w.given ? w.quality : 1;
}

double accept_quality(const struct request *r, const char *type)
{
    return quality_of(r, type, strlen(type));
}

bool accept_any(const struct request *r, const char *types)
{
    for (const char *type = types; *type != '\0'; type += strspn(type, " ")) {
        size_t length = strcspn(type, " ");
        if (quality_of(r, type, length) > 0)
            return true;
        type += length;
    }
    return false;
}
