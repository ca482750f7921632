// The divider between before and after: pointer, touch and arrow keys. Says where it stands; does not cut the layers.

/**
 * @param {HTMLElement} viewport
 * @param {HTMLElement} divider
 * @param {() => { left: number, right: number, top: number, bottom: number }} visible in CSS px:
 *   the part of the viewer that the picture covers
 * @param {() => boolean} anywhere whether a drag that begins beside the divider moves it too
 * @param {(x: number) => void} onMove
 */
export function createCompare(viewport, divider, visible, anywhere, onMove) {
    let share = 0.5;
    let on = false;
    let dragging = 0;

    function place() {
        const { left, right, top, bottom } = visible();
        const x = left + (right - left) * share;
        divider.style.transform = `translate(${x}px, ${top}px)`;
        divider.style.height = `${bottom - top}px`;
        divider.setAttribute('aria-valuenow', String(Math.round(share * 100)));
        divider.setAttribute('aria-valuetext', `${Math.round(share * 100)} % before, ${Math.round(100 - share * 100)} % after`);
        onMove(x);
    }

    /** @param {number} to */
    function moveTo(to) {
        share = Math.min(1, Math.max(0, to));
        place();
    }

    /** @param {PointerEvent} event */
    function follow(event) {
        const { left, right } = visible();
        moveTo((event.clientX - viewport.getBoundingClientRect().left - left) / Math.max(1, right - left));
    }

    /** @param {PointerEvent} event */
    function begin(event) {
        dragging = event.pointerId;
        viewport.setPointerCapture(event.pointerId);
        if (event.pointerType !== 'touch') {
            follow(event); // a finger may be about to scroll or to pinch
        }
    }

    divider.addEventListener('pointerdown', (event) => {
        if (event.button === 0 && !dragging) {
            event.stopPropagation(); // the picture must not move with it
            begin(event);
        }
    });
    viewport.addEventListener('pointerdown', (event) => {
        if (dragging) {
            dragging = 0; // a second finger: that is a pinch
        } else if (on && event.button === 0 && event.isPrimary && anywhere()) {
            begin(event);
        }
    });
    viewport.addEventListener('pointermove', (event) => {
        if (dragging === event.pointerId) {
            follow(event);
        }
    });
    for (const end of /** @type {const} */ (['pointerup', 'pointercancel', 'lostpointercapture'])) {
        viewport.addEventListener(end, (event) => {
            if (dragging === event.pointerId) {
                dragging = 0;
            }
        });
    }
    divider.addEventListener('keydown', (event) => {
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
        if (to !== undefined) {
            event.preventDefault();
            event.stopPropagation();
            moveTo(to);
        }
    });

    return {
        place,
        /** @param {boolean} show */
        show(show) {
            on = show;
            dragging = 0;
            share = 0.5;
            divider.hidden = !show;
            place();
        },
    };
}
