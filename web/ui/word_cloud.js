// A cloud of words; nearer words are larger. d3-cloud finds the positions; the words are text in an SVG.

/** @typedef {{ word: string, score: number }} NearWord */

const SVG = 'http://www.w3.org/2000/svg';
const [SMALLEST, LARGEST] = [13, 58]; // pixels
const WEIGHT = '600';
/** The maximum number of words. */
const MOST = 60;
/** The number of the first words in colour. */
const NEAREST = 6;

export class WordCloud {
    /** @type {NearWord[]} */
    #words = [];
    /** The drawn words, so that the same are not drawn again. */
    #drawn = '';
    /** @type {any} */
    #layout;

    /** @param {SVGSVGElement} svg @param {(word: string) => void} onChoose */
    constructor(svg, onChoose) {
        this.svg = svg;
        this.onChoose = onChoose;
        new ResizeObserver(() => this.redraw()).observe(svg);
    }

    /** @param {NearWord[]} words the nearest first */
    show(words) {
        this.#words = words.slice(0, MOST);
        this.redraw();
    }

    async redraw() {
        const [width, height] = [Math.floor(this.svg.clientWidth), Math.floor(this.svg.clientHeight)];
        const wanted = JSON.stringify([width, height, this.#words]);
        if (!width || !height || wanted === this.#drawn) return;
        this.#drawn = wanted;
        this.#layout?.stop();
        const { default: cloud } = await import('d3-cloud');
        if (this.#drawn !== wanted) return; // other words were requested meanwhile
        this.#layout = cloud()
            .size([width, height])
            .words(sized(this.#words, width))
            .padding(4)
            .rotate(0)
            .font(getComputedStyle(this.svg).fontFamily)
            .fontWeight(WEIGHT)
            .fontSize((/** @type {{ size: number }} */ { size }) => size)
            .random(() => 0.5) // the same words get the same positions
            .timeInterval(10)
            .on('end', (/** @type {any[]} */ placed) => this.#draw(placed, width, height));
        this.#layout.start();
    }

    /** @param {{ text: string, word: string, size: number, x: number, y: number, rank: number }[]} placed @param {number} width @param {number} height */
    #draw(placed, width, height) {
        this.svg.setAttribute('viewBox', `${-width / 2} ${-height / 2} ${width} ${height}`);
        const texts = placed.map(({ text, word, size, x, y, rank }) => {
            const element = document.createElementNS(SVG, 'text');
            element.setAttribute('x', String(x));
            element.setAttribute('y', String(y));
            element.setAttribute('font-size', String(size));
            element.classList.toggle('nearest', rank < NEAREST);
            element.textContent = text;
            element.addEventListener('click', () => this.onChoose(word));
            return element;
        });
        this.svg.replaceChildren(...texts);
    }
}

/**
 * The size of a word: the nearest is the largest; a narrow cloud has smaller words.
 * @param {NearWord[]} words
 * @param {number} width
 */
function sized(words, width) {
    const scores = words.map(({ score }) => score);
    const [least, most] = [Math.min(...scores), Math.max(...scores)];
    const largest = Math.max(SMALLEST * 2, Math.min(LARGEST, width / 11));
    return words.map(({ word, score }, rank) => {
        const share = most > least ? (score - least) / (most - least) : 1;
        return { text: word.replaceAll('_', ' '), word, rank, size: SMALLEST + share * (largest - SMALLEST) };
    });
}
