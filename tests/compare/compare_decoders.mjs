// What the engine decodes of pictures in folders, pixel for pixel against Pillow, by hand: a line for each file that differs, and the counts
// of each kind.
//
//     npm run compare:decoders -- --python PYTHON FOLDER…
//
// PYTHON is one that has Pillow and numpy (default: that of npm run convert:setup). Pillow's own test pictures are in its source package:
// pip download --no-binary pillow --no-deps pillow. The engine is the native one (npm run build native).
import { parseArgs } from 'node:util';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { python as convertersPython } from '../../models/convert/python.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const build = join(here, '../../build/native');
const { values, positionals } = parseArgs({ options: { python: { type: 'string' } }, allowPositionals: true });
const python = values.python ?? convertersPython();
if (!python) throw new Error('Expected --python, a Python that has Pillow and numpy, but received none');
if (positionals.length === 0) throw new Error('Expected folders with pictures but received none');

function run(command, ...args) {
    const { status } = spawnSync(command, args, { stdio: 'inherit' });
    if (status !== 0) throw new Error(`${command} ${args[0]} failed`);
}

run('cmake', '--build', build, '--target', 'decode_pictures');
run(python, join(here, 'decoders_reference.py'), join(build, 'tests/compare/decode_pictures'), ...positionals);
