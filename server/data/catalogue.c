/* In: folders. Out: data sets by name. Knows the naming of MNIST's files; their contents
 * are idx.c's and the sparse form is learn's. */
#include "data/catalogue.h"

#include <dirent.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/nearest.h"
#include "data/idx.h"

enum { PATH_CAP = 4096, SETS_MAX = 1000 };

struct entry {
    struct dataset set; /* first: handed out while the catalogue lives */
    struct samples *train[2], *test[2];
    struct entry *next;
};

struct catalogue {
    char *folders;
    pthread_mutex_t lock;
    /* protected by lock: */
    struct entry *loaded;
};

const char *dataset_file_name(enum dataset_file f)
{
    static const char *const names[] = {"train_images", "train_labels", "test_images",
                                        "test_labels"};
    return names[f];
}

enum status catalogue_open(const char *folders, struct catalogue **ret)
{
    struct catalogue *c = calloc(1, sizeof *c);
    if (c == NULL)
        return STATUS_NO_MEMORY;
    c->folders = strdup(folders);
    if (c->folders == NULL) {
        free(c);
        return STATUS_NO_MEMORY;
    }
    pthread_mutex_init(&c->lock, NULL);
    *ret = c;
    return STATUS_OK;
}

static void entry_free(struct entry *e)
{
    for (int centred = 1; centred >= 0; centred--) { /* [1] borrows from [0] */
        samples_free(e->train[centred]);
        samples_free(e->test[centred]);
    }
    free(e);
}

void catalogue_close(struct catalogue *c)
{
    if (c == NULL)
        return;
    while (c->loaded != NULL) {
        struct entry *e = c->loaded;
        c->loaded = e->next;
        entry_free(e);
    }
    pthread_mutex_destroy(&c->lock);
    free(c->folders);
    free(c);
}

/* The path of one of the four files, whichever spelling of it exists. */
static bool find_file(const char *folder, const char *name, enum dataset_file f,
                      struct buf *path)
{
    static const char *const stems[] = {"train-images", "train-labels", "t10k-images",
                                        "t10k-labels"};
    static const char *const tails[] = {"-idx%d-ubyte", "-idx%d-ubyte.gz", ".idx%d-ubyte",
                                        ".idx%d-ubyte.gz"};
    int dims = f == TRAIN_IMAGES || f == TEST_IMAGES ? 3 : 1;
    for (int i = 0; i < 4; i++) {
        char tail[32];
        const char *mark = strchr(tails[i], '%');
        snprintf(tail, sizeof tail, "%.*s%d%s", (int)(mark - tails[i]), tails[i], dims,
                 mark + 2);
        buf_clear(path);
        if (buf_addf(path, "%s/%s/%s%s", folder, name, stems[f], tail) &&
            access(path->data, R_OK) == 0)
            return true;
    }
    return false;
}

static bool is_name(const char *name)
{
    return name[0] != '.' && name[0] != '\0' && strchr(name, '/') == NULL &&
           strlen(name) < sizeof((struct dataset_info *)0)->name;
}

/* Whether folder/name holds a data set. */
static bool is_set(const char *folder, const char *name)
{
    struct buf path;
    buf_init(&path, PATH_CAP);
    bool complete = is_name(name);
    for (int f = 0; complete && f < DATASET_FILES; f++)
        complete = find_file(folder, name, (enum dataset_file)f, &path);
    buf_release(&path);
    return complete;
}

/* The next folder of a colon-separated list; NULL at its end. */
static char *next_folder(char **rest)
{
    char *folder;
    do
        folder = strsep(rest, ":");
    while (folder != NULL && *folder == '\0');
    return folder;
}

/* Dimensions from the headers. */
static enum status peek(const char *folder, const char *name, struct dataset_info *ret,
                        struct buf *why)
{
    struct buf path;
    buf_init(&path, PATH_CAP);
    struct idx train, test;
    enum status status = STATUS_NOT_FOUND;
    *ret = (struct dataset_info){.loaded = false};
    snprintf(ret->name, sizeof ret->name, "%s", name);
    if (find_file(folder, name, TRAIN_IMAGES, &path))
        status = idx_peek(path.data, &train, why);
    if (status == STATUS_OK && find_file(folder, name, TEST_IMAGES, &path))
        status = idx_peek(path.data, &test, why);
    if (status == STATUS_OK) {
        ret->train = train.size[0];
        ret->test = test.size[0];
        ret->height = train.dims == 3 ? train.size[1] : 0;
        ret->width = train.dims == 3 ? train.size[2] : 0;
    }
    buf_release(&path);
    return status;
}

static enum status refuse(struct buf *why, const char *name, const char *reason)
{
    buf_addf(why, "data set \"%s\": %s", name, reason);
    return STATUS_BAD_DATASET;
}

static uint32_t classes_of(const struct idx *labels)
{
    uint8_t most = 0;
    for (size_t i = 0; i < labels->count; i++)
        most = labels->bytes[i] > most ? labels->bytes[i] : most;
    return (uint32_t)most + 1;
}

static enum status check(const char *name, const struct idx x[DATASET_FILES],
                         struct buf *why)
{
    const struct idx *train = &x[TRAIN_IMAGES], *test = &x[TEST_IMAGES];
    const struct idx *train_labels = &x[TRAIN_LABELS], *test_labels = &x[TEST_LABELS];
    if (train->dims != 3 || test->dims != 3)
        return refuse(why, name, "the image files do not have 3 dimensions");
    if (train_labels->dims != 1 || test_labels->dims != 1)
        return refuse(why, name, "the label files do not have 1 dimension");
    if (train->size[1] != test->size[1] || train->size[2] != test->size[2])
        return refuse(why, name, "training and test images differ in size");
    if (train->size[0] != train_labels->size[0] || test->size[0] != test_labels->size[0])
        return refuse(why, name, "there are not as many labels as images");
    if (classes_of(test_labels) > classes_of(train_labels))
        return refuse(why, name, "a test label is larger than every training label");
    return STATUS_OK;
}

static double mean_pixel(const struct idx *images)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < images->count; i++)
        sum += images->bytes[i];
    return (double)sum / (double)images->count / 255;
}

static enum status build(struct entry *e, const struct idx x[DATASET_FILES])
{
    const struct idx *train = &x[TRAIN_IMAGES], *test = &x[TEST_IMAGES];
    uint32_t features = train->size[1] * train->size[2];
    uint32_t classes = classes_of(&x[TRAIN_LABELS]);
    float background = (float)-mean_pixel(train);
    enum status status = samples_from_pixels(train->bytes, x[TRAIN_LABELS].bytes,
                                             train->size[0], features, classes,
                                             &e->train[0]);
    if (status == STATUS_OK)
        status = samples_from_pixels(test->bytes, x[TEST_LABELS].bytes, test->size[0],
                                     features, classes, &e->test[0]);
    if (status == STATUS_OK)
        status = samples_with_background(e->train[0], background, &e->train[1]);
    if (status == STATUS_OK)
        status = samples_with_background(e->test[0], background, &e->test[1]);
    for (int centred = 0; centred < 2; centred++) {
        e->set.train[centred] = e->train[centred];
        e->set.test[centred] = e->test[centred];
    }
    e->set.info.classes = classes;
    return status;
}

static enum status read_files(const char *folder, const char *name,
                              struct idx x[DATASET_FILES], struct buf *why)
{
    struct buf path;
    buf_init(&path, PATH_CAP);
    enum status status = STATUS_OK;
    for (int f = 0; status == STATUS_OK && f < DATASET_FILES; f++) {
        if (find_file(folder, name, (enum dataset_file)f, &path))
            status = idx_read(path.data, &x[f], why);
        else
            status = refuse(why, name, "a file has gone away");
    }
    buf_release(&path);
    return status;
}

static enum status load(const char *folder, const char *name, struct entry **ret,
                        struct buf *why)
{
    struct idx x[DATASET_FILES] = {{.bytes = NULL}};
    struct entry *e = calloc(1, sizeof *e);
    enum status status = e != NULL ? STATUS_OK : STATUS_NO_MEMORY;
    if (status == STATUS_OK)
        status = peek(folder, name, &e->set.info, why);
    if (status == STATUS_OK)
        status = read_files(folder, name, x, why);
    if (status == STATUS_OK)
        status = check(name, x, why);
    if (status == STATUS_OK)
        status = build(e, x);
    if (status == STATUS_OK) {
        e->set.info.loaded = true;
        for (int f = 0; f < DATASET_FILES; f++)
            memcpy(e->set.info.sha256[f], x[f].sha256, HASH_TEXT);
        *ret = e;
    } else if (e != NULL) {
        entry_free(e);
    }
    for (int f = 0; f < DATASET_FILES; f++)
        idx_release(&x[f]);
    return status;
}

static struct entry *find_loaded(struct catalogue *c, const char *name)
{
    struct entry *e = c->loaded;
    while (e != NULL && strcmp(e->set.info.name, name) != 0)
        e = e->next;
    return e;
}

/* Calls `visit` for each name in each folder until it returns false. NO_MEMORY. */
static enum status walk(const struct catalogue *c,
                        bool (*visit)(void *arg, const char *folder, const char *name),
                        void *arg)
{
    char *copy = strdup(c->folders), *rest = copy, *folder;
    if (copy == NULL)
        return STATUS_NO_MEMORY;
    bool more = true;
    while (more && (folder = next_folder(&rest)) != NULL) {
        DIR *dir = opendir(folder);
        struct dirent *d;
        while (dir != NULL && more && (d = readdir(dir)) != NULL)
            if (is_set(folder, d->d_name))
                more = visit(arg, folder, d->d_name);
        if (dir != NULL)
            closedir(dir);
    }
    free(copy);
    return STATUS_OK;
}

struct search {
    struct nearest near;
    char nearest_name[64];
    char folder[PATH_CAP];
    bool found;
};

static bool search_visit(void *arg, const char *folder, const char *name)
{
    struct search *s = arg;
    if (strcmp(name, s->near.word) == 0) {
        snprintf(s->folder, sizeof s->folder, "%s", folder);
        s->found = true;
        return false;
    }
    size_t before = s->near.distance;
    nearest_consider(&s->near, name);
    if (s->near.distance < before)
        snprintf(s->nearest_name, sizeof s->nearest_name, "%s", name);
    return true;
}

static enum status get_locked(struct catalogue *c, const char *name,
                              const struct dataset **ret, struct buf *why)
{
    struct entry *e = find_loaded(c, name);
    if (e == NULL) {
        struct search s = {.found = false};
        nearest_init(&s.near, name);
        enum status status = walk(c, search_visit, &s);
        if (status != STATUS_OK)
            return status;
        if (!s.found) {
            buf_addf(why, "there is no data set of that name");
            if (s.near.best != NULL)
                buf_addf(why, "; did you mean \"%s\"?", s.nearest_name);
            return STATUS_NOT_FOUND;
        }
        status = load(s.folder, name, &e, why);
        if (status != STATUS_OK)
            return status;
        e->next = c->loaded;
        c->loaded = e;
        log_info("data set %s loaded from %s", name, s.folder);
    }
    *ret = &e->set;
    return STATUS_OK;
}

enum status catalogue_get(struct catalogue *c, const char *name,
                          const struct dataset **ret, struct buf *why)
{
    pthread_mutex_lock(&c->lock);
    enum status status = get_locked(c, name, ret, why);
    pthread_mutex_unlock(&c->lock);
    return status;
}

struct listing {
    struct catalogue *catalogue;
    struct dataset_info *infos;
    size_t count;
};

static bool listing_visit(void *arg, const char *folder, const char *name)
{
    struct listing *l = arg;
    for (size_t i = 0; i < l->count; i++)
        if (strcmp(l->infos[i].name, name) == 0)
            return true;
    struct dataset_info *info = &l->infos[l->count];
    const struct entry *e = find_loaded(l->catalogue, name);
    struct buf why;
    buf_init(&why, 1000);
    if (e != NULL)
        *info = e->set.info;
    else if (peek(folder, name, info, &why) != STATUS_OK)
        log_warning("data set left out of the list: %s", why.data);
    l->count += info->train > 0;
    buf_release(&why);
    return l->count < SETS_MAX;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct dataset_info *)a)->name,
                  ((const struct dataset_info *)b)->name);
}

enum status catalogue_list(struct catalogue *c, struct dataset_info **ret,
                           size_t *ret_count)
{
    struct listing l = {.catalogue = c};
    l.infos = calloc(SETS_MAX, sizeof *l.infos);
    if (l.infos == NULL)
        return STATUS_NO_MEMORY;
    pthread_mutex_lock(&c->lock);
    enum status status = walk(c, listing_visit, &l);
    pthread_mutex_unlock(&c->lock);
    if (status != STATUS_OK) {
        free(l.infos);
        return status;
    }
    qsort(l.infos, l.count, sizeof *l.infos, by_name);
    *ret = l.infos;
    *ret_count = l.count;
    return STATUS_OK;
}
