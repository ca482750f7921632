// Draws the icons of the installed page: the mark of icon.svg, three peg holes, on paper.
import { PNG } from 'pngjs';

const PAPER = [0xf6, 0xf3, 0xec];
const RED = [0xc4, 0x39, 0x1f];
const SAMPLES = 4; // in each direction of a pixel
const CORNER = 0.2;

/** Two slots and a hole, as in icon.svg: centre, half the width, half the height; of a mark 48 wide. */
const PEGS = [
    [6.5, 6.5, 4],
    [24, 5.5, 5.5],
    [41.5, 6.5, 4],
];

/** Whether a point is in a rectangle with round corners around 0. */
function isInside(x, y, halfWidth, halfHeight, radius) {
    const [dx, dy] = [Math.max(0, Math.abs(x) - halfWidth + radius), Math.max(0, Math.abs(y) - halfHeight + radius)];
    return Math.abs(x) <= halfWidth && Math.abs(y) <= halfHeight && dx * dx + dy * dy <= radius * radius;
}

/**
 * @param {number} side in pixels
 * @param {boolean} isWhole the paper fills the square, for systems that mask icons
 * @returns {Buffer} a PNG
 */
export function drawIcon(side, isWhole) {
    const png = new PNG({ width: side, height: side });
    const unit = 48 / (side * (isWhole ? 0.56 : 0.72)); // of the mark, for each pixel
    for (let y = 0; y < side; y++) {
        for (let x = 0; x < side; x++) {
            const { paper, red } = coverage(x, y, side, unit, isWhole);
            const ink = paper ? red / paper : 0;
            const colour = PAPER.map((each, i) => Math.round(each + (RED[i] - each) * ink));
            png.data.set([...colour, Math.round(255 * paper)], 4 * (y * side + x));
        }
    }
    return PNG.sync.write(png);
}

/** How much of a pixel is paper, and how much is a peg hole. */
function coverage(x, y, side, unit, isWhole) {
    let [paper, red] = [0, 0];
    for (let i = 0; i < SAMPLES * SAMPLES; i++) {
        const px = x + ((i % SAMPLES) + 0.5) / SAMPLES - side / 2;
        const py = y + (Math.floor(i / SAMPLES) + 0.5) / SAMPLES - side / 2;
        if (!isWhole && !isInside(px, py, side / 2, side / 2, side * CORNER)) continue;
        paper++;
        if (PEGS.some(([centre, width, height]) => isInside(px * unit + 24 - centre, py * unit, width, height, height))) red++;
    }
    const all = SAMPLES * SAMPLES;
    return { paper: paper / all, red: red / all };
}
