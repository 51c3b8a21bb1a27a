/* The data sets that the server has, or will have. */
#ifndef FRUGAL_APP_DATASETS_H
#define FRUGAL_APP_DATASETS_H

#include "app/app.h"

/* A set that is there, or on its way. */
struct dataset_entry {
    bool comes;                 /* on its way, or has failed to come: */
    struct arrival_info coming; /* valid if so */
    struct dataset_info info;   /* valid if not; the name is there in both cases */
};

/* One set. NOT_FOUND, NO_MEMORY. Any thread. */
enum status dataset_read(const struct app *app, const char *name,
                         struct dataset_entry *ret);

/* All of them, by name. The caller frees the array. NO_MEMORY. Any thread. */
enum status dataset_read_all(const struct app *app, struct dataset_entry **ret,
                             size_t *ret_count);

/* Whether a set may be brought here under that name. CONFLICT: there is one; NO_SPACE:
 * the disk is nearly full; both with a sentence. NO_MEMORY. Any thread. */
enum status dataset_may_come(const struct app *app, const char *name, struct buf *why);

/* Removes a set of the server's own, or one on its way. NOT_FOUND; CONFLICT with a
 * sentence: runs are for it, or it is in another folder. IO, NO_MEMORY. Any thread that
 * may wait. */
enum status dataset_remove(const struct app *app, const char *name, struct buf *why);

#endif
