// A dialog that shows small parts of the user's picture through several networks, side by side: a click on one chooses it.
import { cancelled, engineOptions, engineWith, holdEngine, untilAborted } from '../app/engine.js';
import { detailedPlaces, inside } from '../ui/detail.js';
import { $, make } from '../ui/dom.js';
import { megabytes } from '../ui/format.js';
import { announce } from '../ui/toast.js';
import { t, messageOf } from '../words/words.js';
import { levelName } from './combinations.js';
import { SLOW_MODEL } from './model_names.js';

/**
 * @typedef {import('./combinations.js').Combination} Combination
 * @typedef {import('./enlarge_options.js').Options} Options
 * @typedef {import('../ui/detail.js').Place} Place
 */

const SIDE = 96; // of a part, in pixels of the picture
const FIRST_PARTS = 3;
const MAX_PARTS = 6;

export class NetworkComparison {
    #dialog = $('comparison');
    #image = $('comparison-picture');
    /** @type {Place[]} */
    #places = [];
    /** @type {Combination[]} that can be tried */
    #candidates = [];
    /** @type {AbortController | null} */
    #work = null;
    /** Identifies the picture and the options of the shown results. */
    #shown = '';

    /**
     * @param {() => { job: import('../app/job.js').Job, chosen: Options, candidates: Combination[], whyBusy: string }} asked
     * @param {(one: Combination) => void} onChoose
     */
    constructor(asked, onChoose) {
        this.asked = asked;
        this.onChoose = onChoose;
        $('comparison-open').addEventListener('click', () => this.#open());
        $('comparison-close').addEventListener('click', () => this.#dialog.close());
        $('comparison-cancel').addEventListener('click', () => this.#work?.abort());
        this.#dialog.addEventListener('close', () => this.#work?.abort());
        this.#image.addEventListener('click', (/** @type {MouseEvent} */ event) => this.#addPart(event));
        $('comparison-form').addEventListener('change', () => this.#refresh());
        $('comparison-form').addEventListener('submit', (/** @type {Event} */ event) => {
            event.preventDefault();
            this.#run();
        });
    }

    get #side() {
        return Math.min(SIDE, this.#image.naturalWidth, this.#image.naturalHeight);
    }

    /** @returns {Combination[]} */
    get #ticked() {
        const ticks = [...$('comparison-networks').querySelectorAll('input')];
        return this.#candidates.filter((_, i) => ticks[i].checked);
    }

    async #open() {
        const { job, chosen, candidates } = this.asked();
        this.#dialog.showModal();
        const shown = `${job.url} ${chosen.scale}`;
        if (shown === this.#shown) return;
        this.#shown = shown;
        this.#candidates = candidates;
        $('comparison-results').replaceChildren();
        this.#say('');
        await this.#offerNetworks(chosen);
        this.#image.src = job.url;
        await this.#image.decode();
        this.#places = detailedPlaces(this.#image, this.#side, FIRST_PARTS);
        this.#refresh();
    }

    /** Of each network one level is ticked: the chosen one, or the first that it has. @param {Options} chosen */
    async #offerNetworks({ model, denoise, threads }) {
        const left = await bytesLeft(threads);
        const rows = [...new Set(this.#candidates.map((each) => each.model))].map((name) => {
            const row = make('comparison-network');
            row.querySelector('legend').textContent = t(`enlarge.network.${name}`);
            const own = this.#candidates.filter((each) => each.model === name);
            const first = own.find((each) => each.denoise === denoise) ?? own[0];
            row.append(...own.map((one) => tickOf(one, one === first && (name !== SLOW_MODEL || name === model), left(one))));
            return row;
        });
        $('comparison-networks').replaceChildren(...rows);
    }

    /** @param {MouseEvent} event */
    #addPart({ offsetX, offsetY }) {
        if (this.#work || this.#places.length === MAX_PARTS) return;
        const [scale, half] = [this.#image.naturalWidth / this.#image.clientWidth, this.#side / 2];
        this.#places.push(inside(this.#image, this.#side, { x: offsetX * scale - half, y: offsetY * scale - half }));
        this.#refresh();
    }

    #refresh() {
        const { naturalWidth, naturalHeight } = this.#image;
        const isWorking = this.#work !== null;
        const squares = this.#places.map((place, i) => {
            const square = Object.assign(make('comparison-part'), { disabled: isWorking });
            square.setAttribute('aria-label', t('compare.part', { n: i + 1 }));
            square.style.left = `${(100 * place.x) / naturalWidth}%`;
            square.style.top = `${(100 * place.y) / naturalHeight}%`;
            square.style.width = `${(100 * this.#side) / naturalWidth}%`;
            square.addEventListener('click', () => {
                this.#places = this.#places.filter((each) => each !== place);
                this.#refresh();
            });
            return square;
        });
        $('comparison-parts').replaceChildren(...squares);
        const count = this.#ticked.length;
        $('comparison-networks').inert = isWorking;
        $('comparison-run').hidden = isWorking;
        $('comparison-cancel').hidden = !isWorking;
        $('comparison-run').disabled = !count || !squares.length;
        $('comparison-run').textContent = t('compare.run', { n: count });
    }

    async #run() {
        if (this.#work) return;
        const { chosen, whyBusy } = this.asked();
        if (whyBusy) return this.#say(whyBusy);
        this.#work = new AbortController();
        const { signal } = this.#work;
        this.#refresh();
        try {
            await holdEngine(() => untilAborted(this.#compare(chosen, signal), signal));
            this.#say(t('compare.done'));
        } catch (error) {
            this.#say(signal.aborted ? t('tab.cancelled') : messageOf(error));
        }
        this.#work = null;
        this.#refresh();
    }

    /** One part through one network after the other. @param {Options} chosen @param {AbortSignal} signal */
    async #compare(chosen, signal) {
        const parts = this.#places.map((place) => cut(this.#image, place, this.#side));
        const ticked = this.#ticked;
        const results = $('comparison-results');
        results.style.setProperty('--parts', String(parts.length));
        results.replaceChildren(this.#rowOf(t('compare.before'), parts.map(draw)));
        const engine = await untilAborted(engineWith(chosen.threads), signal);
        for (const [i, one] of ticked.entries()) {
            const name = nameOf(one);
            const pictures = parts.map(() => Object.assign(document.createElement('canvas'), { width: 1, height: 1 }));
            const row = this.#rowOf(name, pictures, one);
            results.append(row);
            for (const [j, { data, width, height }] of parts.entries()) {
                this.#say(t('compare.working', { name, i: i * parts.length + j + 1, n: ticked.length * parts.length }));
                const { model, denoise } = /** @type {Options} */ (/** @type {unknown} */ (one));
                const options = engineOptions({ ...chosen, model, denoise, format: 'png', tile: 'auto' });
                const { blob } = await engine.upscale({ data, width, height, channels: 4 }, { ...options, signal });
                if (signal.aborted) throw cancelled();
                await show(pictures[j], /** @type {Blob} */ (blob));
            }
        }
    }

    /** @param {string} name @param {HTMLCanvasElement[]} pictures @param {Combination} [one] undefined: it cannot be chosen */
    #rowOf(name, pictures, one) {
        const row = make('comparison-row');
        const [button] = row.children;
        button.querySelector('span').textContent = name;
        button.querySelector('div').append(...pictures);
        button.disabled = !one;
        button.addEventListener('click', () => {
            if (!one) return;
            this.onChoose(one);
            this.#dialog.close();
            announce(t('compare.chosen', { name }));
        });
        return row;
    }

    /** @param {string} words */
    #say(words) {
        $('comparison-said').textContent = words;
    }
}

/** @param {Combination} one */
const nameOf = ({ model, denoise }) => t('compare.name', { network: t(`enlarge.network.${model}`), level: levelName(denoise) });

/** @param {Combination} one @param {boolean} isTicked @param {number} left bytes that must be fetched */
function tickOf(one, isTicked, left) {
    const label = make('comparison-tick');
    const [tick, words] = label.children;
    tick.checked = isTicked;
    tick.setAttribute('aria-label', nameOf(one));
    const level = levelName(one.denoise);
    words.textContent = left ? t('compare.fetches', { level, size: megabytes(left) }) : level;
    return label;
}

/** @param {number | undefined} threads @returns {Promise<(one: Combination) => number>} the bytes of a network's weights that must be fetched before it can run */
async function bytesLeft(threads) {
    const engine = await engineWith(threads);
    const models = new Map((await engine.models.list()).map((model) => [model.id, model]));
    return ({ id = '' }) => {
        const { bytes = 0, keptBytes = 0 } = models.get(id) ?? {};
        return Math.max(0, bytes - keptBytes);
    };
}

/** @param {HTMLImageElement} image @param {Place} place @param {number} side */
function cut(image, { x, y }, side) {
    const canvas = Object.assign(document.createElement('canvas'), { width: side, height: side });
    const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d', { willReadFrequently: true }));
    pen.drawImage(image, x, y, side, side, 0, 0, side, side);
    return pen.getImageData(0, 0, side, side);
}

/** @param {ImageData} pixels */
function draw(pixels) {
    const canvas = Object.assign(document.createElement('canvas'), { width: pixels.width, height: pixels.height });
    canvas.getContext('2d')?.putImageData(pixels, 0, 0);
    return canvas;
}

/** @param {HTMLCanvasElement} canvas @param {Blob} blob */
async function show(canvas, blob) {
    const bitmap = await createImageBitmap(blob);
    Object.assign(canvas, { width: bitmap.width, height: bitmap.height });
    canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
    bitmap.close();
}
