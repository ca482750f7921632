// Runs the engine's tasks step by step. Between two steps messages are handled: here an abort is received.
import { cancelled } from '../errors.js';
import { ProgressMeter } from '../shared/progress.js';
import { pause } from '../shared/pause.js';

/**
 * @typedef {import('../shared/protocol.js').Events} Events
 * @typedef {<K extends keyof Events>(name: K, body: Events[K], transfer?: Transferable[]) => void} Emit
 * @typedef {{ signal: AbortSignal, emit: Emit }} Context of the request that a task belongs to
 *
 * @typedef {object} Task total and done: its work, in any unit
 * @property {number} total
 * @property {number} done
 * @property {import('../types.js').Progress['work']} [work]
 */

/**
 * @param {() => boolean} isDone
 * @param {() => void | Promise<void>} step
 * @param {AbortSignal} signal
 * @throws {AcgError} CANCELLED
 */
export async function stepUntil(isDone, step, signal) {
    for (;;) {
        await pause();
        if (signal.aborted) throw cancelled();
        if (isDone()) return;
        await step();
    }
}

/**
 * Runs a task to its end, and reports its progress.
 * @param {Task} task
 * @param {() => void | Promise<void>} step does a part of it
 * @param {import('../types.js').Progress['stage']} stage
 * @param {Context} context
 * @throws {AcgError} CANCELLED
 */
export async function runSteps(task, step, stage, { signal, emit }) {
    const meter = new ProgressMeter(stage, (progress) => emit('progress', progress));
    meter.update(0, task.total);
    const stepAndReport = async () => {
        await step();
        meter.update(task.done, task.total, task.work);
    };
    await stepUntil(() => task.done >= task.total, stepAndReport, signal);
}
