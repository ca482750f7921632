// The models that the commands can choose, by the manifest.
import { choicesOf } from '../models/choices.js';
import { readManifest } from '../platform/node/weights.js';

export async function readChoices() {
    return choicesOf(await readManifest());
}
