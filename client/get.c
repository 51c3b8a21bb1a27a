/* In: the weights file of a run. Out: the same, as a file that is there as a whole or not
 * at all, or on standard output. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api.h"
#include "talk.h"
#include "terminal.h"
#include "verbs.h"

enum { NAME_MAX_BYTES = 4096, BLOCK = 64 * 1024 };

static const struct opt options[] = {
    {"output", 'o', OPT_TEXT, offsetof(struct options, output), "FILE", NULL, 0, 0,
     "where to put it; - is standard output. Default: run-RUN.npz"},
    VERBS_FLAG("force", 0, force, "replace a file that is there"),
};

static enum ending cannot_write(const char *name)
{
    say("%s: %s", name, strerror(errno));
    return ENDING_LOCAL;
}

static enum ending fetch(struct http *http, int64_t run, FILE *into)
{
    char path[64];
    struct http_reply reply;
    snprintf(path, sizeof path, "/v1/runs/%" PRId64 "/weights", run);
    enum ending ending =
        api_send(http, &(struct http_request){.path = path, .into = into}, &reply);
    if (ending == ENDING_OK)
        buf_release(&reply.text);
    return ending;
}

/* Through a file without a name, so that nothing is printed twice when an attempt breaks
 * off. */
static enum ending print(struct http *http, int64_t run)
{
    static char block[BLOCK];
    size_t n;
    if (terminal_is(stdout)) {
        say("the file is nothing to read on a terminal");
        return ENDING_USAGE;
    }
    FILE *f = tmpfile();
    if (f == NULL)
        return cannot_write("a temporary file");
    enum ending ending = fetch(http, run, f);
    rewind(f);
    while (ending == ENDING_OK && (n = fread(block, 1, sizeof block, f)) > 0)
        fwrite(block, 1, n, stdout);
    fclose(f);
    return ending;
}

/* The rights that a new file of this user has. */
static mode_t usual_mode(void)
{
    mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

/* Gives the finished file its name. Not every file system can refuse to replace another;
 * what was there before is known. */
static bool put_in_place(FILE *f, const char *unfinished, const char *name, bool force)
{
    if (fflush(f) != 0 || fchmod(fileno(f), usual_mode()) != 0 || fsync(fileno(f)) != 0)
        return false;
    if (!force && renameat2(AT_FDCWD, unfinished, AT_FDCWD, name, RENAME_NOREPLACE) == 0)
        return true;
    return (force || errno == EINVAL) && rename(unfinished, name) == 0;
}

/* A file of its own beside the one that is wanted; `unfinished` gets its name. */
static FILE *open_unfinished(const char *name, char unfinished[static NAME_MAX_BYTES])
{
    if (snprintf(unfinished, NAME_MAX_BYTES, "%s.XXXXXX", name) >= NAME_MAX_BYTES) {
        errno = ENAMETOOLONG;
        return NULL;
    }
    int fd = mkstemp(unfinished);
    FILE *f = fd >= 0 ? fdopen(fd, "wb") : NULL;
    if (f == NULL && fd >= 0) {
        unlink(unfinished);
        close(fd);
    }
    return f;
}

static enum ending save(struct http *http, int64_t run, const char *name, bool force)
{
    char unfinished[NAME_MAX_BYTES];
    if (!force && access(name, F_OK) == 0) {
        say("%s is there already; --force replaces it", name);
        return ENDING_LOCAL;
    }
    FILE *f = open_unfinished(name, unfinished);
    if (f == NULL)
        return cannot_write(name);
    enum ending ending = fetch(http, run, f);
    if (ending == ENDING_OK && !put_in_place(f, unfinished, name, force))
        ending = cannot_write(name);
    if (ending != ENDING_OK)
        unlink(unfinished);
    fclose(f);
    return ending;
}

static enum ending run(const struct options *given, const struct opts_words *words,
                       struct http *http)
{
    int64_t id;
    char usual[40];
    enum ending ending = api_read_id(words->word[0], "run", &id);
    if (ending != ENDING_OK)
        return ending;
    snprintf(usual, sizeof usual, "run-%" PRId64 ".npz", id);
    const char *name = given->output != NULL ? given->output : usual;
    if (strcmp(name, "-") == 0)
        return print(http, id);
    return save(http, id, name, given->force);
}

const struct verb verb_get = {
    .name = "get",
    .words = "RUN",
    .summary = "Saves the weights of a run that has ended, for numpy.load",
    .more = "The arrays are weights_layer1 ..., float32 with one row per source and the "
            "bias\n"
            "last, and changes_layer1 ..., uint32: how often each synapse changed.\n",
    .words_min = 1,
    .words_max = 1,
    .options = options,
    .rows = sizeof options / sizeof *options,
    .run = run,
};
