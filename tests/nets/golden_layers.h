// What a network's layers should give, as samples of each, and how a network is compared with them through its tap. The
// layers are written by golden_layers.py.
#ifndef TESTS_NETS_GOLDEN_LAYERS_H
#define TESTS_NETS_GOLDEN_LAYERS_H

#include <math.h>

#include "core/tensor.h"
#include "test.h"

// A value 0 to 1 of the picture that the make_*_golden.py give to a network.
static inline float golden_input(int y, int x, int c) {
    return (float)((y * 31 + x * 17 + c * 7 + y * x % 13) % 256) / 255;
}

typedef struct GoldenSample {
    int y, x, c;
    double value;
} GoldenSample;

typedef struct GoldenLayer {
    const char *name;
    int h, w, c;
    double mean, rms; // over all h * w * c values
    int n_samples;
    const GoldenSample *samples;
} GoldenLayer;

typedef struct GoldenCheck {
    const GoldenLayer *layers; // in the order they run
    int n_layers, n_unseen;    // how many of them the network does not show
    double tolerance, worst;   // of all samples, relative to the layer's rms
    int next, n_seen;
} GoldenCheck;

static inline void check_golden_value(GoldenCheck *check, const GoldenLayer *layer, double found, double expected) {
    const double error = fabs(found - expected) / layer->rms;
    if (error > check->worst) check->worst = error;
    if (!(error <= check->tolerance)) fail_msg("layer %s: expected %.9g but found %.9g", layer->name, expected, found);
}

static inline const GoldenLayer *next_golden(GoldenCheck *check, const char *name) {
    while (check->next < check->n_layers) {
        const GoldenLayer *layer = &check->layers[check->next++];
        if (!strcmp(layer->name, name)) return layer;
    }
    fail_msg("the golden file has no layer %s there", name);
    return NULL;
}

// The next layer of that name: a network's tap, with a GoldenCheck as context.
static inline void check_golden(void *context, const char *name, Tensor t) {
    GoldenCheck *check = context;
    const GoldenLayer *layer = next_golden(check, name);
    check->n_seen++;
    assert_int_equal(t.h, layer->h);
    assert_int_equal(t.w, layer->w);
    assert_int_equal(t.c, layer->c);
    double sum = 0, power = 0;
    for (size_t i = 0; i < tensor_count(t); i++) {
        sum += t.data[i];
        power += (double)t.data[i] * t.data[i];
    }
    check_golden_value(check, layer, sum / (double)tensor_count(t), layer->mean);
    check_golden_value(check, layer, sqrt(power / (double)tensor_count(t)), layer->rms);
    for (int i = 0; i < layer->n_samples; i++) {
        const GoldenSample *s = &layer->samples[i];
        check_golden_value(check, layer, tensor_at(t, s->y, s->x)[s->c], s->value);
    }
}

// All layers were seen, but for n_unseen.
static inline void check_golden_end(const GoldenCheck *check) {
    assert_int_equal(check->n_seen, check->n_layers - check->n_unseen);
    print_message("# largest error %.2g of the layer's rms\n", check->worst);
}

static inline double cosine(const float *a, const float *b, int n) {
    double ab = 0, aa = 0, bb = 0;
    for (int i = 0; i < n; i++) {
        ab += (double)a[i] * b[i];
        aa += (double)a[i] * a[i];
        bb += (double)b[i] * b[i];
    }
    return ab / sqrt(aa * bb);
}

#endif
