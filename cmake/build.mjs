// `npm run build [preset…]`: runs the missing steps of the set-up, then CMake for each preset (without names: all except those of the
// fuzz harnesses and of ThreadSanitizer).
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { ensureFuzzTools } from './setup/fuzz.mjs';
import { ensure32Bit } from './setup/multilib.mjs';
import { ensureNodeModules } from './setup/node_modules.mjs';
import { SetupError, root, run, say } from './setup/shell.mjs';
import { writeNotices } from './setup/notices.mjs';
import { writeSbom } from './setup/sbom.mjs';
import { ensureThirdParty, linkedSources } from './setup/third_party.mjs';
import { ensureToolchain } from './setup/toolchain.mjs';
import { ensureWeights, packWeights } from './setup/weights.mjs';

const presetsFile = readFileSync(join(root, 'CMakePresets.json'), 'utf8');
const known = JSON.parse(presetsFile)
    .configurePresets.filter((preset) => !preset.hidden)
    .map((preset) => preset.name);

function writeIfChanged(path, text) {
    if (!existsSync(path) || readFileSync(path, 'utf8') !== text) writeFileSync(path, text);
}

/** Removes a build folder after changes that CMake does not notice: a moved checkout, another toolchain, changed presets. */
function configure(preset, folder, env) {
    const stamp = join(folder, '.configured');
    const toolchain = preset.startsWith('wasm') ? [env.EMSCRIPTEN_ROOT, env.EM_CONFIG] : [];
    const state = [root, ...toolchain, presetsFile].join('\n');
    if (existsSync(stamp) && readFileSync(stamp, 'utf8') === state) return;
    rmSync(stamp, { force: true });
    run('cmake', ['--fresh', '--preset', preset], { env });
    writeFileSync(stamp, state);
}

function buildPreset(preset, env) {
    const folder = join(root, 'build', preset);
    configure(preset, folder, env);
    say(`building ${preset}`);
    run('cmake', ['--build', folder, '--parallel', String(availableParallelism())], { env });
}

/** Without 32-bit support, the 32-bit tests are skipped with a reason (tests/c/c.test.mjs). */
function build32Bit(env, isWanted) {
    const folder = join(root, 'build/native32');
    const why = ensure32Bit();
    mkdirSync(folder, { recursive: true });
    writeIfChanged(join(folder, 'why-not.txt'), why);
    if (!why) return buildPreset('native32', env);
    if (isWanted) throw new SetupError(why);
    say(why);
}

async function main(wanted) {
    const unknown = wanted.find((name) => !known.includes(name));
    if (unknown) throw new SetupError(`Expected one of ${known.join(', ')} but received ${unknown}.`);
    const presets = wanted.length ? wanted : known.filter((name) => !/^(fuzz|tsan)/.test(name));
    ensureFuzzTools(presets);
    ensureNodeModules();
    ensureWeights();
    packWeights();
    mkdirSync(join(root, 'build'), { recursive: true });
    writeIfChanged(join(root, 'build/third_party.cmake'), await ensureThirdParty());
    const env = presets.some((name) => name.startsWith('wasm')) ? { ...process.env, ...ensureToolchain() } : process.env;
    for (const preset of presets) {
        if (preset === 'native32') build32Bit(env, wanted.length > 0);
        else buildPreset(preset, env);
    }
    if (!env.EMSCRIPTEN_ROOT) return;
    writeNotices(linkedSources(), env.EMSCRIPTEN_ROOT);
    writeSbom();
}

try {
    await main(process.argv.slice(2));
} catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(`\n${error.message}`);
    process.exitCode = 1;
}
