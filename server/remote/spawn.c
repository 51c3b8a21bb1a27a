#include "remote/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

extern char **environ;

/* Three pipes: [0] is its standard input, and so on; -1: closed. */
struct pipes {
    int ours[3], theirs[3];
};

static void close_one(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static bool open_pipes(struct pipes *p)
{
    bool ok = true;
    for (int i = 0; i < 3; i++) {
        int fd[2] = {-1, -1};
        ok = ok && pipe2(fd, O_CLOEXEC) == 0;
        p->ours[i] = fd[i != 0 ? 0 : 1];
        p->theirs[i] = fd[i != 0 ? 1 : 0];
    }
    return ok;
}

/* The signals are as a program expects them. */
static int start(const char *const argv[], const struct pipes *p, pid_t *ret)
{
    sigset_t none, usual;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_t actions;
    sigemptyset(&none);
    sigemptyset(&usual);
    sigaddset(&usual, SIGPIPE);
    sigaddset(&usual, SIGHUP);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &usual);
    posix_spawn_file_actions_init(&actions);
    for (int i = 0; i < 3; i++)
        posix_spawn_file_actions_adddup2(&actions, p->theirs[i], i);
    int code = posix_spawnp(ret, argv[0], &actions, &attributes,
                            (char *const *)(uintptr_t)argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return code;
}

/* What it says is read to its end, even where there is no room for it. */
static void take(int *fd, struct buf *into)
{
    char bytes[4096];
    ssize_t n = read(*fd, bytes, sizeof bytes);
    if (n > 0)
        buf_add(into, bytes, (size_t)n);
    else if (n == 0 || errno != EINTR)
        close_one(fd);
}

static void give(int *fd, const char **input)
{
    ssize_t n = write(*fd, *input, strlen(*input));
    if (n > 0)
        *input += n;
    if ((n < 0 && errno != EINTR && errno != EAGAIN) || **input == '\0')
        close_one(fd);
}

/* Until both its outputs are closed. False: it takes too long. */
static bool talk(struct pipes *p, const char *input, double until, struct buf *out,
                 struct buf *err)
{
    fcntl(p->ours[0], F_SETFL, O_NONBLOCK);
    if (*input == '\0')
        close_one(&p->ours[0]);
    while (p->ours[1] >= 0 || p->ours[2] >= 0) {
        double left = until - clock_monotonic();
        struct pollfd fds[3] = {{.fd = p->ours[0], .events = POLLOUT},
                                {.fd = p->ours[1], .events = POLLIN},
                                {.fd = p->ours[2], .events = POLLIN}};
        if (left <= 0 || (poll(fds, 3, (int)(left * 1000) + 1) < 0 && errno != EINTR))
            return false;
        if (fds[0].fd >= 0 && fds[0].revents != 0)
            give(&p->ours[0], &input);
        if (fds[1].fd >= 0 && fds[1].revents != 0)
            take(&p->ours[1], out);
        if (fds[2].fd >= 0 && fds[2].revents != 0)
            take(&p->ours[2], err);
    }
    return true;
}

static enum status conclude(const char *name, int code, bool in_time, struct buf *err)
{
    if (!in_time) {
        buf_clear(err);
        buf_addf(err, "%s did not end in time", name);
    } else if (WIFEXITED(code) && WEXITSTATUS(code) == 0) {
        return STATUS_OK;
    } else if (err->len == 0) {
        buf_addf(err, "%s ended with %s %d", name, WIFEXITED(code) ? "status" : "signal",
                 WIFEXITED(code) ? WEXITSTATUS(code) : WTERMSIG(code));
    }
    return STATUS_IO;
}

enum status spawn_run(const char *const argv[], const char *input, double seconds,
                      struct buf *out, struct buf *err)
{
    struct pipes p;
    pid_t child = -1;
    int code = open_pipes(&p) ? start(argv, &p, &child) : errno, ended = 0;
    bool in_time = true;
    for (int i = 0; i < 3; i++)
        close_one(&p.theirs[i]);
    if (code == 0) {
        in_time = talk(&p, input, clock_monotonic() + seconds, out, err);
        if (!in_time)
            kill(child, SIGKILL);
        while (waitpid(child, &ended, 0) < 0 && errno == EINTR)
            ;
    }
    for (int i = 0; i < 3; i++)
        close_one(&p.ours[i]);
    if (code != 0) {
        buf_clear(err);
        buf_addf(err, "%s: %s", argv[0], strerror(code));
        return STATUS_IO;
    }
    return conclude(argv[0], ended, in_time, err);
}
