/* frugald: reads its options, and does what stands beside them: serves, restores a
 * backup, or looks after tokens. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sysexits.h>

#include "base/hash.h"
#include "base/log.h"
#include "host.h"
#include "house.h"
#include "store/backup.h"
#include "remote/worker.h"
#include "version.h"
#include "work/workers.h"

static int restore(const struct options *o, struct buf *why)
{
    struct buf kept;
    buf_init(&kept, 8000);
    const char *backup = o->words.word[1];
    enum status status = store_restore(o->data_dir, backup, workers_restored, &kept, why);
    if (status == STATUS_OK)
        printf("restored %s%s%s\n", backup,
               kept.len > 0 ? "; what was there is now " : "", kept.data);
    buf_release(&kept);
    return status == STATUS_OK ? 0 : house_exit_code(status);
}

static void raise_file_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max < 4096 ? limit.rlim_max : 4096;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

/* How every command runs: files private. What serves blocks the signals. */
static void prepare_process(sigset_t *signals)
{
    sigemptyset(signals);
    sigaddset(signals, SIGTERM);
    sigaddset(signals, SIGINT);
    sigaddset(signals, SIGHUP);
    signal(SIGPIPE, SIG_IGN);
    umask(077);
    raise_file_limit();
}

/* "60s", "5m", "1h", or seconds; false: none of these. */
static bool read_duration(const char *text, double *ret)
{
    char *end;
    double n = strtod(text, &end);
    if (end == text || !(n >= 0) || n > 1e9)
        return false;
    double unit = *end == 'm' ? 60 : *end == 'h' ? 3600 : 1;
    end += strchr("smh", *end) != NULL && *end != '\0';
    *ret = n * unit;
    return *end == '\0';
}

static int work(const struct options *o, struct buf *why)
{
    struct worker_options w = {.server = o->server,
                               .token_file = o->token_file,
                               .cacert = o->cacert,
                               .cache = o->cache,
                               .runs = o->runs,
                               .nice = (int)o->nice,
                               .build = {FRUGAL_VERSION, FRUGAL_CORE}};
    if (strncmp(o->server, "http://", strlen("http://")) != 0 &&
        strncmp(o->server, "https://", strlen("https://")) != 0)
        buf_adds(why, "work needs --server, a URL with http:// or https://");
    else if (!read_duration(o->idle, &w.idle))
        buf_addf(why, "--idle takes a time like 60s, 5m or 1h, not \"%s\"", o->idle);
    else
        return worker_run(&w, why);
    return EX_USAGE;
}

/* What stands beside the options says what to do. */
static int command(struct house *house, struct buf *why)
{
    const struct opts_words *words = &house->options.words;
    const char *verb = words->count > 0 ? words->word[0] : "";
    if (strcmp(verb, "restore") == 0 && words->count == 2)
        return restore(&house->options, why);
    if (strcmp(verb, "work") == 0 && words->count == 1)
        return work(&house->options, why);
    if (strcmp(verb, "token") == 0)
        return host_command(&house->options, why);
    if (words->count == 0)
        return house_run(house, why);
    if (strcmp(verb, "restore") == 0)
        buf_adds(why, "restore takes the name of one backup");
    else
        buf_addf(why, "unexpected \"%s\"", verb);
    buf_adds(why, "; see frugald --help");
    return EX_USAGE;
}

static int start(struct house *house, struct buf *why)
{
    const struct options *o = &house->options;
    if (o->help)
        options_help();
    else if (o->version)
        printf("frugald %s\n", FRUGAL_VERSION);
    else if (o->print_config)
        options_print_config();
    if (o->help || o->version || o->print_config)
        return 0;
    if (!hash_start()) {
        buf_adds(why, "libsodium could not be started");
        return EX_SOFTWARE;
    }
    prepare_process(&house->signals);
    options_apply_log(o);
    return command(house, why);
}

int main(int argc, char **argv)
{
    struct house house = {.argc = argc, .argv = argv, .app.version = FRUGAL_VERSION};
    struct buf why;
    buf_init(&why, 4000);
    int code = options_read(argc, argv, &house.options, &why);
    if (code == EX_USAGE)
        buf_adds(&why, "; see frugald --help");
    if (code == 0)
        code = start(&house, &why);
    if (code != 0)
        fprintf(stderr, "frugald: %s\n",
                why.len > 0 ? why.data : "out of memory or file handles");
    buf_release(&why);
    options_release(&house.options);
    return code;
}
