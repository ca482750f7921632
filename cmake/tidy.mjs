// `npm run tidy`: clang-tidy over src, with the checks of .clang-tidy and the commands of the native build. With arguments, only over these paths.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { installPackages } from './setup/debian.mjs';
import { SetupError, root, run } from './setup/shell.mjs';

const VERSION = 19; // Debian's clang of the fuzz harnesses
const build = join(root, 'build/native');

function sources(paths) {
    run('cmake', [build, '-DCMAKE_EXPORT_COMPILE_COMMANDS=ON']);
    const commands = JSON.parse(readFileSync(join(build, 'compile_commands.json'), 'utf8'));
    const files = new Set(commands.map(({ file }) => relative(root, file)).filter((file) => file.startsWith('src/')));
    return [...files].filter((file) => !paths.length || paths.some((path) => file.startsWith(path)));
}

try {
    installPackages([`clang-tidy-${VERSION}`], 'npm run tidy');
    const list = sources(process.argv.slice(2)).join('\0');
    // ignore gcc's flags that clang does not support
    const each = [`clang-tidy-${VERSION}`, '--quiet', '-p', build, '--extra-arg=-Wno-unknown-warning-option'];
    const { status } = spawnSync('xargs', ['-0', '-n', '4', '-P', String(availableParallelism()), ...each], {
        cwd: root,
        input: list,
        stdio: ['pipe', 'inherit', 'inherit'],
    });
    process.exitCode = status === 0 ? 0 : 1;
} catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
}
