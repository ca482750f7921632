// kill -9 while something is written: what is in the index is whole, and nothing is done twice. 50 times: node tests/js/index_kill.mjs
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { killAgainAndAgain } from './index_kill.mjs';
import { query, randomOf } from './index_support.mjs';
import { temporaryFolder } from './support.mjs';

const WRITER = fileURLToPath(new URL('index_writer.mjs', import.meta.url));

test('an index whose process is killed is whole, and the next process goes on', async (context) => {
    await killAgainAndAgain({ folder: temporaryFolder(context), times: 2, pictures: 8, seed: 5 });
});

test('a transaction that is killed half-way is as if it had not been', async (context) => {
    const folder = temporaryFolder(context);
    const path = join(folder, 'numbers.db');
    const random = randomOf(11);
    let halfDone = 0;
    for (let time = 0; time < 6; time++) {
        const child = spawn(process.execPath, [WRITER, path], { stdio: ['ignore', 'pipe', 'inherit'] });
        const closed = new Promise((resolve) => child.on('close', resolve));
        let last = 0;
        const begun = new Promise((resolve) =>
            child.stdout.on('data', (data) => resolve((last = Number(String(data).trim().split('\n').at(-1))))),
        );
        await begun;
        await sleep(random() * 60);
        child.kill('SIGKILL');
        await closed;
        halfDone += Number(existsSync(`${path}-journal`));
        const numbers = query(path, 'SELECT DISTINCT number FROM numbers');
        assert.equal(numbers.length, 1);
        assert.ok(numbers[0].number >= last, `${last} was written, and then there was ${numbers[0].number}`);
        assert.deepEqual(query(path, 'PRAGMA integrity_check'), [{ integrity_check: 'ok' }]);
    }
    context.diagnostic(`${halfDone} of 6 left a journal`);
    query(path, 'DELETE FROM numbers'); // a journal that was killed before it had a header says nothing: the next write takes it away
    assert.deepEqual(readdirSync(folder), ['numbers.db']);
});
