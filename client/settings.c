/* In: a file. Out: options; the environment and the command line go before them. */
#include "settings.h"

#include <limits.h>
#include <sys/stat.h>

#include "credentials.h"
#include "talk.h"

enum { ERROR_MAX_BYTES = PATH_MAX + 1000 };

/* Who may write to the file says where tokens go. */
static bool others_write(const struct stat *st)
{
    return (st->st_mode & (S_IWGRP | S_IWOTH)) != 0;
}

static enum ending read_file(const char *path, struct options *into, struct conf *conf)
{
    struct buf error;
    buf_init(&error, ERROR_MAX_BYTES);
    bool ok = conf_read(verbs_options, verbs_options_rows, path, into, conf, &error);
    if (!ok)
        say("%s", error.data);
    buf_release(&error);
    return ok ? ENDING_OK : ENDING_USAGE;
}

enum ending settings_read(struct options *into, struct conf *ret)
{
    struct buf path;
    struct stat st;
    enum ending ending = ENDING_OK;
    *ret = (struct conf){.count = 0};
    buf_init(&path, PATH_MAX);
    if (credentials_add_path(&path, "/frugal.conf") && stat(path.data, &st) == 0) {
        if (others_write(&st)) {
            say("%s can be changed by others: chmod 600 it", path.data);
            ending = ENDING_USAGE;
        } else {
            ending = read_file(path.data, into, ret);
        }
    }
    buf_release(&path);
    return ending;
}
