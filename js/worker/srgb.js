// Pictures to sRGB, where that is asked for and a picture's numbers mean other colours. What converts is loaded when the first one comes.
import { stepUntil } from './steps.js';

/**
 * @typedef {import('./native/native_colour.js').NativeColour} NativeColour
 * @typedef {import('./native/native_colour.js').ToSrgb} ToSrgb
 * @typedef {import('../types.js').Note} Note
 */

/** @type {Record<'hdr' | 'broken', Note>} */
const KEPT = {
    hdr: {
        sentence: 'The picture is in HDR (PQ or HLG), which is not converted to sRGB: its colours are kept.',
        reason: 'HDR_NOT_CONVERTED',
        values: {},
    },
    broken: {
        sentence: "The picture's colour profile cannot be used: its colours are kept.",
        reason: 'PROFILE_NOT_CONVERTED',
        values: {},
    },
};

export class SrgbConverter {
    #load;
    /** @type {Promise<NativeColour> | undefined} */
    #native;

    /** @param {() => Promise<NativeColour>} load */
    constructor(load) {
        this.#load = load;
    }

    /**
     * @param {import('./native/native.js').NativeImage} image
     * @returns {Promise<{ toSrgb?: ToSrgb, notes: Note[] }>} without `toSrgb`: its pixels stay as they are
     */
    async open(image) {
        const colours = image.colours();
        if (colours.kind !== 'profile') return { notes: colours.kind === 'hdr' ? [KEPT.hdr] : [] };
        this.#native ??= this.#load().catch((error) => {
            this.#native = undefined; // to be tried again
            throw error;
        });
        const toSrgb = (await this.#native).toSrgb(colours);
        return toSrgb ? { toSrgb, notes: [] } : { notes: [KEPT.broken] };
    }
}

/**
 * Converts the picture, or the frame, that a task begins with, if it has to be.
 * @param {ToSrgb} toSrgb
 * @param {import('./native/native_upscale.js').NativeUpscale} task
 * @param {AbortSignal} signal
 */
export async function convertFresh(toSrgb, task, signal) {
    const pixels = task.toConvert();
    if (!pixels) return;
    let at = 0;
    const step = () => {
        at = toSrgb.convert(pixels, at);
    };
    await stepUntil(() => at === pixels.n, step, signal);
}
