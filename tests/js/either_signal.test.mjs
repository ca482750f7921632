// A signal that joins others for the time of a task, and leaves nothing at them.
import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { it } from 'node:test';
import { createEngine } from '../../js/node.js';
import { withEither } from '../../js/shared/either_signal.js';

const listeners = (signal) => getEventListeners(signal, 'abort').length;

it('aborts for the reason of the signal that aborts', async () => {
    const [one, other] = [new AbortController(), new AbortController()];
    const reason = new Error('enough');
    await withEither([one.signal, undefined, other.signal], async (signal) => {
        assert.equal(signal.aborted, false);
        other.abort(reason);
        assert.equal(signal.reason, reason);
    });
    await withEither([one.signal, other.signal], async (signal) => assert.equal(signal.reason, reason)); // aborted before
});

it('leaves nothing at the signals, whether the task succeeds or fails', async () => {
    const { signal } = new AbortController();
    assert.equal(await withEither([signal], async () => listeners(signal)), 1);
    await assert.rejects(
        withEither([signal], async () => Promise.reject(new Error('failed'))),
        /failed/,
    );
    assert.equal(listeners(signal), 0);
});

it("calls of an engine leave nothing at the caller's signal", async (context) => {
    const engine = await createEngine({ threads: 1 });
    context.after(() => engine.close());
    const { signal } = new AbortController();
    const picture = { data: new Uint8Array(8 * 8 * 3).fill(90), width: 8, height: 8, channels: 3 };
    await engine.upscale(picture, { signal, format: 'pixels' });
    await assert.rejects(engine.upscale(new Uint8Array([1, 2, 3]), { signal }));
    assert.equal(listeners(signal), 0);
});
