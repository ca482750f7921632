import { writeFile } from 'node:fs/promises';
import { createEngine } from 'acg2vec';

const engine = await createEngine();
const { blob } = await engine.upscale('picture.png', { scale: 2 });
await writeFile('large.png', blob.stream());
await engine.close();
