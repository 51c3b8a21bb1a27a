#include "remote/cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "data/dataset.h"

enum {
    KEY = 41,        /* bytes of the name of a set: 40 digits of its hash */
    NAME_ROOM = 200, /* of the folder's path, for what is in it */
    URL_MAX_BYTES = 1024,
    DAY_SECONDS = 24 * 60 * 60,
};

struct cache {
    char folder[CACHE_PATH_MAX - NAME_ROOM];
    char owner[100];
    char loaded[KEY]; /* the set that is in memory; "": none */
    struct catalogue *catalogue;
};

/* What the server has under a name. */
struct wanted {
    const char *name;
    char sha256[DATASET_FILES][HASH_TEXT];
    char key[KEY];
};

static bool make_folders(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash != NULL;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(path, 0700);
        *slash = '/';
    }
    return mkdir(path, 0700) == 0 || errno == EEXIST;
}

/* Removes a folder that has only files. */
static void remove_folder(const char *path)
{
    char file[CACHE_PATH_MAX + NAME_ROOM + 256];
    DIR *d = opendir(path);
    if (d == NULL)
        return;
    for (struct dirent *entry; (entry = readdir(d)) != NULL;) {
        snprintf(file, sizeof file, "%s/%s", path, entry->d_name);
        unlink(file);
    }
    closedir(d);
    rmdir(path);
}

/* Files of workers that were killed. */
static void remove_old_files(const struct cache *c)
{
    char path[CACHE_PATH_MAX + 256];
    struct stat st;
    DIR *d = opendir(c->folder);
    if (d == NULL)
        return;
    for (struct dirent *entry; (entry = readdir(d)) != NULL;) {
        const char *end = strrchr(entry->d_name, '.');
        snprintf(path, sizeof path, "%s/%s", c->folder, entry->d_name);
        if (entry->d_name[0] == '.' && strcmp(end, ".npz") == 0 && stat(path, &st) == 0 &&
            time(NULL) - st.st_mtime > DAY_SECONDS)
            unlink(path);
    }
    closedir(d);
}

enum status cache_open(const char *folder, const char *owner, struct cache **ret,
                       struct buf *why)
{
    struct cache *c = calloc(1, sizeof *c);
    if (c == NULL)
        return STATUS_NO_MEMORY;
    int length = snprintf(c->folder, sizeof c->folder, "%s", folder);
    snprintf(c->owner, sizeof c->owner, "%s", owner);
    enum status status = STATUS_OK;
    if (length >= (int)sizeof c->folder || !make_folders(c->folder) ||
        access(c->folder, W_OK) != 0) {
        buf_addf(why, "%s: %s", folder,
                 length >= (int)sizeof c->folder ? "the path is too long"
                                                 : strerror(errno));
        status = STATUS_IO;
    }
    if (status == STATUS_OK)
        status = catalogue_open("", c->folder, &c->catalogue);
    if (status == STATUS_OK) {
        remove_old_files(c);
        *ret = c;
    } else {
        cache_close(c);
    }
    return status;
}

void cache_close(struct cache *c)
{
    if (c != NULL)
        catalogue_close(c->catalogue);
    free(c);
}

void cache_name_file(const struct cache *c, const char *end,
                     char ret[static CACHE_PATH_MAX])
{
    snprintf(ret, CACHE_PATH_MAX, "%s/.%s%s", c->folder, c->owner, end);
}

static bool read_hashes(const struct buf *answer, struct wanted *ret)
{
    char all[DATASET_FILES * HASH_TEXT], hash[HASH_TEXT];
    size_t length = 0;
    json_t *j = json_loadb(answer->data, answer->len, 0, NULL);
    const json_t *files = json_object_get(j, "sha256");
    bool ok = true;
    for (int f = 0; f < DATASET_FILES; f++) {
        const char *text = json_string_value(
            json_object_get(files, dataset_file_name((enum dataset_file)f)));
        ok = ok && text != NULL && strlen(text) == HASH_TEXT - 1 &&
             strspn(text, "0123456789abcdef") == HASH_TEXT - 1;
        snprintf(ret->sha256[f], HASH_TEXT, "%s", ok ? text : "");
        memcpy(all + length, ret->sha256[f], HASH_TEXT);
        length += HASH_TEXT;
    }
    json_decref(j);
    hash_text(all, sizeof all, hash);
    snprintf(ret->key, KEY, "%.*s", KEY - 1, hash);
    return ok;
}

/* A GET of the set, or of one of its files. */
static enum status ask(struct line *l, const _Atomic double *until, const char *what,
                       const char *name, FILE *into, struct buf *ret)
{
    char path[URL_MAX_BYTES];
    size_t n = (size_t)snprintf(path, sizeof path, "/v1/work/dataset%s?name=", what);
    for (const unsigned char *c = (const unsigned char *)name; *c != '\0'; c++)
        n += (size_t)snprintf(path + n, sizeof path - n, "%%%02X", *c);
    struct line_call call = {.method = "GET", .path = path, .into = into, .until = until};
    return line_send(l, &call, ret, NULL);
}

/* Whether what was fetched is zipped: its first bytes say so. */
static bool is_zipped(FILE *f)
{
    unsigned char magic[2] = {0, 0};
    rewind(f);
    return fread(magic, 1, 2, f) == 2 && magic[0] == 0x1f && magic[1] == 0x8b;
}

static enum status fetch_file(struct line *l, const _Atomic double *until,
                              const struct wanted *w, enum dataset_file f,
                              const char *folder, struct buf *why)
{
    char what[60], name[DATASET_FILE_NAME], path[CACHE_PATH_MAX + 40],
        final_path[CACHE_PATH_MAX + 80];
    snprintf(what, sizeof what, "/%s", dataset_file_name(f));
    snprintf(path, sizeof path, "%s/file", folder);
    FILE *file = fopen(path, "w+be");
    if (file == NULL) {
        buf_addf(why, "%s: %s", path, strerror(errno));
        return STATUS_IO;
    }
    enum status status = ask(l, until, what, w->name, file, why);
    bool written = status != STATUS_OK || fflush(file) == 0;
    dataset_name_file(f, status == STATUS_OK && is_zipped(file), name);
    written = fclose(file) == 0 && written;
    snprintf(final_path, sizeof final_path, "%s/%s", folder, name);
    if (status == STATUS_OK && (!written || rename(path, final_path) != 0)) {
        buf_addf(why, "%s: %s", path, strerror(errno));
        status = STATUS_IO;
    }
    return status;
}

/* Into a folder of this process, and from there into its place. Whoever began it before
 * and was killed has left his own. */
static enum status fetch(const struct cache *c, struct line *l,
                         const _Atomic double *until, const struct wanted *w,
                         struct buf *why)
{
    char folder[CACHE_PATH_MAX], place[CACHE_PATH_MAX];
    snprintf(folder, sizeof folder, "%s/.%s.new", c->folder, w->key);
    snprintf(place, sizeof place, "%s/%s", c->folder, w->key);
    remove_folder(folder);
    if (mkdir(folder, 0700) != 0) {
        buf_addf(why, "%s: %s", folder, strerror(errno));
        return STATUS_IO;
    }
    enum status status = STATUS_OK;
    for (int f = 0; f < DATASET_FILES && status == STATUS_OK; f++)
        status = fetch_file(l, until, w, (enum dataset_file)f, folder, why);
    if (status == STATUS_OK && rename(folder, place) != 0) {
        buf_addf(why, "%s: %s", place, strerror(errno));
        status = STATUS_IO;
    }
    if (status == STATUS_OK)
        log_info("data set %s was fetched from the server", w->name);
    else
        remove_folder(folder);
    return status;
}

/* One process at a time fetches a set. */
static enum status fetch_alone(struct cache *c, struct line *l,
                               const _Atomic double *until, const struct wanted *w,
                               struct buf *why)
{
    char path[CACHE_PATH_MAX];
    snprintf(path, sizeof path, "%s/.%s.lock", c->folder, w->key);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 || flock(fd, LOCK_EX) != 0) {
        buf_addf(why, "%s: %s", path, strerror(errno));
        if (fd >= 0)
            close(fd);
        return STATUS_IO;
    }
    enum status status = STATUS_OK;
    if (!dataset_is_there(c->folder, w->key)) {
        snprintf(path, sizeof path, "%s/%s", c->folder, w->key);
        remove_folder(path); /* one that has lost a file */
        status = fetch(c, l, until, w, why);
    }
    close(fd);
    return status;
}

static bool is_the_one(const struct dataset *d, const struct wanted *w)
{
    for (int f = 0; f < DATASET_FILES; f++)
        if (strcmp(d->info.sha256[f], w->sha256[f]) != 0)
            return false;
    return true;
}

/* A set that this machine's disk has damaged, or somebody has changed: fetched again. */
static void throw_away(struct cache *c, const struct wanted *w)
{
    char path[CACHE_PATH_MAX];
    log_warning("data set %s is damaged in %s/%s; it is fetched again", w->name,
                c->folder, w->key);
    catalogue_forget(c->catalogue, w->key);
    c->loaded[0] = '\0';
    snprintf(path, sizeof path, "%s/%s", c->folder, w->key);
    remove_folder(path);
}

/* BAD_DATASET: what is there is not what is wanted. */
static enum status load(struct cache *c, const struct wanted *w,
                        const struct dataset **ret, struct buf *why)
{
    const struct dataset *d;
    if (strcmp(c->loaded, w->key) != 0)
        catalogue_forget(c->catalogue, c->loaded);
    enum status status = catalogue_get(c->catalogue, w->key, &d, why);
    if (status == STATUS_NOT_FOUND)
        return STATUS_BAD_DATASET;
    if (status != STATUS_OK)
        return status;
    snprintf(c->loaded, KEY, "%s", w->key);
    if (is_the_one(d, w)) {
        *ret = d;
        return STATUS_OK;
    }
    catalogue_put(c->catalogue, d);
    return STATUS_BAD_DATASET;
}

enum status cache_get(struct cache *c, struct line *l, const _Atomic double *until,
                      const char *name, const struct dataset **ret, struct buf *why)
{
    enum { TRIES = 2 };
    struct wanted w = {.name = name};
    struct buf answer;
    buf_init(&answer, 1 << 16);
    enum status status = ask(l, until, "", name, NULL, &answer);
    if (status != STATUS_OK)
        buf_adds(why, answer.data);
    else if (!read_hashes(&answer, &w))
        status = STATUS_INTERNAL;
    for (int i = 0; i < TRIES && status == STATUS_OK; i++) {
        buf_clear(why);
        status = fetch_alone(c, l, until, &w, &answer);
        if (status == STATUS_OK && (status = load(c, &w, ret, why)) != STATUS_BAD_DATASET)
            break;
        if (status != STATUS_BAD_DATASET) {
            buf_clear(why);
            buf_adds(why, answer.data);
        } else {
            throw_away(c, &w);
            status = i + 1 < TRIES ? STATUS_OK : STATUS_IO; /* not the run's fault */
        }
    }
    buf_release(&answer);
    return status;
}

void cache_put(struct cache *c, const struct dataset *d)
{
    catalogue_put(c->catalogue, d);
}
