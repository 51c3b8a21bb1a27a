/* In: names of results and their statistics. Out: words and numbers for people. */
#include "metric.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "field.h"
#include "talk.h"

static const struct metric metrics[] = {
    {"samples", "samples", "training samples", number_count},
    {"epochs", "epochs", "epochs", number_energy},
    {"m0", "M0", "M0 (synaptic changes)", number_energy},
    {"m1", "M1", "M1 (sum of |Δw|)", number_energy},
    {"test_accuracy", "test accuracy", "test accuracy", number_share},
    {"m0_direct", "M0 direct", "M0 direct (synapses that differ)", number_energy},
    {"m1_direct", "M1 direct", "M1 direct (sum of |Δw|, start to end)", number_energy},
    {"inefficiency_m0", "M0 / direct", "inefficiency M0 / M0 direct", number_energy},
    {"inefficiency_m1", "M1 / direct", "inefficiency M1 / M1 direct", number_energy},
    {"maintenance", "maintenance", "maintenance (sum of |transient part|)",
     number_energy},
    {"seconds", "seconds", "time of computing (s)", number_energy},
};

enum { METRICS = sizeof metrics / sizeof *metrics };

static const struct metric *find(const char *key, size_t length)
{
    for (size_t i = 0; i < METRICS; i++)
        if (strlen(metrics[i].key) == length && memcmp(metrics[i].key, key, length) == 0)
            return &metrics[i];
    return NULL;
}

const struct metric *metric_find(const char *key)
{
    return find(key, strlen(key));
}

static void say_unknown(const char *key, size_t length)
{
    struct buf names;
    buf_init(&names, 1000);
    for (size_t i = 0; i < METRICS; i++)
        buf_addf(&names, "%s%s", i > 0 ? ", " : "", metrics[i].key);
    say("there is no result \"%.*s\", but %s", length < 40 ? (int)length : 40, key,
        names.data);
    buf_release(&names);
}

enum ending metric_list(const char *text, const struct metric **ret)
{
    size_t count = 0;
    for (const char *word = text;; word++) {
        size_t length = strcspn(word, ",");
        const struct metric *m = find(word, length);
        if (m == NULL || count == METRIC_LIST_MAX - 1) {
            say_unknown(word, length);
            return ENDING_USAGE;
        }
        ret[count++] = m;
        word += length;
        if (*word == '\0')
            break;
    }
    ret[count] = NULL;
    return ENDING_OK;
}

void metric_text(char text[static METRIC_TEXT], const struct metric *m,
                 const json_t *statistics)
{
    char number[NUMBER_TEXT];
    double bound = field_number(statistics, "at_least");
    bool has_sem = field_count(statistics, "n") >= 2;
    if (field_count(statistics, "missed") > 0 && !isnan(bound)) {
        m->format(number, bound, (double)NAN);
        snprintf(text, METRIC_TEXT, "≥ %s", number);
        return;
    }
    m->format(number, field_number(statistics, "mean"),
              has_sem ? field_number(statistics, "sem") : (double)NAN);
    snprintf(text, METRIC_TEXT, "%s", number);
}
