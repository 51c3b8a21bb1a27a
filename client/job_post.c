/* In: a spec. Out: a job, or what it would be. */
#include "job_post.h"

#include <stdio.h>
#include <sys/random.h>

#include "api.h"
#include "dump.h"
#include "talk.h"

enum { BODY_MAX_BYTES = 32 * 1024 * 1024, KEY_BYTES = 16, KEY_TEXT = 2 * KEY_BYTES + 1 };

/* A key that no other submission has: with it, a POST whose answer got lost can be sent
 * again without making a second job. */
static enum ending make_key(char ret[static KEY_TEXT])
{
    unsigned char bytes[KEY_BYTES];
    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes) {
        say("the system gives no random numbers");
        return ENDING_LOCAL;
    }
    for (size_t i = 0; i < sizeof bytes; i++)
        snprintf(ret + 2 * i, 3, "%02x", bytes[i]);
    return ENDING_OK;
}

enum ending job_post(struct http *http, bool dry_run, const struct problem_source *from,
                     json_t **ret)
{
    char key[KEY_TEXT];
    enum ending ending = make_key(key);
    if (ending != ENDING_OK)
        return ending;
    struct buf body;
    buf_init(&body, BODY_MAX_BYTES);
    dump_line(&body, from->sent);
    struct http_request request = {
        .path = dry_run ? "/v1/jobs?dry_run=1" : "/v1/jobs", .body = &body, .key = key};
    ending = body.failed ? say_no_memory() : api_spec(http, &request, from, ret);
    buf_release(&body);
    return ending;
}
