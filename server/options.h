/* What frugald can be told: on the command line, in the environment, in a file. One table
 * has it all. */
#ifndef FRUGAL_OPTIONS_H
#define FRUGAL_OPTIONS_H

#include "base/conf.h"
#include "http/http.h"

enum executor { EXECUTOR_THREADS, EXECUTOR_SLURM };

struct options {
    const char *listen, *data_dir, *datasets, *config;
    const char *tls_cert, *tls_key, *allowed_hosts, *trusted_proxy;
    const char *fetch_allow, *fetch_ports, *fetch_mirror;
    long workers, per_owner, waiting_per_owner, checkpoint_seconds, dataset_megabytes,
        nice;
    struct http_limits limits;
    int log_level, log_format; /* enum log_level, log_format */
    bool require_tokens, plain_on_lan;
    bool help, version, print_config;
    const char *role, *name;                          /* of a token to be made */
    long expires;                                     /* days until it does; 0: never */
    const char *server, *token_file, *cacert, *cache; /* of a worker */
    const char *idle;
    long runs, lease_seconds;
    int executor; /* enum executor */
    const char *slurm_partition, *slurm_account, *slurm_time, *slurm_memory;
    const char *slurm_options, *slurm_url, *slurm_program, *slurm_cache, *slurm_cacert;
    long slurm_processes;
    struct opts_words words; /* what stands beside the options */
    struct conf conf;        /* what the texts above may be borrowed from */
};

/* Defaults, then the file, the environment, and the command line, each before the one in
 * front of it. Release ret in any case. 0; or the exit status, with a sentence in
 * `error`. */
int options_read(int argc, char *const *argv, struct options *ret, struct buf *error);
void options_release(struct options *o);

/* A value that makes no sense, for a reason that `why` has: the exit status; and if it is
 * from the file, `why` says where it stands there, too. */
int options_mistake(const struct options *o, const char *value, struct buf *why);

/* How to log, from now on. */
void options_apply_log(const struct options *o);

void options_help(void);
void options_print_config(void);

/* Calls f for each row of the table, with its default as text, and what else there is to
 * say of it or NULL: for the manual. */
void options_each(void (*f)(const struct opt *o, const char *value, const char *more));

#endif
