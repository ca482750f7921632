// The package with each Vite that is still used, built and in development: without a setting from Vite 8 on, with three before.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { browserMissing, launch } from '../../browser/support.mjs';
import { weightsMissing } from '../../js/support.mjs';
import { ISOLATION } from '../../../web/serve.mjs';
import { checkPage, checkSite, install, makePictures, pack, run } from '../support.mjs';

const OLDER = ['5.4.21', '6.4.6', '7.3.8'].map((vite) => ({ project: 'vite-older', packages: { vite } }));
const VITES = [...OLDER, { project: 'vite', packages: { vite: '8.3.8' } }];

/** Vite's own server in development, isolated and not. @param {string} project @param {Buffer} enlarged */
async function checkDevelopment(project, enlarged) {
    const { createServer } = await import(pathToFileURL(join(project, 'node_modules/vite/dist/node/index.js')).href);
    const browser = await launch();
    try {
        for (const headers of [ISOLATION, {}]) {
            const server = await createServer({ root: project, logLevel: 'error', server: { host: '127.0.0.1', port: 0, headers } });
            try {
                await server.listen();
                await checkPage(browser, server.resolvedUrls.local[0], enlarged, headers === ISOLATION ? 2 : 1);
            } finally {
                await server.close();
            }
        }
    } finally {
        await browser.close();
    }
}

describe('the package with', { skip: browserMissing || (await weightsMissing([2])) }, () => {
    /** @type {{ tarball: string, picture: Buffer, enlarged: Buffer }} */
    let given;
    const folder = mkdtempSync(join(tmpdir(), 'acg2vec-pack-'));
    before(async () => void (given = { tarball: pack(folder), ...(await makePictures()) }));
    after(() => rmSync(folder, { recursive: true, force: true }));

    for (const { project, packages } of VITES) {
        it(`Vite ${packages.vite}`, async (context) => {
            const copies = { 'main.js': 'main.js', 'index.html': 'vite/index.html' };
            const root = install(context, given, { project, copies, pictureIn: 'public', packages });
            if (!root) return;
            run(root, ['vite', 'build', '--logLevel', 'error']);
            await checkSite(join(root, 'dist'), given.enlarged);
            await checkDevelopment(root, given.enlarged);
        });
    }
});
