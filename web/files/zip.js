// Several files as one download.

/**
 * @param {{ name: string, input: Blob | string }[]} files with different names
 * @param {string} name of the archive
 */
export async function downloadZip(files, name) {
    const zip = await import('client-zip');
    const dated = files.map((file) => ({ ...file, lastModified: new Date() }));
    const link = document.createElement('a');
    link.href = URL.createObjectURL(await zip.downloadZip(dated).blob());
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60e3);
}
