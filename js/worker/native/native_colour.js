// Wraps src/colour/colour.h, a module with a memory of its own: pixels are copied there and back, a band at a time.
import { LCMS2 } from './builds.js';
import { loadModule } from './load_module.js';

/** @typedef {import('./builds.js').ColourModule} ColourModule */
/** @typedef {import('../../shared/protocol.js').InitBody} InitBody */

const BAND_PIXELS = 2 ** 16;
const MOST_SAMPLE_BYTES = 8; // of a pixel

/**
 * @param {InitBody['wasm']} wasm where the engine's .wasm files are
 * @param {import('./builds.js').LoaderHost} host
 */
export async function loadNativeColour(wasm, { nodeModule }) {
    const place = wasm instanceof WebAssembly.Module ? undefined : wasm; // that one is the engine
    const module = await loadModule('The module that converts colours', LCMS2, place, () => ({ nodeModule }));
    return new NativeColour(module);
}

export class NativeColour {
    #module;

    /** @param {ColourModule} module */
    constructor(module) {
        this.#module = module;
    }

    /**
     * @param {import('./native.js').ProfileColours} colours
     * @returns {ToSrgb | undefined} undefined: the profile cannot be used
     */
    toSrgb({ profile, channels, bits }) {
        const at = this.#module._malloc(Math.max(profile.length, BAND_PIXELS * MOST_SAMPLE_BYTES));
        if (!at) return undefined;
        this.#module.HEAPU8.set(profile, at);
        const colour = this.#module._colour_open(at, profile.length, channels, bits);
        if (colour) return new ToSrgb(this.#module, colour, at);
        this.#module._free(at);
        return undefined;
    }
}

export class ToSrgb {
    #module;
    #colour;
    #band;

    /**
     * @param {ColourModule} module
     * @param {number} colour
     * @param {number} band memory for the pixels of one
     */
    constructor(module, colour, band) {
        this.#module = module;
        this.#colour = colour;
        this.#band = band;
    }

    /**
     * Converts a band of a picture, in its place.
     * @param {import('./native_upscale.js').PixelsToConvert} pixels
     * @param {number} from its first pixel
     * @returns {number} the first pixel of the next band
     */
    convert({ n, view }, from) {
        const to = Math.min(n, from + BAND_PIXELS);
        const bytes = view(from, to);
        this.#module.HEAPU8.set(bytes, this.#band);
        this.#module._colour_convert(this.#colour, this.#band, to - from);
        bytes.set(this.#module.HEAPU8.subarray(this.#band, this.#band + bytes.length));
        return to;
    }

    close() {
        this.#module._colour_close(this.#colour);
        this.#module._free(this.#band);
    }
}
