// Firefox by WebDriver BiDi, which it speaks itself. https://w3c.github.io/webdriver-bidi/
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import WebSocket from 'ws';
import { Page } from './page.mjs';
import { start } from './process.mjs';

const FIREFOX = process.env.FIREFOX ?? '/usr/bin/firefox-esr';

export const missing = existsSync(FIREFOX) ? false : `there is no Firefox at ${FIREFOX} (set FIREFOX, or apt-get install firefox-esr)`;

/** No first-run pages, and no requests of its own; downloads without a question. */
const PREFERENCES = {
    'app.normandy.enabled': false,
    'app.update.disabledForTesting': true,
    'browser.aboutwelcome.enabled': false,
    'browser.download.always_ask_before_handling_new_types': false,
    'browser.download.folderList': 2,
    'browser.download.manager.addToRecentDocs': false,
    'browser.safebrowsing.malware.enabled': false,
    'browser.safebrowsing.phishing.enabled': false,
    'browser.shell.checkDefaultBrowser': false,
    'browser.startup.page': 0,
    'datareporting.policy.dataSubmissionEnabled': false,
    'dom.disable_open_during_load': false,
    'dom.max_script_run_time': 0,
    'extensions.getAddons.cache.enabled': false,
    'network.captive-portal-service.enabled': false,
    'network.connectivity-service.enabled': false,
    'remote.prefs.recommended': true,
    'services.settings.server': 'data:,#remote-settings-dummy/v1',
    'toolkit.telemetry.reportingpolicy.firstRun': false,
};

/** @param {{ locale?: string, preferences?: object, watchesWorkers?: boolean }} [options] watchesWorkers: as developer tools do */
export async function launch({ locale = 'en', preferences = {}, watchesWorkers = false } = {}) {
    const firefox = start(FIREFOX, (folder) => {
        mkdirSync(join(folder, 'profile'));
        const all = { ...PREFERENCES, 'browser.download.dir': join(folder, 'downloads'), 'intl.accept_languages': locale, ...preferences };
        const lines = Object.entries(all).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`);
        writeFileSync(join(folder, 'profile/user.js'), lines.join('\n'));
        mkdirSync(join(folder, 'downloads'));
        return [
            '--headless',
            '--no-remote',
            '--remote-debugging-port',
            '0',
            '--remote-allow-system-access', // for stopWatchingWorkers
            '--profile',
            join(folder, 'profile'),
            'about:blank',
        ];
    });
    try {
        const [, url] = await firefox.line(/WebDriver BiDi listening on (ws:\S+)/);
        const session = await openSession(`${url}/session`);
        const { capabilities } = await session.send('session.new', { capabilities: {} });
        const { send } = session;
        await send('session.subscribe', { events: ['log.entryAdded'] });
        if (!watchesWorkers) await stopWatchingWorkers(send);
        return {
            name: 'firefox',
            version: `Firefox ${capabilities.browserVersion}`,
            openPage: () => openPage(session, join(firefox.folder, 'downloads')),
            async close() {
                await send('browser.close', {}).catch(() => {});
                session.close();
                await firefox.stop();
            },
        };
    } catch (error) {
        await firefox.stop();
        throw error;
    }
}

/** @param {string} url */
async function openSession(url) {
    const socket = new WebSocket(url, { maxPayload: 2 ** 30 });
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    const open = new Map();
    const listeners = new Set();
    let last = 0;
    socket.on('message', (data) => {
        const { id, type, result, error, message, method, params } = JSON.parse(String(data));
        if (type === 'event') for (const hear of listeners) hear(method, params);
        const answer = open.get(id);
        open.delete(id);
        if (type === 'success') answer?.resolve(result);
        if (type === 'error') answer?.reject(new Error(`${error}: ${message}`));
    });
    socket.on('close', () => open.forEach(({ reject }) => reject(new Error('Firefox has ended'))));
    const send = (method, params) =>
        new Promise((resolve, reject) => {
            if (socket.readyState !== WebSocket.OPEN) return reject(new Error('Firefox has ended'));
            open.set(++last, { resolve, reject });
            socket.send(JSON.stringify({ id: last, method, params }));
        });
    return { send, listeners, close: () => socket.close() };
}

/**
 * A session watches the workers of all pages. While it does, a worker that makes a worker can wait for ever: it waits for the same condition as
 * the new worker's thread, and Firefox wakes only one of the two (WaitForIsDebuggerRegistered of dom/workers/WorkerPrivate.h).
 */
async function stopWatchingWorkers(send) {
    const { contexts } = await send('browsingContext.getTree', { 'moz:scope': 'chrome' });
    const answer = await send('script.evaluate', {
        expression: "ChromeUtils.unregisterProcessActor('WebDriverWorkerListener')",
        target: { context: contexts[0].context },
        awaitPromise: false,
    });
    if (answer.type !== 'success') throw new Error(answer.exceptionDetails.text);
}

/** A page that shares nothing with the others: in a user context of its own. */
async function openPage({ send, listeners }, downloads) {
    const { userContext } = await send('browser.createUserContext', {});
    const { context } = await send('browsingContext.create', { type: 'tab', userContext });
    await send('browsingContext.setViewport', { context, viewport: { width: 1280, height: 800 } });
    const call = async (functionDeclaration, values = []) => {
        const answer = await send('script.callFunction', {
            functionDeclaration,
            arguments: values,
            target: { context },
            awaitPromise: true,
            userActivation: false,
        });
        if (answer.type === 'success') return answer.result;
        throw new Error(answer.exceptionDetails.text);
    };
    const find = async (selector) => {
        const { sharedId } = await call('(selector) => document.querySelector(selector)', [{ type: 'string', value: selector }]);
        if (!sharedId) throw new Error(`Expected ${selector} in the page but found nothing`);
        return { sharedId };
    };
    const page = new Page(
        {
            goto: (url) => send('browsingContext.navigate', { context, url, wait: 'complete' }),
            reload: () => send('browsingContext.reload', { context, wait: 'complete' }),
            run: async (script) => (await call(`async () => { ${script} }`)).value,
            async click(selector) {
                const element = await find(selector);
                await call('(element) => element.scrollIntoView({ block: "nearest" })', [element]);
                const origin = { type: 'element', element };
                const pointer = [
                    { type: 'pointerMove', x: 0, y: 0, origin },
                    { type: 'pointerDown', button: 0 },
                    { type: 'pointerUp', button: 0 },
                ];
                await send('input.performActions', { context, actions: [{ type: 'pointer', id: 'mouse', actions: pointer }] });
            },
            setFiles: async (selector, files) => send('input.setFiles', { context, element: await find(selector), files }),
            async close() {
                listeners.delete(hear);
                await send('browser.removeUserContext', { userContext });
            },
        },
        downloads,
    );
    const hear = (method, params) => {
        if (method === 'log.entryAdded' && params.level === 'error' && params.source.context === context) page.complaints.push(params.text);
    };
    listeners.add(hear);
    return page;
}
