// Shared by the tests in Chromium: a new site, its server, and Chromium, whose errors and requests are watched.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { buildSite, copyNetworks, copyWeights } from '../../web/build.mjs';
import { serve } from '../../web/serve.mjs';
import { serveHub } from '../hub_server.mjs';

export const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
export const FLAGS = [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
];

/** false, or why the tests that need a browser are skipped. */
export const browserMissing = existsSync(CHROMIUM)
    ? false
    : `there is no Chromium at ${CHROMIUM} (set CHROMIUM, or apt-get install chromium)`;

export const launch = () => chromium.launch({ executablePath: CHROMIUM, args: FLAGS });

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

function makeFolder() {
    const root = mkdtempSync(join(tmpdir(), 'acg2vec-site-'));
    return { root, remove: () => rmSync(root, { recursive: true, force: true }) };
}

/**
 * Shared by the tests of one `describe`: Chromium, and a site that `assemble` makes before them; both are removed after them.
 * @template {{ remove: () => void | Promise<void> }} Site
 * @param {string | false} skip why the tests are skipped
 * @param {() => Promise<Site>} assemble
 * @returns {Site & { browser: import('playwright-core').Browser }} empty until the tests run
 */
export function shareBrowser(skip, assemble) {
    const shared = /** @type {Site & { browser: import('playwright-core').Browser }} */ ({});
    before(async () => {
        if (skip) return;
        Object.assign(shared, await assemble());
        shared.browser = await launch();
    });
    after(async () => {
        await shared.browser?.close();
        await shared.remove?.();
    });
    return shared;
}

/**
 * The site, as build/site would be now, in a separate folder.
 * @param {string[]} modules of the page that are copied unbundled into the site, for a test to import
 */
export async function assembleSite(...modules) {
    const site = makeFolder();
    await buildSite(site.root);
    for (const name of modules) cpSync(join(ROOT, 'web', name), join(site.root, name));
    return site;
}

const IMPORT_MAP = '{ "imports": { "acg2vec": "./js/index.js" } }';

/**
 * An empty page without a bundler, as in README.md, that can import the package; and the weights.
 * @param {string[]} more files and folders that are copied into it
 */
export async function assemblePackage(...more) {
    const site = makeFolder();
    for (const part of ['js', 'dist/wasm', 'models/manifest.json', ...more]) {
        cpSync(join(ROOT, part), join(site.root, part), { recursive: true });
    }
    await copyWeights(site.root);
    const hash = createHash('sha256').update(IMPORT_MAP).digest('base64');
    const policy = `<meta http-equiv="Content-Security-Policy" content="default-src 'self'; script-src 'self' 'wasm-unsafe-eval' 'sha256-${hash}'; img-src data:">`;
    const page = `<!doctype html>${policy}<title>package</title><link rel="icon" href="data:,"><script type="importmap">${IMPORT_MAP}</script>`;
    writeFileSync(join(site.root, 'index.html'), page);
    return site;
}

/**
 * Two sites with tiny networks in place of the published ones: one has them, the other says that it has none.
 * @param {Record<string, Buffer>} files by their paths in the manifest
 */
export async function assembleNetworkSites(files) {
    const full = await assembleSite();
    const bare = makeFolder();
    cpSync(full.root, bare.root, { recursive: true });
    await giveNetworks(full, files, true);
    await giveNetworks(bare, files, false);
    return { full, bare, remove: () => [full, bare].forEach((site) => site.remove()) };
}

/**
 * The manifest of a site.
 * @param {{ root: string }} site
 * @param {(manifest: any) => void} change
 */
export function changeManifest({ root }, change) {
    const assets = join(root, 'assets');
    const path = join(
        assets,
        readdirSync(assets).find((name) => /^manifest-.*\.json$/.test(name)),
    );
    const manifest = JSON.parse(readFileSync(path, 'utf8'));
    change(manifest);
    writeFileSync(path, JSON.stringify(manifest));
    return manifest;
}

/**
 * The site without networks, with the test's hub in place of the real one.
 * @param {import('../hub_server.mjs').Hub} hub
 * @param {string[]} ids of the networks that the page offers
 * @param {(manifest: any) => void} change replaces the published files by the hub's
 */
async function assembleHubSite(hub, ids, change) {
    const site = await assembleSite();
    const { models } = changeManifest(site, change);
    await copyNetworks(
        site.root,
        models.filter(({ id }) => ids.includes(id)),
        join(site.root, 'nothing'),
    );
    const page = join(site.root, 'index.html');
    writeFileSync(page, readFileSync(page, 'utf8').replace('https://huggingface.co https://*.hf.co', hub.origins.join(' ')));
    return site;
}

/**
 * A hub that serves these files, and a site that fetches from it; for shareBrowser.
 * @param {Map<string, Uint8Array>} files
 * @param {string[]} ids as of assembleHubSite
 * @param {(hub: import('../hub_server.mjs').Hub) => (manifest: any) => void} changeFor
 */
export async function assembleWithHub(files, ids, changeFor) {
    const hub = await serveHub(new Map(files));
    const site = await assembleHubSite(hub, ids, changeFor(hub));
    const remove = async () => {
        await hub.close();
        site.remove();
    };
    return { ...site, hub, remove };
}

/**
 * Gives a site tiny networks in place of the published ones, or says that it has none.
 * @param {{ root: string }} site
 * @param {Record<string, Buffer>} files by their paths in the manifest
 * @param {boolean} here
 */
async function giveNetworks(site, files, here) {
    const sha256 = (/** @type {Buffer} */ bytes) => createHash('sha256').update(bytes).digest('hex');
    const folder = join(site.root, 'tiny');
    const assets = join(site.root, 'assets');
    const path = join(
        assets,
        readdirSync(assets).find((name) => /^manifest-.*\.json$/.test(name)),
    );
    const manifest = JSON.parse(readFileSync(path, 'utf8'));
    const models = manifest.models.filter((model) => model.files.some((file) => files[file.path]));
    for (const file of models.flatMap((model) => model.files)) {
        const bytes = files[file.path];
        // the manifest is unchanged, except for a published SHA-256
        if (file.versions.length) file.versions = [{ bytes: bytes.length, sha256: sha256(bytes) }];
        mkdirSync(dirname(join(folder, file.path)), { recursive: true });
        writeFileSync(join(folder, file.path), bytes);
        writeFileSync(join(folder, `${file.path}.sha256`), `${sha256(bytes)}  ${file.path}\n`);
        rmSync(join(site.root, 'weights', dirname(file.path)), { recursive: true, force: true });
    }
    writeFileSync(path, JSON.stringify(manifest));
    await copyNetworks(site.root, models, here ? folder : join(folder, 'nothing'));
}

/** The policy that the page gives itself, for the server to send with every file: workers do not inherit the policy of a page. */
export function policyOf(root) {
    const html = readFileSync(join(root, 'index.html'), 'utf8');
    const [, policy] = /http-equiv="Content-Security-Policy"\s+content="([^"]+)"/.exec(html) ?? [];
    assert.ok(policy?.includes("script-src 'self' 'wasm-unsafe-eval'"), `Expected a policy but found ${policy}`);
    return { 'Content-Security-Policy': policy };
}

/**
 * Opens the page for one test. When the test ends, it must have logged no error and asked no other server for anything.
 * @param {import('node:test').TestContext} context
 * @param {object} options
 * @param {import('playwright-core').Browser} options.browser
 * @param {string} options.root
 * @param {boolean} [options.isolation]
 * @param {{ width: number, height: number }} [options.viewport]
 * @param {string} [options.hash]
 * @param {string} [options.locale] the browser's language
 * @param {'allow' | 'block'} [options.serviceWorkers] without one, every request reaches the server, and nothing is left for the next test
 * @param {(url: string) => Promise<{ url: string, close: () => Promise<void> }>} [options.through] a server before the page's own
 * @param {string[]} [options.others] what else it may ask
 * @param {RegExp} [options.expected] errors in its log that have to be
 * @param {(page: import('playwright-core').Page) => Promise<void>} [options.before] what is done before it opens
 */
export async function openPage(context, options) {
    const { browser, root, isolation = true, viewport = { width: 1280, height: 800 }, hash = '', through, others = [], expected } = options;
    const { locale = 'en', serviceWorkers = 'block', before } = options;
    const own = await serve({ port: 0, root, isolation, headers: policyOf(root) });
    const server = (await through?.(own.url)) ?? own;
    const browserContext = await browser.newContext({ viewport, locale, serviceWorkers, acceptDownloads: true });
    /** @type {string[]} */
    const complaints = [];
    context.after(async () => {
        await browserContext.close();
        await server.close();
        await own.close();
        assert.deepEqual(complaints, []);
    });
    browserContext.on('request', (request) => {
        const url = request.url();
        if (![server.url, ...others, 'blob:', 'data:'].some((start) => url.startsWith(start))) {
            complaints.push(`The page asked for ${url}`);
        }
    });
    const page = await browserContext.newPage();
    page.setDefaultTimeout(60e3);
    page.on('console', (message) => message.type() === 'error' && !expected?.test(message.text()) && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    await before?.(page);
    await page.goto(server.url + hash);
    const hasTabs = !before && (await page.$('template')) !== null;
    if (hasTabs) await page.waitForSelector('main[aria-busy=false]:not([hidden])'); // until the code of the tab is there
    return page;
}

/** Ends the page's renderer, as a lack of memory does. Another page of the same context can follow. @param {import('playwright-core').Page} page */
export async function crash(page) {
    const session = await page.context().newCDPSession(page);
    const crashed = page.waitForEvent('crash');
    session.send('Page.crash').catch(() => {}); // it does not answer
    await crashed;
}

/**
 * Waits until a function in the page that may be async gives something true. page.waitForFunction takes the promise itself for true.
 * @param {import('playwright-core').Page} page
 * @param {() => unknown} run
 */
export async function waitUntil(page, run) {
    for (const end = Date.now() + 60e3; !(await page.evaluate(run)); await sleep(200))
        assert.ok(Date.now() < end, `Expected this within a minute: ${run}`);
}

/** Waits for a state of the page; fails at once, with the page's message, if it shows an error. */
export async function reach(page, state) {
    await page.waitForFunction((wanted) => {
        const problem = document.querySelector('#enlarge-message:not([hidden])');
        return document.querySelector('#enlarge-part').dataset.state === wanted || (wanted !== 'chosen' && problem);
    }, state);
    const found = await page.evaluate(() => [
        document.querySelector('#enlarge-part').dataset.state,
        document.querySelector('#enlarge-message')?.textContent,
    ]);
    assert.equal(found[0], state, `The page says: ${found[1]}`);
}

/** Gives the page a file through its file input. @param {{ name: string, bytes: Uint8Array, type?: string }} file */
export async function choose(page, { name, bytes, type = 'image/png' }) {
    await page.setInputFiles('#file', { name, mimeType: type, buffer: Buffer.from(bytes) });
}

/** Gives the page a file that is a picture, and waits until it is open. */
export async function open(page, file) {
    await choose(page, file);
    await page.waitForFunction((name) => document.querySelector('#enlarge-name')?.textContent === name, file.name);
    await reach(page, 'chosen');
}

/** Clicks the download link, or another element that downloads. */
export async function download(page, selector = '#enlarge-download') {
    const [file] = await Promise.all([page.waitForEvent('download'), page.click(selector)]);
    return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
}

/** The files of a ZIP archive that compresses nothing, by its central directory. @param {Buffer} zip */
export function unzip(zip) {
    const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
    /** @type {Map<string, Buffer>} */
    const files = new Map();
    let at = zip.readUInt32LE(end + 16);
    for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
        const [bytes, nameLength, extra, comment] = [
            zip.readUInt32LE(at + 24),
            zip.readUInt16LE(at + 28),
            zip.readUInt16LE(at + 30),
            zip.readUInt16LE(at + 32),
        ];
        assert.equal(zip.readUInt16LE(at + 10), 0, 'Expected a file that is stored as it is');
        const local = zip.readUInt32LE(at + 42);
        const data = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
        files.set(zip.toString('utf8', at + 46, at + 46 + nameLength), zip.subarray(data, data + bytes));
        at += 46 + nameLength + extra + comment;
    }
    return files;
}
