/* The state that a run goes on from. The first byte chooses the spec. If the second is
 * even, the rest is the state; else it is changes to a good one: two bytes of a place and
 * one of a value each, and what is left over, 0 to 2 bytes, cuts it short. Whatever is
 * taken has to train on. */
#include "fuzz.h"

#include "learn/kernels.h"
#include "learn/train.h"

enum { FEATURES = 6, CLASSES = 3, IMAGES = 8, VARIANTS = 8 };

static struct samples *images;
static void *good[VARIANTS];
static size_t good_size[VARIANTS];

static struct train_spec spec_of(int variant)
{
    struct train_spec s = {.learner = {.net = {.layers = 2,
                                               .units = {FEATURES, 4, CLASSES},
                                               .bias = true,
                                               .init_std = {0.3, 0.3}},
                                       .learning_rate = {0.05, 0.05},
                                       .count_changes = true,
                                       .seed = 3},
                           .seed = 5,
                           .frozen_bytes = SIZE_MAX,
                           .evaluate_every = 7,
                           .stop_samples = 1000};
    struct rule *rule = &s.learner.rule;
    switch (variant) {
    case 1:
        s.order = ORDER_SHUFFLED;
        s.learner.count_changes = false;
        break;
    case 2:
    case 3:
        rule->compete = variant == 2 ? COMPETE_UPDATE : COMPETE_WEIGHT;
        rule->compete_keep[0] = 6;
        rule->compete_keep[1] = 3;
        break;
    case 4:
        rule->mask = MASK_SYNAPSES;
        rule->redraw = REDRAW_CYCLE;
        rule->cycle = 3;
        rule->mask_fraction[0] = rule->mask_fraction[1] = 0.5;
        break;
    case 5:
        rule->cache = true;
        rule->cache_threshold = 0.05;
        rule->cache_decay = 0.01;
        break;
    case 6:
        rule->subnet[0] = 2;
        s.learner.exponents = (struct exponents){1, {0.5}};
        break;
    case 7:
        rule->mask = MASK_UNITS;
        rule->redraw = REDRAW_SAMPLE;
        rule->mask_fraction[0] = rule->mask_fraction[1] = 0.5;
        break;
    default:
        break;
    }
    return s;
}

struct watch {
    int polls;
    void **ret_state;
    size_t *ret_size;
};

static enum train_wish poll_run(void *arg, uint64_t samples)
{
    (void)samples;
    return ++((struct watch *)arg)->polls > 30 ? WISH_STOP : WISH_GO_ON;
}

static enum status take_row(void *arg, const struct trace_row *row)
{
    (void)arg;
    (void)row;
    return STATUS_OK;
}

static enum status take_state(void *arg, const void *state, size_t size)
{
    struct watch *w = arg;
    if (w->ret_state == NULL)
        return STATUS_OK;
    *w->ret_state = malloc(size);
    memcpy(*w->ret_state, state, size);
    *w->ret_size = size;
    return STATUS_OK;
}

/* Takes the state. */
static enum status train(int variant, void *state, size_t size, struct watch *w)
{
    struct train_spec s = spec_of(variant);
    struct train_observer o = {.poll = poll_run,
                               .row = take_row,
                               .checkpoint = take_state,
                               .resume = state,
                               .resume_size = size,
                               .arg = w};
    enum train_outcome outcome;
    return train_run(&s, images, images, kernels_for(NULL), &o, &outcome);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    uint8_t pixels[IMAGES * FEATURES], labels[IMAGES];
    (void)argc;
    (void)argv;
    for (int i = 0; i < IMAGES * FEATURES; i++)
        pixels[i] = (uint8_t)(i * 37 % 3 ? i * 71 : 0);
    for (int i = 0; i < IMAGES; i++)
        labels[i] = (uint8_t)(i % CLASSES);
    CHECK(samples_from_pixels(pixels, labels, IMAGES, FEATURES, CLASSES, &images) ==
          STATUS_OK);
    for (int i = 0; i < VARIANTS; i++) {
        struct watch w = {.ret_state = &good[i], .ret_size = &good_size[i]};
        CHECK(train(i, NULL, 0, &w) == STATUS_OK);
        CHECK(good_size[i] > 0);
    }
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct watch w = {.polls = 0};
    if (size < 2)
        return 0;
    int variant = bytes[0] % VARIANTS;
    bool changes = bytes[1] % 2 == 1;
    bytes += 2;
    size -= 2;
    size_t length = changes ? good_size[variant] : size;
    uint8_t *state = malloc(length + 1);
    memcpy(state, changes ? good[variant] : bytes, length);
    for (; changes && size >= 3; bytes += 3, size -= 3)
        state[(bytes[0] << 8 | bytes[1]) % (int)length] = bytes[2];
    if (changes && size > 0)
        length -= bytes[0] % (length + 1);
    enum status status = train(variant, state, length, &w);
    CHECK(status == STATUS_OK || status == STATUS_CORRUPT || status == STATUS_NO_MEMORY);
    return 0;
}
