/* The store from the inside: its one writer thread and what it shares with the others.
 * Private to the floor. */
#ifndef FRUGAL_STORE_WRITER_H
#define FRUGAL_STORE_WRITER_H

#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>

#include "store/conn.h"

struct store {
    char path[PATH_MAX]; /* of the database file */
    int lock_file;
    char weights_path[PATH_MAX];
    int weights; /* the folder itself */
    char reserve_path[PATH_MAX];
    atomic_bool tight; /* the disk was full, or has not space enough */
    struct conn *writer;
    pthread_t thread;
    pthread_key_t reader;
    void (*after)(void *arg, int64_t seq);
    void *after_arg;
    _Atomic uint64_t version;

    pthread_mutex_t lock;
    pthread_cond_t work;  /* a write was queued, or the end has come */
    pthread_cond_t space; /* the queue became shorter */
    /* protected by lock: */
    struct write *first, **last;
    size_t queued;
    bool urgent; /* a write that is not patient is queued */
    bool closing;
    void (*failed)(void *arg);
    void *failed_arg;
    struct conn *readers;

    pthread_mutex_t reserve_lock;
    /* protected by reserve_lock: */
    int reserve; /* -1: it could not be opened */
    void (*full)(void *arg);
    void *full_arg;
};

/* weights.c: opens their folder, made if missing, and deletes files that no run has. Wants
 * the writer, which has no thread yet. NO_SPACE, IO. */
enum status weights_prepare(struct store *s, const char *folder, struct buf *why);

/* backup.c: deletes copies in the folder's "backups" that did not come to their end. */
void backups_prepare(const char *folder);

/* reserve.c: opens the file, made empty if missing. */
void reserve_open(struct store *s);

/* Tells who wants to know that a write has found no space. */
void reserve_cry(struct store *s);

/* Gives a piece of it up, but leaves so many quarters of what it wants to have; false: it
 * has none to give. */
enum reserve_rest { LEAVE_NOTHING, LEAVE_FOR_START, LEAVE_FOR_ENDS };
bool reserve_give(struct store *s, enum reserve_rest rest);

/* Bytes that the reserve wants to have. */
int64_t reserve_wanted(const struct store *s);

/* The writer thread, until s->closing; arg: struct store. */
void *writer_main(void *arg);

#endif
