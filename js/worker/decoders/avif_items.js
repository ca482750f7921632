// The items of an AVIF file (its "meta" box): the picture, the items that belong to it, and their positions. ISO/IEC 23008-12 and 14496-12, 8.11.
import { joinBytes } from '../../shared/bytes.js';
import { BoxReader, boxesIn, fullBox } from './boxes.js';

/** @typedef {import('./boxes.js').Box} Box */

const MAX_EXTENTS = 256; // of an item that is not the picture

export class Items {
    #bytes;
    /** @type {Map<string, Box>} */
    #boxes;

    /**
     * @param {Uint8Array} bytes
     * @param {Box} meta
     */
    constructor(bytes, meta) {
        this.#bytes = bytes;
        this.#boxes = new Map([...boxesIn(bytes, meta.from, meta.to)].reverse().map((box) => [box.type, box]));
        const primary = this.#read('pitm');
        this.primary = primary ? primary.reader.number(primary.version === 0 ? 2 : 4) : 0;
    }

    /** Whether the picture has an auxiliary picture, as for its alpha. */
    get hasAlpha() {
        return this.#referring('auxl').length > 0;
    }

    /** The properties of an item. @param {number} item @returns {Box[]} */
    properties(item) {
        const box = this.#boxes.get('iprp');
        const parts = box ? [...boxesIn(this.#bytes, box.from, box.to)] : [];
        const container = parts.find(({ type }) => type === 'ipco');
        if (!container) return [];
        const all = [...boxesIn(this.#bytes, container.from, container.to)];
        return parts.filter(({ type }) => type === 'ipma').flatMap((each) => this.#associated(each, item).flatMap((i) => all[i - 1] ?? []));
    }

    /**
     * The numbers of an item's properties, from 1.
     * @param {Box} box
     * @param {number} item
     */
    #associated(box, item) {
        const { reader, version, flags } = fullBox(this.#bytes, box);
        const size = flags & 1 ? 2 : 1;
        for (let left = reader.number(4); left > 0; left--) {
            const id = reader.number(version === 0 ? 2 : 4);
            const numbers = Array.from({ length: reader.number(1) }, () => reader.number(size) & (size === 2 ? 0x7fff : 0x7f));
            if (id === item) return numbers;
        }
        return [];
    }

    /** The content of the item of this type that describes the primary item, or that is the only one. @param {'Exif' | 'mime'} type */
    described(type) {
        const items = this.#itemsOf(type);
        const about = this.#referring('cdsc');
        const item = items.find((id) => about.includes(id)) ?? items[0];
        return item === undefined ? undefined : this.#content(item);
    }

    /** @param {string} wanted */
    #itemsOf(wanted) {
        const info = this.#read('iinf');
        if (!info) return [];
        const first = this.#boxes.get('iinf')?.from ?? 0;
        const from = first + 4 + (info.version === 0 ? 2 : 4);
        const items = [];
        for (const box of boxesIn(this.#bytes, from, this.#boxes.get('iinf')?.to)) {
            const { reader, version } = fullBox(this.#bytes, box);
            const id = reader.number(version === 3 ? 4 : 2);
            reader.number(2); // its protection
            if (version >= 2 && reader.text() === wanted) items.push(id);
        }
        return items;
    }

    /** The items that refer to the primary one. @param {string} type */
    #referring(type) {
        const box = this.#boxes.get('iref');
        if (!box) return [];
        const { version } = fullBox(this.#bytes, box);
        const size = version === 0 ? 2 : 4;
        const items = [];
        for (const each of boxesIn(this.#bytes, box.from + 4, box.to)) {
            if (each.type !== type) continue;
            const reader = new BoxReader(this.#bytes, each);
            const from = reader.number(size);
            const to = Array.from({ length: reader.number(2) }, () => reader.number(size));
            if (to.includes(this.primary)) items.push(from);
        }
        return items;
    }

    /** @param {number} item @returns {Uint8Array | undefined} */
    #content(item) {
        const place = this.#placeOf(item);
        if (!place || place.method > 1) return undefined;
        const start = place.method === 1 ? (this.#boxes.get('idat')?.from ?? this.#bytes.length) : 0;
        const parts = place.extents.map(([from, length]) => this.#bytes.subarray(start + from, length ? start + from + length : undefined));
        const size = parts.reduce((sum, { length }) => sum + length, 0);
        if (size > this.#bytes.length) return undefined; // they overlap
        return joinBytes(parts);
    }

    /** The position of an item's content (iloc). @param {number} item */
    #placeOf(item) {
        const box = this.#read('iloc');
        if (!box) return undefined;
        const { reader, version } = box;
        const sizes = reader.number(2);
        const [offsetSize, lengthSize, baseSize, indexSize] = [12, 8, 4, 0].map((shift) => (sizes >> shift) & 15);
        for (let left = reader.number(version < 2 ? 2 : 4); left > 0; left--) {
            const id = reader.number(version < 2 ? 2 : 4);
            const method = version > 0 ? reader.number(2) & 15 : 0;
            reader.number(2); // the index of the file; 0: this one
            const base = reader.number(baseSize);
            const length = reader.number(2);
            if (length > MAX_EXTENTS) throw new RangeError(`An item has ${length} parts`);
            const extents = Array.from({ length }, () => {
                if (version > 0) reader.number(indexSize);
                return [base + reader.number(offsetSize), reader.number(lengthSize)];
            });
            if (id === item) return { method, extents };
        }
        return undefined;
    }

    /** @param {string} type of a full box */
    #read(type) {
        const box = this.#boxes.get(type);
        return box && fullBox(this.#bytes, box);
    }
}
