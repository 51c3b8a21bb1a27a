/* The table, and the order in which its places are read. */
#include "options.h"

#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/log.h"

static const char usual_config[] = "/etc/frugal/frugald.conf";

static const struct options defaults = {
    .listen = "127.0.0.1:8750",
    .data_dir = "frugal-data",
    .datasets = "",
    .tls_cert = "",
    .tls_key = "",
    .allowed_hosts = "",
    .trusted_proxy = "",
    .fetch_allow = "",
    .fetch_ports = "",
    .fetch_mirror = "",
    .dataset_megabytes = 2047,
    .workers = -1,
    .checkpoint_seconds = 10,
    .nice = 10,
    .limits = {.connections = 256,
               .connections_per_address = 64,
               .event_streams = 64,
               .event_streams_per_user = 8,
               .submissions_per_minute = 0,
               .body_kilobytes = 256,
               .idle_seconds = 30,
               .header_seconds = 10,
               .body_seconds = 60,
               .upload_seconds = 3600},
    .log_level = LOG_LEVEL_INFO,
    .log_format = LOG_FORMAT_KEYS,
    .lease_seconds = 90,
    .executor = EXECUTOR_THREADS,
    .slurm_partition = "",
    .slurm_account = "",
    .slurm_time = "",
    .slurm_memory = "",
    .slurm_options = "",
    .slurm_url = "",
    .slurm_program = "",
    .slurm_cache = "",
    .slurm_cacert = "",
    .slurm_processes = 16,
    .server = "",
    .token_file = "",
    .cacert = "",
    .cache = "",
    .idle = "60s",
    .role = "",
    .name = "",
};

#define ROW(name, letter, kind, member, metavar, env, min, max, help)                    \
    {                                                                                    \
        name, letter, kind, offsetof(struct options, member), metavar, env, min, max,    \
            help                                                                         \
    }
#define TEXT(name, member, metavar, env, help)                                           \
    ROW(name, 0, OPT_TEXT, member, metavar, env, 0, 0, help)
#define COUNT(name, member, metavar, env, min, max, help)                                \
    ROW(name, 0, OPT_COUNT, member, metavar, env, min, max, help)
#define CHOICE(name, member, choices, env, help)                                         \
    ROW(name, 0, OPT_CHOICE, member, choices, env, 0, 0, help)
#define FLAG(name, letter, member, env, help)                                            \
    ROW(name, letter, OPT_FLAG, member, NULL, env, 0, 0, help)

static const struct opt table[] = {
    ROW("config", 0, OPT_FILE, config, "FILE", "FRUGAL_CONFIG", 0, 0,
        "The file of settings; without one, /etc/frugal/frugald.conf if it is there"),
    TEXT(
        "listen", listen, "ADDRESS:PORT", "FRUGAL_LISTEN",
        "Where to answer; port 0 takes a free one. Beyond this machine tokens are always "
        "required"),
    TEXT("data-dir", data_dir, "DIR", "FRUGAL_DATA_DIR",
         "Where jobs and traces are kept; made if missing"),
    TEXT("datasets", datasets, "DIR", "FRUGAL_DATASETS",
         "Folder with one folder per data set, or several with colons between; searched "
         "before DATA_DIR/datasets and /usr/share/datasets"),
    COUNT("workers", workers, "N", "FRUGAL_WORKERS", 0, 1024,
          "Runs to train at the same time; with 0 none begins until frugal admin workers "
          "says so. Default: the number of processors"),
    COUNT("nice", nice, "N", "FRUGAL_NICE", 0, 19,
          "How far training gives way to answers and to other programs, as nice(1)"),
    COUNT("per-owner", per_owner, "N", "FRUGAL_PER_OWNER", 0, 1024,
          "Runs of one owner at the same time; 0: any number"),
    COUNT("waiting-per-owner", waiting_per_owner, "N", "FRUGAL_WAITING_PER_OWNER", 0,
          100000000,
          "Runs of one owner that may wait, held ones included; a job that would make "
          "more is refused with 429. 0: any number"),
    COUNT(
        "checkpoint-seconds", checkpoint_seconds, "N", "FRUGAL_CHECKPOINT_SECONDS", 0,
        300,
        "Computing that a crash may cost a run, in seconds, though more if a network is "
        "very large; 0: as little as possible"),
    COUNT("lease-seconds", lease_seconds, "N", "FRUGAL_LEASE_SECONDS", 3, 3600,
          "Silence after which a worker elsewhere has lost its run, which goes on with "
          "another one"),
    CHOICE("executor", executor, "threads|slurm", "FRUGAL_EXECUTOR",
           "threads, or slurm: workers are submitted to Slurm, as many as the queue can "
           "use, and "
           "there are no threads unless workers says so"),
    COUNT("slurm-processes", slurm_processes, "N", "FRUGAL_SLURM_PROCESSES", 1, 4000,
          "Workers in Slurm at the same time, waiting ones included"),
    TEXT("slurm-partition", slurm_partition, "NAME", "FRUGAL_SLURM_PARTITION",
         "Where they go; without one, where Slurm sends them. So with the next three"),
    TEXT("slurm-account", slurm_account, "NAME", "FRUGAL_SLURM_ACCOUNT",
         "On whose account"),
    TEXT("slurm-time", slurm_time, "TIME", "FRUGAL_SLURM_TIME",
         "Time limit of a worker, as sbatch takes it, more than two minutes; runs go on "
         "with "
         "the next one"),
    TEXT("slurm-memory", slurm_memory, "SIZE", "FRUGAL_SLURM_MEMORY",
         "Memory of a worker, as sbatch takes it: 2G"),
    TEXT("slurm-options", slurm_options, "OPTIONS", "FRUGAL_SLURM_OPTIONS",
         "Further options of sbatch, with spaces between: --qos=low --constraint=avx512"),
    TEXT("slurm-url", slurm_url, "URL", "FRUGAL_SLURM_URL",
         "How the nodes reach the server. Default: the address that it answers on"),
    TEXT("slurm-program", slurm_program, "FILE", "FRUGAL_SLURM_PROGRAM",
         "frugald, the same build, on the nodes. Default: the path of this one"),
    TEXT("slurm-cache", slurm_cache, "DIR", "FRUGAL_SLURM_CACHE",
         "Where the nodes keep data sets. Default: frugal in the user's cache"),
    TEXT("slurm-cacert", slurm_cacert, "FILE", "FRUGAL_SLURM_CACERT",
         "The certificate that signed the server's, on the nodes"),
    COUNT("dataset-megabytes", dataset_megabytes, "N", "FRUGAL_DATASET_MEGABYTES", 1,
          2047,
          "Largest data set that is fetched or uploaded, compressed as it comes; what it "
          "inflates to may be twice as much"),
    TEXT("fetch-allow", fetch_allow, "RANGES", "FRUGAL_FETCH_ALLOW",
         "Addresses from which data sets may be fetched besides public ones, with commas "
         "between: 10.1.0.0/16,fd00::/8"),
    TEXT("fetch-ports", fetch_ports, "PORTS", "FRUGAL_FETCH_PORTS",
         "Ports from which they may be fetched besides 80, 443, 8080 and 8443"),
    TEXT("fetch-mirror", fetch_mirror, "URL", "FRUGAL_FETCH_MIRROR",
         "Where known data sets are looked for before their public mirrors: as "
         "URL/mnist/train-images-idx3-ubyte.gz"),
    FLAG(
        "require-tokens", 0, require_tokens, "FRUGAL_REQUIRE_TOKENS",
        "Answer only those who have a token, on this machine too; needed behind a proxy"),
    TEXT("tls-cert", tls_cert, "FILE", "FRUGAL_TLS_CERT",
         "Speak TLS, with this certificate, and those that it was signed with, in PEM"),
    TEXT("tls-key", tls_key, "FILE", "FRUGAL_TLS_KEY",
         "Its private key in PEM; nobody else may read it, but its group"),
    FLAG("plain-on-lan", 0, plain_on_lan, "FRUGAL_PLAIN_ON_LAN",
         "Listen beyond this machine without TLS, though whoever is on the way can read "
         "the tokens"),
    TEXT("allowed-hosts", allowed_hosts, "NAME,...", "FRUGAL_ALLOWED_HOSTS",
         "Names under which the server is asked for, beside localhost, addresses and the "
         "name of this machine"),
    TEXT("trusted-proxy", trusted_proxy, "ADDRESS,...", "FRUGAL_TRUSTED_PROXY",
         "Proxies before this server; who asks through them stands in X-Forwarded-For"),
    COUNT("connections", limits.connections, "N", "FRUGAL_CONNECTIONS", 8, 3000,
          "Connections that may be open; others wait"),
    COUNT(
        "connections-per-address", limits.connections_per_address, "N",
        "FRUGAL_CONNECTIONS_PER_ADDRESS", 0, 3000,
        "Of these from one address, others are closed; 0, or behind a proxy: any number"),
    COUNT("event-streams", limits.event_streams, "N", "FRUGAL_EVENT_STREAMS", 0, 2000,
          "Streams of events that may be open; others get 503"),
    COUNT("event-streams-per-user", limits.event_streams_per_user, "N",
          "FRUGAL_EVENT_STREAMS_PER_USER", 1, 2000,
          "Of these for one user; others get 429"),
    COUNT("submissions-per-minute", limits.submissions_per_minute, "N",
          "FRUGAL_SUBMISSIONS_PER_MINUTE", 0, 1000000,
          "Jobs that one user may submit within a minute; others get 429. 0: any number"),
    COUNT("body-kilobytes", limits.body_kilobytes, "N", "FRUGAL_BODY_KILOBYTES", 1, 4096,
          "Largest job spec; while it is read it may take 80 times as much memory"),
    COUNT("header-seconds", limits.header_seconds, "N", "FRUGAL_HEADER_SECONDS", 1, 3600,
          "From connecting to a whole request header"),
    COUNT("body-seconds", limits.body_seconds, "N", "FRUGAL_BODY_SECONDS", 1, 3600,
          "From the header to the end of the body, which also has to come at 1 kB/s"),
    COUNT("upload-seconds", limits.upload_seconds, "N", "FRUGAL_UPLOAD_SECONDS", 1, 86400,
          "The same for a file of a data set"),
    COUNT("idle-seconds", limits.idle_seconds, "N", "FRUGAL_IDLE_SECONDS", 1, 3600,
          "Without a byte until a connection is closed, also between two requests"),
    CHOICE("log-level", log_level, LOG_LEVELS, "FRUGAL_LOG_LEVEL",
           "What is logged: this and what is worse; debug has every request"),
    CHOICE("log-format", log_format, LOG_FORMATS, "FRUGAL_LOG_FORMAT",
           "How: lines of KEY=VALUE; or the same without the time, and with the level as "
           "systemd reads it"),
    FLAG("print-config", 0, print_config, NULL,
         "Print a file of all settings with their defaults"),
    TEXT("role", role, "ROLE", NULL,
         "token create: reader, user, admin or worker. Default: the user's, of a new one "
         "user"),
    TEXT("name", name, "NAME", NULL, "token create: what it is for"),
    TEXT("server", server, "URL", NULL, "work: the server whose runs are computed"),
    TEXT("token-file", token_file, "FILE", NULL,
         "work: a file with a token of the role worker"),
    TEXT("cacert", cacert, "FILE", NULL,
         "work: believe only certificates that are signed with one in this file"),
    TEXT("cache", cache, "DIR", NULL,
         "work: where data sets of the server are kept, for all workers of this machine. "
         "Default: frugal in the user's cache"),
    TEXT("idle", idle, "TIME", NULL,
         "work: end after so long without a run: 60s, 5m, 1h"),
    COUNT("runs", runs, "N", NULL, 0, 1000000000,
          "work: end after so many runs; 0: any number"),
    COUNT("expires", expires, "DAYS", NULL, 0, 36500,
          "token create: days until it expires; 0: never"),
    FLAG("help", 'h', help, NULL, "Print this help"),
    FLAG("version", 0, version, NULL, "Print the version"),
};

enum { OPTIONS = sizeof table / sizeof table[0] };

/* Read again on SIGHUP; see reread() in house.c. */
static const size_t live[] = {
    offsetof(struct options, per_owner),   offsetof(struct options, waiting_per_owner),
    offsetof(struct options, tls_cert),    offsetof(struct options, tls_key),
    offsetof(struct options, fetch_allow), offsetof(struct options, fetch_ports),
    offsetof(struct options, log_level),   offsetof(struct options, log_format),
};

static const char *note(const struct opt *o)
{
    for (size_t i = 0; i < sizeof live / sizeof live[0]; i++)
        if (o->offset == live[i])
            return "Read again on SIGHUP.";
    return NULL;
}

/* The file that is named, or that is where it usually is; NULL: none. */
static const char *config_of(const struct options *o)
{
    if (o->config != NULL)
        return o->config;
    return access(usual_config, F_OK) == 0 ? usual_config : NULL;
}

int options_read(int argc, char *const *argv, struct options *ret, struct buf *error)
{
    struct opts_words words;
    *ret = defaults;
    if (!opts_parse(table, OPTIONS, argc, argv, ret, &words, error))
        return EX_USAGE;
    if (ret->help || ret->version || ret->print_config)
        return 0; /* whatever the file says */
    const char *config = config_of(ret);
    *ret = defaults;
    if (config != NULL && !conf_read(table, OPTIONS, config, ret, &ret->conf, error))
        return EX_CONFIG;
    opts_parse(table, OPTIONS, argc, argv, ret, &ret->words, error); /* as before */
    if (ret->workers < 0)
        ret->workers =
            ret->executor == EXECUTOR_SLURM ? 0 : sysconf(_SC_NPROCESSORS_ONLN);
    return 0;
}

void options_release(struct options *o)
{
    conf_release(&o->conf);
}

int options_mistake(const struct options *o, const char *value, struct buf *why)
{
    struct buf all;
    int line = conf_line(&o->conf, value);
    if (line == 0)
        return EX_USAGE;
    buf_init(&all, why->cap);
    buf_addf(&all, "%s, line %d: %s", config_of(o), line, why->data);
    buf_clear(why);
    buf_adds(why, all.data);
    buf_release(&all);
    return EX_CONFIG;
}

void options_apply_log(const struct options *o)
{
    log_set_level((enum log_level)o->log_level);
    log_set_format((enum log_format)o->log_format);
}

void options_help(void)
{
    printf(
        "frugald - experiment service for the energy of learning\n\n"
        "usage: frugald [OPTION...]\n"
        "       frugald token create USER [--role ROLE] [--name NAME] [--expires DAYS]\n"
        "       frugald token ls\n"
        "       frugald token revoke ID\n"
        "       frugald work --server URL [--token-file FILE] [--idle TIME] [--runs N]\n"
        "       frugald restore BACKUP [OPTION...]\n\n");
    opts_help(table, OPTIONS, &defaults, stdout);
    printf(
        "\nThe first line on standard output is the address, once it answers. SIGTERM or "
        "Ctrl-C\nstops: runs at work go back into the queue and go on later. SIGHUP "
        "reads "
        "the file of\nsettings and the certificate again.\n\n"
        "token makes, lists and revokes the tokens that people show who they are with, "
        "beside the\nserver or without it; it is used by who owns DATA_DIR.\n\n"
        "restore puts a backup, made by frugal admin backup, in the place of the "
        "database "
        "in\nDATA_DIR, with its weights files, BACKUP.weights for BACKUP.db, if they are "
        "there, and\nkeeps what was there.\n");
}

void options_print_config(void)
{
    printf(
        "# Settings of frugald, all there are, with their defaults; printed by\n"
        "# frugald --print-config. To change one, remove the # before it. An option on "
        "the command\n# line goes before the environment, which goes before this "
        "file.\n#\n"
        "# frugald reads /etc/frugal/frugald.conf, or the file that --config or "
        "FRUGAL_CONFIG\n# names. On SIGHUP it is read again; what is not marked so "
        "counts from the next start.\n");
    conf_print(table, OPTIONS, &defaults, note, stdout);
}

void options_each(void (*f)(const struct opt *o, const char *value, const char *more))
{
    char value[200];
    for (size_t i = 0; i < OPTIONS; i++) {
        opts_text(&table[i], &defaults, value, sizeof value);
        f(&table[i], value, note(&table[i]));
    }
}
