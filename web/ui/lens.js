// A lens over the picture: the same place before and after, side by side, each pixel of the result as one or sixteen screen pixels. It follows
// the mouse, or Shift and the arrow keys.
import { onLanguage, t } from '../words/words.js';

const LEVELS = [0, 1, 4]; // screen pixels along a pixel of the result; 0: no lens
const SIDE = 168; // of each half, in CSS px
const STEP = 16;
const AWAY = 18; // from the pointer, so that it covers no part of the lens

/**
 * @typedef {object} Seen the pictures under the lens
 * @property {HTMLImageElement | null} before null: the browser cannot show it
 * @property {HTMLImageElement | HTMLCanvasElement} after
 * @property {number} width of the result, in pixels
 * @property {number} height
 * @property {import('./zoom_pan.js').View} view
 */

export class Lens {
    #level = 0;
    #at = { x: 0, y: 0 };

    /**
     * @param {HTMLElement} viewport
     * @param {{ lens: HTMLCanvasElement, button: HTMLButtonElement }} elements
     * @param {() => Seen | null} see null: there is nothing to show
     */
    constructor(viewport, { lens, button }, see) {
        this.viewport = viewport;
        this.lens = lens;
        this.button = button;
        this.see = see;
        button.addEventListener('click', () => this.#turn());
        viewport.addEventListener('pointermove', ({ clientX, clientY }) => {
            const box = viewport.getBoundingClientRect();
            this.#moveTo(clientX - box.left, clientY - box.top);
        });
        viewport.addEventListener('keydown', (event) => this.#onKey(event), true); // before the picture is moved
        onLanguage(() => this.refresh());
    }

    /** Draws the current place. */
    refresh() {
        const seen = this.see();
        const zoom = LEVELS[this.#level];
        this.button.hidden = !seen;
        this.button.setAttribute('aria-pressed', String(zoom > 0));
        this.button.textContent = zoom ? t('enlarge.lens.level', { level: t('format.percent', { n: 100 * zoom }) }) : t('enlarge.lens');
        this.lens.hidden = !seen || !zoom;
        if (seen && zoom) this.#draw(seen, zoom);
    }

    #turn() {
        const { clientWidth, clientHeight } = this.viewport;
        this.#level = (this.#level + 1) % LEVELS.length;
        if (this.#level === 1) this.#moveTo(clientWidth / 2, clientHeight / 2);
        this.refresh();
    }

    /** @param {number} x @param {number} y in the viewer */
    #moveTo(x, y) {
        const { clientWidth, clientHeight } = this.viewport;
        this.#at = { x: Math.min(clientWidth, Math.max(0, x)), y: Math.min(clientHeight, Math.max(0, y)) };
        if (this.#level) this.refresh();
    }

    /** @param {KeyboardEvent} event */
    #onKey(event) {
        const [dx, dy] =
            /** @type {Record<string, [number, number]>} */ ({
                ArrowLeft: [-1, 0],
                ArrowRight: [1, 0],
                ArrowUp: [0, -1],
                ArrowDown: [0, 1],
            })[event.key] ?? [];
        if (!event.shiftKey || !this.#level || dx === undefined || event.target !== this.viewport) return;
        event.preventDefault();
        event.stopImmediatePropagation();
        this.#moveTo(this.#at.x + dx * STEP, this.#at.y + /** @type {number} */ (dy) * STEP);
    }

    /** @param {Seen} seen @param {number} zoom */
    #draw({ before, after, width, height, view }, zoom) {
        const { lens } = this;
        const side = Math.round(SIDE * (window.devicePixelRatio || 1));
        const halves = before ? [before, after] : [after];
        [lens.width, lens.height] = [side * halves.length, side];
        const pen = /** @type {CanvasRenderingContext2D} */ (lens.getContext('2d'));
        const [x, y] = [(this.#at.x - view.x) / view.scale, (this.#at.y - view.y) / view.scale];
        pen.imageSmoothingEnabled = zoom === 1;
        for (const [i, source] of halves.entries()) {
            const pixels =
                source instanceof HTMLImageElement
                    ? { w: source.naturalWidth, h: source.naturalHeight }
                    : { w: source.width, h: source.height };
            const part = side / zoom;
            const [across, down] = [pixels.w / width, pixels.h / height];
            pen.drawImage(source, (x - part / 2) * across, (y - part / 2) * down, part * across, part * down, i * side, 0, side, side);
        }
        this.#place(halves.length);
    }

    /** Places the lens next to the pointer, inside the viewer. @param {number} halves */
    #place(halves) {
        const { clientWidth, clientHeight } = this.viewport;
        const width = SIDE * halves;
        const x = this.#at.x + AWAY + width < clientWidth ? this.#at.x + AWAY : Math.max(0, this.#at.x - AWAY - width);
        const y = this.#at.y + AWAY + SIDE < clientHeight ? this.#at.y + AWAY : Math.max(0, this.#at.y - AWAY - SIDE);
        Object.assign(this.lens.style, { width: `${width}px`, height: `${SIDE}px`, transform: `translate(${x}px, ${y}px)` });
    }
}
