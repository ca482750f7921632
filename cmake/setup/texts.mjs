// Licence texts in the folder of a source or a package.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError } from './shell.mjs';

const LICENCE = /^(licen[cs]e|copying|copyright|notice|patents|readme\.ijg)/i;

/** All that a folder has, one after the other. */
export function textsIn(folder, name) {
    const files = readdirSync(folder)
        .filter((file) => LICENCE.test(file))
        .sort();
    if (!files.length) throw new SetupError(`Expected a licence file of ${name} in ${folder} but found none.`);
    return files.map((file) => readFileSync(join(folder, file), 'utf8').trim()).join('\n\n');
}
