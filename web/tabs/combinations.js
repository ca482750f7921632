// Which networks there are, which of them this site has, and in words why another choice cannot be made.
import { listed } from '../ui/format.js';

/** @typedef {{ model: string, scale: number, denoise: string, here: boolean }} Combination */

const NAMES = /** @type {Record<string, string>} */ ({
    se: 'Standard',
    pro: 'Pro',
    nose: 'Plain',
    cunet: 'CUnet',
    upconv: 'UpConv',
    'upconv-photo': 'Photo',
    animevideo: 'Video',
    'x4plus-anime': 'x4plus',
});

/** @returns {Promise<Combination[]>} */
export async function loadCombinations() {
    const response = await fetch('models.json');
    return response.ok ? response.json() : [];
}

/**
 * An empty text: it can be chosen. Of `wanted`, what is undefined may be anything.
 * @param {Combination[]} all
 * @param {{ model: string, scale?: number, denoise?: string }} wanted
 */
export function whyNot(all, { model, scale, denoise }) {
    const family = all.filter((one) => one.model === model);
    const atScale = family.filter((one) => scale === undefined || one.scale === scale);
    const found = atScale.filter((one) => denoise === undefined || one.denoise === denoise);
    if (!all.length || found.some((one) => one.here)) return '';
    if (found.length) return 'The weights of this one are not on this site.';
    if (!atScale.length) return `${NAMES[model]} exists for ${listed([...new Set(family.map((one) => `${one.scale}×`))])} only.`;
    return `${NAMES[model]} at ${scale}× has ${listed(atScale.map((one) => one.denoise))} only.`;
}
