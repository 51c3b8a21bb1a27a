/* In: specs. Out: JSON documents, the canonical text that identifies a run, the description
 * of all fields, and the core's view of a spec. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spec/fields.h"
#include "spec/json_text.h"

/* Puts value (taken) at a JSON pointer without escapes, making the objects on the way. */
static void put(json_t *root, const char *pointer, json_t *value)
{
    const char *key = pointer + 1, *slash;
    json_t *object = root;
    while ((slash = strchr(key, '/')) != NULL) {
        char section[64];
        size_t n = (size_t)(slash - key);
        memcpy(section, key, n);
        section[n] = '\0';
        json_t *next = json_object_get(object, section);
        if (next == NULL) {
            next = json_object();
            json_object_set_new(object, section, next);
        }
        object = next;
        key = slash + 1;
    }
    json_object_set_new(object, key, value);
}

enum { SECTION_MAX = 64 };

static void section_of(const struct field *f, char ret[static SECTION_MAX])
{
    const char *slash = strrchr(f->pointer, '/');
    snprintf(ret, SECTION_MAX, "%.*s", (int)(slash - f->pointer), f->pointer);
}

bool field_is_off(const struct field *f, const struct spec *s)
{
    char section[SECTION_MAX];
    section_of(f, section);
    return !section_is_active(section, s) && strcmp(section, "/plasticity") != 0;
}

/* A field, or null for the whole optional section that is switched off. */
static void put_field(json_t *root, const struct field *f, const struct spec *s)
{
    char section[SECTION_MAX];
    bool off = field_is_off(f, s);
    section_of(f, section);
    put(root, off ? section : f->pointer, off ? json_null() : field_get(f, s));
}

json_t *spec_document(const struct spec *s, bool canonical)
{
    json_t *root = json_object();
    for (size_t i = 0; i < fields_count; i++) {
        const struct field *f = &fields[i];
        bool in_plan = f->type == FIELD_SEEDS || f->type == FIELD_SWEEP;
        if (!in_plan && (f->in_canonical || !canonical))
            put_field(root, f, s);
    }
    return root;
}

char *spec_canonical(const struct spec *s, uint64_t seed)
{
    json_t *root = spec_document(s, true);
    json_object_set_new(root, "seed", json_integer((json_int_t)seed));
    char *text = json_exact_text(root, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(root);
    return text;
}

uint32_t spec_layers(const struct spec *s)
{
    return s->hidden.count + 1;
}

char *spec_tags_json(const struct spec *s)
{
    json_t *tags = field_get(field_find("/tags"), s);
    char *text = json_dumps(tags, JSON_COMPACT);
    json_decref(tags);
    return text;
}

static uint64_t stop_samples(const struct spec *s, uint32_t training)
{
    double epochs = floor(s->stop_epochs * training + 0.5);
    uint64_t by_epochs = epochs < 1 ? 1 : epochs > 1e18 ? (uint64_t)1e18 : (uint64_t)epochs;
    uint64_t by_samples = (uint64_t)s->stop_samples;
    if (s->stop_epochs == 0)
        return by_samples;
    return by_samples != 0 && by_samples < by_epochs ? by_samples : by_epochs;
}

static void train_rule(const struct spec *s, const struct net_spec *net, struct rule *ret)
{
    *ret = (struct rule){.gate = s->gate.kind,
                         .gate_error = s->gate.error,
                         .redraw = s->mask_redraw.kind,
                         .cycle = s->mask_redraw.cycle,
                         .cache = s->cache_threshold > 0,
                         .cache_threshold = s->cache_threshold,
                         .cache_decay = s->cache_decay,
                         .cache_network = s->cache_consolidate == 1};
    bool competes = s->compete_fraction.count + s->compete_count.count > 0;
    ret->compete = competes ? (enum compete_by)(s->compete_by + 1) : COMPETE_NONE;
    ret->compete_per_unit = s->compete_scope == 1;
    ret->compete_smallest = s->compete_keep == 1;
    ret->mask = s->mask_fraction.count > 0 ? (enum mask_of)(s->mask_of + 1) : MASK_NONE;
    for (uint32_t h = 0; h < s->subnet_units.count; h++)
        ret->subnet[h] = (uint32_t)s->subnet_units.value[h];
    for (uint32_t h = 0; h < s->subnet_fraction.count; h++)
        ret->subnet[h] =
            (uint32_t)rule_count(s->subnet_fraction.value[h], net->units[h + 1]);
    for (uint32_t l = 0; l < net->layers; l++) {
        ret->mask_fraction[l] = ret->mask != MASK_NONE ? s->mask_fraction.value[l] : 1;
        if (s->compete_fraction.count > 0 && s->compete_fraction.value[l] < 1)
            ret->compete_keep[l] = rule_count(s->compete_fraction.value[l],
                                              rule_competitors(ret, net, l));
        if (s->compete_count.count > 0)
            ret->compete_keep[l] = (size_t)s->compete_count.value[l];
    }
}

void spec_train(const struct spec *s, uint64_t seed, uint32_t features, uint32_t classes,
                uint32_t training, struct train_spec *ret)
{
    struct learner_spec *learner = &ret->learner;
    struct net_spec *net = &learner->net;
    *ret = (struct train_spec){
        .seed = seed,
        .order = (enum sample_order)s->order,
        .evaluate_every = (uint64_t)s->evaluate_every,
        .stop_accuracy = s->stop_accuracy,
        .stop_samples = stop_samples(s, training),
        .stop_m0 = s->stop_m0,
        .stop_m1 = s->stop_m1,
        .frozen_bytes = TRAIN_FROZEN_BYTES,
    };
    learner->l2 = s->l2;
    learner->exponents = s->exponents;
    learner->count_changes = s->record_changes;
    net->layers = spec_layers(s);
    net->bias = s->bias;
    net->activation = (enum activation)s->activation;
    net->loss = (enum loss)s->loss;
    net->units[0] = features;
    for (uint32_t l = 0; l < s->hidden.count; l++)
        net->units[l + 1] = (uint32_t)s->hidden.value[l];
    net->units[net->layers] = classes;
    for (uint32_t l = 0; l < net->layers; l++) {
        net->init_std[l] = s->init_std.value[l];
        learner->learning_rate[l] = s->learning_rate.value[l];
    }
    learner->seed = seed;
    train_rule(s, net, &learner->rule);
}

static const char *type_text(enum field_type type)
{
    static const char *const names[] = {
        "text",     "tags",    "flag",      "choice", "integer", "number", "units",
        "integers", "numbers", "exponents", "gate",   "redraw",  "seeds",  "sweep"};
    return names[type];
}

static json_t *text_or_null(const char *text)
{
    return text != NULL ? json_string(text) : json_null();
}

static json_t *choices_json(const struct field *f)
{
    if (f->choices == NULL)
        return json_null();
    json_t *list = json_array();
    for (size_t i = 0; f->choices[i] != NULL; i++)
        json_array_append_new(list, json_string(f->choices[i]));
    return list;
}

static json_t *bound(const struct field *f, double x)
{
    bool has_range = f->type != FIELD_FLAG && f->type != FIELD_CHOICE &&
                     f->type != FIELD_REDRAW && f->type != FIELD_SWEEP;
    if (!has_range)
        return json_null();
    return x == rint(x) && fabs(x) < 0x1p53 ? json_integer((json_int_t)x) : json_real(x);
}

static json_t *field_json(const struct field *f)
{
    json_t *j = json_object();
    json_object_set_new(j, "pointer", json_string(f->pointer));
    json_object_set_new(j, "type", json_string(type_text(f->type)));
    json_object_set_new(j, "required", json_boolean(f->standard == NULL));
    json_object_set_new(
        j, "default",
        f->standard ? json_loads(f->standard, JSON_DECODE_ANY, NULL) : json_null());
    json_object_set_new(j, "nullable", json_boolean(f->nullable));
    json_object_set_new(j, "min", bound(f, f->min));
    json_object_set_new(j, "max", bound(f, f->max));
    json_object_set_new(j, "above_min", json_boolean(f->above_min));
    json_object_set_new(j, "choices", choices_json(f));
    json_object_set_new(j, "per", text_or_null(f->per));
    json_object_set_new(j, "unit", text_or_null(f->unit));
    json_object_set_new(j, "help", json_string(f->help));
    return j;
}

char *spec_describe(void)
{
    json_t *list = json_array();
    for (size_t i = 0; i < fields_count; i++)
        json_array_append_new(list, field_json(&fields[i]));
    json_t *root = json_pack("{s:o}", "fields", list);
    char *text = json_exact_text(root, JSON_COMPACT);
    json_decref(root);
    return text;
}
