// The form: what may be combined, and what was chosen. Knows nothing of the engine.
import { whyNot } from './combinations.js';

/**
 * @typedef {object} Options
 * @property {'se' | 'pro' | 'nose'} model
 * @property {2 | 3 | 4} scale
 * @property {'conservative' | 'none' | '1' | '2' | '3'} denoise
 * @property {'png' | 'webp' | 'jpg'} format
 * @property {number} quality
 * @property {number} strength
 * @property {'exact' | 'fast' | 'off'} sync
 * @property {boolean} tta
 * @property {'keep' | 'none'} metadata
 * @property {'exact' | 'near' | 'off'} grey
 * @property {boolean} guard
 * @property {'auto' | number} tile
 * @property {number | undefined} threads undefined: the engine chooses
 */

const DENOISE = /** @type {Record<string, string>} */ ({
    conservative: 'Keeps the drawing as it is, only larger.',
    none: 'Sharpens, and leaves noise alone.',
    1: 'Removes light noise.',
    2: 'Removes noise.',
    3: 'Removes strong noise and JPEG blocks; fine texture may go too.',
});
const MODEL = /** @type {Record<string, string>} */ ({
    se: 'The first of the family, and the one with the most choices.',
    pro: 'A later training of the same network.',
    nose: 'The network without its look at the whole picture.',
});
const FORMAT = /** @type {Record<string, string>} */ ({
    png: 'Loses nothing.',
    webp: 'Smaller. 100 loses nothing.',
    jpg: 'Opens everywhere. What is transparent becomes white.',
});

/** What to fall back on, the most like it first, when the chosen level does not exist. */
const LIKE = /** @type {Record<string, string[]>} */ ({ 1: ['3'], 2: ['3'], 3: [], none: [], conservative: [] });
const ANY_LEVEL = ['conservative', 'none', '3', '2', '1'];

/**
 * @param {HTMLFormElement} form
 * @param {Record<'model' | 'denoise' | 'format' | 'strength' | 'quality', HTMLElement>} words
 * @param {() => void} onChange
 */
export function createOptions(form, words, onChange) {
    /** @type {import('./combinations.js').Combination[]} */
    let combinations = [];
    offerThreads(/** @type {HTMLSelectElement} */ (form.elements.namedItem('threads')));

    /** @param {string} name */
    const value = (name) => String(new FormData(form).get(name) ?? 'auto');

    /**
     * Enables what exists. If the chosen one does not, takes the first of `instead` that does.
     * @param {string} name
     * @param {(value: string) => string} reason why a value cannot be chosen, or ''
     * @param {string[]} instead
     * @returns {string} a reason why some cannot be chosen
     */
    function offer(name, reason, instead) {
        const inputs = [.../** @type {NodeListOf<HTMLInputElement>} */ (form.querySelectorAll(`input[name="${name}"]`))];
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

    function refresh() {
        const was = value('denoise');
        const noModel = offer('model', (model) => whyNot(combinations, { model }), ['se', 'pro', 'nose']);
        const model = value('model');
        const noScale = offer('scale', (scale) => whyNot(combinations, { model, scale: Number(scale) }), ['2', '3', '4']);
        const scale = Number(value('scale'));
        const noLevel = offer('denoise', (denoise) => whyNot(combinations, { model, scale, denoise }), [...LIKE[was], ...ANY_LEVEL]);
        words.model.textContent = `${MODEL[model]} ${noScale || noModel}`;
        words.denoise.textContent = `${DENOISE[value('denoise')]} ${noLevel}`;
        words.format.textContent = FORMAT[value('format')];
        words.strength.textContent = Number(value('strength')).toFixed(2);
        words.quality.textContent = value('quality');
        /** @type {HTMLElement} */ (words.quality.closest('.row')).hidden = value('format') === 'png';
        onChange();
    }

    form.addEventListener('input', refresh);
    form.addEventListener('submit', (event) => event.preventDefault());
    queueMicrotask(refresh);

    return {
        /** @returns {Options} */
        read: () => ({
            model: /** @type {Options['model']} */ (value('model')),
            scale: /** @type {Options['scale']} */ (Number(value('scale'))),
            denoise: /** @type {Options['denoise']} */ (value('denoise')),
            format: /** @type {Options['format']} */ (value('format')),
            quality: Number(value('quality')),
            strength: Number(value('strength')),
            sync: /** @type {Options['sync']} */ (value('sync')),
            tta: value('tta') === 'on',
            metadata: value('metadata') === 'keep' ? 'keep' : 'none',
            grey: /** @type {Options['grey']} */ (value('grey')),
            guard: value('guard') === 'on',
            tile: value('tile') === 'auto' ? 'auto' : Number(value('tile')),
            threads: value('threads') === 'auto' ? undefined : Number(value('threads')),
        }),
        /** @param {import('./combinations.js').Combination[]} all */
        setCombinations(all) {
            combinations = all;
            refresh();
        },
        /** @param {boolean} on */
        enable(on) {
            for (const part of form.querySelectorAll('fieldset, details, .row')) {
                /** @type {HTMLElement} */ (part).inert = !on;
            }
            form.classList.toggle('resting', !on);
        },
    };
}

/** @param {HTMLSelectElement} select */
function offerThreads(select) {
    select.disabled = !globalThis.crossOriginIsolated;
    for (let n = 1; n <= (navigator.hardwareConcurrency || 1); n++) {
        if (!select.disabled) select.add(new Option(String(n), String(n)));
    }
}
