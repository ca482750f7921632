// Shared by the commands of an index: where it is, and an engine to go with it.
import { createEngine, createIndex } from '../node.js';
import { checkThreads } from '../options/upscale.js';
import { readChoices } from './choices.js';
import { say } from './report.js';
import { asUsage, number, UsageError } from './usage.js';

/**
 * @typedef {import('../types.js').PictureIndex} PictureIndex
 * @typedef {{ threads?: string, models?: string[], db?: string, json?: boolean }} Values of INDEX
 */

/** @satisfies {import('node:util').ParseArgsConfig['options']} */
export const INDEX = {
    db: { type: 'string' },
    threads: { type: 'string' },
    models: { type: 'string', multiple: true },
    json: { type: 'boolean' },
};

/**
 * The names of models, and the folder of weights. Both have the option --models, as the folder has in all other commands: a value that is not a
 * list of models is a folder.
 * @param {string[]} [given]
 */
export async function readModels(given = []) {
    const choices = await readChoices();
    const { images, taggers, scorer } = choices;
    const known = [...images, ...taggers.keys(), scorer];
    const lists = given.map((text) => ({ text, names: text.split(',').map((name) => name.trim()) }));
    const isList = (/** @type {{ names: string[] }} */ { names }) => names.every((name) => known.some((each) => each === name));
    const folders = lists.filter((list) => !isList(list)).map(({ text }) => text);
    if (folders.length > 1) {
        const wrong = folders.map((folder) => `'${folder}'`).join(' and ');
        throw new UsageError(`Expected names of models (${known.join(', ')}) or one folder of weights for --models but received ${wrong}`);
    }
    const names = lists.filter(isList).flatMap((list) => list.names);
    return { names, folder: folders[0], choices };
}

/**
 * The options of `add` for these names.
 * @param {string[]} names
 * @param {import('../models/choices.js').Choices} choices
 * @returns {Pick<import('../types.js').AddOptions, 'models' | 'tags' | 'scores'>} no options without names: as the index has them
 */
export function addOptions(names, { images, taggers, scorer }) {
    if (names.length === 0) return {};
    const chosen = [...taggers.keys()].filter((name) => names.includes(name));
    if (chosen.length > 1) throw new UsageError(`Expected one tagger for --models but received ${chosen.join(' and ')}`);
    return { models: images.filter((name) => names.includes(name)), tags: chosen[0] ?? false, scores: names.includes(scorer) };
}

/**
 * @param {Values} values
 * @param {{ create: boolean }} options
 * @param {(index: PictureIndex, engine: import('../types.js').Engine) => Promise<number>} use
 * @returns {Promise<number>} exit status
 */
export async function withIndex({ db, threads, models }, { create }, use) {
    const most = /** @type {number | undefined} */ (number(threads));
    asUsage(() => checkThreads(most));
    const { folder } = await readModels(models);
    const engine = await createEngine({ threads: most, models: folder, onWarning: (warning) => say(`${warning}.`) });
    try {
        const index = await createIndex({ engine, location: db, create });
        try {
            return await use(index, engine);
        } finally {
            await index.close();
        }
    } finally {
        await engine.close();
    }
}
