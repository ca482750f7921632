// Kills a process with kill -9 again and again while it indexes, and checks the index each time. Alone:
// node tests/js/index_kill.mjs --times 50
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { picture, query, randomOf, writeFiles } from './index_support.mjs';

const CHILD = fileURLToPath(new URL('index_child.mjs', import.meta.url));
/** The maximum number of pictures after which a process is killed, and of milliseconds after the last of these. */
const PICTURES = 4;
const DELAY_MS = 60;

/**
 * @param {{ folder: string, times: number, pictures: number, seed: number, tell?: (text: string) => void }} options
 */
export async function killAgainAndAgain({ folder, times, pictures, seed, tell = () => {} }) {
    writeFiles(folder, Object.fromEntries(Array.from({ length: pictures }, (_, i) => [`p/${i}.png`, picture(i, 16, 16)])));
    const [database, random] = [join(folder, 'index.db'), randomOf(seed)];
    /** @type {Map<string, number>} how often each picture was looked at */
    const looks = new Map();
    for (let time = 0; time < times; time++) {
        const run = await runAndKill([folder, database], 1 + Math.floor(random() * PICTURES), random() * DELAY_MS);
        count(looks, run.looks);
        check(database);
        tell(`${time + 1}: killed after ${run.looks.length} pictures`);
        if (run.hasEnded) break;
    }
    const last = await runAndKill([folder, database], Infinity, 0);
    count(looks, last.looks);
    check(database);
    const [{ n }] = query(database, 'SELECT count(*) AS n FROM pictures');
    assert.equal(n, pictures);
    // only the current picture of a killed process may have been computed again
    const again = [...looks.values()].reduce((sum, times) => sum + times - 1, 0);
    assert.ok(again <= times, `${again} pictures were looked at twice in ${times} runs`);
    return { again };
}

/** Checks that each picture in the index has all its data. */
function check(database) {
    assert.deepEqual(query(database, 'PRAGMA integrity_check'), [{ integrity_check: 'ok' }]);
    assert.deepEqual(query(database, 'PRAGMA foreign_key_check'), []);
    const [{ known }] = query(database, "SELECT count(*) AS known FROM sqlite_schema WHERE name = 'pictures'");
    if (!known) return;
    const [{ pictures, vectors, looks, tags }] = query(
        database,
        `SELECT (SELECT count(*) FROM pictures) AS pictures, (SELECT count(*) FROM vectors) AS vectors, (SELECT count(*) FROM looks) AS looks,
            (SELECT count(DISTINCT picture) FROM tags) AS tags`,
    );
    assert.deepEqual({ vectors, looks, tags }, { vectors: pictures, looks: pictures * 2, tags: pictures });
}

/**
 * @param {string[]} args
 * @param {number} pictures after which it is killed
 * @param {number} delayMs after the last of these
 */
async function runAndKill(args, pictures, delayMs) {
    const child = spawn(process.execPath, [CHILD, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    const looks = () => text.split('\n').filter(Boolean);
    child.stdout.on('data', (data) => {
        text += data;
        if (looks().length >= pictures) setTimeout(() => child.kill('SIGKILL'), delayMs);
    });
    const status = await new Promise((resolve) => child.on('close', resolve));
    if (pictures === Infinity) assert.equal(status, 0);
    return { looks: looks(), hasEnded: status === 0 };
}

function count(looks, paths) {
    for (const path of paths) looks.set(path, (looks.get(path) ?? 0) + 1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
    const { values } = parseArgs({ options: { times: { type: 'string', default: '50' }, seed: { type: 'string', default: '1' } } });
    const folder = mkdtempSync(join(tmpdir(), 'acg2vec-kill-'));
    try {
        const times = Number(values.times);
        const { again } = await killAgainAndAgain({ folder, times, pictures: times * 8, seed: Number(values.seed), tell: console.log });
        console.log(
            `${times} times killed: integrity_check is ok each time, nothing is there twice, ${again} pictures were looked at again`,
        );
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}
