// The size of a picture: from the browser, or from the engine.
import { beginsAsPicture, BEGINNING_BYTES } from 'acg2vec';
import { t, messageOf } from '../words/words.js';
import { engineOptions, engineWith } from './engine.js';
import { remedyFor } from './remedy.js';

/**
 * @typedef {{ width: number, height: number }} Size
 * @typedef {(job: import('./job.js').Job) => Promise<Size>} Measure of a file that the browser cannot show; rejects with an Error whose
 *   message is a sentence if it is no picture
 */

/**
 * @param {File} file
 * @param {string} url of the file
 * @returns {Promise<Size | null>} null: the browser cannot show it
 * @throws an Error with a sentence if the file is not a picture
 */
export async function sizeInBrowser(file, url) {
    if (!file.size) {
        throw new Error(t('picture.empty', { name: file.name }));
    }
    const trial = new Image();
    trial.src = url;
    try {
        await trial.decode();
    } catch {
        return null;
    }
    if (await isVector(file)) throw new Error(t('picture.vector', { name: file.name })); // browsers show it; the engine reads pixels
    return { width: trial.naturalWidth, height: trial.naturalHeight };
}

/** @param {File} file */
async function isVector(file) {
    return file.type === 'image/svg+xml' || /^\s*<(\?xml|svg|!)/.test(await file.slice(0, BEGINNING_BYTES).text());
}

/**
 * Asks the engine, which reads more kinds than browsers. A picture that needs the user's permission has a size, too.
 * @param {import('./job.js').Job} job
 * @param {import('../tabs/enlarge_options.js').Options} options
 * @returns {Promise<Size>}
 */
export async function sizeByEngine(job, options) {
    const engine = await engineWith(options.threads);
    const ask = async (/** @type {import('./remedy.js').Allowed} */ allowed) => {
        const { width, height } = await engine.plan(job.file, { ...engineOptions(options), ...allowed });
        return { width: width / options.scale, height: height / options.scale };
    };
    try {
        return await ask(job.allowed);
    } catch (error) {
        const remedy = remedyFor(error, job.allowed);
        if (!remedy) throw readableError(job, error);
        return ask({ ...job.allowed, ...remedy.allows }).catch((again) => {
            throw readableError(job, again);
        });
    }
}

/** @param {import('./job.js').Job} job @param {unknown} error */
function readableError({ name }, error) {
    const { code } = /** @type {{ code?: string }} */ (error);
    return code === 'BAD_FORMAT' || code === 'UNSUPPORTED' ? new Error(t('picture.unreadable', { name, why: messageOf(error) })) : error;
}

/**
 * For tabs where the size is not needed: checks only whether the first bytes are those of a picture. TGA has no magic number.
 * @type {Measure}
 */
export async function sizeUnknown({ name, file }) {
    const bytes = new Uint8Array(await file.slice(0, BEGINNING_BYTES).arrayBuffer());
    if (!beginsAsPicture(bytes) && !/\.tga$/i.test(name)) {
        throw new Error(t('picture.unreadable', { name, why: t('picture.kinds') }));
    }
    return { width: 0, height: 0 };
}
