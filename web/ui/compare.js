// The divider between before and after: pointer, touch and arrow keys. Reports its position; does not clip the layers.

import { t } from '../words/words.js';

/** @typedef {{ left: number, right: number, top: number, bottom: number }} Box in CSS px */

export class Compare {
    #share = 0.5;
    #isOn = false;
    #dragging = 0; // the pointer's id, or 0

    /**
     * @param {HTMLElement} viewport
     * @param {HTMLElement} divider
     * @param {object} picture
     * @param {() => Box} picture.visible the part of the viewer that the picture covers
     * @param {() => boolean} picture.dragsAnywhere whether a drag that does not begin on the divider moves it, too
     * @param {(x: number) => void} picture.onMove
     */
    constructor(viewport, divider, picture) {
        this.viewport = viewport;
        this.divider = divider;
        this.picture = picture;
        divider.addEventListener('pointerdown', (event) => {
            if (event.button !== 0 || this.#dragging) return;
            event.stopPropagation(); // the picture must not move
            this.#begin(event);
        });
        viewport.addEventListener('pointerdown', (event) => {
            if (this.#dragging) {
                this.#dragging = 0; // a second finger: that is a pinch
            } else if (this.#isOn && event.button === 0 && event.isPrimary && picture.dragsAnywhere()) {
                this.#begin(event);
            }
        });
        viewport.addEventListener('pointermove', (event) => {
            if (this.#dragging === event.pointerId) this.#follow(event);
        });
        for (const end of /** @type {const} */ (['pointerup', 'pointercancel', 'lostpointercapture'])) {
            viewport.addEventListener(end, (event) => {
                if (this.#dragging === event.pointerId) this.#dragging = 0;
            });
        }
        divider.addEventListener('keydown', (event) => this.#onKey(event));
    }

    place() {
        const { divider, picture } = this;
        const { left, right, top, bottom } = picture.visible();
        const x = left + (right - left) * this.#share;
        const percent = Math.round(this.#share * 100);
        divider.style.transform = `translate(${x}px, ${top}px)`;
        divider.style.height = `${bottom - top}px`;
        divider.setAttribute('aria-valuenow', String(percent));
        divider.setAttribute('aria-valuetext', t('enlarge.compare.share', { before: percent, after: 100 - percent }));
        picture.onMove(x);
    }

    /** @param {boolean} isOn */
    show(isOn) {
        this.#isOn = isOn;
        this.#dragging = 0;
        this.#share = 0.5;
        this.divider.hidden = !isOn;
        this.place();
    }

    /** @param {number} to */
    #moveTo(to) {
        this.#share = Math.min(1, Math.max(0, to));
        this.place();
    }

    /** @param {PointerEvent} event */
    #follow(event) {
        const { left, right } = this.picture.visible();
        this.#moveTo((event.clientX - this.viewport.getBoundingClientRect().left - left) / Math.max(1, right - left));
    }

    /** @param {PointerEvent} event */
    #begin(event) {
        this.#dragging = event.pointerId;
        this.viewport.setPointerCapture(event.pointerId);
        if (event.pointerType !== 'touch') this.#follow(event); // a finger may be about to scroll or to pinch
    }

    /** @param {KeyboardEvent} event */
    #onKey(event) {
        const share = this.#share;
        const step = event.shiftKey ? 0.1 : 0.02;
        const to = /** @type {Record<string, number>} */ ({
            ArrowLeft: share - step,
            ArrowDown: share - step,
            ArrowRight: share + step,
            ArrowUp: share + step,
            PageDown: share - 0.1,
            PageUp: share + 0.1,
            Home: 0,
            End: 1,
        })[event.key];
        if (to === undefined) return;
        event.preventDefault();
        event.stopPropagation();
        this.#moveTo(to);
    }
}
