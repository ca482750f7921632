// Deletes everything in types/ that index.d.ts does not need: the package has only its public types.
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const folder = resolve(process.argv[2] ?? 'types');

function reach(file, found = new Set()) {
    if (found.has(file)) return found;
    found.add(file);
    for (const [, name] of readFileSync(file, 'utf8').matchAll(/(?:from|import\()\s*["'](\.[^"']+)\.js["']/g)) {
        reach(join(dirname(file), `${name}.d.ts`), found);
    }
    return found;
}

const wanted = reach(join(folder, 'index.d.ts'));
for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath ?? entry.path, entry.name);
    if (entry.isFile() && !wanted.has(path)) rmSync(path);
}
