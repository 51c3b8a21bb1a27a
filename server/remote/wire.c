#include "remote/wire.h"

#include <math.h>
#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "rows are little endian");

enum {
    NAME_MAX_BYTES = 300,
    REASON_MAX = 4000,
    COLUMNS_MAX_BYTES = TRACE_COLUMNS_MAX * TRACE_NAME_MAX,
    FILES = 4, /* of a data set */
    HASHES_MAX = FILES * HASH_TEXT,
};

const char *wire_text(const json_t *j, const char *key, size_t most)
{
    const char *text = json_string_value(json_object_get(j, key));
    if (text == NULL || strlen(text) > most)
        return NULL;
    for (const char *c = text; *c != '\0'; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            return NULL;
    return text;
}

static json_t *text_json(const char *text)
{
    return text != NULL ? json_string(text) : json_null();
}

static bool is_null(const json_t *j, const char *key)
{
    return json_is_null(json_object_get(j, key));
}

/* False: it is not there, or no whole number from `least` on. */
static bool read_integer(const json_t *j, const char *key, int64_t least, int64_t *ret)
{
    const json_t *n = json_object_get(j, key);
    if (!json_is_integer(n) || json_integer_value(n) < least)
        return false;
    *ret = json_integer_value(n);
    return true;
}

static bool read_seconds(const json_t *j, const char *key, double *ret)
{
    const json_t *n = json_object_get(j, key);
    if (!json_is_number(n))
        return false;
    *ret = json_number_value(n);
    return isfinite(*ret) && *ret >= 0;
}

static bool read_bool(const json_t *j, const char *key, bool *ret)
{
    const json_t *b = json_object_get(j, key);
    *ret = json_is_true(b);
    return json_is_boolean(b);
}

json_t *wire_claim(const struct claim *c)
{
    return json_pack("{s:I, s:I, s:I, s:I, s:b, s:b, s:s, s:s, s:o, s:I, s:I, s:b}",
                     "run", (json_int_t)c->run, "job", (json_int_t)c->job, "attempt",
                     (json_int_t)c->attempt, "seed", (json_int_t)c->seed, "verifies",
                     (int)c->verifies, "reuse", (int)c->reuse, "params", c->params,
                     "spec", c->spec, "data_sha256", text_json(c->data_sha256), "last",
                     (json_int_t)c->last, "too_large", (json_int_t)c->too_large, "begun",
                     (int)c->begun);
}

bool wire_read_claim(const json_t *j, struct claim *ret)
{
    struct claim c = {.run = 0};
    int64_t seed = 0;
    const char *params = json_string_value(json_object_get(j, "params"));
    const char *spec = json_string_value(json_object_get(j, "spec"));
    const char *data = json_string_value(json_object_get(j, "data_sha256"));
    bool ok = read_integer(j, "run", 1, &c.run) && read_integer(j, "job", 1, &c.job) &&
              read_integer(j, "attempt", 0, &c.attempt) &&
              read_integer(j, "seed", INT64_MIN, &seed) &&
              read_bool(j, "verifies", &c.verifies) && read_bool(j, "reuse", &c.reuse) &&
              read_integer(j, "last", -1, &c.last) &&
              read_integer(j, "too_large", 0, &c.too_large) &&
              read_bool(j, "begun", &c.begun) && params != NULL && spec != NULL;
    if (!ok)
        return false;
    c.seed = (uint64_t)seed;
    c.params = strdup(params);
    c.spec = strdup(spec);
    c.data_sha256 = data != NULL ? strdup(data) : NULL;
    *ret = c;
    return true;
}

json_t *wire_start(const struct run_start *s)
{
    return json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:b}", "stop_samples",
                     (json_int_t)s->stop_samples, "columns", s->columns, "spec_sha256",
                     s->spec_sha256, "data_sha256", s->data_sha256, "build", s->build,
                     "core", s->core, "cpu", s->cpu, "host", s->host, "timed",
                     (int)s->timed);
}

/* So many hashes, with a space between. */
static bool are_hashes(const char *text, size_t n)
{
    enum { DIGITS = HASH_TEXT - 1 };
    for (size_t i = 0; i < n; i++, text += DIGITS) {
        if ((i > 0 && *text++ != ' ') || strspn(text, "0123456789abcdef") != DIGITS)
            return false;
    }
    return *text == '\0';
}

bool wire_read_start(const json_t *j, struct run_start *ret)
{
    int64_t samples = 0;
    struct run_start s = {
        .columns = wire_text(j, "columns", COLUMNS_MAX_BYTES),
        .spec_sha256 = wire_text(j, "spec_sha256", HASH_TEXT),
        .data_sha256 = wire_text(j, "data_sha256", HASHES_MAX),
        .build = wire_text(j, "build", NAME_MAX_BYTES),
        .core = wire_text(j, "core", HASH_TEXT),
        .cpu = wire_text(j, "cpu", NAME_MAX_BYTES),
        .host = wire_text(j, "host", NAME_MAX_BYTES),
    };
    bool ok = read_integer(j, "stop_samples", 0, &samples) &&
              read_bool(j, "timed", &s.timed) && s.columns != NULL &&
              s.spec_sha256 != NULL && s.data_sha256 != NULL &&
              are_hashes(s.spec_sha256, 1) && are_hashes(s.data_sha256, FILES) &&
              s.build != NULL && s.core != NULL && s.cpu != NULL && s.host != NULL;
    s.stop_samples = (uint64_t)samples;
    if (ok)
        *ret = s;
    return ok;
}

static const char *const kinds[WIRE_ENDS] = {"finish", "requeue", "wait", "verified"};

static json_t *changes_json(const struct run_changes *changes)
{
    if (changes == NULL)
        return json_null();
    json_t *list = json_array();
    for (uint32_t l = 0; l <= changes->layers; l++) {
        const struct change_tally *t = &changes->tally[l];
        json_t *synapses = json_array();
        for (int bin = 0; bin < CHANGE_BINS; bin++)
            json_array_append_new(synapses, json_integer((json_int_t)t->synapses[bin]));
        json_array_append_new(list,
                              json_pack("{s:o, s:I, s:f}", "synapses", synapses, "sum",
                                        (json_int_t)t->sum, "squares", t->squares));
    }
    return list;
}

static bool read_tally(const json_t *j, struct change_tally *ret)
{
    int64_t n = 0;
    const json_t *synapses = json_object_get(j, "synapses");
    bool ok = json_array_size(synapses) == CHANGE_BINS;
    for (size_t bin = 0; ok && bin < CHANGE_BINS; bin++) {
        const json_t *count = json_array_get(synapses, bin);
        ok = json_is_integer(count) && json_integer_value(count) >= 0;
        ret->synapses[bin] = (uint64_t)json_integer_value(count);
    }
    ok = ok && read_integer(j, "sum", 0, &n) && read_seconds(j, "squares", &ret->squares);
    ret->sum = (uint64_t)n;
    return ok;
}

static bool read_changes(const json_t *j, struct wire_end *ret)
{
    size_t n = json_array_size(j);
    if (n < 2 || n > 1 + NET_LAYERS_MAX)
        return false;
    ret->changes.layers = (uint32_t)n - 1;
    ret->run.changes = &ret->changes;
    for (size_t l = 0; l < n; l++)
        if (!read_tally(json_array_get(j, l), &ret->changes.tally[l]))
            return false;
    return true;
}

static json_t *verified_json(const struct verification_end *v)
{
    return json_pack("{s:s, s:s, s:I, s:o, s:f}", "kind", kinds[WIRE_VERIFIED], "state",
                     v->state, "seq", (json_int_t)v->seq, "reason", text_json(v->reason),
                     "seconds", v->seconds);
}

json_t *wire_end(const struct wire_end *e)
{
    const struct run_end *r = &e->run;
    if (e->kind == WIRE_VERIFIED)
        return verified_json(&e->verification);
    return json_pack(
        "{s:s, s:s, s:o, s:o, s:f, s:f, s:o, s:I, s:b, s:o}", "kind", kinds[e->kind],
        "state", run_state_name(r->state), "outcome", text_json(r->outcome), "reason",
        text_json(r->reason), "seconds", r->seconds, "earlier", r->earlier, "changes",
        changes_json(r->changes), "weights", (json_int_t)r->weights, "stays_suspect",
        (int)r->stays_suspect, "dataset", text_json(e->dataset));
}

/* One of these words, which are static. */
static const char *read_word(const json_t *j, const char *key, const char *const *words,
                             size_t n)
{
    const char *text = json_string_value(json_object_get(j, key));
    for (size_t i = 0; i < n && text != NULL; i++)
        if (strcmp(words[i], text) == 0)
            return words[i];
    return NULL;
}

static bool read_verified(const json_t *j, struct verification_end *ret)
{
    static const char *const states[] = {"same", "different", "failed", "queued"};
    *ret = (struct verification_end){
        .state = read_word(j, "state", states, sizeof states / sizeof states[0]),
        .reason = wire_text(j, "reason", REASON_MAX)};
    return ret->state != NULL && read_integer(j, "seq", -1, &ret->seq) &&
           read_seconds(j, "seconds", &ret->seconds) &&
           (ret->reason != NULL || is_null(j, "reason"));
}

/* Whether a state goes with the kind of the end. */
static bool fits(enum wire_end_kind kind, enum run_state state)
{
    if (kind == WIRE_FINISH)
        return state == RUN_SUCCEEDED || state == RUN_FAILED || state == RUN_TIMED_OUT;
    return state == RUN_QUEUED || (kind == WIRE_REQUEUE && state == RUN_HELD);
}

static bool read_run_end(const json_t *j, struct wire_end *ret)
{
    static const char *const outcomes[] = {"goal",   "samples",        "epochs",
                                           "energy", "seconds",        "diverged",
                                           "error",  "replay_mismatch"};
    struct run_end *r = &ret->run;
    const char *state = json_string_value(json_object_get(j, "state"));
    *r = (struct run_end){.state = state != NULL ? run_state_of(state) : RUN_STATES,
                          .outcome = read_word(j, "outcome", outcomes,
                                               sizeof outcomes / sizeof outcomes[0]),
                          .reason = wire_text(j, "reason", REASON_MAX)};
    ret->dataset = wire_text(j, "dataset", NAME_MAX_BYTES);
    return fits(ret->kind, r->state) &&
           (r->outcome != NULL) == (ret->kind == WIRE_FINISH) &&
           (r->reason != NULL || is_null(j, "reason")) &&
           (ret->dataset != NULL) == (ret->kind == WIRE_WAIT) &&
           read_seconds(j, "seconds", &r->seconds) &&
           read_seconds(j, "earlier", &r->earlier) &&
           read_integer(j, "weights", 0, &r->weights) &&
           read_bool(j, "stays_suspect", &r->stays_suspect) &&
           (is_null(j, "changes") || read_changes(json_object_get(j, "changes"), ret));
}

bool wire_read_end(const json_t *j, struct wire_end *ret)
{
    const char *kind = read_word(j, "kind", kinds, WIRE_ENDS);
    *ret = (struct wire_end){.kind = WIRE_FINISH};
    while (kind != NULL && ret->kind < WIRE_ENDS && kind != kinds[ret->kind])
        ret->kind++;
    if (kind == NULL)
        return false;
    return ret->kind == WIRE_VERIFIED ? read_verified(j, &ret->verification)
                                      : read_run_end(j, ret);
}

struct row_head {
    int64_t seq;
    double seconds;
    uint64_t count;
};

bool wire_add_row(struct buf *b, const struct trace_entry *row)
{
    double value[TRACE_COLUMNS_MAX];
    struct row_head head = {.seq = row->seq,
                            .seconds = row->seconds,
                            .count = trace_columns(row->row.layers, row->row.exponents)};
    trace_values(&row->row, value);
    return buf_add(b, &head, sizeof head) &&
           buf_add(b, value, (size_t)head.count * sizeof value[0]);
}

bool wire_read_row(const char **at, size_t *left, double *value, struct lease_row *ret)
{
    struct row_head head;
    if (*left < sizeof head)
        return false;
    memcpy(&head, *at, sizeof head);
    if (head.count > TRACE_COLUMNS_MAX || head.seq < 0 || !isfinite(head.seconds) ||
        *left - sizeof head < (size_t)head.count * sizeof value[0])
        return false;
    *ret = (struct lease_row){.seq = head.seq,
                              .seconds = head.seconds,
                              .value = value,
                              .count = (size_t)head.count};
    memcpy(value, *at + sizeof head, ret->count * sizeof value[0]);
    size_t size = sizeof head + ret->count * sizeof value[0];
    *at += size;
    *left -= size;
    return true;
}

void wire_write_checkpoint(const struct checkpoint *p,
                           char ret[static WIRE_CHECKPOINT_HEAD])
{
    memcpy(ret, &p->seq, sizeof p->seq);
    memcpy(ret + sizeof p->seq, &p->seconds, sizeof p->seconds);
}

bool wire_read_checkpoint(char *bytes, size_t size, struct checkpoint *ret)
{
    struct checkpoint p = {.state = bytes + WIRE_CHECKPOINT_HEAD};
    if (size < WIRE_CHECKPOINT_HEAD)
        return false;
    memcpy(&p.seq, bytes, sizeof p.seq);
    memcpy(&p.seconds, bytes + sizeof p.seq, sizeof p.seconds);
    p.size = size - WIRE_CHECKPOINT_HEAD;
    if (p.seq < -1 || !isfinite(p.seconds) || p.seconds < 0)
        return false;
    *ret = p;
    return true;
}
