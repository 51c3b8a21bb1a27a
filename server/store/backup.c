#include "store/backup.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/copy.h"
#include "store/writer.h"

/* The database as of one moment. The files come before it and after it: those of runs
 * that end, or begin again, meanwhile are there in any case. */
static enum status copy_all(struct store *s, const char *name, const char *weights,
                            struct buf *why)
{
    struct conn *c = NULL;
    enum status status = copy_weights(s->weights_path, weights, why);
    if (status == STATUS_OK)
        status = conn_open(s->path, false, &c, why);
    if (status == STATUS_OK)
        status = copy_database(c->db, name, why);
    conn_close(c);
    if (status == STATUS_OK)
        status = copy_weights(s->weights_path, weights, why);
    return status;
}

enum status store_backup(struct store *s, struct buf *path, int64_t *ret_bytes,
                         struct buf *why)
{
    char name[PATH_MAX], weights[PATH_MAX], folder[PATH_MAX];
    struct stat st;
    snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(s->path, '/') - s->path),
             s->path);
    enum status status = name_backup(folder, "frugal", name, sizeof name, why);
    if (status == STATUS_OK)
        status = name_weights(name, weights, sizeof weights, why);
    if (status != STATUS_OK)
        return status;
    status = copy_all(s, name, weights, why);
    if (status != STATUS_OK) {
        unlink(name);
        remove_weights(weights);
        return status;
    }
    *ret_bytes = stat(name, &st) == 0 ? st.st_size : 0;
    buf_adds(path, name);
    return STATUS_OK;
}
