// `npm run build [preset…]`: all the set-up that is still missing, then CMake for each preset (all of them if none is named).
import { mkdirSync, readFileSync, existsSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { ensureNodeModules } from './setup/node_modules.mjs';
import { SetupError, root, run, say } from './setup/shell.mjs';
import { ensureThirdParty } from './setup/third_party.mjs';
import { ensureToolchain } from './setup/toolchain.mjs';
import { ensureWeights } from './setup/weights.mjs';

const known = JSON.parse(readFileSync(join(root, 'CMakePresets.json'), 'utf8'))
    .configurePresets.filter((preset) => !preset.hidden)
    .map((preset) => preset.name);

function writeIfChanged(path, text) {
    if (!existsSync(path) || readFileSync(path, 'utf8') !== text) writeFileSync(path, text);
}

function buildPreset(preset, env) {
    const folder = join(root, 'build', preset);
    if (!existsSync(join(folder, 'Makefile'))) run('cmake', ['--preset', preset], { env });
    say(`building ${preset}`);
    run('cmake', ['--build', folder, '--parallel', String(availableParallelism())], { env });
}

async function main(wanted) {
    const unknown = wanted.find((name) => !known.includes(name));
    if (unknown) throw new SetupError(`Expected one of ${known.join(', ')} but received ${unknown}.`);
    const presets = wanted.length ? wanted : known;
    ensureNodeModules();
    ensureWeights();
    mkdirSync(join(root, 'build'), { recursive: true });
    writeIfChanged(join(root, 'build/third_party.cmake'), await ensureThirdParty());
    const env = presets.some((name) => name.startsWith('wasm')) ? { ...process.env, ...ensureToolchain() } : process.env;
    for (const preset of presets) buildPreset(preset, env);
}

try {
    await main(process.argv.slice(2));
} catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(`\n${error.message}`);
    process.exitCode = 1;
}
