// The picture on the stage: original, tiles as they come, and at the end both with a divider between them.
import { fixed, onLanguage, t } from '../words/words.js';
import { Compare } from './compare.js';
import { $ } from './dom.js';
import { Lens } from './lens.js';
import { ProgressOverlay } from './progress_overlay.js';
import { reductionFor, TileCanvas } from './tile_canvas.js';
import { ZoomPan } from './zoom_pan.js';

const EDGE = 10; // px between a caption and the picture's edge
const SMALL_PREVIEW = 1024 * 1024; // pixels, if many previews are kept

/** @typedef {'original' | 'working' | 'compare' | 'result'} Mode result: alone, where the browser shows no original to compare with */
/** @typedef {import('../app/job.js').Job} Job */

export class Viewer {
    #layers = $('layers');
    #before = $('caption-before');
    #after = $('caption-after');
    #original = $('original');
    /** The tiles as they come. */
    #enlarged = $('enlarged');
    /** The result as the browser shows it, with its colour profile and animation. */
    #file = $('file-shown');
    #tiles = new TileCanvas(this.#enlarged);
    #overlay = new ProgressOverlay($('progress-overlay'));
    #size = { width: 1, height: 1 };
    #at = { x: 0, y: 0, scale: 1 };
    /** @type {Mode} */
    #mode = 'original';

    /** @param {HTMLElement} viewport @param {HTMLElement} unshown a note that the browser cannot show the original */
    constructor(viewport, unshown) {
        this.viewport = viewport;
        this.unshown = unshown;
        const zoom = new ZoomPan(viewport, (view) => this.#lie(view));
        this.zoom = zoom;
        this.lens = new Lens(viewport, { lens: $('lens'), button: $('lens-switch') }, () => this.#seen());
        this.compare = new Compare(viewport, $('divider'), {
            visible: () => this.#visible(),
            dragsAnywhere: () => !zoom.movable,
            onMove: (x) => this.#cut(x),
        });
        $('zoom-in').addEventListener('click', () => zoom.zoomBy(1.5));
        $('zoom-out').addEventListener('click', () => zoom.zoomBy(1 / 1.5));
        $('zoom-fit').addEventListener('click', () => zoom.fit());
        $('zoom-actual').addEventListener('click', () => zoom.actual());
        const sayActual = () => ($('zoom-actual').textContent = t('format.percent', { n: '100' }));
        sayActual();
        onLanguage(sayActual);
    }

    /** Shows the original alone, as large as the result will be. @param {Job} job @param {number} scale */
    showOriginal(job, scale) {
        this.#tiles.clear();
        this.#lay(job, job.width * scale, job.height * scale);
        this.#enter('original');
        this.zoom.setContent(this.#size.width, this.#size.height);
    }

    /** @param {Job} job @param {import('../app/job.js').Result} result */
    showResult(job, { url, width, height, preview, isStretched }) {
        this.#lay(job, width, height);
        this.#tiles.show(preview, width);
        if (url && reductionFor(width, height) === 1) {
            this.#file.src = url; // above the canvas: it has the colour profile of the file
            this.#file.hidden = false;
        }
        const times = width / job.width;
        this.#after.textContent = t('enlarge.after.scale', { n: fixed(times, Number.isInteger(times) ? 0 : 1) });
        // the engine turns pictures that the browser does not (WebP by its EXIF); a side may be off by half a pixel
        const isTurned = Math.abs(width * job.height - height * job.width) > Math.max(job.width, job.height) / 2;
        this.#original.hidden ||= isTurned && !isStretched;
        this.#enter(this.#original.hidden ? 'result' : 'compare');
        this.zoom.setContent(width, height);
    }

    /** Until tiles are finished, the original is shown, enlarged by the browser; a caption says so. */
    beginWork() {
        this.#tiles.begin(this.#original.hidden ? null : this.#original, this.#size.width, this.#size.height);
        this.#enter('working');
    }

    /** @param {import('acg2vec').Progress['work']} work @param {number} scale */
    showWork(work, scale) {
        if (work) this.#overlay.show(work, this.#size.width / scale, this.#size.height / scale);
    }

    /** @param {import('./tile_canvas.js').Tile} tile */
    drawTile(tile) {
        this.#tiles.draw(tile);
        const frame = document.createElement('span');
        frame.className = 'tile';
        frame.style.left = `${(100 * tile.x) / this.#size.width}%`;
        frame.style.top = `${(100 * tile.y) / this.#size.height}%`;
        frame.style.width = `${(100 * tile.width) / this.#size.width}%`;
        frame.style.height = `${(100 * tile.height) / this.#size.height}%`;
        this.#layers.append(frame);
        setTimeout(() => frame.remove(), 900);
    }

    /** A copy of the canvas with the tiles, to show it again. @param {boolean} isSmall because many are kept */
    preview(isSmall) {
        return this.#tiles.copy(isSmall ? SMALL_PREVIEW : undefined);
    }

    clear() {
        this.#tiles.clear();
        this.#overlay.hide();
        this.#file.removeAttribute('src');
        this.#original.removeAttribute('src');
    }

    /** @param {Mode} mode */
    #enter(mode) {
        this.#mode = mode;
        if (mode !== 'working') for (const frame of this.#layers.querySelectorAll('.tile')) frame.remove();
        this.viewport.dataset.mode = mode;
        this.compare.show(mode === 'compare');
        this.lens.refresh();
    }

    /** The pictures for the lens. */
    #seen() {
        if (this.#mode !== 'compare' && this.#mode !== 'result') return null;
        const after = this.#file.hidden ? this.#enlarged : this.#file;
        return { before: this.#original.hidden ? null : this.#original, after, ...this.#size, view: this.#at };
    }

    /** @param {Job} job @param {number} width @param {number} height of the result */
    #lay(job, width, height) {
        this.#file.hidden = true;
        this.#file.removeAttribute('src');
        this.#overlay.hide();
        this.unshown.hidden = job.isShown;
        $('caption-interim').hidden = !job.isShown;
        this.#original.hidden = !job.isShown;
        if (this.#original.src !== job.url) {
            this.#original.src = job.url;
            this.#original.alt = t('enlarge.original', { name: job.name });
        }
        this.#size = { width, height };
    }

    /** @param {import('./zoom_pan.js').View} view */
    #lie(view) {
        this.#at = { ...view };
        this.#layers.style.transform = `translate(${view.x}px, ${view.y}px)`;
        this.#layers.style.width = `${this.#size.width * view.scale}px`;
        this.#layers.style.height = `${this.#size.height * view.scale}px`;
        this.#layers.classList.toggle('blocky', this.zoom.level >= 4);
        $('zoom-level').textContent = t('format.percent', { n: String(Math.round(this.zoom.level * 100)) });
        this.compare.place();
        this.lens.refresh();
    }

    /** Before on the left of it, after on the right. @param {number} x in the viewer */
    #cut(x) {
        const isComparing = this.#mode === 'compare';
        const cut = x - this.#at.x;
        this.#original.style.clipPath = isComparing ? `inset(0 calc(100% - ${cut}px) 0 0)` : '';
        for (const layer of [this.#enlarged, this.#file]) layer.style.clipPath = isComparing ? `inset(0 0 0 ${cut}px)` : '';
        const [before, after] = [this.#before, this.#after];
        const { left, right, bottom } = this.#visible();
        before.style.transform = `translate(${left + EDGE}px, ${bottom - EDGE}px) translateY(-100%)`;
        after.style.transform = `translate(${right - EDGE}px, ${bottom - EDGE}px) translate(-100%, -100%)`;
        before.classList.toggle('faint', x - left < before.offsetWidth + 3 * EDGE);
        after.classList.toggle('faint', right - x < after.offsetWidth + 3 * EDGE);
    }

    /** The part of the viewer that the picture covers. */
    #visible() {
        const { clientWidth, clientHeight } = this.viewport;
        return {
            left: Math.max(0, this.#at.x),
            right: Math.min(clientWidth, this.#at.x + this.#size.width * this.#at.scale),
            top: Math.max(0, this.#at.y),
            bottom: Math.min(clientHeight, this.#at.y + this.#size.height * this.#at.scale),
        };
    }
}
