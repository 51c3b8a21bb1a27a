/* The store from the inside: its one writer thread and what it shares with the others.
 * Private to the floor. */
#ifndef FRUGAL_STORE_WRITER_H
#define FRUGAL_STORE_WRITER_H

#include <limits.h>
#include <pthread.h>

#include "store/conn.h"

struct store {
    char path[PATH_MAX]; /* of the database file */
    int lock_file;
    char weights_path[PATH_MAX];
    int weights; /* the folder itself */
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
    struct conn *readers;
};

/* weights.c: opens their folder, made if missing, and deletes files that no run has. Wants
 * the writer, which has no thread yet. NO_SPACE, IO. */
enum status weights_prepare(struct store *s, const char *folder, struct buf *why);

/* backup.c: deletes copies in the folder's "backups" that did not come to their end. */
void backups_prepare(const char *folder);

/* The writer thread, until s->closing; arg: struct store. */
void *writer_main(void *arg);

#endif
