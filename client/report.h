/* The report of reproduce: one HTML file that needs no other. */
#ifndef FRUGAL_CLIENT_REPORT_H
#define FRUGAL_CLIENT_REPORT_H

#include "base/buf.h"
#include "study.h"

struct report_head {
    const char *command;  /* that makes it again */
    const char *data_set; /* other than the presets', or NULL */
    bool quick;
};

/* Asks the server for the answers of jobs that have ended, and appends the page. */
enum ending report_write(const struct studies *s, const struct report_head *head,
                         struct http *http, struct buf *page);

#endif
