/* Replies. Each function gives the request its one reply; headers that every reply
 * carries are added here. */
#ifndef FRUGAL_HTTP_REPLY_H
#define FRUGAL_HTTP_REPLY_H

#include "http/etag.h"
#include "http/request.h"

/* Takes the document. The 200 of a GET has a validator: 304 where the client has it. */
void reply_json(struct request *r, unsigned code, json_t *document);

/* Takes text made by malloc; NULL is answered as out of memory. `type` is static. */
void reply_text(struct request *r, unsigned code, const char *type, char *text,
                size_t length);

/* The same for CSV, with a validator. */
void reply_csv(struct request *r, char *text, size_t length);

/* Takes the text of a JSON document, made by malloc, with its validator. */
void reply_version(struct request *r, char *text, size_t length, const char *etag);

/* The document as reply_json writes it; the caller frees it. NULL without memory. */
char *reply_json_text(const json_t *document);

/* A document that stays the same while the program runs; made when it is first asked for.
 */
struct constant {
    char *(*make)(void);
    const char *type; /* NULL: JSON */
    char *text;
    size_t length;
    char etag[ETAG_TEXT];
};
void reply_constant(struct request *r, struct constant *c);

/* A file of the page, whose bytes are part of the program. */
void reply_page(struct request *r, const char *type, const char *bytes, size_t length,
                const char *etag);

/* Takes a file open for reading, which is sent as an attachment of that name, with a
 * validator as above. */
void reply_file(struct request *r, const char *type, int fd, uint64_t length,
                const char *name, const char *etag);

/* 304, and true, where the client has the version; else nothing. For bodies that are not
 * known before they are sent. */
bool reply_if_known(struct request *r, const char *type, const char *etag);

/* The header of a 200 whose body is not made, for HEAD. */
void reply_head(struct request *r, const char *type);

/* A body that `read` produces piece by piece until it says that it is over. */
void reply_stream(struct request *r, const char *type, MHD_ContentReaderCallback read,
                  void *arg, MHD_ContentReaderFreeCallback release);

/* problem+json (RFC 9457). `detail` may be NULL, problems too. */
void reply_problem(struct request *r, enum status status, const char *detail,
                   const struct problems *problems);

/* 429, and in how many seconds to try again; closes the connection if r->closes. */
void reply_wait(struct request *r, enum status status, int seconds);

/* The server stops: 503, and when to try again. */
void reply_unavailable(struct request *r);

/* The run of the request's path could not be read; NOT_FOUND: there is none. */
void reply_no_run(struct request *r, enum status status);

/* A header of the reply that is there already. */
void reply_header(struct request *r, const char *name, const char *value);

/* A whole number that JSON readers keep exactly, or a real; null for what is not finite.
 */
json_t *json_count(double x);
json_t *json_measure(double x);

/* "2026-11-23T17:00:00.123Z", or null for 0. */
json_t *json_time(int64_t ms);

/* "2026-11-23" for a day counted from 1970. */
json_t *json_day(int64_t day);

/* A string, or null for NULL. */
json_t *json_text(const char *text);

/* Parsed JSON that the store keeps as text; null when it cannot be read. */
json_t *json_stored(const char *text);

#endif
