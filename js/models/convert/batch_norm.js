// Batch normalisations in float64: as a factor and a shift for each channel, and as mean and variance of what they give.
import { AcgError } from '../../errors.js';
import { normalBelow } from './normal.js';

/**
 * @typedef {import('./keras_variables.js').KerasVariables} KerasVariables
 * @typedef {{ mean: Float64Array, variance: Float64Array }} Moments of each channel
 */

/** The names of a normalisation's variables. */
export const VARIABLES = ['gamma', 'beta', 'moving_mean', 'moving_variance'];

/**
 * The normalisation as value * factor + shift, for each channel.
 * @param {KerasVariables} variables those of the layer are loaded
 * @param {string} layer
 * @param {number} epsilon
 */
export function scaleShift(variables, layer, epsilon) {
    const [gamma, beta, mean, variance] = VARIABLES.map((name) => variables.vector(`${layer}/${name}`));
    const factor = gamma.map((value, c) => value / Math.sqrt(variance[c] + epsilon));
    return { factor, shift: beta.map((value, c) => value - mean[c] * factor[c]) };
}

/**
 * The mean and the variance of a normalisation's outputs.
 * @param {KerasVariables} variables
 * @param {string} layer
 * @returns {Moments}
 */
export function moments(variables, layer) {
    return { mean: variables.vector(`${layer}/beta`), variance: variables.vector(`${layer}/gamma`).map((value) => value * value) };
}

/**
 * The mean and the variance of a ReLU's outputs, if its inputs are normally distributed: Nagel et al. 2019, Data-Free Quantization Through
 * Weight Equalization and Bias Correction, appendix C.
 * @param {Moments} moments of its inputs
 * @returns {Moments}
 */
export function reluMoments({ mean, variance }) {
    const deviation = variance.map((value) => Math.sqrt(Math.max(value, 1e-12)));
    const share = mean.map((value, c) => normalBelow(value / deviation[c])); // of the inputs above zero
    const density = mean.map((value, c) => (deviation[c] * Math.exp(-((value / deviation[c]) ** 2) / 2)) / Math.sqrt(2 * Math.PI));
    const first = mean.map((value, c) => value * share[c] + density[c]);
    const second = mean.map((value, c) => (value * value + variance[c]) * share[c] + value * density[c]);
    return { mean: first, variance: second.map((value, c) => Math.max(value - first[c] * first[c], 0)) };
}

/**
 * The mean and the variance of the sum of independent values.
 * @param {Moments} a
 * @param {Moments} b
 * @returns {Moments}
 * @throws {AcgError} BAD_FORMAT
 */
export function sumOfMoments(a, b) {
    if (a.mean.length !== b.mean.length) {
        throw new AcgError(
            'BAD_FORMAT',
            `Expected as many channels in what a block adds up but found ${a.mean.length} and ${b.mean.length}`,
        );
    }
    return { mean: a.mean.map((value, c) => value + b.mean[c]), variance: a.variance.map((value, c) => value + b.variance[c]) };
}
