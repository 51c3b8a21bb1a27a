/* The data sets that a server knows: folders with the four IDX files of MNIST's naming,
 * each folder a data set of the folder's name. A set is loaded once, on first use, and
 * shared by all runs until it is forgotten. All functions: any thread. */
#ifndef FRUGAL_DATA_CATALOGUE_H
#define FRUGAL_DATA_CATALOGUE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/status.h"
#include "learn/samples.h"

enum dataset_file { TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS, DATASET_FILES };

/* "train_images" and so on: the keys under which the hashes are published. */
const char *dataset_file_name(enum dataset_file f);

/* What can be said about a set without loading it. */
struct dataset_info {
    char name[64];
    uint32_t train, test, height, width;
    bool loaded;
    /* once it has been loaded: */
    uint32_t classes;
    char sha256[DATASET_FILES][HASH_TEXT];
};

struct dataset {
    struct dataset_info info;
    /* [0]: pixels / 255; [1]: minus the mean over all pixels of the training set */
    const struct samples *train[2], *test[2];
};

struct catalogue;

/* Colon-separated lists of folders, of which earlier ones win. The named ones are missed
 * where they cannot be read: the log says so at once, and catalogue_get when it finds
 * nothing. NO_MEMORY. */
enum status catalogue_open(const char *named, const char *others, struct catalogue **ret);
void catalogue_close(struct catalogue *c);

/* The names of all sets, sorted; each call looks at the folders anew. The caller frees
 * the array. NO_MEMORY. */
enum status catalogue_list(struct catalogue *c, struct dataset_info **ret,
                           size_t *ret_count);

/* The set, loaded, which takes its time on first use; to be put back. On failure `why`
 * gets a sentence: NOT_FOUND (no set of that name), BAD_DATASET (its files are damaged),
 * NO_MEMORY. */
enum status catalogue_get(struct catalogue *c, const char *name,
                          const struct dataset **ret, struct buf *why);
void catalogue_put(struct catalogue *c, const struct dataset *d); /* NULL: nothing */

/* Whether catalogue_get would only have to hand the set out. */
bool catalogue_is_loaded(struct catalogue *c, const char *name);

/* The folder that has a set of that name, into *ret. NOT_FOUND, NO_MEMORY. */
enum status catalogue_find(struct catalogue *c, const char *name, struct buf *ret);

/* One of the four files of a set, open for reading. NOT_FOUND, IO, NO_MEMORY. */
enum status catalogue_open_file(struct catalogue *c, const char *name,
                                enum dataset_file f, int *ret_fd);

/* A set that has gone from the disk: it is not handed out any more. */
void catalogue_forget(struct catalogue *c, const char *name);

/* What is known of one set. NOT_FOUND, BAD_DATASET, NO_MEMORY, with a sentence. */
enum status catalogue_info(struct catalogue *c, const char *name,
                           struct dataset_info *ret, struct buf *why);

/* Appends where sets are looked for: "A, B, C". */
void catalogue_add_folders(const struct catalogue *c, struct buf *b);

#endif
