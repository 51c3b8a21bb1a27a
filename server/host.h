/* `frugald token ...`, for whoever owns the data directory. Beside a running server,
 * which alone may write, the order goes to it through a socket in that directory. */
#ifndef FRUGAL_HOST_H
#define FRUGAL_HOST_H

#include "base/buf.h"
#include "options.h"
#include "store/store.h"

struct host;

/* Takes orders from now on, on a thread of its own. NULL: `why` gets a sentence. */
struct host *host_open(const char *data_dir, struct store *store, struct buf *why);
void host_close(struct host *h);

/* Does what o->words say: token create USER, ls, or revoke ID. Returns the exit status;
 * if it is not 0, `why` gets a sentence. */
int host_command(const struct options *o, struct buf *why);

#endif
