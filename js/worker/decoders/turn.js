// Crops a picture and rotates it.

/** @typedef {import('./png.js').Samples} Samples */

/**
 * @typedef {{ x: number, y: number, width: number, height: number }} Part
 * @typedef {1 | 2 | 3 | 4 | 5 | 6 | 7 | 8} Orientation as EXIF counts them
 */

/**
 * @param {Samples} samples
 * @param {Part} part the visible part
 * @param {Orientation} orientation
 * @returns {Samples}
 */
export function turned(samples, part, orientation) {
    const isWhole = part.width === samples.width && part.height === samples.height;
    if (isWhole && orientation === 1) return samples;
    const isAcross = orientation >= 5;
    const width = isAcross ? part.height : part.width;
    const height = isAcross ? part.width : part.height;
    const { channels, data } = samples;
    const out = /** @type {Samples['data']} */ (new /** @type {any} */ (data.constructor)(width * height * channels));
    const isMirrored = [2, 3, 6, 7].includes(orientation); // along x of the result
    const isUpsideDown = [3, 4, 7, 8].includes(orientation);
    let to = 0;
    for (let y = 0; y < height; y++) {
        const v = isUpsideDown ? height - 1 - y : y;
        for (let x = 0; x < width; x++) {
            const u = isMirrored ? width - 1 - x : x;
            const [sourceX, sourceY] = isAcross ? [v, u] : [u, v];
            const from = ((part.y + sourceY) * samples.width + part.x + sourceX) * channels;
            for (let c = 0; c < channels; c++) out[to++] = data[from + c];
        }
    }
    return { width, height, channels, data: out };
}
