// `npm run reproducible [preset…]`: builds the committed state twice, in two folders with other names, and compares the modules byte for byte;
// without a preset those of the whole package.
// The compiler's cache is off.
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { SetupError, run, say, sha256 } from './setup/shell.mjs';
import { ensureThirdParty } from './setup/third_party.mjs';
import { ensureToolchain } from './setup/toolchain.mjs';

const PRESETS = ['wasm-relaxed-threads', 'wasm-relaxed', 'wasm-simd-threads', 'wasm-simd'];

/** @returns {Record<string, string>} the hash of each file that was built, by its name */
function buildIn(folder, commit, preset, thirdParty, env) {
    mkdirSync(join(folder, 'build'), { recursive: true });
    run('git', ['archive', '--format=tar', '-o', join(folder, 'commit.tar'), commit]);
    run('cmake', ['-E', 'tar', 'xf', 'commit.tar'], { cwd: folder });
    writeFileSync(join(folder, 'build/third_party.cmake'), thirdParty);
    say(`building ${preset} in ${folder}`);
    run('cmake', ['--preset', preset], { cwd: folder, env });
    run('cmake', ['--build', `build/${preset}`, '--parallel', String(availableParallelism()), '--target', 'modules'], { cwd: folder, env });
    const built = join(folder, 'dist/wasm');
    return Object.fromEntries(readdirSync(built).map((name) => [name, sha256(readFileSync(join(built, name)))]));
}

/** @returns {boolean} whether both builds are the same */
function compare(commit, preset, thirdParty, env) {
    const work = mkdtempSync(join(tmpdir(), 'acg2vec-'));
    try {
        const folders = ['one', 'another-with-a-longer-name/and/deeper'].map((name) => join(work, name));
        const [first, second] = folders.map((folder) => buildIn(folder, commit, preset, thirdParty, env));
        const names = [...new Set([...Object.keys(first), ...Object.keys(second)])];
        for (const name of names)
            console.log(`${name}: ${first[name] === second[name] ? 'the same' : 'DIFFERENT'}, SHA-256 ${first[name]}`);
        return names.every((name) => first[name] === second[name]);
    } finally {
        rmSync(work, { recursive: true, force: true });
    }
}

try {
    const presets = process.argv.slice(2);
    const commit = run('git', ['rev-parse', 'HEAD']).trim();
    const thirdParty = await ensureThirdParty();
    const env = { ...process.env, ...ensureToolchain(), CCACHE_DISABLE: '1' };
    console.log(`commit ${commit}`);
    const same = (presets.length ? presets : PRESETS).map((preset) => compare(commit, preset, thirdParty, env));
    if (!same.every(Boolean)) throw new SetupError('Expected two builds of one commit to be the same, but they are not.');
} catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
}
