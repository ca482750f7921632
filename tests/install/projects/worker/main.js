const img = document.querySelector('img');
const worker = new Worker(new URL('./enlarge.js', import.meta.url), { type: 'module' });
worker.onmessage = ({ data: { blob, threads } }) => {
    img.src = URL.createObjectURL(blob);
    document.querySelector('p').textContent = `${threads} threads`;
};
worker.postMessage(await (await fetch(img.src)).blob());
