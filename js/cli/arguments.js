// The arguments of this process, also file names that are not UTF-8: Node replaces their bytes by U+FFFD, so they are read from Linux.
import { readFileSync } from 'node:fs';
import { pathFromBytes } from '../platform/node/paths.js';

export function givenArguments() {
    const known = process.argv.slice(2);
    if (!known.some((argument) => argument.includes('\ufffd'))) return known;
    try {
        const bytes = readFileSync('/proc/self/cmdline'); // each ends with a zero byte
        const all = bytes.toString('latin1').split('\0').slice(0, -1);
        return all.slice(-known.length).map((argument) => pathFromBytes(Buffer.from(argument, 'latin1')));
    } catch {
        return known;
    }
}
