// Checks the options of upscale, of an engine, and of all calls.
import { badArgument } from '../errors.js';
import { refuseUnknown } from './known.js';

/** @typedef {import('../types.js').UpscaleOptions} UpscaleOptions */

const SCALES = [1, 2, 3, 4];
export const DENOISE = ['conservative', 'none', '0', '1', '2', '3'];
export const SYNC = ['exact', 'fast', 'off'];
export const FORMATS = ['png', 'webp', 'jpg', 'pixels'];
export const FITS = ['inside', 'outside', 'fill'];
const METADATA = ['none', 'keep'];
const GREY = ['exact', 'near', 'off'];
const COLOUR = ['keep', 'srgb'];
export const DAMAGED = ['refuse', 'keep'];
const MAX_PIXELS = { min: 1, max: 2 ** 32 - 1 };
const QUALITY = { min: 1, max: 100 };
const STRENGTH = { min: 0.5, max: 1.5 };
const SIDE = { min: 1, max: 65535 };
const TILE = { min: 16, max: 4096 };
const THREADS = { min: 1, max: 64 };

/**
 * Checks the options and fills in the defaults. `findModel` checks whether the model has this scale and denoise level.
 * @param {UpscaleOptions & Record<string, unknown>} options
 * @param {import('../models/choices.js').Choices['upscalers']} upscalers the models that there are
 * @throws {AcgError} BAD_ARGUMENT
 */
export function checkUpscaleOptions(options, upscalers) {
    refuseUnknown(options, 'upscale');
    const names = [...upscalers.keys()];
    const { model = /** @type {NonNullable<UpscaleOptions['model']>} */ (names[0]) } = options;
    const defaults = upscalers.get(model) ?? { scale: 2, denoise: 'none' };
    const { scale = defaults.scale, strength = 1, tile = 'auto', format = 'png', sync = 'exact' } = options;
    const { tta = false, memory = 0, quality = 90, metadata = 'none', temp = true } = options;
    const { grey = 'exact', colour = 'keep', guard = false, width, height, fit = 'inside' } = options;
    const denoise = /** @type {'conservative' | 'none' | '0' | '1' | '2' | '3'} */ (
        String(options.denoise ?? (scale === 1 ? '1' : defaults.denoise))
    );
    oneOf(SCALES, 'scale', scale);
    oneOf(names, 'model', model);
    oneOf(DENOISE, 'denoise', denoise);
    oneOf(FORMATS, 'format', format);
    if (!inRange(quality, QUALITY)) {
        throw badArgument(`a whole number from ${QUALITY.min} to ${QUALITY.max}`, 'quality', quality);
    }
    oneOf(METADATA, 'metadata', metadata);
    if (typeof guard !== 'boolean') throw badArgument('true or false', 'guard', guard);
    oneOf(GREY, 'grey', grey);
    oneOf(COLOUR, 'colour', colour);
    const { damaged, maxPixels } = checkPictureOptions(options);
    oneOf(SYNC, 'sync', sync);
    if (typeof tta !== 'boolean') throw badArgument('true or false', 'tta', tta);
    if (typeof memory !== 'number' || !(memory >= 0)) throw badArgument('a number of bytes', 'memory', memory);
    if (typeof temp !== 'boolean' && (typeof temp !== 'string' || temp === '')) {
        throw badArgument('true, false or a folder', 'temp', temp);
    }
    if (typeof strength !== 'number' || !(strength >= STRENGTH.min && strength <= STRENGTH.max)) {
        throw badArgument(`a number from ${STRENGTH.min} to ${STRENGTH.max}`, 'strength', strength);
    }
    if (tile !== 'auto' && !inRange(tile, TILE)) {
        throw badArgument(`'auto' or a whole number from ${TILE.min} to ${TILE.max}`, 'tile', tile);
    }
    checkCalls(options);
    checkSize({ width, height, fit });
    const size = { width: width ?? 0, height: height ?? 0, fit };
    const picture = { grey, colour, damaged, maxPixels };
    return { scale, model, denoise, strength, tile, format, quality, metadata, sync, tta, memory, temp, guard, ...size, ...picture };
}

/** @param {Pick<UpscaleOptions, 'width' | 'height' | 'fit'>} size in pixels that was asked for */
function checkSize({ width, height, fit }) {
    for (const [name, side] of Object.entries({ width, height })) {
        if (side !== undefined && !inRange(side, SIDE)) throw badArgument(`a whole number from ${SIDE.min} to ${SIDE.max}`, name, side);
    }
    oneOf(FITS, 'fit', fit);
}

/**
 * Checks the options that are common to all calls that decode a picture.
 * @param {import('../types.js').PictureOptions} options
 */
export function checkPictureOptions({ damaged = 'refuse', maxPixels }) {
    oneOf(DAMAGED, 'damaged', damaged);
    if (maxPixels !== undefined && !inRange(maxPixels, MAX_PIXELS)) {
        throw badArgument(`a whole number from ${MAX_PIXELS.min} to ${MAX_PIXELS.max}`, 'maxPixels', maxPixels);
    }
    return { damaged, maxPixels };
}

/** @param {Record<string, unknown> & import('../types.js').EngineOptions} options `models` is checked later, when weights are read */
export function checkEngineOptions({ threads, wasm, decoders = {}, ...options }) {
    refuseUnknown(options, 'engine');
    checkThreads(threads);
    checkCalls(options);
    const isMap = typeof wasm === 'object' && wasm !== null;
    if (wasm !== undefined && typeof wasm !== 'string' && !isMap) {
        throw badArgument('a prefix, a map of file names to URLs or a WebAssembly.Module', 'wasm', wasm);
    }
    const isPlaces = typeof decoders === 'object' && decoders !== null;
    if (!isPlaces || Object.keys(decoders).some((kind) => kind !== 'avif' && kind !== 'jxl')) {
        throw badArgument('an object with the URLs of `avif`, `jxl` or both', 'decoders', decoders);
    }
}

/** @param {unknown} threads */
export function checkThreads(threads) {
    if (threads !== undefined && !inRange(threads, THREADS)) {
        throw badArgument(`a whole number from ${THREADS.min} to ${THREADS.max}`, 'threads', threads);
    }
}

/**
 * Checks the callbacks and the signal of a call.
 * @param {Record<string, unknown>} options
 */
export function checkCalls(options) {
    for (const name of ['onProgress', 'onTile', 'onChunk', 'onWarning']) {
        if (options[name] !== undefined && typeof options[name] !== 'function') throw badArgument('a function', name, options[name]);
    }
    if (options.signal !== undefined && !(options.signal instanceof AbortSignal))
        throw badArgument('an AbortSignal', 'signal', options.signal);
}

/**
 * @param {unknown} value
 * @param {{ min: number, max: number }} range
 */
function inRange(value, { min, max }) {
    return Number.isInteger(value) && /** @type {number} */ (value) >= min && /** @type {number} */ (value) <= max;
}

/**
 * @param {unknown[]} values
 * @param {string} name
 * @param {unknown} value
 */
export function oneOf(values, name, value) {
    if (!values.includes(value)) throw badArgument(`one of ${values.join(', ')}`, name, value);
}
