// The canvas on which finished tiles appear over the stretched original. Only for display: a large picture is drawn
// reduced, because browsers limit canvases; the file to download never comes from here.

const MAX_PIXELS = 16 * 1024 * 1024; // the smallest limits among current browsers
const MAX_SIDE = 8192;

/** @typedef {{ x: number, y: number, width: number, height: number, channels: number, data: Uint8Array }} Tile */

export class TileCanvas {
    #workbench = document.createElement('canvas');
    #reduction = 1;

    /** @param {HTMLCanvasElement} canvas */
    constructor(canvas) {
        this.canvas = canvas;
        this.context = pen(canvas);
    }

    /** True when the canvas holds fewer pixels than the picture. */
    get reduced() {
        return this.#reduction < 1;
    }

    /** @param {HTMLImageElement | null} original @param {number} width @param {number} height of the enlarged picture */
    begin(original, width, height) {
        const { canvas, context } = this;
        this.#reduction = reductionFor(width, height);
        canvas.width = Math.max(1, Math.floor(width * this.#reduction));
        canvas.height = Math.max(1, Math.floor(height * this.#reduction));
        context.imageSmoothingQuality = 'high';
        if (original) context.drawImage(original, 0, 0, canvas.width, canvas.height);
    }

    /** @param {Tile} tile */
    draw(tile) {
        const pixels = new ImageData(rgba(tile), tile.width, tile.height);
        const reduction = this.#reduction;
        if (reduction === 1) {
            this.context.putImageData(pixels, tile.x, tile.y);
            return;
        }
        this.#workbench.width = tile.width;
        this.#workbench.height = tile.height;
        pen(this.#workbench).putImageData(pixels, 0, 0);
        // whole pixels, so that there are no gaps between neighbours
        const [left, top] = [Math.round(tile.x * reduction), Math.round(tile.y * reduction)];
        const right = Math.round((tile.x + tile.width) * reduction);
        const bottom = Math.round((tile.y + tile.height) * reduction);
        this.context.clearRect(left, top, right - left, bottom - top);
        this.context.drawImage(this.#workbench, left, top, right - left, bottom - top);
    }

    /** A copy of at most `maxPixels`. @param {number} [maxPixels] */
    copy(maxPixels = MAX_PIXELS) {
        const { width, height } = this.canvas;
        const less = Math.min(1, Math.sqrt(maxPixels / (width * height)));
        const copy = document.createElement('canvas');
        copy.width = Math.max(1, Math.floor(width * less));
        copy.height = Math.max(1, Math.floor(height * less));
        pen(copy).drawImage(this.canvas, 0, 0, copy.width, copy.height);
        return copy;
    }

    /** Shows a canvas of `copy`. @param {HTMLCanvasElement} copy @param {number} width of the enlarged picture */
    show(copy, width) {
        [this.canvas.width, this.canvas.height] = [copy.width, copy.height];
        this.context.drawImage(copy, 0, 0);
        this.#reduction = copy.width / width;
    }

    /** Frees the memory. */
    clear() {
        for (const canvas of [this.canvas, this.#workbench]) canvas.width = canvas.height = 1;
    }
}

/** @param {HTMLCanvasElement} canvas */
const pen = (canvas) => /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));

/**
 * The scale at which a picture must be drawn to stay within the limits of browsers: 1 or less.
 * @param {number} width
 * @param {number} height
 */
export function reductionFor(width, height) {
    return Math.min(1, Math.sqrt(MAX_PIXELS / (width * height)), MAX_SIDE / Math.max(width, height));
}

/** @param {Tile} tile */
function rgba({ width, height, channels, data }) {
    const out = new Uint8ClampedArray(width * height * 4);
    if (channels === 4) {
        out.set(data);
        return out;
    }
    for (let i = 0, o = 0; o < out.length; i += 3, o += 4) {
        out[o] = data[i];
        out[o + 1] = data[i + 1];
        out[o + 2] = data[i + 2];
        out[o + 3] = 255;
    }
    return out;
}
