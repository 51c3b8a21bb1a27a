/* A socket in the data directory, which only its owner can reach: in comes an order, out
 * goes an exit status, a newline, and text. */
#include "host.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "host_order.h"

enum { SILENCE_SECONDS = 5, PATIENCE_SECONDS = 10 };

static const char socket_name[] = "admin.sock";

struct host {
    struct store *store;
    int folder, listening;
    pthread_t thread;
};

/* The folder goes in as a descriptor, for an address has no room for a long path. */
static struct sockaddr_un address_in(int folder)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    snprintf(a.sun_path, sizeof a.sun_path, "/proc/self/fd/%d/%s", folder, socket_name);
    return a;
}

static void limit_silence(int fd)
{
    struct timeval t = {.tv_sec = SILENCE_SECONDS};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof t);
}

/* Until the other side has said all. */
static bool receive(int fd, struct buf *into)
{
    char bytes[4096];
    ssize_t n;
    while ((n = recv(fd, bytes, sizeof bytes, 0)) > 0)
        buf_add(into, bytes, (size_t)n);
    return n == 0 && !into->failed;
}

static bool send_all(int fd, const struct buf *b)
{
    for (size_t sent = 0; sent < b->len;) {
        ssize_t n = send(fd, b->data + sent, b->len - sent, MSG_NOSIGNAL);
        if (n <= 0)
            return false;
        sent += (size_t)n;
    }
    return shutdown(fd, SHUT_WR) == 0;
}

static void serve(struct host *h, int fd)
{
    struct buf order, text, answer;
    buf_init(&order, HOST_ORDER_MAX);
    buf_init(&text, HOST_ANSWER_MAX);
    buf_init(&answer, HOST_ANSWER_MAX + 16);
    limit_silence(fd);
    if (receive(fd, &order)) {
        int code = host_order_do(h->store, order.data, &text);
        buf_addf(&answer, "%d\n%s", code, text.data);
        send_all(fd, &answer);
    }
    buf_release(&order);
    buf_release(&text);
    buf_release(&answer);
}

static void *host_main(void *arg)
{
    struct host *h = arg;
    int fd;
    while ((fd = accept4(h->listening, NULL, NULL, SOCK_CLOEXEC)) >= 0 ||
           errno == EINTR || errno == ECONNABORTED) {
        if (fd < 0)
            continue;
        serve(h, fd);
        close(fd);
    }
    return NULL;
}

static bool listen_in(struct host *h)
{
    struct sockaddr_un a = address_in(h->folder);
    unlinkat(h->folder, socket_name, 0); /* of a process that was killed */
    h->listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return h->listening >= 0 &&
           bind(h->listening, (const struct sockaddr *)&a, sizeof a) == 0 &&
           listen(h->listening, 8) == 0;
}

struct host *host_open(const char *data_dir, struct store *store, struct buf *why)
{
    struct host *h = calloc(1, sizeof *h);
    if (h == NULL)
        return NULL;
    *h = (struct host){.store = store, .listening = -1};
    h->folder = open(data_dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (h->folder >= 0 && listen_in(h) &&
        pthread_create(&h->thread, NULL, host_main, h) == 0)
        return h;
    buf_addf(why, "%s/%s: %s", data_dir, socket_name, strerror(errno));
    if (h->listening >= 0)
        close(h->listening);
    if (h->folder >= 0)
        close(h->folder);
    free(h);
    return NULL;
}

void host_close(struct host *h)
{
    unlinkat(h->folder, socket_name, 0);
    shutdown(h->listening, SHUT_RDWR);
    pthread_join(h->thread, NULL);
    close(h->listening);
    close(h->folder);
    free(h);
}

/* A connection to the server that uses the directory; -1: none does. */
static int reach_server(const char *data_dir)
{
    int folder = open(data_dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return -1;
    struct sockaddr_un a = address_in(folder);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (const struct sockaddr *)&a, sizeof a) != 0) {
        close(fd);
        fd = -1;
    }
    close(folder);
    return fd;
}

static int ask_server(int fd, const struct buf *order, struct buf *answer)
{
    struct buf all;
    char *text;
    buf_init(&all, HOST_ANSWER_MAX + 16);
    limit_silence(fd);
    bool ok = send_all(fd, order) && receive(fd, &all);
    long code = strtol(all.data, &text, 10);
    ok = ok && *text == '\n';
    buf_adds(answer, ok ? text + 1 : "the server does not answer");
    buf_release(&all);
    return ok ? (int)code : EX_TEMPFAIL;
}

/* Without a server this process is the one that may write. */
static int do_it_here(const char *data_dir, const struct buf *order, struct buf *answer,
                      bool *ret_taken)
{
    struct store *store;
    enum status status = store_open(data_dir, &store, answer);
    *ret_taken = status == STATUS_CONFLICT;
    if (status != STATUS_OK)
        return *ret_taken ? EX_TEMPFAIL : EX_CANTCREAT;
    int code = host_order_do(store, order->data, answer);
    store_close(store);
    return code;
}

/* A server that starts or ends has the directory, but does not listen: it is waited for.
 */
static int give(const char *data_dir, const struct buf *order, struct buf *answer)
{
    static const struct timespec pause = {.tv_nsec = 100000000};
    double end = clock_monotonic() + PATIENCE_SECONDS;
    for (;; nanosleep(&pause, NULL)) {
        bool taken;
        buf_clear(answer);
        int fd = reach_server(data_dir);
        int code = fd >= 0 ? ask_server(fd, order, answer)
                           : do_it_here(data_dir, order, answer, &taken);
        if (fd >= 0)
            close(fd);
        if (fd >= 0 || !taken || clock_monotonic() > end)
            return code;
    }
}

int host_command(const struct options *o, struct buf *why)
{
    char secret[TOKEN_TEXT];
    struct buf order, answer;
    buf_init(&order, HOST_ORDER_MAX);
    buf_init(&answer, HOST_ANSWER_MAX);
    int code = EX_USAGE;
    log_set_level(LOG_LEVEL_WARNING);
    if (host_order_write(o, &order, secret, why)) {
        code = give(o->data_dir, &order, &answer);
        if (code != 0)
            buf_adds(why, answer.data);
        else if (*secret != '\0')
            printf("%s\n", secret);
        else
            fputs(answer.data, stdout);
    }
    buf_release(&order);
    buf_release(&answer);
    return code;
}
