// Services as processes, and what the system says of them.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const TICKS_A_SECOND = 100; // USER_HZ of Linux

/**
 * @param {(port: number) => [program: string, args: string[]]} command
 * @returns what it took until it was ready, and how to ask and to end it
 */
export async function startService(command) {
    const port = await freePort();
    const [program, args] = command(port);
    const start = performance.now();
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    const url = `http://127.0.0.1:${port}`;
    while (!(await isReady(url))) {
        if (child.exitCode !== null) throw new Error(`${program} ended`);
        await sleep(20);
    }
    const readyMs = performance.now() - start;
    return {
        url,
        readyMs,
        readyCpu: cpuSeconds(child.pid),
        cpu: () => cpuSeconds(child.pid),
        megabytes: () => rss(child.pid),
        end: async () => {
            child.kill('SIGKILL');
            await once(child, 'exit');
        },
    };
}

const isReady = (url) =>
    fetch(`${url}/readyz`).then(
        ({ ok }) => ok,
        () => false,
    );

/** Its memory every `ms`, until `stop` is called. */
export function watchMemory(service, ms = 500) {
    const seen = [];
    const timer = setInterval(() => seen.push(service.megabytes()), ms);
    return { seen, stop: () => clearInterval(timer) };
}

function rss(pid) {
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1000;
}

function cpuSeconds(pid) {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /, '')
        .split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
}

async function freePort() {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address();
    server.close();
    await once(server, 'close');
    return port;
}
