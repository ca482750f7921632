// The output of a command: results on standard output, messages on standard error; with --json everything as lines of JSON too.
import { sentence } from '../errors.js';
import { pathBytes } from '../platform/node/paths.js';
import { readableError } from '../platform/node/system_errors.js';

const FEW = 10;

export class Report {
    #json;
    #results;
    failures = 0;

    /**
     * @param {{ json?: boolean, results?: NodeJS.WritableStream }} options results: in place of standard output, if a picture is written there
     */
    constructor({ json = false, results = process.stdout }) {
        this.#json = json;
        this.#results = results;
    }

    /**
     * @param {string} text empty: nothing is printed
     * @param {object} [facts] for --json, if `text` is not
     */
    result(text, facts) {
        const line = this.#json && facts ? JSON.stringify(facts) : text;
        if (line) write(this.#results, line);
    }

    /**
     * @param {string} input
     * @param {unknown} error
     */
    failure(input, error) {
        this.failures++;
        const told = readableError(error, 'it');
        say(`${input}: ${sentence(told)}.`);
        if (!this.#json) return;
        // the system's error code (ENOENT, EACCES, ENOSPC)
        const code = /** @type {{ code?: string }} */ (told).code ?? 'INTERNAL';
        write(this.#results, JSON.stringify({ input, error: { code, message: sentence(told) } }));
    }

    /** @param {{ path: string, kind: string }[]} all files in folders that are not pictures */
    passedOver(all) {
        if (all.length === 0) return;
        const kinds = [...new Set(all.map(({ kind }) => kind))].sort();
        const counted = kinds.map((kind) => {
            const paths = all.filter((each) => each.kind === kind).map(({ path }) => path);
            return `${paths.length} ${kind}${all.length <= FEW ? ` (${paths.join(', ')})` : ''}`;
        });
        say(`Passed over what is no picture that can be read: ${counted.join(', ')}.`);
        if (this.#json) write(this.#results, JSON.stringify({ passedOver: all }));
    }
}

/**
 * One line each on standard error.
 * @param {string} input
 * @param {string[]} warnings
 */
export function sayWarnings(input, warnings) {
    for (const warning of warnings) say(`${input}: warning: ${warning}`);
}

/** @param {string} text a sentence on standard error */
export function say(text) {
    write(process.stderr, `acg2vec: ${text}`);
}

/**
 * @param {NodeJS.WritableStream} stream
 * @param {string} line
 */
function write(stream, line) {
    stream.write(pathBytes(`${line}\n`));
}
