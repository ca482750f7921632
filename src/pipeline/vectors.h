// Operations on the vectors of pictures and texts.
#ifndef PIPELINE_VECTORS_H
#define PIPELINE_VECTORS_H

// Scales vector [n] to length 1, so that the dot product of two vectors is their cosine. Zeros stay zeros.
void vectors_normalise(float *vector, int n);

#endif
