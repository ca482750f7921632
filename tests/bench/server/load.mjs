// Uploads of many clients at once, by autocannon.
import autocannon from 'autocannon';

const BOUNDARY = 'acg2vec-bench';

/**
 * A form with one picture.
 * @param {Buffer} bytes
 * @param {Record<string, string>} [fields]
 * @returns {{ headers: object, body: Buffer }}
 */
export function formOf(bytes, fields = {}) {
    const head = (disposition) => `--${BOUNDARY}\r\ncontent-disposition: form-data; ${disposition}\r\n`;
    const texts = Object.entries(fields).map(([name, value]) => `${head(`name="${name}"`)}\r\n${value}\r\n`);
    const file = `${head('name="image"; filename="a.png"')}content-type: image/png\r\n\r\n`;
    const body = Buffer.concat([Buffer.from(texts.join('') + file), bytes, Buffer.from(`\r\n--${BOUNDARY}--\r\n`)]);
    return { headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` }, body };
}

/**
 * @param {string} url
 * @param {{ requests: object[], clients: number, seconds?: number, amount?: number }} how requests: each client sends them in turn, until
 *   `amount` are answered, or for so many seconds
 * @returns {Promise<{ statuses: Record<number, number>, errors: number, times: number[], seconds: number }>} times: of answers with 200, in ms
 */
export function uploads(url, { requests, clients, seconds, amount }) {
    /** @type {Record<number, number>} */
    const statuses = {};
    const times = [];
    const start = performance.now();
    return new Promise((resolve, reject) => {
        const until = seconds ? { duration: seconds } : { amount };
        const options = { url, connections: clients, ...until, timeout: 600, requests, excludeErrorStats: true };
        const instance = autocannon(options, (error, result) => {
            if (error) return reject(error);
            times.sort((a, b) => a - b);
            resolve({ statuses, errors: result.errors + result.timeouts, times, seconds: (performance.now() - start) / 1000 });
        });
        instance.on('response', (_client, status, _bytes, ms) => {
            statuses[status] = (statuses[status] ?? 0) + 1;
            if (status === 200) times.push(ms);
        });
    });
}

/** @param {number[]} sorted @param {number} part */
export const percentile = (sorted, part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN;
