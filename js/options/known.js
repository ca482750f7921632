// Refuses unknown options and suggests a similar one. Otherwise a misspelt option would be ignored silently.
import { AcgError } from '../errors.js';

const CALL = ['signal', 'onProgress'];
const PICTURE = ['damaged', 'maxPixels'];

/** The names of the options, for each group of calls. */
export const OPTIONS = {
    engine: ['threads', 'wasm', 'models', 'decoders', 'onWarning', ...CALL],
    upscale: [
        'scale',
        'model',
        'denoise',
        'strength',
        'tile',
        'sync',
        'tta',
        'memory',
        'temp',
        'format',
        'quality',
        'metadata',
        'grey',
        'colour',
    ].concat(['guard', 'width', 'height', 'fit', 'onTile', 'onChunk'], PICTURE, CALL),
    embed: ['model', 'normalize', 'truncate', 'clean', ...PICTURE, ...CALL],
    describe: ['score', 'tag', 'embed', 'facts', 'model', 'threshold', 'thresholds', 'order', 'fit', 'normalize', ...PICTURE, ...CALL],
    models: ['dtype', 'folder', 'ids', ...CALL],
    caption: ['format', 'removeUnderscore', 'undesiredTags', 'tagReplacement', 'separator', 'alwaysFirstTags', 'characterTagsFirst'].concat(
        ['characterTagExpand', 'escapeTags', 'rating', 'existing', 'filename', 'sha256', 'serviceKey'],
    ),
    openIndex: ['engine', 'location', 'create', 'sqlite'],
    add: ['models', 'tags', 'scores', 'onOutcome', ...PICTURE, ...CALL],
    search: ['text', 'notText', 'image', 'notImage', 'vector', 'like', 'unlike', 'tags', 'notTags', 'words', 'raise', 'folder'].concat(
        ['after', 'before', 'limit', 'minScore', 'diverse', 'hideDuplicates', 'model'],
        CALL,
    ),
    duplicates: ['distance', 'minCosine', 'mirrored', 'model'],
    recommend: ['like', 'unlike', 'limit', 'model'],
    neighbours: ['words', 'tagger', 'list', 'limit', 'model', ...CALL],
    export: ['model', 'write'],
    import: CALL,
};

/**
 * @param {object} options
 * @param {keyof typeof OPTIONS} kind
 * @throws {AcgError} BAD_ARGUMENT
 */
export function refuseUnknown(options, kind) {
    const names = OPTIONS[kind];
    const unknown = Object.entries(options).find(([name, value]) => value !== undefined && !names.includes(name))?.[0];
    if (unknown === undefined) return;
    const meant = closest(unknown, names);
    const hint = meant === undefined ? `: there are ${names.join(', ')}` : ` (did you mean '${meant}'?)`;
    throw new AcgError('BAD_ARGUMENT', `Expected only options that exist but received '${unknown}'${hint}`);
}

/**
 * The most similar name; undefined if more than a third of its letters differ.
 * @param {string} word
 * @param {string[]} names
 */
export function closest(word, names) {
    const distances = names.map((name) => ({ name, distance: editDistance(word.toLowerCase(), name.toLowerCase()) }));
    const best = distances.reduce((a, b) => (b.distance < a.distance ? b : a));
    return best.distance <= Math.max(1, Math.floor(Math.max(word.length, best.name.length) / 3)) ? best.name : undefined;
}

/**
 * The number of insertions, deletions, replacements and swaps of neighbouring letters (optimal string alignment).
 * @param {string} a
 * @param {string} b
 */
function editDistance(a, b) {
    /** @type {number[][]} rows of the table: row i, column j: the distance of the first i letters of a and the first j of b */
    const table = [Array.from({ length: b.length + 1 }, (_, j) => j)];
    for (let i = 1; i <= a.length; i++) {
        table.push([i]);
        for (let j = 1; j <= b.length; j++) {
            const replaced = table[i - 1][j - 1] + Number(a[i - 1] !== b[j - 1]);
            const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
            table[i].push(Math.min(table[i - 1][j] + 1, table[i][j - 1] + 1, replaced, isSwap ? table[i - 2][j - 2] + 1 : Infinity));
        }
    }
    return table[a.length][b.length];
}
