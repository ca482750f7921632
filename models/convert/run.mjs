// `npm run convert -- <source> <folder> …` and `npm run convert:random -- clip <folder> …`: a module of the converters, in their
// environment, in the folder that the user is in. Without arguments it only makes the environment.
import { spawnSync } from 'node:child_process';
import { SetupError } from '../../cmake/setup/shell.mjs';
import { ensurePython, pythonEnvironment } from './python.mjs';

const args = process.argv.slice(2);
try {
    const python = ensurePython();
    if (args.length > 0) {
        const cwd = process.env.INIT_CWD ?? process.cwd();
        const { status } = spawnSync(python, ['-m', ...args], { cwd, env: pythonEnvironment(), stdio: 'inherit' });
        process.exitCode = status ?? 1;
    }
} catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(`\n${error.message}`);
    process.exitCode = 1;
}
