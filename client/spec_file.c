/* In: a file of the user. Out: a JSON object. */
#include "spec_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "talk.h"

enum { SPEC_MAX_BYTES = 16 * 1024 * 1024 };

static enum ending read_all(FILE *f, const char *name, struct buf *into)
{
    char part[16384];
    size_t n;
    while ((n = fread(part, 1, sizeof part, f)) > 0)
        if (!buf_add(into, part, n))
            break;
    if (into->failed)
        say("%s is longer than %d MiB", name, SPEC_MAX_BYTES >> 20);
    else if (ferror(f))
        say("%s cannot be read: %s", name, strerror(errno));
    else
        return ENDING_OK;
    return ENDING_USAGE;
}

static enum ending read_file(const char *name, struct buf *into)
{
    if (strcmp(name, "-") == 0)
        return read_all(stdin, "standard input", into);
    FILE *f = fopen(name, "re");
    if (f == NULL) {
        say("%s cannot be opened: %s", name, strerror(errno));
        return ENDING_USAGE;
    }
    enum ending ending = read_all(f, name, into);
    fclose(f);
    return ending;
}

static enum ending parse(const char *name, const struct buf *text, json_t **ret)
{
    json_error_t why;
    json_t *spec = json_loadb(text->data, text->len, JSON_REJECT_DUPLICATES, &why);
    if (spec == NULL) {
        say("%s:%d:%d: %s", name, why.line > 0 ? why.line : 1,
            why.column > 0 ? why.column : 1, why.text);
        return ENDING_INVALID;
    }
    if (!json_is_object(spec)) {
        say("%s:1:1: a job spec is an object: {\"dataset\": ...}", name);
        json_decref(spec);
        return ENDING_INVALID;
    }
    *ret = spec;
    return ENDING_OK;
}

enum ending spec_file_read(const char *name, json_t **ret)
{
    struct buf text;
    buf_init(&text, SPEC_MAX_BYTES);
    enum ending ending = read_file(name, &text);
    if (ending == ENDING_OK)
        ending = parse(strcmp(name, "-") == 0 ? "<stdin>" : name, &text, ret);
    buf_release(&text);
    return ending;
}
