/* The folder in which the server keeps data sets that were fetched or uploaded. A set is
 * put together in a place of its own, file by file, and appears under its name as a
 * whole, or not at all. All names on the disk are the server's own, but for that of a
 * finished set, which has been checked. Private to the floor. Any thread, but one at a
 * time uses a file. */
#ifndef FRUGAL_DATA_SHELF_H
#define FRUGAL_DATA_SHELF_H

#include <limits.h>
#include <stdatomic.h>

#include "data/dataset.h"

struct shelf {
    char path[PATH_MAX];
    int folder, unfinished; /* descriptors; -1: not open */
    atomic_llong number;    /* of the next temporary file */
};

enum { SHELF_PATH_MAX = PATH_MAX - 200 };

/* Makes the folder if it is missing and removes what an earlier process has not finished;
 * on a disk that does not allow that, the log says so, and shelf_begin tries again.
 * False: the path is too long. */
bool shelf_open(struct shelf *s, const char *folder);
void shelf_close(struct shelf *s);

/* A place for the files of one set, and its end with all that is in it. NO_SPACE, IO. One
 * thread at a time begins. */
enum status shelf_begin(struct shelf *s, int64_t place);
void shelf_abandon(struct shelf *s, int64_t place);

/* A file on its way. */
struct shelf_file {
    struct shelf *shelf;
    int64_t place;
    int fd; /* -1: dropped, or kept */
    char name[32];
    uint64_t bytes;
    uint64_t looked; /* bytes when the disk was last looked at */
    struct hash hash;
};

/* NO_SPACE, IO. A file must be kept or dropped. */
enum status shelf_create(struct shelf *s, int64_t place, struct shelf_file *ret);

/* NO_SPACE: the disk is nearly full; IO. */
enum status shelf_write(struct shelf_file *f, const void *bytes, size_t n);

/* The path of what has been written so far. */
void shelf_file_path(const struct shelf_file *f, char ret[static PATH_MAX]);

/* The SHA-256 of all that was written; once. */
void shelf_file_hash(struct shelf_file *f, char ret[static HASH_TEXT]);

/* What was written is on the disk; takes its time. NO_SPACE, IO. */
enum status shelf_sync(struct shelf_file *f);

/* Becomes one of the four files of its set. NO_SPACE, IO: it is dropped. */
enum status shelf_keep(struct shelf_file *f, enum dataset_file which, bool zipped);
void shelf_drop(struct shelf_file *f);

/* The set appears under its name, durably. CONFLICT: there is one; NO_SPACE, IO. */
enum status shelf_finish(struct shelf *s, int64_t place, const char *name);

/* NOT_FOUND: the shelf has no set of that name; IO. */
enum status shelf_remove(struct shelf *s, const char *name);

#endif
