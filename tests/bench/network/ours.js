// One network of ours, through the package's public API.
import { createEngine } from 'acg2vec';

export const includes = 'the whole call: pixels or characters to a worker, the network, its result back';

/** @param {{ method: string, options: object, text?: string, picture?: object, threads: number }} task a method of the engine, and its input */
export async function prepare({ method, options, text, picture, threads }) {
    const engine = await createEngine({ threads, models: '/weights/' });
    const call = () => engine[method](text ?? picture, options);
    await call(); // the model is fetched and opened
    return {
        description: `acg2vec (${engine.info.variant})`,
        async run() {
            const start = performance.now();
            await call();
            return { ms: performance.now() - start };
        },
    };
}
