/* What the fields of a spec must have in common, once all of them are set. */
#include <stdio.h>
#include <string.h>

#include "spec/sweep.h"

/* Lists written out, one entry per layer or per hidden layer. */
static void finish_list(const struct field *f, struct spec *s, struct problems *problems)
{
    struct spec_numbers *list = field_list(f, s);
    bool hidden = strcmp(f->per, "hidden layer") == 0;
    uint32_t wanted = hidden ? s->hidden.count : spec_layers(s);
    numbers_write_out(list, wanted);
    if (list->count != wanted && list->count > 0)
        problems_add(problems, f->pointer, "wrong_length", NULL,
                     "has %u entries, but the network has %u %s", list->count, wanted,
                     hidden ? "hidden layers" : "layers of synapses");
}

/* Two fields that say the same in different ways. */
static void exclude(const struct spec_numbers *a, const struct spec_numbers *b,
                    const char *pointer, const char *other, struct problems *problems)
{
    if (a->count > 0 && b->count > 0)
        problems_add(problems, pointer, "exclusive", NULL,
                     "%s and this exclude each other", other);
}

static void check_rule(const struct spec *s, struct problems *problems)
{
    static const struct {
        const char *pointer, *wants;
    } optional[SECTIONS] = {
        {"/plasticity/compete", "fraction or count"},
        {"/plasticity/subnet", "units or fraction"},
        {"/plasticity/mask", "fraction"},
        {"/plasticity/cache", "threshold"},
    };
    for (int i = 0; i < SECTIONS; i++)
        if (s->given[i] && !section_is_active(optional[i].pointer, s))
            problems_add(problems, optional[i].pointer, "required", NULL,
                         "does nothing without %s", optional[i].wants);
    exclude(&s->compete_fraction, &s->compete_count, "/plasticity/compete/count",
            "fraction", problems);
    exclude(&s->subnet_units, &s->subnet_fraction, "/plasticity/subnet/fraction", "units",
            problems);
    bool by_unit = s->compete_by + 1 == COMPETE_ERROR || s->compete_by + 1 == COMPETE_ACTIVITY;
    if (by_unit && s->compete_scope == 1)
        problems_add(problems, "/plasticity/compete/scope", "senseless", "layer",
                     "units compete by error or activity within a layer; only synapses "
                     "compete within a unit");
    for (uint32_t h = 0; h < s->subnet_units.count && h < s->hidden.count; h++)
        if (s->subnet_units.value[h] > s->hidden.value[h]) {
            char at[64];
            snprintf(at, sizeof at, "/plasticity/subnet/units/%u", h);
            problems_add(problems, at, "out_of_range", NULL,
                         "a subnet of %.0f units does not fit into a hidden layer of %.0f",
                         s->subnet_units.value[h], s->hidden.value[h]);
        }
}

void spec_finish(struct spec *s, struct problems *problems)
{
    for (size_t i = 0; i < fields_count; i++)
        if (field_has_list(&fields[i]) && fields[i].type != FIELD_UNITS)
            finish_list(&fields[i], s, problems);
    check_rule(s, problems);
    if (s->stop_epochs == 0 && s->stop_samples == 0 && s->stop_seconds == 0)
        problems_add(problems, "/stop", "no_end", NULL,
                     "one of epochs, samples and seconds must be set, so that the run "
                     "ends even if it never reaches its goal");
}

void spec_check_layers(const struct spec *s, uint32_t features, uint32_t classes,
                       struct problems *problems)
{
    struct train_spec t;
    spec_train(s, 0, features, classes, 1, &t);
    for (uint32_t l = 0; l < s->compete_count.count; l++) {
        size_t all = rule_competitors(&t.learner.rule, &t.learner.net, l);
        size_t most = rule_contenders(&t.learner.rule, &t.learner.net, l);
        char at[64];
        snprintf(at, sizeof at, "/plasticity/compete/count/%u", l);
        if (s->compete_count.value[l] > (double)most)
            problems_add(problems, at, "out_of_range", NULL,
                         "only %zu take part in a competition of this layer%s", most,
                         most < all ? ", since the subnet leaves no more plastic" : "");
    }
}
