/* In: the network at the end of a run, row by row. Out: an archive of arrays; libzip asks
 * for their bytes piece by piece, so that no array is ever held whole. */
#include "store/npz.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zip.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the arrays are little endian");

enum {
    ALIGNMENT = 64, /* of the data behind the header */
    HEADER_MAX = 2 * ALIGNMENT,
    PREFIX = 10, /* magic, version and length, before the text of the header */
    CELL = 4,    /* bytes of a float32 or uint32 */
};

/* One array on its way into the archive. */
struct array {
    const struct final *left;
    uint32_t l;
    bool changes; /* not the weights */
    char header[HEADER_MAX];
    size_t header_length;
    void *line; /* [targets] row number `row` */
    size_t rows, row, line_length;
    size_t at; /* bytes of the header, or of the line, that were given away */
    bool in_header;
    zip_error_t error;
};

/* https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */
static void write_header(struct array *a, uint32_t targets)
{
    char text[HEADER_MAX - PREFIX];
    int length = snprintf(text, sizeof text,
                          "{'descr': '%s', 'fortran_order': False, 'shape': (%zu, %u), }",
                          a->changes ? "<u4" : "<f4", a->rows, targets);
    size_t whole = (PREFIX + (size_t)length + 1 + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    uint16_t rest = (uint16_t)(whole - PREFIX);
    memset(a->header, ' ', whole);
    memcpy(a->header, "\x93NUMPY\x01\x00", PREFIX - sizeof rest);
    memcpy(a->header + PREFIX - sizeof rest, &rest, sizeof rest);
    memcpy(a->header + PREFIX, text, (size_t)length);
    a->header[whole - 1] = '\n';
    a->header_length = whole;
}

static struct array *array_new(const struct final *left, uint32_t l, bool changes)
{
    const struct layer *layer = final_layer(left, l);
    struct array *a = calloc(1, sizeof *a);
    if (a == NULL)
        return NULL;
    a->left = left;
    a->l = l;
    a->changes = changes;
    a->rows = layer->rows;
    a->line_length = (size_t)layer->targets * CELL;
    a->line = malloc(a->line_length);
    zip_error_init(&a->error);
    write_header(a, layer->targets);
    if (a->line != NULL)
        return a;
    free(a);
    return NULL;
}

static void array_free(struct array *a)
{
    zip_error_fini(&a->error);
    free(a->line);
    free(a);
}

static void load_line(struct array *a)
{
    if (a->changes)
        final_changes(a->left, a->l, a->row, a->line);
    else
        final_weights(a->left, a->l, a->row, a->line);
}

static zip_int64_t array_read(struct array *a, char *ret, size_t room)
{
    size_t given = 0;
    while (given < room && (a->in_header || a->row < a->rows)) {
        const char *from = a->in_header ? a->header : a->line;
        size_t length = a->in_header ? a->header_length : a->line_length;
        if (!a->in_header && a->at == 0)
            load_line(a);
        size_t n = length - a->at < room - given ? length - a->at : room - given;
        memcpy(ret + given, from + a->at, n);
        given += n;
        a->at += n;
        if (a->at < length)
            break;
        a->at = 0;
        a->row += !a->in_header;
        a->in_header = false;
    }
    return (zip_int64_t)given;
}

static zip_int64_t array_stat(const struct array *a, zip_stat_t *ret)
{
    zip_stat_init(ret);
    ret->size = a->header_length + a->rows * a->line_length;
    ret->valid = ZIP_STAT_SIZE;
    return sizeof *ret;
}

/* What libzip calls as the source of an entry. */
static zip_int64_t serve(void *arg, void *data, zip_uint64_t length,
                         zip_source_cmd_t command)
{
    struct array *a = arg;
    switch (command) {
    case ZIP_SOURCE_OPEN:
        a->in_header = true;
        a->row = a->at = 0;
        return 0;
    case ZIP_SOURCE_READ:
        return array_read(a, data, length);
    case ZIP_SOURCE_CLOSE:
        return 0;
    case ZIP_SOURCE_STAT:
        return array_stat(a, data);
    case ZIP_SOURCE_ERROR:
        return zip_error_to_data(&a->error, data, length);
    case ZIP_SOURCE_FREE:
        array_free(a);
        return 0;
    case ZIP_SOURCE_SUPPORTS:
        return zip_source_make_command_bitmap(ZIP_SOURCE_OPEN, ZIP_SOURCE_READ,
                                              ZIP_SOURCE_CLOSE, ZIP_SOURCE_STAT,
                                              ZIP_SOURCE_ERROR, ZIP_SOURCE_FREE, -1);
    default:
        zip_error_set(&a->error, ZIP_ER_OPNOTSUPP, 0);
        return -1;
    }
}

/* Weights hardly get smaller by compression, counts do by far. The time of an entry is
 * that with which ZIP's calendar begins. */
static bool add_array(zip_t *archive, const struct final *left, uint32_t l, bool changes)
{
    enum { FAST = 1, FIRST_DAY = 1 << 5 | 1 };
    char name[32];
    struct array *a = array_new(left, l, changes);
    zip_source_t *source = a != NULL ? zip_source_function(archive, serve, a) : NULL;
    if (source == NULL) {
        if (a != NULL)
            array_free(a);
        return false;
    }
    snprintf(name, sizeof name, "%s_layer%u.npy", changes ? "changes" : "weights", l + 1);
    zip_int64_t entry = zip_file_add(archive, name, source, ZIP_FL_ENC_UTF_8);
    if (entry < 0) {
        zip_source_free(source);
        return false;
    }
    zip_uint64_t i = (zip_uint64_t)entry;
    return zip_file_set_dostime(archive, i, 0, FIRST_DAY, 0) == 0 &&
           zip_set_file_compression(archive, i, changes ? ZIP_CM_DEFLATE : ZIP_CM_STORE,
                                    FAST) == 0;
}

static enum status status_of(zip_t *archive)
{
    const zip_error_t *error = zip_get_error(archive);
    bool by_system = zip_error_system_type(error) == ZIP_ET_SYS;
    int number = by_system ? zip_error_code_system(error) : 0;
    if (number == ENOSPC || number == EDQUOT || number == EFBIG)
        return STATUS_NO_SPACE;
    if (number == ENOMEM || zip_error_code_zip(error) == ZIP_ER_MEMORY)
        return STATUS_NO_MEMORY;
    return STATUS_IO;
}

enum status npz_write(const char *path, const struct final *left)
{
    int code;
    zip_t *archive = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, &code);
    if (archive == NULL)
        return code == ZIP_ER_MEMORY ? STATUS_NO_MEMORY : STATUS_IO;
    bool ok = true;
    for (uint32_t l = 0; ok && l < final_layers(left); l++)
        ok = add_array(archive, left, l, false);
    for (uint32_t l = 0; ok && left->counted && l < final_layers(left); l++)
        ok = add_array(archive, left, l, true);
    enum status status = ok ? STATUS_OK : STATUS_NO_MEMORY;
    if (ok && zip_close(archive) == 0)
        return STATUS_OK;
    if (ok)
        status = status_of(archive);
    zip_discard(archive);
    return status;
}
