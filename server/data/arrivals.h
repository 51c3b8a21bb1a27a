/* Data sets on their way into the server's own folder: those that it fetches, on two
 * threads of its own, and those that somebody uploads, file by file. A set that has
 * arrived is the catalogue's; one that has failed stays here to say so, until it is asked
 * for again or removed. All of this is forgotten when the server ends. Any thread. */
#ifndef FRUGAL_DATA_ARRIVALS_H
#define FRUGAL_DATA_ARRIVALS_H

#include "data/catalogue.h"
#include "data/guard.h"

struct arrivals;

struct arrivals_options {
    const char *folder; /* of the server's own sets; made if it is missing */
    uint64_t bytes_max; /* of a set, as it is sent; inflated, twice as many */
    const char *mirror; /* URL that is tried before the others for known sets, or "" */
    struct guard guard;
};

/* Removes what an earlier process has left unfinished. To be called before there are
 * other threads; `o` is copied, its mirror is borrowed. A disk that is full, or cannot be
 * written to, is no failure yet. On failure `why` gets a sentence. IO, NO_MEMORY. */
enum status arrivals_open(const struct arrivals_options *o, struct arrivals **ret,
                          struct buf *why);

/* Other addresses are allowed from now on; what is being fetched comes to its end. */
void arrivals_allow(struct arrivals *a, const struct guard *guard);

/* Breaks off what is under way. No upload may be left. */
void arrivals_close(struct arrivals *a); /* NULL: nothing */

/* Whether the server would keep a set under that name: letters, digits, and then also
 * . _ -, at most 63. */
bool arrivals_is_name(const char *name);

enum arrival_state {
    ARRIVAL_WAITING, /* for its turn to be fetched */
    ARRIVAL_FETCHING,
    ARRIVAL_INCOMPLETE, /* some of its files have been uploaded */
    ARRIVAL_CHECKING,
    ARRIVAL_FAILED,
};

/* "waiting" ... */
const char *arrival_state_name(enum arrival_state s);

struct arrival_file {
    uint64_t bytes, of; /* that have come, and shall come; 0: not known */
    bool there;         /* whole and checked */
};

struct arrival_info {
    char name[64];
    enum arrival_state state;
    struct arrival_file file[DATASET_FILES];
    char error[64]; /* ARRIVAL_FAILED: a word, "checksum" */
    char why[200];  /* and a sentence */
};

/* False: no such set is on its way. */
bool arrivals_get(struct arrivals *a, const char *name, struct arrival_info *ret);

/* All of them, by name. The caller frees the array. NO_MEMORY. */
enum status arrivals_list(struct arrivals *a, struct arrival_info **ret,
                          size_t *ret_count);

/* Where a file is, and the SHA-256 of it as it is there, or of what it inflates to. */
struct arrival_source {
    const char *url;
    char sha256[HASH_TEXT]; /* small letters */
};

/* NULL: it can be fetched; else a sentence. */
const char *arrivals_refuse_url(const char *url);

/* Fetches a set; NULL sources: a known one. A fetch that is under way goes on. CONFLICT
 * with a sentence: it is being uploaded, or too much is on its way; NOT_FOUND: it is not
 * known; NO_SPACE, NO_MEMORY. */
enum status arrivals_fetch(struct arrivals *a, const char *name,
                           const struct arrival_source source[DATASET_FILES],
                           struct buf *why);

struct upload;

/* One file of a set, `length` bytes of it or, for 0, nobody knows how many. CONFLICT with
 * a sentence; TOO_LARGE, NO_SPACE, IO, NO_MEMORY. */
enum status upload_begin(struct arrivals *a, const char *name, enum dataset_file f,
                         uint64_t length, struct upload **ret, struct buf *why);

/* Sticky: after a failure, which upload_end returns, pieces are dropped. */
void upload_add(struct upload *u, const void *bytes, size_t n);

/* Checks the file and keeps it, and if it was the last one, the set; takes its time. On
 * failure `why` may get a sentence. BAD_DATASET, TOO_LARGE, CONFLICT, NO_SPACE, IO,
 * NO_MEMORY. */
enum status upload_end(struct upload *u, struct buf *why);

/* With all that was not kept. NULL: nothing. */
void upload_free(struct upload *u);

/* Breaks it off and forgets it. NOT_FOUND. */
enum status arrivals_cancel(struct arrivals *a, const char *name);

/* Removes a set that has arrived, from the disk. NOT_FOUND: it is not among the server's
 * own; IO. */
enum status arrivals_remove(struct arrivals *a, const char *name);

#endif
