// `npm run fuzz:js -- [target…] [--seconds 60] [--seed 1]`: feeds damaged input to JavaScript (tests/fuzz/README.md).
import { parseArgs } from 'node:util';
import { TARGETS, fuzz } from './fuzz.mjs';

/** Limits of processor time, and of wall time, which is larger because other programs may run, or this one may be paused. */
const MAX_CPU_MS = 5000;
const MAX_MS = 600_000;
const MAX_GROWTH_BYTES = 2 ** 28;

/** Fails if a run takes too long, or if the process has grown much since the start. */
function limited() {
    const found = { slowest: 0, growth: 0 };
    let before;
    const watch = async (run) => {
        before ??= process.memoryUsage.rss();
        const [begin, cpu] = [performance.now(), process.cpuUsage()];
        const outcome = await run();
        const { user, system } = process.cpuUsage(cpu);
        found.slowest = Math.max(found.slowest, (user + system) / 1000);
        const ms = performance.now() - begin;
        found.growth = Math.max(found.growth, process.memoryUsage.rss() - before);
        if (found.slowest > MAX_CPU_MS || ms > MAX_MS)
            throw new Error(`it took ${Math.round(ms)} ms, ${Math.round(found.slowest)} of the processor`);
        if (found.growth > MAX_GROWTH_BYTES) throw new Error(`the process grew by ${found.growth} bytes`);
        return outcome;
    };
    return { found, watch };
}

async function report(name, seconds, seed) {
    const { found, watch } = limited();
    let end = Infinity;
    let runs = 0;
    const isOver = (n) => {
        if (n === 0) end = performance.now() + 1000 * seconds; // the preparation of a target does not count
        runs = n;
        return performance.now() > end;
    };
    const counts = await fuzz(name, seed, isOver, watch);
    for (const [outcome, n] of Object.entries(counts).sort()) console.log(`  ${outcome}: ${n}`);
    const growth = Math.round(found.growth / 2 ** 20);
    console.log(
        `${name}: ${runs} runs, no finding; slowest ${Math.round(found.slowest)} ms of the processor; the process grew by at most ${growth} MiB`,
    );
}

const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { seconds: { type: 'string', default: '60' }, seed: { type: 'string', default: '1' } },
});
const unknown = positionals.find((name) => !TARGETS.includes(name));
if (unknown) throw new Error(`Expected one of ${TARGETS.join(', ')} but received ${unknown}`);
for (const name of positionals.length ? positionals : TARGETS) await report(name, Number(values.seconds), Number(values.seed));
