/* In: a store at work. Out: a copy of it in its folder "backups", under names that it
 * gets when it is whole. */
#include "store/backup.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/copy.h"
#include "store/writer.h"

/* What a copy is to be called, and what it is called until then. */
struct names {
    char database[PATH_MAX], weights[PATH_MAX];
    char new_database[PATH_MAX + 8], new_weights[PATH_MAX + 8];
};

static const char unfinished[] = ".part";

static enum status find_names(const struct store *s, struct names *n, struct buf *why)
{
    char folder[PATH_MAX];
    snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(s->path, '/') - s->path),
             s->path);
    enum status status =
        name_backup(folder, "frugal", n->database, sizeof n->database, why);
    if (status == STATUS_OK)
        status = name_weights(n->database, n->weights, sizeof n->weights, why);
    if (status != STATUS_OK)
        return status;
    snprintf(n->new_database, sizeof n->new_database, "%s%s", n->database, unfinished);
    snprintf(n->new_weights, sizeof n->new_weights, "%s%s", n->weights, unfinished);
    return STATUS_OK;
}

/* The database as of one moment. The files come before it and after it: those of runs
 * that end, or begin again, meanwhile are there in any case. */
static enum status copy_all(struct store *s, const struct names *n, struct halt *halt,
                            struct buf *why)
{
    struct conn *c = NULL;
    enum status status = copy_weights(s->weights_path, n->new_weights, halt, why);
    if (status == STATUS_OK)
        status = conn_open(s->path, false, &c, why);
    if (status == STATUS_OK)
        status = copy_database(c->db, n->new_database, halt, why);
    conn_close(c);
    if (status == STATUS_OK)
        status = copy_weights(s->weights_path, n->new_weights, halt, why);
    return status;
}

/* The database last: where it is, its weights files are. */
static enum status give_names(const struct names *n, struct buf *why)
{
    enum status status = give_name(n->new_weights, n->weights, why);
    return status == STATUS_OK ? give_name(n->new_database, n->database, why) : status;
}

enum status store_backup(struct store *s, struct halt *halt, struct buf *path,
                         int64_t *ret_bytes, struct buf *why)
{
    struct names n;
    struct stat st;
    enum status status = find_names(s, &n, why);
    if (status != STATUS_OK)
        return status;
    status = copy_all(s, &n, halt, why);
    if (status == STATUS_OK)
        status = give_names(&n, why);
    if (status != STATUS_OK) {
        remove_copy(n.new_database);
        remove_copy(n.database);
        remove_weights(n.new_weights);
        remove_weights(n.weights);
        return status;
    }
    *ret_bytes = stat(n.database, &st) == 0 ? st.st_size : 0;
    buf_adds(path, n.database);
    return STATUS_OK;
}

/* "X.db.part", and "X.weights", which had its name already when the end came; or
 * "X.weights.part". */
static void remove_unfinished(const char *folder, const char *name, size_t length)
{
    char path[PATH_MAX + 300], weights[PATH_MAX];
    struct buf ignored;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    remove_weights(path);
    remove_copy(path);
    snprintf(path, sizeof path, "%s/%.*s", folder, (int)length, name);
    buf_init(&ignored, 1000);
    if (strcmp(path + strlen(path) - 3, ".db") == 0 &&
        name_weights(path, weights, sizeof weights, &ignored) == STATUS_OK)
        remove_weights(weights);
    buf_release(&ignored);
}

void backups_prepare(const char *folder)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/backups", folder);
    DIR *d = opendir(path);
    if (d == NULL)
        return;
    for (struct dirent *entry; (entry = readdir(d)) != NULL;) {
        bool ours = strncmp(entry->d_name, "frugal-", 7) == 0 ||
                    strncmp(entry->d_name, "before-", 7) == 0;
        const char *end = strrchr(entry->d_name, '.');
        size_t length = end != NULL ? (size_t)(end - entry->d_name) : 0;
        if (ours && length > 0 && strcmp(end, unfinished) == 0)
            remove_unfinished(path, entry->d_name, length);
    }
    closedir(d);
}
