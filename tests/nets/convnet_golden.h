// What Keras gives for the layers of a convolutional network, as make_resnet_v2_golden.py and make_deepdanbooru_golden.py
// write it. Used by the networks' tests only.
//
// Input: in[y][x][c] = ((y * 31 + x * 17 + c * 7 + (y * x) % 13) % 256) / 255.
#pragma once

typedef struct {
    int y, x, c;
    double value;
} ConvnetSample;

typedef struct {
    const char *name;
    int h, w, c;
    double mean, rms; // over all h * w * c values
    int n_samples;    // of an output all values
    const ConvnetSample *samples;
} ConvnetLayer;
