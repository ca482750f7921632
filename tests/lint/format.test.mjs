// Every file is in the project's form, and the linters have nothing to say: `npm run format` mends the first.
import { spawnSync } from 'node:child_process';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

it('every file is formatted, and the linters are content', () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['cmake/format.mjs', '--check'], { cwd: root, encoding: 'utf8' });
    if (status !== 0) throw new Error(`${stderr}${stdout}\nnpm run format`);
});
