// Operations on the vectors of pictures and texts.
#ifndef PIPELINE_VECTORS_H
#define PIPELINE_VECTORS_H

// Makes the length of vector [n] 1, so that a dot product of two is their cosine. One of zeros stays as it is.
void vectors_normalise(float *vector, int n);

#endif
