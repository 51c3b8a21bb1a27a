/* The token that workers on a cluster show. */
#ifndef FRUGAL_APP_CLUSTER_H
#define FRUGAL_APP_CLUSTER_H

#include "app/app.h"

/* Sees to it that the file has a good token of the role worker; made anew, of the user
 * "slurm", if it has none. On failure `why` gets a sentence. IO, NO_SPACE, CONFLICT: that
 * user may be no worker. */
enum status cluster_token(const struct app *app, const char *path, struct buf *why);

#endif
