// The list of models (js/models/manifest.js), of which a host may serve its own or a damaged one: the engine lists and finds models, or
// refuses with a sentence.
import { createClient } from '../../../js/client/engine.js';
import { nodePlatform } from '../../../js/platform/node/platform.js';
import { readManifest } from '../../../js/platform/node/weights.js';
import { changedValue, oneOf } from './mutate.mjs';
import { refusal } from './outcome.mjs';

const VECTOR = new Float32Array(4);
const ANSWERS = {
    modelEnd: { dims: { vector: 4, tags: 4 }, logitFactor: 0, categories: '' },
    embedTexts: [VECTOR],
    openPicture: [],
    look: { vector: VECTOR, tags: VECTOR },
    upscale: { notes: [] },
};

/** A worker that answers everything: only the client is tested. */
function startWorker({ onMessage }) {
    return {
        post: (message) => {
            if (message.type === 'request')
                setImmediate(() => onMessage({ id: message.id, type: 'done', body: ANSWERS[message.name] ?? {} }));
        },
        hold() {},
        stop: async () => {},
    };
}

const ASKED = [
    (engine) => engine.models.list(),
    (engine) => engine.models.clear(['dclip']),
    (engine) => engine.embedText('cat', { model: 'dclip' }),
    (engine) => engine.describe(new Uint8Array(8), { tag: true }),
    (engine, scale) => engine.upscale(new Uint8Array(8), { scale, denoise: 'conservative' }),
];

export async function open() {
    const whole = await readManifest();
    // few of each kind, so that more changes have an effect
    const models = whole.models.filter(({ id, network }) => network !== 'cugan' || /se\/up\dx-conservative/.test(id)).slice(0, 24);
    const seed = { ...whole, models };
    return {
        async run(random) {
            let manifest = seed;
            for (let left = 1 + random(3); left > 0; left--) manifest = changedValue(manifest, random);
            const kept = { check: async () => {}, list: async () => [], listOriginals: async () => [], clear: async () => {} };
            const streamModelFile = async function* () {
                yield new Uint8Array(1);
            };
            const platform = { ...nodePlatform(), startWorker, readManifest: async () => manifest, keptModels: kept, streamModelFile };
            const ask = oneOf(random, ASKED);
            try {
                const engine = await createClient(platform);
                try {
                    await ask(engine, 2 + random(3));
                } finally {
                    await engine.close();
                }
                return 'answered';
            } catch (error) {
                // a valid list without a model that the package knows
                if (/in the manifest but found none\.$/.test(error.message)) return error.code;
                return refusal(error, ['BAD_FORMAT', 'BAD_ARGUMENT', 'NOT_FOUND', 'BAD_MODEL', 'UNSUPPORTED', 'UNREADABLE']);
            }
        },
        close() {},
    };
}
