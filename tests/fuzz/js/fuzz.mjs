// Runs a target with seed after seed, and counts how its runs end.
import { randomOf } from './mutate.mjs';

export const TARGETS = ['originals', 'manifest', 'messages', 'index'];

/**
 * A target is a file here whose `open()` gives `run(random)`, which returns in a word how the run ended or throws a finding, and `close()`.
 * @param {string} name
 * @param {number} seed of the first run; the next has the next
 * @param {(runs: number) => boolean} isOver
 * @param {(run: () => Promise<string>) => Promise<string>} [watch]
 * @returns {Promise<Record<string, number>>} how many runs ended in which way
 */
export async function fuzz(name, seed, isOver, watch = (run) => run()) {
    const target = await (await import(`./${name}.mjs`)).open();
    /** @type {Record<string, number>} */
    const counts = {};
    try {
        for (let run = 0; !isOver(run); run++) {
            try {
                const outcome = await watch(() => target.run(randomOf(seed + run)));
                counts[outcome] = (counts[outcome] ?? 0) + 1;
            } catch (error) {
                throw new Error(`${name} --seed ${seed + run}: ${error.message}`, { cause: error });
            }
        }
    } finally {
        await target.close();
    }
    return counts;
}
