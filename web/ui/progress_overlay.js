// Darkens the unfinished part of the picture, and clears tile by tile, pass by pass: with exact tiles nothing is finished before the last pass.

const DARKEST = 0.5;

export class ProgressOverlay {
    /** @param {HTMLCanvasElement} canvas */
    constructor(canvas) {
        this.canvas = canvas;
        this.context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    }

    /**
     * @param {NonNullable<import('acg2vec').Progress['work']>} work
     * @param {number} width of the picture that is enlarged
     * @param {number} height
     */
    show({ pass, passes, tile, columns, rows, side }, width, height) {
        const { canvas, context } = this;
        canvas.hidden = passes === 1;
        if (canvas.width !== columns || canvas.height !== rows) {
            [canvas.width, canvas.height] = [columns, rows];
            canvas.style.width = `${(100 * columns * side) / width}%`;
            canvas.style.height = `${(100 * rows * side) / height}%`;
        }
        context.clearRect(0, 0, columns, rows);
        for (let i = 0; i < columns * rows; i++) {
            const passed = pass + (i < tile ? 1 : 0);
            context.fillStyle = `rgb(16 14 22 / ${DARKEST * (1 - passed / passes)})`;
            context.fillRect(i % columns, Math.floor(i / columns), 1, 1);
        }
    }

    hide() {
        this.canvas.hidden = true;
        this.canvas.width = this.canvas.height = 0;
    }
}
