#include "base/status.h"

#include <stddef.h>

static const struct {
    int http;
    const char *name;
    const char *text;
} rows[] = {
#define STATUS(name, http, text) {http, #name, text},
#include "status.def"
#undef STATUS
};

int status_http(enum status s)
{
    return rows[s].http;
}

const char *status_text(enum status s)
{
    return rows[s].text;
}

const char *status_name(enum status s)
{
    return rows[s].name;
}
