/* In: a path of the server. Out: its answer, as a file that is there as a whole or not at
 * all, or on standard output. */
#include "save.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api.h"
#include "talk.h"
#include "terminal.h"
#include "text.h"

enum { NAME_MAX_BYTES = 4096, BLOCK = 64 * 1024, LINE_MAX_BYTES = 4 * 1024 * 1024 };

static enum ending cannot_write(const char *name)
{
    say("%s: %s", name, strerror(errno));
    return ENDING_LOCAL;
}

static enum ending fetch(struct http *http, const char *path, FILE *into)
{
    struct http_reply reply;
    enum ending ending =
        api_send(http, &(struct http_request){.path = path, .into = into}, &reply);
    if (ending == ENDING_OK)
        http_reply_release(&reply);
    return ending;
}

/* Line by line, without what a terminal could obey. */
static enum ending show(FILE *f)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t n;
    struct buf safe;
    bool failed = false;
    buf_init(&safe, LINE_MAX_BYTES);
    while (!failed && (n = getline(&line, &room, f)) > 0) {
        buf_clear(&safe);
        text_add_page(&safe, line, (size_t)n);
        failed = safe.failed;
        fwrite(safe.data, 1, safe.len, stdout);
    }
    free(line);
    buf_release(&safe);
    return failed ? say_no_memory() : ENDING_OK;
}

static void copy(FILE *f)
{
    static char block[BLOCK];
    size_t n;
    while ((n = fread(block, 1, sizeof block, f)) > 0)
        fwrite(block, 1, n, stdout);
}

enum ending save_print(struct http *http, const char *path)
{
    FILE *f = tmpfile();
    if (f == NULL)
        return cannot_write("a temporary file");
    enum ending ending = fetch(http, path, f);
    rewind(f);
    if (ending == ENDING_OK && terminal_is(stdout))
        ending = show(f);
    else if (ending == ENDING_OK)
        copy(f);
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

enum ending save_file(struct http *http, const char *path, const char *name, bool force)
{
    char unfinished[NAME_MAX_BYTES];
    if (!force && access(name, F_OK) == 0) {
        say("%s is there already; --force replaces it", name);
        return ENDING_LOCAL;
    }
    FILE *f = open_unfinished(name, unfinished);
    if (f == NULL)
        return cannot_write(name);
    enum ending ending = fetch(http, path, f);
    if (ending == ENDING_OK && !put_in_place(f, unfinished, name, force))
        ending = cannot_write(name);
    if (ending != ENDING_OK)
        unlink(unfinished);
    fclose(f);
    return ending;
}
