/* Resources of the server as JSON. Every failure is spoken about before it is returned.
 */
#ifndef FRUGAL_CLIENT_API_H
#define FRUGAL_CLIENT_API_H

#include <jansson.h>
#include <stdint.h>

#include "ending.h"
#include "http.h"
#include "problem.h"

enum { API_ALL = 1000000 /* more items than any list is read to */ };

/* Sends and judges: ENDING_OK with the raw answer means success of 2xx. */
enum ending api_send(struct http *h, const struct http_request *request,
                     struct http_reply *ret);

/* The same for answers that are one JSON object; the caller owns *ret. */
enum ending api_json(struct http *h, const struct http_request *request, json_t **ret);

/* The same, where complaints are about a spec that was sent. */
enum ending api_spec(struct http *h, const struct http_request *request,
                     const struct problem_source *from, json_t **ret);

/* GET of the path that the format gives. */
__attribute__((format(printf, 3, 4))) enum ending api_get(struct http *h, json_t **ret,
                                                          const char *fmt, ...);

/* The same with a method and a body; NULL: none. */
__attribute__((format(printf, 5, 6))) enum ending api_order(struct http *h, json_t **ret,
                                                            const char *method,
                                                            const json_t *body,
                                                            const char *fmt, ...);

/* The items of a list, all its pages until there are `limit`. `path` has a query. */
enum ending api_list(struct http *h, const char *path, long limit, json_t **ret_items);

/* Begins with a path that has a query, and appends filter and order; NULL: none. The
 * caller releases *ret in any case. */
enum ending api_list_path(struct buf *ret, const char *path, const char *filter,
                          const char *sort);

/* All runs of a job, ascending. */
enum ending api_runs(struct http *h, int64_t job, json_t **ret_items);

/* Reads a job's or run's number from the command line. */
enum ending api_read_id(const char *word, const char *what, int64_t *ret);

#endif
