// `npm run soak -- [part…] [--minutes 10] [--cycles 1000] [--kills 100]`: runs the parts, of parts.mjs, page.mjs and service.mjs, for a long time, and
// prints their measurements. The process, or the page, must not grow and not become slower.
import { parseArgs } from 'node:util';
import { spread } from '../bench/report.mjs';
import { page } from './page.mjs';
import { aborts, BATCH, cycles, kills, mixed, two } from './parts.mjs';
import { service } from './service.mjs';

const MAX_GROWTH_MIB = 48;
const MAX_SLOWER = 1.5;

const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
        minutes: { type: 'string', default: '10' },
        cycles: { type: 'string', default: '1000' },
        kills: { type: 'string', default: '100' },
    },
});

function mustBeFlat(residentMiB, from) {
    const growth = residentMiB.at(-1) - residentMiB[from];
    if (growth > MAX_GROWTH_MIB) throw new Error(`The process grew by ${Math.round(growth)} MiB: ${residentMiB.map(Math.round)}`);
}

/** The first and the last tenth of the rounds, but for those in which V8 still compiles. */
function firstAndLast(rounds) {
    const warm = rounds.slice(Math.min(3, rounds.length - 1));
    const n = Math.max(1, Math.floor(warm.length / 10));
    return [warm.slice(0, n), warm.slice(-n)];
}

function mustNotSlowDown(first, last) {
    if (last > MAX_SLOWER * first) throw new Error(`It became slower: ${first} ms of the processor, then ${last} ms`);
}

/** In the first and the last tenth of the rounds. */
const medians = (rounds, name) => firstAndLast(rounds).map((part) => Math.round(spread(part.map((each) => each[name])).median));

function mustStayTheSame(name, batches, beside) {
    const [cpuMs, residentMiB] = ['cpuMs', 'residentMiB'].map((each) => medians(batches, each));
    console.log(
        `${name}: ${batches.length * BATCH} rounds; first and last tenth: ${cpuMs.join(' and ')} ms of the processor, ${residentMiB.join(' and ')} MiB`,
    );
    mustBeFlat(residentMiB, 0);
    if (beside) mustBeAsFast(beside);
    else mustNotSlowDown(...cpuMs);
}

function mustBeAsFast({ oldMs, freshMs }) {
    console.log(`beside a fresh one, in turn: ${oldMs} ms of the processor, the fresh one ${freshMs}`);
    mustNotSlowDown(freshMs, oldMs);
}

const seconds = 60 * Number(values.minutes);
const parts = {
    async cycles() {
        const seen = await cycles(Number(values.cycles));
        console.log(`cycles: ${seen.cycles}; resident MiB after each tenth: ${seen.residentMiB.join(', ')}`);
        mustBeFlat(seen.residentMiB, 1);
    },
    async aborts() {
        for (const [name, what] of Object.entries(await aborts())) console.log(`aborts, ${name}: ${what}`);
    },
    async two() {
        console.log(`two engines at once: ${(await two(50)).pairs} pairs`);
    },
    async kills() {
        const { killed, finished } = await kills(Number(values.kills));
        console.log(`kills: ${killed} in a call, ${finished} after it`);
    },
    mixed: async () => mustStayTheSame('mixed', await mixed(seconds)),
    async service() {
        const { batches, beside } = await service(seconds);
        console.log(`service: ${batches.reduce((sum, { putOff }) => sum + putOff, 0)} requests were put off and asked again`);
        mustStayTheSame('service', batches, beside);
    },
    async page() {
        const { rounds, beside } = await page(seconds);
        const usedMiB = rounds.flatMap((round) => round.usedMiB ?? []);
        const cpuMs = medians(rounds, 'cpuMs').join(' and ');
        console.log(
            `page: ${rounds.length} rounds; first and last tenth: ${cpuMs} ms of the processor; MiB: ${usedMiB.map(Math.round).join(', ')}`,
        );
        mustBeFlat(usedMiB, 0);
        mustBeAsFast(beside);
    },
};

const unknown = positionals.find((name) => !parts[name]);
if (unknown) throw new Error(`Expected one of ${Object.keys(parts).join(', ')} but received ${unknown}`);
for (const name of positionals.length ? positionals : Object.keys(parts)) await parts[name]();
