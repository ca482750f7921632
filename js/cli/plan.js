// Prints time and memory of an upscale, as engine.plan predicts them.

/** @typedef {import('../types.js').UpscalePlan} UpscalePlan */

const LONG_MS = 20_000;

/**
 * Prints a prediction on standard error, if the work will be long.
 * @param {string} input
 * @param {UpscalePlan} plan
 */
export function announce(input, plan) {
    if (plan.ms >= LONG_MS) process.stderr.write(`${input}: ${showPlan(plan)}\n`);
}

/** @param {UpscalePlan} plan */
export function showPlan({ width, height, frames, tiles, ms, msFrom, memory }) {
    const { columns, rows, side, plan } = tiles;
    const cut = columns * rows === 1 ? 'one tile' : `${columns * rows} tiles of ${side} px (${plan})`;
    const time = `about ${clock(ms)}${msFrom === 'trial' ? ' by a short trial' : ''}`;
    const size = `${width} x ${height}${frames > 1 ? `, ${frames} frames` : ''}`;
    return `${size}, ${cut}, ${time}, ${Math.ceil(memory / 2 ** 20)} MiB of memory`;
}

/**
 * Minutes and seconds, with hours if there are any: 0:07, 12:30, 1:02:05.
 * @param {number} ms
 */
export function clock(ms) {
    const seconds = Math.ceil(ms / 1000);
    const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
    const [first, ...rest] = parts[0] > 0 ? parts : parts.slice(1);
    return [first, ...rest.map((part) => String(part).padStart(2, '0'))].join(':');
}
