/* In: an environment and a file. Out: a token. */
#include "credentials.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "talk.h"

static const char *variable(const char *name)
{
    const char *value = getenv(name);
    return value != NULL && *value != '\0' ? value : NULL;
}

bool credentials_add_path(struct buf *b, const char *name)
{
    const char *config = variable("XDG_CONFIG_HOME"), *home = variable("HOME");
    if (config != NULL)
        return buf_addf(b, "%s/frugal%s", config, name);
    return home != NULL && buf_addf(b, "%s/.config/frugal%s", home, name);
}

bool credentials_are_sound(const char *token)
{
    size_t n = strspn(token, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                             "0123456789-._~+/=");
    return n > 0 && n <= CREDENTIALS_MAX && token[n] == '\0';
}

static enum ending check(const char *token, const char *where)
{
    if (credentials_are_sound(token))
        return ENDING_OK;
    say("%s has no token in it; frugal login asks for one", where);
    return ENDING_USAGE;
}

static enum ending read_file(int fd, const char *path, struct buf *token)
{
    struct stat st;
    char text[CREDENTIALS_MAX + 2];
    ssize_t n = -1;
    if (fstat(fd, &st) == 0 && (st.st_mode & 077) != 0) {
        say("%s can be read by others; make a new token, for this one may be known, and "
            "chmod 600 the file",
            path);
        return ENDING_USAGE;
    }
    n = read(fd, text, sizeof text - 1);
    if (n < 0) {
        say("%s: %s", path, strerror(errno));
        return ENDING_USAGE;
    }
    text[n] = '\0';
    text[strcspn(text, "\n")] = '\0';
    buf_adds(token, text);
    return check(token->data, path);
}

enum ending credentials_find(struct buf *token)
{
    const char *given = variable("FRUGAL_TOKEN");
    if (given != NULL) {
        buf_adds(token, given);
        return check(given, "FRUGAL_TOKEN");
    }
    struct buf path;
    buf_init(&path, PATH_MAX);
    enum ending ending = ENDING_OK;
    int fd = credentials_add_path(&path, "/token") ? open(path.data, O_RDONLY | O_CLOEXEC)
                                                   : -1;
    if (fd >= 0) {
        ending = read_file(fd, path.data, token);
        close(fd);
    } else if (path.len > 0 && errno != ENOENT && errno != ENOTDIR) {
        say("%s: %s", path.data, strerror(errno));
        ending = ENDING_USAGE;
    }
    buf_release(&path);
    return ending;
}

/* The folder, and the one it is in, which a new person may not have. */
static bool make_folder(void)
{
    struct buf folder;
    buf_init(&folder, PATH_MAX);
    bool ok = credentials_add_path(&folder, "");
    char *slash = ok ? strrchr(folder.data, '/') : NULL;
    if (slash != NULL) {
        *slash = '\0';
        mkdir(folder.data, 0700);
        *slash = '/';
    }
    ok = ok && (mkdir(folder.data, 0700) == 0 || errno == EEXIST);
    buf_release(&folder);
    return ok;
}

static bool write_file(const char *path, const char *token)
{
    unlink(path); /* of a process that was killed */
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return false;
    bool ok = dprintf(fd, "%s\n", token) > 0 && fsync(fd) == 0;
    return close(fd) == 0 && ok;
}

enum ending credentials_keep(const char *token, struct buf *path)
{
    struct buf fresh;
    buf_init(&fresh, PATH_MAX);
    bool ok = make_folder() && credentials_add_path(path, "/token") &&
              credentials_add_path(&fresh, "/token.new") &&
              write_file(fresh.data, token) && rename(fresh.data, path->data) == 0;
    if (!ok)
        say("the token cannot be kept in %s: %s", path->len > 0 ? path->data : "a file",
            strerror(errno));
    buf_release(&fresh);
    return ok ? ENDING_OK : ENDING_LOCAL;
}
