// EXIF in AVIF and JPEG XL. These formats store the orientation elsewhere, so the orientation in EXIF does not count.

const OFFSET_BYTES = 4; // of where the TIFF header is
const ORIENTATION = 0x0112;
const UPRIGHT = 1;
const ENTRY_BYTES = 12;

/**
 * @param {Uint8Array | undefined} content of an "Exif" box or item
 * @returns {Uint8Array | undefined} from the TIFF header on, its orientation upright; undefined: there is none
 */
export function uprightExif(content) {
    if (!content || content.length < OFFSET_BYTES) return undefined;
    const offset = new DataView(content.buffer, content.byteOffset).getUint32(0);
    const exif = content.slice(OFFSET_BYTES + offset);
    if (exif.length < 8) return undefined;
    try {
        setUpright(new DataView(exif.buffer));
    } catch {
        // it ends too early: the engine reports it
    }
    return exif;
}

/** @param {DataView} view of a TIFF header and what follows */
function setUpright(view) {
    const isLittle = view.getUint16(0) === 0x4949;
    const entries = view.getUint32(4, isLittle);
    const n = view.getUint16(entries, isLittle);
    for (let i = 0; i < n; i++) {
        const at = entries + 2 + i * ENTRY_BYTES;
        if (view.getUint16(at, isLittle) === ORIENTATION) view.setUint16(at + 8, UPRIGHT, isLittle);
    }
}
