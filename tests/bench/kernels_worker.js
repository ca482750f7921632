// Runs a program that was compiled for a page, and tells what it prints and how it ends.
self.addEventListener('message', async function start({ data: { program, args } }) {
    self.removeEventListener('message', start);
    const { default: run } = await import(`./${program}`);
    const tell = (/** @type {string} */ text) => self.postMessage({ text });
    await run({ arguments: args, print: tell, printErr: tell, onExit: (/** @type {number} */ status) => self.postMessage({ status }) });
});
