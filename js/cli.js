#!/usr/bin/env node
// The command line: finds the command and turns its outcome into the exit status. The commands themselves are in cli/.
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { givenArguments } from './cli/arguments.js';
import { chooseBuild } from './client/features.js';
import { completion } from './cli/completion.js';
import { sentence } from './errors.js';
import { classify, score, tag } from './cli/describe.js';
import { duplicates } from './cli/duplicates.js';
import { embed } from './cli/embed.js';
import { HELP } from './cli/help.js';
import { index } from './cli/index.js';
import { models } from './cli/models.js';
import { recommend } from './cli/recommend.js';
import { search } from './cli/search.js';
import { serve } from './cli/serve.js';
import { upscale } from './cli/upscale.js';
import { UsageError } from './cli/usage.js';
import { readableError } from './platform/node/system_errors.js';

/** @type {Record<string, (args: string[], signal: AbortSignal) => Promise<number>>} */
const COMMANDS = { upscale, score, tag, classify, embed, index, search, duplicates, recommend, models, serve, completion };
const INTERRUPTED = 130;
const INTERRUPTS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/** @param {string[]} args */
async function main([command, ...args]) {
    if (command === '--version') return print(await version());
    if (command === '--help' || command === '-h' || command === 'help') return print(HELP.acg2vec);
    const names = Object.keys(COMMANDS);
    if (command === undefined) throw new UsageError(`Expected a command: ${names.join(', ')} (see acg2vec --help)`);
    if (!names.includes(command)) throw new UsageError(`Expected one of ${names.join(', ')} for the command but received '${command}'`);
    if (args.includes('--help') || args.includes('-h')) return print(HELP[command]);
    if (command === 'serve') return serve(args); // a signal is how it ends, and no interruption
    const interrupt = new AbortController();
    for (const name of INTERRUPTS) process.once(name, () => interrupt.abort());
    process.stdout.on('error', (error) => interrupt.abort(error));
    process.stderr.on('error', () => {}); // there is nobody left to be told
    const status = await COMMANDS[command](args, interrupt.signal);
    return interrupt.signal.aborted ? ended(interrupt.signal.reason) : status;
}

/**
 * @param {unknown} reason why the work was stopped: results that could not be written, or a signal
 * @returns {never}
 */
function ended(reason) {
    const code = /** @type {NodeJS.ErrnoException} */ (reason).code;
    // EPIPE: whoever reads the results has left, as `| head` does, and nobody wants the rest
    const isWanted = typeof code === 'string' && code !== 'EPIPE';
    if (isWanted)
        process.stderr.write(`acg2vec: The results could not be written: ${sentence(readableError(reason, 'standard output'))}.\n`);
    process.exit(isWanted ? 1 : INTERRUPTED); // at once: what was to be written may wait for a reader for ever
}

/** @param {string} text */
function print(text) {
    process.stdout.write(`${text}\n`);
    return 0;
}

async function version() {
    const text = await readFile(new URL('../package.json', import.meta.url), 'utf8');
    const { variant, threads } = await chooseBuild({ cores: availableParallelism(), isolated: true });
    const several = threads === 1 ? '' : 's';
    return `${JSON.parse(text).version}\nengine ${variant}, ${threads} thread${several}; Node ${process.versions.node}`;
}

try {
    process.exitCode = await main(givenArguments());
} catch (error) {
    process.stderr.write(`acg2vec: ${sentence(readableError(error))}.\n`);
    process.exitCode = error instanceof UsageError ? 2 : 1;
}
