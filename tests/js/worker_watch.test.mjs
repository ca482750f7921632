// A worker that does not come back from making another worker is noticed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { announced, WorkerWatch } from '../../js/platform/browser/worker_watch.js';

test('a worker is announced before and after it is made', () => {
    const told = [];
    const start = announced(
        (message) => told.push(message),
        (a, b) => told.push(`${a}${b}`) && 'made',
    );
    assert.equal(start(1, 2), 'made');
    assert.deepEqual(told, [{ type: 'worker', isMade: false }, '12', { type: 'worker', isMade: true }]);
});

test('only one that stays away for seconds counts as stalled, and only until the worker ends', (context) => {
    context.mock.timers.enable({ apis: ['setTimeout'] });
    const stalls = [];
    const watch = new WorkerWatch((error) => stalls.push(error));
    const wait = (ms) => context.mock.timers.tick(ms);
    watch.note({ type: 'worker', isMade: false });
    wait(2000);
    watch.note({ type: 'worker', isMade: true });
    wait(1e6); // its work may take long
    watch.note({ type: 'worker', isMade: false });
    watch.end();
    wait(1e6);
    assert.deepEqual(stalls, []);
    watch.note({ type: 'worker', isMade: false });
    wait(1e6);
    assert.deepEqual(
        stalls.map(({ code, reason }) => [code, reason]),
        [['INTERNAL', 'WORKERS_STALLED']],
    );
    assert.match(stalls[0].message, /developer tools/);
});
