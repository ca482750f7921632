// Buttons that download the results of pictures: as JSON (JSON lines for several), or as a table for spreadsheets.
import { downloadBlob } from './download_blob.js';

/** @typedef {import('../app/job.js').Job} Job */

const BOM = Uint8Array.of(0xef, 0xbb, 0xbf); // by which spreadsheets recognise UTF-8
const FIGURES = 9; // enough to distinguish float32 values; as on the command line

/**
 * @param {HTMLButtonElement} button hidden if there are no pictures
 * @param {Job[]} jobs
 * @param {(job: Job) => object} facts the contents of a line; called at the click
 * @param {{ words: string, name: string }} options the button's text, and the name of the file for several pictures, without extension
 */
export function offerLines(button, jobs, facts, { words, name }) {
    offer(button, jobs, words, () => {
        const lines = jobs.map((job) => `${JSON.stringify(facts(job), (_key, value) => shorten(value))}\n`);
        const own = jobs.length > 1 ? `${name}.jsonl` : `${jobs[0].name.replace(/\.[^.]{1,5}$/, '')}.json`;
        downloadBlob(new Blob(lines, { type: 'application/json' }), own);
    });
}

/**
 * @param {HTMLButtonElement} button hidden if there are no pictures
 * @param {Job[]} jobs
 * @param {() => (string | number)[][]} rows the first has the names of the columns; called at the click
 * @param {{ words: string, name: string }} options
 */
export function offerTable(button, jobs, rows, { words, name }) {
    offer(button, jobs, words, () => {
        const lines = rows().map((row) => `${row.map(cell).join(',')}\n`);
        downloadBlob(new Blob([BOM, ...lines], { type: 'text/csv' }), `${name}.csv`);
    });
}

/** @param {HTMLButtonElement} button @param {Job[]} jobs @param {string} words @param {() => void} download */
function offer(button, jobs, words, download) {
    button.hidden = !jobs.length;
    button.textContent = words;
    button.onclick = download;
}

/** @param {unknown} value */
const shorten = (value) => (typeof value === 'number' ? Number(value.toPrecision(FIGURES)) : value);

/** As RFC 4180 says; a text that a spreadsheet would take for a formula gets an apostrophe before it. @param {string | number} value */
function cell(value) {
    if (typeof value === 'number') return String(shorten(value));
    const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
