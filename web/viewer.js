// The picture on the stage: original, tiles as they come, and at the end both with a divider between them.
import { createCompare } from './compare.js';
import { createTileCanvas } from './tile_canvas.js';
import { createZoomPan } from './zoom_pan.js';

const EDGE = 10; // px between a caption and the picture's edge

/** @typedef {'original' | 'working' | 'compare'} Mode */

/**
 * @param {Record<'viewport' | 'layers' | 'divider' | 'before' | 'after' | 'zoomLevel', HTMLElement>
 *     & { original: HTMLImageElement, enlarged: HTMLCanvasElement }} elements
 */
export function createViewer({ viewport, layers, divider, before, after, zoomLevel, original, enlarged }) {
    const tiles = createTileCanvas(enlarged);
    const size = { width: 1, height: 1 };
    let at = { x: 0, y: 0, scale: 1 };
    /** @type {Mode} */
    let mode = 'original';

    const zoom = createZoomPan(viewport, (view) => {
        at = { ...view };
        layers.style.transform = `translate(${view.x}px, ${view.y}px)`;
        layers.style.width = `${size.width * view.scale}px`;
        layers.style.height = `${size.height * view.scale}px`;
        layers.classList.toggle('blocky', zoom.level >= 4);
        zoomLevel.textContent = `${Math.round(zoom.level * 100)} %`;
        compare.place();
    });
    const compare = createCompare(
        viewport,
        divider,
        visible,
        () => !zoom.movable,
        (x) => {
            const cut = x - at.x;
            original.style.clipPath = mode === 'compare' ? `inset(0 calc(100% - ${cut}px) 0 0)` : '';
            enlarged.style.clipPath = mode === 'compare' ? `inset(0 0 0 ${cut}px)` : '';
            const { left, right, bottom } = visible();
            before.style.transform = `translate(${left + EDGE}px, ${bottom - EDGE}px) translateY(-100%)`;
            after.style.transform = `translate(${right - EDGE}px, ${bottom - EDGE}px) translate(-100%, -100%)`;
            before.classList.toggle('faint', x - left < before.offsetWidth + 3 * EDGE);
            after.classList.toggle('faint', right - x < after.offsetWidth + 3 * EDGE);
        },
    );

    /** The part of the viewer that the picture covers. */
    function visible() {
        return {
            left: Math.max(0, at.x),
            right: Math.min(viewport.clientWidth, at.x + size.width * at.scale),
            top: Math.max(0, at.y),
            bottom: Math.min(viewport.clientHeight, at.y + size.height * at.scale),
        };
    }

    /** @param {Mode} next */
    function enter(next) {
        mode = next;
        viewport.dataset.mode = next;
        compare.show(next === 'compare');
    }

    /** @param {{ x: number, y: number, width: number, height: number }} tile */
    function mark(tile) {
        const frame = document.createElement('span');
        frame.className = 'tile';
        frame.style.left = `${(100 * tile.x) / size.width}%`;
        frame.style.top = `${(100 * tile.y) / size.height}%`;
        frame.style.width = `${(100 * tile.width) / size.width}%`;
        frame.style.height = `${(100 * tile.height) / size.height}%`;
        layers.append(frame);
        setTimeout(() => frame.remove(), 900);
    }

    return {
        zoom,
        /** True when the screen shows fewer pixels than the file has. */
        get reduced() {
            return tiles.reduced;
        },
        /** Shows the original alone, as large as the result will be. @param {number} width @param {number} height */
        showOriginal(width, height) {
            tiles.clear();
            enter('original');
            if (size.width !== width || size.height !== height) {
                Object.assign(size, { width, height });
            }
            zoom.setContent(width, height);
        },
        beginWork() {
            tiles.begin(original, size.width, size.height);
            enter('working');
        },
        /** @param {import('./tile_canvas.js').Tile} tile */
        drawTile(tile) {
            tiles.draw(tile);
            mark(tile);
        },
        endWork() {
            enter('compare');
        },
    };
}
