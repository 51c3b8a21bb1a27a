/* POST /v1/datasets, which fetches, and PUT /v1/datasets/NAME/FILE, which takes what is
 * sent. */
#include "app/datasets.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/body.h"
#include "http/reply.h"
#include "http/routes.h"
#include "http/views.h"

enum { WHY_MAX = 1 << 16 };

static bool read_sha256(const char *text, char ret[static HASH_TEXT])
{
    size_t n = strlen(text);
    for (size_t i = 0; i <= n && i < HASH_TEXT; i++)
        ret[i] = (char)tolower((unsigned char)text[i]);
    return n == HASH_TEXT - 1 && strspn(ret, "0123456789abcdef") == n;
}

/* False: refused. */
static bool read_source(struct request *r, const json_t *file, const char *name,
                        struct arrival_source *ret)
{
    char at[80];
    const char *url = json_string_value(json_object_get(file, "url"));
    const char *sha256 = json_string_value(json_object_get(file, "sha256"));
    const char *refusal = url == NULL ? "a URL is needed" : arrivals_refuse_url(url);
    if (refusal != NULL) {
        snprintf(at, sizeof at, "/files/%s/url", name);
        body_refuse(r, at, url == NULL ? "required" : "bad_url", refusal);
        return false;
    }
    if (sha256 == NULL || !read_sha256(sha256, ret->sha256)) {
        snprintf(at, sizeof at, "/files/%s/sha256", name);
        body_refuse(r, at, sha256 == NULL ? "required" : "bad_hash",
                    "the SHA-256 of the file, or of what it inflates to, is needed: 64 "
                    "hexadecimal digits");
        return false;
    }
    ret->url = url;
    return true;
}

static bool read_sources(struct request *r, const json_t *files,
                         struct arrival_source source[DATASET_FILES])
{
    for (int f = 0; f < DATASET_FILES; f++) {
        const char *name = dataset_file_name((enum dataset_file)f);
        if (!read_source(r, json_object_get(files, name), name, &source[f]))
            return false;
    }
    if (json_object_size(files) == DATASET_FILES)
        return true;
    body_refuse(r, "/files", "unknown_key",
                "only train_images, train_labels, test_images and test_labels");
    return false;
}

static void reply_refusal(struct request *r, enum status status, const char *name,
                          const struct buf *why)
{
    char detail[200];
    snprintf(detail, sizeof detail,
             "\"%.63s\" is not known here: say where its files are, and their SHA-256",
             name);
    if (status == STATUS_NOT_FOUND)
        body_refuse(r, "/name", "unknown_dataset", detail);
    else if (status == STATUS_BAD_DATASET)
        body_refuse(r, "", "bad_dataset", why->data);
    else
        reply_problem(r, status, why->len > 0 ? why->data : NULL, NULL);
}

static void fetch(struct request *r, const char *name,
                  const struct arrival_source *source)
{
    struct buf why;
    char location[100];
    buf_init(&why, WHY_MAX);
    enum status status = dataset_may_come(r->app, name, &why);
    if (status == STATUS_OK)
        status = arrivals_fetch(r->app->arrivals, name, source, &why);
    if (status == STATUS_OK) {
        snprintf(location, sizeof location, "/v1/datasets/%s", name);
        reply_dataset(r, MHD_HTTP_ACCEPTED, name);
        reply_header(r, "Location", location);
    } else {
        reply_refusal(r, status, name, &why);
    }
    buf_release(&why);
}

void datasets_fetch(struct request *r)
{
    struct arrival_source source[DATASET_FILES] = {{.url = NULL}};
    json_t *body = body_object(r, " name files ");
    if (body == NULL)
        return;
    const char *name = json_string_value(json_object_get(body, "name"));
    const json_t *files = json_object_get(body, "files");
    if (name == NULL || !arrivals_is_name(name))
        body_refuse(
            r, "/name", "bad_name",
            "a data set needs a name: a letter or digit, then letters, digits and . _ "
            "-, at most 63");
    else if (files == NULL || read_sources(r, files, source))
        fetch(r, name, files != NULL ? source : NULL);
    json_decref(body);
}

/* An upload and what there is to say of it. */
struct octets {
    struct upload *upload;
    struct buf why;
};

static void free_octets(void *own)
{
    struct octets *o = own;
    upload_free(o->upload);
    buf_release(&o->why);
    free(o);
}

static void take_octets(void *own, const void *bytes, size_t n)
{
    upload_add(((struct octets *)own)->upload, bytes, n);
}

/* DATASET_FILES: there is no such file. */
static enum dataset_file file_of(const char *name)
{
    int f = 0;
    while (f < DATASET_FILES &&
           strcmp(dataset_file_name((enum dataset_file)f), name) != 0)
        f++;
    return (enum dataset_file)f;
}

static enum status begin(struct request *r, struct octets *o)
{
    const char *length = request_header(r, "Content-Length");
    enum dataset_file f = file_of(r->word[1]);
    if (f == DATASET_FILES) {
        buf_adds(&o->why,
                 "a data set has the files train_images, train_labels, test_images "
                 "and test_labels");
        return STATUS_NOT_FOUND;
    }
    if (!arrivals_is_name(r->word[0])) {
        buf_adds(&o->why, "a data set cannot have that name");
        return STATUS_BAD_REQUEST;
    }
    enum status status = dataset_may_come(r->app, r->word[0], &o->why);
    if (status == STATUS_OK)
        status = upload_begin(r->app->arrivals, r->word[0], f,
                              length != NULL ? strtoull(length, NULL, 10) : 0, &o->upload,
                              &o->why);
    return status;
}

/* Before the body: it is not read where it would be for nothing. */
void datasets_receive(struct request *r)
{
    struct octets *o = calloc(1, sizeof *o);
    if (o == NULL) {
        reply_problem(r, STATUS_NO_MEMORY, NULL, NULL);
        return;
    }
    buf_init(&o->why, WHY_MAX);
    r->own = o;
    r->own_free = free_octets;
    enum status status = begin(r, o);
    if (status == STATUS_OK)
        r->take = take_octets;
    else
        reply_problem(r, status, o->why.len > 0 ? o->why.data : NULL, NULL);
}

static enum status keep(void *own)
{
    struct octets *o = own;
    return upload_end(o->upload, &o->why);
}

static void received(struct request *r)
{
    const struct octets *o = r->own;
    if (r->outcome == STATUS_OK)
        reply_dataset(r, MHD_HTTP_OK, r->word[0]);
    else
        reply_refusal(r, r->outcome, r->word[0], &o->why);
}

void datasets_put(struct request *r)
{
    r->labour = keep;
    r->resume = received;
}
