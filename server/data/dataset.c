/* In: a folder and the name of a data set in it. Out: the set, checked. Knows the naming
 * of MNIST's files; their contents are idx.c's and the sparse form is learn's. */
#include "data/dataset.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_CAP = 4096 };

const char *dataset_file_name(enum dataset_file f)
{
    static const char *const names[] = {"train_images", "train_labels", "test_images",
                                        "test_labels"};
    return names[f];
}

void dataset_free(struct loaded *e)
{
    for (int centred = 1; centred >= 0; centred--) { /* [1] borrows from [0] */
        samples_free(e->train[centred]);
        samples_free(e->test[centred]);
    }
    free(e);
}

static const char *const stems[DATASET_FILES] = {"train-images", "train-labels",
                                                 "t10k-images", "t10k-labels"};

static int dims_of(enum dataset_file f)
{
    return f == TRAIN_IMAGES || f == TEST_IMAGES ? 3 : 1;
}

void dataset_name_file(enum dataset_file f, bool zipped,
                       char ret[static DATASET_FILE_NAME])
{
    snprintf(ret, DATASET_FILE_NAME, "%s-idx%d-ubyte%s", stems[f], dims_of(f),
             zipped ? ".gz" : "");
}

/* The path of one of the four files, whichever spelling of it exists. */
static bool find_file(const char *folder, const char *name, enum dataset_file f,
                      struct buf *path)
{
    for (int i = 0; i < 4; i++) {
        char file[DATASET_FILE_NAME];
        dataset_name_file(f, i & 1, file);
        if (i & 2) /* the dots of some distributions */
            file[strlen(stems[f])] = '.';
        buf_clear(path);
        if (buf_addf(path, "%s/%s/%s", folder, name, file) &&
            access(path->data, R_OK) == 0)
            return true;
    }
    return false;
}

bool dataset_is_name(const char *name)
{
    return name[0] != '.' && name[0] != '\0' && strchr(name, '/') == NULL &&
           strlen(name) < sizeof((struct dataset_info *)0)->name;
}

bool dataset_is_there(const char *folder, const char *name)
{
    struct buf path;
    buf_init(&path, PATH_CAP);
    bool complete = dataset_is_name(name);
    for (int f = 0; complete && f < DATASET_FILES; f++)
        complete = find_file(folder, name, (enum dataset_file)f, &path);
    buf_release(&path);
    return complete;
}

enum status dataset_open(const char *folder, const char *name, enum dataset_file f,
                         int *ret_fd)
{
    struct buf path;
    buf_init(&path, PATH_CAP);
    enum status status = STATUS_NOT_FOUND;
    if (dataset_is_name(name) && find_file(folder, name, f, &path)) {
        *ret_fd = open(path.data, O_RDONLY | O_CLOEXEC);
        status = *ret_fd >= 0 ? STATUS_OK : STATUS_IO;
    }
    buf_release(&path);
    return status;
}

enum status dataset_peek(const char *folder, const char *name, struct dataset_info *ret,
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
    if (status == STATUS_OK)
        status = find_file(folder, name, TEST_IMAGES, &path)
                     ? idx_peek(path.data, &test, why)
                     : STATUS_NOT_FOUND;
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
    return (uint32_t)labels->most + 1;
}

enum status dataset_check(const char *name, const struct idx x[DATASET_FILES],
                          struct buf *why)
{
    const struct idx *train = &x[TRAIN_IMAGES], *test = &x[TEST_IMAGES];
    const struct idx *train_labels = &x[TRAIN_LABELS], *test_labels = &x[TEST_LABELS];
    if (train->dims != 3 || test->dims != 3)
        return refuse(why, name, "the image files do not have 3 dimensions");
    if (train_labels->dims != 1 || test_labels->dims != 1)
        return refuse(why, name, "the label files do not have 1 dimension");
    if ((uint64_t)train->size[1] * train->size[2] > SAMPLES_FEATURES_MAX)
        return refuse(why, name, "an image has more than 65535 pixels");
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

static enum status build(struct loaded *e, const struct idx x[DATASET_FILES])
{
    const struct idx *train = &x[TRAIN_IMAGES], *test = &x[TEST_IMAGES];
    uint32_t features = train->size[1] * train->size[2];
    uint32_t classes = classes_of(&x[TRAIN_LABELS]);
    float background = (float)-mean_pixel(train);
    enum status status =
        samples_from_pixels(train->bytes, x[TRAIN_LABELS].bytes, train->size[0], features,
                            classes, &e->train[0]);
    if (status == STATUS_OK)
        status = samples_from_pixels(test->bytes, x[TEST_LABELS].bytes, test->size[0],
                                     features, classes, &e->test[0]);
    if (status == STATUS_OK)
        status = samples_pair(e->test[0]);
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

enum status dataset_load(const char *folder, const char *name, struct loaded **ret,
                         struct buf *why)
{
    struct idx x[DATASET_FILES] = {{.bytes = NULL}};
    struct loaded *e = calloc(1, sizeof *e);
    enum status status = e != NULL ? STATUS_OK : STATUS_NO_MEMORY;
    if (status == STATUS_OK)
        status = dataset_peek(folder, name, &e->set.info, why);
    if (status == STATUS_OK)
        status = read_files(folder, name, x, why);
    if (status == STATUS_OK)
        status = dataset_check(name, x, why);
    if (status == STATUS_OK)
        status = build(e, x);
    if (status == STATUS_OK) {
        e->set.info.loaded = true;
        for (int f = 0; f < DATASET_FILES; f++)
            memcpy(e->set.info.sha256[f], x[f].sha256, HASH_TEXT);
        *ret = e;
    } else if (e != NULL) {
        dataset_free(e);
    }
    for (int f = 0; f < DATASET_FILES; f++)
        idx_release(&x[f]);
    return status;
}
