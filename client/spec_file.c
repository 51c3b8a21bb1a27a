/* In: a file of the user. Out: a JSON object. */
#include "spec_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "locate.h"
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

enum ending spec_file_read(const char *name, struct spec_file *ret_file, json_t **ret)
{
    ret_file->name = strcmp(name, "-") == 0 ? "<stdin>" : name;
    buf_init(&ret_file->text, SPEC_MAX_BYTES);
    enum ending ending = read_file(name, &ret_file->text);
    return ending == ENDING_OK ? parse(ret_file->name, &ret_file->text, ret) : ending;
}

void spec_file_release(struct spec_file *f)
{
    if (f->name != NULL)
        buf_release(&f->text);
    f->name = NULL;
}

/* Whether the spec has something there that the file has not. */
static bool is_changed(const struct spec_file *f, json_t *sent, const char *pointer,
                       bool found, const struct location *at)
{
    const json_t *now = locate_in(sent, pointer);
    json_t *before = found ? locate_value(&f->text, at->value) : NULL;
    bool changed = now != NULL && (before == NULL || !json_equal(before, now));
    json_decref(before);
    return changed;
}

void spec_file_place(const struct spec_file *f, json_t *sent, const char *pointer,
                     struct buf *place)
{
    struct location at;
    int line, column;
    if (f->name == NULL)
        return;
    bool found = locate(&f->text, pointer, &at);
    if (is_changed(f, sent, pointer, found, &at))
        return;
    locate_line(&f->text, at.start, &line, &column);
    buf_addf(place, "%s:%d:%d", f->name, line, column);
}
