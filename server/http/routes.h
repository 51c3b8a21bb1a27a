/* The route table: all that is served below /v1, and beside it. */
#ifndef FRUGAL_HTTP_ROUTES_H
#define FRUGAL_HTTP_ROUTES_H

#include "base/buf.h"
#include "http/request.h"

extern const struct route routes[];
extern const size_t routes_count;

enum route_match { ROUTE_FOUND, ROUTE_OTHER_METHOD, ROUTE_UNKNOWN };

/* Finds the row for a method (HEAD counts as GET) and a path, and the number or the words
 * in the path. ROUTE_OTHER_METHOD: `allow` gets the methods that the path has. */
enum route_match route_find(const char *method, const char *path,
                            const struct route **ret, int64_t *ret_id,
                            char ret_word[ROUTE_WORDS][ROUTE_WORD], struct buf *allow);

/* Who is called before the body comes, to set `take` or to refuse it, where a body is
 * octets; NULL: it is JSON, and kept. */
handler *route_receiver(const struct route *route);

/* One file per resource. */
handler jobs_submit, jobs_list, jobs_get;
handler summary_get, curves_get, presets_list;
handler jobs_patch, jobs_delete, jobs_restore, jobs_extend;
handler jobs_cancel, jobs_hold, jobs_release, jobs_retry;
handler runs_list, runs_get, runs_trace, runs_why, runs_attempts, runs_verify;
handler export_get, weights_get, workers_get, workers_patch, backups_make, disk_get;
handler datasets_list, datasets_get, datasets_fetch, datasets_delete, datasets_receive,
    datasets_put;
handler work_claim, work_sign, work_start, work_end, work_dataset, work_dataset_file;
handler work_receive, work_rows, work_checkpoint_get, work_checkpoint_put,
    work_checkpoint_delete, work_weights;
handler me_get, tokens_make, tokens_list, tokens_revoke;
handler users_make, users_list, users_patch, users_delete;
handler spec_get, spec_schema_get, events_stream;
handler index_get, health_get, ready_get, metrics_get, openapi_get, assets_get;

#endif
