// Runs a program that was compiled for a page, and tells what it prints and how it ends, also if it cannot start.
self.addEventListener('message', async function start({ data: { program, args } }) {
    self.removeEventListener('message', start);
    const tell = (/** @type {string} */ text) => self.postMessage({ text });
    try {
        const { default: run } = await import(`./${program}`);
        await run({ arguments: args, print: tell, printErr: tell, onExit: (/** @type {number} */ status) => self.postMessage({ status }) });
    } catch (error) {
        self.postMessage({ failed: `${error}` });
    }
});
