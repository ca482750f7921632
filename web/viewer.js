// The picture on the stage: original, tiles as they come, and at the end both with a divider between them.
import { createCompare } from './compare.js';
import { createTileCanvas, reductionFor } from './tile_canvas.js';
import { createVeil } from './veil.js';
import { createZoomPan } from './zoom_pan.js';

const EDGE = 10; // px between a caption and the picture's edge
const SMALL_PREVIEW = 1024 * 1024; // pixels, where many are kept

/** @typedef {'original' | 'working' | 'compare' | 'result'} Mode result: alone, where the browser shows no original to compare with */
/** @typedef {import('./job.js').Job} Job */

/**
 * @param {Record<'viewport' | 'layers' | 'divider' | 'before' | 'after' | 'zoomLevel' | 'unshown', HTMLElement>
 *     & { original: HTMLImageElement, enlarged: HTMLCanvasElement, file: HTMLImageElement, veil: HTMLCanvasElement }} elements
 *   unshown: says that the browser cannot show the original; enlarged: the tiles as they come; file: the result as the browser shows it, with its colours and, if it is one, its animation
 */
export function createViewer({ viewport, layers, divider, before, after, zoomLevel, unshown, original, enlarged, file, veil: veilCanvas }) {
    const tiles = createTileCanvas(enlarged);
    const veil = createVeil(veilCanvas);
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
            for (const layer of [enlarged, file]) {
                layer.style.clipPath = mode === 'compare' ? `inset(0 0 0 ${cut}px)` : '';
            }
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

    /** @param {Job} job @param {number} width @param {number} height of the result */
    function lay(job, width, height) {
        file.hidden = true;
        file.removeAttribute('src');
        veil.lift();
        unshown.hidden = job.isShown;
        original.hidden = !job.isShown;
        if (original.src !== job.url) {
            original.src = job.url;
            original.alt = `The original: ${job.name}`;
        }
        Object.assign(size, { width, height });
    }

    return {
        zoom,
        /** True when the screen shows fewer pixels than the file has. */
        get reduced() {
            return file.hidden && tiles.reduced;
        },
        /** Shows the original alone, as large as the result will be. @param {Job} job @param {number} scale */
        showOriginal(job, scale) {
            tiles.clear();
            lay(job, job.width * scale, job.height * scale);
            enter('original');
            zoom.setContent(size.width, size.height);
        },
        /** @param {Job} job @param {import('./job.js').Result} result */
        showResult(job, result) {
            const { url, width, height, preview } = result;
            lay(job, width, height);
            tiles.show(preview, width);
            if (url && reductionFor(width, height) === 1) {
                file.src = url; // over the canvas: it has the colours of the file
                file.hidden = false;
            }
            after.textContent = `After, ${Math.round(width / job.width)}×`;
            // the engine turns pictures that the browser does not (WebP by its EXIF)
            original.hidden ||= width * job.height !== height * job.width;
            enter(original.hidden ? 'result' : 'compare');
            zoom.setContent(width, height);
        },
        clear() {
            tiles.clear();
            veil.lift();
            file.removeAttribute('src');
            original.removeAttribute('src');
        },
        /** What the tiles have become, to be shown again. @param {boolean} small because there will be many */
        preview: (small) => tiles.copy(small ? SMALL_PREVIEW : undefined),
        /** @param {import('acg2vec').Progress['work']} work @param {number} scale */
        showWork(work, scale) {
            if (work) {
                veil.show(work, size.width / scale, size.height / scale);
            }
        },
        beginWork() {
            tiles.begin(original.hidden ? null : original, size.width, size.height);
            enter('working');
        },
        /** @param {import('./tile_canvas.js').Tile} tile */
        drawTile(tile) {
            tiles.draw(tile);
            mark(tile);
        },
    };
}
