// `npm run test:threads -- [program…]`: the C tests under ThreadSanitizer (`npm run build tsan`). A data race fails its program. The tile loop's
// tests take tens of minutes each.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { modelsCacheFolder } from '../../js/platform/node/weights.js';
import { runProgram } from '../tap.mjs';

const folder = fileURLToPath(new URL('../../build/tsan/tests/bin', import.meta.url));
const there = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('_test')) : [];
const wanted = process.argv.slice(2);
const programs = there.filter((name) => !wanted.length || wanted.some((each) => name.startsWith(each)));
if (programs.length === 0) throw new Error('There is no such program: run `npm run build tsan` first');
for (const name of programs) {
    const begin = performance.now();
    const { output, status, signal } = await runProgram(join(folder, name), [
        '--models',
        process.env.ACG2VEC_MODELS ?? modelsCacheFolder(),
    ]);
    const races = output.split('WARNING: ThreadSanitizer: data race').length - 1;
    console.log(
        `${name}: ${status === 0 ? 'no data race' : `${races} data races, ${signal ?? `status ${status}`}`}, ${Math.round((performance.now() - begin) / 1000)} s`,
    );
    if (status !== 0) {
        console.log(output.slice(-8000));
        process.exitCode = 1;
    }
}
