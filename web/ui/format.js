// Figures for people: sizes, durations, file names.
import { fixed, t } from '../words/words.js';

const SOON_MS = 1500;
const SOON_SHARE = 0.9;

/** @param {number} width @param {number} height */
export function size(width, height) {
    return t('format.size', { width: String(width), height: String(height) });
}

/** @param {number} bytes */
export function megabytes(bytes) {
    const { n, unit } = inUnit(bytes);
    return t(`format.${unit}`, { n });
}

/** @param {number} bytes */
function inUnit(bytes) {
    if (bytes < 1e5) return { n: fixed(Math.max(1, Math.round(bytes / 1e3)), 0), unit: 'kB' };
    return bytes < 1e9 ? { n: fixed(bytes / 1e6, bytes < 1e7 ? 1 : 0), unit: 'MB' } : { n: fixed(bytes / 1e9, 2), unit: 'GB' };
}

/** "0.90 of 1.71 GB". @param {number} done @param {number} total both in bytes */
export function partOf(done, total) {
    const [some, all] = [inUnit(done), inUnit(total)];
    return t('format.part', { done: some.unit === all.unit ? some.n : megabytes(done), all: megabytes(total) });
}

/** @param {number} share 0 to 1 */
export const wholePercent = (share) => t('format.percent', { n: Math.floor(share * 100) });

/** A duration as text: "0.8 s", "12 s", "3 min 20 s". @param {number} ms */
export function duration(ms) {
    return ms < 9950 ? t('format.seconds', { n: fixed(ms / 1000, 1) }) : wholeDuration(Math.round(ms / 1000));
}

/** @param {number} seconds */
function wholeDuration(seconds) {
    if (seconds < 60) return t('format.seconds', { n: seconds });
    const minutes = Math.floor(seconds / 60);
    if (minutes < 60) return t('format.minutes.seconds', { minutes, seconds: seconds % 60 });
    return t('format.hours.minutes', { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
}

/** A time left, rounded to a plausible precision. @param {number} ms @param {number} [share] of the work that is done */
export function timeLeft(ms, share = 1) {
    if (ms < SOON_MS && share >= SOON_SHARE) return t('format.soon');
    const seconds = Math.max(1, ms < 20e3 ? Math.ceil(ms / 1000) : Math.ceil(ms / 5000) * 5);
    const isWholeMinutes = seconds >= 60 && seconds < 3600 && seconds % 60 === 0;
    return t('format.left', { time: isWholeMinutes ? t('format.minutes', { n: seconds / 60 }) : wholeDuration(seconds) });
}

/**
 * @param {string} name of the file that was enlarged
 * @param {import('../tabs/enlarge_options.js').Options} options
 * @param {string} [pattern] with {name}, {scale}, {network} and {denoise} in it; '': the usual one
 */
export function downloadName(name, { model, scale, width, height, denoise, format }, pattern = '') {
    const stem = name.replace(/\.[^.]{1,5}$/, '') || 'picture';
    if (pattern) {
        const values = /** @type {Record<string, string>} */ ({ name: stem, scale: String(scale), network: model, denoise });
        const filled = pattern.replace(/\{(\w+)\}/g, (whole, /** @type {string} */ key) => values[key] ?? whole);
        return `${filled.replace(/[\\/:*?"<>|]/g, '_')}.${format}`; // characters that file systems do not allow
    }
    const family = model === 'se' ? '' : `${model}_`;
    const sides = width && height ? `${width}x${height}` : width ? `w${width}` : height ? `h${height}` : `${scale}x`;
    return `${stem}_${sides}_${family}${/^\d$/.test(denoise) ? `denoise${denoise}` : denoise}.${format}`;
}

/** Whether a result was made with these options. @param {string} madeWith @param {import('../tabs/enlarge_options.js').Options} options */
export function isSame(madeWith, options) {
    return madeWith === JSON.stringify(options);
}

/**
 * `name`, or the first free one of "name (2)", "name (3)" …, which is then marked as taken.
 * @param {Set<string>} taken
 * @param {string} name
 */
export function unlike(taken, name) {
    const dot = name.lastIndexOf('.');
    let free = name;
    for (let n = 2; taken.has(free); n++) {
        free = `${name.slice(0, dot)} (${n})${name.slice(dot)}`;
    }
    taken.add(free);
    return free;
}
