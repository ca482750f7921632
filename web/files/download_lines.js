// A link that downloads what is known of pictures: of one as JSON, of several as lines of it.

/**
 * @param {HTMLAnchorElement} link hidden if there are no pictures
 * @param {import('../app/job.js').Job[]} jobs
 * @param {(job: import('../app/job.js').Job) => string} line
 * @param {{ words: string, name: string }} options what the link says, and the name of the file of several, without its end
 */
export function downloadLines(link, jobs, line, { words, name }) {
    if (link.href) URL.revokeObjectURL(link.href);
    link.removeAttribute('href');
    link.hidden = !jobs.length;
    if (!jobs.length) return;
    link.textContent = words;
    link.href = URL.createObjectURL(new Blob([`${jobs.map(line).join('\n')}\n`], { type: 'application/json' }));
    link.download = link.title = jobs.length > 1 ? `${name}.jsonl` : `${jobs[0].name.replace(/\.[^.]{1,5}$/, '')}.json`;
}
