// Converts a published folder with js/models/convert, and tells how long it takes and how much memory:
//     node tests/convert/convert_folder.mjs SOURCE FOLDER int8 [part]
// Of full sizes: `npm run convert:random -- clip SOURCE --size l14`, and `npm run convert -- SOURCE OTHER` to compare the files with.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { planConversion } from '../../js/models/convert/convert.js';
import { openPublished } from '../../js/models/originals/published.js';
import { openFolderAccess } from '../../js/platform/node/file_access.js';

/** @returns {Promise<{ network: string, names: string[] }>} what was written into `to` */
export async function convertFolder(source, to, options) {
    await mkdir(to, { recursive: true });
    const folder = await openFolderAccess(source);
    const files = [];
    try {
        const plan = await planConversion(await openPublished(folder), options);
        const outputs = new Map();
        for (const { name } of plan.files) {
            const file = await open(join(to, name), 'w');
            files.push(file);
            outputs.set(name, { write: async (at, bytes) => void (await file.write(bytes, 0, bytes.length, at)) });
        }
        await plan.run(outputs);
        return { network: plan.network, names: plan.files.map(({ name }) => name) };
    } finally {
        for (const file of files) await file.close();
        await folder.close();
    }
}

export async function sha256OfFile(path) {
    const hash = createHash('sha256');
    for await (const piece of createReadStream(path)) hash.update(piece);
    return hash.digest('hex');
}

async function main([source, to, dtype, part]) {
    const began = performance.now();
    const { network, names } = await convertFolder(source, to, { dtype, parts: part ? [part] : undefined });
    const seconds = (performance.now() - began) / 1000;
    const { userCPUTime, maxRSS } = process.resourceUsage();
    console.log(
        `${network}: ${seconds.toFixed(1)} s (${(userCPUTime / 1e6).toFixed(1)} s of one core), at most ${Math.round(maxRSS / 1024)} MiB`,
    );
    for (const name of names) console.log(`${await sha256OfFile(join(to, name))}  ${name}`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main(process.argv.slice(2));
