const { writeFile } = require('node:fs/promises');
const { createEngine } = require('acg2vec');

async function main() {
    const engine = await createEngine();
    const { blob } = await engine.upscale('picture.png', { scale: 2 });
    await writeFile('large.png', blob.stream());
    await engine.close();
}

main();
