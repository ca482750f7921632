// Lets waiting messages be handled, and resumes as soon as they are (a timer would wait 4 ms each time).

/** @type {() => Promise<void>} */
export const pause = 'setImmediate' in globalThis ? () => new Promise((done) => void setImmediate(done)) : pauseByMessage();

function pauseByMessage() {
    const { port1, port2 } = new MessageChannel();
    /** @type {(() => void)[]} */
    const waiting = [];
    port1.onmessage = () => waiting.shift()?.();
    return () =>
        new Promise((/** @type {(value: void) => void} */ resolve) => {
            waiting.push(resolve);
            port2.postMessage(undefined);
        });
}
