/* One data set on the disk and in memory. Private to the floor. */
#ifndef FRUGAL_DATA_DATASET_H
#define FRUGAL_DATA_DATASET_H

#include "data/catalogue.h"

struct loaded {
    struct dataset set; /* first: handed out while the catalogue lives */
    struct samples *train[2], *test[2];
    struct loaded *next;
};

/* Whether folder/name holds a data set. */
bool dataset_is_there(const char *folder, const char *name);

/* Dimensions from the headers. */
enum status dataset_peek(const char *folder, const char *name, struct dataset_info *ret,
                         struct buf *why);

/* Everything; free it with dataset_free. BAD_DATASET, NOT_FOUND, NO_MEMORY. */
enum status dataset_load(const char *folder, const char *name, struct loaded **ret,
                         struct buf *why);
void dataset_free(struct loaded *d);

#endif
