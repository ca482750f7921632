// Finds the squares of a picture that have the most detail.

/** @typedef {{ x: number, y: number }} Place the upper left corner of a square, in pixels of the picture */

const CELLS = 2; // along a square's side
const CELL = 8; // pixels of the reduced picture along a cell's side
const MAX_SIDE = 1024; // of the reduced picture

/**
 * @param {HTMLImageElement} image
 * @param {number} side of a square
 * @param {number} count how many at most
 * @returns {Place[]} those with the strongest edges, which do not overlap
 */
export function detailedPlaces(image, side, count) {
    const { naturalWidth, naturalHeight } = image;
    const scale = Math.min((CELLS * CELL) / side, MAX_SIDE / Math.max(naturalWidth, naturalHeight));
    const [width, height] = [naturalWidth, naturalHeight].map((length) => Math.max(1, Math.round(length * scale)));
    const step = Math.max(1, Math.round((side * scale) / CELLS));
    const edges = edgesOf(pixelsOf(image, width, height), { width, height, step });
    const places = edges.flatMap((row, i) =>
        row.map((_, j) => ({ i, j, strength: row[j] + (row[j + 1] ?? 0) + (edges[i + 1]?.[j] ?? 0) + (edges[i + 1]?.[j + 1] ?? 0) })),
    );
    /** @type {typeof places} */
    const chosen = [];
    for (const place of places.sort((a, b) => b.strength - a.strength)) {
        if (chosen.length === count) break;
        if (chosen.every(({ i, j }) => Math.abs(i - place.i) >= CELLS || Math.abs(j - place.j) >= CELLS)) chosen.push(place);
    }
    return chosen.map(({ i, j }) => inside(image, side, { x: (j * step) / scale, y: (i * step) / scale }));
}

/** The nearest place where the square lies in the picture. @param {HTMLImageElement} image @param {number} side @param {Place} place @returns {Place} */
export function inside({ naturalWidth, naturalHeight }, side, { x, y }) {
    const within = (/** @type {number} */ at, /** @type {number} */ length) => Math.round(Math.max(0, Math.min(at, length - side)));
    return { x: within(x, naturalWidth), y: within(y, naturalHeight) };
}

/** @param {HTMLImageElement} image @param {number} width @param {number} height */
function pixelsOf(image, width, height) {
    const pen = /** @type {CanvasRenderingContext2D} */ (
        Object.assign(document.createElement('canvas'), { width, height }).getContext('2d', { willReadFrequently: true })
    );
    pen.fillStyle = '#888'; // the background of transparent pixels
    pen.fillRect(0, 0, width, height);
    pen.drawImage(image, 0, 0, width, height);
    return pen.getImageData(0, 0, width, height).data;
}

/**
 * The differences of green between neighbours, summed over each cell.
 * @param {Uint8ClampedArray} data
 * @param {{ width: number, height: number, step: number }} size step: a cell's side
 */
function edgesOf(data, { width, height, step }) {
    const cells = Array.from({ length: Math.ceil(height / step) }, () => new Array(Math.ceil(width / step)).fill(0));
    for (let y = 0; y + 1 < height; y++) {
        for (let x = 0; x + 1 < width; x++) {
            const at = 4 * (y * width + x) + 1;
            cells[Math.floor(y / step)][Math.floor(x / step)] +=
                Math.abs(data[at] - data[at + 4]) + Math.abs(data[at] - data[at + 4 * width]);
        }
    }
    return cells;
}
