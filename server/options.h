/* What frugald can be told: on the command line, in the environment, in a file. One table
 * has it all. */
#ifndef FRUGAL_OPTIONS_H
#define FRUGAL_OPTIONS_H

#include "base/conf.h"

struct options {
    const char *listen, *data_dir, *datasets, *config;
    long workers, per_owner, waiting_per_owner, checkpoint_seconds;
    bool verbose;
    bool help, version, print_config;
    struct opts_words words; /* what stands beside the options */
    struct conf conf;        /* what the texts above may be borrowed from */
};

/* Defaults, then the file, the environment, and the command line, each before the one in
 * front of it. Release ret in any case. 0; or the exit status, with a sentence in
 * `error`. */
int options_read(int argc, char *const *argv, struct options *ret, struct buf *error);
void options_release(struct options *o);

void options_help(void);
void options_print_config(void);

#endif
