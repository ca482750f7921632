// The form: what may be combined, and what was chosen. Knows nothing of the engine.

/**
 * @typedef {object} Options
 * @property {2 | 3 | 4} scale
 * @property {'conservative' | 'none' | '1' | '2' | '3'} denoise
 * @property {number} strength
 * @property {'auto' | number} tile
 * @property {number | undefined} threads undefined: the engine chooses
 */

const HINTS = /** @type {Record<string, string>} */ ({
    conservative: 'Keeps the drawing as it is, only larger.',
    none: 'Sharpens, and leaves noise alone.',
    1: 'Removes light noise.',
    2: 'Removes noise.',
    3: 'Removes strong noise and JPEG blocks; fine texture may go too.',
});

/**
 * @param {HTMLFormElement} form
 * @param {{ denoiseHint: HTMLElement, strengthValue: HTMLElement }} words
 * @param {() => void} onChange
 */
export function createOptions(form, { denoiseHint, strengthValue }, onChange) {
    const threads = /** @type {HTMLSelectElement} */ (form.elements.namedItem('threads'));
    if (globalThis.crossOriginIsolated) {
        for (let n = 1; n <= (navigator.hardwareConcurrency || 1); n++) {
            threads.add(new Option(String(n), String(n)));
        }
    } else {
        threads.disabled = true;
    }

    /** @param {string} name */
    const value = (name) => String(new FormData(form).get(name) ?? 'auto');

    function refresh() {
        for (const input of form.querySelectorAll('input')) {
            const only2x = input.name === 'denoise' && (input.value === '1' || input.value === '2');
            if (only2x) {
                input.disabled = value('scale') !== '2';
                input.title = input.disabled ? 'Only with 2×' : '';
            }
        }
        if (!new FormData(form).has('denoise')) {
            // what was chosen does not exist at this scale
            const strongest = form.querySelector('input[name="denoise"][value="3"]');
            /** @type {HTMLInputElement} */ (strongest).checked = true;
        }
        denoiseHint.textContent =
            HINTS[value('denoise')] + (value('scale') === '2' ? '' : ' 1 and 2 exist for 2× only.');
        strengthValue.textContent = Number(value('strength')).toFixed(2);
        onChange();
    }

    form.addEventListener('input', refresh);
    form.addEventListener('submit', (event) => event.preventDefault());
    queueMicrotask(refresh);

    return {
        /** @returns {Options} */
        read: () => ({
            scale: /** @type {Options['scale']} */ (Number(value('scale'))),
            denoise: /** @type {Options['denoise']} */ (value('denoise')),
            strength: Number(value('strength')),
            tile: value('tile') === 'auto' ? 'auto' : Number(value('tile')),
            threads: value('threads') === 'auto' ? undefined : Number(value('threads')),
        }),
        /** @param {boolean} on */
        enable(on) {
            for (const fieldset of form.querySelectorAll('fieldset, details')) {
                /** @type {HTMLElement} */ (fieldset).inert = !on;
            }
            form.classList.toggle('resting', !on);
        },
    };
}
