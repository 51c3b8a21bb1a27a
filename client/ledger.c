/* In: the runs of jobs. Out: a table of where they come from. */
#include "ledger.h"

#include <time.h>

#include "about.h"
#include "api.h"
#include "field.h"
#include "table_export.h"

void ledger_init(struct ledger *l)
{
    *l = (struct ledger){.builds = json_object(),
                         .cpus = json_object(),
                         .hosts = json_object(),
                         .data = json_object()};
}

void ledger_release(struct ledger *l)
{
    json_decref(l->builds);
    json_decref(l->cpus);
    json_decref(l->hosts);
    json_decref(l->data);
}

enum ending ledger_add(struct ledger *l, struct http *http, int64_t job)
{
    json_t *runs, *run;
    size_t i;
    enum ending ending = api_runs(http, job, &runs);
    if (ending != ENDING_OK)
        return ending;
    json_array_foreach(runs, i, run)
    {
        const json_t *p = json_object_get(run, "provenance");
        double seconds = field_number(json_object_get(run, "results"), "seconds");
        l->seconds += seconds > 0 ? seconds : 0;
        json_object_set_new(l->builds, field_text(p, "build", "?"), json_true());
        json_object_set_new(l->cpus, field_text(p, "cpu", "?"), json_true());
        json_object_set_new(l->hosts, field_text(p, "host", "?"), json_true());
        json_object_set(l->data, field_text(run, "dataset", "?"),
                        json_object_get(p, "dataset_sha256"));
    }
    json_decref(runs);
    return ENDING_OK;
}

static void add_keys(struct buf *page, const char *label, json_t *object)
{
    const char *key, *separator = "";
    json_t *unused;
    buf_addf(page, "<tr><th>%s</th><td>", label);
    json_object_foreach(object, key, unused)
    {
        buf_adds(page, separator);
        table_add_escaped(page, key);
        separator = ", ";
    }
    buf_adds(page, "</td></tr>\n");
}

static void add_hashes(struct buf *page, json_t *data)
{
    const char *name, *file;
    json_t *files, *hash;
    json_object_foreach(data, name, files)
    {
        json_object_foreach(files, file, hash)
        {
            buf_adds(page, "<tr><th>");
            table_add_escaped(page, name);
            buf_adds(page, ", ");
            table_add_escaped(page, file);
            buf_addf(page, "</th><td><code>%s</code></td></tr>\n",
                     json_is_string(hash) ? json_string_value(hash) : "?");
        }
    }
}

void ledger_write(const struct ledger *l, const char *command, struct buf *page)
{
    char when[40];
    time_t now = time(NULL);
    struct tm utc;
    gmtime_r(&now, &utc);
    strftime(when, sizeof when, "%Y-%m-%d %H:%M UTC", &utc);
    buf_adds(page,
             "<section id=\"provenance\"><h2>Provenance</h2><table class=\"facts\">\n");
    buf_addf(page, "<tr><th>written</th><td>%s, by frugal %s</td></tr>\n", when,
             about_version);
    add_keys(page, "builds that computed", l->builds);
    add_keys(page, "processors", l->cpus);
    add_keys(page, "machines", l->hosts);
    buf_addf(page, "<tr><th>computing</th><td>%.0f s in sum over all runs</td></tr>\n",
             l->seconds);
    add_hashes(page, l->data);
    buf_adds(page, "<tr><th>this report again</th><td><code>");
    table_add_escaped(page, command);
    buf_adds(page, "</code></td></tr>\n</table></section>\n");
}
