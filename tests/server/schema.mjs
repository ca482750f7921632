// npm run test:schema: schemathesis (PyPI) makes requests from the service's OpenAPI document, right and wrong ones, and compares the
// answers with it. Tiny models; an index in a file as the store. Arguments go to schemathesis: `npm run test:schema -- --max-examples 300`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createIndex } from '../../js/node.js';
import { pythonWith } from './python.mjs';
import { startService } from './support.mjs';

/** What is no picture, and levels that a network does not have, no schema can tell from what is right: they are refused with 400 and 415. */
const EXCLUDED = ['--exclude-checks', 'positive_data_acceptance'];

const bin = pythonWith('schemathesis', ['schemathesis==4.32.5']);
const folder = mkdtempSync(join(tmpdir(), 'acg2vec-schema-'));
const service = await startService({ store: join(folder, 'pictures.db'), openIndex: createIndex, seconds: 600 });
try {
    const args = [
        'run',
        `${service.url}/docs/json`,
        '--checks',
        'all',
        '--request-timeout',
        '600',
        '--suppress-health-check',
        'all',
        ...EXCLUDED,
    ];
    const child = spawn(join(bin, 'schemathesis'), [...args, '--max-examples', '30', ...process.argv.slice(2)], {
        cwd: folder,
        stdio: 'inherit',
    });
    [process.exitCode] = await once(child, 'exit');
} finally {
    await service.close();
    rmSync(folder, { recursive: true });
}
