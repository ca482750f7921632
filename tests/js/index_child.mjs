// A process for index_kill.mjs: brings an index up to date with a folder, and prints each picture that runs through a network.
import { Engine } from '../../js/client/engine.js';
import { sha256 } from '../../js/shared/bytes.js';
import { indexEngine, openIndex } from './index_support.mjs';

const [folder, database] = process.argv.slice(2);
const engine = await indexEngine();
const { recorder } = Engine.partsOf(engine);
const record = recorder.record;
recorder.record = async (bytes, ...rest) => {
    process.stdout.write(`${await sha256(bytes)}\n`);
    return record.call(recorder, bytes, ...rest);
};
const index = await openIndex(engine, database);
await index.sync(folder, { models: ['dclip'], tags: true });
await index.close();
await engine.close();
