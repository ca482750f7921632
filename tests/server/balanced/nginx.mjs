// nginx as a balancer in front of services, with a configuration and a folder of its own, on a free port of this computer.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

/** docs/guide/scale.md shows the same, without what only a test needs. */
const configuration = (port, services) => `
daemon off;
${userInfo().uid === 0 ? `user ${userInfo().username};` : ''}
pid nginx.pid;
error_log error.log warn;
events { worker_connections 512; }
http {
    access_log off;
    ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${name};`).join(' ')}
    client_max_body_size 21m;
    upstream acg2vec {
        least_conn;
        ${services.map(({ host }) => `server ${host} max_fails=1 fail_timeout=10s;`).join('\n        ')}
        keepalive 16;
    }
    server {
        listen 127.0.0.1:${port};
        location / {
            proxy_pass http://acg2vec;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host $host;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            proxy_read_timeout 130s;
            proxy_next_upstream error timeout;
        }
    }
}
`;

/** false, or why there is none. */
export function nginxMissing() {
    try {
        execFileSync('nginx', ['-v'], { stdio: 'ignore' });
        return false;
    } catch {
        return 'nginx is not there (Debian: apt install nginx-light)';
    }
}

/** @param {URL[]} services */
export async function startNginx(services) {
    const folder = mkdtempSync(join(tmpdir(), 'acg2vec-nginx-'));
    const port = await freePort();
    writeFileSync(join(folder, 'nginx.conf'), configuration(port, services));
    const child = spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', join(folder, 'error.log')], { stdio: 'ignore' });
    const url = new URL(`http://127.0.0.1:${port}`);
    for (let i = 0; !(await answers(url)); i++) {
        if (i > 600 || child.exitCode !== null) throw new Error('nginx did not start');
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return {
        url,
        close: async () => {
            child.kill('SIGTERM');
            await once(child, 'exit');
            rmSync(folder, { recursive: true, force: true });
        },
    };
}

const answers = (url) =>
    fetch(new URL('/healthz', url)).then(
        ({ ok }) => ok,
        () => false,
    );

async function freePort() {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address();
    server.close();
    await once(server, 'close');
    return port;
}
