// The position of the picture in the viewer: zoom by wheel, pinch and keys, pan by dragging. Draws nothing.

const MAX_SCALE = 16;
const MAX_FIT = 2; // the maximum scale of a small picture that fills the stage

/** @typedef {{ x: number, y: number, scale: number }} View the picture's corner in the viewer, and CSS px per picture px */

export class ZoomPan {
    #view = { x: 0, y: 0, scale: 1 };
    #content = { width: 1, height: 1 };
    #isFitted = true;
    /** The positions of the pointers, by their ids. @type {Map<number, { x: number, y: number }>} */
    #fingers = new Map();

    /** @param {HTMLElement} viewport @param {(view: View) => void} onChange */
    constructor(viewport, onChange) {
        this.viewport = viewport;
        this.onChange = onChange;
        new ResizeObserver(() => (this.#isFitted ? this.fit() : this.#settle())).observe(viewport);
        viewport.addEventListener('wheel', (event) => this.#onWheel(event), { passive: false });
        viewport.addEventListener('pointerdown', (event) => this.#onPointerDown(event));
        viewport.addEventListener('pointermove', (event) => this.#onPointerMove(event));
        for (const end of /** @type {const} */ (['pointerup', 'pointercancel', 'lostpointercapture'])) {
            viewport.addEventListener(end, (event) => this.#fingers.delete(event.pointerId));
        }
        viewport.addEventListener('dblclick', () => (this.#isFitted ? this.actual() : this.fit()));
        viewport.addEventListener('keydown', (event) => this.#onKey(event));
    }

    /** True when a part of the picture is outside, so that dragging moves it. */
    get movable() {
        const { clientWidth, clientHeight } = this.viewport;
        const { width, height } = this.#content;
        return width * this.#view.scale > clientWidth + 1 || height * this.#view.scale > clientHeight + 1;
    }

    /** Zoom as a share: 1 when a pixel of the picture is a pixel of the screen. */
    get level() {
        return this.#view.scale / actualScale();
    }

    /** @param {number} width @param {number} height */
    setContent(width, height) {
        this.#content = { width, height };
        this.fit();
    }

    fit() {
        this.#isFitted = true;
        this.#view.scale = this.#fitScale();
        this.#settle();
    }

    actual() {
        this.#zoomTo(actualScale());
    }

    /** @param {number} factor */
    zoomBy(factor) {
        this.#zoomTo(this.#view.scale * factor);
    }

    /** @param {number} x @param {number} y */
    moveBy(x, y) {
        this.#view.x += x;
        this.#view.y += y;
        this.#settle();
    }

    #fitScale() {
        const { clientWidth, clientHeight } = this.viewport;
        const { width, height } = this.#content;
        const margin = clientWidth < 600 ? 12 : 32;
        const scale = Math.min((clientWidth - 2 * margin) / width, (clientHeight - 2 * margin) / height, MAX_FIT * actualScale());
        return Math.max(1e-3, scale);
    }

    /** @param {number} scale @param {number} [x] the point of the viewer that stays where it is @param {number} [y] */
    #zoomTo(scale, x = this.viewport.clientWidth / 2, y = this.viewport.clientHeight / 2) {
        const view = this.#view;
        const least = Math.min(this.#fitScale(), actualScale());
        const next = Math.min(MAX_SCALE * actualScale(), Math.max(least, scale));
        view.x = x - ((x - view.x) * next) / view.scale;
        view.y = y - ((y - view.y) * next) / view.scale;
        view.scale = next;
        this.#isFitted = false;
        this.#settle();
    }

    /** Keeps the picture centred where there is room, and its edges outside where there is none. */
    #settle() {
        const { viewport } = this;
        const view = this.#view;
        const settled = (/** @type {number} */ at, /** @type {number} */ extent, /** @type {number} */ room) =>
            extent <= room ? (room - extent) / 2 : Math.min(0, Math.max(room - extent, at));
        view.x = settled(view.x, this.#content.width * view.scale, viewport.clientWidth);
        view.y = settled(view.y, this.#content.height * view.scale, viewport.clientHeight);
        viewport.classList.toggle('movable', this.movable);
        this.onChange(view);
    }

    /** @param {WheelEvent} event */
    #onWheel(event) {
        event.preventDefault();
        const box = this.viewport.getBoundingClientRect();
        const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 20 : 1;
        const pinch = event.ctrlKey ? 4 : 1; // on a trackpad
        const step = Math.max(-120, Math.min(120, event.deltaY * lines)) * pinch;
        this.#zoomTo(this.#view.scale * Math.exp(-step / 400), event.clientX - box.left, event.clientY - box.top);
    }

    /** @param {PointerEvent} event */
    #onPointerDown(event) {
        if (event.button !== 0) return;
        this.#fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
        if (this.movable || this.#fingers.size > 1) this.viewport.setPointerCapture(event.pointerId);
    }

    /** @param {PointerEvent} event */
    #onPointerMove(event) {
        const from = this.#fingers.get(event.pointerId);
        if (!from) return;
        const to = { x: event.clientX, y: event.clientY };
        this.#fingers.set(event.pointerId, to);
        if (this.#fingers.size === 1 && this.movable) {
            this.moveBy(to.x - from.x, to.y - from.y);
        } else if (this.#fingers.size === 2) {
            const [other] = [...this.#fingers].filter(([id]) => id !== event.pointerId).map(([, at]) => at);
            this.#pinch(from, to, other);
        }
    }

    /** One of two fingers has moved. @param {{ x: number, y: number }} from @param {{ x: number, y: number }} to @param {{ x: number, y: number }} other */
    #pinch(from, to, other) {
        const box = this.viewport.getBoundingClientRect();
        const stretch = Math.hypot(to.x - other.x, to.y - other.y) / Math.max(1, Math.hypot(from.x - other.x, from.y - other.y));
        this.#zoomTo(this.#view.scale * stretch, (to.x + other.x) / 2 - box.left, (to.y + other.y) / 2 - box.top);
        this.moveBy((to.x - from.x) / 2, (to.y - from.y) / 2);
    }

    /** @param {KeyboardEvent} event */
    #onKey(event) {
        const keys = /** @type {Record<string, () => void>} */ ({
            '+': () => this.zoomBy(1.25),
            '=': () => this.zoomBy(1.25),
            '-': () => this.zoomBy(0.8),
            0: () => this.fit(),
            1: () => this.actual(),
            ArrowLeft: () => this.moveBy(60, 0),
            ArrowRight: () => this.moveBy(-60, 0),
            ArrowUp: () => this.moveBy(0, 60),
            ArrowDown: () => this.moveBy(0, -60),
        });
        if (event.target === this.viewport && !event.ctrlKey && !event.metaKey && keys[event.key]) {
            event.preventDefault();
            keys[event.key]();
        }
    }
}

/** CSS px per picture px at which each pixel of the picture is one of the screen. */
const actualScale = () => 1 / (window.devicePixelRatio || 1);
