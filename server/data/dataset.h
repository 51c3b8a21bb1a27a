/* One data set on the disk and in memory. Private to the floor. */
#ifndef FRUGAL_DATA_DATASET_H
#define FRUGAL_DATA_DATASET_H

#include "data/catalogue.h"
#include "data/idx.h"

struct loaded {
    struct dataset set; /* first: what is handed out */
    struct samples *train[2], *test[2];
    unsigned users; /* the catalogue's: how often it is handed out */
    struct loaded *next;
};

enum { DATASET_FILE_NAME = 32 }; /* bytes */

/* The name that one of the four files has in its folder: MNIST's. */
void dataset_name_file(enum dataset_file f, bool zipped,
                       char ret[static DATASET_FILE_NAME]);

/* Whether a folder may be called that, and so a data set. */
bool dataset_is_name(const char *name);

/* Whether folder/name holds a data set. */
bool dataset_is_there(const char *folder, const char *name);

/* One of its files, open for reading. NOT_FOUND, IO. */
enum status dataset_open(const char *folder, const char *name, enum dataset_file f,
                         int *ret_fd);

/* Dimensions from the headers. */
enum status dataset_peek(const char *folder, const char *name, struct dataset_info *ret,
                         struct buf *why);

/* Whether four files make a set, from what they are and the largest of their bytes.
 * BAD_DATASET. */
enum status dataset_check(const char *name, const struct idx x[DATASET_FILES],
                          struct buf *why);

/* Everything; free it with dataset_free. BAD_DATASET, NOT_FOUND, NO_MEMORY. */
enum status dataset_load(const char *folder, const char *name, struct loaded **ret,
                         struct buf *why);
void dataset_free(struct loaded *d);

#endif
