// WebKitGTK's MiniBrowser by WebKitWebDriver, on a screen in memory. https://www.w3.org/TR/webdriver2/
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Page } from './page.mjs';
import { start } from './process.mjs';

const DRIVER = '/usr/bin/WebKitWebDriver';
const SCREEN = '/usr/bin/Xvfb';
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf'; // the standard's name of a reference

function findBrowser() {
    if (process.env.WEBKITGTK) return process.env.WEBKITGTK;
    const places = existsSync('/usr/lib')
        ? readdirSync('/usr/lib').map((name) => join('/usr/lib', name, 'webkit2gtk-4.1/MiniBrowser'))
        : [];
    return places.find((path) => existsSync(path));
}

const BROWSER = findBrowser();

export const missing =
    BROWSER && [DRIVER, SCREEN].every((path) => existsSync(path))
        ? false
        : 'there is no MiniBrowser of WebKitGTK, WebKitWebDriver or Xvfb (apt-get install webkit2gtk-driver xvfb)';

/** Its language is that of the system. @param {{ env?: Record<string, string> }} [options] env: variables for the browser */
export async function launch({ env = {} } = {}) {
    const screen = start(SCREEN, () => ['-displayfd', '1', '-screen', '0', '1280x1024x24', '-nolisten', 'tcp']);
    let driver;
    const stop = async () => {
        await driver?.stop();
        await screen.stop();
    };
    try {
        const [display] = await screen.line(/^\d+$/);
        const port = await freePort();
        const ownEnv = { ...process.env, DISPLAY: `:${display}`, NO_AT_BRIDGE: '1', GDK_BACKEND: 'x11', ...env };
        const tellDownloads = (folder) => {
            mkdirSync(join(folder, '.config'));
            mkdirSync(join(folder, 'Downloads'));
            writeFileSync(join(folder, '.config/user-dirs.dirs'), 'XDG_DOWNLOAD_DIR="$HOME/Downloads"\n');
            return [`--port=${port}`];
        };
        driver = start(DRIVER, tellDownloads, { env: ownEnv });
        const downloads = join(driver.folder, 'Downloads');
        const send = sender(`http://127.0.0.1:${port}`);
        await ready(send);
        const session = await openSession(send);
        return {
            name: 'webkitgtk',
            version: `WebKitGTK ${session.version}`,
            openPage: () => openPage(session.send, downloads),
            async close() {
                await session.send('DELETE', '').catch(() => {});
                await stop();
            },
        };
    } catch (error) {
        await stop();
        throw error;
    }
}

async function freePort() {
    const server = createServer();
    await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    await new Promise((resolve) => server.close(resolve));
    return port;
}

/** @param {string} base */
function sender(base) {
    return async (method, path, body = method === 'POST' ? {} : undefined) => {
        const answer = await fetch(base + path, { method, body: body && JSON.stringify(body) });
        const { value } = /** @type {any} */ (await answer.json());
        if (answer.ok) return value;
        throw new Error(`${value.error}: ${value.message}`);
    };
}

async function ready(send) {
    for (let tries = 0; ; tries++) {
        const status = await send('GET', '/status').catch(() => undefined);
        if (status?.ready) return;
        if (tries > 200) throw new Error('WebKitWebDriver does not answer');
        await sleep(100);
    }
}

async function openSession(send) {
    const { sessionId, capabilities } = await send('POST', '/session', {
        capabilities: {
            alwaysMatch: {
                'webkitgtk:browserOptions': { binary: BROWSER, args: ['--automation'] },
                timeouts: { script: 3600e3, pageLoad: 600e3 },
            },
        },
    });
    return {
        version: capabilities.browserVersion,
        send: (method, path, body) => send(method, `/session/${sessionId}${path}`, body),
    };
}

/** All pages of a session share one browser context. Its console is not accessible: `complaints` stays empty. */
async function openPage(send, downloads) {
    const find = async (selector) => {
        const { [ELEMENT]: id } = await send('POST', '/element', { using: 'css selector', value: selector });
        return `/element/${id}`;
    };
    await send('POST', '/window/rect', { width: 1280, height: 900 });
    return new Page(
        {
            goto: (url) => send('POST', '/url', { url }),
            reload: () => send('POST', '/refresh'),
            async run(script) {
                // errors are returned as a value, because browsers report rejected promises differently
                const whole = `const end = arguments[arguments.length - 1];
                    (async () => { ${script} })().then((value) => end({ value }), (error) => end({ error: String(error) }));`;
                const { value, error } = await send('POST', '/execute/async', { script: whole, args: [] });
                if (error) throw new Error(error);
                return value ?? null;
            },
            click: async (selector) => send('POST', `${await find(selector)}/click`),
            setFiles: async (selector, paths) => send('POST', `${await find(selector)}/value`, { text: paths.join('\n') }),
            close: () => send('POST', '/url', { url: 'about:blank' }),
        },
        downloads,
    );
}
