import { createEngine } from 'acg2vec';

self.onmessage = async ({ data: picture }) => {
    const engine = await createEngine();
    const { blob } = await engine.upscale(picture, { scale: 2 });
    self.postMessage({ blob, threads: engine.info.threads });
    await engine.close();
};
