#include "learn/net.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

float *net_vector(size_t length)
{
    size_t bytes = (length * sizeof(float) + 63) / 64 * 64;
    float *v = aligned_alloc(64, bytes > 0 ? bytes : 64);
    if (v != NULL)
        memset(v, 0, bytes);
    return v;
}

enum status net_init(struct net *n, const struct net_spec *spec, const struct kernels *k)
{
    *n = (struct net){.spec = *spec, .kernels = k};
    bool ok = true;
    for (uint32_t l = 0; l < spec->layers; l++) {
        struct layer *layer = &n->layer[l];
        layer->sources = spec->units[l];
        layer->targets = spec->units[l + 1];
        layer->rows = (size_t)layer->sources + spec->bias;
        layer->stride = ((size_t)layer->targets + LANES - 1) / LANES * LANES;
        layer->w = net_vector(layer->rows * layer->stride);
        ok = ok && layer->w != NULL;
    }
    n->offset = net_vector(n->layer[0].stride);
    n->column_sum = net_vector(n->layer[0].stride);
    if (ok && n->offset != NULL && n->column_sum != NULL)
        return STATUS_OK;
    net_release(n);
    return STATUS_NO_MEMORY;
}

void net_release(struct net *n)
{
    for (uint32_t l = 0; l < n->spec.layers; l++)
        free(n->layer[l].w);
    free(n->offset);
    free(n->column_sum);
    *n = (struct net){.kernels = NULL};
}

void net_draw_weights(struct net *n, struct rng *r)
{
    for (uint32_t l = 0; l < n->spec.layers; l++) {
        struct layer *layer = &n->layer[l];
        for (size_t i = 0; i < layer->rows; i++)
            for (uint32_t j = 0; j < layer->targets; j++)
                layer->w[i * layer->stride + j] =
                    (float)(n->spec.init_std[l] * rng_normal(r));
    }
    net_fold(n);
}

void net_set_weights(struct net *n, uint32_t l, const float *w)
{
    struct layer *layer = &n->layer[l];
    for (size_t i = 0; i < layer->rows; i++)
        memcpy(layer->w + i * layer->stride, w + i * layer->targets,
               layer->targets * sizeof *w);
    if (l > 0)
        return;
    memset(n->offset, 0, layer->stride * sizeof *n->offset);
    net_fold(n);
}

void net_get_weights(const struct net *n, uint32_t l, float *ret_w)
{
    const struct layer *layer = &n->layer[l];
    for (size_t i = 0; i < layer->rows; i++)
        for (uint32_t j = 0; j < layer->targets; j++) {
            float offset = l == 0 && i < layer->sources ? n->offset[j] : 0;
            ret_w[i * layer->targets + j] = layer->w[i * layer->stride + j] + offset;
        }
}

double net_norm(const struct net *n, uint32_t l)
{
    const struct layer *layer = &n->layer[l];
    double square = 0;
    for (size_t i = 0; i < layer->rows; i++) {
        const float *w = layer->w + i * layer->stride;
        const float *offset = l == 0 && i < layer->sources ? n->offset : NULL;
        square += n->kernels->square(w, offset, layer->stride);
    }
    return sqrt(square);
}

void net_fold(struct net *n)
{
    struct layer *input = &n->layer[0];
    n->kernels->fold(input->w, input->stride, input->sources, n->offset, n->column_sum,
                     input->stride);
    memset(n->offset, 0, input->stride * sizeof *n->offset);
}

static void add_bias(const struct net *n, uint32_t l, float *a)
{
    const struct layer *layer = &n->layer[l];
    if (n->spec.bias)
        n->kernels->add_scaled(a, 1, layer->w + layer->sources * layer->stride,
                               layer->stride);
}

/* a = s.w + background * column_sum + (sum of x) * offset + bias */
static void sum_input(const struct net *n, const struct samples *s, uint32_t t, float *a)
{
    const struct layer *input = &n->layer[0];
    uint64_t first = s->start[t];
    struct sparse x = {s->index + first, s->value + first, s->start[t + 1] - first,
                       s->background, samples_sum(s, t)};
    const float *bias = n->spec.bias ? input->w + input->sources * input->stride : NULL;
    n->kernels->sum_sparse(a, &x, input->w, input->stride, n->column_sum, n->offset, bias,
                           input->targets);
}

void net_finish_sum(const struct net *n, uint32_t l, const struct samples *s, uint32_t t,
                    float *a)
{
    size_t stride = n->layer[l].stride;
    for (int i = 0; i < FIXED_SETS && l == 1; i++)
        if (n->fixed[i].samples == s) {
            n->kernels->add_scaled(a, 1, n->fixed[i].sum + t * stride, stride);
            break;
        }
    add_bias(n, l, a);
}

void net_sum_dense(const struct net *n, uint32_t l, const struct samples *s, uint32_t t,
                   const float *y_in, float *ret_a)
{
    const struct layer *layer = &n->layer[l];
    memset(ret_a, 0, layer->stride * sizeof *ret_a);
    n->kernels->accumulate(ret_a, layer->w, layer->stride, NULL, y_in, layer->sources,
                           layer->stride);
    net_finish_sum(n, l, s, t, ret_a);
}

const struct fixed_units *net_fixed_units(const struct net *n, const struct samples *s)
{
    for (int i = 0; i < FIXED_SETS; i++)
        if (n->units[i].samples == s)
            return &n->units[i];
    return NULL;
}

/* The first activities of the pass; returns the layer whose targets they are. */
static uint32_t begin_forward(const struct net *n, const struct samples *s, uint32_t t,
                              float *const *ret_y)
{
    const struct fixed_units *u = net_fixed_units(n, s);
    if (u != NULL) {
        size_t stride = n->layer[u->layer].stride;
        memcpy(ret_y[u->layer], u->y + t * stride, stride * sizeof *u->y);
        return u->layer;
    }
    sum_input(n, s, t, ret_y[0]);
    if (n->spec.layers > 1)
        activation_apply(n->spec.activation, ret_y[0], n->layer[0].targets);
    return 0;
}

double net_forward(const struct net *n, const struct samples *s, uint32_t t,
                   float *const *ret_y)
{
    uint32_t last = n->spec.layers - 1;
    for (uint32_t l = begin_forward(n, s, t, ret_y); l < last; l++) {
        net_sum_dense(n, l + 1, s, t, ret_y[l], ret_y[l + 1]);
        if (l + 1 < last)
            activation_apply(n->spec.activation, ret_y[l + 1], n->layer[l + 1].targets);
    }
    return loss_output(n->spec.loss, ret_y[last], n->layer[last].targets, s->label[t]);
}

uint32_t net_class(const float *y, uint32_t classes)
{
    uint32_t best = 0;
    for (uint32_t j = 1; j < classes; j++)
        if (y[j] > y[best])
            best = j;
    return best;
}
