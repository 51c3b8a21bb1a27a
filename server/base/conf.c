/* In: a file. Out: options. Knows no option by name. */
#include "base/conf.h"

#include <errno.h>
#include <ini.h>
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"

enum { PAGE_WIDTH = 92 };

bool conf_has(const struct opt *o)
{
    return o->env != NULL && o->kind != OPT_FILE;
}

struct reading {
    FILE *file;
    const char *path;
    int line;
    const struct opt *table;
    size_t rows;
    bool seen[CONF_KEYS_MAX];
    void *into;
    struct conf *conf;
    struct buf *error; /* only the first mistake is said */
};

static bool begin_mistake(struct reading *r)
{
    if (r->error->len > 0)
        return false;
    buf_addf(r->error, "%s, line %d: ", r->path, r->line);
    return true;
}

/* One line without the blanks before it, which the library would take for the
 * continuation of the value above. */
static char *read_line(char *line, int room, void *reading)
{
    struct reading *r = reading;
    if (fgets(line, room, r->file) == NULL)
        return NULL;
    r->line++;
    size_t blanks = strspn(line, " \t");
    memmove(line, line + blanks, strlen(line + blanks) + 1);
    if (strchr(line, '\n') == NULL && !feof(r->file) && begin_mistake(r))
        buf_addf(r->error, "the line is longer than %d characters", room - 2);
    return line;
}

/* The place in the table, or `rows`. */
static size_t find_key(struct reading *r, const char *key)
{
    struct nearest near;
    nearest_init(&near, key);
    for (size_t i = 0; i < r->rows; i++) {
        if (!conf_has(&r->table[i]))
            continue;
        if (strcmp(r->table[i].name, key) == 0)
            return i;
        nearest_consider(&near, r->table[i].name);
    }
    if (begin_mistake(r)) {
        buf_addf(r->error, "there is no setting \"%s\"", key);
        if (near.best != NULL)
            buf_addf(r->error, "; did you mean %s?", near.best);
    }
    return r->rows;
}

static bool keep(struct reading *r, size_t row, const char *value)
{
    struct conf *c = r->conf;
    char *text = c->count < CONF_KEYS_MAX ? strdup(value) : NULL;
    struct buf why;
    if (text == NULL)
        return false;
    c->line[c->count] = r->line;
    c->text[c->count++] = text;
    buf_init(&why, 1000);
    bool ok = opts_set(&r->table[row], "", text, r->into, &why);
    if (!ok && begin_mistake(r))
        buf_adds(r->error, why.data);
    buf_release(&why);
    return ok;
}

/* Called for each KEY = VALUE; 0: a mistake. */
static int take(void *reading, const char *section, const char *key, const char *value)
{
    struct reading *r = reading;
    if (r->error->len > 0)
        return 0;
    if (*section != '\0') {
        begin_mistake(r);
        buf_addf(r->error, "there are no sections, but [%s] stands above", section);
        return 0;
    }
    size_t row = find_key(r, key);
    if (row == r->rows)
        return 0;
    if (r->seen[row]) {
        begin_mistake(r);
        buf_addf(r->error, "%s is set a second time", key);
        return 0;
    }
    r->seen[row] = true;
    return *value == '\0' || keep(r, row, value); /* nothing: the default */
}

bool conf_read(const struct opt *table, size_t rows, const char *path, void *into,
               struct conf *ret, struct buf *error)
{
    *ret = (struct conf){.count = 0};
    struct reading r = {.file = fopen(path, "re"),
                        .path = path,
                        .table = table,
                        .rows = rows < CONF_KEYS_MAX ? rows : CONF_KEYS_MAX,
                        .into = into,
                        .conf = ret,
                        .error = error};
    if (r.file == NULL) {
        buf_addf(error, "%s: %s", path, strerror(errno));
        return false;
    }
    int line = ini_parse_stream(read_line, &r, take, &r);
    bool failed = line != 0 || ferror(r.file);
    if (failed && error->len == 0)
        buf_addf(error, "%s, line %d: this is not KEY = VALUE", path, line);
    fclose(r.file);
    return error->len == 0;
}

void conf_release(struct conf *c)
{
    for (size_t i = 0; i < c->count; i++)
        free(c->text[i]);
    c->count = 0;
}

int conf_line(const struct conf *c, const char *text)
{
    for (size_t i = 0; i < c->count; i++)
        if (c->text[i] == text)
            return c->line[i];
    return 0;
}

static void print_row(const struct opt *o, const void *defaults, const char *note,
                      FILE *out)
{
    char text[1200], value[200];
    const char *range = note != NULL ? note : "";
    snprintf(text, sizeof text, "%s. Also --%s and %s.%s%s", o->help, o->name, o->env,
             *range != '\0' ? " " : "", range);
    fprintf(out, "\n# ");
    opts_print_wrapped(text, "# ", PAGE_WIDTH, out);
    opts_text(o, defaults, value, sizeof value);
    fprintf(out, "#%s =%s%s\n", o->name, *value != '\0' ? " " : "", value);
}

void conf_print(const struct opt *table, size_t rows, const void *defaults,
                const char *(*note)(const struct opt *o), FILE *out)
{
    for (size_t i = 0; i < rows; i++)
        if (conf_has(&table[i]))
            print_row(&table[i], defaults, note(&table[i]), out);
}
