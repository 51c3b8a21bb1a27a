#include "learn/frozen.h"

#include <stdlib.h>
#include <string.h>

#include "learn/tile.h"

enum { CHUNK = 8192 }; /* samples that are paired and summed up together */

bool frozen_applies(const struct learner_spec *spec)
{
    const struct rule *rule = &spec->rule;
    return spec->net.layers == 2 && rule->mask == MASK_NONE && rule->subnet[0] > 0 &&
           rule->subnet[0] < spec->net.units[1];
}

/* What the units behind the subnet contribute to layer 1 for some samples of a set. */
static enum status sum_some(struct frozen *f, float *sum, uint32_t subnet,
                            const struct samples *s, uint32_t first, struct tile *tile,
                            bool (*go_on)(void *), void *arg)
{
    uint32_t count = s->count - first < CHUNK ? s->count - first : CHUNK;
    size_t stride = f->net.layer[1].stride;
    struct pairs *p = NULL;
    enum status status = pairs_new(s, first, count, f->net.kernels, &p);
    float *sums = net_vector(2 * (size_t)CHUNK * stride);
    if (sums == NULL || status != STATUS_OK)
        status = STATUS_NO_MEMORY;
    else if (!tile_pass(tile, s, p, 0, p->count, subnet, f->net.layer[0].targets, sums,
                        go_on, arg))
        status = STATUS_STOPPED;
    for (uint32_t i = 0; status == STATUS_OK && i < 2 * p->count; i++)
        memcpy(sum + p->sample[i] * stride, sums + i * stride, stride * sizeof *sum);
    free(sums);
    pairs_free(p);
    return status;
}

static enum status sum_set(struct frozen *f, int set, uint32_t subnet,
                           const struct samples *s, bool (*go_on)(void *), void *arg)
{
    struct tile *tile = tile_new(&f->net);
    f->sum[set] = net_vector(s->count * f->net.layer[1].stride);
    enum status status =
        tile != NULL && f->sum[set] != NULL ? STATUS_OK : STATUS_NO_MEMORY;
    for (uint32_t t = 0; t < s->count && status == STATUS_OK; t += CHUNK)
        status = sum_some(f, f->sum[set], subnet, s, t, tile, go_on, arg);
    tile_free(tile);
    return status;
}

/* The weights of the subnet out of those of the whole network. */
static void copy_subnet(struct net *to, const struct net *from)
{
    const struct layer *a = &from->layer[0], *b = &from->layer[1];
    struct layer *c = &to->layer[0], *d = &to->layer[1];
    for (size_t i = 0; i < a->rows; i++)
        memcpy(c->w + i * c->stride, a->w + i * a->stride, c->targets * sizeof(float));
    memcpy(d->w, b->w, d->sources * d->stride * sizeof(float));
    if (to->spec.bias)
        memcpy(d->w + d->sources * d->stride, b->w + b->sources * b->stride,
               d->stride * sizeof(float));
    net_fold(to);
}

enum status frozen_split(struct frozen *f, struct learner *r,
                         const struct samples *training, const struct samples *test,
                         bool (*go_on)(void *arg), void *arg)
{
    struct learner_spec spec = r->spec;
    uint32_t subnet = spec.rule.subnet[0];
    *f = (struct frozen){.net = r->net};
    r->net = (struct net){.kernels = f->net.kernels};
    const struct kernels *kernels = f->net.kernels;
    learner_release(r);
    spec.net.units[1] = subnet;
    spec.rule.subnet[0] = 0;
    enum status status = learner_init(r, &spec, kernels);
    if (status != STATUS_OK)
        return status;
    status = sum_set(f, 0, subnet, training, go_on, arg);
    if (status == STATUS_OK)
        status = sum_set(f, 1, subnet, test, go_on, arg);
    copy_subnet(&r->net, &f->net);
    r->net.fixed[0] = (struct fixed_input){training, f->sum[0]};
    r->net.fixed[1] = (struct fixed_input){test, f->sum[1]};
    return status;
}

void frozen_release(struct frozen *f)
{
    for (int set = 0; set < FIXED_SETS; set++)
        free(f->sum[set]);
    net_release(&f->net);
    *f = (struct frozen){.sum = {NULL}};
}

double frozen_square(const struct frozen *f, uint32_t l)
{
    const struct net *n = &f->net;
    double square = 0;
    for (size_t i = 0; l < n->spec.layers && i < n->layer[l].rows; i++)
        square += n->kernels->square(n->layer[l].w + i * n->layer[l].stride, NULL,
                                     n->layer[l].stride);
    return square;
}
