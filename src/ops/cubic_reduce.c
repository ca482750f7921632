// Interpolates along the rows, then along the columns. Every 4 samples give `times` samples, always with the same
// weights.
#include "ops/cubic_reduce.h"

#include <math.h>

#include "core/ints.h"
#include "core/parallel.h"

enum { TAPS = 4, PERIOD = 4 };

// The position of a sample of the result, and the weights of the four samples around it.
typedef struct Phase {
    int first;
    float weights[TAPS];
} Phase;

typedef struct Reduce {
    Tensor to, from;
    int crop, times;
    CubicBounds bounds;
    Phase phases[PERIOD];
} Reduce;

static double kernel(double x) {
    const double a = -0.75;
    x = fabs(x);
    return x <= 1 ? ((a + 2) * x - (a + 3)) * x * x + 1 : ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
}

static Phase phase_of(int i, int times) {
    const double at = (i + 0.5) * PERIOD / times - 0.5;
    Phase phase = {.first = (int)floor(at) - 1};
    for (int tap = 0; tap < TAPS; tap++) phase.weights[tap] = (float)kernel(at - (phase.first + tap));
    return phase;
}

// Of `from`, the index of sample i of the middle.
static int clamp(int i, int low, int high) { return max(low, min(i, high - 1)); }

static void reduce_pixel(const Reduce *reduce, const int rows[TAPS], const Phase *down, int x, float *to) {
    const Phase *across = &reduce->phases[x % reduce->times];
    const int first = x / reduce->times * PERIOD + across->first + reduce->crop;
    for (int c = 0; c < reduce->to.c; c++) to[c] = 0;
    for (int i = 0; i < TAPS; i++) {
        for (int k = 0; k < TAPS; k++) {
            const int column = clamp(first + k, reduce->bounds.left, reduce->bounds.right);
            const float *from = tensor_at(reduce->from, rows[i], column),
                        weight = down->weights[i] * across->weights[k];
            for (int c = 0; c < reduce->to.c; c++) to[c] += from[c] * weight;
        }
    }
}

static void reduce_row(void *context, int y) {
    const Reduce *reduce = context;
    const Phase *down = &reduce->phases[y % reduce->times];
    const int first = y / reduce->times * PERIOD + down->first + reduce->crop;
    int rows[TAPS];
    for (int i = 0; i < TAPS; i++) rows[i] = clamp(first + i, reduce->bounds.top, reduce->bounds.bottom);
    for (int x = 0; x < reduce->to.w; x++) reduce_pixel(reduce, rows, down, x, tensor_at(reduce->to, y, x));
}

void cubic_reduce(Tensor to, Tensor from, int crop, int times, CubicBounds bounds) {
    Reduce reduce = {to, from, crop, times, bounds, {{0}}};
    for (int i = 0; i < times; i++) reduce.phases[i] = phase_of(i, times);
    parallel_for(reduce_row, &reduce, to.h);
}
