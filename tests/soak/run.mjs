// `npm run soak -- [part…] [--minutes 10] [--cycles 1000] [--kills 100]`: runs the parts of parts.mjs for a long time, and prints their measurements. The process must
// not grow and not become slower.
import { parseArgs } from 'node:util';
import { aborts, cycles, kills, mixed, two } from './parts.mjs';

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

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** The first and the last tenth of the rounds, but for those in which V8 still compiles. */
function firstAndLast(rounds) {
    const warm = rounds.slice(Math.min(3, rounds.length - 1));
    const n = Math.max(1, Math.floor(warm.length / 10));
    return [warm.slice(0, n), warm.slice(-n)].map((part) => ({
        cpuMs: median(part.map(({ cpuMs }) => cpuMs)),
        residentMiB: Math.round(median(part.map((each) => each.residentMiB))),
    }));
}

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
    async mixed() {
        const rounds = await mixed(60 * Number(values.minutes));
        const [first, last] = firstAndLast(rounds);
        console.log(`mixed: ${rounds.length * 20} rounds; first and last tenth ${JSON.stringify([first, last])}`);
        mustBeFlat([first.residentMiB, last.residentMiB], 0);
        if (last.cpuMs > MAX_SLOWER * first.cpuMs) throw new Error(`It became slower: ${first.cpuMs} ms, then ${last.cpuMs} ms`);
    },
};

const unknown = positionals.find((name) => !parts[name]);
if (unknown) throw new Error(`Expected one of ${Object.keys(parts).join(', ')} but received ${unknown}`);
for (const name of positionals.length ? positionals : Object.keys(parts)) await parts[name]();
