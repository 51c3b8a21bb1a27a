/* In: a name, and URLs or files. Out: a data set on the server, and its progress on
 * standard error. */
#include "dataset_add.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "api.h"
#include "dump.h"
#include "field.h"
#include "number.h"
#include "talk.h"
#include "terminal.h"
#include "text.h"

enum { PATH_MAX_BYTES = 512, LINE_MAX_BYTES = 1024, FILES = 4 };

static const double poll_seconds = 0.3, patience_seconds = 30;

static const char *const keys[FILES] = {"train_images", "train_labels", "test_images",
                                        "test_labels"};

/* A line on a terminal that is drawn again in place; nothing elsewhere. */
struct line {
    bool redraws, drawn;
};

static void draw(struct line *l, const char *text)
{
    struct buf safe;
    if (!l->redraws)
        return;
    buf_init(&safe, LINE_MAX_BYTES);
    text_add_line(&safe, text);
    fprintf(stderr, "\r%s\033[K", safe.data);
    l->drawn = true;
    buf_release(&safe);
}

static void wipe(struct line *l)
{
    if (l->drawn)
        fprintf(stderr, "\r\033[K");
    l->drawn = false;
}

void dataset_add_progress(struct buf *b, const json_t *dataset)
{
    const json_t *files = json_object_get(dataset, "files");
    double bytes = 0, of = 0;
    bool known = true;
    for (int f = 0; f < FILES; f++) {
        const json_t *file = json_object_get(files, keys[f]);
        int64_t n = field_count(file, "bytes"), all = field_count(file, "of");
        bytes += n > 0 ? (double)n : 0;
        of += all > 0 ? (double)all : 0;
        known = known && all > 0;
    }
    buf_addf(b, "%s: %s, %.1f", field_text(dataset, "name", "?"),
             field_text(dataset, "state", "?"), bytes / 1e6);
    if (known)
        buf_addf(b, " of %.1f", of / 1e6);
    buf_adds(b, " MB");
}

static bool is_working(const char *state)
{
    return strcmp(state, "waiting") == 0 || strcmp(state, "fetching") == 0 ||
           strcmp(state, "checking") == 0;
}

/* Says how it ended. */
static enum ending judge(const struct options *given, const json_t *dataset)
{
    const char *name = field_text(dataset, "name", "?");
    const char *state = field_text(dataset, "state", "?");
    if (strcmp(state, "failed") == 0) {
        say("data set %s: %s", name, field_text(dataset, "error", "failed"));
        say_more("%s", field_text(dataset, "reason", ""));
        return ENDING_RUN_FAILED;
    }
    if (given->json)
        return dump_print(dataset);
    if (given->quiet)
        printf("%s\n", name);
    else if (strcmp(state, "ready") == 0)
        printf("%s: %" PRId64 " training and %" PRId64 " test images of %" PRId64
               " x %" PRId64 " pixels\n",
               name, field_count(dataset, "train"), field_count(dataset, "test"),
               field_count(dataset, "height"), field_count(dataset, "width"));
    else
        printf("%s: %s\n", name, state);
    return ENDING_OK;
}

/* Takes the data set as it is now. */
static enum ending follow(const struct options *given, struct http *http, json_t *dataset)
{
    struct line line = {.redraws = !given->quiet && terminal_redraws(stderr)};
    enum ending ending = ENDING_OK;
    struct buf text, name;
    buf_init(&text, LINE_MAX_BYTES);
    buf_init(&name, LINE_MAX_BYTES);
    http_add_escaped(&name, field_text(dataset, "name", "?"));
    http_be_patient(http, &(struct http_patience){.seconds = patience_seconds});
    while (ending == ENDING_OK && is_working(field_text(dataset, "state", "?"))) {
        buf_clear(&text);
        dataset_add_progress(&text, dataset);
        draw(&line, text.data);
        http_pause(http, poll_seconds);
        json_decref(dataset);
        dataset = NULL;
        ending = api_get(http, &dataset, "/v1/datasets/%s", name.data);
    }
    http_be_patient(http, NULL);
    wipe(&line);
    if (ending == ENDING_OK)
        ending = judge(given, dataset);
    json_decref(dataset);
    buf_release(&text);
    buf_release(&name);
    return ending;
}

static json_t *view_sources(const struct options *given)
{
    json_t *files = json_object();
    for (size_t f = 0; f < FILES; f++)
        json_object_set_new(files, keys[f],
                            json_pack("{s:s, s:s}", "url", given->url.word[f], "sha256",
                                      given->sha256.word[f]));
    return files;
}

enum ending dataset_fetch(const struct options *given, struct http *http,
                          const char *name)
{
    if ((given->url.count != 0 && given->url.count != FILES) ||
        given->url.count != given->sha256.count) {
        say("a data set has 4 files, each with a --url and a --sha256: training images, "
            "training labels, test images, test labels");
        return ENDING_USAGE;
    }
    json_t *dataset, *body = json_pack("{s:s}", "name", name);
    if (body == NULL) {
        say("a data set cannot have that name");
        return ENDING_USAGE;
    }
    if (given->url.count > 0)
        json_object_set_new(body, "files", view_sources(given));
    enum ending ending = api_order(http, &dataset, "POST", body, "/v1/datasets");
    json_decref(body);
    if (ending != ENDING_OK)
        return ending;
    if (!given->no_wait)
        return follow(given, http, dataset);
    ending = judge(given, dataset);
    json_decref(dataset);
    return ending;
}

/* A file on its way. */
struct sending {
    struct line line;
    const char *file;
};

static void show_sent(void *to, double bytes, double of)
{
    struct sending *s = to;
    char text[LINE_MAX_BYTES];
    snprintf(text, sizeof text, "%.200s: %.1f of %.1f MB", s->file, bytes / 1e6,
             of / 1e6);
    draw(&s->line, text);
}

static enum ending send_file(struct http *http, const char *name, const char *key,
                             struct sending *s, json_t **ret)
{
    FILE *f = fopen(s->file, "rb");
    if (f == NULL) {
        say("%s: %s", s->file, strerror(errno));
        return ENDING_USAGE;
    }
    struct buf path;
    buf_init(&path, PATH_MAX_BYTES);
    buf_adds(&path, "/v1/datasets/");
    http_add_escaped(&path, name);
    buf_addf(&path, "/%s", key);
    struct http_request request = {
        .path = path.data, .from = f, .sent = show_sent, .sent_to = s};
    enum ending ending = api_json(http, &request, ret);
    wipe(&s->line);
    if (ending != ENDING_OK)
        say_more("this was %s, the %s", s->file, key);
    buf_release(&path);
    fclose(f);
    return ending;
}

enum ending dataset_upload(const struct options *given, struct http *http,
                           const char *name, const char *const files[4])
{
    json_t *dataset = NULL;
    enum ending ending = ENDING_OK;
    struct sending s = {.line.redraws = !given->quiet && terminal_redraws(stderr)};
    for (int f = 0; f < FILES && ending == ENDING_OK; f++) {
        json_decref(dataset);
        dataset = NULL;
        s.file = files[f];
        ending = send_file(http, name, keys[f], &s, &dataset);
    }
    if (ending == ENDING_OK)
        ending = judge(given, dataset);
    json_decref(dataset);
    return ending;
}
