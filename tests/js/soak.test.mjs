// The parts of `npm run soak` in short: an engine's life ends in any way, and the next call is right.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browserMissing } from '../browser/support.mjs';
import { page } from '../soak/page.mjs';
import { aborts, cycles, kills, mixed, two } from '../soak/parts.mjs';
import { service } from '../soak/service.mjs';
import { weightsMissing } from './support.mjs';

const skip = await weightsMissing([2]);

test('engines that are made and closed', { skip }, async () => {
    assert.equal((await cycles(4)).cycles, 4);
});

test('two engines at once give what each gives alone', { skip }, async () => {
    assert.equal((await two(1)).pairs, 1);
});

test('a worker that is killed in a call, and the call after it', { skip }, async () => {
    const { killed, finished } = await kills(2);
    assert.equal(killed + finished, 2);
});

test('an abort before a step leaves nothing, whatever the plan', { skip }, async () => {
    const plans = ['one tile', 'exact, maps in memory', 'exact, maps in a file', 'tiles apart'];
    const seen = Object.values(await aborts(3, plans));
    assert.deepEqual(
        seen.map((text) => text.split(',')[0]),
        ['whole', 'exact', 'exact-file', 'off'],
    );
});

test('enlarging, tags and searches in turn', { skip }, async () => {
    assert.ok((await mixed(1)).length > 0);
});

test('requests to the service', { skip }, async () => {
    const { batches, beside } = await service(1, 1);
    assert.ok(batches.length > 0);
    assert.ok(beside.oldMs > 0 && beside.freshMs > 0);
});

test('all kinds of networks in one page', { skip: skip || browserMissing }, async () => {
    const { rounds, beside } = await page(3, 1);
    assert.ok(rounds.length > 0);
    assert.ok(beside.oldMs > 0 && beside.freshMs > 0);
});
