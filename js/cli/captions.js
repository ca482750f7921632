// acg2vec tag with --caption or --format: the caption of each picture, as a file beside it or on standard output.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { captionName, captionOf } from '../client/caption.js';
import { isNamedPicture } from '../client/picture_kinds.js';
import { checkCaptionOptions } from '../options/caption.js';
import { onePath, systemPath } from '../platform/node/paths.js';
import { foundPictures, statOrNothing } from './folders.js';
import { readPicture } from './inputs.js';
import { readPictureOptions, writeLines } from './lines.js';
import { OutputFile } from './output_file.js';
import { placeOf } from './output_place.js';
import { say } from './report.js';
import { isStandardInput } from './streams.js';
import { asUsage, UsageError } from './usage.js';

/**
 * @typedef {import('../types.js').CaptionOptions} CaptionOptions
 * @typedef {import('./lines.js').Engine} Engine
 * @typedef {import('./lines.js').CallOptions} CallOptions
 *
 * @typedef {object} Caption the parsed arguments
 * @property {CaptionOptions} options
 * @property {{ extension?: string, mode: 'keep' | 'append' | 'overwrite' } | undefined} files undefined: on standard output
 */

/** @satisfies {import('node:util').ParseArgsConfig['options']} */
export const CAPTION = {
    caption: { type: 'boolean' },
    format: { type: 'string' },
    'remove-underscore': { type: 'boolean' },
    'undesired-tags': { type: 'string' },
    'always-first-tags': { type: 'string' },
    'character-tags-first': { type: 'boolean' },
    'character-tag-expand': { type: 'boolean' },
    'tag-replacement': { type: 'string' },
    rating: { type: 'string' },
    'escape-tags': { type: 'boolean' },
    'caption-separator': { type: 'string' },
    'service-key': { type: 'string' },
    'caption-extension': { type: 'string' },
    'append-tags': { type: 'boolean' },
    overwrite: { type: 'boolean' },
};
const OF_FILES = ['caption-extension', 'append-tags', 'overwrite'];

/**
 * @param {{ [K in keyof typeof CAPTION]?: any }} values
 * @returns {Caption | undefined} undefined: no captions are wanted
 * @throws {UsageError}
 */
export function readCaption(values) {
    const given = Object.keys(CAPTION).filter((name) => Object.hasOwn(values, name));
    const lonely = given.find((name) => !values.caption && (OF_FILES.includes(name) || values.format === undefined));
    if (lonely) throw new UsageError(`Expected --caption${OF_FILES.includes(lonely) ? '' : ' or --format'} with --${lonely}`);
    if (given.length === 0) return undefined;
    const options = {
        format: values.format,
        removeUnderscore: values['remove-underscore'],
        undesiredTags: listOf(values['undesired-tags']),
        alwaysFirstTags: listOf(values['always-first-tags']),
        characterTagsFirst: values['character-tags-first'],
        characterTagExpand: values['character-tag-expand'],
        tagReplacement: replacementsOf(values['tag-replacement']),
        rating: values.rating,
        escapeTags: values['escape-tags'],
        separator: values['caption-separator'],
        serviceKey: values['service-key'],
    };
    const existing = values['append-tags'] ? '' : undefined;
    asUsage(() => checkCaptionOptions({ ...options, existing, filename: 'x', sha256: '0'.repeat(64) }));
    return { options, files: values.caption ? readFiles(values) : undefined };
}

/**
 * @param {{ [K in keyof typeof CAPTION]?: any }} values
 * @returns {Caption['files']}
 */
function readFiles({ format, overwrite, 'append-tags': append, 'caption-extension': extension }) {
    if (overwrite && append) throw new UsageError('Expected --overwrite or --append-tags but received both');
    const name = asUsage(() => captionName('x.png', { format, extension }));
    if (isNamedPicture(name)) throw new UsageError(`Expected no picture's ending for --caption-extension but received '${extension}'`);
    return { extension, mode: append ? 'append' : overwrite ? 'overwrite' : 'keep' };
}

/**
 * Tags with commas between them; a comma in a tag is written \,
 * @param {string | undefined} text
 */
function listOf(text) {
    return text
        ?.split(/(?<!\\),/)
        .map((tag) => tag.replaceAll('\\,', ',').trim())
        .filter(Boolean);
}

/**
 * source,target;source,target; a comma or semicolon in a tag is written \, or \;
 * @param {string | undefined} text
 * @throws {UsageError}
 */
function replacementsOf(text) {
    const pairs = text?.split(/(?<!\\);/).filter((pair) => pair.trim() !== '');
    return (
        pairs &&
        Object.fromEntries(
            pairs.map((pair) => {
                const tags = pair.split(/(?<!\\),/).map((tag) => tag.replaceAll(/\\([,;])/g, '$1').trim());
                if (tags.length === 2 && tags.every(Boolean)) return tags;
                throw new UsageError(`Expected pairs like 'source,target;source,target' for --tag-replacement but received '${text}'`);
            }),
        )
    );
}

/**
 * @param {string[]} named pictures and folders
 * @param {import('./lines.js').Values} values
 * @param {AbortSignal} signal
 * @param {Caption & { look: (engine: Engine, picture: Uint8Array, call: CallOptions) => Promise<import('../types.js').Description> }} caption
 * @returns {Promise<number>} exit status
 */
export async function writeCaptions(named, values, signal, { options, files, look }) {
    const { inputs, ...found } = foundPictures(named);
    const paths = inputs.map(({ path }) => path);
    if (files && paths.some(isStandardInput))
        throw new UsageError('Expected files for --caption, which is written beside each picture, but received standard input');
    const settings = readPictureOptions(values);
    const places = new CaptionPlaces(paths, { format: options.format, ...files });
    let kept = 0;
    const status = await writeLines(paths, values, signal, {
        what: 'at least one picture',
        found,
        async one(engine, path, call) {
            const place = files && places.of(path);
            if (place && files.mode === 'keep' && place.isThere()) {
                kept++;
                return { caption: place.path, kept: true };
            }
            const bytes = await readPicture(path, signal);
            const { tags = [], warnings } = await look(engine, bytes, { ...settings, ...call });
            const existing = place && files.mode === 'append' ? place.read() : undefined;
            const text = captionOf(tags, { ...options, existing, filename: path, sha256: sha256Of(bytes) });
            if (!place) return { caption: text.slice(0, -1), warnings };
            await place.write(text, files.mode !== 'keep');
            return { caption: place.path, tags: tags.length, warnings };
        },
        line: ({ caption, kept: isKept }) => (isKept ? '' : caption),
    });
    if (kept > 0) say(keptWords(kept));
    return status;
}

/** @param {number} count */
function keptWords(count) {
    const words =
        count === 1 ? '1 caption was there already and stays as it is' : `${count} captions were there already and stay as they are`;
    return `${words} (--overwrite replaces, --append-tags adds).`;
}

/** @param {Uint8Array} bytes */
const sha256Of = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** The files of captions: each belongs to one picture, and none is a picture. */
class CaptionPlaces {
    #pictures;
    #options;
    /** @type {Map<string, string>} */
    #owners = new Map();

    /**
     * @param {string[]} pictures
     * @param {{ format?: CaptionOptions['format'], extension?: string }} options
     */
    constructor(pictures, { format, extension }) {
        this.#pictures = new Set(pictures.map((path) => onePath(path)));
        this.#options = { format, extension };
    }

    /**
     * @param {string} picture
     * @throws if its caption cannot be written there
     */
    of(picture) {
        const path = captionName(picture, this.#options);
        const place = placeOf(path);
        if (place.kind !== 'file') throw new Error(`Expected a file for the caption but ${path} is a ${place.kind}`);
        const key = onePath(place.path);
        const owner = this.#owners.get(key);
        if (this.#pictures.has(key)) throw new Error(`The caption ${path} would be a picture's own file`);
        if (owner !== undefined) throw new Error(`The caption ${path} is that of ${owner} already: give one of the two another name`);
        this.#owners.set(key, picture);
        return new CaptionFile(path, resolve(place.path));
    }
}

class CaptionFile {
    #target;

    /**
     * @param {string} path
     * @param {string} target the target of symbolic links
     */
    constructor(path, target) {
        this.path = path;
        this.#target = target;
    }

    isThere() {
        return statOrNothing(this.#target) !== undefined;
    }

    /**
     * @returns {string | undefined} undefined: there is none
     * @throws if it is not text
     */
    read() {
        if (!this.isThere()) return undefined;
        try {
            return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(systemPath(this.#target)));
        } catch (error) {
            if (!(error instanceof TypeError)) throw error;
            throw new Error(`Expected text in UTF-8 in the caption ${this.path} but found something else, so nothing is added`, {
                cause: error,
            });
        }
    }

    /**
     * @param {string} text
     * @param {boolean} replace a file that may have appeared in the meantime
     */
    async write(text, replace) {
        const file = new OutputFile(this.#target, this.path);
        try {
            file.write(Buffer.from(text));
            if (!replace && this.isThere()) throw new Error(`The caption ${this.path} has come in the meantime and is not overwritten`);
            await file.finish();
        } finally {
            file.discard();
        }
    }
}
