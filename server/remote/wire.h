/* What a server and its workers send each other, the same words on both sides. Pure. What
 * is read was sent by somebody: readers return false for what makes no sense, and borrow
 * texts from the document. */
#ifndef FRUGAL_REMOTE_WIRE_H
#define FRUGAL_REMOTE_WIRE_H

#include <jansson.h>

#include "base/hash.h"
#include "store/attempts.h"
#include "store/changes.h"
#include "store/checkpoints.h"
#include "store/leases.h"
#include "store/traces.h"

/* New references. */
json_t *wire_claim(const struct claim *c);
json_t *wire_start(const struct run_start *s);

/* Owns its strings. */
bool wire_read_claim(const json_t *j, struct claim *ret);

/* ret->run and ret->attempt are the reader's to set. */
bool wire_read_start(const json_t *j, struct run_start *ret);

/* How an attempt ends. */
enum wire_end_kind { WIRE_FINISH, WIRE_REQUEUE, WIRE_WAIT, WIRE_VERIFIED, WIRE_ENDS };

struct wire_end {
    enum wire_end_kind kind;
    struct run_end run;         /* but for VERIFIED */
    struct run_changes changes; /* that run.changes points to, once it was read */
    const char *dataset;        /* WAIT */
    struct verification_end verification;
};

json_t *wire_end(const struct wire_end *e);

/* run.run, run.job, run.now and those of the verification are the reader's to set. *ret
 * must stay where it is. */
bool wire_read_end(const json_t *j, struct wire_end *ret);

/* Rows, one after the other, as little-endian numbers. False: the buffer is full. */
bool wire_add_row(struct buf *b, const struct trace_entry *row);

/* Takes the next row off the front of [*left] bytes at *at; value [TRACE_COLUMNS_MAX] is
 * what ret->value points to. */
bool wire_read_row(const char **at, size_t *left, double *value, struct lease_row *ret);

/* What precedes the state of a checkpoint. */
enum { WIRE_CHECKPOINT_HEAD = 16 };
void wire_write_checkpoint(const struct checkpoint *p,
                           char ret[static WIRE_CHECKPOINT_HEAD]);

/* ret->state points into the bytes. */
bool wire_read_checkpoint(char *bytes, size_t size, struct checkpoint *ret);

/* A text of a document with at most so many bytes, all of them printable; NULL: there is
 * none like that. */
const char *wire_text(const json_t *j, const char *key, size_t most);

#endif
