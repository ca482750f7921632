// Shows tags by category, each with its score.
import { fixed, t } from '../words/words.js';
import { make } from './dom.js';

const CATEGORIES = ['general', 'character', 'rating'];

/** @param {HTMLElement} root @param {import('acg2vec').Tag[]} tags in their order */
export function showTags(root, tags) {
    const categories = [...new Set(tags.map(({ category }) => category))];
    root.replaceChildren(
        ...categories.flatMap((category) => {
            const found = tags.filter((tag) => tag.category === category);
            const heading = Object.assign(document.createElement('h4'), {
                textContent: CATEGORIES.includes(category) ? t(`describe.tags.${category}`) : category,
            });
            const list = document.createElement('ul');
            list.className = 'chips';
            list.append(...found.map(makeChip));
            return [heading, list];
        }),
    );
}

/** The name without the word that is in the heading. @param {import('acg2vec').Tag} tag */
const nameOf = ({ name, category }) => (name.startsWith(`${category}:`) ? name.slice(category.length + 1) : name);

/** @param {import('acg2vec').Tag} tag */
function makeChip(tag) {
    const chip = make('chip');
    const [name, score] = chip.children;
    name.textContent = nameOf(tag);
    score.textContent = fixed(tag.score, 2);
    return chip;
}

/** As text for search and for image generators. @param {import('acg2vec').Tag[]} tags */
export const tagsAsText = (tags) => tags.map(({ name }) => name).join(', ');
