// Three processes of the service behind nginx share nothing but the store. One is killed under load: only requests that it had are lost.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { clipModel } from '../../js/clip_files.mjs';
import { convnetModels } from '../../js/convnet_files.mjs';
import { picture } from '../../js/index_support.mjs';
import { ROOT, temporaryFolder } from '../../js/support.mjs';
import { startPostgres } from '../stores/postgres.mjs';
import { formOf } from '../support.mjs';
import { nginxMissing, startNginx } from './nginx.mjs';

const PROCESSES = 3;
const CLIENTS = 12;
const PICTURES = 40;
const KILL_AFTER = 60; // answers
const REQUESTS = 240;

/** A process with the tiny models. */
async function startProcess(models, store) {
    const args = ['serve', '--port', '0', '--models', models, '--threads', '1', '--log', 'silent', '--store', store];
    const child = spawn(process.execPath, [join(ROOT, 'js/cli.js'), ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = await once(child.stdout, 'data');
    return { child, url: new URL(String(line).trim()) };
}

describe('three processes behind nginx', { skip: nginxMissing() }, () => {
    const folder = temporaryFolder({ after });
    let postgres;
    let processes = [];
    let nginx;
    before(async () => {
        for (const [path, bytes] of Object.entries({ ...clipModel().files, ...convnetModels().files })) {
            mkdirSync(dirname(join(folder, path)), { recursive: true });
            writeFileSync(join(folder, path), bytes);
        }
        postgres = await startPostgres();
        processes = await Promise.all(Array.from({ length: PROCESSES }, () => startProcess(folder, postgres.url('pictures'))));
        nginx = await startNginx(processes.map(({ url }) => url));
    });
    after(async () => {
        await nginx?.close();
        for (const { child } of processes) {
            if (child.exitCode !== null || child.signalCode !== null) continue;
            child.kill('SIGKILL');
            await once(child, 'exit');
        }
        await postgres?.close();
    });

    const ask = async (path, parts) => {
        const response = await fetch(new URL(path, nginx.url), { method: 'POST', body: formOf(parts) });
        const text = await response.text();
        return { status: response.status, data: response.ok ? JSON.parse(text).data : text };
    };

    test('what one has taken in, all find', async () => {
        const kept = [];
        for (let i = 0; i < PICTURES; i += 10) {
            const image = Array.from({ length: 10 }, (_, k) => picture(i + k));
            const { status, data } = await ask('/index', { image });
            assert.equal(status, 200, JSON.stringify(data));
            kept.push(...data.map(({ id }) => id));
        }
        assert.equal(new Set(kept).size, PICTURES);
        for (const { url } of processes) {
            const { data } = await (await fetch(new URL('/pictures?limit=1000', url))).json();
            assert.deepEqual(data.map(({ id }) => id).sort(), kept.toSorted());
        }
    });

    test('one is killed under load', async () => {
        const statuses = [];
        const wrong = [];
        let [sent, killed, lostBefore, inFlight] = [0, false, 0, 0];
        const client = async () => {
            while (sent < REQUESTS) {
                const i = sent++ % PICTURES;
                const isSearch = i % 2 === 0;
                const { status, data } = isSearch
                    ? await ask('/search/image', { image: picture(i), limit: '1' })
                    : await ask('/images/labelsByDeepDanbooru', { image: picture(i) });
                statuses.push(status);
                if (status === 200 && isSearch && !(data[0]?.score > 0.999)) wrong.push(data);
                if (statuses.length !== KILL_AFTER || killed) continue;
                killed = true;
                lostBefore = statuses.filter((each) => each !== 200).length;
                const { busy, waiting } = await (await fetch(new URL('/readyz', processes[0].url))).json();
                inFlight = busy + waiting;
                processes[0].child.kill('SIGKILL');
            }
        };
        await Promise.all(Array.from({ length: CLIENTS }, client));
        const lost = statuses.filter((status) => status !== 200);
        console.log(
            `${REQUESTS} requests of ${CLIENTS} clients, ${statuses.length - lost.length} answered, ${lost.length} lost: ${lost}; the killed process had ${inFlight}`,
        );
        assert.equal(lostBefore, 0);
        assert.equal(statuses.length, REQUESTS);
        assert.deepEqual(wrong, []);
        assert.ok(
            lost.every((status) => status === 502),
            `${lost}`,
        );
        assert.ok(lost.length < CLIENTS, `${lost.length} of ${CLIENTS} that could be under way`);
        const last = await Promise.all(Array.from({ length: 6 }, () => ask('/images/labelsByDeepDanbooru', { image: picture(1) })));
        assert.deepEqual(
            last.map(({ status }) => status),
            Array(6).fill(200),
        );
    });
});
