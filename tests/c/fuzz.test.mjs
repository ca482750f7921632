// Runs each fuzz harness, as an ordinary program of the native build, over its seeds once: so they stay right between searches
// (tests/fuzz/README.md).
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { harnesses, writeSeeds } from '../fuzz/seeds.mjs';
import { runProgram } from '../tap.mjs';

const programs = fileURLToPath(new URL('../../build/native/tests/fuzz/', import.meta.url));
const env = { ...process.env, ASAN_OPTIONS: 'allocator_may_return_null=1:max_allocation_size_mb=512' };

describe('fuzz harnesses, each over its seeds', { concurrency: 2 }, () => {
    const seeds = mkdtempSync(join(tmpdir(), 'acg2vec-seeds-'));
    after(() => rmSync(seeds, { recursive: true, force: true }));
    writeSeeds(seeds);
    for (const name of harnesses) {
        it(name, async () => {
            const program = join(programs, `${name}_fuzz`);
            if (!existsSync(program)) throw new Error(`${program} is missing: run \`npm run build native\`.`);
            const { output, status, signal } = await runProgram(program, [join(seeds, name)], { env });
            if (status !== 0) throw new Error(`${name}_fuzz ended with ${signal ?? `status ${status}`}:\n${output.slice(-4000)}`);
        });
    }
});
