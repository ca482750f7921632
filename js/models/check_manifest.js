// Checks the form of a manifest, because a site that serves the package may serve a manifest of its own.
import { AcgError } from '../errors.js';

/** @typedef {(value: any) => boolean} Check */

// What a sentence may repeat is short. The longest name that is published has 59 characters, the longest path 65.
const LONGEST_NAME = 100;
const LONGEST_PATH = 250;

/** @type {Check} */
const isText = (value) => typeof value === 'string' && value !== '';
/** @type {Check} */
const isName = (value) => isText(value) && value.length <= LONGEST_NAME;
/** @type {Check} */
const isObject = (value) => typeof value === 'object' && value !== null;
/** @type {Check} */
const isCount = (value) => Number.isSafeInteger(value) && value >= 0;
/** A path that stays below the folder of models, on every system. @type {Check} */
const isPath = (value) => isText(value) && value.length <= LONGEST_PATH && !/(^|[\\/])\.\.?([\\/]|$)|^[\\/]|[\0:]/.test(value);
/** @type {(check: Check) => Check} */
const optional = (check) => (value) => value === undefined || check(value);
/** @type {(check: Check) => Check} */
const listOf = (check) => (value) => Array.isArray(value) && value.every(check);
/** @type {(checks: Record<string, Check>) => Check} */
const objectOf = (checks) => (value) => isObject(value) && Object.entries(checks).every(([name, check]) => check(value[name]));

const isTagDefaults = objectOf({
    threshold: Number.isFinite,
    thresholds: (value) => isObject(value) && Object.values(value).every(Number.isFinite),
});

const hasModelForm = objectOf({
    id: isName,
    network: isName,
    input: optional((value) => value === 'image' || value === 'text'),
    model: isName,
    scale: optional(isCount),
    denoise: optional(isName),
    publication: optional(isName),
    part: optional(isName),
    vectors: optional((value) => isObject(value) && Object.entries(value).flat().every(isName)),
    levels: optional(objectOf({ black: Number.isFinite, white: Number.isFinite })),
    files: (files) =>
        files?.length > 0 &&
        listOf(
            objectOf({
                path: isPath,
                versions: listOf(objectOf({ bytes: isCount, sha256: (value) => typeof value === 'string' })),
                sources: listOf(isText),
                converted: optional((sizes) => isObject(sizes) && Object.values(sizes).every(isCount)),
            }),
        )(files),
});

/** @type {Check} */
const isModel = (value) => hasModelForm(value) && (value.task !== 'tag' || isTagDefaults(value.defaults));

const isPublication = objectOf({
    id: isName,
    page: isText,
    files: listOf(objectOf({ path: isPath, url: isText, bytes: optional(isCount), about: optional(isCount), sha256: optional(isText) })),
});

/**
 * @param {any} found the parsed JSON of the file
 * @returns {import('./manifest.js').Manifest}
 * @throws {AcgError} BAD_FORMAT
 */
export function checkManifest(found) {
    const { models, publications = [] } = found ?? {};
    if (!Array.isArray(models) || !Array.isArray(publications))
        throw new AcgError('BAD_FORMAT', 'Expected a list of models but found something else');
    const wrong = [...models.filter((each) => !isModel(each)), ...publications.filter((each) => !isPublication(each))];
    if (wrong.length === 0) return found;
    const name = isText(wrong[0]?.id) ? `'${wrong[0].id.slice(0, 80)}'` : 'one';
    throw new AcgError(
        'BAD_FORMAT',
        `Expected entries of a list of models but found that ${name} lacks something, or has it in another form`,
    );
}
