// npm run test:schema: schemathesis (PyPI) makes requests from the service's OpenAPI document, right and wrong ones, and compares the
// answers with it. Tiny models; an index in a file as the store. Arguments go to schemathesis: `npm run test:schema -- --max-examples 300`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createIndex } from '../../js/node.js';
import { pythonWith } from './python.mjs';
import { startService } from './support.mjs';

/**
 * Leaves out errors that no schema can express: a file that is not a picture (415), a level that a network does not have (400), and in forms, where
 * everything is text, an invalid tag such as {}. Too many files or fields are refused with 413, a long id with 414. 503 is the answer for a model
 * whose weights the tiny models lack.
 */
const CONFIGURATION = `
[checks.positive_data_acceptance]
enabled = false
[checks.not_a_server_error]
expected-statuses = ["2xx", "3xx", "4xx", 503]
[checks.negative_data_rejection]
expected-statuses = [400, 401, 403, 404, 405, 406, 409, 413, 414, 415, 422, 428, 429, "5xx"]
[[operations]]
include-name = "POST /search/image"
checks.negative_data_rejection.enabled = false
`;

const bin = pythonWith('schemathesis', ['schemathesis==4.32.5']);
const folder = mkdtempSync(join(tmpdir(), 'acg2vec-schema-'));
const service = await startService({ store: join(folder, 'pictures.db'), openIndex: createIndex, seconds: 600 });
try {
    const configuration = join(folder, 'schemathesis.toml');
    writeFileSync(configuration, CONFIGURATION);
    const options = ['--request-timeout', '600', '--suppress-health-check', 'all', '--max-examples', '30'];
    const args = ['--config-file', configuration, 'run', `${service.url}/docs/json`, ...options, ...process.argv.slice(2)];
    const child = spawn(join(bin, 'schemathesis'), args, { cwd: folder, stdio: 'inherit' });
    [process.exitCode] = await once(child, 'exit');
} finally {
    await service.close();
    rmSync(folder, { recursive: true });
}
