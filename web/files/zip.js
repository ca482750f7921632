// Several files as one download.
import { downloadBlob } from './download_blob.js';

/**
 * @param {{ name: string, input: Blob | string }[]} files with different names
 * @param {string} name of the archive
 */
export async function downloadZip(files, name) {
    const zip = await import('client-zip');
    const dated = files.map((file) => ({ ...file, lastModified: new Date() }));
    downloadBlob(await zip.downloadZip(dated).blob(), name);
}
