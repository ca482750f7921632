// Starts a worker whose script may be of another origin, such as a CDN: browsers refuse that, but not a script of this origin that imports it.

/**
 * @param {() => Worker} start with the URL literally in it, in the form that bundlers look for
 * @param {URL} url of the same script
 * @param {string} [name]
 */
export function startScript(start, url, name) {
    try {
        return start();
    } catch (error) {
        if (!(error instanceof DOMException) || error.name !== 'SecurityError') throw error;
        const script = new Blob([`import ${JSON.stringify(url.href)};`], { type: 'text/javascript' });
        return new Worker(URL.createObjectURL(script), { type: 'module', name });
    }
}
