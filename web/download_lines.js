// A link that downloads what is known of pictures: of one as JSON, of several as lines of it.

/**
 * @template {{ job: import('./job.js').Job }} P
 * @param {HTMLAnchorElement} link hidden if there are no pictures
 * @param {P[]} pictures
 * @param {(picture: P) => string} line
 * @param {{ words: string, name: string }} options what the link says, and the name of the file of several, without its end
 */
export function downloadLines(link, pictures, line, { words, name }) {
    if (link.href) URL.revokeObjectURL(link.href);
    link.removeAttribute('href');
    link.hidden = !pictures.length;
    if (!pictures.length) return;
    link.textContent = words;
    link.href = URL.createObjectURL(new Blob([`${pictures.map(line).join('\n')}\n`], { type: 'application/json' }));
    link.download = link.title = pictures.length > 1 ? `${name}.jsonl` : `${pictures[0].job.name.replace(/\.[^.]{1,5}$/, '')}.json`;
}
