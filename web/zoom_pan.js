// Where the picture lies in the viewer: zoom by wheel, pinch and keys, pan by dragging. Draws nothing.

const MAX_SCALE = 16;
const MAX_FIT = 2; // a small picture is not blown up further than this to fill the stage

/** @typedef {{ x: number, y: number, scale: number }} View the picture's corner in the viewer, and CSS px per picture px */

/**
 * @param {HTMLElement} viewport
 * @param {(view: View) => void} onChange
 */
export function createZoomPan(viewport, onChange) {
    const view = { x: 0, y: 0, scale: 1 };
    const content = { width: 1, height: 1 };
    let fitted = true;
    /** @type {Map<number, { x: number, y: number }>} */
    const fingers = new Map();

    const actualScale = () => 1 / (window.devicePixelRatio || 1);

    function fitScale() {
        const margin = viewport.clientWidth < 600 ? 12 : 32;
        const room = { width: viewport.clientWidth - 2 * margin, height: viewport.clientHeight - 2 * margin };
        return Math.max(1e-3, Math.min(room.width / content.width, room.height / content.height, MAX_FIT * actualScale()));
    }

    /** Keeps the picture centred where there is room, and its edges outside where there is none. */
    function settle() {
        for (const [axis, side, room] of /** @type {const} */ ([
            ['x', 'width', viewport.clientWidth],
            ['y', 'height', viewport.clientHeight],
        ])) {
            const extent = content[side] * view.scale;
            view[axis] = extent <= room ? (room - extent) / 2 : Math.min(0, Math.max(room - extent, view[axis]));
        }
        viewport.classList.toggle('movable', api.movable);
        onChange(view);
    }

    /** @param {number} scale @param {number} [x] the point of the viewer that stays where it is @param {number} [y] */
    function zoomTo(scale, x = viewport.clientWidth / 2, y = viewport.clientHeight / 2) {
        const next = Math.min(MAX_SCALE * actualScale(), Math.max(Math.min(fitScale(), actualScale()), scale));
        view.x = x - ((x - view.x) * next) / view.scale;
        view.y = y - ((y - view.y) * next) / view.scale;
        view.scale = next;
        fitted = false;
        settle();
    }

    const api = {
        /** True when a part of the picture is outside, so that dragging moves it. */
        get movable() {
            return content.width * view.scale > viewport.clientWidth + 1 || content.height * view.scale > viewport.clientHeight + 1;
        },
        /** Zoom as a share: 1 when a pixel of the picture is a pixel of the screen. */
        get level() {
            return view.scale / actualScale();
        },
        /** @param {number} width @param {number} height */
        setContent(width, height) {
            content.width = width;
            content.height = height;
            api.fit();
        },
        fit() {
            fitted = true;
            view.scale = fitScale();
            settle();
        },
        actual: () => zoomTo(actualScale()),
        /** @param {number} factor */
        zoomBy: (factor) => zoomTo(view.scale * factor),
        /** @param {number} x @param {number} y */
        moveBy(x, y) {
            view.x += x;
            view.y += y;
            settle();
        },
    };

    new ResizeObserver(() => (fitted ? api.fit() : settle())).observe(viewport);

    viewport.addEventListener(
        'wheel',
        (event) => {
            event.preventDefault();
            const box = viewport.getBoundingClientRect();
            const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 20 : 1;
            const pinch = event.ctrlKey ? 4 : 1; // on a trackpad
            const step = Math.max(-120, Math.min(120, event.deltaY * lines)) * pinch;
            zoomTo(view.scale * Math.exp(-step / 400), event.clientX - box.left, event.clientY - box.top);
        },
        { passive: false },
    );

    viewport.addEventListener('pointerdown', (event) => {
        if (event.button === 0) {
            fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
            if (api.movable || fingers.size > 1) {
                viewport.setPointerCapture(event.pointerId);
            }
        }
    });
    viewport.addEventListener('pointermove', (event) => {
        const from = fingers.get(event.pointerId);
        if (!from) {
            return;
        }
        const to = { x: event.clientX, y: event.clientY };
        fingers.set(event.pointerId, to);
        if (fingers.size === 1 && api.movable) {
            api.moveBy(to.x - from.x, to.y - from.y);
        } else if (fingers.size === 2) {
            const [other] = [...fingers].filter(([id]) => id !== event.pointerId).map(([, at]) => at);
            const box = viewport.getBoundingClientRect();
            const distance = Math.hypot(to.x - other.x, to.y - other.y) / Math.max(1, Math.hypot(from.x - other.x, from.y - other.y));
            zoomTo(view.scale * distance, (to.x + other.x) / 2 - box.left, (to.y + other.y) / 2 - box.top);
            api.moveBy((to.x - from.x) / 2, (to.y - from.y) / 2);
        }
    });
    for (const end of /** @type {const} */ (['pointerup', 'pointercancel', 'lostpointercapture'])) {
        viewport.addEventListener(end, (event) => fingers.delete(event.pointerId));
    }
    viewport.addEventListener('dblclick', () => (fitted ? api.actual() : api.fit()));

    viewport.addEventListener('keydown', (event) => {
        const keys = /** @type {Record<string, () => void>} */ ({
            '+': () => api.zoomBy(1.25),
            '=': () => api.zoomBy(1.25),
            '-': () => api.zoomBy(0.8),
            0: api.fit,
            1: api.actual,
            ArrowLeft: () => api.moveBy(60, 0),
            ArrowRight: () => api.moveBy(-60, 0),
            ArrowUp: () => api.moveBy(0, 60),
            ArrowDown: () => api.moveBy(0, -60),
        });
        if (event.target === viewport && !event.ctrlKey && !event.metaKey && keys[event.key]) {
            event.preventDefault();
            keys[event.key]();
        }
    });
    return api;
}
