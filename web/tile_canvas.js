// The canvas on which finished tiles appear over the stretched original. For looking at only: a large picture is drawn
// reduced, because browsers limit canvases; the file to download never comes from here.

const MAX_PIXELS = 16 * 1024 * 1024; // the smallest limit among current browsers

/** @typedef {{ x: number, y: number, width: number, height: number, channels: number, data: Uint8Array }} Tile */

/** @param {HTMLCanvasElement} canvas */
export function createTileCanvas(canvas) {
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    const workbench = document.createElement('canvas');
    let reduction = 1;

    return {
        /** True when the canvas holds fewer pixels than the picture. */
        get reduced() {
            return reduction < 1;
        },

        /** @param {HTMLImageElement} original @param {number} width @param {number} height of the enlarged picture */
        begin(original, width, height) {
            reduction = Math.min(1, Math.sqrt(MAX_PIXELS / (width * height)));
            canvas.width = Math.max(1, Math.floor(width * reduction));
            canvas.height = Math.max(1, Math.floor(height * reduction));
            context.imageSmoothingQuality = 'high';
            context.drawImage(original, 0, 0, canvas.width, canvas.height);
        },

        /** @param {Tile} tile */
        draw(tile) {
            const pixels = new ImageData(rgba(tile), tile.width, tile.height);
            if (reduction === 1) {
                context.putImageData(pixels, tile.x, tile.y);
                return;
            }
            workbench.width = tile.width;
            workbench.height = tile.height;
            /** @type {CanvasRenderingContext2D} */ (workbench.getContext('2d')).putImageData(pixels, 0, 0);
            const place = /** @type {const} */ ([
                tile.x * reduction,
                tile.y * reduction,
                tile.width * reduction,
                tile.height * reduction,
            ]);
            context.clearRect(...place);
            context.drawImage(workbench, ...place);
        },

        clear() {
            canvas.width = canvas.height = workbench.width = workbench.height = 1; // gives the memory back
        },
    };
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
