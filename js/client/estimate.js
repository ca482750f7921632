// Predicts the time of an upscale from the time per pixel of the last one on this machine. The platform stores that time.
import { checkUpscaleOptions } from '../options/upscale.js';

/**
 * @typedef {{ msPerPixel: number, from: 'work' | 'trial' }} Rate per pixel that runs through the network; from: what was timed
 * @typedef {object} Notes keeps a few lines of text for later engines; reading and writing may fail
 * @property {() => Promise<string | undefined>} read
 * @property {(text: string) => Promise<void>} write
 */

const SMALL = 200_000; // pixels: less than a second of work, too short for a reliable rate
const TRIAL_RUNS = 3;
const TRIAL_SIDE = 64;

/**
 * The work of a trial run: one small tile.
 * @param {string} model id
 * @param {import('../models/choices.js').Choices['upscalers']} upscalers
 * @returns {import('../shared/protocol.js').UpscaleBody}
 */
export function trial(model, upscalers) {
    const pixels = Uint8Array.from({ length: TRIAL_SIDE * TRIAL_SIDE * 3 }, (_, i) => (i * 7) % 251);
    /** @type {import('./source.js').PixelPicture} */
    const picture = { pixels, width: TRIAL_SIDE, height: TRIAL_SIDE, channels: 3 };
    return { ...checkUpscaleOptions({ format: 'pixels', sync: 'off' }, upscalers), tile: 0, picture, model, wantTiles: false };
}

export class Speed {
    #notes;
    #machine;
    /** @type {Promise<Record<string, Rate>> | undefined} */
    #rates;

    /**
     * @param {Notes} notes
     * @param {import('../types.js').EngineInfo} info
     */
    constructor(notes, { variant, threads }) {
        this.#notes = notes;
        this.#machine = `${variant} ${threads}`;
    }

    /**
     * @param {string | number} kind of network: networks of one kind take the same time per pixel
     * @param {() => Promise<{ upscaleMs: number, cost: number }>} tryOut runs a trial; called only if no rate is known; cost: pixels
     * @returns {Promise<Rate>}
     */
    async rate(kind, tryOut) {
        const rates = await this.#read();
        if (!rates[this.#key(kind)]) {
            const runs = [];
            // the first run also waits for the browser to compile the engine
            for (let run = 0; run < TRIAL_RUNS; run++) runs.push(await tryOut());
            const { upscaleMs, cost } = runs.reduce((best, each) => (each.upscaleMs < best.upscaleMs ? each : best));
            await this.learn(kind, 'trial', upscaleMs, cost);
        }
        return rates[this.#key(kind)];
    }

    /**
     * Stores a measured time. A short run never replaces the rate of earlier work.
     * @param {string | number} kind
     * @param {Rate['from']} from
     * @param {number} ms
     * @param {number} pixels that ran through the network
     */
    async learn(kind, from, ms, pixels) {
        const rates = await this.#read();
        const known = rates[this.#key(kind)];
        if (!(ms > 0 && pixels > 0) || (known?.from === 'work' && pixels < SMALL)) return;
        rates[this.#key(kind)] = { msPerPixel: ms / pixels, from };
        if (from === 'work') await this.#notes.write(JSON.stringify(rates)).catch(() => {});
    }

    /** @param {string | number} kind */
    #key(kind) {
        return `${this.#machine} ${kind}x`;
    }

    #read() {
        this.#rates ??= this.#notes.read().then(parseRates, () => ({}));
        return this.#rates;
    }
}

/**
 * @param {string | undefined} text
 * @returns {Record<string, Rate>}
 */
function parseRates(text) {
    try {
        const entries = Object.entries(JSON.parse(text ?? '{}'));
        return Object.fromEntries(entries.filter(([, rate]) => rate?.msPerPixel > 0));
    } catch {
        return {};
    }
}
