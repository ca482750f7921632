// The networks that enlarge, which of them this site has, and why another choice is not possible.
import { listed, t } from '../words/words.js';

/** @typedef {{ id?: string, model: string, scale: number, denoise: string, here: boolean }} Combination */

/** @returns {Promise<Combination[]>} */
export async function loadCombinations() {
    const response = await fetch('models.json');
    return response.ok ? response.json() : [];
}

/**
 * Why a combination cannot be chosen, or ''. Undefined properties of `wanted` match anything.
 * @param {Combination[]} all
 * @param {{ model: string, scale?: number, denoise?: string }} wanted
 */
export function whyNot(all, { model, scale, denoise }) {
    const family = all.filter((one) => one.model === model);
    const atScale = family.filter((one) => scale === undefined || one.scale === scale);
    const found = atScale.filter((one) => denoise === undefined || one.denoise === denoise);
    if (!all.length || found.some((one) => one.here)) return '';
    if (found.length) return t('enlarge.lack.weights');
    const network = t(`enlarge.network.${model}`);
    if (!atScale.length) {
        const scales = [...new Set(family.map((one) => t('format.times', { n: one.scale })))];
        return t('enlarge.lack.scale', { network, scales: listed(scales) });
    }
    return t('enlarge.lack.denoise', { network, scale: scale ?? 1, levels: listed(atScale.map((one) => levelName(one.denoise))) });
}

/** @param {string} denoise */
export const levelName = (denoise) => (/\d/.test(denoise) ? denoise : t(`enlarge.denoise.${denoise}`).toLocaleLowerCase());
