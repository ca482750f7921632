// Plain loops: this is little work compared with the network's.
#include "pipeline/vectors.h"

#include <math.h>

void vectors_normalise(float *vector, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) sum += (double)vector[i] * vector[i];
    const double factor = sum > 0 ? 1 / sqrt(sum) : 1;
    for (int i = 0; i < n; i++) vector[i] = (float)(vector[i] * factor);
}
