// Checks that the files of a model are here and correct.
import { stat } from 'node:fs/promises';
import { sentence } from '../errors.js';
import { readChecked } from '../platform/node/stream.js';
import { locateModelFile } from '../platform/node/weights.js';

/**
 * @param {import('../models/manifest.js').Model} model
 * @param {{ folders: string[], mustBeThere: boolean }} where
 * @returns {Promise<{ id: string, state: string, ok: boolean }>}
 */
export async function verify({ id, files }, { folders, mustBeThere }) {
    let state = 'ok';
    let ok = true;
    for (const file of files) {
        const path = await locateModelFile(file, folders);
        if (path === undefined) return { id, state: 'not here', ok: ok && !mustBeThere };
        try {
            for await (const _ of readChecked(file, path));
            const isKnown = file.versions.length > 0 || (await stat(`${path}.sha256`).catch(() => undefined));
            if (!isKnown && ok) state = `not checked: there is no ${path}.sha256`;
        } catch (error) {
            state = sentence(error);
            ok = false;
        }
    }
    return { id, state, ok };
}
