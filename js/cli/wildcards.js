// Expands names with * and ?, which Windows and quoted arguments pass unexpanded, to the files that match.
import { join, parse, sep } from 'node:path';
import { entriesOf } from '../platform/node/folder_entries.js';

/**
 * The matching paths, sorted by name; the pattern itself if there are none.
 * @param {string} pattern
 */
export function expandWildcards(pattern) {
    const { root } = parse(pattern);
    const found = fitting(root, pattern.slice(root.length).split(sep === '\\' ? /[\\/]/ : '/'));
    return found.length > 0 ? found : [pattern];
}

/**
 * @param {string} folder '': the current one
 * @param {string[]} parts of the pattern below it
 * @returns {string[]}
 */
function fitting(folder, [part, ...rest]) {
    if (part === undefined) return [folder];
    if (!/[*?]/.test(part)) return fitting(join(folder, part), rest);
    return namesIn(folder || '.')
        .filter((name) => expression(part).test(name) && name.startsWith('.') === part.startsWith('.'))
        .flatMap((name) => fitting(join(folder, name), rest));
}

/** @param {string} part */
function expression(part) {
    const text = part
        .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
        .replaceAll('*', '.*')
        .replaceAll('?', '.');
    return new RegExp(`^${text}$`, sep === '\\' ? 'isu' : 'su');
}

/** By name. @param {string} folder */
function namesIn(folder) {
    try {
        return entriesOf(folder).map(({ name }) => name);
    } catch {
        return [];
    }
}
