import { createEngine } from 'acg2vec';

const img = document.querySelector('img');
const picture = await (await fetch(img.src)).blob();
const engine = await createEngine();
const { blob } = await engine.upscale(picture, { scale: 2 });
img.src = URL.createObjectURL(blob);
document.querySelector('p').textContent = `${engine.info.threads} threads`;
await engine.close();
