#!/usr/bin/env node
// The command line: finds the command and turns its outcome into the exit status. The commands themselves are in cli/.
import { readFile } from 'node:fs/promises';
import { sentence } from './errors.js';
import { classify, score, tag } from './cli/describe.js';
import { embed } from './cli/embed.js';
import { HELP } from './cli/help.js';
import { models } from './cli/models.js';
import { upscale } from './cli/upscale.js';
import { UsageError } from './cli/usage.js';

/** @type {Record<string, (args: string[], signal: AbortSignal) => Promise<number>>} */
const COMMANDS = { upscale, score, tag, classify, embed, models };
const INTERRUPTED = 130;

/** @param {string[]} args */
async function main([command, ...args]) {
    if (command === '--version') return print(await version());
    if (command === '--help' || command === '-h' || command === 'help') return print(HELP.acg2vec);
    const names = Object.keys(COMMANDS);
    if (command === undefined) throw new UsageError(`Expected a command: ${names.join(', ')} (see acg2vec --help)`);
    if (!names.includes(command))
        throw new UsageError(`Expected one of ${names.join(', ')} for the command but received '${command}'`);
    if (args.includes('--help') || args.includes('-h')) return print(HELP[command]);
    const interrupt = new AbortController();
    for (const name of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.once(name, () => interrupt.abort());
    process.stdout.on('error', (error) => {
        // whoever reads the results has left, as `| head` does: nobody wants the rest
        if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EPIPE') throw error;
        interrupt.abort();
    });
    const status = await COMMANDS[command](args, interrupt.signal);
    return interrupt.signal.aborted ? INTERRUPTED : status;
}

/** @param {string} text */
function print(text) {
    process.stdout.write(`${text}\n`);
    return 0;
}

async function version() {
    const text = await readFile(new URL('../package.json', import.meta.url), 'utf8');
    return JSON.parse(text).version;
}

try {
    process.exitCode = await main(process.argv.slice(2));
} catch (error) {
    process.stderr.write(`acg2vec: ${sentence(error)}.\n`);
    process.exitCode = error instanceof UsageError ? 2 : 1;
}
