/* In: a job as the server gave it. Out: a line on standard output. */
#include "changed.h"

#include <inttypes.h>
#include <stdio.h>

#include "dump.h"
#include "field.h"
#include "state.h"
#include "text.h"

enum { LINE_MAX_BYTES = 4096 };

enum ending changed_print(const struct options *given, json_t *job)
{
    enum ending ending = ENDING_OK;
    struct buf raw, line;
    buf_init(&raw, LINE_MAX_BYTES);
    buf_init(&line, 4 * LINE_MAX_BYTES);
    buf_addf(&raw, "job %" PRId64 " is %s: ", field_count(job, "id"),
             field_text(job, "state", "?"));
    state_add_counts(&raw, json_object_get(job, "runs"));
    text_add_line(&line, raw.data);
    if (given->json)
        ending = dump_print(job);
    else if (given->quiet)
        printf("%" PRId64 "\n", field_count(job, "id"));
    else
        printf("%s\n", line.data);
    buf_release(&line);
    buf_release(&raw);
    json_decref(job);
    return ending;
}
