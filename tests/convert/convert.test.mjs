// The converters' own tests, in Python: every one of them is a test here.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { python, pythonEnvironment } from '../../models/convert/python.mjs';
import { report, runProgram } from '../tap.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));

it('the Python environment is there', () => {
    if (!python()) throw new Error('No Python environment: run `npm run convert:setup`.');
});

for (const file of readdirSync(here).filter((name) => name.endsWith('_test.py'))) {
    it(file, { skip: !python() && 'the Python environment is not there' }, async (t) => {
        await report(t, file, await runProgram(python(), [join(here, 'tap.py'), file], { env: pythonEnvironment() }));
    });
}
