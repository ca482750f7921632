// Ours, through the package's public API.
import { createEngine } from 'acg2vec';

export const includes = 'the whole call: RGB bytes to a worker, padding, network, rounding, RGB bytes back';

/** @type {import('../peer.js').Prepare} */
export async function prepare({ picture, scale, threads }) {
    const engine = await createEngine({ threads, models: '/weights/' });
    if (engine.info.threads !== threads) throw new Error(`Expected ${threads} threads but received ${engine.info.threads}`);
    let last;
    return {
        description: `build ${engine.info.variant}`,
        async run() {
            const start = performance.now();
            last = await engine.upscale(picture, { scale, tile: picture.width, format: 'pixels' });
            return { ms: performance.now() - start, engineMs: last.timings.upscaleMs };
        },
        pixels: () => last.pixels,
    };
}
