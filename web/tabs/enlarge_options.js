// The form: which options can be combined, and which are chosen. Knows nothing of the engine.
import { $ } from '../ui/dom.js';
import { keepForm } from '../ui/kept_form.js';
import { fixed, onLanguage, t } from '../words/words.js';
import { whyNot } from './combinations.js';

/**
 * @typedef {object} Options
 * @property {NonNullable<import('acg2vec').UpscaleOptions['model']>} model
 * @property {1 | 2 | 3 | 4} scale
 * @property {number | undefined} width of the result, in pixels
 * @property {number | undefined} height
 * @property {'inside' | 'outside' | 'fill'} fit
 * @property {'conservative' | 'none' | '0' | '1' | '2' | '3'} denoise
 * @property {'png' | 'webp' | 'jpg'} format
 * @property {number} quality
 * @property {number} strength
 * @property {'exact' | 'fast' | 'off'} sync
 * @property {boolean} tta
 * @property {'keep' | 'none'} metadata
 * @property {'exact' | 'near' | 'off'} grey
 * @property {'keep' | 'srgb'} colour
 * @property {boolean} guard
 * @property {'auto' | number} tile
 * @property {number | undefined} threads undefined: the engine chooses
 */

/** Replacements for a level that does not exist, the most similar first. */
const LIKE = /** @type {Record<string, string[]>} */ ({ 0: ['1'], 1: ['3'], 2: ['3'], 3: [], none: [], conservative: ['none'] });
const ANY_LEVEL = ['conservative', 'none', '3', '2', '1', '0'];
const ANY_SCALE = ['2', '3', '4', '1'];
const ANY_MODEL = ['se', 'pro', 'nose'];

export class OptionsForm {
    /** @type {import('./combinations.js').Combination[]} */
    #combinations = [];

    /** @param {HTMLFormElement} form @param {() => void} onChange */
    constructor(form, onChange) {
        this.form = form;
        this.onChange = onChange;
        offerThreads(/** @type {HTMLSelectElement} */ (form.elements.namedItem('threads')));
        keepForm(form, 'acg2vec-enlarge');
        form.addEventListener('input', () => this.#refresh());
        form.addEventListener('submit', (event) => event.preventDefault());
        onLanguage(() => this.#refresh());
        queueMicrotask(() => this.#refresh());
    }

    /** @returns {Options} */
    read() {
        const value = (/** @type {string} */ name) => this.#value(name);
        return {
            model: /** @type {Options['model']} */ (value('model')),
            scale: /** @type {Options['scale']} */ (Number(value('scale'))),
            width: this.#side('width'),
            height: this.#side('height'),
            fit: /** @type {Options['fit']} */ (value('fit')),
            denoise: /** @type {Options['denoise']} */ (value('denoise')),
            format: /** @type {Options['format']} */ (value('format')),
            quality: Number(value('quality')),
            strength: Number(value('strength')),
            sync: /** @type {Options['sync']} */ (value('sync')),
            tta: value('tta') === 'on',
            metadata: value('metadata') === 'keep' ? 'keep' : 'none',
            grey: /** @type {Options['grey']} */ (value('grey')),
            colour: /** @type {Options['colour']} */ (value('colour')),
            guard: value('guard') === 'on',
            tile: value('tile') === 'auto' ? 'auto' : Number(value('tile')),
            threads: value('threads') === 'auto' ? undefined : Number(value('threads')),
        };
    }

    /** The pattern of result names; '': the default. */
    get pattern() {
        return /** @type {HTMLInputElement} */ (this.form.elements.namedItem('pattern')).value.trim();
    }

    /** @param {import('./combinations.js').Combination[]} all */
    setCombinations(all) {
        this.#combinations = all;
        this.#refresh();
    }

    /** The networks and levels of the chosen scale. */
    get candidates() {
        return this.#combinations.filter(({ scale, here }) => here && String(scale) === this.#value('scale'));
    }

    /** @param {{ model: string, denoise: string }} one of these */
    choose({ model, denoise }) {
        for (const [name, value] of Object.entries({ model, denoise })) {
            /** @type {RadioNodeList} */ (this.form.elements.namedItem(name)).value = value;
        }
        this.#refresh();
    }

    /** A side of the result; undefined: not wanted, or not a valid number. @param {'width' | 'height'} name */
    #side(name) {
        const { value, validity } = /** @type {HTMLInputElement} */ (this.form.elements.namedItem(name));
        return value && validity.valid ? Number(value) : undefined;
    }

    /** @param {string} name */
    #value(name) {
        return String(new FormData(this.form).get(name) ?? 'auto');
    }

    #refresh() {
        const all = this.#combinations;
        const before = this.#value('denoise');
        const noModel = this.#offer('model', (model) => whyNot(all, { model }), ANY_MODEL);
        const model = this.#value('model');
        const noScale = this.#offer('scale', (scale) => whyNot(all, { model, scale: Number(scale) }), ANY_SCALE);
        const scale = Number(this.#value('scale'));
        const noLevel = this.#offer('denoise', (denoise) => whyNot(all, { model, scale, denoise }), [...LIKE[before], ...ANY_LEVEL]);
        $('model-hint').textContent = t('enlarge.hint', { words: t(`enlarge.network.${model}.hint`), why: noScale || noModel });
        $('denoise-hint').textContent = t('enlarge.hint', { words: t(`enlarge.denoise.${this.#value('denoise')}.hint`), why: noLevel });
        $('format-hint').textContent = t(`enlarge.format.${this.#value('format')}`);
        $('strength-value').textContent = fixed(Number(this.#value('strength')), 2);
        $('quality-value').textContent = this.#value('quality');
        const [width, height] = [this.#side('width'), this.#side('height')];
        $('fit-row').hidden = !(width && height);
        $('target-hint').textContent = t(width || height ? 'enlarge.target.hint' : 'enlarge.target.none');
        $('quality-row').hidden = this.#value('format') === 'png';
        this.onChange();
    }

    /**
     * Enables the values that exist. If the chosen one does not, takes the first of `instead` that does.
     * @param {string} name
     * @param {(value: string) => string} reason why a value cannot be chosen, or ''
     * @param {string[]} instead
     * @returns {string} a reason why some cannot be chosen
     */
    #offer(name, reason, instead) {
        const inputs = [.../** @type {NodeListOf<HTMLInputElement>} */ (this.form.querySelectorAll(`input[name="${name}"]`))];
        for (const input of inputs) {
            input.disabled = reason(input.value) !== '';
            /** @type {HTMLElement} */ (input.parentElement).title = reason(input.value);
        }
        if (inputs.find((input) => input.checked)?.disabled) {
            const other = instead.map((each) => inputs.find((input) => input.value === each)).find((input) => input && !input.disabled);
            if (other) other.checked = true;
        }
        return inputs.map((input) => reason(input.value)).find(Boolean) ?? '';
    }
}

/** @param {HTMLSelectElement} select */
function offerThreads(select) {
    select.disabled = !globalThis.crossOriginIsolated;
    for (let n = 1; n <= (navigator.hardwareConcurrency || 1); n++) {
        if (!select.disabled) select.add(new Option(String(n), String(n)));
    }
}
