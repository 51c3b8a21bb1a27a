/* The store: everything that outlives the process, in one SQLite file and, where it is
 * large, in files beside it.
 *
 * One thread, the writer, owns the only connection that ever writes (SQLite 3.40.1 may
 * corrupt a file that two connections write to or checkpoint, sqlite.org/wal.html, "The
 * WAL-Reset Bug"). Others hand it writes and read through a read-only connection of their
 * own thread. What a write has done is durable before its `done` is called. */
#ifndef FRUGAL_STORE_STORE_H
#define FRUGAL_STORE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/status.h"

struct store;
struct conn;

/* One change, in a transaction that it may share with others. The struct belongs to the
 * caller and must stay where it is until `done` was called. */
struct write {
    /* Runs on the writer thread. Anything but STATUS_OK undoes this write, and only it.
     * Once more, with nothing of it left in the store, when there was no space. */
    enum status (*apply)(struct conn *c, void *arg);
    /* Runs on the writer thread, once the outcome is on the disk; may be NULL. Must not
     * block. */
    void (*done)(void *arg, enum status outcome);
    void *arg;
    bool patient; /* may wait a little, so that more writes share a transaction */
    struct write *next;
    enum status outcome;
};

/* Opens or creates the store in `folder`, which becomes private to this user, locks it
 * against a second server, and brings the schema up to date. On failure `why` gets a
 * sentence. CONFLICT: another server has it; FOREIGN; CORRUPT; IO; NO_SPACE: not even
 * with the reserve; NO_MEMORY. */
enum status store_open(const char *folder, struct store **ret, struct buf *why);

/* Finishes all writes, folds the write-ahead log back and unlocks. No other thread may
 * use the store any more. */
void store_close(struct store *s);

/* Calls after(arg, seq) on the writer thread after each commit that added events; seq is
 * that of the newest. Set before other threads use the store. */
void store_on_commit(struct store *s, void (*after)(void *arg, int64_t seq), void *arg);

/* Calls failed(arg) on the writer thread when the file cannot be written and the process
 * is about to end with status 74, for that alone. NULL: nobody any more. Any thread. */
void store_on_failure(struct store *s, void (*failed)(void *arg), void *arg);

/* Grows with every commit, before anybody is told of it: what was read after a version was
 * taken holds as long as the version stays. Any thread. */
uint64_t store_version(const struct store *s);

/* Hands over a write. Waits only while thousands are ahead of a patient one. Any thread. */
void store_post(struct store *s, struct write *w);

/* The same, and waits until it is done. Any thread but the writer. */
enum status store_write(struct store *s, enum status (*apply)(struct conn *, void *),
                        void *arg);

/* The read-only connection of the calling thread; NULL without memory or file handles. */
struct conn *store_reader(struct store *s);

/* Closes that connection, if there is one: the thread needs it no more, and is not waited
 * for by the time the store closes. */
void store_reader_close(struct store *s);

/* What is read in between is of one moment. Never across a wait: the log grows meanwhile. */
enum status store_read_begin(struct conn *c);
void store_read_end(struct conn *c);

#endif
