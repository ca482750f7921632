// What a peer has to do around the network: pad the picture and lay it out as it wants it, and back. Never timed.

const PAD = { 2: 18, 3: 14, 4: 19 };
const MULTIPLE = { 2: 2, 3: 4, 4: 2 };

/** Mirrors at both ends without repeating the edge pixel; for pictures larger than the padding. */
function reflect(i, size) {
    const last = size - 1;
    return last - Math.abs(last - Math.abs(i));
}

/**
 * RGB bytes to padded float planes from 0 to 1: the input of the network, [3][height][width].
 * @param {{ data: Uint8Array, width: number, height: number }} picture
 * @param {2 | 3 | 4} scale
 */
export function toPlanes(picture, scale) {
    const pad = PAD[scale];
    const padded = (size) => Math.ceil(size / MULTIPLE[scale]) * MULTIPLE[scale] + 2 * pad;
    const height = padded(picture.height);
    const width = padded(picture.width);
    const planes = new Float32Array(3 * height * width);
    for (let y = 0; y < height; y++) {
        const row = reflect(y - pad, picture.height) * picture.width;
        for (let x = 0; x < width; x++) {
            const from = (row + reflect(x - pad, picture.width)) * 3;
            for (let c = 0; c < 3; c++) planes[(c * height + y) * width + x] = picture.data[from + c] / 255;
        }
    }
    return { planes, height, width };
}

/**
 * The network's output planes, [3][rows][cols], to the RGB bytes of the enlarged picture; adds what 4x adds.
 * @param {Float32Array} planes
 * @param {{ rows: number, cols: number }} size
 * @param {{ data: Uint8Array, width: number, height: number }} picture
 * @param {2 | 3 | 4} scale
 */
export function toPixels(planes, { rows, cols }, picture, scale) {
    const [height, width] = [picture.height * scale, picture.width * scale];
    const pixels = new Uint8ClampedArray(height * width * 3);
    for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
            const near = (Math.floor(y / scale) * picture.width + Math.floor(x / scale)) * 3;
            for (let c = 0; c < 3; c++) {
                const base = scale === 4 ? picture.data[near + c] : 0;
                pixels[(y * width + x) * 3 + c] = Math.floor(planes[(c * rows + y) * cols + x] * 255 + base + 0.5);
            }
        }
    }
    return pixels;
}
