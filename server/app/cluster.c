/* In: a file that may have a token. Out: one that has. */
#include "app/cluster.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/accounts.h"
#include "base/clock.h"
#include "base/log.h"

static bool is_good(const struct app *app, const char *path)
{
    char token[TOKEN_TEXT + 1] = "";
    struct identity who;
    struct conn *c = store_reader(app->store);
    FILE *f = fopen(path, "re");
    bool read = f != NULL && fgets(token, sizeof token, f) != NULL;
    if (f != NULL)
        fclose(f);
    token[strcspn(token, "\n")] = '\0';
    return read && c != NULL &&
           account_identify(c, token, clock_now_ms(), &who) == STATUS_OK &&
           role_may(who.role, ROLE_WORKER);
}

static enum status write_file(const char *path, const char *token, struct buf *why)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool ok = fd >= 0 && dprintf(fd, "%s\n", token) > 0 && fsync(fd) == 0;
    if (!ok)
        buf_addf(why, "%s: %s", path, strerror(errno));
    if (fd >= 0)
        close(fd);
    return ok ? STATUS_OK : STATUS_IO;
}

enum status cluster_token(const struct app *app, const char *path, struct buf *why)
{
    char text[TOKEN_TEXT];
    struct token_order o;
    if (is_good(app, path))
        return STATUS_OK;
    token_order_init(&o, text);
    o.token.role = ROLE_WORKER;
    snprintf(o.token.user, sizeof o.token.user, "slurm");
    snprintf(o.token.name, sizeof o.token.name, "workers on the cluster");
    enum status status = store_write(app->store, token_order_apply, &o);
    if (status != STATUS_OK) {
        buf_addf(why, "a token for the cluster could not be made: %s",
                 status == STATUS_CONFLICT ? o.why : status_text(status));
        return status;
    }
    log_info("token %s of slurm (worker) was made for the cluster", o.token.id);
    return write_file(path, text, why);
}
